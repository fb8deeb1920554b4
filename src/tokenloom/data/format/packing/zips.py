"""A ZIP archive as a folder of files: listed in the sandbox, unpacked under names of our own, never deeper than one level."""

from __future__ import annotations

import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from tokenloom.data.format.magic import binary_kind
from tokenloom.data.format.packing.streams import MAX_RATIO, MAX_UNPACKED, packing_of
from tokenloom.kit.errors import DataError
from tokenloom.kit.sandbox import sandbox_child

MAX_MEMBERS = 50_000
_MAX_NAME = 1000
_BLOCK = 1 << 20


@dataclass
class Unpacked:
    """``files``: (path on this disk, name in the archive); ``skipped``: name and reason of what was passed over."""

    files: list[tuple[Path, str]] = field(default_factory=list)
    skipped: list[dict[str, str]] = field(default_factory=list)


def unpack(path: Path, name: str, into: Path, *, most: int = MAX_MEMBERS) -> Iterator[Unpacked]:
    """Unpack an archive's files into the folder ``into``; what came of it so far is yielded after each file, and last when done.

    Files are called by their number, so that no name from outside becomes a path. Raises :class:`DataError` for a damaged, locked or
    dishonest archive and for one that unpacks to far more than its size.
    """
    listed = sandbox_child("tokenloom.data.format.packing.zips:probe", path=str(path))
    if listed["problem"]:
        raise DataError(
            f"{name} {listed['problem']}.", hint="Unpack it yourself if you trust it, and import the folder."
        )
    found = Unpacked(skipped=listed["skipped"])
    into.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        for number, shown in listed["members"][:most]:
            target = into / f"{number}{PurePosixPath(shown).suffix[:12] if shown.isascii() else ''}"
            reason = _extract(archive, members[number], target)
            if reason:
                target.unlink(missing_ok=True)
                found.skipped.append({"name": shown, "reason": reason})
            else:
                found.files.append((target, shown))
            yield found
    yield found


def probe(path: str) -> dict[str, Any]:
    """Read the directory of an archive; runs inside ``sandbox_child``."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except zipfile.BadZipFile as error:
        return {"problem": f"is a damaged ZIP archive ({error})", "members": [], "skipped": []}
    kept: list[tuple[int, str]] = []
    skipped: list[dict[str, str]] = []
    for number, member in enumerate(members):
        shown = "".join(letter if letter.isprintable() else "�" for letter in member.filename)[:_MAX_NAME]
        reason = "" if member.is_dir() else _why_not(member)
        if reason:
            skipped.append({"name": shown, "reason": reason})
        elif not member.is_dir() and not _is_hidden(member.filename):
            kept.append((number, shown))
    problem = _problem([members[number] for number, _ in kept], len(members), Path(path).stat().st_size)
    return {"problem": problem, "members": sorted(kept, key=lambda each: each[1]), "skipped": skipped}


def _problem(members: list[zipfile.ZipInfo], count: int, num_bytes: int) -> str:
    total = sum(member.file_size for member in members)
    if count > MAX_MEMBERS:
        return f"holds {count} files; the limit is {MAX_MEMBERS}"
    if any(member.flag_bits & 1 for member in members):
        return "is locked with a password"
    if sum(member.compress_size for member in members) > num_bytes:
        return "is no honest archive: its files lie on top of each other"
    if total > max(MAX_UNPACKED, MAX_RATIO * num_bytes):
        return f"unpacks to {total / 1e9:.1f} GB, far more than its own size"
    return "" if members else "holds no file"


def _why_not(member: zipfile.ZipInfo) -> str:
    name = member.filename
    kind = member.external_attr >> 16
    if stat.S_IFMT(kind) not in (0, stat.S_IFREG):
        return "It is a link or a device, not a file."
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if name.startswith(("/", "\\")) or ".." in parts or name[1:2] == ":":
        return "Its name leads outside of the archive."
    if len(name) > _MAX_NAME or any(unicodedata.category(letter) in ("Cc", "Cf", "Cs") for letter in name):
        return "Its name is too long or holds control characters."
    return ""


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") or part in ("__MACOSX", "__pycache__") for part in PurePosixPath(name).parts)


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> str:
    """Write one file; the reason where it is passed over."""
    size = 0
    try:
        with archive.open(member) as packed, target.open("wb") as file:
            while block := packed.read(_BLOCK):
                if (
                    not size
                    and (binary_kind(block[:64]) == "zip" or packing_of(block))
                    and not _may_be_workbook(member)
                ):
                    return "It is packed itself; an archive inside of an archive is not followed."
                size += len(block)
                if size > member.file_size:
                    return "It unpacks to more than it says."
                file.write(block)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        return f"It cannot be unpacked ({error})."
    return ""


def _may_be_workbook(member: zipfile.ZipInfo) -> bool:
    """A workbook is a ZIP archive too; by its name it may pass, and by its content it is recognised or refused afterwards."""
    return PurePosixPath(member.filename).suffix.lower() in (".xlsx", ".xlsm", ".xlsb", ".ods")
