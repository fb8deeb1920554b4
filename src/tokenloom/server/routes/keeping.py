"""``/api/lineage``, ``/api/disk`` and ``/api/bin``: what was made from what, the room that it takes, and what was deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from tokenloom.server.answers import Cursor, Deleted, Id, Limit, Page, page_of
from tokenloom.server.studio import Here
from tokenloom.spec.base import DeferredModel

if TYPE_CHECKING:
    from tokenloom.jobs.keeping.bin import Binned

router = APIRouter(tags=["system"])
Kind = Literal["dataset", "tokenizer", "run", "model"]
CleanKind = Literal["tokens", "uploads", "cache", "leftovers", "bin"]


class LineageNode(DeferredModel):
    """One thing of the workspace."""

    key: str
    kind: Kind
    id: str
    name: str
    detail: str
    created: str


class LineageGraph(DeferredModel):
    """What a thing was made from, and what was made of it."""

    focus: str
    nodes: list[LineageNode]
    edges: list[dict[str, str]]
    """`from` was used to make `to`; both are keys of nodes."""
    left_out: int
    """Things beyond the 400 nearest."""


class DiskArea(DeferredModel):
    """One kind of thing and its largest items."""

    name: str
    bytes: int
    count: int
    items: list[dict[str, Any]]


class CleanableArea(DeferredModel):
    """What can be removed, and what that costs."""

    kind: CleanKind
    bytes: int
    cost: str
    held_by: str
    """Why nothing of it can be removed now; empty where it can."""


class Disk(DeferredModel):
    """What the workspace takes of the disk."""

    areas: list[DiskArea]
    bytes: int
    free: int
    quota: int | None
    cleanable: list[CleanableArea]


class BinnedThing(DeferredModel):
    """Something that was deleted and can be brought back."""

    id: str
    kind: Literal["run", "checkpoint", "dataset", "tokenizer", "model"]
    reference: str
    name: str
    bytes: int
    deleted: float
    """Seconds since 1970."""
    kept_until: float
    """When it goes for good."""


class Cleaning(BaseModel):
    """Which of the things that can go are removed."""

    model_config = ConfigDict(extra="forbid")
    what: list[CleanKind] = Field(min_length=1, max_length=5)


class Cleaned(DeferredModel):
    """Bytes that each kind gave back."""

    freed: dict[str, int]


class Quota(BaseModel):
    """Most bytes that the workspace may take; empty for no limit."""

    model_config = ConfigDict(extra="forbid")
    bytes: int | None = Field(None, gt=0, le=1 << 60)


@router.get("/lineage")
def get_lineage(
    studio: Here,
    kind: Kind,
    of: Annotated[str, Query(min_length=1, max_length=200, description="By id, or a dataset's or tokenizer's name.")],
) -> LineageGraph:
    """What one dataset, tokenizer, run or model was made from, and everything made of it."""
    from tokenloom.jobs.keeping.lineage import Lineage, key_of

    return LineageGraph(**Lineage(studio.workspace).around(key_of(studio.workspace, kind, of)))


@router.get("/disk")
def get_disk(studio: Here) -> Disk:
    """What takes how much of the disk, and what of it can be made again."""
    from tokenloom.jobs.keeping.disk import usage

    return Disk(**usage(studio.workspace))


@router.post("/disk/clean")
def clean_disk(body: Cleaning, studio: Here) -> Cleaned:
    """Remove things that can be made again, or empty the bin."""
    from tokenloom.jobs.keeping.disk import clean

    freed = clean(studio.workspace, body.what)
    studio.changed()
    return Cleaned(freed=freed)


@router.put("/disk/quota")
def set_disk_quota(body: Quota, studio: Here) -> Quota:
    """Limit the workspace: beyond it uploads, imports and runs are refused; nothing is deleted."""
    from tokenloom.jobs.keeping.disk import set_quota

    set_quota(studio.workspace, body.bytes)
    return body


@router.get("/bin")
def list_bin(studio: Here, cursor: Cursor = "", limit: Limit = 100) -> Page[BinnedThing]:
    """What was deleted in the last thirty days, newest first."""
    from tokenloom.jobs.keeping.bin import contents

    return page_of([_binned(each) for each in contents(studio.workspace)], cursor, limit)


@router.post("/bin/{id}/restore")
def restore_from_bin(id: Id, studio: Here) -> BinnedThing:
    """Put a deleted thing back where it stood."""
    from tokenloom.jobs.keeping.bin import restore

    back = restore(studio.workspace, id)
    studio.changed()
    return _binned(back)


@router.delete("/bin/{id}")
def delete_from_bin(id: Id, studio: Here) -> Deleted:
    """Delete one thing of the bin for good."""
    from tokenloom.jobs.keeping.bin import empty

    empty(studio.workspace, id)
    return Deleted(deleted=id)


def _binned(told: Binned) -> BinnedThing:
    from tokenloom.jobs.keeping.bin import KEPT_DAYS

    fields = {name: getattr(told, name) for name in BinnedThing.model_fields if name != "kept_until"}
    return BinnedThing(**fields, kept_until=told.deleted + KEPT_DAYS * 86_400)
