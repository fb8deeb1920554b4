"""What a run says: the live stream, its events, its output, and curves of its metrics."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

import anyio.to_thread
from fastapi import APIRouter, Header, Query, Request
from fastapi import Path as PathParameter
from pydantic import BaseModel, Field
from starlette.responses import FileResponse, Response, StreamingResponse

from tokenloom.jobs.insight.flow import MOST_STEPS, Flow, flow_of
from tokenloom.jobs.insight.profile import Profile
from tokenloom.jobs.insight.reading import profile_of, trace_path
from tokenloom.kit.errors import SpecError
from tokenloom.server.answers import ID_PATTERN, Cursor, Id, JsonAnswer, Limit, Page, attachment
from tokenloom.server.newsroom import merged, started
from tokenloom.server.studio import Here
from tokenloom.spec.base import DeferredModel
from tokenloom.tracking import query
from tokenloom.tracking.reader import RunReader, parse_cursor

router = APIRouter(tags=["runs"])
LOG_BYTES = 256 << 10
NOW = "now"
MAX_CURVES = 2_000
SERIES_TYPE = "application/vnd.tokenloom.series"


class EventItem(DeferredModel):
    """One event of a run; ``cursor`` resumes right after it."""

    cursor: str
    event: dict[str, Any]


class Output(DeferredModel):
    """A piece of a run's output. ``offset`` and ``next_offset`` are bytes of the file; read on from the latter."""

    text: str
    offset: int
    next_offset: int
    size: int


class Summary(DeferredModel):
    """Last, smallest and largest value of one metric; null stands for NaN."""

    last: float | None
    last_step: int
    min: float | None
    min_step: int
    max: float | None
    max_step: int
    count: int
    nan_count: int


class SeriesQuery(BaseModel):
    """Which curves, over which range, how wide."""

    runs: list[str] = Field(min_length=1, max_length=500, description="Run ids, repeated or with commas between.")
    keys: list[str] = Field(min_length=1, max_length=500, description="Metrics, repeated or with commas between.")
    x: Literal["step", "time", "elapsed", "tokens"] = "step"
    start: float | None = Field(None, alias="from", allow_inf_nan=False)
    stop: float | None = Field(None, alias="to", allow_inf_nan=False)
    px: int = Field(800, ge=1, le=query.MAX_PX, description="Width of the chart: about so many buckets.")
    format: Literal["json", "binary"] | None = Field(None, description="Wins over the Accept header.")


class Curve(DeferredModel):
    """One metric of one run: point by point (``value``) where ``exact``, else the extremes of each bucket."""

    run: str
    key: str
    exact: bool
    x: list[float | None]
    value: list[float | None] | None = None
    min: list[float | None] | None = None
    max: list[float | None] | None = None
    mean: list[float | None] | None = None
    last: list[float | None] | None = None
    count: list[int] | None = None
    nan: list[int] | None = None


class Series(DeferredModel):
    """Curves over one shared grid: bucket ``i`` spans ``[start + i·width, start + (i+1)·width)``."""

    x: str
    start: float | None
    width: float | None
    count: int
    curves: list[Curve]


_STREAM_DOC: dict[int | str, dict[str, Any]] = {
    200: {
        "description": (
            "Server-sent events `rows` (`{rows: [{step, time, values, not_finite?}]}`), `event` (one event of the run), "
            "`problem`, and `end` once the run is at rest. `id` is the cursor after the frame."
        ),
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}


@router.get("/runs/{id}/stream", response_class=StreamingResponse, responses=_STREAM_DOC)
async def stream_run(
    id: Id,
    studio: Here,
    cursor: Cursor = "",
    last_event_id: Annotated[
        str, Header(max_length=2000, description="Where a broken stream goes on; wins over `cursor`.")
    ] = "",
) -> Response:
    """Everything a run says, from ``cursor`` on, as it comes. Resuming neither skips nor repeats anything."""
    start = last_event_id or cursor
    parse_cursor(start)
    await anyio.to_thread.run_sync(studio.run_folder, id)
    frames = studio.feed(id).frames(start)
    return StreamingResponse(frames, media_type="text/event-stream", headers={"x-accel-buffering": "no"})


_PAGE_STREAM_DOC: dict[int | str, dict[str, Any]] = {
    200: {
        "description": (
            "Server-sent events `workspace` (`{runs: […], removed: [ids], is_whole?}`: what changed among the newest runs, first all of "
            "them) and, with `run`, `here` (its id is the cursor that was begun at) and the frames of `/api/runs/{id}/stream`."
        ),
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}


@router.get("/stream", response_class=StreamingResponse, responses=_PAGE_STREAM_DOC)
async def stream_page(
    studio: Here,
    run: Annotated[str, Query(pattern=rf"^$|{ID_PATTERN}", description="A run to follow, too.")] = "",
    cursor: Cursor = "",
    last_event_id: Annotated[
        str, Header(max_length=2000, description="Where the run goes on; wins over `cursor`.")
    ] = "",
) -> Response:
    """All that a page needs to stay up to date, over one connection."""
    sources = [studio.newsroom.frames()]
    if run:
        await anyio.to_thread.run_sync(studio.run_folder, run)
        start = last_event_id or cursor
        if start == NOW:
            start = await anyio.to_thread.run_sync(studio.position_of, run)
        parse_cursor(start)
        sources.append(started(start, studio.feed(run).frames(start)))
    return StreamingResponse(merged(*sources), media_type="text/event-stream", headers={"x-accel-buffering": "no"})


@router.get("/runs/{id}/events")
def list_events(
    id: Id,
    studio: Here,
    type: Annotated[list[str] | None, Query(max_length=50, description="Only events of these types.")] = None,
    cursor: Cursor = "",
    limit: Limit = 200,
) -> Page[EventItem]:
    """Events of a run in their order, page by page; metric rows are passed over."""
    found = RunReader(studio.run_folder(id)).events(cursor, types=frozenset(type or ()), limit=limit)
    items = [EventItem(cursor=record.cursor, event=record.data) for record in found]
    return Page(items=items, next_cursor=items[-1].cursor if len(items) == limit else "")


@router.get("/runs/{id}/logs")
def get_output(
    id: Id,
    studio: Here,
    offset: Annotated[
        int, Query(ge=-(2**62), le=2**62, description="Byte to begin at; negative counts from the end.")
    ] = -LOG_BYTES,
    limit: Annotated[int, Query(ge=1, le=1 << 20, description="Most bytes.")] = LOG_BYTES,
) -> Output:
    """What the run's processes printed."""
    path = studio.run_folder(id) / "stdout.log"
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            start = min(offset if offset >= 0 else max(size + offset, 0), size)
            file.seek(start)
            content = file.read(limit)
    except FileNotFoundError:
        return Output(text="", offset=0, next_offset=0, size=0)
    return Output(text=content.decode("utf-8", "replace"), offset=start, next_offset=start + len(content), size=size)


@router.get("/runs/{id}/summary")
def get_summary(id: Id, studio: Here) -> dict[str, Summary]:
    """Last, smallest and largest value of every metric of a run, read from its log."""
    found = query.summary(studio.run_folder(id))
    names = Summary.model_fields
    return {key: Summary(**{name: getattr(each, name) for name in names}) for key, each in found.items()}


_SERIES_DOC: dict[int | str, dict[str, Any]] = {
    200: {
        "model": Series,
        "content": {SERIES_TYPE: {"schema": {"type": "string", "format": "binary"}}},
        "description": "Curves as JSON, or packed for typed arrays where the request accepts that.",
    }
}


@router.get("/series", responses=_SERIES_DOC, response_class=JsonAnswer, response_model=None)
def get_series(request: Request, studio: Here, asked: Annotated[SeriesQuery, Query()]) -> Response:
    """Metrics of runs over one shared grid, each bucket with its true extremes."""
    run_ids, keys = _listed(asked.runs), _listed(asked.keys)
    if len(run_ids) * len(keys) > MAX_CURVES:
        raise SpecError(
            f"{len(run_ids)} runs × {len(keys)} keys are too many curves.", hint=f"Ask for at most {MAX_CURVES}."
        )
    for run_id in run_ids:
        studio.run_folder(run_id)
    found = query.series(studio.workspace, run_ids, keys, x=asked.x, start=asked.start, stop=asked.stop, px=asked.px)
    is_binary = asked.format == "binary" if asked.format else SERIES_TYPE in request.headers.get("accept", "")
    if is_binary:
        return Response(found.to_bytes(), media_type=SERIES_TYPE)
    text = json.dumps(found.to_json(), ensure_ascii=False, allow_nan=False, separators=(",", ":"))  # safe as it is
    return Response(text.encode(), media_type="application/json")


def _listed(texts: list[str]) -> list[str]:
    return list(dict.fromkeys(part for text in texts for part in text.split(",") if part))


@router.get("/runs/{id}/flow", response_class=JsonAnswer)
def get_flow(
    id: Id,
    studio: Here,
    layer: Annotated[str, Query(max_length=100, description="Layer whose histograms come, too.")] = "",
    most: Annotated[int, Query(ge=2, le=2000, description="Most steps; a longer run is thinned evenly.")] = MOST_STEPS,
) -> Flow:
    """How the gradient goes through the layers of a run: norms, updates, histograms over its steps, and what is not as it should be."""
    return flow_of(studio.run_folder(id), layer=layer, most=most)


@router.get("/runs/{id}/profile", response_class=JsonAnswer)
def get_profile(id: Id, studio: Here) -> Profile:
    """What the time of a run goes into, traces that were made, and what would make it faster."""
    studio.run_folder(id)
    return profile_of(studio.workspace, id)


@router.get("/runs/{id}/traces/{name}", response_class=FileResponse)
def download_trace(id: Id, name: Annotated[str, PathParameter(max_length=200)], studio: Here) -> FileResponse:
    """A trace of some steps, as gzipped Chrome trace JSON, for Perfetto."""
    path = trace_path(studio.run_folder(id), name)
    return attachment(path, f"{id}-{name}")
