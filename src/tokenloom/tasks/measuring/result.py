"""What every evaluation leaves behind."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from tokenloom.data.dataset import Dataset
from tokenloom.evaluation.answers import Answered
from tokenloom.kit.atomic import atomic_write
from tokenloom.kit.jsonsafe import to_json_safe
from tokenloom.spec.recipe import EvaluateSpec
from tokenloom.tasks.context import Context
from tokenloom.tasks.models import OpenModel


def tell_result(
    spec: EvaluateSpec,
    context: Context,
    opened: OpenModel,
    dataset: Dataset,
    *,
    rows: int,
    metrics: dict[str, Any],
    tables: dict[str, Any],
) -> None:
    """A row of numbers in the log, and the result with metrics and tables."""
    numbers = {f"eval/{key}": float(value) for key, value in metrics.items() if isinstance(value, int | float)}
    context.log.row(0, numbers)
    context.result(
        kind="evaluation",
        model=opened.reference,
        dataset=f"{dataset.name}@{dataset.version}",
        split=spec.data.split,
        rows=rows,
        metrics=metrics,
        tables=tables,
    )


def write_rows(context: Context, answered: Sequence[Answered], per_row: dict[str, list[float]]) -> None:
    """``artifacts/rows.jsonl``: prompt, answer, reference and scores of every row."""
    lines = []
    for index, each in enumerate(answered):
        scores = {name: values[index] for name, values in per_row.items()}
        lines.append(json.dumps(to_json_safe({**each.__dict__, "scores": scores}), ensure_ascii=False))
    (context.folder / "artifacts").mkdir(exist_ok=True)
    atomic_write(context.folder / "artifacts" / "rows.jsonl", "\n".join(lines) + "\n")
