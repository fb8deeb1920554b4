"""Importing: sniff, read, map, split, and publish one immutable version whose id is the hash of all it depends on."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path
from typing import Any

from tokenloom.data.dataset import Dataset
from tokenloom.data.format import Record
from tokenloom.data.importing.files import CHECK_EVERY, Found, hashes_of, take_files
from tokenloom.data.importing.intake import Intake
from tokenloom.data.importing.publishing import described, known, publish, write_rows
from tokenloom.data.progress import UNWATCHED, Watch
from tokenloom.data.source import Files, Place, Rows, opened
from tokenloom.data.splitting import Choice, assign_splits
from tokenloom.data.versions import remove_stale, valid_name
from tokenloom.kit.atomic import disk_full_as_error
from tokenloom.kit.ids import content_id, new_id
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.base import Spec
from tokenloom.spec.data import AutoFormat, AutoMapping, ColumnsSpec, RatioSplit

_LISTED = 1000  # files named in a report


def import_dataset(
    workspace: Workspace,
    *,
    name: str,
    source: Spec | Rows,
    format: Spec | None = None,
    mapping: Spec | None = None,
    split: Spec | None = None,
    columns: ColumnsSpec | None = None,
    watch: Watch = UNWATCHED,
) -> Dataset:
    """Import ``source``, a spec or rows that a program holds, as the next version of ``name``; the same content and settings give the version that is there.

    Bad rows are set aside with line and reason. Raises :class:`DataError` when no row can be used, :class:`NotFound` for a missing
    file, :class:`Interrupted` when cancelled; nothing is left behind then.
    """
    format, mapping, split = format or AutoFormat(), mapping or AutoMapping(), split or RatioSplit()
    columns = columns or ColumnsSpec()
    valid_name(name, "dataset")
    place = Place(workspace, watch)
    settings = [each.model_dump(mode="json") for each in (format, mapping, split, columns)]
    where = source if isinstance(source, Rows) else opened(source, place)
    hashes = hashes_of(where.files, place) if isinstance(where, Files) else []
    if hashes and (there := known(workspace, _identity(name, hashes, settings))):
        return there
    remove_stale(workspace.datasets)
    scratch = workspace.datasets / f".tmp-{new_id()}"
    scratch.mkdir(parents=True)
    intake = Intake(scratch, mapping, split, columns)
    try:
        with disk_full_as_error(workspace.datasets):
            found = _take_all(where, hashes, format, intake, scratch, place)
            intake.finish(found.label)
            identity = _identity(name, hashes or intake.digest.hexdigest(), settings)
            if there := known(workspace, identity):
                return there
            choice, notes = assign_splits(split, intake.kept.contents, intake.said)
            meta, told = _described(name, identity, source, split, found, intake, choice, notes)
            write_rows(scratch, intake, choice, meta, place.look)
        return publish(workspace, scratch, meta, told)
    finally:
        with contextlib.suppress(OSError):  # a full disk, told already
            intake.close()
        shutil.rmtree(scratch, ignore_errors=True)


def _identity(name: str, content: Any, settings: list[dict[str, Any]]) -> str:
    return content_id("dataset", 2, name, content, settings)


def _take_all(
    where: Files | Rows, hashes: list[list[str]], format: Spec, intake: Intake, scratch: Path, place: Place
) -> Found:
    if isinstance(where, Files):
        return take_files(where, hashes, format, intake, scratch / "unpacked", place)
    number = 0
    for number, row in enumerate(where.rows, start=1):
        intake.take(number, where.label, Record(number, number, {str(key): value for key, value in row.items()}))
        if number % CHECK_EVERY == 0:
            place.look(number, None, "rows")
    listed = [{"name": where.label, "rows": number}]
    return Found(where.label, listed, notes=list(where.notes), parents=list(where.parents))


def _described(
    name: str,
    identity: str,
    source: Spec | Rows,
    split: Spec,
    found: Found,
    intake: Intake,
    choice: Choice,
    notes: list[str],
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The manifest's meta and the report."""
    rows = {"raw": len(intake.kept) + intake.num_bad, "good": len(intake.kept), "bad": intake.num_bad}
    meta, told = described(name, identity, intake, choice, rows=rows, files=found.files)
    meta["source"] = {"kind": getattr(source, "kind", "rows"), "label": found.label, "files": len(found.files)}
    meta["split"] = split.model_dump(mode="json")
    if found.parents:
        meta["parents"] = found.parents
    told["skipped_files"], told["num_skipped_files"] = found.skipped[:_LISTED], len(found.skipped)
    told["notes"] = [*found.notes, *told["notes"], *notes]
    return meta, told
