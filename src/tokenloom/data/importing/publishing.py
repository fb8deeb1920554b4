"""The end of every way to a dataset version: describe what was taken in, write the rows, number and publish the folder in one step."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tokenloom.data.dataset import CONTENT, DATA, QUARANTINE, REPORT, Dataset, DatasetStore
from tokenloom.data.filearray import count_copies
from tokenloom.data.importing.columns import Stored, stored_name, write_parquet
from tokenloom.data.importing.fixes import fix_for
from tokenloom.data.importing.intake import Intake
from tokenloom.data.mapping import shape_of
from tokenloom.data.splitting import NAMES, Choice
from tokenloom.data.versions import VersionedFolders, now
from tokenloom.kit.atomic import atomic_dir_commit
from tokenloom.kit.errors import NotFound
from tokenloom.kit.workspace import Workspace

_LISTED = 1000  # files named in a report
Look = Callable[[int, int | None, str], None]
"""Told how far the work is; may raise to end it."""


def known(workspace: Workspace, identity: str) -> Dataset | None:
    """The version with this id, if it is there."""
    try:
        return DatasetStore(workspace).get(identity)
    except NotFound:
        return None


def described(
    name: str, identity: str, intake: Intake, choice: Choice, *, rows: dict[str, int], files: list[dict[str, Any]]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The manifest's meta and the report, as far as they are the same for imported and for refined versions."""
    assert intake.chosen is not None
    counts = [np.count_nonzero(choice == place) for place in range(len(NAMES))]
    repeats, contents = count_copies(intake.kept.contents)
    mapping = {
        field: stored_name(value) if field != "kind" and value is not None else value
        for field, value in intake.chosen.mapping.model_dump(mode="json").items()
    }
    shared = {
        "name": name,
        "shape": shape_of(intake.chosen.mapping),
        "mapping": mapping,
        "rows": rows,
        "splits": {each: int(count) for each, count in zip(NAMES, counts, strict=True) if count},
        "ledger": intake.ledger.as_dict(),
        "files": files[:_LISTED],
    }
    meta = shared | {
        "kind": "tokenloom.dataset",
        "id": identity,
        "created": now(),
        "columns": list(intake.columns.described()),
        "json_columns": intake.columns.json_columns(),
        "types": intake.columns.typed(),
    }
    told = shared | {
        "mapping_reason": intake.chosen.reason,
        "columns": intake.columns.described(),
        "reasons": intake.reasons,
        "fixes": {reason: fix_for(reason) for reason in intake.reasons},
        "first_bad": intake.first_bad,
        "duplicates": {"rows": repeats, "contents": contents},
        "skipped_files": [],
        "num_skipped_files": 0,
        "notes": intake.columns.notes(),
    }
    return meta, told


def write_rows(scratch: Path, intake: Intake, choice: Choice, meta: dict[str, Any], look: Look) -> None:
    """The rows that ``intake`` kept, as Parquet."""
    mapped = {value for field, value in meta["mapping"].items() if field != "kind" and value is not None}
    as_text = mapped if meta["shape"] != "chat" else set()
    schema, types = intake.columns.schema(as_text), intake.columns.conversions(as_text)

    def pieces() -> Iterator[list[Stored]]:
        place = 0
        for piece in intake.kept.pieces():
            look(place, len(intake.kept), "rows written")
            splits = choice[place : place + len(piece)]
            yield [(number, NAMES[split], row) for (number, row), split in zip(piece, splits, strict=True)]
            place += len(piece)

    write_parquet(scratch / DATA, schema, list(intake.columns.kinds), pieces(), types)
    intake.kept.contents.save(scratch / CONTENT)


def publish(workspace: Workspace, scratch: Path, meta: dict[str, Any], told: dict[str, Any]) -> Dataset:
    """Number the version and move it to its place; where the same version was published meanwhile, that one."""
    folders = VersionedFolders(workspace.datasets, "dataset")
    with folders.lock():
        if there := known(workspace, meta["id"]):
            return there
        meta["version"] = told["version"] = folders.next_version(meta["name"])
        with atomic_dir_commit(workspace.datasets / meta["id"], meta=meta) as folder:
            for file in (DATA, QUARANTINE, CONTENT):
                os.replace(scratch / file, folder / file)
            (folder / REPORT).write_text(json.dumps(told, indent=1))
    return Dataset(workspace.datasets / meta["id"], meta)
