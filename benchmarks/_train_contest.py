"""The contest that train_w1.py and train_w2.py hold: every contender in turn, several times, in fresh processes; one JSON document."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import _train_ours
import _train_peers
from _machine import machine, median
from _train_data import Workload, flops_per_token, furnish

PACKAGES = ("trl", "datasets")
OURS = "tokenloom"
Marks = list[dict[str, float]]


@dataclass(frozen=True)
class Promise:
    """``peer`` named as in the report; ours must be ``ratio`` times as fast."""

    peer: str
    ratio: float


@dataclass(frozen=True)
class Contest:
    """``contenders``: name → (peer or ``tokenloom``, precision, share of the steps that it makes, because its steps are long)."""

    work: Workload
    contenders: dict[str, tuple[str, str, float]]
    promises: tuple[Promise, ...]
    first_step_seconds: float
    peak_mb: float


def hold(contest: Contest, description: str) -> None:
    """Parse the options, run everything, print the document."""
    options = _options(description)
    python = _peer_python(options.peers)
    report: dict[str, Any] = {"workload": contest.work.name, "threads": options.threads or "each its own choice"}
    report["machine"] = machine()
    report["gemm_gflops"] = ceiling = gemm_ceiling(contest.work, options.threads)
    has_bf16 = ceiling["bf16"] > 0.5 * ceiling["fp32"]
    if not has_bf16:
        report["bf16"] = (
            "this chip has no fast bf16 products: contenders in bf16 are left out, ours takes fp32 by its probe"
        )
    repeats, steps = (1, options.steps or 5) if options.quick else (options.repeats, options.steps or 10)
    with tempfile.TemporaryDirectory(prefix="tokenloom-bench-") as name:
        folder = Path(name)
        furnish(folder, contest.work)
        _train_ours.import_data(folder)
        runs: dict[str, list[dict[str, float]]] = {}
        for turn in range(repeats):
            for contender, (kind, precision, share) in contest.contenders.items():
                if options.only and contender not in (OURS, *options.only.split(",")):
                    continue
                if (kind != OURS and python is None) or (precision == "bf16" and not has_bf16):
                    continue
                _say(f"{turn + 1}/{repeats} {contender} … (load {os.getloadavg()[0]:.1f})")
                own_steps = max(2, round(steps * share))
                done = _run(contest.work, kind, precision, folder, own_steps, python, options.threads)
                runs.setdefault(contender, []).append(done)
                _say(f"    {done}")
    report["contenders"] = {contender: _medians(each) for contender, each in runs.items()}
    report["useful_share_of_ceiling"] = _mfu(contest.work, report["contenders"], ceiling, has_bf16)
    report["promises"] = _judge(contest, report["contenders"])
    report["load_after"] = round(os.getloadavg()[0], 2)
    print(json.dumps(report, indent=1))


def gemm_ceiling(work: Workload, threads: int) -> dict[str, float]:
    """Best billions of floating-point operations per CPU second in products of the workload's shapes, by format."""
    code = (
        "import json, sys, time, torch\n"
        "threads, wide, inner = map(int, sys.argv[1:])\n"
        "torch.set_num_threads(threads or torch.get_num_threads())\n"
        "best = {}\n"
        "for name, dtype in (('fp32', torch.float32), ('bf16', torch.bfloat16)):\n"
        "    for rows in (1024, 4096) if name == 'fp32' else (1024,):\n"
        "        a, b = torch.randn(rows, wide).to(dtype), torch.randn(wide, inner).to(dtype)\n"
        "        a @ b\n"
        "        for _ in range(5):\n"
        "            cpu, count = time.process_time(), 0\n"
        "            while time.process_time() - cpu < 0.3:\n"
        "                a @ b; count += 1\n"
        "            rate = 2e-9 * rows * wide * inner * count / (time.process_time() - cpu)\n"
        "            best[name] = max(best.get(name, 0.0), rate)\n"
        "print(json.dumps({name: round(rate, 1) for name, rate in best.items()}))\n"
    )
    command = [sys.executable, "-c", code, str(threads), str(work.hidden_size), str(work.intermediate_size)]
    found: dict[str, float] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return found


def _options(description: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--peers", choices=("make", "use", "skip"), default="use", help="make: install them first")
    parser.add_argument("--repeats", type=int, default=3, help="turns, each with every contender")
    parser.add_argument("--steps", type=int, default=0, help="optimizer steps a run (10; quick: 5)")
    parser.add_argument("--threads", type=int, default=0, help="threads for all; 0 = what each chooses by itself")
    parser.add_argument("--only", default="", help="peers, with commas between; empty = all")
    parser.add_argument("--quick", action="store_true", help="one turn of few steps")
    return parser.parse_args()


def _peer_python(wish: str) -> Path | None:
    """Python of the peers' own environment. It sees our torch, transformers and peft, so that all compute with the same builds."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "tokenloom-bench" / "training" / "env"
    python = folder / "bin" / "python"
    if wish == "make" and not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        import torch

        ours = Path(torch.__file__).resolve().parents[1]
        site = next((folder / "lib").glob("python*")) / "site-packages"
        (site / "shared.pth").write_text(f"{ours}\n")
        command = [str(python), "-m", "pip", "install", "--quiet", f"torch=={torch.__version__}", *PACKAGES]
        subprocess.run(command, check=True)
    if wish == "skip" or not python.exists():
        _say("without peers (install them with --peers make)")
        return None
    return python


def _run(
    work: Workload, kind: str, precision: str, folder: Path, steps: int, python: Path | None, threads: int
) -> dict[str, float]:
    hooks: dict[str, float] = {}
    if kind == OURS:
        done = _train_ours.run(work, folder, steps, precision, {"threads": threads or None})
        started, marks = done.started, done.marks
        hooks = {"hooks_share": round(float(done.hooks_share), 5)}
    else:
        started, marks = _run_peer(str(python), kind, work, folder, steps, precision, threads)
    rates = [_rates(before, after) for before, after in pairwise(marks)]  # the first step warms up
    return {
        "tokens_per_cpu_second": median([rate[0] for rate in rates], 1),
        "tokens_per_second": median([rate[1] for rate in rates], 1),
        "first_step_seconds": round(marks[0]["wall"] - started, 2),
        "peak_mb": round(max(mark["peak_mb"] for mark in marks), 1),
        **hooks,
    }


def _rates(before: dict[str, float], after: dict[str, float]) -> tuple[float, float]:
    tokens = after["tokens"] - before["tokens"]
    return tokens / max(after["cpu"] - before["cpu"], 1e-9), tokens / max(after["wall"] - before["wall"], 1e-9)


def _run_peer(
    python: str, peer: str, work: Workload, folder: Path, steps: int, precision: str, threads: int
) -> tuple[float, Marks]:
    command = [python, _train_peers.__file__, peer, work.name, str(folder), str(steps), precision, str(threads)]
    environment = dict(os.environ) | ({"OMP_NUM_THREADS": str(threads)} if threads else {})
    started = time.time()
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    marks = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"step"')]
    if done.returncode or len(marks) < 2:
        raise SystemExit(f"{peer} failed:\n{done.stderr[-3000:]}")
    return started, marks


def _medians(runs: list[dict[str, float]]) -> dict[str, Any]:
    """Median over the turns, and all turns' rates, so that a reader sees how far they lie apart."""
    return {name: median([run[name] for run in runs], 5) for name in runs[0]} | {
        "turns": [run["tokens_per_cpu_second"] for run in runs]
    }


def _mfu(work: Workload, contenders: dict[str, Any], ceiling: dict[str, float], has_bf16: bool) -> dict[str, float]:
    """Needed floating-point operations per CPU second over the measured ceiling of the format that was used."""
    is_lora = work.name == "w2"
    needed = flops_per_token(
        work, mean_context=90 if is_lora else work.sequence / 2, labelled=0.5 if is_lora else 1.0, is_lora=is_lora
    )
    shares = {}
    for name, figures in contenders.items():
        in_bf16 = "bf16" in name or (name == OURS and has_bf16)
        top = ceiling["bf16" if in_bf16 else "fp32"]
        shares[name] = round(needed * figures["tokens_per_cpu_second"] / 1e9 / top, 3)
    return shares


def _judge(contest: Contest, contenders: dict[str, Any]) -> dict[str, Any]:
    """Ratios of useful tokens per CPU second and per second of wall time against each peer, and the two limits."""
    own = contenders[OURS]
    found: dict[str, Any] = {}
    for promise in contest.promises:
        if promise.peer not in contenders:
            found[f"against {promise.peer}"] = {"promised": promise.ratio, "measured": None}
            continue
        peer = contenders[promise.peer]
        ratio = round(own["tokens_per_cpu_second"] / peer["tokens_per_cpu_second"], 2)
        by_wall = round(own["tokens_per_second"] / peer["tokens_per_second"], 2)
        found[f"against {promise.peer}"] = {
            "promised": promise.ratio,
            "measured": ratio,
            "by_wall": by_wall,
            "holds": ratio >= promise.ratio,
        }
    limits = {"first_step_seconds": contest.first_step_seconds, "peak_mb": contest.peak_mb, "hooks_share": 0.005}
    for name, limit in limits.items():
        found[name] = {"promised": limit, "measured": own[name], "holds": own[name] <= limit}
    return found


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
