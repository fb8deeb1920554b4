"""Runs in several processes, from the launch to the end: a rank that is killed, a signal, and two machines (here: two workspaces on loopback)."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from tokenloom.jobs.launching.launch import Worker
from tokenloom.jobs.runs import last_state
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.event import LOST_RANK
from tokenloom.tracking import query
from tokenloom.tracking.artifacts import checkpoint_steps
from training.distributed.rank_kit import free_port
from worlds import curve, furnished, new_run, start_worker, tiny_recipe, train_here

CHANGES: dict[str, Any] = {
    "optimizer": {"learning_rate": 0.001},  # so small that rounding does not grow into another path
    "loop": {"max_steps": 60},
    "checkpoints": {"every_steps": 10},
    "evaluation": {"every_steps": 30},
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return furnished(tmp_path_factory.mktemp("ranks") / "workspace", count=120)


def ranks_of(process: Worker) -> list[psutil.Process]:
    """The trainers below a worker, in order."""
    children = psutil.Process(process.pid).children()
    return sorted((each for each in children if "--multiprocessing-fork" in each.cmdline()), key=lambda each: each.pid)


def wait_for_checkpoint(workspace: Workspace, run_id: str, process: Worker) -> None:
    while not checkpoint_steps(workspace, run_id):
        assert process.poll() is None, (workspace.run(run_id) / "stdout.log").read_text()[-2000:]
        time.sleep(0.02)


def assert_curves_agree(one: Workspace, one_run: str, other: Workspace, other_run: str) -> None:
    for key in ("train/loss", "val/loss"):
        left, right = curve(one, one_run, key), curve(other, other_run, key)
        assert [step for step, _ in left] == [step for step, _ in right]
        assert max(abs(a - b) / a for (_, a), (_, b) in zip(left, right, strict=True)) < 1e-5, key
    digests = [curve(*each, "train/sample_digest") for each in ((one, one_run), (other, other_run))]
    assert digests[0] == digests[1]


def test_a_killed_rank_is_named_and_the_run_goes_on_as_if_nothing_had_happened(workspace: Workspace) -> None:
    run_id = new_run(workspace, tiny_recipe(**CHANGES, distributed={"kind": "ddp", "ranks": 2}))
    process = start_worker(workspace, run_id)
    wait_for_checkpoint(workspace, run_id, process)
    ranks = ranks_of(process)
    assert len(ranks) == 2
    assert {os.getpgid(each.pid) for each in ranks} == {process.pid}  # one group: whoever kills it kills all
    ranks[1].kill()
    assert process.wait(timeout=60) == LOST_RANK
    assert not any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in ranks)
    notes = [event["message"] for event in query.events(workspace.run(run_id), ["note"])]
    assert any("rank 1 was ended by SIGKILL" in note for note in notes), notes
    assert last_state(workspace.run(run_id))["state"] == "running"  # as after any crash: the supervisor starts it again
    assert start_worker(workspace, run_id).wait(timeout=120) == 0
    assert last_state(workspace.run(run_id))["state"] == "completed"
    alone = train_here(workspace, tiny_recipe(**CHANGES))
    assert_curves_agree(workspace, run_id, workspace, alone)
    assert (workspace.run(run_id) / "stdout.1.log").is_file()


@pytest.mark.slow
@pytest.mark.parametrize("victim", ["worker", "rank"])
def test_a_signal_to_any_process_ends_all_with_a_checkpoint(workspace: Workspace, victim: str) -> None:
    changes = {"loop": {"max_steps": 100_000}, "checkpoints": {"every_steps": 20}}
    run_id = new_run(workspace, tiny_recipe(**changes, distributed={"kind": "fsdp", "ranks": 2}))
    process = start_worker(workspace, run_id)
    wait_for_checkpoint(workspace, run_id, process)
    os.kill(process.pid if victim == "worker" else ranks_of(process)[1].pid, signal.SIGTERM)
    assert process.wait(timeout=60) == 143
    state = last_state(workspace.run(run_id))
    assert (state["state"], state["reason"]) == ("interrupted", "ended by SIGTERM")
    last = max(step for step, _ in curve(workspace, run_id, "train/loss"))
    assert checkpoint_steps(workspace, run_id)[-1] == last


@pytest.mark.slow
def test_a_mistake_that_only_the_ranks_find_fails_the_run_with_its_words(workspace: Workspace) -> None:
    recipe = tiny_recipe(**CHANGES, distributed={"kind": "ddp"})
    recipe["data"] = {"dataset": "nowhere"}
    run_id = new_run(workspace, recipe)
    assert start_worker(workspace, run_id).wait(timeout=120) == 3
    assert "nowhere" in last_state(workspace.run(run_id))["reason"]


@pytest.mark.slow
def test_two_machines_train_as_one_and_find_each_other_again_after_a_loss(workspace: Workspace, tmp_path: Path) -> None:
    """Two workspaces that share nothing but the network, two ranks on each."""
    other = furnished(tmp_path / "other", count=120)
    where = {"kind": "fsdp", "ranks": 2, "nodes": 2, "rendezvous": f"127.0.0.1:{free_port()}"}
    first = new_run(workspace, tiny_recipe(**CHANGES, distributed={**where, "node_rank": 0}))
    second = new_run(other, tiny_recipe(**CHANGES, distributed={**where, "node_rank": 1}))
    one, two = start_worker(workspace, first), start_worker(other, second)
    wait_for_checkpoint(workspace, first, one)
    ranks_of(two)[1].kill()
    assert (one.wait(timeout=60), two.wait(timeout=60)) == (LOST_RANK, LOST_RANK)
    notes = [event["message"] for event in query.events(other.run(second), ["note"])]
    assert any("rank 3 was ended by SIGKILL" in note for note in notes), notes
    one, two = start_worker(workspace, first), start_worker(other, second)
    assert (one.wait(timeout=240), two.wait(timeout=240)) == (0, 0)
    assert last_state(other.run(second))["state"] == "completed"
    assert not query.summary(other.run(second))  # metrics are kept by machine 0
    assert checkpoint_steps(other, second)  # sent over for the resume
    alone = train_here(workspace, tiny_recipe(**CHANGES))
    assert_curves_agree(workspace, first, workspace, alone)
