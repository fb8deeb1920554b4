"""Cleaning over HTTP: steps tried on a sample, and runs that make versions."""

from __future__ import annotations

import json
import queue
from pathlib import Path
from typing import Any

import pytest
from server_kit import Caller, is_problem

from tokenloom.data.dataset import Dataset, DatasetStore
from tokenloom.data.importing import import_dataset
from tokenloom.jobs.runs import read_spec
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.data import FileSource

STEPS = [{"kind": "html"}, {"kind": "redact"}, {"kind": "duplicates"}, {"kind": "quality", "threshold": 0.1}]


@pytest.fixture
def dataset(workspace: Workspace, tmp_path: Path) -> Dataset:
    path = tmp_path / "notes.jsonl"
    rows = [{"text": f"<p>Write to a{n % 20}@b.org about the garden of roses.</p>"} for n in range(40)]
    path.write_text("\n".join(map(json.dumps, rows)))
    return import_dataset(workspace, name="notes", source=FileSource(path=str(path)))


def preview(call: Caller, dataset: Dataset, **body: Any) -> Any:
    return call("POST", f"/api/datasets/{dataset.id}/refine/preview", json=body)


def test_steps_are_tried_without_making_anything(call: Caller, dataset: Dataset, workspace: Workspace) -> None:
    told = preview(call, dataset, steps=STEPS).json()
    assert [step["kind"] for step in told["steps"]] == ["html", "redact", "duplicates", "quality"]
    assert told["sampled"] == 40 and told["left"] == 1
    assert told["steps"][2]["reasons"] == {"the same as another row": 39}
    [kept] = [row for row in told["rows"] if not row["dropped"]]
    assert kept["after"] == ["Write to [EMAIL] about the garden of roses."]
    assert 0 < kept["extra"]["quality"] <= 1
    some = preview(call, dataset, steps=STEPS, rows=[1, 2]).json()
    assert some["sampled"] == 2 and some["compares_sample"]
    assert len(DatasetStore(workspace).list()) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"steps": []}, "steps"),
        ({"steps": [{"kind": "htm"}]}, "steps.0.kind"),
        ({"steps": [{"kind": "html"}, {"kind": "length"}]}, "steps.1"),
        ({"steps": [{"kind": "quality", "threshold": 2}]}, "steps.0.threshold"),
        ({"steps": [{"kind": "quality", "treshold": 0.2}]}, "steps.0.treshold"),
        ({"steps": [{"kind": "pattern", "pattern": "(a"}]}, "steps.0"),
        ({"steps": [{"kind": "language", "keep": ["xq"]}]}, "steps.0"),
        ({"steps": [{"kind": "html"}], "rows": ["a"]}, "rows"),
        ({"steps": [{"kind": "html"}], "sample": 0}, "sample"),
        ({"steps": [{"kind": "html"}], "more": 1}, "more"),
    ],
)
def test_mistakes_are_answered_at_their_field(call: Caller, dataset: Dataset, body: dict[str, Any], field: str) -> None:
    answer = preview(call, dataset, **body)
    assert is_problem(answer, 422)
    assert field in answer.json()["errors"][0]["field"], answer.text


def test_a_run_is_started_for_the_version_that_was_looked_at(
    call: Caller, dataset: Dataset, workspace: Workspace
) -> None:
    answer = call("POST", f"/api/datasets/{dataset.id}/refine", json={"steps": STEPS, "into": "clean"})
    assert answer.status_code == 201, answer.text
    spec = read_spec(workspace.run(answer.json()["id"]))
    assert (spec.task, spec.dataset, spec.into) == ("refine", "notes@1", "clean")
    assert [step.kind for step in spec.steps] == ["html", "redact", "duplicates", "quality"]
    assert is_problem(call("POST", "/api/datasets/nobody/refine", json={"steps": STEPS}), 404)
    assert is_problem(
        call("POST", f"/api/datasets/{dataset.id}/refine", json={"steps": [{"kind": "html", "x": 1}]}), 422
    )


def test_a_refining_run_may_be_waited_for(call: Caller, dataset: Dataset) -> None:
    """A recipe may name the dataset that a run is still making."""
    call("POST", f"/api/datasets/{dataset.id}/refine", json={"steps": STEPS, "into": "clean"})
    recipe = {"task": "refine", "dataset": "clean", "steps": [{"kind": "html"}]}
    assert call("POST", "/api/runs", json=recipe).status_code == 201
    assert is_problem(call("POST", "/api/runs", json={**recipe, "dataset": "cleen"}), 422)


def test_who_opens_a_dataset_need_not_wait_for_the_first_preview(
    call: Caller, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: queue.Queue[str] = queue.Queue()
    monkeypatch.setattr("tokenloom.server.studio._load_for_previews", lambda: loaded.put("loaded"))
    for _ in range(2):
        assert call("GET", f"/api/datasets/{dataset.id}").status_code == 200
    assert loaded.get(timeout=30) == "loaded"
    assert loaded.empty(), "once is enough"
