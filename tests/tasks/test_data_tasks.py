"""Tasks on datasets, run in this process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tokenloom.data.dataset import DatasetStore
from tokenloom.data.importing import import_dataset
from tokenloom.data.inspecting import Looked, known_report
from tokenloom.jobs.runs import create_run
from tokenloom.kit.errors import Interrupted
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.data import FileSource
from tokenloom.spec.override import parse_run_spec
from tokenloom.tasks.context import Context
from tokenloom.tasks.run import run_task
from tokenloom.tracking import query
from tokenloom.tracking.commands import append_command
from tokenloom.tracking.log import LogWriter, log_path


@pytest.fixture
def shelf(workspace: Workspace, tmp_path: Path) -> Workspace:
    rows = [{"prompt": f"What is {n}?", "completion": f"It is {n * 7}, told <b>boldly</b>."} for n in range(60)]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in [*rows[:20], *rows]))
    import_dataset(workspace, name="rows", source=FileSource(path=str(path)))
    return workspace


def done(workspace: Workspace, data: dict[str, Any], *commands: str) -> list[dict[str, Any]]:
    """The events of a run in this process."""
    spec = parse_run_spec(data)
    run_id = create_run(workspace, spec)
    for command in commands:
        append_command(workspace.run(run_id), command)
    with LogWriter(log_path(workspace.run(run_id))) as log:
        run_task(spec, Context(workspace, run_id, workspace.run(run_id), log))
    return query.events(workspace.run(run_id), ["result", "progress"])


def test_an_inspection_tells_the_verdict_and_leaves_the_report(shelf: Workspace) -> None:
    events = done(shelf, {"task": "inspect", "dataset": "rows"})
    result = events[-1]["result"]
    assert result["kind"] == "inspection" and result["rows"] == 80 and result["verdict"] == "warnings"
    assert "Rows that repeat another: 20" in result["reasons"]
    assert any(event.get("phase") == "inspect" for event in events)
    report = known_report(shelf, DatasetStore(shelf).get("rows"), Looked(near=True))
    assert report is not None and len(report["findings"]) == result["findings"]


def test_an_inspection_can_be_stopped(shelf: Workspace) -> None:
    with pytest.raises(Interrupted):
        done(shelf, {"task": "inspect", "dataset": "rows"}, "stop")
    assert known_report(shelf, DatasetStore(shelf).get("rows"), Looked(near=True)) is None
