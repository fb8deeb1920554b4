"""Rewards: the metrics that judge answers in evaluation judge them while training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tokenloom.data.dataset import Dataset
from tokenloom.evaluation import text  # noqa: F401  registers the built-in metrics
from tokenloom.evaluation.metrics import build_metric
from tokenloom.kit.errors import SpecError
from tokenloom.spec.training.objective import GrpoObjective
from tokenloom.training.objective.rollout import Judge


def judge_of(objective: GrpoObjective, dataset: Dataset) -> Judge:
    """The sum of the rewards' numbers for each answer; rows are looked up once."""
    judges = []
    for place, spec in enumerate(objective.rewards):
        judge = build_metric(spec)
        if judge is None:
            raise SpecError(
                f"objective.rewards.{place}: “{spec.kind}” judges no answers",
                hint="Choose a metric that gives a number for each answer, such as exact_match.",
            )
        judges.append(judge)
    known: dict[int, tuple[dict[str, Any], str]] = {}

    def look_up(number: int) -> tuple[dict[str, Any], str]:
        if number not in known:
            messages = dataset.example(number).messages or [{"content": ""}]
            known[number] = (dataset.row(number), messages[-1]["content"])
        return known[number]

    def judge_all(rows: Sequence[int], answers: Sequence[str]) -> np.ndarray:
        found = [look_up(number) for number in rows]
        total = np.zeros(len(rows))
        for judge in judges:
            scores = judge.score([row for row, _ in found], answers, [reference for _, reference in found])
            if "per_row" not in scores:
                raise SpecError(
                    f"objective.rewards: “{judge.name}” gives no number for each answer",
                    hint="Choose a metric that judges row by row, such as exact_match.",
                )
            total += np.asarray(scores["per_row"], dtype=np.float64)
        return total

    return judge_all
