"""Text cut by a user's regular expression."""

from __future__ import annotations

import io

import pytest

from tokenloom.data.format.pattern import check_pattern, read_by_pattern
from tokenloom.data.format.record import Record
from tokenloom.kit.errors import DataError
from tokenloom.spec.data import TextFormat


def _read(text: str, pattern: str) -> list[Record]:
    return list(read_by_pattern(io.BytesIO(text.encode()), pattern, "utf-8"))


def test_the_pattern_stands_between_rows() -> None:
    records = _read("one\ntwo\n----\nthree\n---\n\n-----\nfour", r"^-{3,}$")
    assert [(record.number, record.line, record.row) for record in records] == [
        (1, 1, {"text": "one\ntwo"}),
        (2, 4, {"text": "three"}),
        (3, 8, {"text": "four"}),
    ]


def test_named_groups_become_columns_and_what_lies_between_is_told() -> None:
    text = "Q: a\nA: b\nstray\nQ: c\nA: d\n"
    records = _read(text, r"^Q: (?P<prompt>.+)\nA: (?P<completion>.+)$")
    assert [record.row for record in records if record.row] == [
        {"prompt": "a", "completion": "b"},
        {"prompt": "c", "completion": "d"},
    ]
    assert [(record.line, record.raw) for record in records if record.reason] == [(3, "stray")]


def test_rows_longer_than_the_window_and_matches_at_its_edge_are_whole() -> None:
    rows = ["x" * size for size in (10, 70_000, 65_536, 2_000_000, 5, 1_048_570)]
    records = _read("\n=====\n".join(rows), r"\n={5}\n")
    assert [len(record.row["text"]) for record in records if record.row] == [len(row) for row in rows]
    assert [record.line for record in records] == [1, 3, 5, 7, 9, 11]
    edge = "a" * 65_534 + "\n\n\n\n\n" + "b" * 10
    assert [len(record.row["text"]) for record in _read(edge, r"\n+") if record.row] == [65_534, 10]


def test_many_rows_are_cut() -> None:
    assert len(_read("some words\n\f\n" * 30_000, r"\n\f\n")) == 30_000


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("(", "missing"),
        ("x*", "matches nothing"),
        ("(?:(?:(?:a{1000}){1000}){1000}){1000}", "too much memory or time"),
    ],
)
def test_impossible_patterns_are_refused_before_anything_is_read(pattern: str, told: str) -> None:
    with pytest.raises(DataError, match=told) as caught:
        check_pattern(pattern)
    assert caught.value.hint


def test_a_pattern_that_runs_away_is_stopped_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tokenloom.data.format.pattern._SECONDS", 0.3)
    with pytest.raises(DataError, match="near line 1") as caught:
        _read("a" * 60 + "b\n", r"(a|aa)+$\n")
    assert "nested repetitions" in caught.value.hint


def test_damage_ends_the_file_with_a_reason() -> None:
    records = list(read_by_pattern(io.BytesIO(b"one\n--\ntwo" + b"x" * 2_000_000 + b"\xff"), "\n--\n", "utf-8"))
    assert records[-1].row is None and "cannot be decoded" in records[-1].reason


def test_a_pattern_needs_its_unit_and_the_unit_its_pattern() -> None:
    with pytest.raises(ValueError, match="needs a pattern"):
        TextFormat(unit="pattern")
    with pytest.raises(ValueError, match="only used with"):
        TextFormat(unit="line", pattern="x")
