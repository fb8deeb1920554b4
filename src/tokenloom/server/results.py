"""Runs whose outcome is a thing to look at (evaluations, exports): the run, its spec and what it produced."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tokenloom.jobs.runs import last_state, read_info
from tokenloom.kit.errors import NotFound
from tokenloom.server.answers import Page
from tokenloom.server.studio import Studio
from tokenloom.tracking import query


@dataclass(frozen=True)
class Result:
    """``result`` is what the run's last ``result`` event says; empty until there is one."""

    id: str
    name: str
    state: str
    created: float
    folder: Path
    spec: dict[str, Any]
    result: dict[str, Any]


def results(studio: Studio, task: str, cursor: str, limit: int) -> Page[Any]:
    """One page of the runs of a task, newest first."""
    from tokenloom.tracking.catalog.runs import list_runs

    page = studio.query(
        lambda catalog: list_runs(catalog, f"task={task}", metrics=[], params=[], cursor=cursor, limit=limit)
    )
    return Page[Any](
        items=[_read(studio, run.id) for run in page.items], next_cursor=page.next_cursor, total=page.total
    )


def result_of(studio: Studio, run_id: str, task: str) -> Result:
    """One run of a task; :class:`NotFound` where it is of another."""
    if read_info(studio.run_folder(run_id)).get("task") != task:
        raise NotFound(f"The run {run_id} is of another kind.", hint="GET /api/runs says of which.")
    return _read(studio, run_id)


def _read(studio: Studio, run_id: str) -> Result:
    folder = studio.workspace.run(run_id)
    info, found = read_info(folder), query.events(folder, ["result"])
    outcome = found[-1].get("result") if found else {}
    return Result(
        id=run_id,
        name=str(info.get("name", "")),
        state=str(last_state(folder)["state"]),
        created=float(info.get("created") or 0.0),
        folder=folder,
        spec=_spec(folder / "spec.yaml"),
        result=outcome if isinstance(outcome, dict) else {},
    )


def _spec(path: Path) -> dict[str, Any]:
    try:
        spec = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError, RecursionError):
        return {}
    return spec if isinstance(spec, dict) else {}
