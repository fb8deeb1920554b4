"""JSON whose rows stand in a list under a key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tokenloom.data.format import Record, read_records, sniff
from tokenloom.data.format.window import find_records
from tokenloom.kit.errors import DataError
from tokenloom.spec.data import JsonlFormat

ROWS = [{"text": f'row {number} " [ {{ \\ ]'} for number in range(3)]
CHAT = {"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "yo"}]}


def _read(tmp_path: Path, text: str, wanted: Any = None) -> list[Record]:
    path = tmp_path / "f.json"
    path.write_text(text)
    return list(read_records(path, path.name, sniff(path, path.name, wanted)))


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ({"data": ROWS}, "data"),
        ({"version": 1, "meta": {"a": [1, {"b": "]"}]}, "data": ROWS, "more": {"x": []}}, "data"),
        ({"response": {"status": "ok", "items": ROWS}}, "response.items"),
        (CHAT, ""),
        ({"prompt": "a", "completion": "b"}, ""),
        (ROWS, ""),
    ],
)
def test_the_key_is_found_by_content(value: Any, key: str) -> None:
    assert find_records(json.dumps(value)) == key
    assert find_records(json.dumps(value, indent=2)) == key


def test_lines_that_hold_lists_are_rows_themselves() -> None:
    lines = "".join(json.dumps({"data": ROWS, "n": number}) + "\n" for number in range(2))
    assert find_records(lines) == ""
    assert find_records(json.dumps({"tools": [{"name": "x"}], "text": "one row"})) == ""
    assert find_records(json.dumps({"questions": ROWS}, indent=1)) == "questions"


def test_rows_below_a_key_are_read_with_their_lines(tmp_path: Path) -> None:
    text = json.dumps({"about": {"note": 'a "quoted" ]} text', "n": -1.5e3}, "data": ROWS, "after": [1]}, indent=1)
    records = _read(tmp_path, text)
    assert [record.row for record in records] == ROWS
    assert [text.split("\n")[record.line - 1].strip() for record in records] == ["{"] * 3


def test_the_key_can_be_set_and_a_missing_one_names_those_there_are(tmp_path: Path) -> None:
    text = json.dumps({"data": ROWS, "other": [{"text": "x"}]})
    assert [record.row for record in _read(tmp_path, text, JsonlFormat(records="other"))] == [{"text": "x"}]
    assert len(_read(tmp_path, text, JsonlFormat(records="."))) == 1
    with pytest.raises(DataError, match="no list under the key “rows”") as caught:
        _read(tmp_path, text, JsonlFormat(records="rows"))
    assert "data, other" in caught.value.hint


def test_a_large_part_before_the_rows_is_skipped_within_bounded_memory(tmp_path: Path) -> None:
    text = json.dumps({"junk": ["x" * 300_000, {"y": '\\"' * 200_000}] * 4, "k" * 5000: 1, "data": ROWS})
    assert [record.row for record in _read(tmp_path, text, JsonlFormat(records="data"))] == ROWS


def test_a_damaged_row_is_located_and_what_follows_the_list_is_told(tmp_path: Path) -> None:
    text = '{"data": [\n {"text": "a"},\n {"text": oops},\n {"text": "c"}\n], "n": 1}\n'
    records = _read(tmp_path, text)
    assert [record.row for record in records if record.row] == [{"text": "a"}, {"text": "c"}]
    assert [record.line for record in records if record.reason] == [3]
    records = _read(tmp_path, text + '{"data": [{"text": "lost"}]}', JsonlFormat(records="data"))
    assert "a second object follows" in records[-1].reason
