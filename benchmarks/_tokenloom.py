"""The parts of benchmarks/tracking.py that only Tokenloom runs: long curves, many runs, many writers, the table."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from _machine import folder_bytes, median
from _trackers import KEYS, rows

from tokenloom.kit.workspace import Workspace
from tokenloom.tracking import query
from tokenloom.tracking.catalog import Catalog, Indexer
from tokenloom.tracking.catalog.runs import list_runs
from tokenloom.tracking.log import LogWriter, log_path
from tokenloom.tracking.reader import RunReader
from tokenloom.tracking.series.columns import forget_table, run_table
from tokenloom.tracking.series.segment import forget_decoded

_WRITER = """
import sys
from pathlib import Path
from tokenloom.tracking.log import LogWriter, log_path
with LogWriter(log_path(Path(sys.argv[1]), sys.argv[2])) as writer:
    for step in range(int(sys.argv[3])):
        writer.row(step, {"a": step, "b": 1.0, "c": 2.0, "d": 3.0, "e": 4.0})
"""


def writers(root: Path, scale: int) -> dict[str, Any]:
    """Eight processes write while one reads; every row must arrive once."""
    count = 50_000 // scale
    began = time.perf_counter()
    children = [
        subprocess.Popen([sys.executable, "-c", _WRITER, str(root), str(rank), str(count)]) for rank in range(8)
    ]
    reader, cursor, found = RunReader(root), "", 0
    while True:
        is_over = all(child.poll() is not None for child in children)
        records, cursor = reader.read(cursor)
        found += len(records)
        if is_over and not records:
            break
    took = time.perf_counter() - began
    return {"writers": 8, "rows": 8 * count, "lost": 8 * count - found, "rows_per_second": round(found / took)}


def long_curve(root: Path, scale: int) -> dict[str, Any]:
    """One metric of a million rows: the whole range and many zooms, from a warm server and from nothing."""
    count = 1_000_000 // scale
    with LogWriter(log_path(root)) as writer:
        for step, row in enumerate(rows(count)):
            writer.row(step, row)
    began = time.perf_counter()
    while run_table(root).sealed_end() < log_path(root).stat().st_size - 4096 * 100:
        pass
    sealed = time.perf_counter() - began
    zooms = {
        f"{width}_from_{first}": (first, first + width)
        for width in (count // 2, count // 10, count // 20, count // 100, 1000)
        for first in (count // 3 + 17, count // 2 + 1)
    }
    times = {name: median(_times(partial(_ask, root, *bounds), 5)) for name, bounds in zooms.items()}
    return {
        "rows": count,
        "bytes_per_point_live": round(log_path(root).stat().st_size / count / len(KEYS), 2),
        "bytes_per_point_sealed": round(folder_bytes(root / "chunks") / count / len(KEYS), 2),
        "seal_s": round(sealed, 2),
        "full_ms": median(_times(lambda: _ask(root), 9)),
        "full_cold_ms": median(_times(lambda: _ask(root), 5, lambda: _forget([root]))),
        "worst_zoom_ms": max(times.values()),
        "zoom_cold_ms": median(_times(lambda: _ask(root, count // 3 + 17, count // 2), 5, lambda: _forget([root]))),
        "time_axis_ms": median(_times(lambda: _ask(root, x="time"), 5)),
    }


def compare(root: Path, scale: int) -> dict[str, Any]:
    """A hundred runs of ten thousand points on one grid, 800 buckets each."""
    number = 100 // scale
    data = rows(10_000)
    folders = {f"run{index}": root / f"run{index}" for index in range(number)}
    for index, folder in enumerate(folders.values()):
        folder.mkdir()
        with LogWriter(log_path(folder)) as writer:
            for step, row in enumerate(data):
                writer.row(step, {KEYS[0]: row[KEYS[0]] + index})
    for _ in range(4):
        for folder in folders.values():
            run_table(folder)

    def ask(px: int) -> None:
        query.series(folders, list(folders), [KEYS[0]], px=px)

    def cold() -> None:
        _forget(list(folders.values()))

    return {
        "runs": number,
        "cold_ms": median(_times(lambda: ask(800), 5, cold)),
        "warm_ms": median(_times(lambda: ask(800), 5)),
        "warm_from_summaries_ms": median(_times(lambda: ask(150), 5)),
    }


def table(root: Path, scale: int) -> dict[str, Any]:
    """A thousand indexed runs of 200 metrics: sorted and filtered first page, and a refresh with nothing to do."""
    number = 1000 // scale
    workspace = Workspace.open(root)
    names = [f"group{index % 10}/metric{index}" for index in range(200)]
    for index in range(number):
        folder = workspace.run(f"run-{index:04}")
        folder.mkdir()
        (folder / "run.json").write_text(f'{{"name": "run {index}", "task": "log", "created": {index}}}')
        (folder / "spec.yaml").write_text(f"lr: {index / 1000}\n")
        with LogWriter(log_path(folder), sync_seconds=60) as writer:
            for step in range(3):
                writer.row(step, {name: float(index * 7919 % 1000 + step) for name in names})
    with Catalog.open(workspace) as catalog:
        indexer = Indexer(catalog)
        began = time.perf_counter()
        indexer.refresh()
        first = time.perf_counter() - began
        time.sleep(0.1)
        indexer.refresh()

        def page() -> None:
            list_runs(
                catalog, "metrics.group3/metric13<500", sort="-metrics.group3/metric3", metrics=names[:20], limit=50
            )

        def wide_page() -> None:
            list_runs(catalog, "metrics.group3/metric13<500", sort="-metrics.group3/metric3", limit=50)

        return {
            "runs": number,
            "first_index_s": round(first, 2),
            "idle_refresh_ms": median(_times(indexer.refresh, 9)),
            "page_ms": median(_times(page, 9)),
            "page_with_all_metrics_ms": median(_times(wide_page, 9)),
        }


def _ask(root: Path, start: float | None = None, stop: float | None = None, x: query.Axis = "step") -> None:
    query.series({"r": root}, ["r"], [KEYS[0]], x=x, start=start, stop=stop, px=800)


def _forget(folders: list[Path]) -> None:
    forget_decoded()
    for folder in folders:
        forget_table(folder)


def _times(work: Callable[[], object], count: int, before: Callable[[], object] = lambda: None) -> list[float]:
    """Milliseconds of each of ``count`` calls."""
    found = []
    for _ in range(count):
        before()
        began = time.perf_counter()
        work()
        found.append((time.perf_counter() - began) * 1e3)
    return found
