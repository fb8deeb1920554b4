"""What the model said of each sequence before training, computed once and kept in the run's folder.

Training then needs one model in memory, not two, and one pass, not two. A run that is resumed reads the same numbers again.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import load_file, save

from tokenloom.kit.atomic import atomic_write
from tokenloom.spec.training.objective import DpoObjective, KtoObjective
from tokenloom.training import paths
from tokenloom.training.batches import TOKENS_AT_ONCE, FlatTokens, Tokens, in_order, with_columns
from tokenloom.training.precision import Compute

REFERENCE = "reference"
NEEDED_BY = (DpoObjective, KtoObjective)

Way = paths.FlatPath | paths.PaddedPath


def with_reference(
    store: Tokens,
    file: Path,
    way: Callable[[], Way],
    compute: Compute,
    *,
    report: Callable[[int, int], None] = lambda *_: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> FlatTokens:
    """``store`` with the log-probability of each sequence (nats, of its learned tokens) beside it; read from ``file`` or made by the model of ``way``."""
    if file.is_file():
        column = load_file(file)[REFERENCE]
        if len(column) == len(store):
            return with_columns(store, {REFERENCE: column})
    column = _logps(store, way(), compute, report, is_cancelled)
    atomic_write(file, save({REFERENCE: column}))
    return with_columns(store, {REFERENCE: column})


@torch.no_grad()
def _logps(
    store: Tokens,
    path: Way,
    compute: Compute,
    report: Callable[[int, int], None],
    is_cancelled: Callable[[], bool],
) -> np.ndarray:
    was_training = path.model.training
    path.model.eval()
    found: list[np.ndarray] = []
    done, groups = 0, len(store) // store.width
    try:
        for batch in in_order(store, np.arange(groups), max_tokens=TOKENS_AT_ONCE):
            is_cancelled()
            placed = batch.to(compute.torch_device)
            with compute.autocast():
                logps_R = path.predictions(placed).logps(placed.targets_R)
            found.append(placed.per_sequence(logps_R).float().cpu().numpy())
            done += batch.num_sequences
            report(done, len(store))
    finally:
        path.model.train(was_training)
    return np.concatenate(found).astype(np.float32)
