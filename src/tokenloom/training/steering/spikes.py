"""Which loss is a spike: one far above what the last steps were like, by a measure that the spike itself cannot move."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

REMEMBERED = 50  # losses of applied steps
FEWEST = 10  # before that nothing is usual yet
NORMAL = 1.4826  # median absolute deviation → standard deviation of a normal distribution
LEAST_SPREAD = 0.02  # of the median: very even losses do not make small steps spikes


def spike_limit(recent: Sequence[float], factor: float | None) -> float:
    """The loss above which a step is a spike: median + ``factor`` robust standard deviations of ``recent``; infinite while too few are known."""
    if factor is None or len(recent) < FEWEST:
        return math.inf
    middle = statistics.median(recent)
    spread = NORMAL * statistics.median(abs(loss - middle) for loss in recent)
    return middle + factor * max(spread, LEAST_SPREAD * abs(middle))


def remembered(recent: Sequence[float], loss: float) -> list[float]:
    """``recent`` with one more loss; the oldest are forgotten."""
    return [*recent, loss][-REMEMBERED:] if math.isfinite(loss) else list(recent)
