"""The trackers that benchmarks/tracking.py compares, each behind the same three calls. Runs in the peer's own Python.

``python _trackers.py MEASURE TRACKER FOLDER COUNT`` prints one JSON line; ``kill`` prints a dot per acknowledged call.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import resource
import sys
import time
from array import array
from pathlib import Path
from typing import Any, Protocol

sys.path.insert(0, str(Path(__file__).parent))
from _machine import folder_bytes, median, percentile

KEYS = ("train/loss", "train/accuracy", "train/grad_norm", "train/learning_rate", "train/tokens_per_second")


class Tracker(Protocol):
    def __init__(self, folder: Path) -> None: ...
    def log(self, step: int, values: dict[str, float]) -> None: ...
    def finish(self) -> None: ...
    def read(self) -> int:
        """Read one curve back from disk; how many points it has."""
        ...


class Tokenloom:
    def __init__(self, folder: Path) -> None:
        from tokenloom.tracking.client import init

        self.folder, self._open = folder, lambda: init("bench", "run", workspace=folder)

    def start(self) -> None:
        self.run = self._open()

    def log(self, step: int, values: dict[str, float]) -> None:
        self.run.log(values, step)

    def finish(self) -> None:
        self.run.finish()

    def read(self) -> int:
        from tokenloom.tracking.client import runs
        from tokenloom.tracking.series.columns import RunTable

        return len(RunTable(runs(self.folder)[0].folder).refresh().points(KEYS[0]))


class Trackio:
    def __init__(self, folder: Path) -> None:
        os.environ["TRACKIO_DIR"] = str(folder)
        self.trackio = importlib.import_module("trackio")
        self.folder = folder

    def start(self) -> None:
        self.trackio.init(project="bench", name="run", auto_log_gpu=False, auto_log_cpu=False)

    def log(self, step: int, values: dict[str, float]) -> None:
        self.trackio.log(values, step=step)

    def finish(self) -> None:
        self.trackio.finish()

    def read(self) -> int:
        import sqlite3

        connection = sqlite3.connect(self.folder / "bench.db")
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'metrics'").fetchone():
            return 0  # killed before its first write
        rows = connection.execute("SELECT step, metrics FROM metrics ORDER BY step").fetchall()
        return len([json.loads(metrics)[KEYS[0]] for _, metrics in rows])


class TensorBoard:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._writer = importlib.import_module("tensorboardX").SummaryWriter

    def start(self) -> None:
        self.writer = self._writer(str(self.folder))

    def log(self, step: int, values: dict[str, float]) -> None:
        for key, value in values.items():
            self.writer.add_scalar(key, value, step)

    def finish(self) -> None:
        self.writer.close()

    def read(self) -> int:
        module = importlib.import_module("tensorboard.backend.event_processing.event_accumulator")
        events = module.EventAccumulator(str(self.folder), size_guidance={"scalars": 0})
        events.Reload()
        return len(events.Scalars(KEYS[0])) if KEYS[0] in events.Tags()["scalars"] else 0


class MLflow:
    def __init__(self, folder: Path) -> None:
        logging.disable(logging.WARNING)
        self.mlflow = importlib.import_module("mlflow")
        self.mlflow.set_tracking_uri(f"sqlite:///{folder}/mlflow.db")

    def start(self) -> None:
        self.mlflow.start_run()

    def log(self, step: int, values: dict[str, float]) -> None:
        self.mlflow.log_metrics(values, step=step)

    def finish(self) -> None:
        self.mlflow.end_run()

    def read(self) -> int:
        client = self.mlflow.MlflowClient()
        return len(client.get_metric_history(client.search_runs(["0"])[0].info.run_id, KEYS[0]))


TRACKERS: dict[str, Any] = {"tokenloom": Tokenloom, "trackio": Trackio, "tensorboard": TensorBoard, "mlflow": MLflow}


def rows(count: int) -> list[dict[str, float]]:
    """Plausible training metrics: decay with noise, float32 values, a schedule."""
    import math
    import random

    noise = random.Random(0)
    return [
        {
            KEYS[0]: 2 + 3 * math.exp(-step / 20_000) + noise.gauss(0, 0.05),
            KEYS[1]: round(noise.random() * 512) / 512,
            KEYS[2]: abs(noise.gauss(1, 0.2)),
            KEYS[3]: 1e-3 * (1 - step / count),
            KEYS[4]: 50_000 + noise.gauss(0, 500),
        }
        for step in range(count)
    ]


def measure_open(tracker: str, folder: Path, _count: int) -> dict[str, float]:
    """Import, open, first point. The interpreter itself has already started."""
    began = time.perf_counter()
    subject = TRACKERS[tracker](folder)
    subject.start()
    subject.log(0, {"a": 1.0})
    took = time.perf_counter() - began
    subject.finish()
    return {"open_ms": round(took * 1e3, 1)}


def measure_log(tracker: str, folder: Path, count: int) -> dict[str, float]:
    data = rows(count)
    subject = TRACKERS[tracker](folder)
    subject.start()
    subject.log(0, data[0])
    times = array("q", bytes(8 * count))  # touched before memory is measured, and never grown
    clock, log = time.perf_counter_ns, subject.log
    memory, bytes_before, cpu = _resident(), folder_bytes(folder), _cpu_seconds()
    for step in range(1, count):
        began = clock()
        log(step, data[step])
        times[step] = clock() - began
    cpu_log, grown = _cpu_seconds() - cpu, _resident() - memory
    began_finish = time.perf_counter()
    subject.finish()
    finish, cpu_all = time.perf_counter() - began_finish, _cpu_seconds() - cpu
    points = len(KEYS) * (count - 1)
    micro = [value / 1e3 for value in times[1:]]
    return {
        "calls": count,
        "median_us": median(micro),
        "p99_us": percentile(micro, 0.99),
        "cpu_us_per_call": round(cpu_log / count * 1e6, 2),
        "cpu_us_per_call_with_finish": round(cpu_all / count * 1e6, 2),
        "memory_mb_per_million_points": round(grown / points * 1e6 / 1e6, 2),
        "finish_s": round(finish, 3),
        "bytes_per_point": round((folder_bytes(folder) - bytes_before) / points, 2),
    }


def measure_read(tracker: str, folder: Path, count: int) -> dict[str, float]:
    subject = TRACKERS[tracker](folder)
    times = []
    found = 0
    for _ in range(3):
        began = time.perf_counter()
        found = subject.read()
        times.append((time.perf_counter() - began) * 1e3)
    return {"points": found, "expected": count, "read_ms": median(times)}


def kill_me(tracker: str, folder: Path, _count: int) -> None:
    """Log for ever, one dot for each call that has returned."""
    subject = TRACKERS[tracker](folder)
    subject.start()
    step = 0
    while True:
        subject.log(step, {KEYS[0]: float(step)})
        os.write(3, b".")
        time.sleep(0.0005)  # at a trainer's pace, so that background writers have their chance
        step += 1


def _cpu_seconds() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def main() -> None:
    measure, tracker, folder, count = sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])
    folder.mkdir(parents=True, exist_ok=True)
    if measure == "kill":
        kill_me(tracker, folder, count)
        return
    output, sys.stdout = sys.stdout, sys.stderr
    answer = {"open": measure_open, "log": measure_log, "read": measure_read}[measure](tracker, folder, count)
    print(json.dumps(answer), file=output)


if __name__ == "__main__":
    main()
