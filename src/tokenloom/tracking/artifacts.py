"""What a MODEL reference means: a registered name, ``RUN``, ``RUN@STEP``, ``RUN@best`` (a run by id or name), a folder or a hub id.

Reads folders only; loads no model.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokenloom.kit.atomic import read_manifest
from tokenloom.kit.errors import DataError, NotFound
from tokenloom.kit.ids import content_id, is_id
from tokenloom.kit.registry import nearest
from tokenloom.kit.workspace import Workspace
from tokenloom.tracking.client import read_info

PINS = "pins"
_STEP = re.compile(r"step-(\d+)")
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")


@dataclass(frozen=True)
class ModelRef:
    """Where a model is: ``folder`` for local ones, ``hub_id`` otherwise; ``reference`` is its lasting short name."""

    reference: str
    folder: Path | None = None
    hub_id: str = ""
    run: str = ""
    step: int | None = None

    @property
    def source(self) -> Path | str:
        return self.folder if self.folder is not None else self.hub_id


def resolve_model(workspace: Workspace, reference: str) -> ModelRef:
    """Find the model that ``reference`` means; :class:`NotFound` with the nearest names where there is none."""
    name, _, version = reference.partition("@")
    registered = registered_models(workspace)
    for entry in sorted(registered, key=lambda each: -int(each.get("version", 1))):
        if entry["id"] == reference or (entry["name"] == name and version in ("", str(entry.get("version", 1)))):
            return ModelRef(f"{entry['name']}@{entry.get('version', 1)}", folder=workspace.models / entry["id"])
    if is_id(name) and (workspace.runs / name).is_dir():
        return checkpoint_of(workspace, name, version)
    folder = _local_folder(reference) or _local_folder(str(workspace.root / reference))
    if folder is not None:
        return ModelRef(_lasting(workspace, folder), folder=folder)
    trained = _runs_by_name(workspace)
    if name in trained:
        return checkpoint_of(workspace, trained[name], version)
    if _HUB_ID.fullmatch(reference) and not reference.startswith("."):
        return ModelRef(reference, hub_id=reference)
    near = nearest(name, [*(entry["name"] for entry in registered), *trained])
    hint = f"Did you mean {near[0]}?" if near else "Give a run, RUN@STEP, a folder, or a hub id such as owner/name."
    raise NotFound(f"There is no model “{reference}”.", hint=hint)


def model_fingerprint(ref: ModelRef, revision: str | None = None) -> str:
    """Changes with the files of a model: the hashes that its folder states, else the sizes and times of its files; of a hub id, the revision."""
    if ref.folder is None:
        return content_id("hub", ref.hub_id, revision or "main")
    with contextlib.suppress(DataError):
        return content_id("folder", read_manifest(ref.folder))
    files = [path for path in sorted(ref.folder.iterdir()) if path.suffix in (".json", ".safetensors")]
    return content_id("files", [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in files])


def registered_models(workspace: Workspace) -> list[dict[str, Any]]:
    """The ``meta`` of each registered model."""
    found = []
    for folder in sorted(workspace.models.iterdir()) if workspace.models.is_dir() else []:
        try:
            found.append({"id": folder.name, **read_manifest(folder)["meta"]})
        except DataError:  # a folder without a manifest does not count
            continue
    return found


def checkpoint_steps(workspace: Workspace, run_id: str) -> list[int]:
    """Steps of the published checkpoints of a run, rising."""
    folders = (workspace.run(run_id) / "checkpoints").glob("step-*")
    return sorted(int(match.group(1)) for folder in folders if (match := _STEP.fullmatch(folder.name)))


def pin_checkpoint(workspace: Workspace, ref: ModelRef, *, by: str) -> None:
    """Keep a run's checkpoint from being pruned or deleted while the run ``by``, whose adapter stands on it, exists."""
    if ref.run and ref.run != by:
        pins = workspace.run(ref.run) / PINS
        pins.mkdir(exist_ok=True)
        (pins / f"{ref.step}-{by}").touch()


def pinned_steps(run_folder: Path) -> dict[int, str]:
    """Steps of a run on which adapters stand, each with one run that needs it."""
    found = {}
    for path in (run_folder / PINS).glob("*-*"):
        step, _, run_id = path.name.partition("-")
        if step.isdigit() and (run_folder.parent / run_id).is_dir():
            found[int(step)] = run_id
    return found


def _local_folder(reference: str) -> Path | None:
    """The folder that ``reference`` names, absolute; ``None`` for what cannot be a path at all."""
    try:
        folder = Path(reference).expanduser()
        return folder.resolve() if reference and folder.is_dir() else None
    except (OSError, ValueError, RuntimeError):  # too long, a NUL, an unknown ~user
        return None


def _lasting(workspace: Workspace, folder: Path) -> str:
    """A folder inside the workspace by its place there, so that the workspace can be moved."""
    root = workspace.root.resolve()
    return folder.relative_to(root).as_posix() if root in folder.parents else str(folder)


def _runs_by_name(workspace: Workspace) -> dict[str, str]:
    """Names of the runs that have a checkpoint, each with the newest run of that name."""
    found = {}
    for checkpoints in sorted(workspace.runs.glob("[!.]*/checkpoints")):
        run_id = checkpoints.parent.name
        if checkpoint_steps(workspace, run_id):
            with contextlib.suppress(NotFound):
                found[str(read_info(checkpoints.parent).get("name", ""))] = run_id
    return found


def checkpoint_of(workspace: Workspace, run_id: str, version: str) -> ModelRef:
    steps = checkpoint_steps(workspace, run_id)
    if not steps:
        raise NotFound(f"The run {run_id} has no checkpoint.", hint="Wait for its first checkpoint, or start the run.")
    checkpoints = workspace.run(run_id) / "checkpoints"
    if version == "best":
        best = read_manifest(checkpoints / f"step-{steps[-1]}")["meta"].get("state", {}).get("best_step", -1)
        step = best if best in steps else steps[-1]
    elif version in ("", "last"):
        step = steps[-1]
    elif version.isdigit() and int(version) in steps:
        step = int(version)
    else:
        listed = ", ".join(map(str, steps))
        raise NotFound(f"The run {run_id} has no checkpoint “{version}”.", hint=f"There is: {listed}, best, last.")
    return ModelRef(f"{run_id}@{step}", folder=checkpoints / f"step-{step}", run=run_id, step=step)
