"""The training loop.

Read :func:`train` as prose. One step: look whether someone wants something, take the next window, step, judge the numbers, write them down,
and save, measure or sample when it is time. Whatever ends the loop (the last step, a command, a signal, a full disk) ends it with a
durable checkpoint.
"""

from __future__ import annotations

import math
import signal
import time
from dataclasses import dataclass, field

import torch

from tokenloom.kit.errors import DiskFull, NotFinite
from tokenloom.kit.ids import digest_of_ids
from tokenloom.tracking.commands import Command
from tokenloom.training.batches import Window
from tokenloom.training.checkpoint import Checkpoint, prune, save_checkpoint
from tokenloom.training.session import Session
from tokenloom.training.steering import knobs
from tokenloom.training.steering.guard import judge
from tokenloom.training.step import StepResult, take_step
from tokenloom.training.validate import validate


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
class _Pace:
    """What is collected between two rows of metrics, and when things were last done."""

    losses: list[torch.Tensor] = field(default_factory=list)
    tokens: int = 0
    seconds: float = 0.0
    saved_at: float = field(default_factory=time.monotonic)
    saved_step: int = -1
    measured_step: int = -1


def train(session: Session) -> Ending:
    """Run the session from where its state stands to its end."""
    pace = _Pace(saved_step=session.state.step if session.is_resumed else -1)
    session.model.train()
    if not session.is_resumed:
        measure(session, pace)
    while session.state.step < session.total_steps:
        session.journal.replay(session.state.step, lambda arguments: knobs.turn(session, arguments))
        ending = obey(session, pace)
        if ending is not None:
            save(session, pace, reason=ending.reason)
            return ending
        advance(session, pace)
        if is_due(session.state.step, session.spec.evaluation.every_steps, session.total_steps):
            measure(session, pace)
        if wants_checkpoint(session, pace):
            save(session, pace, reason="schedule")
    if pace.measured_step != session.state.step:
        measure(session, pace)
    if pace.saved_step != session.state.step:
        save(session, pace, reason="end")
    return Ending("completed")


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
    pace.losses.append(result.loss)
    pace.tokens += window.num_tokens
    if is_due(state.step, session.spec.loop.log_every, session.total_steps):
        watch(session, window, result)
        elapsed = time.monotonic() - started
        state.train_seconds += elapsed
        pace.seconds += elapsed
        write_row(session, pace, window, result, rate)
    else:
        elapsed = time.monotonic() - started
        state.train_seconds += elapsed
        pace.seconds += elapsed


def watch(session: Session, window: Window, result: StepResult) -> None:
    """Let the guard judge the step; reading the numbers waits for the device, so it is done only on steps that are logged."""
    verdict = judge(session.state, session.spec.guard, was_applied=bool(result.applied))
    if verdict == "fine":
        return
    rows = window.sample_rows.tolist()
    session.note(
        f"Step {session.state.step} was skipped: the loss or the gradient is not a finite number.",
        level="warning",
        rows=rows[:64],
        loss=str(float(result.loss)),
        grad_norm=str(float(result.grad_norm)),
    )
    if verdict == "rewind":
        session.note("Going back to the last good checkpoint; these rows are left out.", level="error", rows=rows[:64])
        raise Rewind(session.state.position)
    if verdict == "fail":
        raise NotFinite(
            f"Loss or gradient was not finite in {session.state.skipped_in_row} steps in a row (last step {session.state.step}).",
            hint="Lower optimizer.learning_rate, or look at the rows named in the run's notes.",
            rows=rows[:64],
        )


def write_row(session: Session, pace: _Pace, window: Window, result: StepResult, rate: float) -> None:
    state = session.state
    losses = torch.stack(pace.losses).tolist()
    session.log.row(
        state.step,
        {
            "train/loss": math.fsum(losses) / len(losses) if all(map(math.isfinite, losses)) else math.nan,
            "train/learning_rate": rate,
            "train/grad_norm": float(result.grad_norm),
            "train/tokens": state.tokens,
            "train/labels": state.labels,
            "train/tokens_per_second": pace.tokens / max(pace.seconds, 1e-9),
            "train/epoch": session.stream.epoch(state.position),
            "train/sample_digest": digest_of_ids(window.sample_rows.tolist()),
        },
    )
    pace.losses, pace.tokens, pace.seconds = [], 0, 0.0


def measure(session: Session, pace: _Pace) -> None:
    """Validation loss and samples; remembers the best step."""
    state = session.state
    pace.measured_step = state.step
    if session.validation is not None:
        most = session.spec.evaluation.max_sequences
        result = validate(session.validation, session.path, session.compute, max_sequences=most)
        session.log.row(state.step, result.as_metrics())
        if result.loss < state.best_loss:
            state.best_loss, state.best_step = result.loss, state.step
            if state.step and session.spec.checkpoints.keep_best:
                save(session, pace, reason="best")
    if session.spec.evaluation.sample_tokens:
        session.event("sample", samples=session.sample())
    session.model.train()


def save(session: Session, pace: _Pace, *, reason: str) -> None:
    """A durable checkpoint; on a full disk the run pauses until someone makes room and resumes it."""
    while pace.saved_step != session.state.step:
        try:
            checkpoint = _publish(session)
        except DiskFull as error:
            pause(session, reason=f"{error.message} {error.hint}")
            if session.control.signal or session.control.is_stopping():
                session.note("No checkpoint could be written: the disk is full.", level="error")
                return
            continue
        pace.saved_step, pace.saved_at = session.state.step, time.monotonic()
        session.event("checkpoint", path=checkpoint.folder.name, bytes=checkpoint.num_bytes, reason=reason)
        policy = session.spec.checkpoints
        keep = {session.state.best_step} if policy.keep_best else set()
        prune(session.folder, keep_last=policy.keep_last, keep=keep)


def obey(session: Session, pace: _Pace) -> Ending | None:
    """Act on signals and commands; an :class:`Ending` if the run is to end now."""
    commands = session.control.poll()
    while commands and not session.control.signal:
        command = commands.pop(0)
        if command.command == "pause":
            save(session, pace, reason="pause")
            session.control.answer(command, session.state.step, message="paused with a checkpoint")
            session.control.hold(commands)
            pause(session, reason="by command")
            commands = session.control.poll()
        elif command.command in ("stop", "stop_now"):
            session.control.answer(command, session.state.step, message="stopping with a checkpoint")
            return Ending("stopped", "by command")
        else:
            _act(session, pace, command)
    if session.control.signal:
        name = signal.Signals(session.control.signal).name
        return Ending("interrupted", f"ended by {name}", session.control.signal)
    return None


def pause(session: Session, *, reason: str) -> None:
    """Stand still until ``resume``, ``stop`` or a signal. Settings may be changed meanwhile; other commands wait."""
    session.event("state", state="paused", reason=reason)
    session.log.sync()
    waiting: list[Command] = []
    while not session.control.signal:
        commands = session.control.wait()
        while commands:
            command = commands.pop(0)
            if command.command == "resume":
                session.control.answer(command, session.state.step, message="going on")
                session.event("state", state="running", reason="resumed")
                session.control.hold([*waiting, *commands])
                return
            if command.command in ("stop", "stop_now"):
                session.control.hold([command, *waiting, *commands])
                return
            if command.command == "set":
                _act(session, None, command)
            else:
                waiting.append(command)


def is_due(step: int, every: int | None, total: int) -> bool:
    return step == total or (every is not None and step % every == 0)


def wants_checkpoint(session: Session, pace: _Pace) -> bool:
    policy = session.spec.checkpoints
    if policy.every_steps is not None and session.state.step % policy.every_steps == 0:
        return pace.saved_step != session.state.step
    return policy.every_seconds is not None and time.monotonic() - pace.saved_at >= policy.every_seconds


def _act(session: Session, pace: _Pace | None, command: Command) -> None:
    """Commands after which the loop simply goes on."""
    step = session.state.step
    if command.command == "set":
        message, accepted = knobs.try_turn(session, command.arguments)
        session.control.answer(command, step, accepted=accepted, message=message)
    elif command.command == "checkpoint" and pace is not None:
        save(session, pace, reason="by command")
        session.control.answer(command, step, message=f"step-{step} is saved")
    elif command.command in ("sample", "evaluate") and pace is not None:
        if command.command == "sample":
            session.event("sample", samples=session.sample())
            session.model.train()
        else:
            measure(session, pace)
        session.control.answer(command, step, message="done")
    else:
        known = command.command == "resume"
        message = "the run is not paused" if known else f"there is no command “{command.command}”"
        session.control.answer(command, step, accepted=known, message=message)


def _publish(session: Session) -> Checkpoint:
    return save_checkpoint(
        session.folder,
        session.state,
        model=session.model,
        optimizer=session.optimizer,
        write_model=session.write_model,
        meta={**session.meta, "compute": session.compute.as_dict(), "run": session.folder.name},
    )
