"""Estimates of memory that learn from earlier runs on the machine.

Each training run leaves what was predicted of it and what it took at most. The base (the process with its libraries) is taken from the newest of them;
the rest of an estimate is multiplied by what the nearest earlier runs of the same objective took of theirs: nearest in size first, those of another
method later. Other objectives teach only the base: what they do besides (draw answers, hold a teacher) is no share of what this one does.
The interval is as wide as those runs lie around the result.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tokenloom.resources.memory import Estimate

VERSION = 3  # of the formula: what an older one predicted teaches nothing about this one
NEAREST = 5
LEAST_RATIO, MOST_RATIO = 0.25, 4.0
NARROWEST = 0.08  # of the interval, to each side
FEW = 3  # runs below which the interval stays wide
UNKNOWN = (0.8, 1.3)  # bounds without any run


@dataclass(frozen=True)
class Experience:
    """One earlier run: bytes predicted and measured, each with its base, and what it was."""

    predicted: int
    predicted_base: int
    measured: int
    measured_base: int
    tuning: str
    objective: str
    device: str

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> Experience:
        """From a ``memory`` event of a run."""
        return cls(
            predicted=int(event["formula_bytes"]),
            predicted_base=int(event["formula_base_bytes"]),
            measured=int(event["measured_bytes"]),
            measured_base=int(event["base_bytes"]),
            tuning=str(event["tuning"]),
            objective=str(event["objective"]),
            device=str(event["device"]),
        )

    @property
    def ratio(self) -> float:
        """What it took of what was predicted, beside the base."""
        taken, told = self.measured - self.measured_base, self.predicted - self.predicted_base
        return min(max(taken / max(told, 1), LEAST_RATIO), MOST_RATIO)


@dataclass(frozen=True)
class Calibrated:
    """An estimate with its bounds as shares of the sum; ``runs`` earlier ones stand behind it, ``alike`` of them of the same method and objective."""

    estimate: Estimate
    low: float
    high: float
    runs: int = 0
    alike: int = 0


def calibrated(
    estimate: Estimate, known: Sequence[Experience], *, tuning: str, objective: str, device: str
) -> Calibrated:
    """``estimate`` as earlier runs correct it; as it is where there is none on this device. ``known``: newest first."""
    known = [each for each in known if each.device == device]
    if not known:
        return Calibrated(estimate, *UNKNOWN)
    base = int(statistics.median(each.measured_base for each in known[: 2 * NEAREST]))
    kin = [each for each in known if each.objective == objective]
    if not kin:
        return Calibrated(replace(estimate, base=base), *UNKNOWN, runs=len(known[: 2 * NEAREST]))
    size = estimate.total - estimate.base

    def distance(each: Experience) -> float:
        far = abs(math.log(max(each.predicted - each.predicted_base, 1) / max(size, 1)))
        return far + 1.0 * (each.tuning != tuning)

    near = sorted(kin, key=distance)[:NEAREST]
    ratio = _middle([(each.ratio, 1 / (0.1 + distance(each))) for each in near])
    parts = {name: int(value * ratio) for name, value in estimate.parts.items()}
    corrected = replace(estimate, **{**parts, "base": base})
    errors = [each.measured / (each.measured_base + (each.predicted - each.predicted_base) * ratio) for each in near]
    alike = sum(each.tuning == tuning for each in near)
    least = NARROWEST if alike >= FEW else 0.15
    return Calibrated(corrected, min(*errors, 1 - least), max(*errors, 1 + least), len(near), alike)


def _middle(weighted: list[tuple[float, float]]) -> float:
    """Median of values by weight."""
    half = sum(weight for _, weight in weighted) / 2
    for value, weight in sorted(weighted):
        half -= weight
        if half <= 0:
            return value
    return max(value for value, _ in weighted)
