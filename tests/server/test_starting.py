"""Ways to begin: plans, what a recipe will need, what an hour costs, a row as the model reads it."""

from __future__ import annotations

from pathlib import Path

import pytest
from server_kit import Caller, is_problem

from tokenloom.jobs.runs import read_info, read_spec
from tokenloom.kit.workspace import Workspace
from tokenloom.server.routes import recipes
from worlds import furnished


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return furnished(tmp_path_factory.mktemp("world") / "w", count=60)


@pytest.fixture
def workspace(world: Workspace) -> Workspace:
    return world


def test_a_plan_queues_all_its_runs_in_order(call: Caller, workspace: Workspace) -> None:
    plans = {plan["name"]: plan for plan in call.get("/api/plans")["items"]}
    assert plans["first-model"]["missing"] == "" and plans["first-model"]["seconds"] > 0
    answer = call("POST", "/api/plans/first-model")
    assert answer.status_code == 201
    started = answer.json()
    runs = started["runs"]
    assert list(runs) == plans["first-model"]["stages"] and started["watch"] == runs["pretrain"]
    assert read_info(workspace.run(runs["pretrain"]))["after"] == [runs["text"], runs["tokenizer"]]
    assert read_spec(workspace.run(runs["pretrain"])).loop.max_steps == 400


def test_a_later_stage_is_given_what_an_earlier_one_makes(call: Caller, workspace: Workspace) -> None:
    runs = call("POST", "/api/plans/workshop").json()["runs"]
    assert read_spec(workspace.run(runs["finetune"])).model.source == runs["pretrain"]
    assert read_spec(workspace.run(runs["export"])).model.source == runs["finetune"]


def test_an_unknown_plan_is_answered_with_the_nearest(call: Caller) -> None:
    answer = call("POST", "/api/plans/frist-model")
    assert is_problem(answer, 404) and "first-model" in answer.json()["hint"]


def test_a_plan_whose_plugin_is_missing_says_so(call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = recipes.load_plan("first-model")
    stages = {"text": {**plan.stages["text"], "source": {"kind": "not-installed"}}}
    monkeypatch.setattr(recipes, "load_plan", lambda name: plan.model_copy(update={"stages": stages}))
    assert all("source" in item["missing"] for item in call.get("/api/plans")["items"])


def test_an_estimate_tells_time_disk_and_cost(call: Caller) -> None:
    spec = {
        "task": "pretrain",
        "data": {"dataset": "animals"},
        "loop": {"max_steps": 100},
        "batch": {"kind": "tokens", "micro_batch_tokens": 512, "gradient_accumulation_steps": 2},
    }
    assert call("PUT", "/api/cost", json={"per_hour": 36.0, "currency": "EUR"}).status_code == 200
    told = call("POST", "/api/estimate", json=spec).json()
    assert told["steps"] == 100 and told["tokens_per_step"] == 1024 and told["tokens"] == 102_400
    assert 0 < told["low_seconds"] < told["seconds"] < told["high_seconds"]
    assert told["measured_runs"] == 0 and told["disk_bytes"] > 0 and told["free_disk_bytes"] > 0
    assert told["cost"] == pytest.approx(told["seconds"] / 100)
    spec["loop"] = {"num_epochs": 2.0}
    by_epochs = call("POST", "/api/estimate", json=spec).json()
    assert 1 <= by_epochs["steps"] <= 60 and by_epochs["rows"] > 0


def test_a_price_is_kept_and_nonsense_is_refused(call: Caller) -> None:
    assert call("PUT", "/api/cost", json={"per_hour": 0.4, "currency": "USD"}).status_code == 200
    assert call.get("/api/cost") == {"per_hour": 0.4, "currency": "USD"}
    assert is_problem(call("PUT", "/api/cost", json={"per_hour": -1}), 422)
    assert is_problem(call("PUT", "/api/cost", json={"per_hour": 1, "currency": "<b>"}), 422)
    assert call.get("/api/cost") == {"per_hour": 0.4, "currency": "USD"}


def test_a_row_is_shown_as_the_model_reads_it(call: Caller) -> None:
    row = call.get("/api/datasets/animals/rows", params={"limit": 1})["items"][0]["_row"]
    tokenizer = call.get("/api/tokenizers")["items"][0]["id"]
    shown = call.get("/api/datasets/animals/rendered", params={"row": row, "tokenizer": tokenizer})
    assert shown["trained"] == sum(token["trained"] for token in shown["tokens"]) > 0
    assert not shown["tokens"][0]["trained"], "nothing stands before the first token"
    starts = [token["start"] for token in shown["tokens"]]
    assert starts == sorted(starts)
    missing = call("GET", "/api/datasets/animals/rendered", params={"row": 10**9, "tokenizer": tokenizer})
    assert is_problem(missing, 404)


def test_the_shown_tokens_are_the_trained_ones(workspace: Workspace) -> None:
    from tokenloom.data.dataset import DatasetStore
    from tokenloom.data.template.renderer import Renderer
    from tokenloom.data.tokenizer.store import TokenizerStore

    dataset = DatasetStore(workspace).list()[0]
    tokenizer = TokenizerStore(workspace).list()[0].load()
    for learn in ("responses", "all"):
        renderer = Renderer(tokenizer, "auto", learn)  # type: ignore[arg-type]
        for example in dataset.sample(20):
            ids, mask = renderer.encode(example)
            views = renderer.views(example)
            assert [view.id for view, _ in views] == ids.tolist()
            assert [int(learned) for _, learned in views] == mask.tolist()


def test_a_wrong_file_of_prices_counts_as_nothing_said(call: Caller, workspace: Workspace) -> None:
    Path(workspace.root / "prices.json").write_text("{broken")
    assert call.get("/api/cost")["per_hour"] is None
