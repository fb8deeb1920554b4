"""Two versions beside each other: every row is accounted for, whichever way rows are matched."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tokenloom.data.dataset import Dataset
from tokenloom.data.history.cards import card, read_words, write_words
from tokenloom.data.history.diff import diff_versions, summary
from tokenloom.kit.errors import DataError, NotFound, SpecError
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.split import ColumnSplit

Import = Callable[..., Dataset]


def rows(count: int, **changed: str) -> list[dict[str, Any]]:
    return [
        {
            "id": f"q{n}",
            "prompt": f"question {n}",
            "completion": changed.get(f"q{n}", f"answer {n}"),
            "split": "train" if n % 5 else "test",
        }
        for n in range(count)
    ]


def imported(do_import: Import, lines: list[dict[str, Any]], name: str = "data") -> Dataset:
    return do_import("\n".join(map(json.dumps, lines)), name=name, split=ColumnSplit())


def test_rows_are_matched_by_a_column_and_all_are_accounted_for(do_import: Import) -> None:
    old = imported(do_import, rows(40))
    later = [row for row in rows(43, q3="better", q7="other") if row["id"] not in ("q1", "q2")]
    later[0] = {**later[0], "split": "train"}  # q0 was in the test
    new = imported(do_import, later[::-1])
    found = diff_versions(old, new, key="id")
    assert found.counts == {"added": 3, "removed": 2, "changed": 3, "moved": 1, "same": 35}
    changed = found.page("changed")
    assert [(each["before"]["id"], each["before"]["completion"], each["after"]["completion"]) for each in changed] == [
        ("q0", "answer 0", "answer 0"),
        ("q3", "answer 3", "better"),
        ("q7", "answer 7", "other"),
    ]
    (moved,) = found.page("moved")
    assert (moved["split"], moved["split_after"], moved["after"]["id"]) == ("test", "train", "q0")
    assert [each["before"] for each in found.page("added", 1, 1)] == [None]
    assert {each["before"]["id"] for each in found.page("removed")} == {"q1", "q2"}


def test_without_a_key_rows_are_matched_by_what_they_hold(do_import: Import) -> None:
    old = imported(do_import, [*rows(20), *rows(2)])
    new = imported(do_import, [*rows(20, q3="better"), rows(1)[0]])
    told = summary(diff_versions(old, new))
    assert told["key"] == "" and told["counts"] == {"added": 1, "removed": 2, "changed": 0, "moved": 0, "same": 20}
    assert told["rows"] == {"older": 22, "newer": 21}


def test_columns_that_come_and_go_are_named_and_not_compared(do_import: Import) -> None:
    old = imported(do_import, [{**row, "note": "x"} for row in rows(9)])
    new = imported(do_import, [{**row, "score": 1} for row in rows(9)])
    told = summary(diff_versions(old, new, key="id"))
    assert (told["columns_added"], told["columns_removed"], told["counts"]["same"]) == (["score"], ["note"], 9)


def test_a_column_that_is_missing_or_not_unique_is_refused(do_import: Import) -> None:
    old, new = imported(do_import, rows(9)), imported(do_import, rows(10))
    with pytest.raises(NotFound, match="column"):
        diff_versions(old, new, key="prompd")
    with pytest.raises(DataError, match="not unique"):
        diff_versions(old, new, key="split")


def test_a_card_holds_the_owners_words_and_the_facts(workspace: Workspace, do_import: Import) -> None:
    dataset = imported(do_import, rows(10), name="notes")
    assert "not described it yet" in card(workspace, dataset) and read_words(workspace, dataset) == ""
    write_words(workspace, dataset, "From the **clinic**, 2026.\n")
    text = card(workspace, dataset)
    assert "From the **clinic**, 2026." in text and "| train | 8 |" in text and "| raw | 10 | nothing |" in text
    assert text.startswith("---\npretty_name: notes\n") and f"`{dataset.id}`" in text
    with pytest.raises(SpecError, match="limit"):
        write_words(workspace, dataset, "x" * 100_001)
    assert read_words(workspace, dataset).startswith("From")
