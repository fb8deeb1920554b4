"""Runs that wait for others, and the numbers that runs with curves get."""

from __future__ import annotations

import json
import threading

import pytest

from tokenloom.jobs import control, queue
from tokenloom.jobs.runs import create_run, last_state, read_info, record_state
from tokenloom.jobs.supervisor import Supervisor
from tokenloom.kit.errors import SpecError
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.override import parse_run_spec
from tokenloom.spec.presets import filled, load_plan, missing_for, plan_names, preset_names
from tokenloom.tracking.ordinals import next_ordinal

SPEC = {"task": "import", "dataset": "d", "source": {"kind": "file", "path": "x"}}


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Ids of runs that a supervisor would have started."""
    found: list[str] = []
    monkeypatch.setattr(control, "ensure_supervisor", lambda _workspace: None)

    def launch(self: Supervisor, entry: queue.Waiting, folder: object, slot: str) -> None:
        found.append(entry.run_id)
        entry.file.unlink()

    monkeypatch.setattr(Supervisor, "_launch", launch)
    return found


def test_a_run_waits_until_those_before_it_have_completed(workspace: Workspace, launched: list[str]) -> None:
    spec = parse_run_spec(SPEC)
    first = control.submit(workspace, spec)
    second = control.submit(workspace, spec, after=[first])
    supervisor = Supervisor(workspace)
    supervisor.tick()
    supervisor.tick()
    assert launched == [first], "the second waits"
    record_state(workspace.run(first), "completed")
    supervisor.tick()
    assert launched == [first, second]


@pytest.mark.parametrize("end", ["failed", "stopped"])
def test_a_run_whose_ground_is_gone_is_given_up_with_the_reason(
    workspace: Workspace, launched: list[str], end: str
) -> None:
    spec = parse_run_spec({**SPEC, "name": "the rows"})
    first = create_run(workspace, spec)
    record_state(workspace.run(first), end)
    second = control.submit(workspace, spec, after=[first])
    third = control.submit(workspace, spec, after=[first, second])
    supervisor = Supervisor(workspace)
    for _ in range(3):
        supervisor.tick()
    assert launched == [] and queue.waiting(workspace) == []
    state = last_state(workspace.run(second))
    assert state["state"] == "stopped" and "the rows" in state["reason"] and end in state["reason"]
    assert last_state(workspace.run(third))["state"] == "stopped"


def test_numbers_are_given_once_also_by_many_at_a_time(workspace: Workspace) -> None:
    given: list[int | None] = []
    threads = [
        threading.Thread(target=lambda: given.extend(next_ordinal(workspace, "pretrain") for _ in range(10)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(number for number in given if number is not None) == list(range(80))
    assert next_ordinal(workspace, "import") is None


def test_a_lost_counter_goes_on_after_the_largest_number(workspace: Workspace) -> None:
    spec = parse_run_spec({"task": "pretrain", "data": {"dataset": "d"}})
    runs = [create_run(workspace, spec) for _ in range(3)]
    assert [read_info(workspace.run(run))["ordinal"] for run in runs] == [0, 1, 2]
    (workspace.runs / ".ordinals").unlink()
    (workspace.run(runs[0]) / "run.json").write_text(json.dumps([]))
    assert read_info(workspace.run(create_run(workspace, spec)))["ordinal"] == 3


def test_every_plan_is_whole_and_is_no_recipe() -> None:
    assert {"first-model", "workshop"} <= set(plan_names())
    for name in plan_names():
        plan = load_plan(name)
        assert plan.watch in plan.stages and missing_for(plan) == ""
    assert not any(name.startswith("plans/") for name in preset_names())


def test_a_stage_may_name_only_what_stands_before_it() -> None:
    assert filled({"model": {"source": "$a"}, "tags": ["$a", "b"]}, {"a": "1x"}) == {
        "model": {"source": "1x"},
        "tags": ["1x", "b"],
    }
    with pytest.raises(SpecError, match="no stage later"):
        filled("$later", {"a": "1x"})


def test_a_new_model_without_a_tokenizer_is_told_unless_one_is_on_its_way(
    workspace: Workspace, launched: list[str]
) -> None:
    from tokenloom.jobs.foresight.checking import absent_tokenizer

    recipe = parse_run_spec({"task": "pretrain", "model": {"kind": "transformer"}, "data": {"dataset": "d"}})
    told = absent_tokenizer(workspace, recipe)[0]
    assert told["field"] == "model.tokenizer" and "no tokenizer" in told["message"]
    assert "tokenloom tokenizer train NAME --data d" in told["fix"]
    create_run(workspace, parse_run_spec({"task": "tokenizer", "tokenizer": "words", "datasets": ["d"]}))
    assert absent_tokenizer(workspace, recipe) == []
    named = {"task": "pretrain", "model": {"kind": "transformer", "tokenizer": "other"}, "data": {"dataset": "d"}}
    assert "other" in absent_tokenizer(workspace, parse_run_spec(named))[0]["message"]
