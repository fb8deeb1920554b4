"""``/api/datasets/{dataset}/refine``: what steps would do to a dataset, and making a version with them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Response
from pydantic import BaseModel, ConfigDict, Field

from tokenloom.server.answers import Reference
from tokenloom.server.routes.runs import Started, start
from tokenloom.server.studio import Here
from tokenloom.spec.base import DeferredModel

router = APIRouter(tags=["datasets"])


class RefineRequest(BaseModel):
    """Steps to try, as in a refine spec."""

    model_config = ConfigDict(extra="forbid")
    steps: list[dict[str, Any]] = Field(min_length=1, max_length=100)
    """Each with its `kind` and settings, in order."""
    rows: list[int] | None = Field(None, max_length=1000)
    """Numbers of rows to try them on; without it an even sample is taken."""
    sample: int = Field(200, ge=1, le=1000)
    """Size of that sample."""


class RefineStart(BaseModel):
    """Steps to run over the whole dataset."""

    model_config = ConfigDict(extra="forbid")
    steps: list[dict[str, Any]] = Field(min_length=1, max_length=100)
    """Each with its `kind` and settings, in order."""
    into: str = Field("", max_length=200)
    """Name of the new version; empty = the same name."""


class RefinedDataset(DeferredModel):
    """The version that the steps were tried on."""

    id: str
    name: str
    version: int
    rows: int


class StepExample(DeferredModel):
    """A row that a step changed: its texts before and after, cut around the first difference."""

    row: int
    split: str
    before: list[str]
    after: list[str]


class StepDrop(DeferredModel):
    """A row that a step dropped, and why."""

    row: int
    split: str
    reason: str
    texts: list[str]


class StepReport(DeferredModel):
    """What one step did."""

    kind: str
    settings: dict[str, Any]
    rows_in: int
    rows_out: int
    changed: int
    """Rows whose texts it changed."""
    moved: int
    """Rows that it put into another split."""
    added: int
    dropped: int
    reasons: dict[str, int]
    characters_in: int
    characters_removed: int
    """Characters that it took out of rows that stay."""
    examples: list[StepExample]
    dropped_examples: list[StepDrop]
    facts: dict[str, Any]
    """What the step found beside the counts, such as the histogram of `quality`."""


class RefinedRow(DeferredModel):
    """A row that did not come through as it was."""

    row: int
    split: str
    split_before: str
    """Empty for a row that a step added."""
    before: list[str]
    after: list[str]
    """Of a dropped row: as it was when it was dropped."""
    dropped: str
    """Why it was dropped; empty where it stays."""
    step: int | None
    """Place of the step that dropped it, from 0; none where it cannot be used any more."""
    extra: dict[str, Any]
    """Columns that steps added, such as `quality`."""


class RefinePreview(DeferredModel):
    """What steps would do."""

    dataset: RefinedDataset
    sampled: int
    left: int
    is_sample: bool
    """Whether there are more rows than were tried."""
    compares_sample: bool
    """Whether a step that compares rows saw only the sample, so that it will find more."""
    steps: list[StepReport]
    rows: list[RefinedRow]
    touched: int
    """Rows that did not come through as they were; `rows` holds the first of them."""


@router.post("/datasets/{dataset}/refine/preview")
def preview_refining(dataset: Reference, body: RefineRequest, studio: Here) -> RefinePreview:
    """Run steps over a sample or over given rows: counts of each step, and rows before and after. Nothing is made."""
    from tokenloom.data.dataset import DatasetStore
    from tokenloom.jobs.foresight.refining import preview_refining as preview
    from tokenloom.spec.override import parse_run_spec

    found = DatasetStore(studio.workspace).get(dataset)
    spec = parse_run_spec({"task": "refine", "dataset": found.id, "steps": body.steps})
    return RefinePreview(**preview(studio.workspace, found, spec.steps, rows=body.rows, sample=body.sample))


@router.post("/datasets/{dataset}/refine", status_code=201)
def refine_dataset(
    dataset: Reference, body: Annotated[RefineStart, Body()], response: Response, studio: Here
) -> Started:
    """Start a run that makes a new version by these steps."""
    from tokenloom.data.dataset import DatasetStore

    found = DatasetStore(studio.workspace).get(dataset)
    reference = f"{found.name}@{found.version}"
    return start(studio, {"task": "refine", "dataset": reference, **body.model_dump()}, response)
