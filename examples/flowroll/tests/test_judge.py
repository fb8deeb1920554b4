"""Answers are judged by what they do: any right program counts, a printed result does not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tokenloom.kit.errors import DataError
from tokenloom_flowroll.generator.tasks import draw_tasks, even_quotas
from tokenloom_flowroll.judge import Verdict, execution_check, hidden_bindings, wilson_interval
from tokenloom_flowroll.language.interpreter import run
from tokenloom_flowroll.language.parser import parse
from tokenloom_flowroll.scoring import score


def row(reference: str, *dims: tuple[int, ...], family: str = "transform", **fields: Any) -> dict[str, Any]:
    return {
        "prompt": f"for {reference}",
        "completion": reference,
        "reference": reference,
        "family": family,
        "level": 1,
        "dims": [list(each) for each in dims],
        **fields,
    }


REVERSED_TAIL = row("emit x | rev | take 2", (5,))


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("emit x | rev | take 2", Verdict(True, True)),
        ("emit x | rev | take 2\n", Verdict(True, True)),
        ("emit x | drop 3 | rev", Verdict(True, False)),
        ("a = x | spin 3\nemit a | take 2 | rev", Verdict(True, False)),
        ("emit x  |  rev | take 2", Verdict(True, False)),
        ("emit x | take 2", Verdict(False, False)),
        ("emit x | rev | take 2 | fold 2", Verdict(False, False)),
        ("emit x | rev | take 9", Verdict(False, False, "SHORT")),
        ("emit y", Verdict(False, False, "NAME")),
        ("emit x | rev | take", Verdict(False, False, "SYNTAX")),
        ("", Verdict(False, False, "SYNTAX")),
    ],
)
def test_verdict_on_an_answer(answer: str, verdict: Verdict) -> None:
    assert execution_check(REVERSED_TAIL, answer) == verdict


def test_printing_the_expected_numbers_fails() -> None:
    """Whatever output the answer prints, even that of one of the hidden inputs."""
    reference = parse(REVERSED_TAIL["reference"])
    for bindings in hidden_bindings(REVERSED_TAIL["prompt"], [(5,)], reference):
        assert not execution_check(REVERSED_TAIL, f"emit {run(reference, bindings)}").correct


def test_hidden_inputs_have_the_stated_dims_and_stay_the_same() -> None:
    reference = parse("emit x | flat | join y")
    drawn = hidden_bindings("a prompt", [(2, 3), (4,)], reference)
    assert [(each["x"].dims, each["y"].dims) for each in drawn] == [((2, 3), (4,))] * 4
    assert drawn == hidden_bindings("a prompt", [(2, 3), (4,)], reference)
    assert drawn != hidden_bindings("another prompt", [(2, 3), (4,)], reference)


def test_build_is_judged_by_its_output() -> None:
    built = row("emit ramp 1 3 | rev", family="build")
    assert execution_check(built, "emit roll 3 2 1") == Verdict(True, False)
    assert not execution_check(built, "emit roll 1 2 3").correct
    assert execution_check(built, "emit x").error_kind == "NAME"


def test_predict_is_judged_by_the_printed_value() -> None:
    asked = row("emit ramp 1 4 | fold 2", family="predict", completion="grid 1 2 / 3 4")
    assert execution_check(asked, "grid 1 2 / 3 4") == Verdict(True, True)
    assert execution_check(asked, " grid 1  2 / 3 4") == Verdict(True, False)
    assert not execution_check(asked, "roll 1 2 3 4").correct
    assert execution_check(asked, "emit ramp 1 4 | fold 2").error_kind == "SYNTAX"


def test_every_reference_is_right_also_from_a_json_line() -> None:
    for task in draw_tasks("test", 0, 9, quotas=even_quotas(40)):
        line = json.loads(json.dumps(task.as_row()))
        assert execution_check(line, line["completion"]) == Verdict(True, True)


def test_an_untouched_answer_never_passes_a_fix() -> None:
    for task in draw_tasks("train", 0, 9, quotas={(2, "fix"): 30, (3, "fix"): 30}):
        verdict = execution_check(task.as_row(), task.broken)
        assert verdict == Verdict(False, False, task.error.split()[0])


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        ({"reference": "emit x | take 9"}, "does not run: SHORT line 1: take 9 from 5"),
        ({"reference": "emit"}, "does not run: SYNTAX"),
        ({"dims": [[5], [5], [5]]}, "are not those of x and y"),
        ({"dims": [[0]]}, "are not those of x and y"),
        ({"dims": "6 with 2 by 3"}, "are not those of x and y"),
        ({"dims": 6}, "are not those of x and y"),
    ],
)
def test_a_row_that_cannot_judge_says_so(broken: dict[str, Any], words: str) -> None:
    with pytest.raises(DataError, match=words):
        execution_check(REVERSED_TAIL | broken, "emit x")


def test_a_row_of_another_data_set_is_refused() -> None:
    with pytest.raises(DataError, match="no field family, dims, reference"):
        execution_check({"prompt": "hello", "completion": "world"}, "emit x")


def test_wilson_interval_has_known_values() -> None:
    assert wilson_interval(99, 150) == pytest.approx((0.5810, 0.7309), abs=1e-3)  # 66 %, as in the prototype's table
    assert wilson_interval(0, 20) == pytest.approx((0.0, 0.1611), abs=1e-3)
    assert wilson_interval(20, 20) == pytest.approx((0.8389, 1.0), abs=1e-3)
    assert wilson_interval(0, 0) == (0.0, 1.0)


def test_report_counts_whole_and_parts() -> None:
    rows = [
        row("emit x | rev", (3,), level=1, family="transform"),
        row("emit x | sort", (4,), level=1, family="transform"),
        row("emit ramp 1 3 | rev", level=1, family="build"),
        row("emit x | plus y", (3,), (3,), level=2, family="combine"),
    ]
    report = score(rows, ["emit x | rev", "emit x", "emit roll 3 2 1", "emit x | plus q"])
    assert report["num_rows"] == 4
    assert report["execution_accuracy"] == 0.5
    assert report["exact_match"] == 0.25
    assert report["error_kinds"] == {"NAME": 1}
    assert report["levels"]["1"]["execution_accuracy"] == pytest.approx(2 / 3)
    assert report["families"]["build"]["execution_accuracy"] == 1.0
    assert report["cells"]["2 combine"]["num_rows"] == 1
    low, high = wilson_interval(2, 4)
    assert (report["execution_accuracy_low"], report["execution_accuracy_high"]) == (low, high)


def test_report_needs_one_answer_per_row() -> None:
    with pytest.raises(DataError, match="1 rows but 0 answers"):
        score([REVERSED_TAIL], [])
