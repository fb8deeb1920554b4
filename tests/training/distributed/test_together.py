"""What all ranks do together: a step that does not fit, a rehearsal, looking into the model, and a checkpoint that becomes durable beside the training."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import torch
from engine_kit import make_session, make_spec
from rank_kit import Pair
from test_ranks import LOSS_TOLERANCE, assert_same, curve, trained

from tokenloom.kit.errors import DiskFull, TokenloomError
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.override import parse_run_spec
from tokenloom.tasks.context import Context
from tokenloom.tasks.train import train_model
from tokenloom.tracking import query
from tokenloom.tracking.log import LogWriter, log_path
from tokenloom.training.distributed.quiet import NoLog
from tokenloom.training.distributed.ranks import ALONE, Ranks
from tokenloom.training.distributed.team import Replicas
from tokenloom.training.loop import train
from tokenloom.training.objective.base import Part
from tokenloom.training.objective.language import Language
from tokenloom.training.saving.checkpoint import Checkpoint, Written
from worlds import furnished, new_run, tiny_recipe

KINDS = pytest.mark.parametrize("kind", ["ddp", "fsdp"])


class _Breaks(torch.autograd.Function):
    """A loss whose backward finds no memory."""

    @staticmethod
    def forward(context: Any, loss: torch.Tensor) -> torch.Tensor:
        return loss.clone()

    @staticmethod
    def backward(context: Any, *gradients: torch.Tensor) -> torch.Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory, in backward")


def short_of_memory(ranks: Ranks, folder: Path, place: str, most: int) -> dict[str, Any]:
    """Train where rank 1 has no memory for more than ``most`` tokens at once; how often gradients were sent apart from the backward, and the pieces."""
    session = make_session(folder, make_spec(distributed={"kind": "ddp"}), ranks=ranks)
    real_part, real_send, sent = Language.part, Replicas._send, []

    def part(self: Language, batch: Any) -> Part:
        is_short = ranks.rank == 1 and batch.num_tokens > most and torch.is_grad_enabled()
        if is_short and place == "forward":
            raise torch.OutOfMemoryError("CUDA out of memory, in forward")
        found = real_part(self, batch)
        return Part(_Breaks.apply(found.loss), found.sums) if is_short else found

    def send(self: Replicas) -> None:
        sent.append(self._largest)
        real_send(self)

    with session.log, patch.object(Language, "part", part), patch.object(Replicas, "_send", send):
        ending = train(session)
    return {"state": ending.state, "sent": len(sent), "pieces": session.state.piece_tokens}


@pytest.mark.parametrize("place", ["forward", "backward"])
def test_a_step_that_does_not_fit_at_one_rank_is_taken_again_by_all(pair: Pair, tmp_path: Path, place: str) -> None:
    trained(ALONE, tmp_path / "one", {})
    here, there = pair(short_of_memory, tmp_path / "two", place, 60)
    assert here == there
    assert here["state"] == "completed" and here["pieces"] < 60
    assert here["sent"] < 12  # most steps send while they compute
    (note,) = [each for each in query.events(tmp_path / "two", ["note"]) if each["level"] == "warning"]
    assert "did not fit into memory" in note["message"] and f"rank 1: CUDA out of memory, in {place}" in str(note)
    # Pieces are added in another order, and Adam divides the smallest gradients by themselves: a rounding moves a weight by a part of its step.
    assert_same(tmp_path / "one", tmp_path / "two", weight_tolerance=1e-4)


def too_short(ranks: Ranks, folder: Path) -> str:
    try:
        short_of_memory(ranks, folder, "forward", 0)
    except TokenloomError as error:
        return str(error)
    return ""


def test_what_does_not_even_fit_row_by_row_fails_at_all_ranks_with_the_way_out(pair: Pair, tmp_path: Path) -> None:
    told = pair(too_short, tmp_path / "run")
    assert all("Step 1 does not fit into memory, not even row by row" in each and "rank 1" in each for each in told)


def looked_at(ranks: Ranks, folder: Path, kind: str) -> None:
    changes = {"distributed": {"kind": kind}, "loop": {"max_steps": 6, "flow_every": 3}}
    trained(ranks, folder, changes, asks={4: [("xray", {"step": 3})]})


@KINDS
def test_the_model_looks_the_same_inside(pair: Pair, tmp_path: Path, kind: str) -> None:
    looked_at(ALONE, tmp_path / "one", kind)
    pair(looked_at, tmp_path / "two", kind)
    one, two = (query.events(tmp_path / name, ["flow"]) for name in ("one", "two"))
    assert [each["step"] for each in one] == [each["step"] for each in two] == [1, 3, 6]
    for mine, theirs in zip(one, two, strict=True):
        assert mine["layers"] == theirs["layers"] and mine["sizes"] == theirs["sizes"]
        for name in ("grad_norm", "weight_norm", "update_ratio", "zero_share"):
            assert theirs[name] == pytest.approx(mine[name], rel=2e-3, abs=1e-9), name
        assert [each[0] for each in mine["weights"]] == [each[0] for each in theirs["weights"]]
    (mine,), (theirs,) = (query.events(tmp_path / name, ["xray"]) for name in ("one", "two"))
    assert theirs["loss"] == pytest.approx(mine["loss"], rel=1e-5)
    assert theirs["layers"] == pytest.approx(mine["layers"], rel=1e-3)
    assert [each["row"] for each in theirs["rows"]] == [each["row"] for each in mine["rows"]]
    assert theirs["num_rows"] == mine["num_rows"] and theirs["texts"][0]["row"] == mine["texts"][0]["row"]


def saved_beside(ranks: Ranks, folder: Path, kind: str, publish: Callable[..., Checkpoint]) -> tuple[str, list[int]]:
    """Train with ``publish`` in place of what makes a checkpoint durable; how it ended, and the steps at which checkpoints were told."""
    session = make_session(folder, make_spec(distributed={"kind": kind}), ranks=ranks)
    with session.log, patch.object(Written, "publish", lambda written: publish(session, written)):
        state = train(session).state
    return state, [each["step"] for each in query.events(folder, ["checkpoint"])]


_real_publish = Written.publish


def late(session: Any, written: Written) -> Checkpoint:
    """Durable only when the run has trained on."""
    moved = threading.Event()
    while written.step < session.total_steps and session.state.step <= written.step:
        moved.wait(0.005)  # nobody sets it: the loop goes on meanwhile
    return _real_publish(written)


def full_once(session: Any, written: Written) -> Checkpoint:
    if written.step == 4 and not session.meta.setdefault("was_full", 0):
        session.meta["was_full"] = 1
        written.commit.discard()
        raise DiskFull("the disk is full", hint="make room")
    return _real_publish(written)


@KINDS
def test_a_checkpoint_becomes_durable_while_all_ranks_train_on(pair: Pair, tmp_path: Path, kind: str) -> None:
    trained(ALONE, tmp_path / "one", {})
    (state, steps), (other, _) = pair(saved_beside, tmp_path / "two", kind, late)
    assert state == other == "completed" and steps == [4, 5, 8, 10, 12]
    assert_same(tmp_path / "one", tmp_path / "two")


@KINDS
def test_a_disk_that_was_full_beside_the_training_is_known_to_all_ranks(pair: Pair, tmp_path: Path, kind: str) -> None:
    trained(ALONE, tmp_path / "one", {})
    (state, steps), (other, _) = pair(saved_beside, tmp_path / "two", kind, full_once)
    assert state == other == "completed" and steps[-1] == 12 and len(steps) >= 3
    [note] = [each for each in query.events(tmp_path / "two", ["note"]) if each["level"] == "error"]
    assert "The checkpoint of step 4 could not be written: the disk is full" in note["message"]
    assert_same(tmp_path / "one", tmp_path / "two")


def run_task(ranks: Ranks, root: Path, run_id: str, recipe: dict[str, Any]) -> str:
    workspace = Workspace.open(root)
    folder = workspace.run(run_id)
    log = LogWriter(log_path(folder)) if ranks.is_leader else NoLog(log_path(folder))
    with log:
        return train_model(parse_run_spec(recipe), Context(workspace, run_id, folder, log, ranks=ranks)).state


@KINDS
def test_all_ranks_rehearse_and_nothing_of_it_stays(pair: Pair, tmp_path: Path, kind: str) -> None:
    workspace = furnished(tmp_path / "workspace", count=60)
    short: dict[str, Any] = {"evaluation": {"every_steps": 2, "sample_tokens": 4}, "checkpoints": {"every_steps": None}}
    plain = tiny_recipe(**short, loop={"max_steps": 3, "rehearsal": "never"})
    shared = tiny_recipe(**short, loop={"max_steps": 3, "rehearsal": "always"}, distributed={"kind": kind, "ranks": 2})
    alone, together = new_run(workspace, plain), new_run(workspace, shared)
    run_task(ALONE, workspace.root, alone, plain)
    assert pair(run_task, workspace.root, together, shared) == ["completed", "completed"]
    (told,) = query.events(workspace.run(together), ["rehearsal"])
    assert [each["stage"] for each in told["stages"]] == ["steps", "validation", "save", "reload", "sample"]
    assert told["failed"] == "" and told["measured_bytes"] > 0
    for key in ("train/loss", "val/loss"):
        mine, theirs = (curve(workspace.run(each), key) for each in (alone, together))
        assert theirs == pytest.approx(mine, rel=LOSS_TOLERANCE)
    assert not list(workspace.run(together).glob(".tmp-*"))
