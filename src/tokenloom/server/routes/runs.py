"""``/api/runs``: start, list, look, annotate, delete."""

from __future__ import annotations

import threading
from dataclasses import asdict
from typing import Annotated, Any

import yaml
from fastapi import APIRouter, Body, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from tokenloom.jobs.control import submit
from tokenloom.jobs.deletion import delete_run as delete_run_folder
from tokenloom.jobs.recovery.drill import drill, require_drillable
from tokenloom.jobs.recovery.forking import fork_run, settings_at
from tokenloom.jobs.recovery.reproducing import reproduce_run
from tokenloom.jobs.runs import record_event
from tokenloom.kit.errors import Conflict, TokenloomError
from tokenloom.server.answers import ID_PATTERN, Cursor, Deleted, ForGood, Id, Limit, Page
from tokenloom.server.openapi import takes_spec
from tokenloom.server.studio import Here, Studio
from tokenloom.spec.base import DeferredModel
from tokenloom.spec.override import parse_run_spec

router = APIRouter(tags=["runs"])
SpecBody = Annotated[dict[str, Any], Body()]


class Run(DeferredModel):
    """One run as the catalog knows it. Times are seconds since 1970."""

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
    """Its number among the runs with curves, from 0: colour and dash follow from it. Empty for other runs."""
    starred: bool
    archived: bool
    notes: str
    tags: list[str]
    params: dict[str, str | float]
    """Leaves of the spec by dotted name."""
    metrics: dict[str, dict[str, float | None]]
    """Last, smallest and largest value of each metric; null stands for NaN."""


class Started(DeferredModel):
    """A run that was queued."""

    id: str
    state: str = "queued"


class Drilled(DeferredModel):
    """A drill that has begun."""

    run: str


class Names(DeferredModel):
    """What filters and columns of the runs table may name."""

    metrics: list[str]
    params: list[str]
    tags: list[str]
    projects: list[str]
    tasks: list[str]


class Annotation(BaseModel):
    """What people say about a run; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")
    name: str | None = Field(None, max_length=300)
    notes: str | None = Field(None, max_length=100_000)
    tags: list[Annotated[str, Field(max_length=128)]] | None = Field(None, max_length=100)
    starred: bool | None = None
    archived: bool | None = None


def start(studio: Studio, data: Any, response: Response, *, parent: str = "", fork: str = "") -> Started:
    """Validate a spec, queue its run and point at it. Shared by every route that starts something."""
    spec = parse_run_spec(data)
    if fork:
        source, _, step = fork.partition("@")
        studio.run_folder(source)
        run_id = fork_run(studio.workspace, source, int(step), spec)
    else:
        run_id = submit(studio.workspace, spec, parent=parent)
    studio.changed()
    response.headers["location"] = f"/api/runs/{run_id}"
    return Started(id=run_id)


@router.post("/runs", status_code=201, openapi_extra=takes_spec("RunSpec"))
def create_run(
    spec: SpecBody,
    response: Response,
    studio: Here,
    parent: Annotated[str, Query(pattern=rf"^$|{ID_PATTERN}", description="Run that this one goes on from.")] = "",
    fork: Annotated[
        str,
        Query(
            pattern=rf"^$|{ID_PATTERN[:-1]}@\d{{1,12}}$",
            description="`RUN@STEP`: begin at this checkpoint, with its optimizer and its place in the data.",
        ),
    ] = "",
) -> Started:
    """Start a run of any kind. Mistakes come back by field, with a reason and a fix."""
    if parent:
        studio.run_folder(parent)
    return start(studio, spec, response, parent=parent, fork=fork)


@router.get("/runs")
def list_runs(
    studio: Here,
    filter: Annotated[
        str, Query(max_length=1000, description="For example `state=running metrics.val/loss<2.5 tag=best`.")
    ] = "",
    sort: Annotated[
        str, Query(max_length=600, description="Column, `metrics.NAME` or `params.NAME`; `-` = largest first.")
    ] = "-created",
    metrics: Annotated[
        list[str] | None, Query(max_length=500, description="Metrics that each row brings; all if left out.")
    ] = None,
    params: Annotated[
        list[str] | None, Query(max_length=500, description="Settings that each row brings; all if left out.")
    ] = None,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[Run]:
    """Runs, filtered and sorted, page by page."""
    from tokenloom.tracking.catalog.runs import list_runs as listed

    page = studio.query(
        lambda catalog: listed(catalog, filter, sort=sort, metrics=metrics, params=params, cursor=cursor, limit=limit)
    )
    return Page(items=[_run(row) for row in page.items], next_cursor=page.next_cursor, total=page.total)


@router.get("/runs/names")
def list_run_names(studio: Here) -> Names:
    """Names of all metrics, settings, tags, projects and tasks."""
    from tokenloom.tracking.catalog.runs import known_names

    return Names(**studio.query(known_names))


@router.get("/runs/{id}")
def get_run(id: Id, studio: Here) -> Run:
    """One run with all its settings and metrics."""
    from tokenloom.tracking.catalog.runs import get_run as found

    studio.run_folder(id)
    return _run(studio.query(lambda catalog: found(catalog, id)))


@router.get("/runs/{id}/spec")
def get_run_spec(
    id: Id,
    studio: Here,
    at: Annotated[int | None, Query(ge=0, description="With what was changed live up to this step.")] = None,
) -> dict[str, Any]:
    """The settings that a run was started with."""
    path = studio.run_folder(id) / "spec.yaml"
    if at is not None:
        return settings_at(studio.workspace, id, at)
    try:
        spec = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError, RecursionError):
        raise Conflict(f"The settings of the run {id} cannot be read.", hint="Its spec.yaml is damaged.") from None
    return spec if isinstance(spec, dict) else {}


@router.patch("/runs/{id}")
def annotate_run(id: Id, annotation: Annotation, studio: Here) -> Run:
    """Change name, notes, tags, star or archive."""
    from tokenloom.tracking.catalog.annotations import annotate
    from tokenloom.tracking.catalog.runs import get_run as found

    studio.run_folder(id)
    studio.query(lambda catalog: annotate(catalog, id, **annotation.model_dump()))
    studio.changed()
    return _run(studio.query(lambda catalog: found(catalog, id)))


@router.delete("/runs/{id}")
def delete_run(id: Id, studio: Here, for_good: ForGood = False) -> Deleted:
    """Put a run that is at rest into the bin, with its log, checkpoints and artifacts."""
    studio.run_folder(id)
    gone = delete_run_folder(studio.workspace, id, for_good=for_good)
    studio.changed()
    return Deleted(deleted=gone.reference, bin=gone.id)


@router.post("/runs/{id}/drill", status_code=202)
def drill_run(id: Id, studio: Here) -> Drilled:
    """Kill the trainer on purpose. The run comes back by itself; what was found follows as an event `drill` in its log."""
    studio.run_folder(id)
    require_drillable(studio.workspace, id)
    threading.Thread(target=_drill, args=(studio, id), name=f"drill-{id}", daemon=True).start()
    return Drilled(run=id)


@router.post("/runs/{id}/reproduce", status_code=201)
def repeat_run(id: Id, response: Response, studio: Here) -> Started:
    """Do the run again from its beginning, with every live change at its step. What differs follows as an event `reproduction` of the new run."""
    studio.run_folder(id)
    new = reproduce_run(studio.workspace, id)
    studio.changed()
    response.headers["location"] = f"/api/runs/{new}"
    return Started(id=new)


def _drill(studio: Studio, run_id: str) -> None:
    try:
        drill(studio.workspace, run_id)
    except TokenloomError as error:
        record_event(
            studio.workspace.run(run_id),
            {"type": "note", "level": "error", "message": f"{error.message} {error.hint}", "details": {}},
        )
    studio.changed()


def _run(row: Any) -> Run:
    return Run.model_validate(asdict(row))
