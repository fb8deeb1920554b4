"""Questions about runs: curves on one shared grid, the last and best of each metric, the events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np

from tokenloom.kit.errors import NotFound, SpecError
from tokenloom.kit.registry import unknown_name
from tokenloom.kit.workspace import Workspace
from tokenloom.tracking.decode import EventAt, Floats, scan
from tokenloom.tracking.reader import run_logs
from tokenloom.tracking.series.bucket import Atoms, Buckets, Grid, fold, grid_over
from tokenloom.tracking.series.columns import Points, RunTable, run_table
from tokenloom.tracking.series.curves import Curve, SeriesResult
from tokenloom.tracking.series.digest import KeySummary, summarised
from tokenloom.tracking.series.frames import metrics_frame, write_frame

__all__ = ["Axis", "KeySummary", "events", "metrics_frame", "series", "summary", "write_frame"]

Axis = Literal["step", "time", "elapsed", "tokens"]
TOKENS_KEY = "train/tokens"
MAX_PX = 16_384


def series(
    source: Workspace | Mapping[str, Path],
    run_ids: Sequence[str],
    keys: Sequence[str],
    *,
    x: Axis = "step",
    start: float | None = None,
    stop: float | None = None,
    px: int = 800,
) -> SeriesResult:
    """Curves of every key in every run, bucketed on one grid of about ``px`` buckets over ``start ≤ x ≤ stop``.

    ``source`` is a workspace, or run folders by id. A curve of at most ``px`` points in the range comes point by point.
    ``x``: optimizer ``step``; ``time`` in seconds since 1970; ``elapsed`` seconds since the run's first row;
    ``tokens`` = the newest ``train/tokens`` at that step. A run without a key has an empty curve.
    Raises NotFound for an unknown run, SpecError for an impossible axis, range or width.
    """
    _check(x, start, stop, px)
    wanted = [(run_id, run_table(folder)) for run_id, folder in _folders(source, run_ids).items()]
    found = [(run_id, key, *_axis_points(table, key, x)) for run_id, table in wanted for key in keys]
    clipped = [(run_id, key, *_clip(xs, values, start, stop)) for run_id, key, xs, values in found]
    grid = _grid([xs for _, _, xs, _ in clipped if len(xs)], x, px)
    curves = [_curve(run_id, key, xs, values, grid, px) for run_id, key, xs, values in clipped]
    return SeriesResult(x, grid.start, grid.width, grid.count, curves)


def summary(run_folder: Path) -> dict[str, KeySummary]:
    """Last, minimum, maximum and counts of every metric of a run."""
    table = run_table(run_folder)
    return {key: summarised(points) for key in table.names() if len(points := table.points(key))}


def events(run_folder: Path, types: Iterable[str] | None = None) -> list[dict[str, Any]]:
    """Events of all logs of a run in order of time; only those of ``types`` when given."""
    wanted = None if types is None else frozenset(types)
    found = [
        block.data
        for path in run_logs(run_folder).values()
        for block in scan(path)
        if isinstance(block, EventAt) and (wanted is None or block.data.get("type") in wanted)
    ]
    return sorted(found, key=lambda event: event["time"] if isinstance(event.get("time"), int | float) else 0.0)


def _check(x: str, start: float | None, stop: float | None, px: int) -> None:
    if x not in get_args(Axis):
        raise unknown_name("axis", x, get_args(Axis))
    if not 1 <= px <= MAX_PX:
        raise SpecError(f"px = {px} is not a width.", hint=f"Ask for 1 to {MAX_PX} buckets.")
    if start is not None and stop is not None and not start <= stop:
        raise SpecError(f"The range from {start:g} to {stop:g} is empty.", hint="Give the smaller number first.")


def _folders(source: Workspace | Mapping[str, Path], run_ids: Sequence[str]) -> dict[str, Path]:
    folders = {}
    for run_id in run_ids:
        folder = source.run(run_id) if isinstance(source, Workspace) else source.get(run_id)
        if folder is None or not folder.is_dir():
            raise NotFound(f"There is no run “{run_id}”.", hint="`tokenloom runs list` shows the ids.")
        folders[run_id] = folder
    return folders


def _axis_points(table: RunTable, key: str, axis: str) -> tuple[Floats, Floats]:
    points = table.points(key)
    if axis == "step":
        return points.steps.astype(np.float64), points.values
    if axis == "tokens":
        xs = carried(table.points(TOKENS_KEY), points.steps)
    else:
        xs = points.times if axis == "time" else points.times - table.first_time()
    if np.any(xs[1:] < xs[:-1]):  # a clock that jumped, or counters that went back
        order = np.argsort(xs, kind="stable")
        return xs[order], points.values[order]
    return xs, points.values


def carried(known: Points, steps: np.ndarray) -> Floats:
    """Newest number of ``known`` at each of ``steps``; 0 before the first."""
    fine = np.isfinite(known.values)
    padded = np.concatenate([[0.0], known.values[fine]])
    return padded[np.searchsorted(known.steps[fine], steps, side="right")]


def _clip(xs: Floats, values: Floats, start: float | None, stop: float | None) -> tuple[Floats, Floats]:
    first = 0 if start is None else int(np.searchsorted(xs, start, side="left"))
    last = len(xs) if stop is None else int(np.searchsorted(xs, stop, side="right"))
    return xs[first:last], values[first:last]


def _grid(axes: list[Floats], axis: str, px: int) -> Grid:
    if not axes:
        return Grid(0.0, 1.0, 1, 0.0, 0.0)
    low, high = min(float(xs[0]) for xs in axes), max(float(xs[-1]) for xs in axes)
    return grid_over(low, high, px, whole=axis == "step")


def _curve(run_id: str, key: str, xs: Floats, values: Floats, grid: Grid, px: int) -> Curve:
    if len(xs) <= px:
        return Curve(run_id, key, Buckets.of_points(xs, values), is_exact=True)
    return Curve(run_id, key, fold(Atoms.of_points(xs, values), grid), is_exact=False)
