"""The promises that every plugin makes."""

from __future__ import annotations

import pytest

import tokenloom_flowroll.builders  # noqa: F401  registers source and metric
from tokenloom.testing import check_metric, check_source
from tokenloom_flowroll.specs import FlowrollExecution, FlowrollSource


@pytest.mark.parametrize("part", ["pretrain", "train", "validation", "test", "seen", "all"])
def test_the_source_keeps_its_promises(part: str) -> None:
    check_source(FlowrollSource(part=part, tasks=60, documents=60, test_per_level=8, validation_per_level=4))  # type: ignore[arg-type]


def test_the_metric_keeps_its_promises() -> None:
    rows = check_source(FlowrollSource(part="test", test_per_level=8))
    right = [row["completion"] for row in rows]
    check_metric(FlowrollExecution(), rows, right=right, wrong=["emit z"] * len(rows), key="execution_accuracy")
