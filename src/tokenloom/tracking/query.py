"""Questions about runs: curves on one shared grid, the last and best of each metric, the events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, get_args

from tokenloom.kit.errors import NotFound, SpecError
from tokenloom.kit.registry import unknown_name
from tokenloom.kit.workspace import Workspace
from tokenloom.tracking.decode import EventAt, scan
from tokenloom.tracking.reader import run_logs
from tokenloom.tracking.series.bucket import Grid, grid_over
from tokenloom.tracking.series.columns import forget_table, run_table
from tokenloom.tracking.series.curves import Curve, SeriesResult
from tokenloom.tracking.series.digest import KeySummary, summarised
from tokenloom.tracking.series.frames import metrics_frame, write_frame
from tokenloom.tracking.series.lines import Line, line
from tokenloom.tracking.series.segment import DamagedSegment

__all__ = ["Axis", "KeySummary", "events", "metrics_frame", "series", "summary", "write_frame"]

Axis = Literal["step", "time", "elapsed", "tokens"]
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
    folders = _folders(source, run_ids)
    try:
        return _series(folders, keys, x, start, stop, px)
    except DamagedSegment as error:  # a cache: drop it and read the logs
        error.path.unlink(missing_ok=True)
        for folder in folders.values():
            forget_table(folder)
        return _series(folders, keys, x, start, stop, px)


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


def _series(
    folders: Mapping[str, Path], keys: Sequence[str], x: Axis, start: float | None, stop: float | None, px: int
) -> SeriesResult:
    tables = {run_id: run_table(folder) for run_id, folder in folders.items()}
    lines = [line(table, run_id, key, x, start, stop) for run_id, table in tables.items() for key in keys]
    grid = _grid([each for each in lines if each.count], x, px)
    curves = []
    for each in lines:
        is_exact = each.count <= px
        curves.append(Curve(each.run_id, each.key, each.points() if is_exact else each.folded(grid), is_exact))
    return SeriesResult(x, grid.start, grid.width, grid.count, curves)


def _grid(lines: list[Line], axis: str, px: int) -> Grid:
    if not lines:
        return Grid(0.0, 1.0, 1, 0.0, 0.0)
    bounds = [each.bounds for each in lines]
    low, high = min(first for first, _ in bounds), max(last for _, last in bounds)
    origin, stride = max((each.rhythm for each in lines), key=lambda rhythm: rhythm[1] > 0)
    return grid_over(low, high, px, whole=axis == "step", stride=stride, origin=origin)
