"""``/api/generate``: text from a model, whole or as it grows. A run like any other, followed for the caller."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Body, Query, Request
from starlette.responses import Response, StreamingResponse

from tokenloom.jobs.control import submit
from tokenloom.server.answers import JsonAnswer
from tokenloom.server.border.problems import Refusal
from tokenloom.server.openapi import takes_spec
from tokenloom.server.studio import Here, Studio
from tokenloom.spec.base import DeferredModel
from tokenloom.spec.override import parse_run_spec
from tokenloom.tracking import query

router = APIRouter(tags=["generate"])
_DOC: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The text; with `Accept: text/event-stream` the frames of its run as `/api/runs/{id}/stream` gives them.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    },
}


_STATUS = {
    "not_found": 404,
    "conflict": 409,
    "denied": 403,
    "missing_extra": 501,
    "disk_full": 507,
    "out_of_memory": 507,
}


class Generated(DeferredModel):
    """What the model wrote."""

    run: str
    state: str
    text: str
    tokens: int = 0
    tokens_per_second: float | None = None
    model: str = ""


@router.post("/generate", responses=_DOC, response_model=Generated, openapi_extra=takes_spec("GenerateSpec"))
async def generate(
    spec: Annotated[dict[str, Any], Body()],
    request: Request,
    studio: Here,
    wait: Annotated[float, Query(ge=0, le=600, description="Longest wait for the whole text, in seconds.")] = 300.0,
) -> Response:
    """Continue a prompt, or answer a message."""
    parsed = await anyio.to_thread.run_sync(parse_run_spec, {**spec, "task": "generate"})
    run_id = await anyio.to_thread.run_sync(submit, studio.workspace, parsed)
    studio.changed()
    headers = {"location": f"/api/runs/{run_id}"}
    frames = studio.feed(run_id).frames("")
    if "text/event-stream" in request.headers.get("accept", ""):
        return StreamingResponse(frames, media_type="text/event-stream", headers={**headers, "x-accel-buffering": "no"})
    await _until_end(frames, wait)
    found = await anyio.to_thread.run_sync(_generated, studio, run_id)
    return JsonAnswer(found.model_dump(), headers=headers)


async def _until_end(frames: AsyncIterator[bytes], wait: float) -> None:
    try:
        async with asyncio.timeout(wait):
            async for _ in frames:
                pass
    except TimeoutError:
        return
    finally:
        await frames.aclose()  # type: ignore[attr-defined]


def _generated(studio: Studio, run_id: str) -> Generated:
    folder = studio.run_folder(run_id)
    state = query.events(folder, ["state"])[-1]
    results = query.events(folder, ["result"])
    if state["state"] == "failed":
        error = state.get("error") or {}
        message = str(error.get("message") or state.get("reason") or "The run failed.")
        hint = str(error.get("hint") or f"GET /api/runs/{run_id}/logs shows what it wrote.")
        raise Refusal(_STATUS.get(str(error.get("code")), 422), str(error.get("code") or "run"), message, hint=hint)
    outcome = results[-1]["result"] if results else {"text": _so_far(studio, run_id)}
    known = {name: outcome[name] for name in ("text", "tokens", "tokens_per_second", "model") if name in outcome}
    return Generated.model_validate({"run": run_id, "state": state["state"], **known})


def _so_far(studio: Studio, run_id: str) -> str:
    return "".join(str(event.get("text", "")) for event in query.events(studio.run_folder(run_id), ["text"]))
