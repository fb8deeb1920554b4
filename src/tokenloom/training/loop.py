"""The training loop.

Read :func:`train` as prose. One round: measure or save if it is time, look whether someone wants something, take the next window, step,
judge the numbers, write them down. Whatever ends the loop (the last step, a command, a signal, a full disk) ends it with a durable checkpoint.
"""

from __future__ import annotations

import math
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tokenloom.kit.errors import DataError
from tokenloom.modeling.tuning import thaw
from tokenloom.tracking.commands import Command
from tokenloom.training.batches import Window
from tokenloom.training.saving.certificate import certify_pause, certify_resume
from tokenloom.training.saving.policy import leave, save, save_beside, settle, wants_checkpoint
from tokenloom.training.session import Session
from tokenloom.training.steering import knobs
from tokenloom.training.steering.compiling import compiling
from tokenloom.training.steering.control import STOPS
from tokenloom.training.steering.memory import fitting
from tokenloom.training.steering.spikes import spike_limit
from tokenloom.training.steering.stall import StallWatch
from tokenloom.training.steering.standing import insist, pause
from tokenloom.training.step import Extras, StepResult, take_step
from tokenloom.training.watching.flow import FlowProbe, wants_flow
from tokenloom.training.watching.measuring import is_due, measure, obey_sample, wants_measure
from tokenloom.training.watching.memory import watch_memory
from tokenloom.training.watching.rows import Pace, Taken, watch, write_row
from tokenloom.training.watching.trace import begin_trace, step_traced, tracing
from tokenloom.training.watching.xray import write_xray


@dataclass(frozen=True)
class Ending:
    """Why the loop ended: ``completed``, ``stopped`` by a command, or ``interrupted`` by ``signal``."""

    state: str
    reason: str = ""
    signal: int = 0


def train(session: Session) -> Ending:
    """Run the session from where its state stands to its end."""
    pace = Pace(taken=[Taken.from_dict(each) for each in session.state.pending], saved_step=session.origin)
    session.follow_mix()
    session.model.train()
    try:
        with (
            StallWatch(session, session.spec.guard.stall_seconds),
            session.control.together(),
            tracing(session),
            compiling(session) as look_for_kernels,
        ):
            reason = "it was paused when its process ended"
            if not session.is_paused or pause(session, reason=reason, obey_sample=obey_sample):
                certify_resume(session)
            return _rounds(session, pace, look_for_kernels)
    finally:
        leave(session, pace)


def _rounds(session: Session, pace: Pace, look_for_kernels: Callable[[], None]) -> Ending:
    state = session.state
    while True:
        if wants_measure(session):
            measure(session, pace)
        settle(session, pace, wait=False)
        if wants_checkpoint(session, pace):
            save_beside(session, pace, reason="schedule")
        if state.step >= session.total_steps and not wants_measure(session) and save(session, pace, reason="end"):
            return Ending("completed")
        if session.is_exhausted and save(session, pace, reason="early stop"):
            return Ending("completed", f"the validation loss was no better {state.stale} times in a row")
        session.journal.replay(state.step, lambda event: do_again(session, pace, event))
        if state.step == session.last_step and save(session, pace, reason="end"):
            return Ending("completed", "the run that it repeats was stopped here")
        ending = obey(session, pace)
        if ending is not None:
            return ending
        look_for_kernels()
        if state.step < session.total_steps:
            advance(session, pace)


def advance(session: Session, pace: Pace) -> None:
    """One optimizer step."""
    started = time.monotonic()
    state, clock = session.state, session.clock
    clock.to("other")
    rate = session.set_rates()
    thaw(session.spec.tuning, session.model, state.step)
    wants = wants_flow(session.spec.loop.flow_every, state.step + 1)
    probe = FlowProbe(session.model, session.team.whole) if wants else None
    window, result = fitting(session, lambda: _window(session), lambda window: _step(session, window, probe))
    clock.to("other")
    state.step += 1
    if session.average is not None:
        session.average.update(state.step)
    state.position = window.end
    state.tokens += window.num_tokens
    state.labels += window.num_labels
    places = session.meter.add(window)
    passed = sum(batch.num_tokens for batch in window.batches)
    pace.taken.append(Taken(state.step, window.sample_rows, result, passed, places))
    pace.tokens += window.num_tokens
    if probe is not None:
        clock.to("flow")
        told = probe.told() | {"applied": bool(result.applied)}
        insist(session, lambda: session.event("flow", **told))
    clock.to("logging")
    is_logged = is_due(state.step, session.spec.loop.log_every, session.total_steps)
    if is_logged:
        watch(session, pace)
    elapsed = time.monotonic() - started
    state.train_seconds += elapsed
    pace.seconds += elapsed
    if is_logged:
        write_row(session, pace, rate)
    watch_memory(session)
    clock.to(None)
    step_traced(session)


def _window(session: Session) -> Window:
    """What the next step sees."""
    session.clock.to("data")
    window = session.stream.window(session.state.position, accumulation=session.accumulation)
    return session.objective.prepared(window, session.state.step)


def _step(session: Session, window: Window, probe: FlowProbe | None) -> StepResult:
    guard = session.spec.guard
    skips = guard.on_spike == "skip" and session.objective.loss_may_spike
    extras = Extras(session.state.step, session.noise, session.loss_scale, session.clock, probe, session.team)
    most = spike_limit(session.state.recent_losses, guard.spike_factor) if skips else math.inf
    return step_of(session, window, extras, most_loss=most)


def step_of(session: Session, window: Window, extras: Extras, *, most_loss: float = math.inf) -> StepResult:
    """A step with the parts of a session and the settings that hold now; also for those who try one without training (`tasks.foresight`)."""
    return take_step(
        window,
        session.objective,
        session.optimizer,
        session.compute,
        parameters=session.parameters,
        max_grad_norm=session.knob("loop.max_grad_norm", session.spec.loop.max_grad_norm),
        extras=extras,
        most_loss=most_loss,
    )


def obey(session: Session, pace: Pace) -> Ending | None:
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
            if saved and command.arguments.get("release"):
                certify_pause(session)
                return Ending("interrupted", "paused by command; its memory is released")
            if saved:
                certify_pause(session)
                if pause(session, reason="by command", obey_sample=obey_sample):
                    certify_resume(session)
            commands = session.control.poll()
        else:
            _act(session, pace, command)
    if session.control.signal:
        reason = f"ended by {signal.Signals(session.control.signal).name}"
        save(session, pace, reason=reason, is_last=True)
        return Ending("interrupted", reason, session.control.signal)
    return None


def do_again(session: Session, pace: Pace, event: dict[str, Any]) -> None:
    """Replay what was accepted at this step before a crash, or by the run that is repeated."""
    if event["command"] == "set":
        message = knobs.turn(session, event["arguments"])
        if event.get("of"):
            session.note(f"{message}, as in the run {event['of']} that is repeated")
    elif session.state.measured_step != session.state.step:
        measure(session, pace)


def _act(session: Session, pace: Pace, command: Command) -> None:
    """Commands after which the loop simply goes on."""
    accepted = True
    if command.command == "set":
        knobs.obey(session, command)
        return
    if command.command == "checkpoint":
        accepted = save(session, pace, reason="by command")
        message = f"step-{session.state.step} is saved" if accepted else "the run is ending"
    elif command.command == "evaluate":
        if session.state.measured_step != session.state.step:
            measure(session, pace)
        accepted = session.state.measured_step == session.state.step
        message = "done" if accepted else "the run is ending"
    elif command.command == "sample":
        obey_sample(session, command)
        return
    elif command.command == "xray":
        accepted, message = _xray(session, command)
    elif command.command == "profile":
        steps = command.arguments.get("steps", 1)
        accepted, message = begin_trace(session, steps) if session.ranks.is_leader else (True, "")
    else:
        accepted = command.command == "resume"
        message = "the run is not paused" if accepted else f"there is no command “{command.command}”"
    session.control.answer(command, session.state.step, accepted=accepted, message=message)


def _xray(session: Session, command: Command) -> tuple[bool, str]:
    """Whether it was made, and the answer."""
    step = command.arguments.get("step", session.state.step)
    try:
        write_xray(session, int(step))
    except (DataError, TypeError, ValueError) as problem:
        return False, problem.message if isinstance(problem, DataError) else f"“{step}” is not a step"
    return True, f"step {step} was looked at"
