"""The last, lowest and highest of every metric, folded in as rows arrive or counted anew after a rewind.

"Last" is the point of the highest step, the later written one of two; of two equal extremes the earlier step counts. So
folding piece by piece and counting at once agree.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from tokenloom.tracking.decode import EventAt, Floats, Ints, RowBlock, scan
from tokenloom.tracking.reader import run_logs
from tokenloom.tracking.series.columns import Points, RunTable
from tokenloom.tracking.series.group import rewind_step


@dataclass(frozen=True, slots=True)
class KeySummary:
    """One metric of one run. ``min`` and ``max`` ignore NaN (NaN when all are NaN); ``count`` counts all points."""

    last: float
    last_step: int
    min: float
    min_step: int
    max: float
    max_step: int
    count: int
    nan_count: int


@dataclass(slots=True)
class Digest:
    """What the logs of one run say in short, up to ``cursor``. Events are those after the cursor it started from."""

    cursor: dict[str, int] = field(default_factory=dict)
    metrics: dict[str, KeySummary] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)

    @property
    def step(self) -> int | None:
        """Highest step with a metric; None before the first row."""
        return max((each.last_step for each in self.metrics.values()), default=None)


def summarised(points: Points) -> KeySummary:
    """Summary of the points (at least one) of one metric, in any order of steps."""
    return _summary(points.steps, points.values)


def merged(first: KeySummary, second: KeySummary) -> KeySummary:
    """Summary of both, where ``second`` was written after ``first``."""
    newer = second if second.last_step >= first.last_step else first
    lowest = second if _lower(second.min, second.min_step, first.min, first.min_step) else first
    highest = second if _lower(-second.max, second.max_step, -first.max, first.max_step) else first
    return KeySummary(
        last=newer.last,
        last_step=newer.last_step,
        min=lowest.min,
        min_step=lowest.min_step,
        max=highest.max,
        max_step=highest.max_step,
        count=first.count + second.count,
        nan_count=first.nan_count + second.nan_count,
    )


def advance(run_folder: Path, start: Digest) -> Digest:
    """``start`` with everything folded in that was logged after its cursor; its events are the new ones only."""
    digest = replace(start, cursor=dict(start.cursor), metrics=dict(start.metrics), events=[])
    is_void = False
    for rank, path in run_logs(run_folder).items():
        for block in scan(path, digest.cursor.get(rank, 0)):
            if isinstance(block, EventAt):
                digest.events.append(block.data)
                digest.cursor[rank] = block.end
                step = rewind_step(block)
                is_void = is_void or (step is not None and step < (-1 if digest.step is None else digest.step))
            else:
                _fold(digest.metrics, block)
                digest.cursor[rank] = int(block.ends[-1])
    if is_void:
        table = RunTable(run_folder).refresh(digest.cursor)
        digest.metrics = {key: summarised(points) for key in table.names() if len(points := table.points(key))}
    return digest


def _fold(metrics: dict[str, KeySummary], block: RowBlock) -> None:
    for column, key in enumerate(block.keys):
        new = _summary(block.steps, block.values[:, column])
        metrics[key] = merged(metrics[key], new) if key in metrics else new


def _summary(steps: Ints, values: Floats) -> KeySummary:
    newest = len(steps) - 1 - int(np.argmax(steps[::-1]))
    bad = np.isnan(values)
    nan_count = int(bad.sum())
    if nan_count == len(values):
        low = high = math.nan
        low_step = high_step = int(steps.min())
    else:
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
        low_step, high_step = int(steps[values == low].min()), int(steps[values == high].min())
    return KeySummary(
        last=float(values[newest]),
        last_step=int(steps[newest]),
        min=low,
        min_step=low_step,
        max=high,
        max_step=high_step,
        count=len(values),
        nan_count=nan_count,
    )


def _lower(value: float, step: int, other: float, other_step: int) -> bool:
    """Whether ``value`` replaces ``other`` as the minimum; NaN replaces nothing but NaN."""
    if math.isnan(value):
        return math.isnan(other) and step < other_step
    return math.isnan(other) or (value, step) < (other, other_step)
