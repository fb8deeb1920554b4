"""The doors by which Tokenloom finds this plugin: torch-free settings, a source of rows, a metric."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from importlib.metadata import entry_points

import pytest
from pydantic import ValidationError

import tokenloom_flowroll.builders  # noqa: F401  registers source and metric
from tokenloom.data.source import open_source
from tokenloom.evaluation.metrics import build_metric
from tokenloom_flowroll.data import Amounts, rows_of
from tokenloom_flowroll.specs import SPECS, FlowrollExecution, FlowrollSource


def test_entry_points_name_both_doors() -> None:
    specs = entry_points(group="tokenloom.specs", name="flowroll")
    builders = entry_points(group="tokenloom.builders", name="flowroll")
    assert [each.value for each in specs] == ["tokenloom_flowroll.specs"]
    assert [each.value for each in builders] == ["tokenloom_flowroll.builders"]


def test_settings_say_their_kind_and_refuse_nonsense() -> None:
    assert {"source": [FlowrollSource], "metric": [FlowrollExecution]} == SPECS
    assert FlowrollSource().kind == "flowroll"
    assert FlowrollExecution().kind == "flowroll_execution"
    with pytest.raises(ValidationError):
        FlowrollSource(part="some")  # type: ignore[arg-type]
    with pytest.raises(ValidationError):
        FlowrollSource(tasks=0)


def test_settings_default_to_the_recipe() -> None:
    spec, amounts = FlowrollSource(), Amounts()
    for name in ("tasks", "documents", "test_per_level", "validation_per_level", "seed"):
        assert getattr(spec, name) == getattr(amounts, name)


def test_settings_and_language_never_load_torch() -> None:
    code = "import sys, tokenloom_flowroll.specs, tokenloom_flowroll.__main__; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_source_yields_the_rows_of_its_part() -> None:
    spec = FlowrollSource(part="test", test_per_level=10)
    assert list(open_source(spec)) == list(rows_of("test", Amounts(test_per_level=10)))
    everything = open_source(FlowrollSource(tasks=50, test_per_level=10, validation_per_level=5))
    assert Counter(row["split"] for row in everything) == {"train": 50, "validation": 20, "test": 40}


def test_metric_judges_answers_by_running_them() -> None:
    rows = list(rows_of("test", Amounts(test_per_level=10)))
    references = [row["completion"] for row in rows]
    answers = ["emit z" if row["level"] == 4 else row["completion"] for row in rows]
    scores = build_metric(FlowrollExecution()).score(rows, answers, references)
    assert scores["execution_accuracy"] == 0.75
    assert scores["execution_accuracy_low"] < 0.75 < scores["execution_accuracy_high"]
    assert [scores[f"execution_accuracy_level_{level}"] for level in (1, 2, 3, 4)] == [1.0, 1.0, 1.0, 0.0]
    assert scores["per_row"] == [float(row["level"] != 4) for row in rows]
    assert scores["table"]["error_kinds"] == {"NAME": 9, "SYNTAX": 1}  # predict wants a value, not a program
    assert "exact_match" not in scores  # that name is the built-in metric's
