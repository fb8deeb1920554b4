"""Taking files in: archives are unpacked, formats recognised, records handed to the intake with numbers that go on over all files."""

from __future__ import annotations

import fnmatch
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tokenloom.data.format import Record, Sniffed, read_records, sniff
from tokenloom.data.format.magic import binary_kind
from tokenloom.data.format.packing.zips import MAX_MEMBERS, unpack
from tokenloom.data.importing.intake import Intake
from tokenloom.data.source import Files, Place, SourceFile
from tokenloom.kit.errors import DataError
from tokenloom.kit.ids import sha256_of
from tokenloom.spec.base import Spec
from tokenloom.spec.data import AutoFormat, CsvFormat, JsonlFormat, MarkdownFormat, SpreadsheetFormat, TextFormat

CHECK_EVERY = 512  # rows


@dataclass
class Found:
    """What was learned about the source while it was read."""

    label: str
    files: list[dict[str, Any]]
    skipped: list[dict[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    parents: list[dict[str, Any]] = field(default_factory=list)


def hashes_of(files: list[SourceFile], place: Place) -> list[list[str]]:
    """[name, SHA-256] of each file, before any archive is unpacked."""
    hashes = []
    for number, file in enumerate(files):
        place.look(number, len(files), "files checked")
        try:
            hashes.append([file.name, sha256_of(file.path)])
        except OSError as error:
            raise DataError(f"{file.name} cannot be read: {error.strerror}.", hint="Check its permissions.") from None
    return hashes


def records_in(
    where: Files, file: SourceFile, sniffed: Sniffed, skipped: list[dict[str, str]], notes: list[str]
) -> Iterator[Record]:
    """Records of one file; of a folder's each row names its file, and where one is damaged, ``skipped`` is told and the others go on.

    ``notes`` is told what only reading shows.
    """
    last = 0
    try:
        for record in read_records(file.path, file.name, sniffed, notes):
            last = record.number
            if where.is_folder and record.row is not None:
                record.row.setdefault("file", file.name)
            yield record
    except DataError as error:
        if not where.is_folder:
            raise
        before = f"Only its first {last} rows were read: " if last else ""
        skipped.append({"name": file.name, "reason": before + error.message})


def holds_texts(sniffed: Sniffed) -> bool:
    """Whether its values are texts that may mean numbers: a format that says of each value what it is needs no finding."""
    return isinstance(sniffed.format, CsvFormat | SpreadsheetFormat)


def take_files(where: Files, hashes: list[list[str]], format: Spec, intake: Intake, into: Path, place: Place) -> Found:
    """Read all files into ``intake``; ``into`` is a folder for what archives hold."""
    sha256 = {name: digest for name, digest in hashes}
    passed = list(where.skipped)
    where, skipped = without_archives(where, into, place)
    good, unreadable = readable(where, format)
    total = sum(file.path.stat().st_size for file, _ in good)
    label = where.label or (where.files[0].name if len(where.files) == 1 else f"the {len(where.files)} files")
    found = Found(label, [], [*passed, *skipped, *unreadable])
    base = done = 0
    for file, sniffed in good:
        last = 0
        intake.are_texts = holds_texts(sniffed)
        for record in records_in(where, file, sniffed, found.skipped, found.notes):
            last = record.number
            intake.take(base + last, file.name, record)
            if last % CHECK_EVERY == 0:
                place.look(done, total, "bytes")
        base += last
        done += file.path.stat().st_size
        place.look(done, total, "bytes")
        found.files.append(_listed(file, sniffed, sha256.get(file.archive or file.name, ""), last))
        found.notes += sniffed.notes
    return found


def without_archives(
    where: Files, into: Path, place: Place, *, most: int = MAX_MEMBERS
) -> tuple[Files, list[dict[str, str]]]:
    """The same files with those of ZIP archives in their place. An archive of several files is a folder."""
    files: list[SourceFile] = []
    skipped: list[dict[str, str]] = []
    is_folder = where.is_folder
    for number, file in enumerate(where.files):
        if not _is_zip(file.path):
            files.append(file)
            continue
        unpacked = None
        for unpacked in unpack(file.path, file.name, into / str(number), most=most):
            place.look(len(unpacked.files), None, "files unpacked")
        if unpacked is None:
            continue
        inside = [(path, name) for path, name in unpacked.files if _matches(name, where.pattern)]
        is_folder = is_folder or len(inside) > 1
        before = f"{file.name}/" if len(where.files) > 1 else ""
        files += [SourceFile(path, before + name, archive=file.name) for path, name in inside]
        skipped += [{**each, "name": before + each["name"]} for each in unpacked.skipped]
    if not files:
        raise DataError(
            "The archive holds no file that can be read.",
            hint="Unpack it, and import what lies inside.",
            skipped=skipped[:20],
        )
    return Files(files, is_folder, pattern=where.pattern, label=where.label), skipped


def _is_zip(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return binary_kind(file.read(64), path) == "zip"
    except OSError:
        return False  # reading it tells why


def _matches(name: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(name, pattern.replace("**/", "*"))


def _listed(file: SourceFile, sniffed: Sniffed, sha256: str, rows: int) -> dict[str, Any]:
    return {
        "name": file.name,
        "bytes": file.path.stat().st_size,
        "sha256": sha256,
        "format": sniffed.format.model_dump(mode="json"),
        "why": sniffed.why,
        "rows": rows,
    }


def readable(where: Files, format: Spec) -> tuple[list[tuple[SourceFile, Sniffed]], list[dict[str, str]]]:
    """Files with their formats. In a folder what cannot be read is passed over and named; of several formats the commonest is read."""
    wanted = None if isinstance(format, AutoFormat) else format
    good: list[tuple[SourceFile, Sniffed]] = []
    skipped: list[dict[str, str]] = []
    for file in where.files:
        try:
            good.append((file, sniff(file.path, file.name, wanted, is_folder=len(where.files) > 1)))
        except DataError as error:
            if not where.is_folder:
                raise
            skipped.append({"name": file.name, "reason": error.message})
    if not good:
        raise DataError(
            f"None of the {len(where.files)} files can be read; {skipped[0]['reason']}",
            hint="Choose another folder or pattern.",
            skipped=skipped[:20],
        )
    if wanted is not None:
        return good, skipped
    return _of_one_kind(good, skipped)


def _of_one_kind(
    good: list[tuple[SourceFile, Sniffed]], skipped: list[dict[str, str]]
) -> tuple[list[tuple[SourceFile, Sniffed]], list[dict[str, str]]]:
    kinds = Counter(sniffed.format.kind for _, sniffed in good)
    commonest = kinds.most_common(1)[0][0]
    kept = []
    for file, sniffed in good:
        if sniffed.format.kind == commonest:
            kept.append((file, sniffed))
        elif commonest == "text" and isinstance(sniffed.format, CsvFormat | JsonlFormat | MarkdownFormat):
            text = TextFormat(unit="document", encoding=sniffed.format.encoding)
            kept.append((file, Sniffed(text, "most files of the folder are plain text", sniffed.packing)))
        else:
            skipped.append(
                {"name": file.name, "reason": f"It is {sniffed.format.kind}, while most files are {commonest}."}
            )
    return kept, skipped
