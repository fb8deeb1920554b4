"""The promises of the tracking room, measured beside Trackio, TensorBoard and MLflow in the same run.

``python benchmarks/tracking.py [--peers make|use|skip] [--kills N] [--quick]`` prints one JSON document.
Peers live in a virtual environment of their own below the user's cache folder; they are no dependency of ours.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import _trackers
from _machine import machine, median

PEERS = ("trackio", "tensorboard", "mlflow")
PACKAGES = ("trackio", "tensorboardX", "tensorboard", "mlflow")
CALLS = {"tokenloom": 200_000, "trackio": 20_000, "tensorboard": 10_000, "mlflow": 300}
PROMISES = {
    "log_median_us": 5.0,
    "log_p99_us": 50.0,
    "log_cpu_us": 6.0,
    "memory_mb_per_million_points": 1.0,
    "open_ms": 50.0,
    "lost_after_sigkill": 0.0,
    "bytes_per_point_live": 15.0,
    "bytes_per_point_sealed": 7.0,
    "writers_lost": 0.0,
    "curve_1m_full_ms": 5.0,
    "curve_1m_zoom_ms": 20.0,
    "compare_100x10k_cold_ms": 60.0,
    "compare_100x10k_warm_ms": 10.0,
    "table_1000x200_ms": 100.0,
    "idle_1000_runs_ms": 50.0,
}


def main() -> None:
    options = _options()
    random.seed(0)
    environment = _peer_python(options.peers)
    with tempfile.TemporaryDirectory(prefix="tokenloom-bench-") as name:
        root = Path(name)
        trackers = {"tokenloom": Path(sys.executable)} | (dict.fromkeys(PEERS, environment) if environment else {})
        report: dict[str, Any] = {"machine": machine(), "trackers": {}}
        for tracker, python in trackers.items():
            _say(f"{tracker} …")
            kills = options.kills if tracker == "tokenloom" else min(options.kills, options.peer_kills)
            report["trackers"][tracker] = _contest(python, tracker, root / tracker, kills, options.quick)
        report["ours"] = _ours(root, options.quick)
    report["promises"] = _promises(report)
    report["ratios"] = _ratios(report["trackers"])
    print(json.dumps(report, indent=1))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", choices=("make", "use", "skip"), default="use", help="make: install them first")
    parser.add_argument("--kills", type=int, default=20, help="how often Tokenloom's writer is killed")
    parser.add_argument("--peer-kills", type=int, default=5, help="how often each peer's writer is killed")
    parser.add_argument("--quick", action="store_true", help="a tenth of the work")
    return parser.parse_args()


def _peer_python(wish: str) -> Path | None:
    """Python of the environment that holds the peers; None when they are to be left out."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "tokenloom-bench" / "tracking"
    python = folder / "bin" / "python"
    if wish == "make" and not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    if wish == "skip" or not python.exists():
        _say("without peers (install them with --peers make)")
        return None
    return python


def _contest(python: Path, tracker: str, folder: Path, kills: int, quick: bool) -> dict[str, Any]:
    count = CALLS[tracker] // (10 if quick else 1)
    _child(python, "open", tracker, folder / "open", 0)  # the first one makes databases and caches
    opened = [_child(python, "open", tracker, folder / "open", 0)["open_ms"] for _ in range(3)]
    logged = _child(python, "log", tracker, folder / "log", count)
    read = _child(python, "read", tracker, folder / "log", count)
    return {"open_ms": median(opened), **logged, "read_curve": read, "sigkill": _kills(python, tracker, folder, kills)}


def _child(python: Path, measure: str, tracker: str, folder: Path, count: int) -> dict[str, Any]:
    command = [str(python), _trackers.__file__, measure, tracker, str(folder), str(count)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{tracker} {measure} failed:\n{done.stderr[-3000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _kills(python: Path, tracker: str, folder: Path, kills: int) -> dict[str, Any]:
    """Kill a writer at random moments; what share of the calls that had returned can be read back."""
    acknowledged, shares, lost = 0, [], 0
    for number in range(kills):
        place = folder / f"kill-{number}"
        count = _killed(python, tracker, place)
        found = _child(python, "read", tracker, place, count)["points"]
        acknowledged += count
        lost += max(0, count - found)
        shares.append(min(1.0, found / count))
        shutil.rmtree(place, ignore_errors=True)
    return {
        "kills": kills,
        "acknowledged": acknowledged,
        "lost": lost,
        "worst_share": round(min(shares, default=1.0), 4),
    }


def _killed(python: Path, tracker: str, place: Path) -> int:
    """Calls that a writer acknowledged (through descriptor 3) before it was killed."""
    reading, writing = os.pipe()
    command = [str(python), _trackers.__file__, "kill", tracker, str(place), "0"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    child = subprocess.Popen(
        ["bash", "-c", f'exec 3>&{writing}; exec "$@"', "bash", *command], pass_fds=(writing,), **quiet
    )
    os.close(writing)
    count = len(os.read(reading, 1))
    end = time.monotonic() + random.uniform(0.05, 2.0)
    while time.monotonic() < end:
        count += len(os.read(reading, 4096))
    child.kill()
    child.wait()
    while data := os.read(reading, 65536):
        count += len(data)
    os.close(reading)
    return count


def _ours(root: Path, quick: bool) -> dict[str, Any]:
    import _tokenloom

    scale = 10 if quick else 1
    report: dict[str, Any] = {}
    parts: dict[str, Callable[[Path, int], dict[str, Any]]] = {
        "writers": _tokenloom.writers,
        "curve_1m": _tokenloom.long_curve,
        "compare": _tokenloom.compare,
        "table": _tokenloom.table,
    }
    for name, measure in parts.items():
        _say(f"tokenloom {name} …")
        (root / name).mkdir()
        report[name] = measure(root / name, scale)
    return report


def _promises(report: dict[str, Any]) -> dict[str, Any]:
    own, ours = report["trackers"]["tokenloom"], report["ours"]
    measured = {
        "log_median_us": own["median_us"],
        "log_p99_us": own["p99_us"],
        "log_cpu_us": own["cpu_us_per_call"],
        "memory_mb_per_million_points": own["memory_mb_per_million_points"],
        "open_ms": own["open_ms"],
        "lost_after_sigkill": own["sigkill"]["lost"],
        "bytes_per_point_live": own["bytes_per_point"],
        "bytes_per_point_sealed": ours["curve_1m"]["bytes_per_point_sealed"],
        "writers_lost": ours["writers"]["lost"],
        "curve_1m_full_ms": ours["curve_1m"]["full_ms"],
        "curve_1m_zoom_ms": ours["curve_1m"]["worst_zoom_ms"],
        "compare_100x10k_cold_ms": ours["compare"]["cold_ms"],
        "compare_100x10k_warm_ms": ours["compare"]["warm_ms"],
        "table_1000x200_ms": ours["table"]["page_ms"],
        "idle_1000_runs_ms": ours["table"]["idle_refresh_ms"],
    }
    return {
        name: {"promised": promised, "measured": measured[name], "holds": measured[name] <= promised}
        for name, promised in PROMISES.items()
    }


def _ratios(trackers: dict[str, Any]) -> dict[str, Any]:
    """How many times more a peer needs than Tokenloom."""
    own = trackers["tokenloom"]
    names = ("open_ms", "median_us", "p99_us", "cpu_us_per_call_with_finish", "bytes_per_point")
    return {
        peer: {name: round(trackers[peer][name] / own[name], 2) for name in names if own[name]}
        for peer in PEERS
        if peer in trackers
    }


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
