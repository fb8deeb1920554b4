"""Starting a run and staying with it: progress on stderr, the result at the end, Ctrl+C that saves."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import typer

from tokenloom.cli.output import console, emit, options, say, workspace

if TYPE_CHECKING:
    from tokenloom.tracking.commands import Command


class _Signalled(Exception):
    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def start(context: typer.Context, data: dict[str, Any], *, detach: bool = False) -> dict[str, Any]:
    """Validate ``data``, queue the run and, unless ``detach``, follow it to its end; its result."""
    from tokenloom.jobs.control import submit
    from tokenloom.spec.override import parse_run_spec

    return follow(context, submit(workspace(context), parse_run_spec(data)), detach=detach)


def follow(context: typer.Context, run_id: str, *, detach: bool = False) -> dict[str, Any]:
    """Say a queued run's id and, unless ``detach``, follow it to its end; its result."""
    if detach:
        emit(context, {"run": run_id, "state": "queued"}, text=run_id)
        return {"run": run_id}
    say(f"run {run_id}")
    return {**stay_with(context, run_id), "run": run_id}


def stay_with(context: typer.Context, run_id: str) -> dict[str, Any]:
    """Follow a run until it rests; its result. Raises :class:`RunError` where it failed, exits 130/143 on a signal."""
    from tokenloom.jobs.control import interrupt
    from tokenloom.jobs.watch import wait_for

    space = workspace(context)

    def on_signal(number: int, _frame: FrameType | None) -> None:
        raise _Signalled(number)

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        _follow(context, run_id)
    except _Signalled as signalled:
        for number in before:
            signal.signal(number, signal.SIG_IGN)
        say("saving …")
        if interrupt(space, run_id):
            wait_for(space, run_id)
        say(f"the run {run_id} is interrupted; `tokenloom runs resume {run_id}` goes on")
        raise typer.Exit(128 + signalled.number) from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return _result(context, run_id)


def _follow(context: typer.Context, run_id: str) -> None:
    from tokenloom.cli.progress import RunProgress
    from tokenloom.jobs.watch import follow_run

    screen = console(stderr=True)
    with RunProgress(screen, is_quiet=options(context).as_json) as progress:
        for record in follow_run(workspace(context), run_id):
            if record is not None:
                progress.show(record)


def _result(context: typer.Context, run_id: str) -> dict[str, Any]:
    from tokenloom.jobs.runs import last_state
    from tokenloom.kit.errors import from_dict
    from tokenloom.tracking import query

    folder = workspace(context).run(run_id)
    state = last_state(folder)
    if state["state"] in ("completed", "stopped"):
        results = query.events(folder, ["result"])
        return {**(results[-1]["result"] if results else {}), "state": state["state"]}
    if state["state"] == "interrupted":
        say(f"the run {run_id} is interrupted; `tokenloom runs resume {run_id}` goes on")
        raise typer.Exit(130)
    error = {"code": "run", "message": state.get("reason") or "the run failed", **(state.get("error") or {})}
    error["hint"] = error.get("hint") or f"`tokenloom runs logs {run_id}` shows what it wrote."
    raise from_dict({**error, "run": run_id})


def wait_for_answer(context: typer.Context, run_id: str, command: str, arguments: dict[str, Any] | None = None) -> None:
    """Send a command and print the trainer's answer."""
    from tokenloom.jobs.control import send
    from tokenloom.jobs.runs import find_run

    space = workspace(context)
    run = find_run(space, run_id)
    sent = send(space, run, command, arguments)
    if sent is None:
        emit(context, {"run": run, "command": command, "accepted": True}, text=f"{command}: done")
        return
    started = time.monotonic()
    answer = _accepted(context, run, sent)
    if answer is None:
        waited = time.monotonic() - started
        emit(
            context,
            {"run": run, "number": sent.number, "command": command, "accepted": None},
            text=f"{command}: sent as number {sent.number}; no answer within {waited:.0f} s, it will be obeyed between two steps",
        )
        return
    emit(
        context,
        {
            "run": run,
            "number": sent.number,
            "command": command,
            "accepted": True,
            "message": answer["message"],
            "step": answer["step"],
        },
        text=f"{command}: {answer['message']} (step {answer['step']})",
    )


def ask_for_trace(context: typer.Context, folder: Path, steps: int) -> dict[str, Any]:
    """Have the next steps traced and wait for the trace; its event. :class:`Conflict` where the run refuses or ends without one."""
    from tokenloom.jobs.control import send
    from tokenloom.jobs.runs import last_state
    from tokenloom.kit.errors import Conflict
    from tokenloom.tracking import query

    sent = send(workspace(context), folder.name, "profile", {"steps": steps})
    assert sent is not None  # only commands that need no process are settled at once
    before = len(query.events(folder, ["profile"]))
    while (answer := _accepted(context, folder.name, sent)) is None and not _rests(last_state(folder)["state"]):
        say("profile: waiting for the run to answer between two steps")
    if answer is not None:
        say(f"profile: {answer['message']}")
    while True:
        is_over = _rests(last_state(folder)["state"])  # asked first: what it wrote before its end is seen below
        events = query.events(folder, ["profile"])
        if len(events) > before:
            return events[-1]
        if is_over:
            raise Conflict(
                "The run came to rest without a trace.", hint=f"`tokenloom runs logs {folder.name}` says why."
            )
        time.sleep(0.05)


def _accepted(context: typer.Context, run: str, sent: Command) -> dict[str, Any] | None:
    """The trainer's answer, ``None`` where it has not come in ten seconds; :class:`Conflict` where it is no."""
    from tokenloom.jobs.control import answer_to
    from tokenloom.kit.errors import Conflict

    answer = answer_to(workspace(context), run, sent, wait_seconds=10.0)
    if answer is not None and not answer["accepted"]:
        raise Conflict(
            f"The run did not accept {sent.command}: {answer['message']}", hint="`tokenloom runs show` tells its state."
        )
    return answer


def _rests(state: str) -> bool:
    return state in ("completed", "failed", "stopped", "interrupted")
