"""A fork goes on exactly as its source would have; a drill finds that nothing was lost, and says so where something was."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from tokenloom.jobs import queue
from tokenloom.jobs.control import submit
from tokenloom.jobs.recovery.drill import drill
from tokenloom.jobs.recovery.forking import fork_run, settings_at
from tokenloom.jobs.runs import last_state, read_info
from tokenloom.jobs.supervisor import Supervisor
from tokenloom.kit.errors import Conflict, DataError, NotFound, SpecError
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.override import apply_overrides, parse_run_spec
from tokenloom.tracking import query
from tokenloom.tracking.artifacts import checkpoint_steps
from tokenloom.tracking.commands import append_command
from tokenloom.tracking.series.repetition import computed
from tokenloom.worker.__main__ import main as work_on
from worlds import curve, furnished, new_run, tiny_recipe, weights_of


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return furnished(tmp_path_factory.mktemp("recovery") / "workspace", count=120)


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forks are queued and nobody takes them up."""
    monkeypatch.setattr("tokenloom.jobs.recovery.forking.ensure_supervisor", lambda _workspace: None)


def recipe(**changes: Any) -> dict[str, Any]:
    settings = {
        "loop": {"max_steps": 8},
        "evaluation": {"every_steps": 4, "sample_tokens": 0},
        "checkpoints": {"every_steps": 2, "keep_last": 9},
    }
    return tiny_recipe(**(settings | changes))


@pytest.fixture(scope="module")
def source(workspace: Workspace) -> str:
    """A run whose learning rate was changed at its start."""
    run_id = new_run(workspace, recipe())
    append_command(workspace.run(run_id), "set", {"key": "optimizer.learning_rate", "value": 0.002})
    return done(workspace, run_id)


def forked(workspace: Workspace, source: str, step: int, *changes: str) -> str:
    data = apply_overrides(settings_at(workspace, source, step), changes)
    run_id = fork_run(workspace, source, step, parse_run_spec(data))
    queue.dequeue(workspace, run_id)
    return run_id


def done(workspace: Workspace, run_id: str) -> str:
    assert work_on([str(workspace.root), run_id]) == 0
    return run_id


def test_an_unchanged_fork_ends_where_its_source_ended(workspace: Workspace, source: str, still: None) -> None:
    run_id = done(workspace, forked(workspace, source, 4))
    assert weights_of(workspace, f"{run_id}@8") == weights_of(workspace, f"{source}@8")
    steps = [step for step, _ in curve(workspace, run_id, "train/loss")]
    assert steps == [5, 6, 7, 8]
    assert curve(workspace, run_id, "train/loss") == curve(workspace, source, "train/loss")[4:]
    assert read_info(workspace.run(run_id))["parent"] == source
    notes = [event["message"] for event in query.events(workspace.run(run_id), ["note"])]
    assert f"Goes on from step 4 of the run {source}." in notes


def test_a_fork_may_learn_otherwise_and_longer(workspace: Workspace, source: str, still: None) -> None:
    run_id = done(workspace, forked(workspace, source, 4, "optimizer.learning_rate=0.01", "loop.max_steps=10"))
    assert checkpoint_steps(workspace, run_id)[-1] == 10
    rates = curve(workspace, run_id, "train/learning_rate")
    assert rates[0][1] > curve(workspace, source, "train/learning_rate")[4][1]


def test_a_fork_begins_from_what_was_changed_live(workspace: Workspace, source: str) -> None:
    assert settings_at(workspace, source, 4)["optimizer"]["learning_rate"] == 0.002
    assert settings_at(workspace, source, -1)["optimizer"]["learning_rate"] != 0.002


def test_a_fork_outlives_its_source(workspace: Workspace, still: None) -> None:
    from tokenloom.jobs.deletion import delete_run

    gone = done(workspace, new_run(workspace, recipe(loop={"max_steps": 4})))
    run_id = forked(workspace, gone, 4, "loop.max_steps=6")
    delete_run(workspace, gone)
    assert checkpoint_steps(workspace, done(workspace, run_id)) == [4, 6]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ("tuning.kind=lora", "tuning"),
        ("optimizer.kind=lion", "optimizer.kind"),
        ("model.num_layers=3", "model"),
        ("loop.ema_decay=0.9", "loop.ema_decay"),
        ("loop.max_steps=4", "loop.max_steps"),
        ("data.dataset=nowhere", "data.dataset"),
    ],
)
def test_what_the_state_belongs_to_cannot_differ(
    workspace: Workspace, source: str, still: None, change: str, field: str
) -> None:
    before = sorted(path.name for path in workspace.runs.iterdir())
    with pytest.raises(SpecError) as raised:
        forked(workspace, source, 4, change)
    assert raised.value.details["errors"][0]["field"] == field
    assert sorted(path.name for path in workspace.runs.iterdir()) == before


def test_a_checkpoint_that_is_not_there_or_damaged_is_no_beginning(workspace: Workspace, still: None) -> None:
    run_id = done(workspace, new_run(workspace, recipe(loop={"max_steps": 4})))
    with pytest.raises(NotFound, match="no checkpoint “3”"):
        forked(workspace, run_id, 3)
    state = workspace.run(run_id) / "checkpoints" / "step-2" / "training" / "state.json"
    state.write_text(state.read_text().replace("position", "Position"))
    with pytest.raises(DataError, match="damaged"):
        forked(workspace, run_id, 2)


def drilled(workspace: Workspace, run_id: str) -> dict[str, Any]:
    """Drill a run once it has a checkpoint, with a supervisor of this process at work; the report."""
    supervisor = Supervisor(workspace)
    thread = threading.Thread(target=lambda: supervisor.run(idle_seconds=2.0))
    thread.start()
    try:
        for _ in range(1200):
            if checkpoint_steps(workspace, run_id) and last_state(workspace.run(run_id))["state"] == "running":
                break
            threading.Event().wait(0.05)
        return drill(workspace, run_id, wait_seconds=120)
    finally:
        append_command(workspace.run(run_id), "stop")
        thread.join(60)


def test_a_drill_finds_the_same_numbers_and_says_so_in_the_log(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tokenloom.jobs.control.ensure_supervisor", lambda _workspace: None)
    settings = recipe(loop={"max_steps": 100_000}, checkpoints={"every_steps": 7})
    run_id = submit(workspace, parse_run_spec(settings))
    report = drilled(workspace, run_id)
    assert report["passed"], report
    assert report["resumed_from"] >= report["checkpoint_step"] >= 4
    assert report["killed_at_step"] >= report["resumed_from"]
    assert query.events(workspace.run(run_id), ["drill"])[0]["unequal_steps"] == []


def test_numbers_that_differ_fail_a_drill(tmp_path: Path) -> None:
    one, other = (
        {
            "train/loss": 1.0,
            "train/tokens_per_second": 5.0,
            "train/mfu": 0.4,
            "time/data": 1.0,
            "memory/peak_bytes": 9.0,
        },
        {"train/loss": 1.0, "train/tokens_per_second": 9.0},
    )
    assert computed(one) == computed(other), "speed may differ"
    assert computed(one) != computed(other | {"train/loss": 1.0 + 1e-15})
    assert json.dumps(computed(one))


def test_a_run_that_has_ended_cannot_be_drilled(workspace: Workspace, source: str) -> None:
    with pytest.raises(Conflict, match="is completed"):
        drill(workspace, source)


def test_a_fork_may_leave_rows_out_from_where_it_begins(workspace: Workspace, source: str, still: None) -> None:
    seen = {row for event in query.events(workspace.run(source), ["ledger"]) for row in [event["split"]]}
    assert "train" in seen
    run_id = done(workspace, forked(workspace, source, 4, "data.render.leave_out=[3, 17, 40]"))
    assert [step for step, _ in curve(workspace, run_id, "train/loss")] == [5, 6, 7, 8]
    (ledger,) = [each["ledger"] for each in query.events(workspace.run(run_id), ["ledger"]) if each["split"] == "train"]
    assert "left out by the recipe" in json.dumps(ledger)
