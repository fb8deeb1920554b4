"""Two ranks against one: the same losses, the same weights, and a run that may go on with another number of them."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from engine_kit import make_session, make_spec
from rank_kit import Pair
from tokenloom.spec.training.tuning import LoraTuning
from tokenloom.tracking import query
from tokenloom.training.distributed.ranks import ALONE, Ranks
from tokenloom.training.loop import train

LOSS_TOLERANCE = 1e-6  # relative; sums are taken in another order
WEIGHT_TOLERANCE = 2e-5  # absolute, after 12 steps of AdamW at 0.01, whose first steps divide by tiny numbers
LORA = LoraTuning(rank=4)


def trained(ranks: Ranks, folder: Path, changes: dict[str, Any], lora: bool = False, stop_at: int = 0) -> str:
    """Train a tiny model in ``folder``; how it ended."""
    spec = make_spec(**changes)
    session = make_session(folder, spec, lora=LORA if lora else None, ranks=ranks)
    if stop_at:
        session.total_steps = stop_at
    with session.log:
        return train(session).state


def curve(folder: Path, key: str) -> dict[int, float]:
    frame = query.metrics_frame(folder, [key])
    return dict(zip(frame["step"].to_list(), frame["value"].to_list(), strict=True))


def weights(folder: Path, step: int = 12) -> dict[str, torch.Tensor]:
    found = folder / "checkpoints" / f"step-{step}"
    [file] = [each for each in found.glob("*.safetensors")]
    return load_file(file)


def assert_same(folder: Path, other: Path, *, weight_tolerance: float = WEIGHT_TOLERANCE) -> None:
    for key in ("train/loss", "train/grad_norm", "val/loss"):
        one, two = curve(folder, key), curve(other, key)
        assert one.keys() == two.keys()
        worst = max(abs(one[step] - two[step]) / abs(one[step]) for step in one)
        assert worst < LOSS_TOLERANCE * (10 if key == "train/grad_norm" else 1), (key, worst)
    for key in ("train/sample_digest", "train/tokens", "train/labels", "train/epoch"):
        assert curve(folder, key) == curve(other, key)
    one, two = weights(folder), weights(other)
    assert one.keys() == two.keys()
    for name in one:
        assert (one[name] - two[name]).abs().max() < weight_tolerance, name


@pytest.mark.parametrize("kind", ["ddp", "fsdp"])
@pytest.mark.parametrize("lora", [False, True], ids=["full", "lora"])
def test_two_ranks_train_as_one(pair: Pair, tmp_path: Path, kind: str, lora: bool) -> None:
    changes = {"distributed": {"kind": kind}}
    trained(ALONE, tmp_path / "one", {}, lora)
    assert pair(trained, tmp_path / "two", changes, lora) == ["completed", "completed"]
    assert_same(tmp_path / "one", tmp_path / "two")
