"""The numbers of the steps since the last row of metrics: judged by the guard, then written down."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import torch

from tokenloom.kit.errors import Diverged, NotFinite
from tokenloom.kit.ids import digest_of_ids
from tokenloom.training.order.mixture import PART, place_of
from tokenloom.training.session import Session
from tokenloom.training.steering.divergence import divergence_limit, has_diverged, learn_usual
from tokenloom.training.steering.guard import judge
from tokenloom.training.steering.spikes import remembered, spike_limit
from tokenloom.training.steering.standing import insist
from tokenloom.training.step import StepResult

MOST_ROWS = 64  # named in a note


class Rewind(Exception):
    """The guard wants to go back to the last sound checkpoint; ``position`` is where the data goes on."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


@dataclass
class Taken:
    """A step whose numbers nobody has read yet.

    ``rows`` are the dataset rows of its window, ``tokens`` those that went through the model, ``places`` what they took there.
    """

    step: int
    rows: np.ndarray
    result: StepResult
    tokens: int = 0
    places: int = 0

    def as_dict(self) -> dict[str, Any]:
        """For a checkpoint between two rows of metrics: floats in hex, so that no digit is lost and NaN is JSON."""
        numbers = {name: float(getattr(self.result, name)).hex() for name in ("loss", "grad_norm", "applied")}
        means = {name: float(value).hex() for name, value in self.result.means.items()}
        return {
            "step": self.step,
            "rows": self.rows[:MOST_ROWS].tolist(),
            "means": means,
            **numbers,
            "tokens": self.tokens,
            "places": self.places,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Taken:
        loss, norm, applied = (torch.tensor(float.fromhex(data[name])) for name in ("loss", "grad_norm", "applied"))
        means = {name: torch.tensor(float.fromhex(value)) for name, value in data.get("means", {}).items()}
        result, counts = StepResult(loss, norm, applied, means), (data.get("tokens", 0), data.get("places", 0))
        return cls(data["step"], np.array(data["rows"], dtype=np.int64), result, *counts)


@dataclass
class Pace:
    """What is collected between two rows of metrics, and when the last checkpoint was made."""

    taken: list[Taken] = field(default_factory=list)
    tokens: int = 0
    seconds: float = 0.0
    saved_at: float = field(default_factory=time.monotonic)
    saved_step: int = -1


def watch(session: Session, pace: Pace) -> None:
    """Let the guard judge every step since the last row; reading the numbers waits for the device, so it is done only when a row is due."""
    applied = torch.stack([taken.result.applied for taken in pace.taken]).tolist()
    for taken, was_applied in zip(pace.taken, applied, strict=True):
        _note_spike(session, taken, was_applied=bool(was_applied))
        _note_divergence(session, taken.step)
        verdict = judge(session.state, session.spec.guard, was_applied=bool(was_applied))
        if verdict != "fine":
            _refuse_step(session, taken, verdict)


def _note_spike(session: Session, taken: Taken, *, was_applied: bool) -> None:
    """Remember the loss of a step that was applied, and say so where it is a spike."""
    state, guard, loss = session.state, session.spec.guard, float(taken.result.loss)
    factor = guard.spike_factor if session.objective.loss_may_spike else None
    limit = spike_limit(state.recent_losses, factor)
    if math.isfinite(loss) and loss > limit:
        session.note(
            f"The loss of step {taken.step} is {loss:.3f}, far above the {limit:.3f} up to which it would be usual.",
            level="warning",
            **_rows_of(session, taken),
            loss=loss,
            limit=limit,
            spike=taken.step,
        )
    if was_applied:
        state.recent_losses = remembered(state.recent_losses, loss)
        learn_usual(state)


def _note_divergence(session: Session, step: int) -> None:
    """Say that the training loss went up for good: once, and anew only where it had come down again."""
    state = session.state
    was, state.has_diverged = state.has_diverged, session.objective.loss_may_spike and has_diverged(state)
    limit, best = divergence_limit(state), state.lowest_usual
    if state.has_diverged and not was:
        words = f"The training loss has gone up for good: it stays above {limit:.3f}, and was down at {best:.3f}."
        tell_divergence(session, words, step=step, loss="training")
    elif was and not state.has_diverged:
        session.note(
            f"The training loss has come back: most of the last steps lie below {limit:.3f}.", came_back="training"
        )


def tell_divergence(session: Session, words: str, *, step: int, loss: Literal["training", "validation"]) -> None:
    """A note, or the end of the run, by ``guard.on_divergence``; ``loss`` is the one that went up. A later note tells where it came back."""
    rate = session.knob("optimizer.learning_rate", session.spec.optimizer.learning_rate)
    hint = f"Lower optimizer.learning_rate ({rate:g} now), or lengthen the warm-up."
    if session.spec.guard.on_divergence == "fail":
        raise Diverged(words, hint=hint, step=step)
    session.note(f"{words} {hint}", level="warning", diverged=step, of=loss)


def _refuse_step(session: Session, taken: Taken, verdict: str) -> None:
    rows = _rows_of(session, taken)
    session.note(
        f"Step {taken.step} was skipped: {_why(taken)}.",
        level="warning",
        **rows,
        loss=str(float(taken.result.loss)),
        grad_norm=str(float(taken.result.grad_norm)),
        skipped=taken.step,
    )
    if verdict == "rewind":
        again = f"{session.state.rewinds + 1} of at most {session.spec.guard.max_rewinds} times"
        session.note(
            f"Going back to the last checkpoint ({again}); the rows that were learned since then are left out up to step {taken.step}.",
            level="error",
            gone_back=session.state.rewinds + 1,
            **rows,
        )
        raise Rewind(session.state.position)
    if verdict == "fail":
        raise NotFinite(_why_given_up(session, taken), hint=_way_out(session), **rows)


def _why_given_up(session: Session, taken: Taken) -> str:
    state = session.state
    first = taken.step - state.skipped_in_row + 1
    steps = f"step {taken.step}" if first == taken.step else f"each of the steps {first} to {taken.step}"
    times = "once" if state.rewinds == 1 else f"{state.rewinds} times"
    back = f", also after going back {times}" if state.rewinds else ""
    return f"The run cannot go on: {steps} had to be skipped ({_why(taken)}){back}."


def _way_out(session: Session) -> str:
    """What helps, by what is most likely to blame: steps that are too large, before rows that are odd."""
    rate = session.knob("optimizer.learning_rate", session.spec.optimizer.learning_rate)
    clipped = session.knob("loop.max_grad_norm", session.spec.loop.max_grad_norm) is not None
    clip = "" if clipped else " and a limit on the gradient (loop.max_grad_norm=1)"
    return (
        f"Fork it from a checkpoint at which the loss was still good, with a lower optimizer.learning_rate ({rate:g} now){clip}, "
        "or without the rows that the notes name (data.render.leave_out)."
    )


def _rows_of(session: Session, taken: Taken) -> dict[str, Any]:
    """``rows`` of the run's dataset in a step; in words, those of the datasets that are mixed in."""
    places = [place_of(row) for row in taken.rows[:MOST_ROWS].tolist()]
    others = [
        f"{part.dataset} {', '.join(map(str, found))}"
        for number, part in enumerate(session.spec.data.mix, 1)
        if (found := [row for each, row in places if each == number])
    ]
    own = [row for part, row in places if part == 0]
    return {"rows": own, **({"rows_of_other_datasets": "; ".join(others)} if others else {})}


def _why(taken: Taken) -> str:
    finite = math.isfinite(float(taken.result.loss)) and math.isfinite(float(taken.result.grad_norm))
    return "its loss is a spike" if finite else "the loss or the gradient is not a finite number"


def write_row(session: Session, pace: Pace, rate: float) -> None:
    """One row of metrics for the steps since the last; while the disk is full the run stands still."""
    state, last = session.state, pace.taken[-1]
    losses = torch.stack([taken.result.loss for taken in pace.taken]).tolist()
    values = {
        "train/loss": math.fsum(losses) / len(losses) if all(map(math.isfinite, losses)) else math.nan,
        "train/learning_rate": rate,
        "train/grad_norm": float(last.result.grad_norm),
        "train/tokens": state.tokens,
        "train/labels": state.labels,
        "train/tokens_per_second": pace.tokens / max(pace.seconds, 1e-9),
        "train/epoch": session.stream.epoch(state.position),
        "train/sample_digest": digest_of_ids(last.rows.tolist()),
        "train/useful_share": sum(taken.tokens for taken in pace.taken)
        / max(sum(taken.places for taken in pace.taken), 1),
        **_spent(session, pace),
        **_means(pace),
        **_mixed(session, pace),
    }

    def write() -> bool:
        session.log.row(state.step, values)
        return True

    if insist(session, write):
        pace.taken, pace.tokens, pace.seconds = [], 0, 0.0


def _spent(session: Session, pace: Pace) -> dict[str, float]:
    """How well the machine was used, and the seconds a step of each of its parts."""
    steps = max(session.meter.steps, 1)
    seconds = {f"time/{part}": spent / steps for part, spent in session.clock.take().items()}
    return session.meter.take(pace.seconds) | seconds


def _mixed(session: Session, pace: Pace) -> dict[str, float]:
    """Where the data stand, and which part of the row's groups came from datasets that are mixed in."""
    if session.stream.mixture is None:
        return {}
    parts = np.concatenate([taken.rows for taken in pace.taken]) // PART
    return {"train/position": session.state.position, "train/mixed_share": float(np.mean(parts > 0))}


def _means(pace: Pace) -> dict[str, float]:
    """What the objective watches, over the steps of the row; a step that was skipped tells nothing."""
    found: dict[str, list[float]] = {}
    for taken in pace.taken:
        for name, value in taken.result.means.items():
            found.setdefault(f"train/{name}", []).append(float(value))
    return {name: math.fsum(values) / len(values) for name, values in found.items() if all(map(math.isfinite, values))}
