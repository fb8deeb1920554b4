"""Runs over HTTP: start, list, annotate, steer, delete."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest
from server_kit import PRETRAIN, Caller, a_dataset, a_run, a_tokenizer, is_problem, write_log

from tokenloom.jobs.runs import last_state, read_spec
from tokenloom.kit.workspace import Workspace
from tokenloom.tracking.commands import CommandTail
from tokenloom.tracking.lease import my_lease, write_lease
from tokenloom.tracking.log import LogWriter, log_path


def test_a_posted_spec_becomes_a_queued_run(call: Caller, workspace: Workspace) -> None:
    a_dataset(workspace, "words")
    a_tokenizer(workspace)
    answer = call("POST", "/api/runs", json=PRETRAIN | {"optimizer": {"learning_rate": 0.002}})
    assert answer.status_code == 201
    run_id = answer.json()["id"]
    assert answer.headers["location"] == f"/api/runs/{run_id}"
    assert read_spec(workspace.run(run_id)).optimizer.learning_rate == 0.002
    run = call.get(f"/api/runs/{run_id}")
    assert (run["state"], run["task"], run["name"]) == ("queued", "pretrain", "tiny")
    assert run["params"]["optimizer.learning_rate"] == 0.002
    assert call.get(f"/api/runs/{run_id}/spec")["data"]["dataset"] == "words"


def test_every_mistake_of_a_spec_comes_back_with_field_and_fix(call: Caller, workspace: Workspace) -> None:
    broken = PRETRAIN | {"optimiser": {}, "loop": {"max_steps": -1}, "tuning": {"kind": "lorra"}}
    answer = call("POST", "/api/runs", json=broken)
    assert is_problem(answer, 422, "spec")
    fields = {each["field"]: each["fix"] for each in answer.json()["errors"]}
    assert "optimizer" in fields["optimiser"]
    assert set(fields) >= {"optimiser", "loop.max_steps", "tuning.kind"}
    assert not list(workspace.runs.iterdir())


def test_what_only_this_workspace_can_know_is_refused_by_field(
    call: Caller, workspace: Workspace, tmp_path: Path
) -> None:
    (tmp_path / "config.json").write_text("{}")
    a_dataset(workspace, "words")
    a_tokenizer(workspace)
    wrong = PRETRAIN | {"data": {"dataset": "wrods", "render": {"max_sequence_length": 512}}}
    for path in ("/api/runs", "/api/estimate"):
        answer = call("POST", path, json=wrong)
        assert is_problem(answer, 422, "spec")
        told = {each["field"]: each for each in answer.json()["errors"]}
        assert set(told) == {"data.dataset", "data.render.max_sequence_length"}
        assert "“words”" in told["data.dataset"]["fix"] and "wrods" in told["data.dataset"]["message"]
        assert "512 is more than the model's 256" in told["data.render.max_sequence_length"]["message"]
    for path, spec, field in (
        ("/api/evaluations", {"model": {"source": str(tmp_path)}, "data": {"dataset": "nothing"}}, "data.dataset"),
        ("/api/tokenizers", {"tokenizer": "t", "datasets": ["words", "nothing"]}, "datasets.1"),
        ("/api/runs", PRETRAIN | {"data": {"dataset": "words@7"}}, "data.dataset"),
    ):
        answer = call("POST", path, json=spec)
        assert is_problem(answer, 422, "spec") and [each["field"] for each in answer.json()["errors"]] == [field]
    unlike = PRETRAIN | {
        "task": "finetune",
        "model": {"kind": "transformer"},
        "data": {"dataset": "words"},
        "objective": {"kind": "dpo"},
    }
    answer = call("POST", "/api/runs", json=unlike)
    assert is_problem(answer, 422, "spec") and [each["field"] for each in answer.json()["errors"]] == ["objective"]
    assert "preference mapping" in answer.json()["hint"]
    assert not list(workspace.runs.iterdir())
    render = {"max_sequence_length": 256}
    fits = PRETRAIN | {"data": {"dataset": "words@1", "render": render}}
    assert call("POST", "/api/estimate", json=fits).status_code == 200
    assert call("POST", "/api/runs", json=fits).status_code == 201


def test_a_preset_without_a_dataset_has_an_estimate_but_cannot_start(call: Caller, workspace: Workspace) -> None:
    preset = PRETRAIN | {"data": {"dataset": "YOUR-DATASET"}}
    assert call("POST", "/api/estimate", json=preset).status_code == 200
    answer = call("POST", "/api/runs", json=preset)
    assert is_problem(answer, 422, "spec") and "Import one first" in answer.json()["hint"]


def test_a_dataset_that_is_being_imported_can_be_named(call: Caller, workspace: Workspace) -> None:
    a_tokenizer(workspace)
    coming = {"task": "import", "dataset": "words", "source": {"kind": "file", "path": "x.csv"}}
    run_id = call("POST", "/api/runs", json=coming).json()["id"]
    assert call("POST", "/api/runs", json=PRETRAIN).status_code == 201
    write_log(workspace, run_id, state="failed")
    assert is_problem(call("POST", "/api/runs", json=PRETRAIN), 422, "spec")


def test_a_new_model_needs_a_tokenizer_that_is_there_or_coming(call: Caller, workspace: Workspace) -> None:
    a_dataset(workspace, "words")
    answer = call("POST", "/api/runs", json=PRETRAIN)
    assert is_problem(answer, 422, "spec")
    (told,) = answer.json()["errors"]
    assert told["field"] == "model.tokenizer" and "tokenloom tokenizer train NAME --data words" in told["fix"]
    assert call("POST", "/api/tokenizers", json={"tokenizer": "small", "datasets": ["words"]}).status_code in (201, 202)
    assert call("POST", "/api/runs", json=PRETRAIN).status_code == 201, "its training is queued"


def test_a_trained_model_tells_its_own_limit(call: Caller, workspace: Workspace, tmp_path: Path) -> None:
    a_dataset(workspace, "words")
    (tmp_path / "config.json").write_text('{"max_position_embeddings": 64, "hidden_size": 8, "vocab_size": 99}')
    spec = PRETRAIN | {"task": "finetune", "model": {"kind": "pretrained", "source": str(tmp_path)}}
    for limit, status in ((64, 201), (65, 422)):
        data = {"dataset": "words", "render": {"max_sequence_length": limit}}
        assert call("POST", "/api/runs", json=spec | {"data": data}).status_code == status
    (tmp_path / "config.json").write_text("{}")
    assert call("POST", "/api/runs", json=spec | {"data": data}).status_code == 201, "only opening it will tell"


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ({"task": "finetune", "data": {"dataset": "words"}}, "model.source"),
        ({"task": "evaluate", "data": {"dataset": "words"}}, "model.source"),
        ({"task": "export"}, "model.source"),
        ({"task": "generate", "prompt": "x"}, "model.source"),
        ({"task": "vocabulary", "words": ["x"]}, "model.source"),
        (PRETRAIN | {"objective": {"kind": "distillation", "teacher": {"source": "@"}}}, "objective.teacher.source"),
        (
            {"task": "refine", "dataset": "words", "steps": [{"kind": "augment_contextual", "model": "@"}]},
            "steps.0.model",
        ),
        (
            {"task": "refine", "dataset": "words", "steps": [{"kind": "quality", "perplexity_model": "@"}]},
            "steps.0.perplexity_model",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else value["task"],
)
def test_a_model_that_is_not_there_is_refused_before_any_run(
    call: Caller,
    workspace: Workspace,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    spec: dict[str, Any],
    field: str,
) -> None:
    a_dataset(workspace, "words")
    a_tokenizer(workspace)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    (tmp_path / "bare").mkdir()
    (tmp_path / "adapter").mkdir()
    (tmp_path / "adapter" / "adapter_config.json").write_text('{"base_model_name_or_path": "owner/base"}')

    def told(source: str) -> dict[str, str]:
        named = json.loads(json.dumps(spec).replace('"@"', json.dumps(source)))
        if field == "model.source":
            named["model"] = {"kind": "pretrained", "source": source}
        answer = call("POST", "/api/runs", json=named)
        assert is_problem(answer, 422, "spec")
        (mistake,) = answer.json()["errors"]
        assert mistake["field"] == field
        return dict(mistake)

    assert "there is no model “nothing of this name”" in told("nothing of this name")["message"]
    assert "“owner/name” is not on this machine" in told("owner/name")["message"]
    assert "config.json is missing" in told(str(tmp_path / "bare"))["message"]
    assert "its base cannot be opened: the hub model “owner/base”" in told(str(tmp_path / "adapter"))["message"]
    assert not list(workspace.runs.glob("[!.]*"))


def test_a_model_that_is_still_trained_can_be_named(call: Caller, workspace: Workspace) -> None:
    a_dataset(workspace, "words")
    a_tokenizer(workspace)
    run_id = call("POST", "/api/runs", json=PRETRAIN | {"name": "mother"}).json()["id"]
    spec = {"task": "evaluate", "data": {"dataset": "words"}}
    for source in ("mother", run_id, f"{run_id}@best"):
        assert call("POST", "/api/runs", json=spec | {"model": {"source": source}}).status_code == 201
    write_log(workspace, run_id, state="failed")
    assert is_problem(call("POST", "/api/runs", json=spec | {"model": {"source": "mother"}}), 422, "spec")


def test_a_list_is_filtered_sorted_and_paged_without_gap_or_double(call: Caller, workspace: Workspace) -> None:
    ids = [a_run(workspace, name=f"run {number}", tags=["even"] if number % 2 == 0 else []) for number in range(7)]
    write_log(workspace, ids[3], rows=5, state="completed")
    seen, cursor = [], ""
    while True:
        page = call.get("/api/runs", params={"limit": 3, "cursor": cursor, "sort": "created"})
        assert page["total"] == 7
        seen += [run["id"] for run in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert seen == ids
    assert [
        run["id"] for run in call.get("/api/runs", params={"filter": "tag=even", "sort": "created"})["items"]
    ] == ids[::2]
    done = call.get("/api/runs", params={"filter": "state=completed train/loss<0.3"})["items"]
    assert [run["id"] for run in done] == [ids[3]]
    assert done[0]["metrics"]["train/loss"]["last"] == 0.2 and done[0]["step"] == 4
    assert call.get("/api/runs/names")["tags"] == ["even"]


@pytest.mark.parametrize(
    "query",
    [{"filter": "=x"}, {"sort": "nonsense"}, {"cursor": "bogus"}, {"limit": 0}, {"limit": 10**30}, {"limit": "x"}],
)
def test_a_senseless_list_is_refused_with_the_reason(call: Caller, query: dict[str, str]) -> None:
    answer = call("GET", "/api/runs", params=query)
    assert answer.status_code in (404, 422) and is_problem(answer, answer.status_code)


def test_annotations_are_kept_in_the_run_folder_and_found(call: Caller, workspace: Workspace) -> None:
    run_id = a_run(workspace)
    wanted = {"name": "the <b>good</b> one", "notes": "# why", "tags": ["x", "y"], "starred": True}
    run = call("PATCH", f"/api/runs/{run_id}", json=wanted).json()
    assert {key: run[key] for key in wanted} == wanted
    run = call("PATCH", f"/api/runs/{run_id}", json={"archived": True}).json()
    assert run["archived"] and run["starred"] and run["name"] == wanted["name"]
    assert is_problem(call("PATCH", f"/api/runs/{run_id}", json={"state": "completed"}), 422)
    assert is_problem(call("PATCH", f"/api/runs/{run_id}", json={"tags": ["x" * 200]}), 422)


def test_a_run_at_rest_is_deleted_and_a_living_one_is_not(call: Caller, workspace: Workspace) -> None:
    run_id = a_run(workspace)
    write_log(workspace, run_id, state="running")
    write_lease(workspace.run(run_id), my_lease())
    assert is_problem(call("DELETE", f"/api/runs/{run_id}"), 409)
    (workspace.run(run_id) / "lease.json").unlink()
    write_log(workspace, run_id, state="failed")
    deleted = call("DELETE", f"/api/runs/{run_id}").json()
    assert deleted["deleted"] == run_id and not workspace.run(run_id).exists()
    assert is_problem(call("GET", f"/api/runs/{run_id}"), 404)
    assert call.get("/api/runs")["items"] == []


def test_a_deleted_run_comes_back_from_the_bin_with_what_was_said_of_it(call: Caller, workspace: Workspace) -> None:
    run_id = a_run(workspace)
    write_log(workspace, run_id, state="failed")
    before = call("PATCH", f"/api/runs/{run_id}", json={"notes": "keep", "tags": ["good"], "starred": True}).json()
    binned = call("DELETE", f"/api/runs/{run_id}").json()["bin"]
    (listed,) = call.get("/api/bin")["items"]
    assert listed | {"id": binned, "kind": "run", "reference": run_id, "name": before["name"]} == listed
    assert listed["kept_until"] - listed["deleted"] == 30 * 86_400 and listed["bytes"] > 0
    assert call("POST", f"/api/bin/{binned}/restore").json()["reference"] == run_id
    assert call("GET", f"/api/runs/{run_id}").json() == before
    assert call.get("/api/bin")["items"] == [] and is_problem(call("POST", f"/api/bin/{binned}/restore"), 404)


def test_what_is_deleted_for_good_is_not_in_the_bin(call: Caller, workspace: Workspace) -> None:
    run_id, other = a_run(workspace), a_run(workspace)
    for each in (run_id, other):
        write_log(workspace, each, state="failed")
    assert call("DELETE", f"/api/runs/{run_id}", params={"for_good": True}).json() == {"deleted": run_id, "bin": ""}
    binned = call("DELETE", f"/api/runs/{other}").json()["bin"]
    assert call("DELETE", f"/api/bin/{binned}").json()["deleted"] == binned
    assert call.get("/api/bin")["items"] == [] and is_problem(call("DELETE", f"/api/bin/{binned}"), 404)


def test_a_command_to_a_waiting_run_is_settled_at_once(call: Caller, workspace: Workspace) -> None:
    run_id = a_run(workspace)
    assert is_problem(call("POST", f"/api/runs/{run_id}/commands", json={"command": "pause"}), 409)
    answer = call("POST", f"/api/runs/{run_id}/commands", json={"command": "stop"})
    assert answer.status_code == 202
    assert answer.json()["answer"]["accepted"] and answer.json()["number"] == 0
    assert last_state(workspace.run(run_id))["state"] == "stopped"
    assert is_problem(call("POST", f"/api/runs/{run_id}/commands", json={"command": "resume"}), 409)


def test_a_command_is_durable_and_carries_the_trainers_answer(call: Caller, workspace: Workspace) -> None:
    run_id = a_run(workspace)
    folder = workspace.run(run_id)
    write_log(workspace, run_id, state="running")
    write_lease(folder, my_lease())
    silent = call("POST", f"/api/runs/{run_id}/commands?wait=0", json={"command": "checkpoint"}).json()
    assert (silent["number"], silent["answer"]) == (1, None)
    with LogWriter(log_path(folder)) as log:
        log.event(
            {"type": "command", "number": 2, "command": "set", "accepted": False, "message": "no such knob", "step": 7}
        )
    arguments = {"key": "optimizer.learning_rate", "value": 1e-4}
    answered = call("POST", f"/api/runs/{run_id}/commands", json={"command": "set", "arguments": arguments}).json()
    assert answered["number"] == 2
    assert answered["answer"] == {
        "accepted": False,
        "message": "no such knob",
        "step": 7,
        "time": answered["answer"]["time"],
    }
    assert [each.command for each in CommandTail(folder).read()] == ["checkpoint", "set"]
    history = call.get(f"/api/runs/{run_id}/commands")["items"]
    assert [each["command"] for each in history] == ["checkpoint", "set"]
    assert history[0]["answer"] is None and history[1]["arguments"] == arguments
    wrong = call("POST", f"/api/runs/{run_id}/commands", json={"command": "pasue"})
    assert is_problem(wrong, 422) and "pause" in wrong.json()["hint"]


def test_output_is_read_by_offset(call: Caller, workspace: Workspace) -> None:
    run_id = a_run(workspace)
    assert call.get(f"/api/runs/{run_id}/logs")["size"] == 0
    (workspace.run(run_id) / "stdout.log").write_bytes(b"first\nsecond \xff\n" * 1000)
    tail = call.get(f"/api/runs/{run_id}/logs", params={"offset": -15})
    assert tail["text"] == "first\nsecond \ufffd\n" and tail["next_offset"] == tail["size"]
    piece = call.get(f"/api/runs/{run_id}/logs", params={"offset": 6, "limit": 6})
    assert piece["text"] == "second" and piece["next_offset"] == 12
    assert call.get(f"/api/runs/{run_id}/logs", params={"offset": 10**15})["text"] == ""


def test_series_come_as_json_and_as_the_same_bytes(call: Caller, workspace: Workspace) -> None:
    from tokenloom.tracking.series.curves import SeriesResult

    first, second = a_run(workspace), a_run(workspace)
    write_log(workspace, first, rows=3000)
    write_log(workspace, second, rows=10)
    query = {"runs": f"{first},{second}", "keys": "train/loss", "px": 100, "from": 0, "to": 2000}
    curves = call.get("/api/series", params=query)["curves"]
    assert [curve["exact"] for curve in curves] == [False, True]
    assert max(curves[0]["max"]) == 1.0 and curves[1]["value"][9] == 0.1
    binary = call("GET", "/api/series", params=query | {"format": "binary"})
    assert binary.headers["content-type"] == "application/vnd.tokenloom.series"
    assert SeriesResult.from_bytes(binary.content).to_json()["curves"][0]["max"] == curves[0]["max"]
    assert is_problem(call("GET", "/api/series", params=query | {"runs": "nothere"}), 404)
    assert is_problem(call("GET", "/api/series", params=query | {"from": "nan"}), 422)
    assert is_problem(call("GET", "/api/series", params=query | {"px": 0}), 422)
    assert call.get(f"/api/runs/{second}/summary")["train/loss"]["count"] == 10


def test_numbers_that_json_does_not_know_are_null_and_named(call: Caller, workspace: Workspace) -> None:
    run_id = a_run(workspace)
    with LogWriter(log_path(workspace.run(run_id))) as log:
        log.row(0, {"a": float("nan"), "b": float("inf")})
        log.event({"type": "note", "message": "x", "details": {"value": float("nan")}})
    curve = call.get("/api/series", params={"runs": run_id, "keys": "a,b"})["curves"]
    assert [each["value"] for each in curve] == [[None], [None]]
    assert call.get("/api/runs", params={"filter": "task=pretrain"})["items"][0]["metrics"]["a"]["last"] is None
    assert call.get(f"/api/runs/{run_id}/events", params={"type": "note"})["items"][0]["event"]["details"] == {
        "value": None
    }


def test_events_are_paged_and_chosen_by_type(call: Caller, workspace: Workspace) -> None:
    run_id = a_run(workspace)
    with LogWriter(log_path(workspace.run(run_id))) as log:
        for number in range(25):
            log.row(number, {"a": number})
            log.event({"type": "note", "message": str(number)})
            log.event({"type": "other"})
    seen, cursor = [], ""
    while True:
        page = call.get(f"/api/runs/{run_id}/events", params={"type": "note", "limit": 10, "cursor": cursor})
        seen += [item["event"]["message"] for item in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert seen == [str(number) for number in range(25)]


def test_a_damaged_catalog_is_rebuilt_while_the_server_runs(call: Caller, workspace: Workspace) -> None:
    run_id = a_run(workspace)
    assert call.get("/api/runs")["total"] == 1
    for content in (
        b"",
        b"\0" * 8192,
        b"no database at all" * 100,
        (workspace.root / "tokenloom.db").read_bytes()[:5000],
    ):
        for suffix in ("", "-wal", "-shm"):
            (workspace.root / f"tokenloom.db{suffix}").unlink(missing_ok=True)
        (workspace.root / "tokenloom.db").write_bytes(content)
        call.app.state.studio.close()
        assert [run["id"] for run in call.get("/api/runs")["items"]] == [run_id]


def test_a_catalog_that_is_damaged_under_the_server_is_rebuilt(call: Caller, workspace: Workspace) -> None:
    run_id = a_run(workspace)
    database = workspace.root / "tokenloom.db"
    for damage in (b"\0" * database_size(call, workspace), b"garbage" * 3000):
        (workspace.root / "tokenloom.db-wal").unlink(missing_ok=True)
        database.write_bytes(damage)
        call.app.state.studio.changed()
        write_log(workspace, run_id, rows=1)
        assert [run["id"] for run in call.get("/api/runs")["items"]] == [run_id]


def test_a_catalog_that_another_program_holds_is_shown_as_it_was_known(call: Caller, workspace: Workspace) -> None:
    known = a_run(workspace)
    assert call.get("/api/runs")["total"] == 1
    with contextlib.closing(sqlite3.connect(workspace.root / "tokenloom.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        a_run(workspace)
        call.app.state.studio.changed()
        started = time.monotonic()
        for _ in range(5):
            assert [run["id"] for run in call.get("/api/runs")["items"]] == [known]
        assert time.monotonic() - started < 8
        other.rollback()
    call.app.state.studio.changed()
    assert call.get("/api/runs")["total"] == 2


def test_a_catalog_of_a_newer_version_is_refused_in_words(call: Caller, workspace: Workspace) -> None:
    call.get("/api/runs")
    call.app.state.studio.close()
    with contextlib.closing(sqlite3.connect(workspace.root / "tokenloom.db")) as other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
        other.commit()
    assert is_problem(call("GET", "/api/runs"), 409)


def database_size(call: Caller, workspace: Workspace) -> int:
    call.get("/api/runs")
    return (workspace.root / "tokenloom.db").stat().st_size
