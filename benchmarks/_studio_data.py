"""The same runs for each tracker whose page benchmarks/studio.py opens. Runs in the peer's own Python.

``python _studio_data.py TRACKER FOLDER RUNS POINTS METRICS`` writes them; ``live FOLDER RUNS SECONDS`` logs at ten rows a second and then prints
when each step was logged.
"""

from __future__ import annotations

import importlib
import json
import math
import os
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

HERTZ = 10
LIVE_METRICS = 10


def values(run: int, points: int, metrics: int) -> Iterator[dict[str, float]]:
    """A loss that falls with noise, and its like under other names."""
    noise = random.Random(run)
    names = ["train/loss", *(f"train/metric_{number}" for number in range(1, metrics))]
    for step in range(points):
        level = 2 + run / 10 + 3 * math.exp(-step / (points / 5))
        yield {name: level + noise.gauss(0, 0.05) for name in names}


def write_tokenloom(folder: Path, run: int, points: int, metrics: int) -> None:
    import tokenloom

    with tokenloom.init("bench", f"run-{run}", workspace=folder) as opened:
        for step, row in enumerate(values(run, points, metrics)):
            opened.log(row, step)


def write_trackio(folder: Path, run: int, points: int, metrics: int) -> None:
    os.environ["TRACKIO_DIR"] = str(folder)
    trackio = importlib.import_module("trackio")
    trackio.init(project="bench", name=f"run-{run}", auto_log_gpu=False, auto_log_cpu=False)
    for step, row in enumerate(values(run, points, metrics)):
        trackio.log(row, step=step)
    trackio.finish()


def write_tensorboard(folder: Path, run: int, points: int, metrics: int) -> None:
    writer = importlib.import_module("tensorboardX").SummaryWriter(str(folder / f"run-{run}"))
    for step, row in enumerate(values(run, points, metrics)):
        for name, value in row.items():
            writer.add_scalar(name, value, step)
    writer.close()


WRITERS = {"tokenloom": write_tokenloom, "trackio": write_trackio, "tensorboard": write_tensorboard}


def live(folder: Path, runs: int, seconds: float) -> None:
    """First the id of the first run, at the end the wall time of each of its steps; one JSON line each."""
    import tokenloom

    opened = [tokenloom.init("bench", f"live-{run}", workspace=folder) for run in range(runs)]
    rows = [values(run, int(seconds * HERTZ), LIVE_METRICS) for run in range(runs)]
    times: dict[int, float] = {}
    print(json.dumps({"run": json.loads((opened[0].folder / "run.json").read_text())["id"]}), flush=True)
    began = time.monotonic()
    for step in range(int(seconds * HERTZ)):
        time.sleep(max(0.0, began + step / HERTZ - time.monotonic()))
        for run, source in zip(opened, rows, strict=True):
            run.log(next(source), step)
            times.setdefault(step, time.time())
    for run in opened:
        run.finish()
    print(json.dumps({"times": times}), flush=True)


def main() -> None:
    tracker, folder, numbers = sys.argv[1], Path(sys.argv[2]), [int(word) for word in sys.argv[3:]]
    folder.mkdir(parents=True, exist_ok=True)
    if tracker == "live":
        live(folder, *numbers)
        return
    runs, points, metrics = numbers
    for run in range(runs):
        WRITERS[tracker](folder, run, points, metrics)


if __name__ == "__main__":
    main()
