"""Rows with a preference, a verdict or a class: found by their columns, read, and refused with a reason."""

from __future__ import annotations

from typing import Any

import pytest

from tokenloom.data.mapping import BadRow, check_columns, detect_mapping, reader_of
from tokenloom.kit.errors import DataError
from tokenloom.spec.data import FeedbackMapping, LabelMapping, PreferenceMapping

ASKED = {"role": "user", "content": "Why?"}
BETTER, WORSE = {"role": "assistant", "content": "Because."}, {"role": "assistant", "content": "No."}


def detected(rows: list[dict[str, Any]]) -> str:
    return str(detect_mapping(list(rows[0]), rows).mapping.kind)


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        ([{"prompt": "a", "chosen": "b", "rejected": "c"}], "preference"),
        ([{"chosen": [ASKED, BETTER], "rejected": [ASKED, WORSE]}], "preference"),
        (
            [{"prompt": "a", "completion": "b", "label": True}, {"prompt": "a", "completion": "c", "label": False}],
            "feedback",
        ),
        ([{"prompt": "a", "completion": "b", "label": "joy"}], "prompt"),
        ([{"text": f"t{n}", "label": "ab"[n % 2]} for n in range(6)], "label"),
        ([{"text": f"t{n}", "label": f"name {n}"} for n in range(6)], "text"),
        ([{"text": f"t{n}", "label": "ab"[n % 2] if n else ""} for n in range(6)], "text"),
        ([{"review": f"t{n}", "sentiment": n % 2} for n in range(6)], "label"),
        ([{"review": f"t{n}", "stars": n % 3} for n in range(6)], "label"),
        ([{"body": f"t{n}", "category": "ab"[n % 2]} for n in range(6)], "label"),
        ([{"instruction": f"t{n}", "response": "b", "category": "ab"[n % 2]} for n in range(6)], "prompt"),
        ([{"body": f"t{n}", "rating": n / 7} for n in range(6)], "text"),
        ([{"question": "q", "best": "a", "worst": "b"}], "preference"),
    ],
)
def test_shapes_are_found_by_names_and_content(rows: list[dict[str, Any]], kind: str) -> None:
    assert detected(rows) == kind


def test_a_preference_is_read_from_texts_and_from_conversations() -> None:
    read = reader_of(PreferenceMapping(prompt="prompt", system="system"))
    example = read(7, {"system": "Be short.", "prompt": "Why?", "chosen": "Because.", "rejected": "No."})
    assert [message["role"] for message in example.messages or []] == ["system", "user", "assistant"]
    assert (example.rejected or [])[-1] == WORSE
    assert example.texts == ["Be short.", "Why?", "Because.", "Be short.", "Why?", "No."]
    whole = reader_of(PreferenceMapping())(8, {"chosen": [ASKED, BETTER], "rejected": [ASKED, WORSE]})
    assert whole.messages == [ASKED, BETTER]
    assert whole.rejected == [ASKED, WORSE]
    answers = reader_of(PreferenceMapping(prompt="prompt"))(
        9, {"prompt": "Why?", "chosen": [BETTER], "rejected": [WORSE]}
    )
    assert answers.messages == [ASKED, BETTER]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"chosen": "b", "rejected": "c"}, "no prompt before"),
        ({"prompt": "a", "chosen": "b", "rejected": "b"}, "are the same"),
        ({"prompt": "a", "chosen": "", "rejected": "b"}, "chosen is empty"),
        ({"prompt": "a", "chosen": [], "rejected": "b"}, "holds no messages"),
        ({"chosen": [ASKED, BETTER], "rejected": [{"role": "user", "content": "What?"}, WORSE]}, "same prompt"),
        ({"chosen": [ASKED], "rejected": [ASKED, WORSE]}, "without an answer"),
    ],
)
def test_a_preference_that_is_none_is_refused(row: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadRow, match=reason):
        reader_of(PreferenceMapping(prompt="prompt"))(1, row)


@pytest.mark.parametrize(("told", "verdict"), [(True, True), (0, False), ("Good", True), ("no", False), (1.0, True)])
def test_verdicts_are_read_as_people_write_them(told: Any, verdict: bool) -> None:
    read = reader_of(FeedbackMapping())
    assert read(1, {"prompt": "a", "completion": "b", "verdict": told}).verdict is verdict
    with pytest.raises(BadRow, match="neither good nor bad"):
        read(1, {"prompt": "a", "completion": "b", "verdict": "perhaps"})


def test_a_class_is_read_as_its_name() -> None:
    read = reader_of(LabelMapping())
    assert read(1, {"text": "a", "label": 3}).label == "3"
    with pytest.raises(BadRow, match="label is empty"):
        read(1, {"text": "a", "label": None})


def test_a_column_that_is_not_there_is_named() -> None:
    with pytest.raises(DataError, match="no column “rejected”"):
        check_columns(PreferenceMapping(), ["chosen", "refused"])
