"""``/api/runs/{id}/commands``: pause, resume, stop and the other things that a person asks of a run."""

from __future__ import annotations

import asyncio
import time
from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from tokenloom.jobs.control import answer_to, send
from tokenloom.server.answers import Cursor, Id, Limit, Page, page_of
from tokenloom.server.studio import Here
from tokenloom.spec.base import DeferredModel
from tokenloom.tracking import query
from tokenloom.tracking.commands import Command, CommandTail

router = APIRouter(tags=["runs"])
ASK_SECONDS = 0.04


class CommandBody(BaseModel):
    """What the run is asked to do."""

    model_config = ConfigDict(extra="forbid")
    command: str = Field(
        max_length=64, description="pause, resume, stop, stop_now, checkpoint, evaluate, sample, xray, profile or set."
    )
    arguments: dict[str, Any] = Field(
        default_factory=dict,
        description="For `set`: dotted names and their new values; for `xray`: `step`, else the newest; for `profile`: `steps` to trace, else 1.",
    )


class Answer(DeferredModel):
    """What the trainer said to a command."""

    accepted: bool
    message: str = ""
    step: int | None = None
    time: float | None = None


class Sent(DeferredModel):
    """A command that was given. ``number`` is 0 where no process was needed to settle it."""

    number: int
    command: str
    arguments: dict[str, Any] = {}
    time: float = 0.0
    answer: Answer | None = None
    """Empty while the trainer has not answered: it looks between two steps."""


@router.post("/runs/{id}/commands", status_code=202)
async def send_command(
    id: Id,
    body: CommandBody,
    studio: Here,
    wait: Annotated[float, Query(ge=0, le=2, description="Longest wait for the trainer's answer, in seconds.")] = 1.0,
) -> Sent:
    """Give a run a command. It is durable when this answers; the trainer's own answer is here if it came in time."""
    await anyio.to_thread.run_sync(studio.run_folder, id)
    command = await anyio.to_thread.run_sync(send, studio.workspace, id, body.command, body.arguments)
    studio.changed()
    if command is None:
        settled = Answer(accepted=True, message="done", time=time.time())
        return Sent(number=0, command=body.command, arguments=body.arguments, time=time.time(), answer=settled)
    deadline = time.monotonic() + wait
    while True:
        event = await anyio.to_thread.run_sync(lambda: answer_to(studio.workspace, id, command, wait_seconds=0))
        if event is not None or time.monotonic() >= deadline:
            return _sent(command, event)
        await asyncio.sleep(ASK_SECONDS)


@router.get("/runs/{id}/commands")
def list_commands(id: Id, studio: Here, cursor: Cursor = "", limit: Limit = 100) -> Page[Sent]:
    """All commands of a run, oldest first, each with its answer."""
    folder = studio.run_folder(id)
    answers = {event.get("number"): event for event in query.events(folder, ["command"])}
    return page_of([_sent(each, answers.get(each.number)) for each in CommandTail(folder).read()], cursor, limit)


def _sent(command: Command, event: dict[str, Any] | None) -> Sent:
    answer = None
    if event is not None:
        answer = Answer(
            accepted=bool(event.get("accepted")),
            message=str(event.get("message") or ""),
            step=event.get("step"),
            time=event.get("time"),
        )
    return Sent(**command.__dict__, answer=answer)
