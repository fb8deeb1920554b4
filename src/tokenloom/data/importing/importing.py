"""Importing: sniff, read, map, split, and publish one immutable version whose id is the hash of all it depends on."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tokenloom.data.dataset import CONTENT, DATA, QUARANTINE, REPORT, Dataset, DatasetStore
from tokenloom.data.format import Record
from tokenloom.data.importing.columns import stored_name, write_parquet
from tokenloom.data.importing.files import CHECK_EVERY, Found, hashes_of, take_files
from tokenloom.data.importing.fixes import fix_for
from tokenloom.data.importing.intake import Intake
from tokenloom.data.mapping import shape_of
from tokenloom.data.progress import Cancelled, Progress, Watch
from tokenloom.data.source import Files, Place, Rows, opened
from tokenloom.data.splitting import NAMES, Choice, assign_splits
from tokenloom.data.versions import VersionedFolders, now, remove_stale, valid_name
from tokenloom.kit.atomic import atomic_dir_commit, disk_full_as_error
from tokenloom.kit.errors import NotFound
from tokenloom.kit.ids import content_id, new_id
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.base import Spec
from tokenloom.spec.data import AutoFormat, AutoMapping, RatioSplit

_LISTED = 1000  # files named in a report


def import_dataset(
    workspace: Workspace,
    *,
    name: str,
    source: Spec | Rows,
    format: Spec | None = None,
    mapping: Spec | None = None,
    split: Spec | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Dataset:
    """Import ``source``, a spec or rows that a program holds, as the next version of ``name``; the same content and settings give the version that is there.

    Bad rows are set aside with line and reason. Raises :class:`DataError` when no row can be used, :class:`NotFound` for a missing
    file, :class:`Interrupted` when cancelled; nothing is left behind then.
    """
    format, mapping, split = format or AutoFormat(), mapping or AutoMapping(), split or RatioSplit()
    valid_name(name, "dataset")
    place = Place(workspace, Watch(progress, cancelled))
    settings = [each.model_dump(mode="json") for each in (format, mapping, split)]
    where = source if isinstance(source, Rows) else opened(source, place)
    hashes = hashes_of(where.files, place) if isinstance(where, Files) else []
    if hashes and (known := _known(workspace, _identity(name, hashes, settings))):
        return known
    remove_stale(workspace.datasets)
    scratch = workspace.datasets / f".tmp-{new_id()}"
    scratch.mkdir(parents=True)
    intake = Intake(scratch, mapping, split)
    try:
        with disk_full_as_error(workspace.datasets):
            found = _take_all(where, hashes, format, intake, scratch, place)
            intake.finish(found.label)
            identity = _identity(name, hashes or intake.digest.hexdigest(), settings)
            if known := _known(workspace, identity):
                return known
            choice, notes = assign_splits(split, intake.contents, intake.split_values)
            meta, told = _described(name, identity, source, split, found, intake, choice, notes)
            _write_rows(scratch, intake, choice, meta, place)
        return _publish(workspace, scratch, meta, told)
    finally:
        with contextlib.suppress(OSError):  # a full disk, told already
            intake.close()
        shutil.rmtree(scratch, ignore_errors=True)


def _identity(name: str, content: Any, settings: list[dict[str, Any]]) -> str:
    return content_id("dataset", 1, name, content, settings)


def _known(workspace: Workspace, identity: str) -> Dataset | None:
    try:
        return DatasetStore(workspace).get(identity)
    except NotFound:
        return None


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
    assert intake.chosen is not None
    counts = np.bincount(choice, minlength=3)
    _, copies = np.unique(intake.contents, return_counts=True)
    mapping = {
        field: stored_name(value) if field != "kind" and value is not None else value
        for field, value in intake.chosen.mapping.model_dump(mode="json").items()
    }
    shared = {
        "name": name,
        "shape": shape_of(intake.chosen.mapping),
        "mapping": mapping,
        "rows": {"raw": len(intake.numbers) + intake.num_bad, "good": len(intake.numbers), "bad": intake.num_bad},
        "splits": {each: int(count) for each, count in zip(NAMES, counts, strict=True) if count},
        "ledger": intake.ledger.as_dict(),
        "files": found.files[:_LISTED],
    }
    meta = shared | {
        "kind": "tokenloom.dataset",
        "id": identity,
        "created": now(),
        "source": {"kind": getattr(source, "kind", "rows"), "label": found.label, "files": len(found.files)},
        "split": split.model_dump(mode="json"),
        "columns": list(intake.columns.described()),
        "json_columns": intake.columns.json_columns(),
    }
    if found.parents:
        meta["parents"] = found.parents
    told = shared | {
        "mapping_reason": intake.chosen.reason,
        "columns": intake.columns.described(),
        "reasons": intake.reasons,
        "fixes": {reason: fix_for(reason) for reason in intake.reasons},
        "first_bad": intake.first_bad,
        "duplicates": {"rows": int((copies - 1).sum()), "contents": int((copies > 1).sum())},
        "skipped_files": found.skipped[:_LISTED],
        "num_skipped_files": len(found.skipped),
        "notes": [*found.notes, *intake.columns.notes(), *notes],
    }
    return meta, told


def _write_rows(scratch: Path, intake: Intake, choice: Choice, meta: dict[str, Any], place: Place) -> None:
    mapped = {value for field, value in meta["mapping"].items() if field != "kind" and value is not None}
    schema = intake.columns.schema(as_text=mapped if meta["shape"] != "chat" else ())

    def rows() -> Iterator[tuple[int, str, dict[str, Any]]]:
        for number, row in enumerate(intake.spooled()):
            if number % CHECK_EVERY == 0:
                place.look(number, len(intake.numbers), "rows written")
            yield intake.numbers[number], NAMES[choice[number]], row

    write_parquet(scratch / DATA, schema, list(intake.columns.kinds), rows())
    np.save(scratch / CONTENT, intake.contents)


def _publish(workspace: Workspace, scratch: Path, meta: dict[str, Any], told: dict[str, Any]) -> Dataset:
    folders = VersionedFolders(workspace.datasets, "dataset")
    with folders.lock():
        if known := _known(workspace, meta["id"]):
            return known
        meta["version"] = told["version"] = folders.next_version(meta["name"])
        with atomic_dir_commit(workspace.datasets / meta["id"], meta=meta) as folder:
            for file in (DATA, QUARANTINE, CONTENT):
                os.replace(scratch / file, folder / file)
            (folder / REPORT).write_text(json.dumps(told, indent=1))
    return Dataset(workspace.datasets / meta["id"], meta)
