"""What was fetched, kept by its content among the blobs; a cut goes on where it left off, in this run or the next."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tokenloom.data.blobs import Blob, BlobStore, room_for
from tokenloom.data.source.opening import Place
from tokenloom.kit.atomic import atomic_write, disk_full_as_error
from tokenloom.kit.errors import DataError, DiskFull, NotFound
from tokenloom.kit.ids import content_id, sha256_of

ATTEMPTS = 5  # in a row without a byte more
_TELL_EVERY = 1 << 18


class Broken(Exception):
    """The line broke; what arrived stays, and the next attempt goes on there. The message says how."""


class Changed(Exception):
    """What lies there is not what was begun: start again."""


@dataclass(frozen=True)
class Remote:
    """Something to fetch. ``key`` says what it is, ``tag`` which state of it (empty where the service gives none); ``size`` in bytes if known.

    ``read(offset)`` yields its bytes from there on; it raises :class:`Broken` or :class:`Changed`.
    """

    key: str
    name: str
    tag: str
    size: int | None
    read: Callable[[int], Iterator[bytes]]


def kept(place: Place, key: str) -> tuple[str, Blob] | None:
    """(tag, file) of what was fetched under ``key`` before, where it still is here."""
    try:
        known = json.loads((_folder(place, key) / "kept.json").read_text())
        return str(known["tag"]), BlobStore(place.workspace).get(str(known["sha256"]))
    except (OSError, ValueError, KeyError, NotFound):
        return None


def fetched(place: Place, remote: Remote, *, max_bytes: int, before: int = 0, total: int | None = None) -> Path:
    """The remote file on this disk, fetched unless it is here in this very state.

    ``before`` and ``total`` are bytes of several files that are told as one progress. Raises :class:`DataError` over ``max_bytes``.
    """
    known = kept(place, remote.key)
    if known is not None and remote.tag and known[0] == remote.tag:
        return known[1].path
    _check_room(place, remote, max_bytes)
    folder = _folder(place, remote.key)
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / "part"
    with disk_full_as_error(place.workspace.root):
        if not remote.tag or _text(folder / "part.tag") != remote.tag:
            part.unlink(missing_ok=True)
            atomic_write(folder / "part.tag", remote.tag)
        _receive(place, remote, part, max_bytes, (before, total))
    sha256 = sha256_of(part)
    blob = BlobStore(place.workspace).adopt(part, sha256)
    atomic_write(folder / "kept.json", json.dumps({"tag": remote.tag, "sha256": sha256, "name": remote.name}))
    part.unlink()
    return blob.path


def forget(place: Place, key: str) -> None:
    """Drop what is known under ``key``, a half-fetched part too; files stay among the blobs."""
    shutil.rmtree(_folder(place, key), ignore_errors=True)


def _receive(place: Place, remote: Remote, part: Path, max_bytes: int, shown: tuple[int, int | None]) -> None:
    failures, reason = 0, ""
    while failures < ATTEMPTS:
        start = part.stat().st_size if part.exists() else 0
        try:
            _append(place, remote, part, start, max_bytes, shown)
            return
        except Changed:
            part.unlink(missing_ok=True)
            failures += 1
            reason = "it changes while it is read"
        except Broken as error:
            reason = str(error)
            failures = 0 if part.exists() and part.stat().st_size > start and remote.tag else failures + 1
            if not remote.tag:  # another state could be glued to this one
                part.unlink(missing_ok=True)
    raise DataError(
        f"{remote.name} could not be fetched: {reason}.",
        hint="What arrived is kept: import it again, and it goes on there."
        if part.exists()
        else "Check the network and try again.",
    )


def _append(
    place: Place, remote: Remote, part: Path, start: int, max_bytes: int, shown: tuple[int, int | None]
) -> None:
    before, total = shown
    size, told = start, start
    with part.open("ab") as file:
        for block in remote.read(start):
            size += len(block)
            if size > max_bytes:
                file.truncate(0)
                raise _too_large(remote.name, max_bytes)
            file.write(block)
            if size - told >= _TELL_EVERY or told == start:
                place.look(before + size, total or remote.size, "bytes")
                told = size
    if remote.size is not None and size != remote.size:
        raise Broken(f"{size} of {remote.size} bytes arrived")


def _check_room(place: Place, remote: Remote, max_bytes: int) -> None:
    if remote.size is None:
        return
    if remote.size > max_bytes:
        raise _too_large(remote.name, max_bytes)
    if not room_for(place.workspace, remote.size):
        free = shutil.disk_usage(place.workspace.root).free
        raise DiskFull(
            f"{remote.name} has {remote.size / 1e6:,.0f} MB, and the disk has {free / 1e6:,.0f} MB free.",
            hint="Free some space first.",
        )


def _too_large(name: str, max_bytes: int) -> DataError:
    return DataError(
        f"{name} has more than {max_bytes / 1e6:,.0f} MB, which is the limit.",
        hint="Raise source.max_megabytes if you want it.",
    )


def _folder(place: Place, key: str) -> Path:
    return place.workspace.cache / "sources" / content_id("source", key)


def _text(path: Path) -> str | None:
    try:
        return path.read_text()
    except OSError:
        return None
