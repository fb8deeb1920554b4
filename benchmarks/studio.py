"""The promises of the studio's pages, measured in a real browser beside TensorBoard's and Trackio's pages of the same data.

``python benchmarks/studio.py [--peers make|use|skip] [--repeats N] [--quick]`` prints one JSON document: medians with every single
value beside them, ratios, promises, the machine. Needs Node, Chromium and the studio's packages (``python scripts/studio.py``).
Peers live in a virtual environment of their own below the user's cache folder; they are no dependency of ours.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import _studio_data
from _machine import machine, median, percentile
from _studio_servers import page_address, serving

ROOT = Path(__file__).parents[1]
BROWSER = Path(__file__).with_name("_studio_browser.mjs")
ASSETS = ROOT / "web" / "dist" / "assets"
PEERS = ("tensorboard", "trackio")
PACKAGES = ("tensorboard", "tensorboardX", "trackio")
HEIGHTS = {"one_run": 900, "ten_runs": 1600}  # of the window: what is not on screen is not drawn
CANVASES = {"tokenloom": ".uplot canvas", "tensorboard": "line-chart canvas", "trackio": "canvas"}
LIVE_RUNS = 10
JOB_SECONDS = 300
PROMISES_AT_MOST = {
    "server_first_answer_s": 1.5,
    "first_paint_ms": 500,
    "chart_cold_ms": 1000,
    "chart_warm_ms": 500,
    "ten_runs_chart_after_request_ms": 150,
    "zoom_ms": 150,
    "log_to_pixel_median_ms": 100,
    "log_to_pixel_p95_ms": 250,
    "live_heap_growth_mb": 20,
    "inp_worst_ms": 200,
    "route_change_ms": 100,
    "first_route_js_kb": 200,
    "first_route_css_kb": 20,
    "largest_lazy_kb": 120,
    "all_js_kb": 700,
}
PROMISES_AT_LEAST = {"live_frames_per_second": 55, "lighthouse_desktop": 95, "lighthouse_mobile": 90}


def main() -> None:
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that no server stays behind
    subprocess.run([sys.executable, str(ROOT / "scripts" / "studio.py")], check=True, stdout=sys.stderr)
    peer = _peer_python(options.peers)
    pythons = {"tokenloom": Path(sys.executable)} | (dict.fromkeys(PEERS, peer) if peer else {})
    report: dict[str, Any] = {"machine": machine(), "repeats": options.repeats}
    with tempfile.TemporaryDirectory(prefix="tokenloom-bench-") as name:
        root = Path(name)
        _write_data(pythons, root, 10 if options.quick else 1)
        report["pages"] = _contests(pythons, root, options.repeats)
        report["ours"] = _ours(root, options)
    report["promises"] = _promises(report)
    report["ratios"] = _ratios(report["pages"])
    report["machine"]["load_after"] = round(os.getloadavg()[0], 2)
    print(json.dumps(report, indent=1))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", choices=("make", "use", "skip"), default="use", help="make: install them first")
    parser.add_argument("--repeats", type=int, default=5, help="servers started, and pages opened, of each kind")
    parser.add_argument("--seconds", type=int, default=20, help="how long live runs are watched")
    parser.add_argument("--quick", action="store_true", help="a tenth of the points in the comparison, fewer repeats")
    options = parser.parse_args()
    if options.quick:
        options.repeats, options.seconds = min(options.repeats, 2), min(options.seconds, 10)
    return options


def _peer_python(wish: str) -> Path | None:
    """Python of the environment that holds the peers; None when they are to be left out."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "tokenloom-bench" / "studio"
    python = folder / "bin" / "python"
    if wish == "make" and not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    if wish == "skip" or not python.exists():
        _say("without peers (install them with --peers make)")
        return None
    return python


def _write_data(pythons: dict[str, Path], root: Path, scale: int) -> None:
    """The same values for each tracker: one run of 10k steps with five metrics, ten runs of 100k points."""
    for tracker, python in pythons.items():
        for setting, numbers in (("one_run", (1, 10_000, 5)), ("ten_runs", (10, 100_000 // scale, 1))):
            _say(f"data of {tracker}, {setting} …")
            command = [str(python), _studio_data.__file__, tracker, str(root / setting / tracker), *map(str, numbers)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _contests(pythons: dict[str, Path], root: Path, repeats: int) -> dict[str, Any]:
    """In turn: each repeat starts every tracker's server anew and opens its page with an empty cache, then again."""
    visits: dict[str, dict[str, list[dict[str, Any]]]] = {
        setting: {tracker: [] for tracker in pythons} for setting in HEIGHTS
    }
    for number in range(repeats):
        for setting in HEIGHTS:
            for tracker, python in pythons.items():
                _say(f"page {number + 1} of {repeats}: {tracker}, {setting} …")
                visits[setting][tracker].append(_visit(tracker, python, root / setting / tracker, HEIGHTS[setting]))
    return {
        setting: {tracker: _summed(found) for tracker, found in trackers.items()}
        for setting, trackers in visits.items()
    }


def _visit(tracker: str, python: Path, folder: Path, height: int) -> dict[str, Any]:
    with serving(tracker, python, folder) as server:
        url = page_address(tracker, server, _run_ids(folder))
        found = _browse("visit", url=url, entrance=server.entrance, height=height, canvas=CANVASES[tracker])
        return {"first_answer_s": server.first_answer_s, "ready_s": server.ready_s, **found}


def _summed(visits: list[dict[str, Any]]) -> dict[str, Any]:
    """Medians, and all values, since the machine is shared."""
    values: dict[str, list[float]] = {name: [visit[name] for visit in visits] for name in ("first_answer_s", "ready_s")}
    for name in ("cold", "warm"):
        pages = [visit[name] for visit in visits]
        values[f"first_paint_{name}_ms"] = [page["first_paint"] for page in pages if page["first_paint"]]
        values[f"chart_{name}_ms"] = [page["chart"] for page in pages]
        values[f"longest_task_{name}_ms"] = [max(page["long_tasks"], default=0) for page in pages]
        asked = [page for page in pages if page["curves_asked"] is not None]
        values[f"chart_after_request_{name}_ms"] = [page["chart"] - page["curves_asked"] for page in asked]
        values[f"server_{name}_ms"] = [page["curves_read"] - page["curves_asked"] for page in asked]
    return {name: _spread(found) for name, found in values.items() if found}


def _spread(values: list[float]) -> dict[str, Any]:
    return {"median": median(values), "all": [round(value, 2) for value in values]}


def _ours(root: Path, options: argparse.Namespace) -> dict[str, Any]:
    """What only Tokenloom is asked for: zoom, live, interactions, routes, weight, Lighthouse."""
    one, ten = root / "one_run" / "tokenloom", root / "ten_runs" / "tokenloom"
    with serving("tokenloom", Path(sys.executable), ten) as server:
        page = page_address("tokenloom", server, _run_ids(ten))
        job = {"url": page, "entrance": server.entrance, "height": HEIGHTS["ten_runs"]}
        zooms = _browse("zoom", **job, repeats=2 * options.repeats)["zooms"]
        interactions = [
            _browse("interactions", url=server.url, entrance=server.entrance, run=f"runs/{_run_ids(ten)[0]}")["worst"]
            for _ in range(min(3, options.repeats))
        ]
    with serving("tokenloom", Path(sys.executable), one) as server:
        where = {"url": server.url, "entrance": server.entrance}
        run = f"runs/{_run_ids(one)[0]}"
        routes = _browse("routes", **where, repeats=options.repeats)["routes"]
        assets = _browse("assets", **where, pages=["", run])["assets"]
        scores = _browse("scores", **where, pages={"home": "", "run": run})["scores"]
    lives = [_live(root / f"live-{number}", options.seconds) for number in range(min(3, options.repeats))]
    return {
        "zoom": _zooms(zooms),
        "live": {name: _spread([live[name] for live in lives]) for name in lives[0]},
        "interactions_ms": {name: _spread([each[name] for each in interactions]) for name in interactions[0]},
        "routes_ms": {place: _spread(times) for place, times in routes.items()},
        "weight_kb": _weight(assets),
        "lighthouse": scores,
    }


def _zooms(found: list[dict[str, float] | None]) -> dict[str, Any]:
    done = [zoom for zoom in found if zoom]
    if not done:
        return {"unanswered": len(found)}
    total, server = [zoom["total"] for zoom in done], [zoom["server"] for zoom in done]
    return {"total_ms": _spread(total), "server_ms": _spread(server), "unanswered": len(found) - len(done)}


def _live(folder: Path, seconds: int) -> dict[str, float]:
    """Ten runs log ten metrics ten times a second while the page of one is open."""
    folder.mkdir()
    with serving("tokenloom", Path(sys.executable), folder) as server:
        command = [sys.executable, _studio_data.__file__, "live", str(folder), str(LIVE_RUNS), str(seconds + 12)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            run = json.loads(writer.stdout.readline())["run"]
            time.sleep(1)
            seen = _browse("live", url=f"{server.url}runs/{run}", entrance=server.entrance, seconds=seconds)
            times = json.loads(writer.stdout.readline())["times"]
    waits = _waits({int(step): at for step, at in times.items()}, seen["shown"])
    return {
        "frames_per_second": seen["frames_per_second"],
        "long_tasks": len(seen["long_tasks"]),
        "longest_task_ms": max(seen["long_tasks"], default=0),
        "heap_mb": seen["heap"] / 1e6,
        "heap_growth_mb": seen["heap_growth"] / 1e6,
        "steps_seen": len(waits),
        "log_to_pixel_median_ms": statistics.median(waits),
        "log_to_pixel_p95_ms": percentile(waits, 0.95),
    }


def _waits(times: dict[int, float], shown: list[dict[str, float]]) -> list[float]:
    """Milliseconds from each step's log call until a frame showed it or a later one. The first text has no known beginning."""
    waits = []
    for before, now in itertools.pairwise(shown):
        steps = [step for step in times if before["step"] < step <= now["step"]]
        waits += [(now["at"] - times[step]) * 1e3 for step in steps]
    return waits


def _weight(assets: dict[str, list[str]]) -> dict[str, float]:
    """Kilobytes (1,000 bytes) after gzip."""
    run = next(names for page, names in assets.items() if page != "home")
    scripts = [path.name for path in ASSETS.glob("*.js")]
    lazy = set(scripts) - set(assets["home"])
    return {
        "home_js": _gzipped(assets["home"], ".js"),
        "home_css": _gzipped(assets["home"], ".css"),
        "run_js": _gzipped(run, ".js"),
        "run_css": _gzipped(run, ".css"),
        "largest_lazy_js": max((_gzipped([name], ".js") for name in lazy), default=0.0),
        "all_js": _gzipped(scripts, ".js"),
    }


def _gzipped(names: list[str], ending: str) -> float:
    sizes = [
        len(gzip.compress((ASSETS / name).read_bytes(), 9))
        for name in set(names)
        if name.endswith(ending) and (ASSETS / name).exists()
    ]
    return round(sum(sizes) / 1000, 1)


def _promises(report: dict[str, Any]) -> dict[str, Any]:
    pages, ours = report["pages"], report["ours"]
    one, ten, live = pages["one_run"]["tokenloom"], pages["ten_runs"]["tokenloom"], ours["live"]
    weight, scores = ours["weight_kb"], ours["lighthouse"]
    measured = {
        "server_first_answer_s": one["first_answer_s"]["median"],
        "first_paint_ms": one["first_paint_cold_ms"]["median"],
        "chart_cold_ms": one["chart_cold_ms"]["median"],
        "chart_warm_ms": one["chart_warm_ms"]["median"],
        "ten_runs_chart_after_request_ms": ten["chart_after_request_warm_ms"]["median"],
        "zoom_ms": ours["zoom"].get("total_ms", {"median": float("inf")})["median"],
        "live_frames_per_second": live["frames_per_second"]["median"],
        "live_heap_growth_mb": live["heap_growth_mb"]["median"],
        "log_to_pixel_median_ms": live["log_to_pixel_median_ms"]["median"],
        "log_to_pixel_p95_ms": live["log_to_pixel_p95_ms"]["median"],
        "inp_worst_ms": max(each["median"] for each in ours["interactions_ms"].values()),
        "route_change_ms": max(each["median"] for each in ours["routes_ms"].values()),
        "first_route_js_kb": weight["home_js"],
        "first_route_css_kb": weight["home_css"],
        "largest_lazy_kb": weight["largest_lazy_js"],
        "all_js_kb": weight["all_js"],
        "lighthouse_desktop": min(scores[f"{page}_desktop"]["performance"] or 0 for page in ("home", "run")),
        "lighthouse_mobile": min(scores[f"{page}_mobile"]["performance"] or 0 for page in ("home", "run")),
    }
    most = {name: measured[name] <= promised for name, promised in PROMISES_AT_MOST.items()}
    least = {name: measured[name] >= promised for name, promised in PROMISES_AT_LEAST.items()}
    promised = PROMISES_AT_MOST | PROMISES_AT_LEAST
    holds = most | least
    return {name: {"promised": promised[name], "measured": measured[name], "holds": holds[name]} for name in promised}


def _ratios(pages: dict[str, Any]) -> dict[str, Any]:
    """How many times longer a peer's page takes than ours."""
    names = (
        "first_answer_s",
        "ready_s",
        "first_paint_cold_ms",
        "chart_cold_ms",
        "first_paint_warm_ms",
        "chart_warm_ms",
    )
    return {
        setting: {
            peer: {name: round(found[name]["median"] / trackers["tokenloom"][name]["median"], 2) for name in names}
            for peer, found in trackers.items()
            if peer != "tokenloom"
        }
        for setting, trackers in pages.items()
    }


def _run_ids(folder: Path) -> list[str]:
    """Ids of a workspace's runs, oldest first; none for a peer."""
    return sorted(path.name for path in (folder / "runs").glob("*") if (path / "run.json").is_file())


def _browse(work: str, **job: Any) -> dict[str, Any]:
    _say(f"browser: {work} …")
    done = subprocess.run(
        ["node", str(BROWSER)],
        input=json.dumps({"do": work, **job}),
        capture_output=True,
        text=True,
        timeout=JOB_SECONDS,
    )
    if done.returncode != 0:
        raise SystemExit(f"the browser's part “{work}” failed:\n{done.stderr[-3000:]}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
