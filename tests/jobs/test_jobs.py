"""The lifecycle by replay, the queue on disk, and runs as folders."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

import pytest

from tokenloom.data.dataset import DatasetStore
from tokenloom.jobs import queue
from tokenloom.jobs.control import send
from tokenloom.jobs.foresight.checking import check_recipe
from tokenloom.jobs.lifecycle import (
    GIVEN_UP,
    MAX_ATTEMPTS,
    Asked,
    Enqueue,
    Exited,
    Kill,
    Launched,
    Record,
    Reported,
    View,
    follow,
)
from tokenloom.jobs.runs import create_run, find_run, last_state, read_info, read_spec, record_state
from tokenloom.kit.errors import Conflict, NotFound, SpecError
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.event import TERMINAL
from tokenloom.spec.override import parse_run_spec
from tokenloom.tracking.commands import CommandTail, append_command
from tokenloom.tracking.lease import Lease, my_lease, read_lease, write_lease
from worlds import furnished, tiny_recipe

SPEC = {"task": "import", "dataset": "d", "source": {"kind": "file", "path": "x"}, "name": "my import"}


def replay(*happenings: object) -> tuple[View, list[object]]:
    view, all_actions = View(), []
    for happening in happenings:
        view, actions = follow(view, happening)
        all_actions += actions
    return view, all_actions


def test_a_good_life() -> None:
    view, actions = replay(
        Launched(), Reported("running"), Reported("paused"), Reported("running"), Reported("completed")
    )
    assert (view.state, actions) == ("completed", [])


def test_a_crash_goes_back_to_the_queue_and_three_without_progress_fail() -> None:
    crash = [Launched(), Reported("running"), Exited("killed", -1)]
    view, actions = replay(*crash)
    assert view.state == "queued"
    assert actions[1] == Enqueue(0.5)
    view, actions = replay(*(crash * (MAX_ATTEMPTS + 1)))
    assert view.state == "failed"
    assert actions[-1] == Record("failed", "killed; no progress in 4 attempts", GIVEN_UP)
    assert [action.after_seconds for action in actions if isinstance(action, Enqueue)] == [0.5, 2.0, 8.0]


def test_progress_forgives_earlier_crashes() -> None:
    lives = [step for number in range(10) for step in (Launched(), Reported("running"), Exited("killed", number * 5))]
    view, _ = replay(*lives)
    assert (view.state, view.attempts) == ("queued", 1)


def test_a_signal_is_no_crash_and_can_be_resumed() -> None:
    view, actions = replay(Launched(), Reported("running"), Reported("interrupted"), Exited("ended", 5))
    assert (view.state, actions) == ("interrupted", [])
    view, actions = follow(view, Asked("resume"))
    assert view.state == "queued" and Enqueue() in actions


def test_stop_now_kills_and_is_final() -> None:
    view, actions = replay(Launched(), Reported("running"), Asked("stop_now"), Exited("SIGKILL", 3))
    assert view.state == "stopped"
    assert actions == [Kill(), Record("stopped", "by command")]
    assert replay(Asked("stop_now"))[0].state == "stopped"


def test_a_thousand_random_happenings_never_leave_a_final_state() -> None:
    dice = random.Random(0)
    states = ["running", "paused", "completed", "failed", "stopped", "interrupted"]
    for _ in range(1000):
        view = View()
        ended = ""
        for _ in range(12):
            happening = dice.choice(
                [
                    Launched(),
                    Reported(dice.choice(states)),
                    Exited("x", dice.randint(-1, 9)),
                    Asked(dice.choice(["stop_now", "resume"])),
                ]
            )
            view, actions = follow(view, happening)
            if ended:
                assert view.state == ended and actions == ()
            ended = view.state if view.state in TERMINAL else ""


def test_the_queue_keeps_its_order_and_forgets_what_is_taken(workspace: Workspace) -> None:
    for run_id in ("a1", "b2", "c3"):
        queue.enqueue(workspace, run_id)
    assert [entry.run_id for entry in queue.waiting(workspace)] == ["a1", "b2", "c3"]
    assert queue.dequeue(workspace, "b2")
    assert not queue.dequeue(workspace, "b2")
    (queue.queue_folder(workspace) / "torn.json").write_text('{"run": ')
    assert [entry.run_id for entry in queue.waiting(workspace)] == ["a1", "c3"]


def test_a_run_is_named_by_its_dataset_also_where_that_was_given_by_id(tmp_path: Path) -> None:
    workspace = furnished(tmp_path / "world", count=20)
    [dataset] = DatasetStore(workspace).list()
    for given, called in ((dataset.id, dataset.name), (dataset.name, dataset.name), ("0" * 16, "0" * 16)):
        spec = parse_run_spec({"task": "inspect", "dataset": given})
        assert read_info(workspace.run(create_run(workspace, spec)))["name"] == f"inspect {called}"


def test_rows_that_are_not_there_cannot_be_left_out(tmp_path: Path) -> None:
    space = furnished(tmp_path / "workspace", count=40)
    for rows, absent in (([1, 40], None), ([3, 41], 41), ([0], 0)):
        data = {"dataset": "animals", "render": {"leave_out": rows}}
        spec = parse_run_spec(tiny_recipe(data=data))
        if absent is None:
            check_recipe(space, spec)
            continue
        with pytest.raises(SpecError, match=f"no row {absent}; its rows are numbered from 1 to 40") as refused:
            check_recipe(space, spec)
        assert refused.value.details["errors"][0]["field"] == "data.render.leave_out"


def test_a_run_folder_is_whole_and_found_by_id_beginning_and_name(workspace: Workspace) -> None:
    run_id = create_run(workspace, parse_run_spec(SPEC))
    folder = workspace.run(run_id)
    assert read_spec(folder) == parse_run_spec(SPEC)
    assert read_info(folder)["name"] == "my import"
    assert "python" in json.dumps(read_info(folder)["environment"]).lower()
    assert last_state(folder)["state"] == "queued"
    assert find_run(workspace, run_id) == find_run(workspace, run_id[:10]) == find_run(workspace, "my import") == run_id
    with pytest.raises(NotFound, match="no run") as missing:
        find_run(workspace, "my imprt")
    assert "my import" in missing.value.hint


def test_commands_are_numbered_and_a_torn_line_is_cut(tmp_path: Path) -> None:
    tail = CommandTail(tmp_path)
    assert tail.read() == []
    append_command(tmp_path, "pause")
    with (tmp_path / "commands.log").open("a") as file:
        file.write('{"number": 2, "comm')
    second = append_command(tmp_path, "set", {"key": "k", "value": 1})
    assert second.number == 2
    assert [(c.number, c.command) for c in tail.read()] == [(1, "pause"), (2, "set")]
    assert tail.read() == []
    assert [c.number for c in CommandTail(tmp_path, after=1).read()] == [2]


def test_commands_to_runs_without_a_process(workspace: Workspace) -> None:
    run_id = create_run(workspace, parse_run_spec(SPEC))
    with pytest.raises(SpecError, match="no command") as unknown:
        send(workspace, run_id, "pauze")
    assert "pause" in unknown.value.hint
    with pytest.raises(Conflict, match="is queued"):
        send(workspace, run_id, "pause")
    assert send(workspace, run_id, "stop") is None
    assert last_state(workspace.run(run_id))["state"] == "stopped"
    with pytest.raises(Conflict, match="is stopped"):
        send(workspace, run_id, "resume")


def test_leases_know_the_living_from_the_dead_and_from_namesakes(tmp_path: Path) -> None:
    mine = write_lease(tmp_path)
    assert read_lease(tmp_path) == mine and mine.is_alive
    assert not Lease(mine.pid, mine.started + 1, mine.boot, mine.host).is_alive, "a reused process id"
    assert not Lease(mine.pid, mine.started, "another boot", mine.host).is_alive
    assert not Lease(2**22 + 1, 5, my_lease().boot, mine.host).is_alive
    (tmp_path / "lease.json").write_text("{")
    assert read_lease(tmp_path) is None


def test_states_from_outside_and_from_the_worker_are_one_story(workspace: Workspace) -> None:
    from tokenloom.tracking.log import LogWriter, log_path

    run_id = create_run(workspace, parse_run_spec(SPEC))
    folder = workspace.run(run_id)
    with LogWriter(log_path(folder)) as log:
        log.event({"type": "state", "time": time.time(), "state": "running"})
    assert last_state(folder)["state"] == "running"
    record_state(folder, "failed", "died")
    assert (last_state(folder)["state"], last_state(folder)["reason"]) == ("failed", "died")
