"""Learning-rate schedules: each begins, peaks and ends where it says, and the studio draws the numbers that training uses."""

from __future__ import annotations

import math
from typing import Any

import pytest
from pydantic import TypeAdapter

from tokenloom.spec.training.schedule import Schedule, curve_of

SCHEDULE: TypeAdapter[Any] = TypeAdapter(Schedule)
KINDS = ("constant", "linear", "cosine", "wsd", "polynomial", "inverse_sqrt", "one_cycle")
WARMED = KINDS[:-1]


def shares(total: int = 100, **settings: Any) -> list[float]:
    schedule = SCHEDULE.validate_python(settings)
    return [schedule.share_at(step, total) for step in range(total)]


@pytest.mark.parametrize("total", [1, 2, 7, 1000])
@pytest.mark.parametrize("kind", KINDS)
def test_every_share_is_a_share(kind: str, total: int) -> None:
    found = shares(total, kind=kind)
    assert all(0 <= share <= 1 + 1e-12 and math.isfinite(share) for share in found)
    assert SCHEDULE.validate_python({"kind": kind}).share_at(total + 5, total) <= 1 + 1e-12, (
        "a run may go beyond its end"
    )


@pytest.mark.parametrize("kind", WARMED)
@pytest.mark.parametrize("warmup", [{"warmup_steps": 10}, {"warmup_ratio": 0.1}])
def test_warmup_by_steps_or_by_ratio_rises_in_a_straight_line_to_the_peak(kind: str, warmup: dict[str, Any]) -> None:
    found = shares(kind=kind, **warmup)
    assert found[:10] == pytest.approx([(step + 1) / 10 for step in range(10)])
    assert found[10] == pytest.approx(1.0)
    assert found[10:] == sorted(found[10:], reverse=True)


@pytest.mark.parametrize(
    ("settings", "middle", "end"),
    [
        ({"kind": "constant"}, 1.0, 1.0),
        ({"kind": "linear", "final_ratio": 0.2}, 0.6, 0.2),
        ({"kind": "cosine", "final_ratio": 0.1}, 0.55, 0.1),
        ({"kind": "wsd", "decay_ratio": 0.2, "final_ratio": 0.5}, 1.0, 0.5),
        ({"kind": "polynomial", "power": 2, "final_ratio": 0.2}, 0.4, 0.2),
        ({"kind": "polynomial", "power": 1, "final_ratio": 0.2}, 0.6, 0.2),
        ({"kind": "inverse_sqrt", "timescale_steps": 100}, math.sqrt(100 / 150), math.sqrt(100 / 200)),
    ],
)
def test_each_falls_as_it_says(settings: dict[str, Any], middle: float, end: float) -> None:
    schedule = SCHEDULE.validate_python(settings)
    assert schedule.share_at(50, 100) == pytest.approx(middle)
    assert schedule.share_at(100, 100) == pytest.approx(end)


def test_inverse_sqrt_is_the_one_of_the_transformer_paper() -> None:
    """Behind w steps of warmup the rate at step s is √(w / s) of the peak."""
    found = shares(400, kind="inverse_sqrt", warmup_steps=40)
    assert found[160] == pytest.approx(0.5)
    assert found[360] == pytest.approx(1 / 3)


def test_one_cycle_rises_once_and_ends_far_below_its_start() -> None:
    found = shares(kind="one_cycle", rise_ratio=0.3, start_ratio=0.04, final_ratio=1e-3)
    top = found.index(max(found))
    assert (found[0], top, found[top], found[-1]) == (pytest.approx(0.04), 30, pytest.approx(1.0), pytest.approx(1e-3))
    assert found[: top + 1] == sorted(found[: top + 1]) and found[top:] == sorted(found[top:], reverse=True)
    assert shares(kind="one_cycle", rise_ratio=0)[0] == pytest.approx(1.0)


@pytest.mark.parametrize("total", [1, 2, 150, 5000])
def test_the_curve_has_the_ends_and_the_numbers_of_training(total: int) -> None:
    schedule = SCHEDULE.validate_python({"kind": "cosine", "warmup_ratio": 0.1})
    steps, rates = curve_of(schedule, peak=0.02, total=total)
    assert (steps[0], steps[-1]) == (0, total - 1) and len(steps) == min(total, 200)
    assert rates == [0.02 * schedule.share_at(step, total) for step in steps]
