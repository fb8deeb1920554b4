"""``/api/evaluations``: start an evaluation, see its numbers, and every row with prompt, answer and scores."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Body, Response

from tokenloom.server.answers import Cursor, Id, Limit, Page, offset_of, page_of
from tokenloom.server.openapi import takes_spec
from tokenloom.server.results import Result, result_of, results
from tokenloom.server.routes.runs import Started, start
from tokenloom.server.studio import Here
from tokenloom.spec.base import DeferredModel

router = APIRouter(tags=["evaluations"])


class Evaluation(DeferredModel):
    """One evaluation. ``metrics`` and ``tables`` are empty until its run has completed."""

    id: str
    name: str
    state: str
    created: float
    model: str
    dataset: str
    split: str
    rows: int
    metrics: dict[str, float | None]
    tables: dict[str, Any]


@router.get("/evaluations")
def list_evaluations(studio: Here, cursor: Cursor = "", limit: Limit = 50) -> Page[Evaluation]:
    """All evaluations, newest first."""
    page = results(studio, "evaluate", cursor, limit)
    return Page(items=[_evaluation(each) for each in page.items], next_cursor=page.next_cursor, total=page.total)


@router.post("/evaluations", status_code=201, openapi_extra=takes_spec("EvaluateSpec"))
def create_evaluation(spec: Annotated[dict[str, Any], Body()], response: Response, studio: Here) -> Started:
    """Start a run that measures a model on a split."""
    return start(studio, {**spec, "task": "evaluate"}, response)


@router.get("/evaluations/{id}")
def get_evaluation(id: Id, studio: Here) -> Evaluation:
    """One evaluation."""
    return _evaluation(result_of(studio, id, "evaluate"))


@router.get("/evaluations/{id}/rows")
def list_evaluation_rows(id: Id, studio: Here, cursor: Cursor = "", limit: Limit = 50) -> Page[dict[str, Any]]:
    """Every row that was answered: prompt, answer, reference, scores."""
    path = result_of(studio, id, "evaluate").folder / "artifacts" / "rows.jsonl"
    offset = offset_of(cursor)
    rows: list[dict[str, Any]] = []
    if not path.is_file():
        return page_of(rows, "", limit)
    with path.open(encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file):
            if number > offset + limit:
                break
            if number >= offset:
                rows.append(json.loads(line))
    return Page(items=rows[:limit], next_cursor=str(offset + limit) if len(rows) > limit else "")


def _evaluation(found: Result) -> Evaluation:
    data, spec = found.result, found.spec
    asked = spec.get("data") if isinstance(spec.get("data"), dict) else {}
    model = spec.get("model") if isinstance(spec.get("model"), dict) else {}
    metrics = {
        key: value for key, value in data.get("metrics", {}).items() if isinstance(value, int | float) or value is None
    }
    return Evaluation(
        id=found.id,
        name=found.name,
        state=found.state,
        created=found.created,
        model=str(data.get("model") or (model or {}).get("source", "")),
        dataset=str(data.get("dataset") or (asked or {}).get("dataset", "")),
        split=str(data.get("split") or (asked or {}).get("split", "")),
        rows=int(data.get("rows") or 0),
        metrics=metrics,
        tables=dict(data.get("tables") or {}),
    )
