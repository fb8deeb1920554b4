"""The bin: what was deleted lies in ``bin/`` of the workspace until it is brought back, emptied, or thirty days old.

``bin/ID/told.json`` says what it is and where it stood; ``bin/ID/thing`` is its folder, moved there in one step.
"""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from tokenloom.kit.atomic import atomic_write, disk_full_as_error, read_manifest
from tokenloom.kit.errors import Conflict, DataError, DiskFull, NotFound
from tokenloom.kit.ids import is_id, new_id
from tokenloom.kit.workspace import Workspace

KEPT_DAYS = 30
_TOLD, _THING = "told.json", "thing"
_PLACE = re.compile(
    r"(?:datasets|tokenizers|models|runs)/[0-9a-z][0-9a-z_-]*|runs/[0-9a-z][0-9a-z_-]*/checkpoints/step-\d+"
)


@dataclass(frozen=True)
class Binned:
    """One deleted thing."""

    id: str
    """In the bin; empty where it was deleted for good."""
    kind: str
    """``run``, ``checkpoint``, ``dataset``, ``tokenizer`` or ``model``."""
    reference: str
    """As it is called elsewhere: an id, ``RUN@STEP`` or ``name@version``."""
    name: str
    """For people."""
    place: str
    """Its folder, relative to the workspace."""
    bytes: int
    deleted: float
    """Seconds since 1970."""


def discard(workspace: Workspace, folder: Path, kind: str, reference: str, name: str, *, for_good: bool) -> Binned:
    """Move a thing's folder into the bin, or delete it for good. Readers lose it in one step.

    :class:`DiskFull` where there is no room to note what it was.
    """
    held = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    place = folder.relative_to(workspace.root).as_posix()
    binned = Binned("" if for_good else new_id(), kind, reference, name, place, held, time.time())
    if for_good:
        doomed = folder.with_name(f".tmp-deleted-{folder.name}")
        folder.rename(doomed)
        shutil.rmtree(doomed)
        return binned
    forget_old(workspace)
    entry = workspace.root / "bin" / binned.id
    try:
        with disk_full_as_error(workspace.root):
            entry.mkdir(parents=True)
            atomic_write(entry / _TOLD, json.dumps(asdict(binned), indent=1))
    except DiskFull as error:
        shutil.rmtree(entry, ignore_errors=True)
        error.hint = "Empty the bin (`tokenloom bin empty`), or delete for good (`--for-good`)."
        raise
    _move(folder, entry / _THING)
    return binned


def contents(workspace: Workspace) -> list[Binned]:
    """What lies in the bin, the last deleted first."""
    found = [told for path in (workspace.root / "bin").glob(f"[!.]*/{_THING}") if (told := _told(path.parent))]
    return sorted(found, key=lambda each: (-each.deleted, each.id))


def restore(workspace: Workspace, binned_id: str) -> Binned:
    """Put a thing back where it stood; :class:`Conflict` where its place, or its name and version, are taken."""
    entry, told = _find(workspace, binned_id)
    target = workspace.root / told.place
    if not target.parent.is_dir():
        raise NotFound(
            f"{told.name} belongs to a run that is not here any more.",
            hint="Bring that run back first, if the bin has it.",
        )
    if target.exists() or (told.kind in ("dataset", "tokenizer", "model") and _is_taken(target.parent, entry / _THING)):
        raise Conflict(f"There is {told.reference} again.", hint="Delete that one first, or leave this one in the bin.")
    _move(entry / _THING, target)
    shutil.rmtree(entry, ignore_errors=True)
    return told


def empty(workspace: Workspace, binned_id: str = "") -> int:
    """Delete one thing of the bin, or all of it, for good; the bytes that they held."""
    chosen = [_find(workspace, binned_id)[1]] if binned_id else contents(workspace)
    for each in chosen:
        shutil.rmtree(workspace.root / "bin" / each.id, ignore_errors=True)
    return sum(each.bytes for each in chosen)


def forget_old(workspace: Workspace) -> int:
    """Delete for good what was deleted more than thirty days ago; how many things."""
    old = [each for each in contents(workspace) if time.time() - each.deleted > KEPT_DAYS * 86_400]
    for each in old:
        empty(workspace, each.id)
    return len(old)


def _find(workspace: Workspace, binned_id: str) -> tuple[Path, Binned]:
    entry = workspace.root / "bin" / binned_id
    told = _told(entry) if is_id(binned_id) and (entry / _THING).is_dir() else None
    if told is None:
        raise NotFound(f"The bin holds no “{binned_id[:64]}”.", hint="`tokenloom bin list` shows what it holds.")
    return entry, told


def _told(entry: Path) -> Binned | None:
    try:
        told = Binned(**{**json.loads((entry / _TOLD).read_text()), "id": entry.name})
        return told if _PLACE.fullmatch(told.place) else None
    except (OSError, ValueError, TypeError):
        return None


def _move(source: Path, target: Path) -> None:
    """Rename, or copy where a part of the workspace lies on another disk; either way in one step for readers."""
    try:
        os.replace(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        aside = f".tmp-{new_id()}"
        shutil.move(source.rename(source.with_name(aside)), target.with_name(aside))
        target.with_name(aside).rename(target)


def _is_taken(parent: Path, thing: Path) -> bool:
    """Whether another thing beside ``parent``'s has the same name and version."""
    mine = _name_of(thing)
    return mine is not None and any(_name_of(folder) == mine for folder in parent.glob("[!.]*"))


def _name_of(folder: Path) -> tuple[str, int] | None:
    try:
        meta = read_manifest(folder)["meta"]
        return str(meta["name"]), int(meta["version"])
    except (DataError, KeyError, TypeError, ValueError):
        return None
