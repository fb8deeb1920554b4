"""Keeping the catalog in step with the folders: only new bytes are read, and everything can be rebuilt."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tokenloom.kit.errors import DataError
from tokenloom.kit.ids import is_id
from tokenloom.tracking.catalog import facts, schema, things
from tokenloom.tracking.catalog.database import Catalog, upsert
from tokenloom.tracking.reader import format_cursor, parse_cursor, run_logs
from tokenloom.tracking.series.digest import Digest, KeySummary, advance

TERMINAL = frozenset({"completed", "failed", "stopped"})
_BATCH = 50  # runs in one transaction
_RACY_NS = 50_000_000  # a folder changed this recently may change again within the same tick of its clock


@dataclass(slots=True)
class Refreshed:
    """What a refresh did: ids of the runs that were read, of those that are gone, and why some could not be read."""

    updated: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    unreadable: dict[str, str] = field(default_factory=dict)


class Indexer:
    """Folds the run folders and the folders of things into the catalog."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.workspace = catalog.workspace

    def refresh(self, run_ids: Iterable[str] | None = None) -> Refreshed:
        """Read what is new: of all runs and things, or of ``run_ids`` only. Cheap when nothing changed."""
        report = Refreshed()
        table = schema.runs.c
        with self.catalog.read() as connection:
            rows = connection.execute(sa.select(table.id, table.index_sizes, table.index_mtime))
            known = {row.id: (row.index_sizes, row.index_mtime) for row in rows}
        present = (
            self._present() if run_ids is None else {each for each in run_ids if self.workspace.run(each).is_dir()}
        )
        changed = [each for each in sorted(present) if self._has_changed(each, known.get(each))]
        for first in range(0, len(changed), _BATCH):
            self._fold(changed[first : first + _BATCH], report)
        gone = set(known) - present if run_ids is None else set(run_ids) & set(known) - present
        if gone:
            self._remove(sorted(gone))
            report.removed = sorted(gone)
        if run_ids is None:
            things.refresh(self.catalog)
        return report

    def reindex(self) -> Refreshed:
        """Forget everything and read all folders again."""
        self.catalog.reset()
        return self.refresh()

    def _present(self) -> set[str]:
        try:
            with os.scandir(self.workspace.runs) as entries:
                return {entry.name for entry in entries if is_id(entry.name) and entry.is_dir(follow_symlinks=False)}
        except FileNotFoundError:
            return set()

    def _has_changed(self, run_id: str, known: tuple[str, int] | None) -> bool:
        """Two or three ``stat`` calls: a new or replaced file changes the folder's time, a longer log its size."""
        if known is None:
            return True
        folder = os.path.join(self.workspace.runs, run_id)  # noqa: PTH118  a thousand runs: Path costs more than stat
        try:
            if os.stat(folder).st_mtime_ns != known[1]:  # noqa: PTH116
                return True
            return any(
                os.stat(f"{folder}/log.{rank}.bin").st_size != size  # noqa: PTH116
                for rank, size in parse_cursor(known[0]).items()
            )
        except FileNotFoundError:
            return True

    def _fold(self, run_ids: list[str], report: Refreshed) -> None:
        """Read and store in one transaction, so that two indexers cannot count the same bytes twice."""
        with self.catalog.write() as connection:
            before = _stored(connection, run_ids)
            for run_id in run_ids:
                try:
                    is_read = self._fold_one(connection, run_id, before.get(run_id))
                except DataError as error:
                    report.unreadable[run_id] = error.message
                    continue
                if is_read:
                    report.updated.append(run_id)

    def _fold_one(self, connection: sa.Connection, run_id: str, before: sa.Row[Any] | None) -> bool:
        folder = self.workspace.run(run_id)
        info = facts.read_json(folder / "run.json")
        if not info:  # just being made, or not a run
            return False
        mtime = _settled_mtime(folder)
        sizes = {rank: path.stat().st_size for rank, path in run_logs(folder).items()}
        old = _digest(connection, run_id, before)
        new = advance(folder, old)
        row = _row(run_id, info, facts.read_annotations(folder), before) | _progress(new, before)
        row |= {"index_cursor": format_cursor(new.cursor), "index_sizes": format_cursor(sizes), "index_mtime": mtime}
        upsert(connection, schema.runs, [row])
        if before is None or mtime == 0 or before.index_mtime != mtime:
            _replace_small(connection, run_id, folder)
        things.store_events(connection, run_id, new.events)
        changed = [key for key, each in new.metrics.items() if old.metrics.get(key) is not each]
        dropped = sorted(set(old.metrics) - set(new.metrics))
        metrics = schema.run_metrics
        if dropped:
            connection.execute(metrics.delete().where(metrics.c.run_id == run_id, metrics.c.key.in_(dropped)))
        upsert(connection, metrics, [_metric_row(run_id, key, new.metrics[key]) for key in changed])
        return True

    def _remove(self, run_ids: list[str]) -> None:
        with self.catalog.write() as connection:
            for first in range(0, len(run_ids), 500):
                connection.execute(schema.runs.delete().where(schema.runs.c.id.in_(run_ids[first : first + 500])))


def _stored(connection: sa.Connection, run_ids: list[str]) -> dict[str, sa.Row[Any]]:
    query = sa.select(schema.runs).where(schema.runs.c.id.in_(run_ids))
    return {row.id: row for row in connection.execute(query.with_for_update())}


def _digest(connection: sa.Connection, run_id: str, before: sa.Row[Any] | None) -> Digest:
    """What was folded in so far."""
    if before is None or not before.index_cursor:
        return Digest()
    rows = connection.execute(sa.select(schema.run_metrics).where(schema.run_metrics.c.run_id == run_id)).mappings()
    return Digest(parse_cursor(before.index_cursor), {row["key"]: _summary(row) for row in rows})


def _summary(row: Any) -> KeySummary:
    names = [each.name for each in fields(KeySummary)]
    values: list[Any] = [math.nan if row[name] is None else row[name] for name in names]
    return KeySummary(*values)


def _metric_row(run_id: str, key: str, summary: KeySummary) -> dict[str, Any]:
    values = {name: None if value != value else value for name, value in asdict(summary).items()}  # NaN → NULL
    return {"run_id": run_id, "key": facts.clean(key), **values}


def _row(run_id: str, info: dict[str, Any], notes: facts.Annotations, before: sa.Row[Any] | None) -> dict[str, Any]:
    """Columns that come from the small files."""
    texts = {key: facts.clean(info.get(key) or "") for key in ("task", "project", "source", "parent")}
    return {
        "id": run_id,
        "name": notes.name or facts.clean(info.get("name") or ""),
        **texts,
        "created": facts.number(info.get("created")) or 0.0,
        "total_steps": _whole(info.get("total_steps")) if before is None else before.total_steps,
        "ordinal": _whole(info.get("ordinal")),
        "starred": notes.starred,
        "archived": notes.archived,
        "notes": notes.notes,
        "folder": f"runs/{run_id}",
    }


def _progress(digest: Digest, before: sa.Row[Any] | None) -> dict[str, Any]:
    """Columns that come from the logs: the newest state, when it began and ended, how far it is."""
    row: dict[str, Any] = {name: getattr(before, name, None) for name in ("error", "started", "ended")}
    row |= {"state": "queued", "reason": "", "state_time": 0.0} if before is None else _state_of(before)
    row["step"] = digest.step
    for event in sorted(digest.events, key=lambda each: facts.number(each.get("time")) or 0.0):
        kind, when = event.get("type"), facts.number(event.get("time")) or 0.0
        if kind == "state" and when >= row["state_time"]:
            state = facts.clean(event.get("state"))[:32]
            error = event.get("error")
            row |= {"state": state, "state_time": when, "reason": facts.clean(event.get("reason") or "")}
            row["error"] = facts.clean_json(error) if isinstance(error, dict) else None
            row["started"] = row["started"] or (when if state == "running" else None)
            row["ended"] = when if state in TERMINAL else None
        elif kind == "progress" and "step" in str(event.get("unit")) and _whole(event.get("total")):
            row["total_steps"] = _whole(event.get("total"))
        elif kind == "training":
            row["total_steps"] = _whole(event.get("total_steps"))
    return row


def _state_of(before: sa.Row[Any]) -> dict[str, Any]:
    return {"state": before.state, "reason": before.reason, "state_time": before.state_time}


def _whole(value: object) -> int | None:
    found = facts.number(value)
    return None if found is None or abs(found) >= 2**63 else int(found)


def _replace_small(connection: sa.Connection, run_id: str, folder: Path) -> None:
    """Parameters and tags, anew."""
    for table in (schema.run_params, schema.run_tags):
        connection.execute(table.delete().where(table.c.run_id == run_id))
    params = [
        {"run_id": run_id, "key": key, "text": text, "number": number}
        for key, (text, number) in facts.read_parameters(folder).items()
    ]
    tags = [{"run_id": run_id, "tag": tag[:128]} for tag in facts.read_annotations(folder).tags]
    upsert(connection, schema.run_params, params)
    upsert(connection, schema.run_tags, tags)


def _settled_mtime(folder: Path) -> int:
    """The folder's time of change; 0 (look again) while it is so recent that another change could hide behind it."""
    mtime = folder.stat().st_mtime_ns
    return mtime if time.time_ns() - mtime > _RACY_NS else 0
