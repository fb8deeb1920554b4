"""Steps that compare rows: duplicates, near-duplicates, leakage, and dividing anew."""

from __future__ import annotations

from typing import Any

import pytest

from tokenloom.data.refining.building import Tools, build_step
from tokenloom.data.refining.item import Fate, Item
from tokenloom.kit.errors import DataError
from tokenloom.spec.data import LabelMapping, PromptMapping, TextMapping
from tokenloom.spec.split import ColumnSplit, RatioSplit, StratifiedSplit
from tokenloom.spec.steps import DuplicatesStep, LeakageStep, NearDuplicatesStep, ResplitStep

STORY = "once upon a time a small red fox went down to the river and looked for the bridge that her mother had told her about"


def run(spec: Any, rows: list[tuple[str, str]], mapping: Any = None, *, size: int = 2, **more: Any) -> list[Fate]:
    """Fates of (split, text) rows numbered from 1; learned and applied in batches of ``size``."""
    step = build_step(spec, Tools(mapping or TextMapping()))
    items = [Item(number, split, {"text": text, **more}) for number, (split, text) in enumerate(rows, start=1)]
    batches = [items[start : start + size] for start in range(0, len(items), size)]
    for batch in batches:
        step.learn(batch)
    step.settle()
    fates = [fate for batch in batches for fate in step.apply(batch)]
    run.facts = step.facts()  # type: ignore[attr-defined]
    step.close()
    return fates


def lost(fates: list[Fate]) -> dict[int, str]:
    return {number: fate.reason for number, fate in enumerate(fates, start=1) if fate.item is None}


def test_the_first_copy_stays() -> None:
    fates = run(DuplicatesStep(), [("train", "a"), ("train", "b"), ("train", "a"), ("train", "A "), ("train", "a")])
    assert lost(fates) == {3: "the same as another row (row 1)", 5: "the same as another row (row 1)"}
    assert run.facts == {"groups": 1, "largest_group": 3}  # type: ignore[attr-defined]
    assert set(lost(run(DuplicatesStep(ignore_case=True), [("train", "a  B"), ("train", "A b"), ("train", "ab")]))) == {
        2
    }


def test_a_copy_in_test_stays_before_one_in_validation_and_in_train() -> None:
    rows = [("train", "a"), ("validation", "a"), ("test", "a"), ("train", "b"), ("validation", "b")]
    assert lost(run(DuplicatesStep(), rows)) == {
        1: "the same as another row (row 3)",
        2: "the same as another row (row 3)",
        4: "the same as another row (row 5)",
    }


def test_the_same_text_of_two_classes_is_no_copy() -> None:
    step = build_step(DuplicatesStep(), Tools(LabelMapping()))
    items = [Item(n, "train", {"text": "t", "label": label}) for n, label in enumerate(["a", "b", "a"], start=1)]
    step.learn(items)
    step.settle()
    assert [fate.item is None for fate in step.apply(items)] == [False, False, True]


def test_prompt_and_answer_are_not_run_together() -> None:
    step = build_step(DuplicatesStep(), Tools(PromptMapping()))
    pairs = [("ab", "c"), ("a", "bc"), ("ab", "c")]
    items = [Item(n, "train", {"prompt": p, "completion": c}) for n, (p, c) in enumerate(pairs, start=1)]
    step.learn(items)
    step.settle()
    assert [fate.item is None for fate in step.apply(items)] == [False, False, True]
    only_prompts = build_step(DuplicatesStep(where="prompts"), Tools(PromptMapping()))
    only_prompts.learn(items)
    only_prompts.settle()
    assert [fate.item is None for fate in only_prompts.apply(items)] == [False, False, True]


def test_no_rows_at_all() -> None:
    for spec in (DuplicatesStep(), NearDuplicatesStep(), LeakageStep(), ResplitStep()):
        assert run(spec, []) == []


def test_near_duplicates_leave_one_of_each_group() -> None:
    rows = [
        ("train", STORY),
        ("train", "something else entirely stands here"),
        ("train", STORY + " yesterday"),
        ("train", STORY.upper()),
    ]
    assert lost(run(NearDuplicatesStep(), rows)) == {
        3: "nearly the same as another row (row 1)",
        4: "nearly the same as another row (row 1)",
    }
    facts = run.facts  # type: ignore[attr-defined]
    assert facts == {"groups": 1, "largest_groups": [{"kept": 1, "rows": [1, 3, 4], "size": 3}]}
    assert set(lost(run(NearDuplicatesStep(keep="longest"), rows))) == {1, 4}
    in_test = [("train", STORY), ("test", STORY + " yesterday")]
    assert set(lost(run(NearDuplicatesStep(), in_test))) == {1}
    assert (
        lost(run(NearDuplicatesStep(threshold=1.0), [("train", STORY), ("train", STORY.replace("red", "blue"))])) == {}
    )


def test_leakage_drops_only_training_rows_and_says_where_they_stand() -> None:
    rows = [
        ("train", STORY),
        ("test", STORY + " yesterday"),
        ("validation", "the weather in the north will be cold and windy until the end of the week"),
        ("train", "The weather in the north will be cold and windy, until the end of the week!"),
        ("train", "a row that nobody else has anything like"),
        ("test", STORY + " yesterday"),
    ]
    fates = lost(run(LeakageStep(), rows))
    assert set(fates) == {1, 4}
    assert fates[1].startswith("nearly stands in test (row ") and fates[4].startswith(
        "also stands in validation (row 3, similarity 1.00"
    )
    assert run.facts == {"held_out_rows": 3, "exact": 1, "near": 1}  # type: ignore[attr-defined]
    assert set(lost(run(LeakageStep(threshold=1.0), rows))) == {4}
    assert lost(run(LeakageStep(), [("train", STORY), ("train", STORY)])) == {}


def test_dividing_anew_is_that_of_an_import_and_counts_who_moved() -> None:
    rows = [("train", f"text number {number}") for number in range(200)]
    fates = run(ResplitStep(split=RatioSplit(train=0.5, validation=0.25, test=0.25)), rows, size=64)
    splits = [fate.item.split for fate in fates if fate.item is not None]
    assert len(splits) == 200 and 70 < splits.count("train") < 130
    moved = run.facts["moved"]  # type: ignore[attr-defined]
    assert moved == {"train → test": splits.count("test"), "train → validation": splits.count("validation")} or sum(
        moved.values()
    ) == 200 - splits.count("train")
    by_column = run(ResplitStep(split=ColumnSplit(column="part")), [("train", "a"), ("train", "b")], part="test")
    assert [fate.item.split for fate in by_column if fate.item is not None] == ["test", "test"]


def test_a_split_that_cannot_be_made_is_refused() -> None:
    with pytest.raises(DataError, match="no column “part”"):
        build_step(ResplitStep(split=ColumnSplit(column="part")), Tools(TextMapping(), columns=["text"]))
    with pytest.raises(DataError, match="no class"):
        build_step(ResplitStep(split=StratifiedSplit()), Tools(TextMapping(), columns=["text"]))
