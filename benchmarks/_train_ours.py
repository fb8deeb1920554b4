"""Tokenloom on W1 and W2 as its users run it: data imported, a recipe, ``tokenloom train``; the figures are read from outside.

Wall times and token counts come from the run's own log, CPU seconds and peak memory from the operating system's view of the worker.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from _train_data import Workload

Marks = list[dict[str, float]]
TERMINAL = ("completed", "failed", "stopped", "interrupted")


def import_data(folder: Path) -> Path:
    """A workspace that holds the workload's rows; all of them are training rows but a few."""
    workspace = folder / "workspace"
    if not workspace.exists():
        tokenloom(workspace, "data", "import", str(folder / "rows.jsonl"), "--name", "rows")
    return workspace


def tokenloom(workspace: Path, *arguments: str) -> str:
    command = [str(Path(sys.executable).with_name("tokenloom")), "--workspace", str(workspace), *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments[:3])} failed:\n{done.stderr[-2000:]}")
    return done.stdout.strip()


def recipe(work: Workload, folder: Path, steps: int, precision: str, settings: dict[str, Any]) -> dict[str, Any]:
    """What a user would write; validation and samples off, as in the peers."""
    own: dict[str, Any] = {
        "name": work.name,
        "data": {"dataset": "rows", "validation_split": None, "render": {"max_sequence_length": work.sequence}},
        "optimizer": {"kind": "adamw", "learning_rate": 1e-3},
        "batch": {"kind": "sequences", "micro_batch_size": work.batch},
        "loop": {"max_steps": steps},
        "evaluation": {"every_steps": None, "sample_tokens": 0},
        "checkpoints": {"every_steps": None},
        "compute": {"device": "cpu", "precision": precision, "deterministic": False, **settings},
    }
    if work.name == "w2":
        model: dict[str, Any] = {"kind": "pretrained", "source": str(folder / "model")}
        return own | {"task": "finetune", "model": model, "tuning": {"kind": "lora", "rank": 16, "alpha": 32}}
    model = {
        "kind": "transformer",
        "tokenizer": str(folder / "tokenizer"),
        "hidden_size": work.hidden_size,
        "num_layers": work.num_layers,
        "num_heads": work.num_heads,
        "intermediate_size": work.intermediate_size,
        "max_sequence_length": work.sequence,
        "tie_embeddings": work.tied,
    }
    return own | {"task": "pretrain", "model": model}


@dataclass(frozen=True)
class Done:
    """Start time (seconds since the epoch), one mark per optimizer step as the peers give it, every step's loss in nats,
    and the share of the loop that is no training: commands, metrics, checks."""

    started: float
    marks: Marks
    losses: list[float]
    hooks_share: float


def run(work: Workload, folder: Path, steps: int, precision: str, settings: dict[str, Any]) -> Done:
    """Train once, through queue, supervisor and worker."""
    from tokenloom.tracking.series.columns import run_table

    workspace = import_data(folder)
    path = folder / "recipe.yaml"
    path.write_text(json.dumps(recipe(work, folder, steps, precision, settings)))
    started = time.time()
    run_id = tokenloom(workspace, "train", str(path), "--detach").splitlines()[-1]
    run_folder = workspace / "runs" / run_id
    marks = _follow(run_folder, steps)
    table = run_table(run_folder)
    losses = [float(value) for value in table.points("train/loss").values]
    hooks = _hooks_share(table)
    shutil.rmtree(run_folder, ignore_errors=True)
    return Done(started, marks, losses, hooks)


def _hooks_share(table: Any) -> float:
    """Median over the steps of what lies between two rows and is not inside a step, by the log's own times."""
    tokens, rates = table.points("train/tokens"), table.points("train/tokens_per_second")
    shares = []
    for at in range(1, len(tokens)):
        step = (tokens.values[at] - tokens.values[at - 1]) / rates.values[at]
        between = tokens.times[at] - tokens.times[at - 1]
        shares.append(max(0.0, 1 - step / between))
    return statistics.median(shares) if shares else 0.0


def _follow(run_folder: Path, steps: int) -> Marks:
    """Look at the log whenever it has grown (a look at its size costs nothing), until the run has ended."""
    from tokenloom.tracking import query
    from tokenloom.tracking.lease import read_lease

    seen: dict[int, dict[str, float]] = {}
    used, size = (0.0, 0.0), -1
    while True:
        lease = read_lease(run_folder) if size else None
        used = (_usage(lease.pid) if lease else None) or used
        grown = sum(path.stat().st_size for path in run_folder.glob("log.*.bin"))
        if grown == size:
            time.sleep(0.02)
            continue
        size = grown
        summary = query.summary(run_folder)
        if "train/tokens" in summary:
            tokens = summary["train/tokens"]
            mark = {
                "step": tokens.last_step,
                "wall": time.time(),
                "cpu": used[0],
                "tokens": tokens.last,
                "peak_mb": used[1],
            }
            seen.setdefault(int(tokens.last_step), mark)
        ended = [event for event in query.events(run_folder, {"state"}) if event["state"] in TERMINAL]
        if ended and ended[-1]["state"] != "completed":
            raise SystemExit(f"the run ended as {ended[-1]}")
        if ended:
            return [seen[step] for step in sorted(seen) if step <= steps]


def _usage(pid: int) -> tuple[float, float] | None:
    """CPU seconds and peak resident megabytes of a process and the helpers that it started."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    ticks = sum(int(field) for field in fields[11:15])
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]
    return ticks / os.sysconf("SC_CLK_TCK"), int(peak) / 1024
