"""Validation and samples on the way."""

from __future__ import annotations

from tokenloom.tracking.commands import Command
from tokenloom.training.saving.policy import save_beside
from tokenloom.training.session import Samples, Session
from tokenloom.training.steering.divergence import is_worse_than_before
from tokenloom.training.steering.standing import insist
from tokenloom.training.validate import validate
from tokenloom.training.watching.rows import Pace, tell_divergence

MOST_CHARACTERS = 100_000


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
        compare_with_start(session, result.loss)
    state.measured_step = state.step
    if session.spec.evaluation.sample_tokens and not session.control.is_ending():
        write_samples(session)
    if is_best and state.step and session.spec.checkpoints.keep_best:
        save_beside(session, pace, reason="best")


def compare_with_start(session: Session, loss: float) -> None:
    """Say that training has made the model worse than it was: once, and anew only where it had become better again."""
    state = session.state
    if state.step == 0:
        state.untrained_loss = loss
    was, state.is_worse = state.is_worse, session.objective.loss_may_spike and is_worse_than_before(state, loss)
    if state.is_worse and not was:
        words = f"The validation loss is {loss:.3f}, and was {state.untrained_loss:.3f} before the first step: so far the model has become worse."
        tell_divergence(session, words, step=state.step, loss="validation")
    elif was and not state.is_worse:
        words = f"The validation loss has come back: it is {loss:.3f}, and was {state.untrained_loss:.3f} before the first step."
        session.note(words, came_back="validation")


def write_samples(session: Session, *prompts: str) -> Samples:
    """What the model writes on its fixed prompts, or on these, is an event of the run."""
    with session.aside("samples"), session.evaluated():
        nothing: Samples = []
        samples = session.team.write_alone(lambda: session.sample(*prompts), nothing)
    if samples:
        session.event("sample", samples=samples, asked=bool(prompts))
    session.model.train()
    return samples


def obey_sample(session: Session, command: Command) -> None:
    """Let the model write, on the command's own prompt where it has one; what it wrote there is the answer."""
    prompt = command.arguments.get("prompt")
    if prompt is None:
        write_samples(session)
        session.control.answer(command, session.state.step, message="done")
    elif not isinstance(prompt, str) or not 0 < len(prompt) <= MOST_CHARACTERS:
        message = f"a prompt is a text of 1 to {MOST_CHARACTERS} characters"
        session.control.answer(command, session.state.step, accepted=False, message=message)
    else:
        samples = write_samples(session, prompt)
        message = samples[0]["text"] if samples else "this model writes no text"
        session.control.answer(command, session.state.step, accepted=bool(samples), message=message)


def is_due(step: int, every: int | None, total: int) -> bool:
    return step == total or (every is not None and step % every == 0)
