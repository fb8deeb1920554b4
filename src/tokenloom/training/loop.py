"""The training loop.

Read :func:`train` as prose. One round: measure or save if it is time, look whether someone wants something, take the next window, step,
judge the numbers, write them down. Whatever ends the loop (the last step, a command, a signal, a full disk) ends it with a durable checkpoint.
"""

from __future__ import annotations

import math
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import torch

from tokenloom.kit.errors import DiskFull, NotFinite
from tokenloom.kit.ids import digest_of_ids
from tokenloom.tracking.commands import Command
from tokenloom.training.checkpoint import Checkpoint, prune, save_checkpoint
from tokenloom.training.session import Session
from tokenloom.training.steering import knobs
from tokenloom.training.steering.control import STOPS
from tokenloom.training.steering.guard import judge
from tokenloom.training.step import StepResult, take_step
from tokenloom.training.validate import validate

T = TypeVar("T")
MOST_ROWS = 64  # named in a note


@dataclass(frozen=True)
class Ending:
    """Why the loop ended: ``completed``, ``stopped`` by a command, or ``interrupted`` by ``signal``."""

    state: str
    reason: str = ""
    signal: int = 0


class Rewind(Exception):
    """The guard wants to go back to the last sound checkpoint; ``position`` is where the data goes on."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


@dataclass
class Taken:
    """A step whose numbers nobody has read yet; ``rows`` are the dataset rows of its window."""

    step: int
    rows: np.ndarray
    result: StepResult

    def as_dict(self) -> dict[str, Any]:
        """For a checkpoint between two rows of metrics: floats in hex, so that no digit is lost and NaN is JSON."""
        numbers = {name: float(getattr(self.result, name)).hex() for name in ("loss", "grad_norm", "applied")}
        return {"step": self.step, "rows": self.rows[:MOST_ROWS].tolist(), **numbers}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Taken:
        numbers = [torch.tensor(float.fromhex(data[name])) for name in ("loss", "grad_norm", "applied")]
        return cls(data["step"], np.array(data["rows"], dtype=np.int64), StepResult(*numbers))


@dataclass
class _Pace:
    """What is collected between two rows of metrics, and when the last checkpoint was made."""

    taken: list[Taken] = field(default_factory=list)
    tokens: int = 0
    seconds: float = 0.0
    saved_at: float = field(default_factory=time.monotonic)
    saved_step: int = -1


def train(session: Session) -> Ending:
    """Run the session from where its state stands to its end."""
    state = session.state
    pace = _Pace(taken=[Taken.from_dict(each) for each in state.pending], saved_step=session.origin)
    session.model.train()
    if session.is_paused:
        pause(session, reason="it was paused when its process ended")
    while True:
        if wants_measure(session):
            measure(session, pace)
        if wants_checkpoint(session, pace):
            save(session, pace, reason="schedule")
        if state.step >= session.total_steps and not wants_measure(session) and save(session, pace, reason="end"):
            return Ending("completed")
        session.journal.replay(state.step, lambda event: do_again(session, pace, event))
        ending = obey(session, pace)
        if ending is not None:
            return ending
        if state.step < session.total_steps:
            advance(session, pace)


def advance(session: Session, pace: _Pace) -> None:
    """One optimizer step."""
    started = time.monotonic()
    state = session.state
    window = session.stream.window(state.position, accumulation=session.accumulation)
    rate = session.learning_rate()
    for group in session.optimizer.param_groups:
        group["lr"] = rate
    result = take_step(
        window,
        session.path,
        session.optimizer,
        session.compute,
        parameters=session.parameters,
        max_grad_norm=session.knob("loop.max_grad_norm", session.spec.loop.max_grad_norm),
    )
    state.step += 1
    state.position = window.end
    state.tokens += window.num_tokens
    state.labels += window.num_labels
    pace.taken.append(Taken(state.step, window.sample_rows, result))
    pace.tokens += window.num_tokens
    is_logged = is_due(state.step, session.spec.loop.log_every, session.total_steps)
    if is_logged:
        watch(session, pace)
    elapsed = time.monotonic() - started
    state.train_seconds += elapsed
    pace.seconds += elapsed
    if is_logged:
        insist(session, lambda: write_row(session, pace, rate))


def watch(session: Session, pace: _Pace) -> None:
    """Let the guard judge every step since the last row; reading the numbers waits for the device, so it is done only when a row is due."""
    applied = torch.stack([taken.result.applied for taken in pace.taken]).tolist()
    for taken, was_applied in zip(pace.taken, applied, strict=True):
        verdict = judge(session.state, session.spec.guard, was_applied=bool(was_applied))
        if verdict != "fine":
            _refuse_step(session, taken, verdict)


def _refuse_step(session: Session, taken: Taken, verdict: str) -> None:
    rows = taken.rows[:MOST_ROWS].tolist()
    session.note(
        f"Step {taken.step} was skipped: the loss or the gradient is not a finite number.",
        level="warning",
        rows=rows,
        loss=str(float(taken.result.loss)),
        grad_norm=str(float(taken.result.grad_norm)),
    )
    if verdict == "rewind":
        session.note("Going back to the last good checkpoint; these rows are left out.", level="error", rows=rows)
        raise Rewind(session.state.position)
    if verdict == "fail":
        raise NotFinite(
            f"Loss or gradient was not finite in {session.state.skipped_in_row} steps in a row (last step {taken.step}).",
            hint="Lower optimizer.learning_rate, or look at the rows named in the run's notes.",
            rows=rows,
        )


def write_row(session: Session, pace: _Pace, rate: float) -> None:
    state = session.state
    losses = torch.stack([taken.result.loss for taken in pace.taken]).tolist()
    last = pace.taken[-1]
    session.log.row(
        state.step,
        {
            "train/loss": math.fsum(losses) / len(losses) if all(map(math.isfinite, losses)) else math.nan,
            "train/learning_rate": rate,
            "train/grad_norm": float(last.result.grad_norm),
            "train/tokens": state.tokens,
            "train/labels": state.labels,
            "train/tokens_per_second": pace.tokens / max(pace.seconds, 1e-9),
            "train/epoch": session.stream.epoch(state.position),
            "train/sample_digest": digest_of_ids(last.rows.tolist()),
        },
    )
    pace.taken, pace.tokens, pace.seconds = [], 0, 0.0


def measure(session: Session, pace: _Pace) -> None:
    """Validation loss and samples; remembers the best step. Cut short where the run is asked to end: it is made after the resume."""
    state = session.state
    is_best = False
    if session.validation is not None:
        result = validate(
            session.validation,
            session.path,
            session.compute,
            max_sequences=session.spec.evaluation.max_sequences,
            is_cancelled=session.control.is_ending,
        )
        if result is None:
            return
        insist(session, lambda: session.log.row(state.step, result.as_metrics()))
        is_best = result.loss < state.best_loss
        if is_best:
            state.best_loss, state.best_step = result.loss, state.step
    state.measured_step = state.step
    if session.spec.evaluation.sample_tokens and not session.control.is_ending():
        write_samples(session)
    if is_best and state.step and session.spec.checkpoints.keep_best:
        save(session, pace, reason="best")


def write_samples(session: Session) -> None:
    session.event("sample", samples=session.sample())
    session.model.train()


def save(session: Session, pace: _Pace, *, reason: str, is_last: bool = False) -> bool:
    """A durable checkpoint; whether there is one. On a full disk the run pauses until someone makes room and resumes it, unless it is ending."""
    state = session.state
    if pace.saved_step == state.step:
        return True
    state.pending = [taken.as_dict() for taken in pace.taken]
    try:
        checkpoint = _publish(session) if is_last else insist(session, lambda: _publish(session))
    except DiskFull as error:
        session.note(f"No checkpoint could be written: {error.message}", level="error")
        return False
    if checkpoint is None:
        return False
    pace.saved_step, pace.saved_at = state.step, time.monotonic()
    session.event("checkpoint", path=checkpoint.folder.name, bytes=checkpoint.num_bytes, reason=reason)
    policy = session.spec.checkpoints
    prune(session.folder, keep_last=policy.keep_last, keep={state.best_step} if policy.keep_best else set())
    return True


def insist(session: Session, write: Callable[[], T]) -> T | None:
    """The result of ``write``; while the disk is full the run stands still. ``None`` where it is told to end instead."""
    while True:
        try:
            return write()
        except DiskFull as error:
            if not pause(session, reason=f"{error.message} {error.hint}"):
                return None


def obey(session: Session, pace: _Pace) -> Ending | None:
    """Act on commands and signals; an :class:`Ending`, with its checkpoint made, if the run is to end now."""
    commands = session.control.poll()
    while commands:
        command = commands.pop(0)
        if command.command in STOPS:
            saved = save(session, pace, reason="by command", is_last=True)
            message = "stopped with a checkpoint" if saved else "stopped, but the disk is full: no checkpoint was made"
            session.control.answer(command, session.state.step, message=message)
            session.control.hold(commands)  # whoever ends the run tells them that they came too late
            return Ending("stopped", "by command")
        if session.control.signal:
            session.control.hold([command, *commands])
            break
        if command.command == "pause":
            saved = save(session, pace, reason="pause")
            message = "paused with a checkpoint" if saved else "the run is ending"
            session.control.answer(command, session.state.step, accepted=saved, message=message)
            session.control.hold(commands)
            if saved:
                pause(session, reason="by command")
            commands = session.control.poll()
        else:
            _act(session, pace, command)
    if session.control.signal:
        reason = f"ended by {signal.Signals(session.control.signal).name}"
        save(session, pace, reason=reason, is_last=True)
        return Ending("interrupted", reason, session.control.signal)
    return None


def pause(session: Session, *, reason: str) -> bool:
    """Stand still until ``resume`` (``True``), or until a stop or a signal waits to be obeyed (``False``).

    Settings may be changed meanwhile; commands that need a running loop wait.
    """
    control, step = session.control, session.state.step
    session.event("state", state="paused", reason=reason)
    session.log.sync()
    waiting: list[Command] = []
    while not control.signal:
        commands = control.wait()
        while commands:
            command = commands.pop(0)
            if command.command == "resume":
                control.answer(command, step, message="going on")
                session.event("state", state="running", reason="resumed")
                control.hold([*waiting, *commands])
                return True
            if command.command in STOPS:
                control.hold([command, *waiting, *commands])
                return False
            if command.command == "set":
                _act(session, None, command)
            elif command.command == "pause":
                control.answer(command, step, message="the run is paused already")
            else:
                waiting.append(command)
    control.hold(waiting)
    return False


def is_due(step: int, every: int | None, total: int) -> bool:
    return step == total or (every is not None and step % every == 0)


def wants_measure(session: Session) -> bool:
    """At the start, on schedule and at the end, once each."""
    step = session.state.step
    due = step == 0 or is_due(step, session.spec.evaluation.every_steps, session.total_steps)
    return due and session.state.measured_step != step


def wants_checkpoint(session: Session, pace: _Pace) -> bool:
    policy, step = session.spec.checkpoints, session.state.step
    if step and policy.every_steps is not None and step % policy.every_steps == 0:
        return pace.saved_step != step
    return policy.every_seconds is not None and time.monotonic() - pace.saved_at >= policy.every_seconds


def do_again(session: Session, pace: _Pace, event: dict[str, Any]) -> None:
    """Replay what was accepted at this step before a crash."""
    if event["command"] == "set":
        knobs.turn(session, event["arguments"])
    elif session.state.measured_step != session.state.step:
        measure(session, pace)


def _act(session: Session, pace: _Pace | None, command: Command) -> None:
    """Commands after which the loop simply goes on."""
    accepted = True
    if command.command == "set":
        message, accepted = knobs.try_turn(session, command.arguments)
        if accepted:
            session.journal.supersede(command.arguments, session.state.step)
    elif command.command == "checkpoint" and pace is not None:
        accepted = save(session, pace, reason="by command")
        message = f"step-{session.state.step} is saved" if accepted else "the run is ending"
    elif command.command == "evaluate" and pace is not None:
        if session.state.measured_step != session.state.step:
            measure(session, pace)
        accepted = session.state.measured_step == session.state.step
        message = "done" if accepted else "the run is ending"
    elif command.command == "sample":
        write_samples(session)
        message = "done"
    else:
        accepted = command.command == "resume"
        message = "the run is not paused" if accepted else f"there is no command “{command.command}”"
    session.control.answer(command, session.state.step, accepted=accepted, message=message)


def _publish(session: Session) -> Checkpoint:
    return save_checkpoint(
        session.folder,
        session.state,
        model=session.model,
        optimizer=session.optimizer,
        write_model=session.write_model,
        meta={**session.meta, "compute": session.compute.as_dict(), "run": session.folder.name},
    )
