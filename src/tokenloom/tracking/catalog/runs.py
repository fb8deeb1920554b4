"""Tables of runs: filtered, sorted, in pages that neither skip nor repeat a row."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from tokenloom.kit.errors import SpecError
from tokenloom.kit.registry import unknown_name
from tokenloom.tracking.catalog.database import Catalog
from tokenloom.tracking.catalog.filters import STATISTICS, bound, compile_filter, metric_name
from tokenloom.tracking.catalog.schema import run_metrics, run_params, run_tags, runs

MAX_LIMIT = 1_000
_HIDDEN = ("index_cursor", "index_sizes", "index_mtime", "state_time")
COLUMNS = tuple(column.name for column in runs.c if column.name not in _HIDDEN)
SORTABLE = tuple(name for name in COLUMNS if name not in ("error", "notes", "folder"))


@dataclass(slots=True)
class RunRow:
    """One run as the catalog knows it; see ``schema.runs`` for the columns. ``None`` in a metric stands for NaN."""

    id: str
    name: str
    task: str
    project: str
    source: str
    parent: str
    state: str
    reason: str
    error: dict[str, Any] | None
    created: float
    started: float | None
    ended: float | None
    step: int | None
    total_steps: int | None
    ordinal: int | None
    starred: bool
    archived: bool
    notes: str
    folder: str
    tags: list[str] = field(default_factory=list)
    params: dict[str, str | float] = field(default_factory=dict)
    metrics: dict[str, dict[str, float | None]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, the cursor of the next page (empty on the last), and how many rows the filter matches in all."""

    items: list[RunRow]
    next_cursor: str
    total: int


def list_runs(
    catalog: Catalog,
    filter: str = "",
    *,
    sort: str = "-created",
    metrics: Sequence[str] | None = None,
    params: Sequence[str] | None = None,
    cursor: str = "",
    limit: int = 50,
) -> Page:
    """One page of runs. ``filter``: see :mod:`tokenloom.tracking.catalog.filters`.

    ``sort`` is a column, ``metrics.NAME[.min|.max|.last]`` or ``params.NAME``, with ``-`` before it for largest first;
    runs without a value come last. ``metrics`` and ``params`` choose what each row brings along: None brings all.
    SpecError for a filter, sort or cursor that makes no sense.
    """
    if not 1 <= limit <= MAX_LIMIT:
        raise SpecError(f"A page of {limit} rows is not possible.", hint=f"Ask for 1 to {MAX_LIMIT}.")
    conditions = compile_filter(filter)
    order = _order(sort)
    query = sa.select(runs, order.value.label("sort_value")).select_from(order.source).where(*conditions)
    total = sa.select(sa.func.count()).select_from(runs).where(*conditions)
    page = query.order_by(order.value.is_(None), order.directed(order.value), order.directed(runs.c.id)).limit(
        limit + 1
    )
    if cursor:
        page = page.where(order.after(*_parse_cursor(cursor, sort)))
    with catalog.read() as connection:
        count = int(connection.execute(total).scalar_one())
        rows = connection.execute(page).all()
        items = [_row(row) for row in rows[:limit]]
        _bring(connection, items, metrics, params)
    is_more = len(rows) > limit
    return Page(items, _format_cursor(sort, rows[limit - 1]) if is_more else "", count)


def get_run(catalog: Catalog, run_id: str) -> RunRow:
    """One run with all its tags, parameters and metrics. NotFound offers the nearest ids and names."""
    with catalog.read() as connection:
        row = connection.execute(sa.select(runs).where(runs.c.id == run_id)).first()
        if row is None:
            raise unknown_name("run", run_id, connection.execute(sa.select(runs.c.id)).scalars().all())
        item = _row(row)
        _bring(connection, [item], None, None)
    return item


def position_of(catalog: Catalog, run_id: str) -> str:
    """The cursor up to which the catalog knows a run's log; empty before the first look."""
    with catalog.read() as connection:
        return str(connection.execute(sa.select(runs.c.index_cursor).where(runs.c.id == run_id)).scalar() or "")


def known_names(catalog: Catalog) -> dict[str, list[str]]:
    """What filters and columns may name: every ``metrics``, ``params``, ``tags``, ``projects`` and ``tasks``."""
    columns = {
        "metrics": run_metrics.c.key,
        "params": run_params.c.key,
        "tags": run_tags.c.tag,
        "projects": runs.c.project,
        "tasks": runs.c.task,
    }
    with catalog.read() as connection:
        return {
            noun: sorted(name for name in connection.execute(sa.select(column).distinct()).scalars() if name)
            for noun, column in columns.items()
        }


@dataclass(frozen=True, slots=True)
class _Order:
    value: sa.ColumnElement[Any]
    source: sa.FromClause
    is_descending: bool

    def directed(self, column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        return column.desc() if self.is_descending else column.asc()

    def after(self, value: Any, run_id: str) -> sa.ColumnElement[bool]:
        """Rows that come after the one with this value and id."""
        further = runs.c.id < run_id if self.is_descending else runs.c.id > run_id
        if value is None:
            return sa.and_(self.value.is_(None), further)
        if isinstance(self.value.type, sa.String) is not isinstance(value, str):
            raise SpecError("This page cursor cannot be used here.", hint="Begin again without a cursor.")
        value = bound(value)
        beyond = self.value < value if self.is_descending else self.value > value
        return sa.or_(beyond, sa.and_(self.value == value, further), self.value.is_(None))


def _order(sort: str) -> _Order:
    name = sort.removeprefix("-")
    is_descending = sort.startswith("-")
    if name in ("starred", "archived"):  # databases order numbers, not truth
        return _Order(sa.cast(runs.c[name], sa.Integer), runs, is_descending)
    if name in SORTABLE:
        return _Order(runs.c[name], runs, is_descending)
    if name.startswith("metrics."):
        key, statistic = metric_name(name.removeprefix("metrics."))
        joined = runs.outerjoin(run_metrics, sa.and_(run_metrics.c.run_id == runs.c.id, run_metrics.c.key == key))
        return _Order(run_metrics.c[statistic], joined, is_descending)
    if name.startswith("params."):
        key = name.removeprefix("params.")
        joined = runs.outerjoin(run_params, sa.and_(run_params.c.run_id == runs.c.id, run_params.c.key == key))
        return _Order(run_params.c.number, joined, is_descending)
    raise unknown_name("column to sort by", name, [*SORTABLE, "metrics.NAME", "params.NAME"])


def _row(row: sa.Row[Any]) -> RunRow:
    return RunRow(**{name: row._mapping[name] for name in COLUMNS})


def _bring(
    connection: sa.Connection, items: list[RunRow], metrics: Sequence[str] | None, params: Sequence[str] | None
) -> None:
    """Add tags, parameters and metrics to the rows of one page."""
    by_id = {item.id: item for item in items}
    tags = sa.select(run_tags).where(run_tags.c.run_id.in_(list(by_id))).order_by(run_tags.c.tag)
    for run_id, tag in connection.execute(tags):
        by_id[run_id].tags.append(tag)
    if params is None or params:
        for run_id, key, text, number in connection.execute(_of(run_params, by_id, params, ("text", "number"))):
            by_id[run_id].params[key] = text if number is None else number
    if metrics is None or metrics:
        names = (*STATISTICS, "count", "last_step", "min_step", "max_step")
        for run_id, key, *values in connection.execute(_of(run_metrics, by_id, metrics, names)):
            by_id[run_id].metrics[key] = dict(zip(names, values, strict=True))


def _of(table: sa.Table, by_id: dict[str, RunRow], keys: Sequence[str] | None, names: Sequence[str]) -> sa.Select[Any]:
    """Rows (run id, key, the columns called ``names``) of the runs of a page."""
    columns = [table.c.run_id, table.c.key, *(table.c[name] for name in names)]
    query = sa.select(*columns).where(table.c.run_id.in_(list(by_id))).order_by(table.c.run_id, table.c.key)
    return query if keys is None else query.where(table.c.key.in_(list(keys)))


def _format_cursor(sort: str, row: sa.Row[Any]) -> str:
    text = json.dumps([sort, row.sort_value, row.id], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _parse_cursor(text: str, sort: str) -> tuple[Any, str]:
    try:
        content = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        made_for, value, run_id = content
        if made_for != sort or not isinstance(run_id, str) or isinstance(value, list | dict):
            raise ValueError("made for another order")
    except (ValueError, TypeError, RecursionError) as error:
        hint = "Begin again without a cursor."
        raise SpecError(f"This page cursor cannot be used here: {error}.", hint=hint) from None
    return value, run_id
