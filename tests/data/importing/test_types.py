"""Types of columns: found where every value fits, chosen where one says so, text where it could be more than one thing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from tokenloom.data.dataset import Dataset
from tokenloom.data.exploring import Explorer, Question, parse_filters
from tokenloom.data.importing import import_dataset
from tokenloom.data.importing.preview import look_into
from tokenloom.data.importing.types import Finder, read_value
from tokenloom.data.source import Place
from tokenloom.kit.errors import DataError
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.data import ColumnsSpec, FileSource, LabelMapping

ROWS = """text;price;count;code;when;good;phone;part;label;mixed
one;1.5;9;007;2026-03-01;yes;+49 30 1;1,5;1;4
two;10;10;010;2025-12-31T10:00:00;no;030-2;2;2;5
three;-2.25;11;300;;yes;030-3;1.000,25;1;six
"""


@pytest.fixture
def take(workspace: Workspace, tmp_path: Path) -> Any:
    def import_(text: str, name: str = "shop.csv", **settings: Any) -> Dataset:
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return import_dataset(workspace, name="shop", source=FileSource(path=str(path)), **settings)

    return import_


def stored(dataset: Dataset) -> dict[str, Any]:
    table = pq.read_table(dataset.path / "data.parquet")
    return {name: (table.schema.field(name).type, table[name].to_pylist()) for name in table.column_names}


def test_types_that_every_value_fits_are_stored_and_the_rest_stays_text(take: Any) -> None:
    dataset = take(ROWS, mapping=LabelMapping(text="text", label="label"))
    found = stored(dataset)
    assert found["price"] == (pa.float64(), [1.5, 10.0, -2.25])
    assert found["count"] == (pa.int64(), [9, 10, 11])
    assert found["code"] == (pa.string(), ["007", "010", "300"])
    assert found["when"] == (pa.string(), ["2026-03-01", "2025-12-31T10:00:00", None])
    assert found["good"] == (pa.bool_(), [True, False, True])
    assert found["phone"][0] == pa.string()
    assert found["part"] == (pa.float64(), [1.5, 2.0, 1000.25])
    assert found["label"] == (pa.string(), ["1", "2", "1"])  # a model reads it
    assert found["mixed"] == (pa.string(), ["4", "5", "six"])
    assert dataset.meta["types"]["when"] == "date" and "code" not in dataset.meta["types"]
    notes = " ".join(dataset.report()["notes"])
    assert "“code” stays text" in notes and "“007” in row 1" in notes
    assert [each.label for each in dataset.sample(3)] == ["1", "2", "1"]


def test_numbers_are_sorted_and_filtered_as_numbers_and_dates_by_time(take: Any, workspace: Workspace) -> None:
    dataset, explorer = take(ROWS), Explorer(workspace, copies=False)

    def texts(sort: str | None, *filters: str) -> list[str]:
        question = Question(filter=parse_filters(filters), sort=sort)
        return [row["text"] for row in explorer.page(dataset, question, offset=0, limit=9, seconds=None).rows]

    assert texts("price") == ["three", "one", "two"]
    assert texts("count") == ["one", "two", "three"]
    assert texts("when") == ["two", "one", "three"]
    assert texts(None, "price>=1.5") == ["one", "two"]
    assert texts(None, "price=10") == ["two"]
    assert texts(None, "count=[9,11]") == ["one", "three"]
    assert texts(None, "when>=2026-01-01") == texts(None, "when>=2026") == ["one"]
    assert texts(None, "when<=2025-12-31") == ["two"]


def test_a_chosen_type_sets_rows_aside_that_do_not_fit_with_place_reason_and_fix(take: Any) -> None:
    dataset = take(ROWS, columns=ColumnsSpec(types={"mixed": "integer", "code": "integer", "price": "text"}))
    bad = dataset.report()["first_bad"]
    assert [(each["line"], each["row"]) for each in bad] == [(4, 3)]
    assert bad[0]["reason"] == "a value of the column “mixed” is not a whole number ('six')"
    assert "choose the type text" in bad[0]["fix"]
    found = stored(dataset)
    assert found["mixed"] == (pa.int64(), [4, 5]) and found["code"] == (pa.int64(), [7, 10])
    assert found["price"] == (pa.string(), ["1.5", "10"])
    assert "integer" in dataset.meta["types"].values()


def test_finding_can_be_left_off_and_an_unknown_column_is_named(take: Any) -> None:
    dataset = take(ROWS, columns=ColumnsSpec(find=False))
    assert {kind for kind, _ in stored(dataset).values()} == {pa.string(), pa.int64()}  # the row's number alone
    with pytest.raises(DataError, match="no column “prise”") as told:
        take(ROWS, columns=ColumnsSpec(types={"prise": "number"}))
    assert "price" in told.value.hint


def test_a_late_value_takes_a_found_type_back_and_loses_no_row(take: Any) -> None:
    lines = "".join(f"word {number};{number}\n" for number in range(2_000))
    dataset = take("text;size\n" + lines + "last;n/a\n")
    kind, values = stored(dataset)["size"]
    assert kind == pa.string() and values[-1] == "n/a" and dataset.count() == 2001
    note = "whole numbers but for 1 of 2,001 that is not, first “n/a” in row 2,001"
    assert any(note in each for each in dataset.report()["notes"])


def test_json_says_itself_what_a_value_is_unless_a_type_is_chosen(take: Any) -> None:
    text = '{"text": "a", "n": "1", "m": 2}\n{"text": "b", "n": "2", "m": 3}\n'
    assert stored(take(text, "a.jsonl"))["n"] == (pa.string(), ["1", "2"])
    chosen = take(text, "a.jsonl", columns=ColumnsSpec(types={"n": "integer", "m": "text"}))
    assert stored(chosen)["n"] == (pa.int64(), [1, 2]) and stored(chosen)["m"] == (pa.string(), ["2", "3"])


def test_cells_of_a_workbook_have_types_too(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate([["text", "n", "id"], ["a", "1", "0042"], ["b", 2, 7]]):
            for column, cell in enumerate(cells):
                sheet.write(row, column, cell) if not isinstance(cell, str) else sheet.write_string(row, column, cell)
    dataset = import_dataset(workspace, name="book", source=FileSource(path=str(path)))
    assert stored(dataset)["n"] == (pa.int64(), [1, 2])
    assert stored(dataset)["id"] == (pa.string(), ["0042", "7"])


def test_the_look_before_an_import_tells_types_reasons_and_misfits(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "shop.csv"
    path.write_text(ROWS, "utf-8")
    wanted = ColumnsSpec(types={"mixed": "number"})
    told = look_into(Place(workspace), FileSource(path=str(path)), columns=wanted).told(8)
    columns = {each["name"]: each for each in told["columns"]}
    assert columns["price"] | {"why": ""} == {"name": "price", "holds": "numbers", "type": "number", "why": ""}
    assert columns["code"]["type"] == "text" and "begin with a zero" in columns["code"]["why"]
    assert columns["mixed"]["why"] == "it was chosen"
    assert [(each["row"], each["reason"]) for each in told["bad"]] == [
        (3, "a value of the column “mixed” is not a number ('six')")
    ]


@pytest.mark.parametrize(
    ("values", "type", "why"),
    [
        (["1", "2", " 3 "], "integer", ""),
        (["1", "2.5", "1e3"], "number", ""),
        (["1,5", "2"], "decimal_comma", ""),
        (["1,234", "2,500"], "text", "thousands or fractions"),
        (["1.5", "1,5"], "text", ""),
        (["007", "8"], "text", "begin with a zero"),
        (["4111111111111111", "4"], "text", "16 digits"),
        (["+49301", "+4930"], "text", "begin with a plus"),
        (["true", "False"], "boolean", ""),
        (["yes", "true"], "text", ""),
        (["1", "0"], "integer", ""),
        (["2026-02-28", "28.2.2026"], "date", ""),
        (["2026-02-30"], "text", ""),
        (["13/4/2026", "3/4/2026"], "day_first_date", ""),
        (["4/13/2026", "3/4/2026"], "month_first_date", ""),
        (["3/4/2026", "5/6/2026"], "text", "day or the month first"),
        (["", None], "text", ""),
        (["nan", "inf"], "text", ""),
        (["x" * 100], "text", ""),
    ],
)
def test_finding_is_careful(values: list[Any], type: str, why: str) -> None:
    finder = Finder("c")
    for number, value in enumerate(values, start=1):
        finder.see(number, value)
    found = finder.found()
    assert found.type == type and (why in found.why if why else True)


def test_a_column_that_is_named_like_a_telephone_number_stays_text() -> None:
    finder = Finder("home_phone")
    finder.see(1, "5551234")
    assert finder.found().type == "text" and "named like" in finder.found().why


@pytest.mark.parametrize(
    ("type", "value", "read"),
    [
        ("integer", "+007", 7),
        ("integer", 3.0, 3),
        ("number", ".5", 0.5),
        ("decimal_comma", "-1.234,5", -1234.5),
        ("boolean", "No", False),
        ("date", "1.2.2026 9:05", "2026-02-01T09:05:00"),
        ("day_first_date", "31/12/2026", "2026-12-31"),
        ("month_first_date", "12/31/2026", "2026-12-31"),
        ("number", " ", None),
    ],
)
def test_a_value_is_read_by_its_type(type: str, value: Any, read: Any) -> None:
    assert read_value(value, type) == read


@pytest.mark.parametrize(
    ("type", "value"),
    [
        ("integer", "1.5"),
        ("integer", "9" * 30),
        ("integer", True),
        ("integer", "१"),
        ("number", "1e999"),
        ("number", "nan"),
        ("number", [1]),
        ("decimal_comma", "1,2,3"),
        ("boolean", "maybe"),
        ("date", "2026-13-01"),
        ("day_first_date", "12/31/2026"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(type: str, value: Any) -> None:
    with pytest.raises(ValueError):
        read_value(value, type)
