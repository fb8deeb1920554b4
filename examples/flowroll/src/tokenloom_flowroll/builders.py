"""What this plugin adds to Tokenloom when it is loaded under ``tokenloom.builders``: a source of rows and a metric."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tokenloom.data.source import open_source
from tokenloom.evaluation.metrics import AnswerMetric, Row, build_metric
from tokenloom_flowroll.data import Amounts, all_task_rows, rows_of
from tokenloom_flowroll.scoring import judge_all, report
from tokenloom_flowroll.specs import FlowrollExecution, FlowrollSource


@open_source.register
def _(spec: FlowrollSource) -> Iterator[dict[str, Any]]:
    amounts = Amounts(spec.tasks, spec.documents, spec.test_per_level, spec.validation_per_level, spec.seed)
    return all_task_rows(amounts) if spec.part == "all" else rows_of(spec.part, amounts)


@dataclass(frozen=True)
class ExecutionMetric:
    """Runs every answer: execution accuracy with its 95 % interval, in all and per level; the table holds the rest."""

    name: str = "flowroll_execution"

    def score(self, rows: Sequence[Row], answers: Sequence[str], references: Sequence[str]) -> dict[str, Any]:
        """Shares in 0 … 1; ``table`` as :func:`tokenloom_flowroll.scoring.report` gives it."""
        verdicts = judge_all(rows, answers)
        table = report(rows, verdicts)
        levels = {
            f"execution_accuracy_level_{level}": each["execution_accuracy"] for level, each in table["levels"].items()
        }
        whole = {key: table[key] for key in table if key.startswith("execution_accuracy")}
        return {**whole, **levels, "per_row": [float(verdict.correct) for verdict in verdicts], "table": table}


@build_metric.register
def _(_: FlowrollExecution) -> AnswerMetric:
    return ExecutionMetric()
