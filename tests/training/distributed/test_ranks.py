"""Two ranks against one: the same losses, the same weights, and a run that may go on with another number of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import torch
from safetensors.torch import load_file

from engine_kit import make_session, make_spec
from rank_kit import Pair
from tokenloom.spec.training.tuning import LoraTuning
from tokenloom.tracking import query
from tokenloom.training import loop as loop_module
from tokenloom.training.distributed.ranks import ALONE, Ranks

LOSS_TOLERANCE = 1e-6  # relative; sums are taken in another order
WEIGHT_TOLERANCE = 2e-5  # absolute, after 12 steps of AdamW at 0.01, whose first steps divide by tiny numbers
LORA = LoraTuning(rank=4)


class Killed(BaseException):
    pass


def trained(ranks: Ranks, folder: Path, changes: dict[str, Any], lora: bool = False, dies_at: int = 0) -> str:
    """Train a tiny model in ``folder``; how it ended. With ``dies_at`` all ranks end before that step without another word."""
    session = make_session(folder, make_spec(**changes), lora=LORA if lora else None, ranks=ranks)
    real = loop_module.take_step

    def dying(*inputs: Any, **options: Any) -> Any:
        if dies_at and session.state.step == dies_at:
            raise Killed
        return real(*inputs, **options)

    with session.log, patch.object(loop_module, "take_step", dying):
        try:
            return loop_module.train(session).state
        except Killed:
            return "killed"


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


@pytest.mark.parametrize("kind", ["ddp", "fsdp"])
def test_a_run_goes_on_with_another_number_of_ranks(pair: Pair, tmp_path: Path, kind: str) -> None:
    """8 steps with two and the rest with one, and the other way round."""
    shared = {"distributed": {"kind": kind}}
    trained(ALONE, tmp_path / "whole", {})
    assert pair(trained, tmp_path / "fewer", shared, False, 9) == ["killed", "killed"]
    trained(ALONE, tmp_path / "fewer", {})
    assert_same(tmp_path / "whole", tmp_path / "fewer")
    trained(ALONE, tmp_path / "more", {}, False, 9)
    pair(trained, tmp_path / "more", shared)
    assert_same(tmp_path / "whole", tmp_path / "more")


def test_a_spread_run_that_was_interrupted_equals_the_unbroken_one_to_the_bit(pair: Pair, tmp_path: Path) -> None:
    changes = {"distributed": {"kind": "fsdp", "shard": "between_steps"}, "tuning": {"kind": "full"}}
    pair(trained, tmp_path / "whole", changes)
    pair(trained, tmp_path / "broken", changes, False, 9)
    pair(trained, tmp_path / "broken", changes)
    assert_same(tmp_path / "whole", tmp_path / "broken", weight_tolerance=1e-30)
    parts = sorted(each.name for each in (tmp_path / "broken/checkpoints/step-12/training").glob("optimizer*"))
    assert parts == ["optimizer-00001-of-00002.safetensors", "optimizer-00002-of-00002.safetensors"]
    sizes = [(tmp_path / "broken/checkpoints/step-12/training" / name).stat().st_size for name in parts]
    assert max(sizes) < 1.2 * min(sizes)  # dealt out by size
