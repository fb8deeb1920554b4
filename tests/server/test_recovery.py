"""Forks and drills over HTTP: what begins, and what is refused with a reason."""

from __future__ import annotations

import pytest
from server_kit import PRETRAIN, Caller, a_dataset, a_run, a_tokenizer, is_problem, write_log

from tokenloom.kit.atomic import atomic_dir_commit
from tokenloom.kit.workspace import Workspace
from tokenloom.tracking.log import LogWriter, log_path


def saved(workspace: Workspace, run_id: str, step: int) -> None:
    with atomic_dir_commit(workspace.run(run_id) / "checkpoints" / f"step-{step}", meta={"run": run_id}) as folder:
        (folder / "config.json").write_text("{}")


def test_a_fork_begins_with_the_checkpoint_of_its_source(call: Caller, workspace: Workspace) -> None:
    a_dataset(workspace, "words")
    a_tokenizer(workspace)
    source = a_run(workspace, loop={"max_steps": 9})
    saved(workspace, source, 4)
    spec = call.get(f"/api/runs/{source}/spec", params={"at": 4})
    answer = call("POST", "/api/runs", params={"fork": f"{source}@4"}, json=spec)
    assert answer.status_code == 201
    new = answer.json()["id"]
    assert (workspace.run(new) / "checkpoints" / "step-4" / "manifest.json").is_file()
    assert call.get(f"/api/runs/{new}")["parent"] == source
    spec["model"]["num_layers"] = 7
    answer = call("POST", "/api/runs", params={"fork": f"{source}@4"}, json=spec)
    assert is_problem(answer, 422, "spec")
    assert [each["field"] for each in answer.json()["errors"]] == ["model"]


@pytest.mark.parametrize("fork", ["../x@4", "abc", "abc@-1", "abc@x", "@4"])
def test_a_fork_names_a_run_and_a_step(call: Caller, fork: str) -> None:
    assert is_problem(call("POST", "/api/runs", params={"fork": fork}, json=PRETRAIN), 422)


def test_a_fork_of_what_is_not_there_is_not_found(call: Caller, workspace: Workspace) -> None:
    a_dataset(workspace, "words")
    run_id = a_run(workspace)
    assert is_problem(call("POST", "/api/runs", params={"fork": "nowhere@4"}, json=PRETRAIN), 404)
    assert is_problem(call("POST", "/api/runs", params={"fork": f"{run_id}@4"}, json=PRETRAIN), 404)


def test_settings_at_a_step_hold_what_was_changed_until_then(call: Caller, workspace: Workspace) -> None:
    run_id = a_run(workspace)
    change = {"type": "command", "command": "set", "number": 1, "accepted": True, "time": 1.0, "step": 3}
    with LogWriter(log_path(workspace.run(run_id))) as log:
        log.event(change | {"arguments": {"key": "optimizer.learning_rate", "value": 0.5}})
    assert call.get(f"/api/runs/{run_id}/spec", params={"at": 3})["optimizer"]["learning_rate"] == 0.5
    assert call.get(f"/api/runs/{run_id}/spec", params={"at": 2})["optimizer"]["learning_rate"] != 0.5


def test_a_drill_needs_a_run_that_trains(call: Caller, workspace: Workspace) -> None:
    run_id = a_run(workspace)
    write_log(workspace, run_id, rows=3, state="completed")
    assert is_problem(call("POST", f"/api/runs/{run_id}/drill"), 409)
    assert is_problem(call("POST", "/api/runs/nowhere/drill"), 404)


def test_only_a_training_that_has_ended_is_made_again(call: Caller, workspace: Workspace) -> None:
    waiting = a_run(workspace)
    answer = call("POST", f"/api/runs/{waiting}/reproduce")
    assert is_problem(answer, 409) and "is queued" in answer.json()["detail"]
    write_log(workspace, waiting, state="completed")
    answer = call("POST", f"/api/runs/{waiting}/reproduce")
    assert is_problem(answer, 409) and "left no checkpoint" in answer.json()["detail"]
    assert is_problem(call("POST", "/api/runs/01m8none/reproduce"), 404)
