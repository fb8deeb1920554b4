"""Folders of things that have a name and version numbers: finding one, numbering the next.

Datasets and tokenizers share this. A folder counts only with its manifest; ``meta`` in it holds ``id``, ``name``, ``version``, ``created``.
"""

from __future__ import annotations

import contextlib
import fcntl
import re
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tokenloom.kit.atomic import MANIFEST, read_manifest
from tokenloom.kit.errors import DataError, NotFound, SpecError
from tokenloom.kit.ids import is_id
from tokenloom.kit.registry import unknown_name

_NAME = re.compile(r"[^\s/\\@\x00-\x1f](?:[^/\\@\x00-\x1f]{0,98}[^\s/\\@\x00-\x1f])?")


def valid_name(name: str, noun: str) -> str:
    """``name`` unchanged; :class:`SpecError` when it could not be written as ``name@version``."""
    if not _NAME.fullmatch(name):
        raise SpecError(
            f"“{name[:120]}” cannot be the name of a {noun}.",
            hint="Use 1 to 100 characters without / \\ @, line breaks, or spaces at the ends.",
        )
    return name


class VersionedFolders:
    """All things of one ``noun`` below ``root``, each in a folder named by its id."""

    def __init__(self, root: Path, noun: str) -> None:
        self.root = root
        self.noun = noun

    def metas(self) -> list[dict[str, Any]]:
        """``meta`` of every sound manifest, by name, newest version first; broken folders are left out."""
        found = [meta for path in self.root.glob(f"[!.]*/{MANIFEST}") if (meta := _meta(path.parent)) is not None]
        return sorted(found, key=lambda meta: (str(meta["name"]), -int(meta["version"])))

    def find(self, ref: str) -> dict[str, Any]:
        """``meta`` by id, ``name@version`` or name (its newest version); :class:`NotFound` with near names."""
        if is_id(ref) and (meta := _meta(self.root / ref)) is not None:
            return meta
        metas = self.metas()
        name, _, version = ref.rpartition("@") if "@" in ref else (ref, "", "")
        same = [meta for meta in metas if meta["name"] == name]
        if not same:
            raise unknown_name(self.noun, name, {str(meta["name"]) for meta in metas})
        chosen = [meta for meta in same if not version or str(meta["version"]) == version]
        if not chosen:
            versions = ", ".join(str(meta["version"]) for meta in reversed(same))
            raise NotFound(
                f"The {self.noun} “{name}” has no version {version}.",
                hint=f"There is: {versions}.",
                name=ref,
                noun=self.noun,
            )
        return chosen[0]

    def next_version(self, name: str) -> int:
        """One more than the highest version of ``name``; call it under :meth:`lock`."""
        return 1 + max((int(meta["version"]) for meta in self.metas() if meta["name"] == name), default=0)

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Exclusive among processes while a version is numbered and published."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / ".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def remove_stale(parent: Path, *, age_seconds: float = 3600.0) -> int:
    """Delete what a killed process left in ``parent``: temporary folders in which nothing was written for ``age_seconds``; how many."""
    stale = stale_in(parent, age_seconds=age_seconds)
    for path in stale:
        with contextlib.suppress(OSError):
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()
    return len(stale)


def stale_in(parent: Path, *, age_seconds: float = 3600.0) -> list[Path]:
    """Temporary files and folders of ``parent`` in which nothing was written for ``age_seconds``."""
    found = []
    for path in parent.glob(".tmp-*"):
        with contextlib.suppress(OSError):
            if time.time() - max(each.stat().st_mtime for each in (path, *path.rglob("*"))) > age_seconds:
                found.append(path)
    return found


def now() -> str:
    """UTC, ISO 8601, whole seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _meta(folder: Path) -> dict[str, Any] | None:
    try:
        meta = read_manifest(folder).get("meta")
    except DataError:
        return None
    whole = isinstance(meta, dict) and {"id", "name", "version"} <= meta.keys() and meta["id"] == folder.name
    return meta if whole else None
