"""The suites pass what is right and catch what is not."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any, Literal

import pytest

from tokenloom.data.source import open_source
from tokenloom.evaluation import text  # noqa: F401  registers the built-in metrics
from tokenloom.evaluation.metrics import build_metric
from tokenloom.spec.base import Spec
from tokenloom.spec.evaluation import ExactMatch
from tokenloom.testing import check_metric, check_source


class Counting(Spec):
    """Numbers in order."""

    kind: Literal["counting"] = "counting"
    rows: int = 3
    """How many."""
    fault: str = ""
    """What is wrong with it."""


@open_source.register
def _(spec: Counting) -> Iterator[dict[str, Any]]:
    for number in range(spec.rows):
        if spec.fault == "random":
            yield {"n": random.random()}
        elif spec.fault == "column":
            yield {"_n": number}
        elif spec.fault == "nan":
            yield {"n": float("nan")}
        else:
            yield {"n": number}


class Lying(Spec):
    """Says that everything is right."""

    kind: Literal["lying"] = "lying"


class Always:
    name = "lying"

    def score(self, rows: Any, answers: Any, references: Any) -> dict[str, Any]:
        return {"lying": 1.0}


@build_metric.register
def _(spec: Lying) -> Always:
    return Always()


def test_what_is_right_passes() -> None:
    assert check_source(Counting()) == [{"n": 0}, {"n": 1}, {"n": 2}]
    check_metric(ExactMatch(), [{}, {}], right=["a", "b"], wrong=["x", "y"], key="exact_match")


@pytest.mark.parametrize(
    ("settings", "words"),
    [({"rows": 0}, "no row"), ({"fault": "random"}, "different rows"), ({"fault": "column"}, "begins with _")],
)
def test_a_broken_source_is_told(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        check_source(Counting(**settings))


def test_numbers_that_are_none_are_no_data() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        check_source(Counting(fault="nan"))


def test_a_metric_that_cannot_tell_right_from_wrong_is_told() -> None:
    with pytest.raises(AssertionError, match="right answers score"):
        check_metric(Lying(), [{}], right=["a"], wrong=["b"], key="lying")
