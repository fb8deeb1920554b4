"""``/api/datasets/{dataset}/rows`` and ``/columns``: pages of rows out of millions, and what each column holds."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from tokenloom.server.answers import Cursor, Limit, Page, Reference, offset_of
from tokenloom.server.studio import Here
from tokenloom.spec.base import DeferredModel

router = APIRouter(tags=["datasets"])
MAX_FILTERS = 20
_FILTERS = (
    "`column=value`, `column!=value`, `column~text`, `column!~text`, `column>=number`, `column<=number`; `column=[3,7]` finds "
    "one of these, `column=` rows where nothing is "
    "there, `column!=` the others; all must hold."
)


class RowsPage(Page[dict[str, Any]]):
    """A page of rows. Of many rows it is answered before all were looked at; ask again for the rest."""

    found: int
    """Rows that answer, as far as ``scanned`` rows tell."""
    scanned: int
    """Rows that were looked at so far."""
    complete: bool
    """Whether all were looked at; only then ``total`` is known."""


class ColumnValue(DeferredModel):
    """A value and how many rows have it."""

    value: str | float | bool
    count: int


class ColumnSummary(DeferredModel):
    """What a column holds."""

    name: str
    kind: Literal["text", "number", "boolean", "nested"]
    missing: int
    distinct: int
    """Different values, estimated."""
    min: float | None
    max: float | None
    values: list[ColumnValue]
    """The commonest, where there are few different ones; else empty."""


@router.get("/datasets/{dataset}/rows")
def list_rows(
    dataset: Reference,
    studio: Here,
    split: Annotated[str | None, Query(max_length=100)] = None,
    search: Annotated[str | None, Query(max_length=1000, description="Text that any column holds.")] = None,
    filter: Annotated[list[str] | None, Query(max_length=MAX_FILTERS, description=_FILTERS)] = None,
    sort: Annotated[str | None, Query(max_length=500, description="Column to sort by; empty values come last.")] = None,
    descending: Annotated[bool, Query(description="Largest first.")] = False,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> RowsPage:
    """Rows as they were imported, with `_row` (their number in the source) and `_split`; a cursor may be any number of rows to skip."""
    from tokenloom.data.dataset import DatasetStore
    from tokenloom.data.exploring import Question, parse_filters

    found, offset = DatasetStore(studio.workspace).get(dataset), offset_of(cursor)
    question = Question(split, search or "", parse_filters(filter or []), sort or None, descending)
    page = studio.explorer.page(found, question, offset=offset, limit=limit)
    following = str(offset + limit) if offset + limit < page.found or not page.complete else ""
    return RowsPage(
        items=page.rows,
        next_cursor=following,
        total=page.found if page.complete else None,
        found=page.found,
        scanned=page.scanned,
        complete=page.complete,
    )


@router.get("/datasets/{dataset}/columns")
def list_columns(dataset: Reference, studio: Here) -> Page[ColumnSummary]:
    """What each column holds: kind, gaps, range, commonest values."""
    from tokenloom.data.dataset import DatasetStore
    from tokenloom.data.exploring.summary import column_summary

    columns = column_summary(DatasetStore(studio.workspace).get(dataset))
    return Page(items=[ColumnSummary(**column) for column in columns], total=len(columns))
