"""A loss that goes up for good is told once, or ends the run; noise, spikes and small rises are not."""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Any

import pytest
from engine_kit import make_session, make_spec

from tokenloom.kit.errors import Diverged
from tokenloom.tracking import query
from tokenloom.training.loop import train
from tokenloom.training.session import Session
from tokenloom.training.state import TrainState
from tokenloom.training.steering.divergence import WINDOW, divergence_limit, has_diverged, learn_usual
from tokenloom.training.steering.spikes import remembered
from tokenloom.training.watching.measuring import compare_with_start


def fed(losses: list[float]) -> tuple[TrainState, list[int]]:
    """The state after these losses, and the steps at which the run began to diverge."""
    state, told = TrainState(), []
    for step, loss in enumerate(losses, 1):
        state.recent_losses = remembered(state.recent_losses, loss)
        learn_usual(state)
        was, state.has_diverged = state.has_diverged, has_diverged(state)
        if state.has_diverged and not was:
            told.append(step)
    return state, told


def noisy(middle: float, spread: float, count: int, seed: int = 0) -> list[float]:
    draw = random.Random(seed)
    return [max(draw.gauss(middle, spread), 0.01) for _ in range(count)]


def falling(start: float, end: float, count: int) -> list[float]:
    return [start + (end - start) * number / count for number in range(count)]


@pytest.mark.parametrize(
    "losses",
    [
        falling(9, 3, 200),
        noisy(2.4, 0.8, 500),  # few rows a step
        [1.0, *noisy(2.4, 0.3, 300)],  # a lucky first batch
        falling(9, 3, 100) + [40.0] * 5 + [3.0] * 60,  # a spike
        falling(9, 3, 100) + [3.6] * 60,  # another mixture
        [math.nan] * 5 + falling(3, 2, 60),
    ],
    ids=["falls", "noise", "lucky", "spike", "small", "nan"],
)
def test_what_is_usual_in_training_is_no_divergence(losses: list[float]) -> None:
    assert fed(losses)[1] == []


@pytest.mark.parametrize(
    ("losses", "steps"),
    [
        (falling(9, 3, 100) + noisy(8, 0.5, 60), (100, 130)),  # nearly back at the start
        (noisy(2.4, 0.3, 60) + noisy(7, 1.0, 60), (60, 90)),  # a pretrained model forgets
        (falling(7, 6.5, 30) + [7 * 1.5**number for number in range(60)], (30, 60)),
    ],
    ids=["back", "forgets", "grows"],
)
def test_a_loss_that_goes_up_for_good_is_told_once(losses: list[float], steps: tuple[int, int]) -> None:
    told = fed(losses)[1]
    assert len(told) == 1
    assert steps[0] < told[0] < steps[1]


def test_it_is_told_anew_only_after_it_came_down() -> None:
    up, down = [8.0] * 40, falling(8, 3, 40) + [3.0] * 40
    state, told = fed(falling(9, 3, 100) + up + down + up)
    assert len(told) == 2
    assert state.first_usual == pytest.approx(8.43, abs=0.02)
    assert state.lowest_usual == pytest.approx(3.0)
    assert divergence_limit(state) == pytest.approx(3 + 5.43 / 2, abs=0.02)


def test_the_state_goes_through_json() -> None:
    state, _ = fed([3.0] * WINDOW)
    state.has_diverged = state.is_worse = True
    assert TrainState.from_dict(state.as_dict()) == state
    assert TrainState.from_dict(TrainState().as_dict()) == TrainState()


def hot(folder: Path, **guard: Any) -> Session:
    """A run with a learning rate far too high."""
    spec = make_spec(
        loop={"max_steps": 60, "max_grad_norm": None},
        optimizer={"learning_rate": 3.0},
        evaluation={"every_steps": 10},
        checkpoints={"every_steps": 10},
        guard=guard,
    )
    return make_session(folder, spec)


def test_a_rate_that_is_too_high_is_told_in_words(folder: Path) -> None:
    assert train(hot(folder)).state == "completed"
    told = [event for event in query.events(folder, ["note"]) if "diverged" in event["details"]]
    assert len(told) == 1
    assert told[0]["level"] == "warning"
    assert "Lower optimizer.learning_rate (3 now)" in told[0]["message"]
    assert told[0]["details"]["diverged"] == 10


def test_a_run_that_diverges_fails_where_asked(folder: Path) -> None:
    session = hot(folder, on_divergence="fail")
    with pytest.raises(Diverged, match="so far the model has become worse") as caught:
        train(session)
    assert "optimizer.learning_rate" in caught.value.hint
    assert session.state.step == 10


def test_a_loss_that_comes_back_is_told_too(folder: Path) -> None:
    session = hot(folder)
    session.state.untrained_loss, session.state.measured_step = 4.0, 0
    for step, loss in ((10, 9.0), (20, 8.0), (30, 3.5), (40, 3.4)):
        session.state.step = step
        compare_with_start(session, loss)
    told = [event["details"] for event in query.events(folder, ["note"])]
    assert told == [{"diverged": 10, "of": "validation"}, {"came_back": "validation"}]


def test_what_was_usual_and_told_survives_a_resume(folder: Path) -> None:
    first = hot(folder)
    train(first)
    first.log.close()
    again = hot(folder)
    names = ("first_usual", "lowest_usual", "has_diverged", "is_worse", "untrained_loss")
    kept = {name: getattr(again.state, name) for name in names}
    assert again.state.step == 60 and kept == {name: getattr(first.state, name) for name in names}
    assert math.isfinite(kept["lowest_usual"]) and math.isfinite(kept["untrained_loss"])
