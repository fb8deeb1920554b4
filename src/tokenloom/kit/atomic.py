"""Publishing files and folders so that a reader sees all of them or nothing, after any crash.

The order of :func:`atomic_dir_commit` is the whole point: write beside the target, fsync every file,
write ``manifest.json`` (sizes and SHA-256) last, rename, fsync the parent. A folder without a valid manifest
never counts.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tokenloom.kit.errors import DataError, DiskFull
from tokenloom.kit.ids import new_id, sha256_of

MANIFEST = "manifest.json"
_TEMPORARY = ".tmp-"


def fsync_dir(folder: Path) -> None:
    """Make a rename inside ``folder`` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def atomic_write(path: Path, content: bytes | str) -> None:
    """Replace ``path`` by ``content`` in one step; a crash leaves the old or the new file, never a part."""
    data = content.encode() if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{_TEMPORARY}{new_id()}")
    try:
        with disk_full_as_error(path.parent), temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
        fsync_dir(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


class DirCommit:
    """A folder in the making beside ``target``: fill :attr:`folder`, then :meth:`publish` it, or :meth:`discard` it.

    Whoever fills it and whoever publishes it may be two threads. An existing ``target`` is replaced.
    """

    def __init__(self, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        self.target = target
        self.folder = target.parent / f"{_TEMPORARY}{new_id()}"
        self.folder.mkdir()

    def publish(self, meta: dict[str, Any]) -> None:
        """Durable on return; on an exception nothing is published and the temporary folder is removed."""
        try:
            with disk_full_as_error(self.target.parent):
                _seal(self.folder, meta)
            _swap(self.folder, self.target)
        finally:
            self.discard()

    def discard(self) -> None:
        """Remove what is not published."""
        shutil.rmtree(self.folder, ignore_errors=True)


@contextlib.contextmanager
def atomic_dir_commit(target: Path, *, meta: dict[str, Any] | None = None) -> Iterator[Path]:
    """Yield a temporary folder beside ``target``; on a clean exit publish it as ``target`` with a manifest.

    ``meta`` is stored in the manifest under ``"meta"``. An existing ``target`` is replaced. On an exception nothing is
    published and the temporary folder is removed.
    """
    commit = DirCommit(target)
    try:
        with disk_full_as_error(target.parent):
            yield commit.folder
        commit.publish(meta or {})
    finally:
        commit.discard()


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a published folder; :class:`DataError` where there is none or it is not JSON."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text())
    except (OSError, ValueError) as error:
        raise DataError(f"{folder.name} has no readable manifest ({error}).", hint="Use another copy.") from None
    if not isinstance(manifest, dict) or not isinstance(manifest.get("files"), dict):
        raise DataError(f"The manifest of {folder.name} is not one of ours.", hint="Use another copy.")
    return manifest


def verify_dir(folder: Path) -> list[str]:
    """Compare a published folder with its manifest; the list of what is wrong, empty when sound."""
    try:
        files = read_manifest(folder)["files"]
    except DataError as error:
        return [error.message]
    return [problem for name, entry in files.items() if (problem := _problem(folder / name, name, entry))]


def remove_leftovers(parent: Path) -> int:
    """Delete temporary folders and files that a crash left in ``parent``; how many."""
    leftovers = list(parent.glob(f"{_TEMPORARY}*")) if parent.is_dir() else []
    for path in leftovers:
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
    return len(leftovers)


@contextlib.contextmanager
def disk_full_as_error(folder: Path) -> Iterator[None]:
    """Turn ENOSPC/EDQUOT into :class:`DiskFull` that says how much is free and where."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        free = shutil.disk_usage(folder).free
        raise DiskFull(
            f"The disk that holds {folder} is full ({free / 1e6:.1f} MB free).",
            hint="Free some space there, or move the workspace, and try again: nothing that was saved is lost.",
            has_bytes=free,
        ) from error


def _seal(folder: Path, meta: dict[str, Any]) -> None:
    files: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            _fsync_file(path)
            files[path.relative_to(folder).as_posix()] = {"bytes": path.stat().st_size, "sha256": sha256_of(path)}
    with (folder / MANIFEST).open("w") as file:
        json.dump({"files": files, "meta": meta}, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    for path in [folder, *(each for each in folder.rglob("*") if each.is_dir())]:
        fsync_dir(path)


def _swap(temporary: Path, target: Path) -> None:
    if target.exists():
        old = target.parent / f"{_TEMPORARY}{new_id()}"
        os.replace(target, old)
        os.replace(temporary, target)
        shutil.rmtree(old, ignore_errors=True)
    else:
        os.replace(temporary, target)
    fsync_dir(target.parent)


def _fsync_file(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _problem(path: Path, name: str, entry: dict[str, Any]) -> str:
    if not path.is_file():
        return f"{name} is missing"
    if path.stat().st_size != entry["bytes"]:
        return f"{name} has {path.stat().st_size} bytes instead of {entry['bytes']}"
    if sha256_of(path) != entry["sha256"]:
        return f"{name} does not match its SHA-256"
    return ""
