"""What people do to runs: submit, pause, resume, stop, and the commands that the trainer answers."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tokenloom.jobs import queue
from tokenloom.jobs.foresight.checking import check_recipe
from tokenloom.jobs.runs import create_run, last_state, read_info, record_state
from tokenloom.jobs.supervisor import ensure_supervisor
from tokenloom.kit.errors import Conflict, SpecError
from tokenloom.kit.registry import nearest
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.event import TERMINAL
from tokenloom.tracking import query
from tokenloom.tracking.commands import Command, append_command
from tokenloom.tracking.lease import read_lease

COMMANDS = ("pause", "resume", "stop", "stop_now", "checkpoint", "evaluate", "sample", "xray", "profile", "set")
STEERABLE = ("pretrain", "finetune")


def submit(workspace: Workspace, spec: Any, *, parent: str = "", after: Sequence[str] = ()) -> str:
    """Queue a run of ``spec``, to start once the runs in ``after`` have completed; the run's id.

    :class:`SpecError` where it could only fail; what the runs in ``after`` will make cannot be checked yet.
    """
    from tokenloom.jobs.keeping.disk import check_quota

    if not after:
        check_recipe(workspace, spec)
    check_quota(workspace)
    run_id = create_run(workspace, spec, parent=parent, after=after)
    queue.enqueue(workspace, run_id)
    ensure_supervisor(workspace)
    return run_id


def send(workspace: Workspace, run_id: str, command: str, arguments: dict[str, Any] | None = None) -> Command | None:
    """Give a run a command: the numbered line that the trainer will answer, or ``None`` where it was settled at once.

    Raises :class:`Conflict` where the run's state or task forbids it, :class:`SpecError` for an unknown command.
    """
    if command not in COMMANDS:
        near = nearest(command, COMMANDS)
        hint = f"Did you mean {near[0]}?" if near else f"There is: {', '.join(COMMANDS)}."
        raise SpecError(f"There is no command “{command}”.", hint=hint)
    folder = workspace.run(run_id)
    state = last_state(folder)["state"]
    if state in TERMINAL:
        raise Conflict(f"The run {run_id} is {state}.", hint="A run that has ended cannot be changed; start a new one.")
    if not _is_alive(folder):
        _without_worker(workspace, run_id, state, command)
        return None
    if command not in ("stop", "stop_now") and read_info(folder).get("task") not in STEERABLE:
        raise Conflict(f"A run of this kind has no “{command}”.", hint="It can be stopped.")
    ensure_supervisor(workspace)
    if command == "stop" and read_info(folder).get("task") not in STEERABLE:
        command = "stop_now"
    return append_command(folder, command, arguments)


def answer_to(workspace: Workspace, run_id: str, command: Command, *, wait_seconds: float) -> dict[str, Any] | None:
    """The trainer's answer to ``command``, waiting at most so long; ``None`` if it has not come."""
    folder = workspace.run(run_id)
    deadline = time.monotonic() + wait_seconds
    while True:
        for event in query.events(folder, ["command"]):
            if event.get("number") == command.number:
                return event
        if time.monotonic() >= deadline:
            return None
        time.sleep(0.03)


def interrupt(workspace: Workspace, run_id: str) -> bool:
    """Ask the run's process to save and end, or take a waiting run out of the queue; the run can be resumed.

    Whether there was a process.
    """
    folder = workspace.run(run_id)
    if last_state(folder)["state"] == "queued" and queue.dequeue(workspace, run_id) and not _is_alive(folder):
        record_state(folder, "interrupted", "taken out of the queue")
    lease = read_lease(folder)
    if lease is None or not lease.is_alive:
        return False
    with contextlib.suppress(ProcessLookupError):  # it ended by itself just now
        os.kill(lease.pid, signal.SIGTERM)  # Python itself may swallow a SIGINT while it is starting
    return True


def _is_alive(folder: Path) -> bool:
    lease = read_lease(folder)
    return lease is not None and lease.is_alive


def _without_worker(workspace: Workspace, run_id: str, state: str, command: str) -> None:
    """Commands to a run that has no process: waiting in the queue, or interrupted."""
    folder = workspace.run(run_id)
    if command in ("stop", "stop_now"):
        queue.dequeue(workspace, run_id)
        record_state(folder, "stopped", "by command")
        if _is_alive(folder):  # it was launched in this very moment
            append_command(folder, "stop_now")
            ensure_supervisor(workspace)
    elif command == "resume" and state != "queued":
        # The queue first: killed in between, the run starts all the same.
        queue.dequeue(workspace, run_id)
        queue.enqueue(workspace, run_id)
        record_state(folder, "queued", "resumed")
        ensure_supervisor(workspace)
    else:
        hint = "Wait until it has started." if state == "queued" else "Resume it first."
        raise Conflict(f"The run {run_id} is {state}; it cannot {command} now.", hint=hint)
