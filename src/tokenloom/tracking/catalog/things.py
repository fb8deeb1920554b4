"""Datasets, tokenizers, models, exports, evaluations and artifacts: rows that mirror manifests and events."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tokenloom.kit.atomic import MANIFEST
from tokenloom.kit.ids import content_id, is_id
from tokenloom.kit.registry import unknown_name
from tokenloom.tracking.catalog import facts, schema
from tokenloom.tracking.catalog.database import Catalog, upsert

FOLDERS = ("datasets", "tokenizers", "models", "exports")  # each thing: a folder with a manifest
_FROM_EVENTS = {"artifact": "artifacts", "checkpoint": "artifacts", "evaluation": "evaluations"}


@dataclass(frozen=True, slots=True)
class Thing:
    """One row. ``meta`` is what its manifest or event says; ``run_id`` the run that made it, or empty."""

    noun: str
    id: str
    name: str
    version: str
    created: float
    run_id: str
    folder: str
    meta: dict[str, Any]


def list_things(catalog: Catalog, noun: str, *, name: str = "", run_id: str = "", limit: int = 1000) -> list[Thing]:
    """Things of one noun, newest first; only those of ``name`` or made by ``run_id`` when given."""
    table = _table(noun)
    query = sa.select(table).order_by(table.c.created.desc(), table.c.id.desc()).limit(limit)
    if name:
        query = query.where(table.c.name == name)
    if run_id:
        query = query.where(table.c.run_id == run_id)
    with catalog.read() as connection:
        return [_thing(noun, row) for row in connection.execute(query)]


def find_thing(catalog: Catalog, noun: str, wanted: str) -> Thing:
    """The thing with that id, or the newest of that name, or ``name@version``. NotFound offers the nearest names."""
    name, _, version = wanted.rpartition("@") if "@" in wanted else (wanted, "", "")
    table = _table(noun)
    newest = sa.select(table).order_by(table.c.created.desc(), table.c.id.desc()).limit(1)
    with catalog.read() as connection:
        named = newest.where(table.c.name == name, *([table.c.version == version] if version else []))
        for query in (newest.where(table.c.id == wanted), newest.where(table.c.name == wanted), named):
            if row := connection.execute(query).first():
                return _thing(noun, row)
        names = connection.execute(sa.select(table.c.name).distinct()).scalars().all()
    raise unknown_name(noun.removesuffix("s"), wanted, names)


def refresh(catalog: Catalog) -> None:
    """Bring the rows of things that are folders in step with their manifests."""
    for noun in FOLDERS:
        table = schema.THINGS[noun]
        with catalog.read() as connection:
            known = {row.id: row.index_mtime for row in connection.execute(sa.select(table.c.id, table.c.index_mtime))}
        present = _manifests(catalog.workspace.root / noun)
        changed = [each for each, mtime in present.items() if known.get(each) != mtime]
        gone = sorted(set(known) - set(present))
        if not changed and not gone:
            continue
        rows = [_row(noun, catalog.workspace.root / noun / each, present[each]) for each in changed]
        with catalog.write() as connection:
            for first in range(0, len(gone), 500):
                connection.execute(table.delete().where(table.c.id.in_(gone[first : first + 500])))
            upsert(connection, table, rows)


def store_events(connection: sa.Connection, run_id: str, events: Iterable[dict[str, Any]]) -> None:
    """Rows for the artifacts, checkpoints and evaluations that a run reported. The same event gives the same row."""
    for event in events:
        noun = _FROM_EVENTS.get(str(event.get("type")))
        if noun is None:
            continue
        path = facts.clean(event.get("path") or "")
        kind = facts.clean(event.get("kind") or event["type"])
        name = facts.clean(event.get("name") or path.rpartition("/")[2] or kind)
        row = {
            "id": content_id(run_id, noun, kind, path or name, event.get("step")),
            "name": name,
            "version": facts.clean("" if event.get("step") is None else event["step"]),
            "created": facts.number(event.get("time")) or 0.0,
            "run_id": run_id,
            "folder": f"runs/{run_id}" + (f"/{path}" if path and not path.startswith("/") else ""),
            "meta": facts.clean_json({**event, "kind": kind}),
            "index_mtime": 0,
        }
        upsert(connection, schema.THINGS[noun], [row])


def _manifests(parent: Path) -> dict[str, int]:
    """Times of the manifests in the folders of ``parent``, by id."""
    found = {}
    try:
        with os.scandir(parent) as entries:
            names = [entry.name for entry in entries if is_id(entry.name)]
    except FileNotFoundError:
        return {}
    for name in names:
        try:
            found[name] = os.stat(f"{parent}/{name}/{MANIFEST}").st_mtime_ns  # noqa: PTH116
        except (FileNotFoundError, NotADirectoryError):
            continue  # being written, or not one of ours
    return found


def _row(noun: str, folder: Path, mtime: int) -> dict[str, Any]:
    content = facts.read_json(folder / MANIFEST)
    meta = content.get("meta")
    meta = meta if isinstance(meta, dict) else {}
    return {
        "id": folder.name,
        "name": facts.clean(meta.get("name") or folder.name),
        "version": facts.clean(meta.get("version") or ""),
        "created": facts.number(meta.get("created")) or mtime / 1e9,
        "run_id": facts.clean(meta.get("run_id") or meta.get("run") or ""),
        "folder": f"{noun}/{folder.name}",
        "meta": facts.clean_json(meta),
        "index_mtime": mtime,
    }


def _table(noun: str) -> sa.Table:
    if noun not in schema.THINGS:
        raise unknown_name("kind of thing", noun, schema.THINGS)
    return schema.THINGS[noun]


def _thing(noun: str, row: sa.Row[Any]) -> Thing:
    return Thing(noun, row.id, row.name, row.version, row.created, row.run_id, row.folder, row.meta)
