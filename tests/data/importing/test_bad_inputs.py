"""What people's files are really like: each fault is counted exactly, located, given a reason and a fix; everything else goes on."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tokenloom.data.importing import import_dataset
from tokenloom.data.importing.fixes import _ANY, fix_for
from tokenloom.kit.errors import DataError
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.data import CsvFormat, FileSource, SpreadsheetFormat

GOOD = [f"prompt {number},answer {number}" for number in range(6)]
USER, ANSWER = {"role": "user", "content": "hi"}, {"role": "assistant", "content": "yo"}


def _csv(*bad: str, header: str = "prompt,completion") -> str:
    """A header and six good rows with the bad ones between, from line 4 on."""
    return "\n".join([header, *GOOD[:2], *bad, *GOOD[2:], ""])


def _jsonl(*bad: str) -> str:
    good = [json.dumps({"messages": [USER, ANSWER], "n": number}) for number in range(6)]
    return "\n".join([*good[:3], *bad, *good[3:], ""])


def _chat(*messages: Any) -> str:
    return json.dumps({"messages": list(messages), "n": 99})


DEEP = json.dumps({"n": 1})[:-1] + ', "x": ' + "[" * 500 + "]" * 500 + "}"
WIDE = json.dumps({"messages": [USER, ANSWER], **{f"column {number}": 1 for number in range(10_000)}})


@pytest.mark.parametrize(
    ("content", "file", "line", "reason"),
    [
        (_csv("only one"), "t.csv", 4, "it has 1 fields instead of 2"),
        (_csv("a,b,c"), "t.csv", 4, "it has 3 fields instead of 2"),
        (_csv('"never closed,b'), "t.csv", 4, "a quote is opened and never closed"),
        (_csv("zero \0 byte,b"), "t.csv", 4, "it holds NUL bytes"),
        (_csv("  ,\t"), "t.csv", 4, "the prompt is empty"),
        (_csv("a,   "), "t.csv", 4, "the answer is empty"),
        (_csv("a,b,c").encode("utf-16"), "t.csv", 4, "it has 3 fields instead of 2"),
        (b"\xef\xbb\xbf" + _csv("a,b,c").encode(), "t.csv", 4, "it has 3 fields instead of 2"),
        (
            _csv("bad \udcff\udcfa,b").encode("utf-8", "surrogateescape"),
            "t.csv",
            4,
            "bytes that are not utf-8 (ff at byte 5)",
        ),
        (_jsonl(DEEP), "t.jsonl", 4, "it is nested deeper than 64 levels"),
        (_jsonl(WIDE), "t.jsonl", 4, "it has 10001 columns; the limit is 2000"),
        (_jsonl('{"messages": ['), "t.jsonl", 4, "invalid JSON at column 15"),
        (_jsonl(_chat(USER, {"role": "assistant", "content": ""})), "t.jsonl", 4, "message 2 (assistant) is empty"),
        (_jsonl(_chat(USER, {"role": "assistant", "content": " \n"})), "t.jsonl", 4, "message 2 (assistant) is empty"),
        (_jsonl(_chat(ANSWER, USER)), "t.jsonl", 4, "message 1 is from the assistant where the user should speak"),
        (
            _jsonl(_chat(USER, USER, ANSWER)),
            "t.jsonl",
            4,
            "message 2 is from the user where the assistant should speak",
        ),
        (_jsonl(_chat(USER, ANSWER, USER)), "t.jsonl", 4, "the conversation ends without an answer"),
    ],
)
def test_one_fault_costs_one_row_and_is_told_with_place_reason_and_fix(
    do_import: Any, content: str | bytes, file: str, line: int, reason: str
) -> None:
    dataset = do_import(content, file)
    report = dataset.report()
    assert report["rows"] == {"raw": 7, "good": 6, "bad": 1} and dataset.count() == 6
    [entry] = report["first_bad"]
    assert (entry["file"], entry["line"], entry["row"]) == (file, line, 4 if file.endswith("jsonl") else 3)
    assert entry["reason"].startswith(reason)
    assert entry["fix"] == fix_for(entry["reason"]) != _ANY
    assert list(report["reasons"].values()) == [1] and set(report["fixes"]) == set(report["reasons"])
    assert list(report["fixes"].values()) == [entry["fix"]]
    assert dataset.quarantine() == [entry]


def test_mixed_types_are_counted_with_their_first_rows(do_import: Any) -> None:
    rows = [{"text": f"t{number}", "n": number} for number in range(5)] + [
        {"text": "x", "n": "five"}, {"text": "y", "n": "six"}, {"text": "z", "n": None},
    ]  # fmt: skip
    dataset = do_import(rows)
    assert [row["n"] for row in dataset.rows()] == ["0", "1", "2", "3", "4", "five", "six", None]
    [note] = [note for note in dataset.report()["notes"] if "“n” mixes" in note]
    assert "whole numbers (5 rows, first in row 1) and text (2 rows, first in row 6)" in note


def test_duplicate_headers_lose_no_column_and_are_told_with_place_and_fix(do_import: Any) -> None:
    dataset = do_import("text,note,note\na,b,c\nd,e,f\n", "t.csv")
    assert [(row["note"], row["note_2"]) for row in dataset.rows()] == [("b", "c"), ("e", "f")]
    assert any("line 1" in note and "“note” twice" in note and "Rename" in note for note in dataset.report()["notes"])


def test_too_many_columns_in_a_header_are_refused_with_count_place_and_fix(do_import: Any) -> None:
    header = ",".join(f"c{number}" for number in range(10_000))
    with pytest.raises(DataError, match=r"t\.csv has 10000 columns in line 1; the limit is 2000") as caught:
        do_import(f"{header}\n{header}\n", "t.csv")
    assert "leave out" in caught.value.hint


def test_rows_with_ever_new_columns_are_set_aside_once_there_is_no_room(do_import: Any) -> None:
    rows = [{"text": "a", **{f"{number}-{place}": 1 for place in range(900)}} for number in range(4)]
    dataset = do_import([*rows, {"text": "last"}])
    assert dataset.report()["rows"] == {"raw": 5, "good": 3, "bad": 2}
    assert [entry["row"] for entry in dataset.quarantine()] == [3, 4]


def test_numbers_that_are_marks_stay_text(do_import: Any) -> None:
    dataset = do_import("text,code,price\na,007,1.50\nb,010,2.00\n", "t.csv")
    assert [(row["code"], row["price"]) for row in dataset.rows()] == [("007", 1.5), ("010", 2.0)]


def test_a_bad_row_of_a_sheet_is_located_by_sheet_and_row(workspace: Workspace, tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "b.xlsx"))
    book.add_worksheet("Other").write(0, 0, "x")
    sheet = book.add_worksheet("Data")
    for row, values in enumerate([["prompt", "completion"], ["a", "b"], ["c", None], ["d", 4]]):
        for column, value in enumerate(values):
            sheet.write(row, column, value)
    book.close()
    source = FileSource(path=str(tmp_path / "b.xlsx"))
    dataset = import_dataset(workspace, name="x", source=source, format=SpreadsheetFormat(sheet="Data"))
    assert dataset.report()["rows"] == {"raw": 3, "good": 2, "bad": 1}
    [entry] = dataset.quarantine()
    assert (entry["line"], entry["place"], entry["reason"]) == (3, "sheet “Data”, row 3", "the answer is empty")


def test_an_archive_is_a_folder_of_files(workspace: Workspace, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("b/two.jsonl", '{"text": "b1"}\noops\n')
        archive.writestr("a.jsonl", '{"text": "a1"}\n{"text": "a2"}\n')
        archive.writestr("pic.png", b"\x89PNG\r\n\x1a\n" + bytes(50))
        archive.writestr("../up.jsonl", '{"text": "never"}\n')
    dataset = import_dataset(workspace, name="x", source=FileSource(path=str(tmp_path / "all.zip")))
    assert [(row["_row"], row["file"], row["text"]) for row in dataset.rows()] == [
        (1, "a.jsonl", "a1"), (2, "a.jsonl", "a2"), (3, "b/two.jsonl", "b1"),
    ]  # fmt: skip
    assert dataset.quarantine()[0]["file"] == "b/two.jsonl" and dataset.quarantine()[0]["line"] == 2
    assert sorted(each["name"] for each in dataset.report()["skipped_files"]) == ["../up.jsonl", "pic.png"]
    assert import_dataset(workspace, name="x", source=FileSource(path=str(tmp_path / "all.zip"))).id == dataset.id
    assert list(workspace.datasets.glob(".tmp-*")) == []
    only = import_dataset(workspace, name="y", source=FileSource(path=str(tmp_path / "all.zip"), pattern="**/two.*"))
    assert [row["text"] for row in only.rows()] == ["b1"]


def test_all_bad_rows_are_answered_with_the_fix_of_the_commonest_fault(do_import: Any) -> None:
    with pytest.raises(DataError, match="None of the 2 rows") as caught:
        do_import("prompt,completion\n,x\n,y\n", "t.csv", format=CsvFormat(header=True))
    assert caught.value.hint.startswith("Fill it in")
