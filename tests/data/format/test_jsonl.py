"""JSON objects, one a line or in an array: damage is located, the rest goes on."""

from __future__ import annotations

import io
import json
import time

import pytest

from tokenloom.data.format.jsonl import is_one_per_line, read_jsonl
from tokenloom.data.format.record import Record
from tokenloom.spec.data import JsonlFormat


def _read(content: bytes | str, encoding: str = "utf-8") -> list[Record]:
    raw = content.encode() if isinstance(content, str) else content
    is_lines = is_one_per_line(raw[:65536].decode(encoding, "replace").removeprefix("\ufeff"))
    return list(read_jsonl(io.BytesIO(raw), JsonlFormat(encoding=encoding), "t.jsonl", is_lines=is_lines))


def _bad(records: list[Record]) -> list[tuple[int, str]]:
    return [(record.line, record.reason) for record in records if record.row is None]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"a": 1', "invalid JSON at column"),
        ("not json", "invalid JSON at column 1"),
        ("[1, 2]", "it is a list, not an object"),
        ('"text"', "it is a text"),
        ("5", "it is a number"),
        ("null", "it is null"),
        ("{}", "an empty object"),
        ('{"a": NaN}', "NaN or Infinity"),
        ('{"a": "\\ud800"}', "surrogate"),
        ('{"a": "x\\u0000y"}', "NUL"),
        ('{"a": ' + "[" * 500 + "]" * 500 + "}", "nested deeper than 64"),
        ('{"a": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested deeper than 64"),
    ],
)
def test_a_damaged_line_has_a_reason_and_the_next_is_read(line: str, told: str) -> None:
    records = _read(f'{{"a": "first"}}\n{line}\n\n{{"a": "last"}}\n')
    assert [record.row for record in records if record.row] == [{"a": "first"}, {"a": "last"}]
    [(number, reason)] = _bad(records)
    assert number == 2 and told in reason
    assert records[-1].line == 4


def test_undecodable_bytes_and_nul_are_located() -> None:
    records = _read(b'{"a": "ok"}\n{"a": "\xff\xfe"}\n{"a": "\0"}\n')
    assert [line for line, _ in _bad(records)] == [2, 3]
    assert "ff" in _bad(records)[0][1] and "NUL" in _bad(records)[1][1]
    assert "\\xff" in records[1].raw


def test_sixty_four_levels_are_fine() -> None:
    row = json.loads('{"a": ' + "[" * 62 + "1" + "]" * 62 + "}")
    assert _read(json.dumps(row) + "\n")[0].row == row


def test_an_array_is_read_object_by_object_with_lines() -> None:
    records = _read('[\n  {"a": 1},\n  {"a": [1,\n   2]},\n  {"a": 3}\n]\n')
    assert [(record.line, record.row) for record in records] == [(2, {"a": 1}), (3, {"a": [1, 2]}), (5, {"a": 3})]


def test_a_one_line_array_and_pretty_printed_objects_are_read() -> None:
    assert [record.row for record in _read('[{"a": 1}, {"a": 2}]')] == [{"a": 1}, {"a": 2}]
    assert [record.row for record in _read('{\n "a": 1\n}\n{\n "a": 2\n}\n')] == [{"a": 1}, {"a": 2}]


def test_a_damaged_object_of_an_array_is_passed_over_where_each_begins_a_line() -> None:
    records = _read('[\n  {"a": 1},\n  {"a": oops},\n  {"a": 3}\n]')
    assert [record.row for record in records if record.row] == [{"a": 1}, {"a": 3}]
    assert [line for line, _ in _bad(records)] == [3]


def test_what_lies_behind_damage_in_a_one_line_array_is_not_guessed() -> None:
    records = _read('[{"a": [{"role": "x"}, oops}, {"a": 2}]')
    assert [record.row for record in records if record.row] == []
    assert "nothing behind" in _bad(records)[-1][1]


def test_a_truncated_array_gives_what_is_whole() -> None:
    records = _read('[\n{"a": 1},\n{"a": 2},\n{"a": "cut')
    assert [record.row for record in records if record.row] == [{"a": 1}, {"a": 2}]
    assert len(_bad(records)) == 1


def test_arrays_longer_than_one_block_are_read_whole() -> None:
    rows = [{"a": number, "text": "x" * (number % 5000)} for number in range(2000)]
    assert [record.row for record in _read(json.dumps(rows))] == rows
    assert [record.row for record in _read(json.dumps(rows, indent=2))] == rows


def test_utf16_and_a_byte_order_mark_are_read() -> None:
    assert _read('{"a": "é"}\n{"a": "ü"}\n'.encode("utf-16"), "utf-16")[1].row == {"a": "ü"}
    assert _read('\ufeff{"a": 1}\n')[0].row == {"a": 1}
    assert _read('\ufeff[{"a": 1}]')[0].row == {"a": 1}


def test_ten_megabyte_lines_good_and_bad_are_quick() -> None:
    start = time.monotonic()
    records = _read('{"a": "' + "x" * 10_000_000 + '"}\n' + "y" * 10_000_000 + "\n" + "[" * 10_000_000 + '\n{"a": 1}\n')
    assert [len(record.raw) for record in records if record.row is None] == [2000, 2000]
    assert [record.line for record in records if record.row is not None] == [1, 4]
    assert time.monotonic() - start < 5


def test_an_endless_line_is_refused_in_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tokenloom.data.format.lines.MAX_LINE_BYTES", 1 << 20)
    records = _read(b"x" * (5 << 20) + b'\n{"a": 1}\n')
    assert "longer than" in records[0].reason and records[1].row == {"a": 1} and records[1].line == 2
