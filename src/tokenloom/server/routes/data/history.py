"""Versions of datasets: what changed between two, what one was made from, and its card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from tokenloom.server.answers import Cursor, Limit, Reference, for_saving, offset_of
from tokenloom.server.studio import Here, Studio
from tokenloom.spec.base import DeferredModel

if TYPE_CHECKING:
    from tokenloom.data.dataset import Dataset

router = APIRouter(tags=["datasets"])
MAX_WORDS = 100_000


class VersionName(DeferredModel):
    """One version of a dataset."""

    id: str
    name: str
    version: int


class ChangedRow(DeferredModel):
    """One row in two versions; ``row``, ``split`` and ``before`` are empty for an added one, the others for a removed one."""

    row: int | None
    row_after: int | None
    split: str | None
    split_after: str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class VersionDiff(DeferredModel):
    """What changed between two versions, and a page of the rows of one kind of change."""

    older: VersionName
    newer: VersionName
    key: str
    """Column by which rows were matched; `_row` for a version made from the other; empty: by what they hold."""
    counts: dict[str, int]
    """Rows added, removed, changed, moved to another split, and the same."""
    columns_added: list[str]
    columns_removed: list[str]
    splits: dict[str, dict[str, int]]
    rows: dict[str, int]
    steps: list[dict[str, Any]]
    """Steps by which the newer was made."""
    items: list[ChangedRow]
    next_cursor: str


class Card(DeferredModel):
    """The owner's words about a version, and the whole card as Markdown."""

    words: str
    markdown: str


class CardWords(BaseModel):
    """What the owner says of a version, as Markdown."""

    model_config = ConfigDict(extra="forbid")
    words: str = Field(max_length=MAX_WORDS)


@router.get("/datasets/{dataset}/diff")
def diff_datasets(
    dataset: Reference,
    studio: Here,
    other: Annotated[str, Query(min_length=1, max_length=200, description="The older version.")],
    key: Annotated[str, Query(max_length=200, description="Column that says which rows belong together.")] = "",
    show: Annotated[Literal["added", "removed", "changed", "moved"], Query(description="Rows to list.")] = "changed",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> VersionDiff:
    """Rows added, removed, changed and moved since an older version."""
    from tokenloom.data.history.diff import diff_versions, summary

    found = diff_versions(_dataset(studio, other), _dataset(studio, dataset), key)
    offset = offset_of(cursor)
    more = found.counts[show] > offset + limit
    items = [ChangedRow(**row) for row in found.page(show, offset, limit)]
    return VersionDiff(**summary(found), items=items, next_cursor=str(offset + limit) if more else "")


@router.get("/datasets/{dataset}/card")
def get_dataset_card(dataset: Reference, studio: Here) -> Card:
    """The card of a version: its owner's words, and facts."""
    from tokenloom.data.history.cards import card, read_words

    found = _dataset(studio, dataset)
    return Card(words=read_words(studio.workspace, found), markdown=card(studio.workspace, found))


@router.put("/datasets/{dataset}/card")
def write_dataset_card(dataset: Reference, body: CardWords, studio: Here) -> Card:
    """Keep the owner's words about a version."""
    from tokenloom.data.history.cards import card, write_words

    found = _dataset(studio, dataset)
    write_words(studio.workspace, found, body.words)
    return Card(words=body.words, markdown=card(studio.workspace, found))


@router.get("/datasets/{dataset}/card/file", response_class=Response)
def download_dataset_card(dataset: Reference, studio: Here) -> Response:
    """The card as a Markdown file to save."""
    from tokenloom.data.history.cards import card

    found = _dataset(studio, dataset)
    headers = for_saving(f"{found.name}-{found.version}-card.md")
    return Response(card(studio.workspace, found), media_type="application/octet-stream", headers=headers)


def _dataset(studio: Studio, reference: str) -> Dataset:
    from tokenloom.data.dataset import DatasetStore

    return DatasetStore(studio.workspace).get(reference)
