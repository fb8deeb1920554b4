"""Validation and samples on the way."""

from __future__ import annotations

from tokenloom.training.saving.policy import save_beside
from tokenloom.training.session import Samples, Session
from tokenloom.training.steering.standing import insist
from tokenloom.training.validate import validate
from tokenloom.training.watching.rows import Pace


def wants_measure(session: Session) -> bool:
    """At the start, on schedule and at the end, once each."""
    step = session.state.step
    every = session.knob("evaluation.every_steps", session.spec.evaluation.every_steps)
    due = step == 0 or is_due(step, every, session.total_steps)
    return due and session.state.measured_step != step


def measure(session: Session, pace: Pace) -> None:
    """Validation loss and samples; remembers the best step. Cut short where the run is asked to end: it is made after the resume."""
    state = session.state
    is_best = False
    if session.validation is not None:
        with session.aside("evaluation"), session.evaluated():
            result = validate(
                session.validation,
                session.objective,
                session.compute,
                max_groups=session.spec.evaluation.max_sequences,
                is_cancelled=session.control.is_ending,
                team=session.team,
            )
        if result is None:
            return
        insist(session, lambda: session.log.row(state.step, result.metrics))
        is_best = result.loss < state.best_loss
        if is_best:
            state.best_loss, state.best_step = result.loss, state.step
        is_better = result.loss < state.reference_loss - session.spec.evaluation.min_delta
        state.stale = 0 if is_better else state.stale + 1
        state.reference_loss = result.loss if is_better else state.reference_loss
    state.measured_step = state.step
    if session.spec.evaluation.sample_tokens and not session.control.is_ending():
        write_samples(session)
    if is_best and state.step and session.spec.checkpoints.keep_best:
        save_beside(session, pace, reason="best")


def write_samples(session: Session) -> None:
    with session.aside("samples"), session.evaluated():
        nothing: Samples = []
        samples = session.team.write_alone(session.sample, nothing)
    session.event("sample", samples=samples)
    session.model.train()


def is_due(step: int, every: int | None, total: int) -> bool:
    return step == total or (every is not None and step % every == 0)
