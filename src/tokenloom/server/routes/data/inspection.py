"""``/api/datasets/{dataset}/validation`` and ``/doctor``: what is wrong with a dataset, and whether one may train on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query

from tokenloom.server.answers import Reference
from tokenloom.server.studio import Here, Studio
from tokenloom.spec.base import DeferredModel

if TYPE_CHECKING:
    from tokenloom.data.dataset import Dataset
    from tokenloom.data.inspecting import Looked

router = APIRouter(tags=["datasets"])
Chosen = Annotated[str, Query(max_length=200, description="Count rows that are too long under this tokenizer.")]
Context = Annotated[int, Query(ge=8, le=1 << 24, description="Longest sequence in tokens that the model will read.")]
Near = Annotated[bool, Query(description="Search near-duplicates, too.")]
Severity = Literal["error", "warning", "note"]


class FindingExample(DeferredModel):
    """One place where it shows; ``row`` or, of several, ``rows``."""

    text: str
    row: int | None = None
    rows: list[int] = []


class DataFinding(DeferredModel):
    """One thing that is wrong, or worth knowing, about the rows."""

    id: str
    title: str
    severity: Severity
    count: int
    share: float
    """Of the rows that were looked at, 0 to 1."""
    rows: list[int]
    """The first of them, at most 50."""
    examples: list[FindingExample]
    why: str
    advice: str
    fix: list[dict[str, Any]]
    """Refining steps that would mend it; empty where none can."""
    details: dict[str, Any]


class DoctorReason(DeferredModel):
    """A finding that speaks against training."""

    id: str
    title: str
    severity: Severity
    count: int
    share: float
    why: str
    advice: str
    fix: list[dict[str, Any]]


class DoctorVerdict(DeferredModel):
    """Whether one may train on it."""

    verdict: Literal["ready", "warnings", "not_ready", "unknown"]
    """`unknown`: too large to look at while one waits; start a run with the task `inspect`."""
    words: str
    reasons: list[DoctorReason]


class NearCluster(DeferredModel):
    """Rows that say nearly the same; ``similarity`` of the first two different ones, 0 to 1."""

    size: int
    rows: list[int]
    text: str
    other: str
    similarity: float


class Validation(DeferredModel):
    """The report; where it is not ``known``, a run with the task `inspect` makes it and everything else is empty."""

    known: bool
    rows: int
    looked: dict[str, Any]
    """Tokenizer, context, template, and whether near-duplicates were searched."""
    findings: list[DataFinding] = []
    skipped: list[dict[str, str]] = []
    """Checks that were not done: `{id, reason}`."""
    clusters: list[NearCluster] = []
    verdict: DoctorVerdict
    seconds: float = 0.0


@router.get("/datasets/{dataset}/validation")
def validate_dataset(
    dataset: Reference, studio: Here, tokenizer: Chosen = "", context: Context = 1024, near: Near = False
) -> Validation:
    """What is wrong with a dataset, at once where it is small or was inspected before."""
    from tokenloom.data.inspecting import inspect_dataset, is_quick, known_report
    from tokenloom.data.inspecting.finding import UNKNOWN

    found, looked = _asked(studio, dataset, tokenizer, context, near)
    told = known_report(studio.workspace, found, looked)
    if told is None and is_quick(found, looked):
        told = inspect_dataset(studio.workspace, found, looked)
    if told is None:
        asked = {"tokenizer": tokenizer or None, "context": context, "template": looked.template, "near": near}
        return Validation(known=False, rows=found.count(), looked=asked, verdict=DoctorVerdict(**UNKNOWN))
    return Validation(known=True, **{name: told[name] for name in Validation.model_fields if name != "known"})


@router.get("/datasets/{dataset}/doctor")
def examine_dataset(
    dataset: Reference, studio: Here, tokenizer: Chosen = "", context: Context = 1024, near: Near = False
) -> DoctorVerdict:
    """Whether one may train on a dataset, and why not."""
    from tokenloom.data.inspecting import doctor

    found, looked = _asked(studio, dataset, tokenizer, context, near)
    return DoctorVerdict(**doctor(studio.workspace, found, looked))


def _asked(studio: Studio, dataset: str, tokenizer: str, context: int, near: bool) -> tuple[Dataset, Looked]:
    from tokenloom.data.dataset import DatasetStore
    from tokenloom.data.inspecting import Looked
    from tokenloom.data.tokenizer.store import TokenizerStore

    found = DatasetStore(studio.workspace).get(dataset)
    chosen = TokenizerStore(studio.workspace).get(tokenizer).load() if tokenizer else None
    return found, Looked(chosen, context, near=near)
