"""Separated values: what is wrong is located, the rest goes on."""

from __future__ import annotations

import io
import time

import pytest

from tokenloom.data.format.record import Record
from tokenloom.data.format.tables.columns import names_of
from tokenloom.data.format.tables.csv import read_csv
from tokenloom.kit.errors import DataError
from tokenloom.spec.data import CsvFormat

STYLE = CsvFormat(delimiter=",", header=True, encoding="utf-8")


def _read(content: bytes | str, spec: CsvFormat = STYLE) -> list[Record]:
    return list(read_csv(io.BytesIO(content.encode() if isinstance(content, str) else content), spec, "t.csv"))


def _good(records: list[Record]) -> list[dict[str, str]]:
    return [record.row for record in records if record.row is not None]


def _bad(records: list[Record]) -> list[tuple[int, str]]:
    return [(record.line, record.reason) for record in records if record.row is None]


def test_quotes_delimiters_and_line_breaks_inside_fields() -> None:
    records = _read('q,a\n"one, two","say ""hi"""\n"first\nsecond",x\n\nlast,"" \n')
    assert _good(records) == [
        {"q": "one, two", "a": 'say "hi"'},
        {"q": "first\nsecond", "a": "x"},
        {"q": "last", "a": ""},
    ]
    assert [record.line for record in records] == [2, 3, 6]


def test_ragged_rows_are_set_aside_with_their_lines() -> None:
    records = _read("a,b,c\n1,2,3\n1,2\n1,2,3,4\n1,2,3,,\n")
    assert _bad(records) == [(3, "it has 2 fields instead of 3"), (4, "it has 4 fields instead of 3")]
    assert len(_good(records)) == 2


def test_an_unclosed_quote_costs_its_line_only() -> None:
    records = _read('q,a\n1,"never closed\n2,b\n3,c\n')
    assert _bad(records) == [(2, "a quote is opened and never closed")]
    assert [row["q"] for row in _good(records)] == ["2", "3"]


def test_an_unclosed_quote_before_quoted_rows_does_not_swallow_them() -> None:
    records = _read('q,a\n"1","oops\n"2","b"\n"3","c"\n')
    assert [line for line, _ in _bad(records)] == [2]
    assert [row["q"] for row in _good(records)] == ["2", "3"]


def test_a_stray_quote_inside_a_plain_field_is_text() -> None:
    assert _good(_read('q,a\n5" pipe,say "x" now\n')) == [{"q": '5" pipe', "a": 'say "x" now'}]


def test_text_behind_a_closing_quote_is_a_fault() -> None:
    assert _bad(_read('q,a\n"x"y,b\nok,c\n')) == [(2, "text stands after a closing quote")]


def test_nul_bytes_and_bad_encoding_are_located() -> None:
    records = _read(b"q,a\nx\0y,b\nok,fine\n\xff\xfe,z\n")
    assert [line for line, _ in _bad(records)] == [2, 4]
    assert "NUL" in _bad(records)[0][1] and "ff" in _bad(records)[1][1]
    assert _good(records) == [{"q": "ok", "a": "fine"}]


def test_a_byte_order_mark_and_windows_line_ends_leave_no_trace() -> None:
    assert _good(_read("\ufeffq,a\r\n1,2\r\n")) == [{"q": "1", "a": "2"}]


def test_utf16_is_read() -> None:
    spec = STYLE.model_copy(update={"encoding": "utf-16"})
    assert _good(_read("q,a\r\né,ü\r\n".encode("utf-16"), spec)) == [{"q": "é", "a": "ü"}]


def test_a_column_that_is_named_twice_keeps_all_its_values_under_another_name() -> None:
    assert _good(_read("q,a,q,q_2\n1,2,3,4\n")) == [{"q": "1", "a": "2", "q_3": "3", "q_2": "4"}]
    names, notes = names_of(["q", "a", "q"], "t.csv", "line 1", has_header=True)
    assert names == ["q", "a", "q_2"]
    assert "line 1" in notes[0] and "“q” twice: as number 1 and 3" in notes[0] and "header=false" in notes[0]


def test_ten_thousand_columns_are_counted_and_refused() -> None:
    with pytest.raises(DataError, match=r"t\.csv has 10000 columns in line 1; the limit is 2000") as caught:
        _read(",".join(f"c{number}" for number in range(10_000)) + "\n")
    assert caught.value.hint


def test_without_a_header_columns_are_numbered_and_blank_names_filled() -> None:
    assert _good(_read("1,2\n", STYLE.model_copy(update={"header": False}))) == [{"column_1": "1", "column_2": "2"}]
    assert _good(_read(",text\n0,hello\n")) == [{"column_1": "0", "text": "hello"}]


def test_a_ten_megabyte_line_is_read_and_never_hangs() -> None:
    records = _read("q,a\n" + "x" * 10_000_000 + ",b\nc,d\n")
    assert [len(row["q"]) for row in _good(records)] == [10_000_000, 1]
    assert _good(_read("q,a\n" + '"' * 10_000_001 + ",b\nc,d\n")) == [{"q": "c", "a": "d"}], "only that line is bad"


def test_many_open_quotes_stay_linear() -> None:
    start = time.monotonic()
    records = _read("q,a\n" + 'x,"open\n' + "plain,line\n" * 30_000)
    assert len(_bad(records)) == 1 and len(_good(records)) == 30_000
    assert time.monotonic() - start < 5
