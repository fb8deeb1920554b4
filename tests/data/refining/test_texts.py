"""Which texts of a row a step is about."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tokenloom.data.refining.texts import Texts
from tokenloom.spec.data import (
    ChatMapping,
    FeedbackMapping,
    LabelMapping,
    PreferenceMapping,
    PromptMapping,
    TextMapping,
)

OPENAI = [
    {"role": "system", "content": "s"},
    {"role": "user", "content": [{"type": "text", "text": "u1"}, {"type": "text", "text": "u2"}]},
    {"role": "assistant", "content": "a"},
]
SHAREGPT = [{"from": "human", "value": "h"}, {"from": "gpt", "value": "g"}]
CASES: list[tuple[Any, dict[str, Any], list[str], list[str], list[str]]] = [
    (TextMapping(), {"text": "t", "other": "o"}, ["t"], ["t"], ["t"]),
    (LabelMapping(), {"text": "t", "label": "l"}, ["t"], ["t"], ["t"]),
    (
        PromptMapping(context="context", system="sys"),
        {"prompt": "p", "completion": "c", "context": "x", "sys": None, "id": 4},
        ["p", "c", "x"],
        ["p", "x"],
        ["c"],
    ),
    (ChatMapping(), {"messages": OPENAI}, ["s", "u1", "u2", "a"], ["s", "u1", "u2"], ["a"]),
    (ChatMapping(messages="talk"), {"talk": SHAREGPT, "note": "n"}, ["h", "g"], ["h"], ["g"]),
    (
        PreferenceMapping(prompt="prompt"),
        {"prompt": "p", "chosen": "c", "rejected": "r"},
        ["p", "c", "r"],
        ["p"],
        ["c", "r"],
    ),
    (PreferenceMapping(), {"chosen": SHAREGPT, "rejected": SHAREGPT}, ["h", "g", "h", "g"], ["h", "h"], ["g", "g"]),
    (FeedbackMapping(), {"prompt": "p", "completion": "c", "verdict": True}, ["p", "c"], ["p"], ["c"]),
    (ChatMapping(), {"messages": None}, [], [], []),
    (ChatMapping(), {"messages": ["odd", {"role": "user"}, {"role": "user", "content": 3}]}, [], [], []),
]


@pytest.mark.parametrize(("mapping", "row", "all_of_them", "prompts", "answers"), CASES)
def test_texts_are_found_and_replaced_where_they_stand(
    mapping: Any, row: dict[str, Any], all_of_them: list[str], prompts: list[str], answers: list[str]
) -> None:
    untouched = copy.deepcopy(row)
    for where, wanted in (("all", all_of_them), ("prompts", prompts), ("answers", answers)):
        texts = Texts(mapping, where)
        found = texts.of(row)
        assert sorted(found) == sorted(wanted)
        changed = texts.put(row, [text.upper() + "!" for text in found])
        assert texts.of(changed) == [text.upper() + "!" for text in found]
        assert row == untouched, "the row itself stays as it is"
        assert changed.keys() == row.keys()


def test_what_two_rows_teach_is_more_than_their_texts() -> None:
    texts = Texts(LabelMapping())
    assert texts.told({"text": "t", "label": "a"}) != texts.told({"text": "t", "label": "b"})
    assert texts.told({"text": "t", "label": "a", "id": 1}) == texts.told({"text": "t", "label": "a", "id": 2})
