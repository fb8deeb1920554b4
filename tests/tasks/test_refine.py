"""Refining as a run: the result, and a model's perplexity in the score."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from tokenloom.data.dataset import DatasetStore
from tokenloom.kit.errors import NotFound
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.override import parse_run_spec
from tokenloom.tasks.context import Context
from tokenloom.tasks.data.perplexity import judge_of
from tokenloom.tasks.data.refine import refine
from tokenloom.tracking import query
from tokenloom.tracking.log import LogWriter, log_path
from worlds import furnished, new_run, tiny_recipe, train_here


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return furnished(tmp_path_factory.mktemp("refine") / "workspace", count=120)


@pytest.fixture(scope="module")
def model(workspace: Workspace) -> str:
    quiet = {"every_steps": None, "sample_tokens": 0}
    whole = {"render": {"learn": "all"}}  # a judge of texts has learned texts, not answers alone
    recipe = tiny_recipe(data=whole, loop={"max_steps": 40}, evaluation=quiet, checkpoints={"every_steps": None})
    return f"{train_here(workspace, recipe)}@40"


def refined(workspace: Workspace, **recipe: Any) -> list[dict[str, Any]]:
    """Run the task here; all events."""
    data = {"task": "refine", "dataset": "animals", **recipe}
    run_id = new_run(workspace, data)
    folder = workspace.run(run_id)
    with LogWriter(log_path(folder)) as log:
        refine(parse_run_spec(data), Context(workspace, run_id, folder, log))
    return query.events(folder)


def test_a_run_tells_the_new_version_and_its_progress(workspace: Workspace) -> None:
    events = refined(workspace, steps=[{"kind": "duplicates"}, {"kind": "quality"}], into="tidy")
    result = events[-1]["result"]
    assert result["kind"] == "dataset" and result["name"] == "tidy" and result["parents"][0]["name"] == "animals"
    assert [step["kind"] for step in result["steps"]] == ["duplicates", "quality"]
    assert any(event["type"] == "progress" and event["phase"] == "refine" for event in events)
    again = refined(workspace, steps=[{"kind": "duplicates"}, {"kind": "quality"}], into="tidy")
    assert again[-1]["result"]["id"] == result["id"]
    assert any("already" in event.get("message", "") for event in again if event["type"] == "note")


def test_a_model_knows_what_it_learned_from_what_it_never_saw(workspace: Workspace, model: str) -> None:
    judge = judge_of(workspace, model)
    known, strange, short, empty = judge(["Describe 3 animals: red, cat.", "zq xj wv kk pp zz qj xx vv", "D", ""])
    assert known < strange and math.isnan(empty)
    assert short != short or short > 0
    alone = judge(["Describe 3 animals: red, cat."])[0]
    assert alone == pytest.approx(known, rel=1e-4), "padding changes nothing"


def test_the_score_takes_the_perplexity_in(workspace: Workspace, model: str) -> None:
    result = refined(workspace, steps=[{"kind": "quality", "perplexity_model": model}], into="judged")[-1]["result"]
    report = DatasetStore(workspace).get(result["id"]).report()
    assert 0 < report["steps"][0]["facts"]["signals"]["perplexity"] <= 1


def test_a_model_that_is_not_there_is_named(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="nowhere") as caught:
        refined(workspace, steps=[{"kind": "quality", "perplexity_model": "nowhere"}], into="never")
    assert caught.type is not NotFound or "nowhere" in caught.value.message
    assert "never" not in {each.name for each in DatasetStore(workspace).list()}
