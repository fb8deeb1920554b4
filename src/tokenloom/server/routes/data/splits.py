"""``/api/datasets/{dataset}/split``: what another split would do, before a version is made with it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body

from tokenloom.server.answers import Reference
from tokenloom.server.openapi import takes
from tokenloom.server.studio import Here
from tokenloom.spec.base import DeferredModel
from tokenloom.spec.override import parse_part
from tokenloom.spec.split import SplitPart

router = APIRouter(tags=["datasets"])
_SPLIT = {"type": "object", "additionalProperties": True, "description": "A split as in an import spec."}


class SplitExample(DeferredModel):
    """One row of a split, shortened."""

    row: int
    text: str


class SplitPreview(DeferredModel):
    """What a split would do."""

    splits: dict[str, int]
    """Rows of train, validation and test."""
    rows: int
    moved: int
    """Rows that would stand in another split than now."""
    column: str | None
    """Column that ``values`` counts: the split's own, else the class."""
    values: list[dict[str, Any]]
    """Rows of each split for the commonest values: ``{value, train, validation, test}``."""
    num_values: int
    copies_across: int
    """Contents that would be learned from and tested on."""
    notes: list[str]
    examples: dict[str, list[SplitExample]]


@router.post("/datasets/{dataset}/split/preview", openapi_extra=takes(_SPLIT))
def preview_dataset_split(dataset: Reference, body: Annotated[dict[str, Any], Body()], studio: Here) -> SplitPreview:
    """Counts, classes and copies on both sides under a split; nothing is made."""
    from tokenloom.data.dataset import DatasetStore
    from tokenloom.data.splitting.preview import preview_split

    spec = parse_part(SplitPart, "split", body)
    return SplitPreview(**preview_split(DatasetStore(studio.workspace).get(dataset), spec))
