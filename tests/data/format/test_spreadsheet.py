"""Workbooks: the sheet, the header and the types are found and can be set."""

from __future__ import annotations

import datetime
import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import xlwt

from tokenloom.data.format import Record, read_records, sniff
from tokenloom.data.format.tables.spreadsheet import cell_name
from tokenloom.kit.errors import DataError
from tokenloom.spec.data import CsvFormat, SpreadsheetFormat

ROWS: list[list[Any]] = [
    ["question", "answer", "count", "day", "ok"],
    ["2+2?", "4", 3, datetime.datetime(2024, 2, 1), True],
    [],
    ["007", None, 2.5, datetime.datetime(2024, 2, 1, 12, 30), False],
]


def _book(path: Path, sheets: dict[str, list[list[Any]]], *, top: int = 0, hidden: str = "") -> Path:
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd hh:mm"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        if name == hidden:
            sheet.hide()
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                sheet.write(top + number, column, value)
    book.close()
    return path


def _read(path: Path, wanted: SpreadsheetFormat | None = None) -> list[Record]:
    return list(read_records(path, path.name, sniff(path, path.name, wanted)))


def test_cells_keep_their_types_and_rows_their_places(tmp_path: Path) -> None:
    records = _read(_book(tmp_path / "data.txt", {"Main": ROWS}))
    assert [record.row for record in records] == [
        {"question": "2+2?", "answer": "4", "count": 3, "day": "2024-02-01", "ok": True},
        {"question": "007", "answer": None, "count": 2.5, "day": "2024-02-01T12:30:00", "ok": False},
    ]
    assert [(record.line, record.place) for record in records] == [
        (2, "sheet “Main”, row 2"),
        (4, "sheet “Main”, row 4"),
    ]


def test_an_old_workbook_is_read_too(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Alt")
    for row, values in enumerate([["prompt", "completion"], ["hello", "wörld"], ["one", 1]]):
        for column, value in enumerate(values):
            sheet.write(row, column, value)
    book.save(str(tmp_path / "old.xls"))
    assert [record.row for record in _read(tmp_path / "old.xls")] == [
        {"prompt": "hello", "completion": "wörld"},
        {"prompt": "one", "completion": 1},
    ]


def test_the_first_visible_sheet_with_rows_is_read_and_any_other_by_name_or_number(tmp_path: Path) -> None:
    sheets = {"Empty": [], "Notes": [["text"], ["hidden"]], "Data": [["text"], ["seen"]], "2": [["text"], ["two"]]}
    path = _book(tmp_path / "b.xlsx", sheets, hidden="Notes")
    found = sniff(path, path.name)
    assert isinstance(found.format, SpreadsheetFormat) and found.format.sheet == "Data"
    assert "“Data” of 4 (“Empty”, “Notes”, “Data”, “2”)" in found.why

    def first(sheet: str) -> dict[str, Any] | None:
        return _read(path, SpreadsheetFormat(sheet=sheet))[0].row

    assert [first("3"), first("2")] == [{"text": "seen"}, {"text": "two"}]
    with pytest.raises(DataError, match="no sheet “Dta”; its sheets are “Empty”") as caught:
        first("Dta")
    assert "number from 1" in caught.value.hint


def test_titles_above_the_table_are_passed_over_and_the_row_can_be_set(tmp_path: Path) -> None:
    rows = [["Survey of 2024"], [], ["id", "question", "answer"], [1, "a", "b"]]
    path = _book(tmp_path / "t.xlsx", {"S": rows}, top=4)
    found = sniff(path, path.name).format
    assert isinstance(found, SpreadsheetFormat) and (found.first_row, found.header) == (7, True)
    assert [record.row for record in _read(path)] == [{"id": 1, "question": "a", "answer": "b"}]
    records = _read(path, SpreadsheetFormat(first_row=8, header=False))
    assert [record.row for record in records] == [{"column_1": 1, "column_2": "a", "column_3": "b"}]


def test_a_header_that_names_a_column_twice_loses_nothing_and_is_told(tmp_path: Path) -> None:
    path = _book(tmp_path / "t.xlsx", {"S": [["q", "q", None], ["a", "b", "c"]]})
    assert [record.row for record in _read(path)] == [{"q": "a", "q_2": "b", "column_3": "c"}]
    assert "row 1" in sniff(path, path.name).notes[0] and "number 1 and 2" in sniff(path, path.name).notes[0]


def test_what_is_no_workbook_is_refused_with_a_reason(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "letter.xlsx", "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    with pytest.raises(DataError, match="a Word document"):
        sniff(tmp_path / "letter.xlsx", "letter.xlsx")
    with zipfile.ZipFile(tmp_path / "bad.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook")
    with pytest.raises(DataError, match=r"cannot be opened as a workbook|refused by the sandbox") as caught:
        sniff(tmp_path / "bad.xlsx", "bad.xlsx")
    assert caught.value.hint
    with pytest.raises(DataError, match="a workbook, not what the format says"):
        sniff(_book(tmp_path / "t.xlsx", {"S": ROWS}), "t.xlsx", CsvFormat())


def test_a_cell_far_away_cannot_fill_the_memory(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "far.xlsx"))
    sheet = book.add_worksheet("S")
    sheet.write(0, 0, "text")
    sheet.write(1_048_575, 16_383, "far")
    book.close()
    with pytest.raises(DataError) as caught:
        _read(tmp_path / "far.xlsx")
    assert caught.value.hint


def test_cells_are_named_as_people_see_them() -> None:
    assert [cell_name(7, column) for column in (0, 1, 25, 26, 701, 702)] == ["A7", "B7", "Z7", "AA7", "ZZ7", "AAA7"]
