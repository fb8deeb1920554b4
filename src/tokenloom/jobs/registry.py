"""Registering models: a checkpoint's model files under a lasting name and version."""

from __future__ import annotations

import shutil
import time
from typing import Any

from tokenloom.jobs.keeping.bin import Binned, discard
from tokenloom.kit.atomic import atomic_dir_commit, read_manifest
from tokenloom.kit.errors import NotFound, SpecError
from tokenloom.kit.ids import content_id
from tokenloom.kit.registry import unknown_name
from tokenloom.kit.workspace import Workspace
from tokenloom.tracking.artifacts import registered_models, resolve_model

STATE_FOLDER = "training"  # the engine's own part of a checkpoint, of no use to a registered model


def register_model(workspace: Workspace, reference: str, name: str) -> dict[str, Any]:
    """Copy the model (an adapter stays an adapter on its base); the new entry's ``meta``. The same model again is the same version."""
    if not name.strip() or "@" in name or len(name) > 200:
        raise SpecError(f"“{name}” cannot be a model's name.", hint="Use up to 200 characters without @.")
    ref = resolve_model(workspace, reference)
    if ref.folder is None:
        raise NotFound(f"“{reference}” is not on this machine.", hint="Register a run or a folder.")
    manifest = read_manifest(ref.folder)
    identity = content_id(name, manifest["files"])
    known = [entry for entry in registered_models(workspace) if entry["name"] == name]
    same = [entry for entry in known if entry["id"] == identity]
    if same:
        return same[0]
    version = 1 + max((int(entry["version"]) for entry in known), default=0)
    meta = {**manifest["meta"], "name": name, "version": version, "model": ref.reference, "created": time.time()}
    with atomic_dir_commit(workspace.models / identity, meta=meta) as folder:
        for path in ref.folder.iterdir():
            if path.is_file() and path.name != "manifest.json":
                shutil.copyfile(path, folder / path.name)
    return {"id": identity, **meta}


def delete_model(workspace: Workspace, reference: str, *, for_good: bool = False) -> Binned:
    """Take one registered version away (the newest where none is named)."""
    name, _, version = reference.partition("@")
    entries = [entry for entry in registered_models(workspace) if reference == entry["id"] or entry["name"] == name]
    entries = [entry for entry in entries if version in ("", str(entry["version"]))]
    if not entries:
        raise unknown_name("model", reference, [entry["name"] for entry in registered_models(workspace)])
    newest = max(entries, key=lambda entry: int(entry["version"]))
    name = f"{newest['name']}@{newest['version']}"
    return discard(workspace, workspace.models / newest["id"], "model", name, name, for_good=for_good)
