"""Importing: sniff, read, map, split, and publish one immutable version whose id is the hash of all it depends on."""

from __future__ import annotations

import contextlib
import shutil
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from tokenloom.data.dataset import Dataset
from tokenloom.data.format import Record, Sniffed, read_records, sniff
from tokenloom.data.importing.intake import Intake
from tokenloom.data.importing.publishing import described, known, publish, write_rows
from tokenloom.data.progress import Cancelled, Progress, report, stop_if
from tokenloom.data.source import Files, Rows, SourceFile, opened
from tokenloom.data.splitting import Choice, assign_splits
from tokenloom.data.versions import remove_stale, valid_name
from tokenloom.kit.atomic import disk_full_as_error
from tokenloom.kit.errors import DataError
from tokenloom.kit.ids import content_id, new_id, sha256_of
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.base import Spec
from tokenloom.spec.data import AutoFormat, AutoMapping, ParquetFormat, RatioSplit, TextFormat

_CHECK_EVERY = 512  # rows
_LISTED = 1000  # files named in a report


@dataclass(frozen=True)
class _Watch:
    progress: Progress | None
    cancelled: Cancelled | None

    def look(self, done: int, total: int | None, unit: str) -> None:
        stop_if(self.cancelled, "The import")
        report(self.progress, done, total, unit)


@dataclass
class _Found:
    """What was learned about the source while it was read."""

    label: str
    files: list[dict[str, Any]]
    skipped: list[dict[str, str]]


def import_dataset(
    workspace: Workspace,
    *,
    name: str,
    source: Spec,
    format: Spec | None = None,
    mapping: Spec | None = None,
    split: Spec | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Dataset:
    """Import ``source`` as the next version of ``name``; the same content and settings give the version that is there.

    Bad rows are set aside with line and reason. Raises :class:`DataError` when no row can be used, :class:`NotFound` for a missing
    file, :class:`Interrupted` when cancelled; nothing is left behind then.
    """
    format, mapping, split = format or AutoFormat(), mapping or AutoMapping(), split or RatioSplit()
    valid_name(name, "dataset")
    watch = _Watch(progress, cancelled)
    settings = [each.model_dump(mode="json") for each in (format, mapping, split)]
    where = opened(source)
    hashes = _hashes(where.files, watch) if isinstance(where, Files) else []
    if hashes and (there := known(workspace, _identity(name, hashes, settings))):
        return there
    remove_stale(workspace.datasets)
    scratch = workspace.datasets / f".tmp-{new_id()}"
    scratch.mkdir(parents=True)
    intake = Intake(scratch, mapping, split)
    try:
        with disk_full_as_error(workspace.datasets):
            found = _take_all(where, hashes, format, intake, watch)
            intake.finish(found.label)
            identity = _identity(name, hashes or intake.digest.hexdigest(), settings)
            if there := known(workspace, identity):
                return there
            choice, notes = assign_splits(split, np.array(intake.hashes, dtype=np.uint64), intake.split_values)
            meta, told = _described(name, identity, source, split, found, intake, choice, notes)
            write_rows(scratch, intake, choice, meta, watch.look)
        return publish(workspace, scratch, meta, told)
    finally:
        with contextlib.suppress(OSError):  # a full disk, told already
            intake.close()
        shutil.rmtree(scratch, ignore_errors=True)


def _identity(name: str, content: Any, settings: list[dict[str, Any]]) -> str:
    return content_id("dataset", 1, name, content, settings)


def _hashes(files: list[SourceFile], watch: _Watch) -> list[list[str]]:
    hashes = []
    for place, file in enumerate(files):
        watch.look(place, len(files), "files checked")
        try:
            hashes.append([file.name, sha256_of(file.path)])
        except OSError as error:
            raise DataError(f"{file.name} cannot be read: {error.strerror}.", hint="Check its permissions.") from None
    return hashes


def _take_all(where: Files | Rows, hashes: list[list[str]], format: Spec, intake: Intake, watch: _Watch) -> _Found:
    if isinstance(where, Files):
        return _take_files(where, hashes, format, intake, watch)
    number = 0
    for number, row in enumerate(where.rows, start=1):
        intake.take(number, where.label, Record(number, number, {str(key): value for key, value in row.items()}))
        if number % _CHECK_EVERY == 0:
            watch.look(number, None, "rows")
    return _Found(where.label, [{"name": where.label, "rows": number}], [])


def _take_files(where: Files, hashes: list[list[str]], format: Spec, intake: Intake, watch: _Watch) -> _Found:
    readable, skipped = _readable(where, format)
    total = sum(file.path.stat().st_size for file, _ in readable)
    label = where.files[0].name if len(where.files) == 1 else f"the {len(where.files)} files"
    sha256 = {name: digest for name, digest in hashes}
    base = done = 0
    listed = []
    for file, sniffed in readable:
        last = 0
        for record in read_records(file.path, file.name, sniffed):
            last = record.number
            if where.is_folder and record.row is not None:
                record.row.setdefault("file", file.name)
            intake.take(base + last, file.name, record)
            if last % _CHECK_EVERY == 0:
                watch.look(done, total, "bytes")
        base += last
        done += file.path.stat().st_size
        watch.look(done, total, "bytes")
        listed.append(_listed(file, sniffed, sha256[file.name], last))
    return _Found(label, listed, skipped)


def _listed(file: SourceFile, sniffed: Sniffed, sha256: str, rows: int) -> dict[str, Any]:
    return {
        "name": file.name,
        "bytes": file.path.stat().st_size,
        "sha256": sha256,
        "format": sniffed.format.model_dump(mode="json"),
        "why": sniffed.why,
        "rows": rows,
    }


def _readable(where: Files, format: Spec) -> tuple[list[tuple[SourceFile, Sniffed]], list[dict[str, str]]]:
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
        elif commonest == "text" and not isinstance(sniffed.format, ParquetFormat):
            text = TextFormat(unit="document", encoding=sniffed.format.encoding)
            kept.append((file, Sniffed(text, "most files of the folder are plain text", sniffed.is_packed)))
        else:
            skipped.append(
                {"name": file.name, "reason": f"It is {sniffed.format.kind}, while most files are {commonest}."}
            )
    return kept, skipped


def _described(
    name: str,
    identity: str,
    source: Spec,
    split: Spec,
    found: _Found,
    intake: Intake,
    choice: Choice,
    notes: list[str],
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The manifest's meta and the report."""
    rows = {"raw": len(intake.numbers) + intake.num_bad, "good": len(intake.numbers), "bad": intake.num_bad}
    meta, told = described(name, identity, intake, choice, rows=rows, files=found.files)
    meta["source"] = {"kind": getattr(source, "kind", ""), "label": found.label, "files": len(found.files)}
    meta["split"] = split.model_dump(mode="json")
    told["skipped_files"], told["num_skipped_files"] = found.skipped[:_LISTED], len(found.skipped)
    told["notes"] += notes
    return meta, told
