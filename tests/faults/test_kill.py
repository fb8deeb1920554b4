"""A trainer that dies at any moment: it resumes from a verified checkpoint and ends as if nothing had happened."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import pytest

from tokenloom.jobs.control import send, submit
from tokenloom.jobs.runs import last_state
from tokenloom.jobs.watch import wait_for
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.override import parse_run_spec
from tokenloom.tracking import query
from tokenloom.tracking.artifacts import checkpoint_steps
from tokenloom.tracking.lease import read_lease
from worlds import curve, furnished, new_run, start_worker, tiny_recipe, weights_of, work

KEYS = ("train/loss", "train/grad_norm", "train/tokens", "train/sample_digest", "val/loss")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return furnished(tmp_path_factory.mktemp("kill") / "workspace")


def kill_often(workspace: Workspace, times: int, seed: int, *, steps: int = 1200, longest: float = 6.0) -> None:
    changes = {"loop": {"max_steps": steps}, "checkpoints": {"every_steps": 50}, "evaluation": {"every_steps": 300}}
    whole, result = work(workspace, tiny_recipe(**changes))
    broken = new_run(workspace, tiny_recipe(**changes))
    dice = random.Random(seed)
    kills = 0
    while kills < times:
        process = start_worker(workspace, broken)
        deadline = time.monotonic() + dice.uniform(0.0, longest)
        while time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.01)
        if process.poll() is not None:
            break
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        kills += 1
    if last_state(workspace.run(broken))["state"] != "completed":
        assert start_worker(workspace, broken).wait(timeout=240) == 0
    assert kills >= 2
    assert last_state(workspace.run(broken))["state"] == "completed"
    step = result["steps"]
    assert weights_of(workspace, f"{broken}@{step}") == weights_of(workspace, f"{whole}@{step}")
    for key in KEYS:
        assert curve(workspace, broken, key) == curve(workspace, whole, key), key


def test_killed_at_a_few_random_moments(workspace: Workspace) -> None:
    kill_often(workspace, 2, seed=3, steps=600, longest=4.5)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [11, 12, 13, 14])
def test_killed_at_twenty_random_moments(workspace: Workspace, seed: int) -> None:
    """Four lives of five kills each."""
    kill_often(workspace, 5, seed=seed)


def test_sigterm_ends_in_a_durable_checkpoint_and_can_be_resumed(workspace: Workspace) -> None:
    run_id = new_run(workspace, tiny_recipe(loop={"max_steps": 2000}, checkpoints={"every_steps": 100_000}))
    process = start_worker(workspace, run_id)
    while "train/loss" not in query.summary(workspace.run(run_id)):
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    started = time.monotonic()
    assert process.wait(timeout=30) == 143
    assert time.monotonic() - started < 10
    assert last_state(workspace.run(run_id))["state"] == "interrupted"
    assert len(checkpoint_steps(workspace, run_id)) == 1


def test_the_supervisor_restarts_a_killed_worker_and_survives_its_own_death(workspace: Workspace) -> None:
    recipe = tiny_recipe(loop={"max_steps": 400}, checkpoints={"every_steps": 20}, evaluation={"every_steps": 200})
    run_id = submit(workspace, parse_run_spec(recipe))
    folder = workspace.run(run_id)
    _wait_until(lambda: checkpoint_steps(workspace, run_id))
    lease = read_lease(folder)
    assert lease is not None
    supervisors = _supervisors(workspace)
    assert len(supervisors) == 1
    os.kill(supervisors[0], signal.SIGKILL)
    assert lease.is_alive, "the worker does not care for its supervisor"
    os.killpg(lease.pid, signal.SIGKILL)
    assert wait_for(workspace, run_id) == "completed"
    reasons = [event.get("reason", "") for event in query.events(folder, ["state"])]
    assert any("starting again from the last checkpoint" in reason for reason in reasons)
    losses = curve(workspace, run_id, "train/loss")
    assert [step for step, _ in losses] == list(range(1, 401))


def test_stop_now_leaves_no_process(workspace: Workspace) -> None:
    run_id = submit(workspace, parse_run_spec(tiny_recipe(loop={"max_steps": 100_000})))
    folder = workspace.run(run_id)
    _wait_until(lambda: "train/loss" in query.summary(folder))
    lease = read_lease(folder)
    assert lease is not None
    send(workspace, run_id, "stop_now")
    assert wait_for(workspace, run_id) == "stopped"
    _wait_until(lambda: not lease.is_alive, seconds=60)
    _wait_until(lambda: not _supervisors(workspace), seconds=60)


def _supervisors(workspace: Workspace) -> list[int]:
    """Process ids of this workspace's supervisors."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            arguments = path.read_bytes().split(b"\0")
        except OSError:
            continue
        if b"tokenloom.jobs" in arguments and str(workspace.root).encode() in arguments:
            found.append(int(path.parent.name))
    return found


def _wait_until(condition, *, seconds: float = 180.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
