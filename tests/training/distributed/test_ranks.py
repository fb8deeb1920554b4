"""Two ranks against one: the same losses, the same weights, and a run that may go on with another number of them."""

from __future__ import annotations

import signal
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
import torch
from engine_kit import make_session, make_spec
from rank_kit import Pair
from safetensors.torch import load_file

from tokenloom.kit.errors import DiskFull, Interrupted, SpecError
from tokenloom.spec.training.tuning import LoraTuning
from tokenloom.tracking import query
from tokenloom.tracking.commands import append_command
from tokenloom.training import loop as loop_module
from tokenloom.training.distributed import shards
from tokenloom.training.distributed.dealing import deal, shortest
from tokenloom.training.distributed.ranks import ALONE, Ranks
from tokenloom.training.distributed.starting import require_same, same_checkpoint
from tokenloom.training.saving.checkpoint import Checkpoint
from tokenloom.training.saving.policy import save
from tokenloom.training.watching.rows import Pace

LOSS_TOLERANCE = 1e-6  # relative; sums are taken in another order
WEIGHT_TOLERANCE = 2e-5  # absolute, after 12 steps of AdamW at 0.01, whose first steps divide by tiny numbers
LORA = LoraTuning(rank=4)


class Killed(BaseException):
    pass


def trained(
    ranks: Ranks,
    folder: Path,
    changes: dict[str, Any],
    lora: bool = False,
    dies_at: int = 0,
    asks: dict[int, list[tuple[str, dict[str, Any]]]] | None = None,
    signalled: tuple[int, int] = (-1, -1),
) -> str:
    """Train a tiny model in ``folder``; how it ended. With ``dies_at`` all ranks end before that step without another word; ``asks`` are commands that
    come during a step; ``signalled``: a rank, and the step during which it gets a SIGTERM.
    """
    session = make_session(folder, make_spec(**changes), lora=LORA if lora else None, ranks=ranks)
    real = loop_module.take_step

    def dying(*inputs: Any, **options: Any) -> Any:
        if dies_at and session.state.step == dies_at:
            raise Killed
        for name, arguments in (asks or {}).get(session.state.step, []) if ranks.is_leader else []:
            append_command(folder, name, arguments)
        if signalled == (ranks.rank, session.state.step):
            session.control.ask(signal.SIGTERM)  # type: ignore[attr-defined]
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


def assert_same(folder: Path, other: Path, *, weight_tolerance: float = WEIGHT_TOLERANCE, step: int = 12) -> None:
    for key in ("train/loss", "train/grad_norm", "val/loss"):
        one, two = curve(folder, key), curve(other, key)
        assert one.keys() == two.keys()
        worst = max(abs(one[at] - two[at]) / abs(one[at]) for at in one)
        assert worst < LOSS_TOLERANCE * (10 if key == "train/grad_norm" else 1), (key, worst)
    for key in ("train/sample_digest", "train/tokens", "train/labels", "train/epoch"):
        assert curve(folder, key) == curve(other, key)
    one, two = weights(folder, step), weights(other, step)
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


@pytest.mark.parametrize("kind", ["ddp", "fsdp"])
def test_all_ranks_obey_at_the_same_step(pair: Pair, tmp_path: Path, kind: str) -> None:
    changes = {"distributed": {"kind": kind}, "loop": {"max_steps": 40}}
    slower = ("set", {"key": "optimizer.learning_rate", "value": 1e-3})
    asks = {
        3: [slower, ("checkpoint", {}), ("xray", {"step": 2}), ("nonsense", {})],
        5: [("pause", {}), ("evaluate", {}), ("resume", {})],
        8: [("stop", {})],
    }
    assert pair(trained, tmp_path / "two", changes, False, 0, asks) == ["stopped", "stopped"]
    answers = [
        (each["step"], each["command"], each["accepted"]) for each in query.events(tmp_path / "two", ["command"])
    ]
    assert answers == [
        (4, "set", True),
        (4, "checkpoint", True),
        (4, "xray", True),
        (4, "nonsense", False),
        (6, "pause", True),
        (6, "resume", True),
        (6, "evaluate", True),
        (9, "stop", True),
    ]
    assert trained(ALONE, tmp_path / "one", {"loop": {"max_steps": 40}}, False, 0, asks) == "stopped"
    assert_same(tmp_path / "one", tmp_path / "two", step=9)


def test_a_signal_to_any_rank_ends_all_with_a_checkpoint(pair: Pair, tmp_path: Path) -> None:
    inputs = ({"distributed": {"kind": "ddp"}}, False, 0, None, (1, 6))
    assert pair(trained, tmp_path / "run", *inputs) == ["interrupted", "interrupted"]
    assert (tmp_path / "run/checkpoints/step-7").is_dir()


def slow_part(ranks: Ranks, folder: Path) -> list[str]:
    """What is in the checkpoint where rank 1 begins to write its part only when the leader has long written its own."""
    session = make_session(folder, make_spec(distributed={"kind": "fsdp"}), ranks=ranks)
    session.optimizer.step()
    real, own = shards.save_file, threading.Event()

    def late(*inputs: Any) -> None:
        if ranks.rank == 1:
            own.wait(1.0)  # nobody sets it: the leader is far ahead
        real(*inputs)

    with session.log, patch.object(shards, "save_file", late):
        save(session, Pace(), reason="test")
    return sorted(each.name for each in (folder / "checkpoints/step-0/training").glob("optimizer*"))


def test_a_checkpoint_waits_for_the_slowest_part(pair: Pair, tmp_path: Path) -> None:
    parts = ["optimizer-00001-of-00002.safetensors", "optimizer-00002-of-00002.safetensors"]
    assert pair(slow_part, tmp_path / "run") == [parts, parts]
    (tmp_path / "run/checkpoints/step-0/training" / parts[1]).unlink()
    with pytest.raises(FileNotFoundError, match="1 of 2"):
        shards.read_optimizer(tmp_path / "run/checkpoints/step-0/training")


def no_room(ranks: Ranks) -> str:
    def write() -> None:
        if ranks.rank == 1:
            raise DiskFull("the disk of rank 1 is full", hint="make room")

    try:
        ranks.alike(write)
    except DiskFull as error:
        return error.message
    return "written"


def test_a_full_disk_at_one_rank_is_known_to_all(pair: Pair) -> None:
    assert pair(no_room) == ["the disk of rank 1 is full"] * 2


def first_at_heads(ranks: Ranks, folder: Path, fails: bool) -> str:
    def work() -> str:
        if fails:
            raise Interrupted("by command", state="stopped")
        made = (folder / "made").is_file()
        (folder / "made").touch()
        return "found" if made else "made"

    try:
        return ranks.heads_first(work)
    except Interrupted as error:
        return f"{error.message}: {error.details['state']}"


def test_the_first_rank_prepares_and_the_others_find_it(pair: Pair, tmp_path: Path) -> None:
    assert pair(first_at_heads, tmp_path, False) == ["made", "found"]
    assert pair(first_at_heads, tmp_path, True) == ["by command: stopped"] * 2


def received(ranks: Ranks, root: Path) -> list[str]:
    """The leader's checkpoint, at a rank that has a disk of its own."""
    far = replace(ranks, local_rank=0)
    folder = root / str(ranks.rank)
    found = Checkpoint(12, folder / "checkpoints/step-12") if ranks.is_leader else None
    checkpoint = same_checkpoint(far, folder, found)
    assert checkpoint is not None
    return sorted(each.relative_to(folder).as_posix() for each in checkpoint.folder.rglob("*"))


def test_a_machine_that_lacks_the_checkpoint_is_sent_it(pair: Pair, tmp_path: Path) -> None:
    trained(ALONE, tmp_path / "0", {})
    here, there = pair(received, tmp_path)
    assert here == there
    assert "checkpoints/step-12/training/optimizer.safetensors" in there


def differing(ranks: Ranks) -> str:
    try:
        require_same(ranks, recipe="a", dataset=f"d{ranks.rank}")
    except SpecError as error:
        return error.message
    return "same"


def test_ranks_that_would_train_something_else_are_refused(pair: Pair) -> None:
    assert all("dataset is d0 for rank 0 and d1 for rank 1" in each for each in pair(differing))


def test_every_row_is_dealt_out_once_and_evenly() -> None:
    random = np.random.default_rng(0)
    places = random.integers(4, 200, 64)
    window = [list(range(start, start + 16)) for start in range(0, 64, 16)]
    for world in (1, 2, 3, 4, 7):
        shares = deal(window, places, world, may_cut=True)
        assert [group for share in shares for micro in share for group in micro] == list(range(64))
        loads = [sum(int(places[group]) for micro in share for group in micro) for share in shares]
        assert max(loads) - min(loads) <= 2 * places.max()
        assert all(len(share) <= -(-4 // world) for share in shares)
    whole = deal(window, places, 3, may_cut=False)
    assert [micro for share in whole for micro in share] == window
    assert deal([[5]], places, 2, may_cut=True).count([]) == 1  # one row for two ranks
    assert shortest([[3, 9], [1]], np.array([0, 2, 0, 9, 0, 0, 0, 0, 0, 5])) == [1]
