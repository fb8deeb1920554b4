"""How long a recipe will take and what it leaves on disk.

The speed is what earlier runs on this machine reached, as arithmetic per second; where there is none yet, a fifth of a second of matrix
products gives a rough figure, and the answer says so. Arithmetic of training (Kaplan et al. 2020): 6 operations per weight and token,
4 where only adapters learn.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from tokenloom.data.dataset import DatasetStore
from tokenloom.data.statistics import read_lengths
from tokenloom.data.tokenizer.store import TokenizerStore
from tokenloom.jobs.foresight.shapes import shape_of
from tokenloom.jobs.runs import last_state, read_info, read_spec
from tokenloom.kit.errors import TokenloomError
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.training.batch import SequenceBatch
from tokenloom.tracking import query

LOOKED_AT = 60  # newest runs that are looked at for speeds
SPEEDS = 8  # newest speeds that count
TRAINING = ("pretrain", "finetune")
SPREAD = 1.15  # least factor around measured speeds: evaluation and saving take their share
ROUGH_SHARE, ROUGH_SPREAD = 0.25, 2.5  # of what plain products reach; small models reach less
SAMPLED_ROWS = 300
WEIGHT_BYTES = 4  # fp32


@dataclass(frozen=True)
class Speed:
    """Operations per second, with bounds; ``runs`` earlier runs stand behind it, 0 means a rough guess."""

    expected: float
    low: float
    high: float
    runs: int


def outlook(workspace: Workspace, spec: Any, *, parameters: int, trained: int, micro_tokens: float) -> dict[str, Any]:
    """Steps, tokens, seconds with bounds, and bytes of checkpoints."""
    per_step = round(micro_tokens * spec.batch.gradient_accumulation_steps)
    steps, rows = _steps(workspace, spec, per_step)
    speed = speed_of_machine(workspace)
    kept = spec.checkpoints.keep_last + int(spec.checkpoints.keep_best)
    found: dict[str, Any] = {
        "steps": steps,
        "tokens_per_step": per_step,
        "rows": rows,
        "disk_bytes": int(kept * (parameters_kept(spec, parameters, trained) * WEIGHT_BYTES + trained * _memory(spec))),
        "measured_runs": speed.runs,
    }
    if steps is None:
        return found | {"tokens": None, "seconds": None, "low_seconds": None, "high_seconds": None}
    work = float(steps) * per_step * _operations(spec) * parameters
    times = {
        name: work / each
        for name, each in (("seconds", speed.expected), ("low_seconds", speed.high), ("high_seconds", speed.low))
    }
    return found | {"tokens": steps * per_step} | times


def parameters_kept(spec: Any, parameters: int, trained: int) -> int:
    """Weights in a checkpoint: an adapter alone, or the whole model."""
    return trained if spec.tuning.is_adapter else parameters


def _memory(spec: Any) -> float:
    """Bytes of a checkpoint for each trained weight besides itself: the optimizer's, and the stepping weights where an average is saved."""
    has_average = spec.loop.ema_decay is not None or spec.optimizer.kind == "schedule_free"
    return float(spec.optimizer.state_bytes) + (WEIGHT_BYTES if has_average else 0)


def _operations(spec: Any) -> int:
    """For each weight and token; blocks that are computed twice cost two more."""
    return (4 if spec.tuning.is_adapter else 6) + (2 if spec.loop.gradient_checkpointing else 0)


def speed_of_machine(workspace: Workspace) -> Speed:
    """From the newest completed training runs of this workspace, else from a probe."""
    found: list[float] = []
    for folder in sorted(workspace.runs.glob("[!.]*"), reverse=True)[:LOOKED_AT]:
        speed = _speed_of_run(workspace, folder) if read_info(folder).get("task") in TRAINING else None
        found += [speed] if speed else []
        if len(found) == SPEEDS:
            break
    if not found:
        rough = _probe() * ROUGH_SHARE
        return Speed(rough, rough / ROUGH_SPREAD, rough * ROUGH_SPREAD, 0)
    middle = float(np.median(found))
    return Speed(middle, min(*found, middle / SPREAD), max(*found, middle * SPREAD), len(found))


def _speed_of_run(workspace: Workspace, folder: Path) -> float | None:
    if last_state_is_completed(folder):
        return _completed_speed(workspace, folder)
    return None


def last_state_is_completed(folder: Path) -> bool:
    return bool(last_state(folder)["state"] == "completed")


@lru_cache(maxsize=512)
def _completed_speed(workspace: Workspace, folder: Path) -> float | None:
    """Operations per second of a run that is over; ``None`` where it cannot be told."""
    try:
        spec = read_spec(folder)
        shape, _ = shape_of(workspace, spec)
        speed = query.summary(folder)["train/tokens_per_second"].last
    except (TokenloomError, KeyError, OSError, ValueError):
        return None
    rate = float(speed) * _operations(spec) * shape.active_parameters
    return rate if math.isfinite(rate) and rate > 0 else None


@cache
def _probe() -> float:
    """Operations per second of plain fp32 products."""
    size = 512
    a, b = np.random.default_rng(0).standard_normal((2, size, size), dtype=np.float32)
    np.dot(a, b)
    count, started = 0, time.perf_counter()
    while time.perf_counter() - started < 0.2:
        np.dot(a, b)
        count += 1
    return count * 2.0 * size**3 / (time.perf_counter() - started)


def _steps(workspace: Workspace, spec: Any, tokens_per_step: int) -> tuple[int | None, int | None]:
    """Optimizer steps, and rows of the training split; ``None`` where the dataset is not here or cannot be counted."""
    try:
        dataset = DatasetStore(workspace).get(spec.data.dataset)
        rows = dataset.count(spec.data.train_split)
        if spec.loop.max_steps is not None:
            return spec.loop.max_steps, rows
        epochs = spec.loop.num_epochs / (1 - sum(part.share for part in spec.data.mix))  # others' rows come between
        if isinstance(spec.batch, SequenceBatch):
            per_step = spec.batch.micro_batch_size * spec.batch.gradient_accumulation_steps
            return max(1, math.ceil(rows * epochs / per_step)), rows
        tokens = _tokens_per_row(workspace, dataset.id, spec.data.train_split, _tokenizer(workspace, spec)) * rows
    except (TokenloomError, AttributeError):
        return spec.loop.max_steps, None
    return max(1, math.ceil(tokens * epochs / tokens_per_step)), rows


def _tokenizer(workspace: Workspace, spec: Any) -> str:
    """The recipe's own tokenizer, else the newest of the workspace: lengths differ little between them."""
    named = getattr(spec.model, "tokenizer", "auto")
    if named != "auto":
        return str(named)
    newest = max(TokenizerStore(workspace).list(), key=lambda ref: str(ref.meta.get("created", "")))
    return str(newest.id)


@lru_cache(maxsize=64)
def _tokens_per_row(workspace: Workspace, dataset: str, split: str, tokenizer: str) -> float:
    coder = TokenizerStore(workspace).get(tokenizer).load()
    found = DatasetStore(workspace).get(dataset)
    lengths, _ = read_lengths(found.sample(SAMPLED_ROWS, split), coder)
    return float(lengths.mean()) if len(lengths) else 0.0
