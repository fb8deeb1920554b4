"""The supervisor against death at bad moments, reused process ids, clocks that jump, and its own kind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tokenloom.jobs import control, queue, supervisor
from tokenloom.jobs.deletion import delete_checkpoint, delete_run
from tokenloom.jobs.lifecycle import Exited, Launched, Record, View, follow
from tokenloom.jobs.runs import create_run, last_state, record_state
from tokenloom.jobs.supervisor import Supervisor
from tokenloom.kit.atomic import atomic_dir_commit
from tokenloom.kit.errors import Conflict, DiskFull
from tokenloom.kit.forkserver import SWITCH
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.override import parse_run_spec
from tokenloom.tracking import query
from tokenloom.tracking.artifacts import ModelRef, pin_checkpoint, pinned_steps
from tokenloom.tracking.lease import Lease, boot_id, my_lease, read_lease, start_ticks, write_lease
from tokenloom.tracking.log import LogWriter, log_path
from worlds import start_worker

SPEC = {"task": "import", "dataset": "d", "source": {"kind": "file", "path": "x"}}


class Killed(BaseException):
    """Stands for SIGKILL."""


@pytest.fixture
def children() -> Iterator[list[subprocess.Popen[bytes]]]:
    found: list[subprocess.Popen[bytes]] = []
    yield found
    for child in found:
        child.kill()
        child.wait()


@pytest.fixture(autouse=True)
def _no_real_supervisor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests drive their own."""
    monkeypatch.setattr(control, "ensure_supervisor", lambda workspace: None)


def new_run(workspace: Workspace) -> str:
    return create_run(workspace, parse_run_spec(SPEC))


def sleeper(
    children: list[subprocess.Popen[bytes]], code: str = "import time; time.sleep(60)"
) -> subprocess.Popen[bytes]:
    children.append(subprocess.Popen([sys.executable, "-c", code], start_new_session=True))
    return children[-1]


def lease_of(process: subprocess.Popen[bytes]) -> Lease:
    return Lease(process.pid, start_ticks(process.pid) or 0, boot_id(), my_lease().host)


def write_state(workspace: Workspace, run_id: str, state: str) -> None:
    with LogWriter(log_path(workspace.run(run_id))) as log:
        log.event({"type": "state", "time": time.time(), "state": state})


def ticks(one: Supervisor, until: Any) -> None:
    deadline = time.monotonic() + 60
    while not until():
        assert time.monotonic() < deadline, "it did not happen in time"
        one.tick()
        time.sleep(0.02)


def waiting_ids(workspace: Workspace) -> list[str]:
    return [entry.run_id for entry in queue.waiting(workspace)]


def dead_lease(workspace: Workspace, run_id: str) -> None:
    """As a worker leaves it that was killed."""
    process = subprocess.Popen([sys.executable, "-c", ""], start_new_session=True)
    lease = lease_of(process)
    process.wait()
    write_lease(workspace.run(run_id), lease)


def test_a_process_that_inherited_a_dead_workers_id_is_left_alone(
    workspace: Workspace, children: list[subprocess.Popen[bytes]]
) -> None:
    run_id, stranger = new_run(workspace), sleeper(children)
    write_state(workspace, run_id, "running")
    lease = lease_of(stranger)
    write_lease(workspace.run(run_id), Lease(lease.pid, lease.started - 1, lease.boot, lease.host))
    one = Supervisor(workspace)
    one.reconcile()
    ticks(one, lambda: last_state(workspace.run(run_id))["state"] == "queued")
    time.sleep(0.2)
    assert stranger.poll() is None, "SIGKILL went to a stranger"


@pytest.mark.parametrize("moment", ["enqueue", "remove_lease"])
def test_killed_while_settling_a_dead_worker_it_is_settled_by_the_next(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    run_id = new_run(workspace)
    write_state(workspace, run_id, "running")
    dead_lease(workspace, run_id)
    one = Supervisor(workspace)
    one.reconcile()
    owner = queue if moment == "enqueue" else supervisor
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(owner, moment, lambda *_, **__: (_ for _ in ()).throw(Killed()))
        one.tick()
    second = Supervisor(workspace)
    monkeypatch.setattr(second, "_start_if_free", lambda entry: None)
    second.reconcile()
    second.tick()
    assert waiting_ids(workspace) == [run_id]
    assert read_lease(workspace.run(run_id)) is None
    assert last_state(workspace.run(run_id))["state"] == "queued"


def test_a_full_disk_does_not_end_the_supervisor(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = new_run(workspace)
    write_state(workspace, run_id, "running")
    dead_lease(workspace, run_id)
    one = Supervisor(workspace)
    one.reconcile()
    monkeypatch.setattr(one, "_start_if_free", lambda entry: None)
    with monkeypatch.context() as patch:
        patch.setattr(supervisor, "record_state", lambda *_, **__: (_ for _ in ()).throw(DiskFull("full")))
        assert one.tick()
        assert one.tick()
    one.tick()
    state = last_state(workspace.run(run_id))
    assert (state["state"], state["attempts"], waiting_ids(workspace)) == ("queued", 1, [run_id])


def test_a_run_between_folder_and_queue_is_adopted_once_and_not_too_early(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id, one = new_run(workspace), Supervisor(workspace)
    one.adopt_forgotten()
    assert waiting_ids(workspace) == [], "its submitter is about to queue it"
    monkeypatch.setattr(supervisor, "SETTLING_SECONDS", 0.0)
    one.adopt_forgotten()
    one.adopt_forgotten()
    assert waiting_ids(workspace) == [run_id]


def test_a_worker_whose_supervisor_died_before_the_lease_is_found_again(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, children: list[subprocess.Popen[bytes]]
) -> None:
    """The second worker that is launched for it finds the log taken and goes; the first is watched, nothing is counted as a crash."""
    run_id, first = new_run(workspace), sleeper(children)
    folder = workspace.run(run_id)
    launched: list[str] = []

    def launch(_workspace: Workspace, _folder: Path) -> subprocess.Popen[bytes]:
        launched.append(run_id)
        return sleeper(children, "import sys; sys.exit(75)")

    monkeypatch.setattr(supervisor, "launch_worker", launch)
    queue.enqueue(workspace, run_id)
    one = Supervisor(workspace)
    one.reconcile()
    one.tick()
    children[-1].wait()
    write_state(workspace, run_id, "running")
    write_lease(folder, lease_of(first))  # its heartbeat puts it back within a second
    ticks(one, lambda: run_id in one.active and one.active[run_id].lease.pid == first.pid)
    assert len(launched) == 1
    assert [event["state"] for event in query.events(folder, ["state"])] == ["queued", "running"]
    assert queue.waiting(workspace) == []


def test_only_one_supervisor_works(workspace: Workspace) -> None:
    lock = supervisor.take_lock(workspace)
    assert lock is not None
    assert not Supervisor(workspace).run(idle_seconds=0.1)
    lock.close()
    assert Supervisor(workspace).run(idle_seconds=0.1)


def test_a_damaged_log_of_one_run_does_not_hold_up_the_others(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = new_run(workspace), new_run(workspace)
    (workspace.run(bad) / "log.jobs.bin").write_bytes(b"this is not a log of ours")
    monkeypatch.setattr(supervisor, "SETTLING_SECONDS", 0.0)
    monkeypatch.setattr(supervisor, "launch_worker", lambda *_: pytest.fail("not launched in this test"))
    one = Supervisor(workspace)
    one.reconcile()
    assert good in waiting_ids(workspace)


def test_an_old_entry_does_not_restart_what_was_interrupted(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id, launched = new_run(workspace), []
    queue.enqueue(workspace, run_id)
    write_state(workspace, run_id, "interrupted")
    monkeypatch.setattr(Supervisor, "_launch", lambda self, entry, *_: launched.append(entry.run_id))
    one = Supervisor(workspace)
    one.tick()
    assert (launched, waiting_ids(workspace)) == ([], [])
    assert control.send(workspace, run_id, "resume") is None
    with pytest.raises(Conflict, match="is queued"):
        control.send(workspace, run_id, "resume")
    one.tick()
    assert launched == [run_id]


def test_a_clock_that_was_set_back_hides_no_state_and_delays_no_start(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id, launched = new_run(workspace), []
    folder = workspace.run(run_id)
    queue.enqueue(workspace, run_id, after_seconds=8.0)
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() - 86_400)
    monkeypatch.setattr(Supervisor, "_launch", lambda self, entry, *_: launched.append(entry.run_id))
    Supervisor(workspace).tick()
    assert launched == [run_id]
    record_state(folder, "interrupted")
    assert last_state(folder)["state"] == "interrupted"
    write_state(workspace, run_id, "completed")
    assert last_state(folder)["state"] == "completed"


def test_interrupting_a_run_that_waits_takes_it_out_of_the_queue(workspace: Workspace) -> None:
    run_id = new_run(workspace)
    queue.enqueue(workspace, run_id)
    assert not control.interrupt(workspace, run_id)
    assert (waiting_ids(workspace), last_state(workspace.run(run_id))["state"]) == ([], "interrupted")


def test_stopping_a_run_in_the_moment_of_its_launch_reaches_the_worker(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, children: list[subprocess.Popen[bytes]]
) -> None:
    run_id, worker = new_run(workspace), sleeper(children)
    folder, real = workspace.run(run_id), record_state

    def slow(*arguments: Any, **more: Any) -> None:
        write_lease(folder, lease_of(worker))
        real(*arguments, **more)

    monkeypatch.setattr(control, "record_state", slow)
    assert control.send(workspace, run_id, "stop") is None
    assert "stop_now" in (folder / "commands.log").read_text()


def test_a_worker_does_not_start_what_was_stopped(workspace: Workspace) -> None:
    run_id = new_run(workspace)
    record_state(workspace.run(run_id), "stopped", "by command")
    assert start_worker(workspace, run_id).wait(timeout=60) == 0
    assert [event["state"] for event in query.events(workspace.run(run_id), ["state"])] == ["queued", "stopped"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_while_the_worker_is_starting_interrupts_it(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    """Torch takes seconds to load: the likeliest moment for a second thought."""
    monkeypatch.setenv(SWITCH, "off")
    run_id = new_run(workspace)
    process = start_worker(workspace, run_id)
    while last_state(workspace.run(run_id))["state"] == "queued":
        assert process.poll() is None
        time.sleep(0.005)
    os.kill(process.pid, number)
    assert process.wait(timeout=60) == 128 + number
    assert last_state(workspace.run(run_id))["state"] == "interrupted"
    assert read_lease(workspace.run(run_id)) is None


def test_a_worker_that_died_of_a_request_is_not_started_again() -> None:
    view, _ = follow(View(), Launched())
    view, actions = follow(view, Exited("ended by SIGTERM", -1, was_asked=True))
    assert (view.state, actions) == ("interrupted", (Record("interrupted", "ended by SIGTERM"),))


def test_a_checkpoint_on_which_an_adapter_stands_is_neither_deleted_nor_forgotten(workspace: Workspace) -> None:
    base, user = new_run(workspace), new_run(workspace)
    for run_id in (base, user):
        record_state(workspace.run(run_id), "completed")
    checkpoint = workspace.run(base) / "checkpoints" / "step-5"
    with atomic_dir_commit(checkpoint) as folder:
        (folder / "model.safetensors").write_bytes(b"x")
    pin_checkpoint(workspace, ModelRef(f"{base}@5", folder=checkpoint, run=base, step=5), by=user)
    for delete in (lambda: delete_run(workspace, base), lambda: delete_checkpoint(workspace, base, 5)):
        with pytest.raises(Conflict, match=f"base of {user}"):
            delete()
    assert pinned_steps(workspace.run(base)) == {5: user}
    delete_run(workspace, user)
    assert pinned_steps(workspace.run(base)) == {}
    assert delete_run(workspace, base).bytes > 0


def test_a_run_whose_folder_was_deleted_is_ended_and_forgotten(
    workspace: Workspace, children: list[subprocess.Popen[bytes]]
) -> None:
    run_id = new_run(workspace)
    worker = sleeper(children)
    write_lease(workspace.run(run_id), lease_of(worker))
    one = Supervisor(workspace)
    one.reconcile()
    assert list(one.active) == [run_id]
    shutil.rmtree(workspace.run(run_id))
    ticks(one, lambda: not one.active)
    assert worker.wait(timeout=60) == -signal.SIGKILL
    assert one.run(idle_seconds=0.1), "with nothing left to do it ends"
