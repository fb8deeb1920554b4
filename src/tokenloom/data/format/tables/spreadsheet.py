"""Workbooks: a sandboxed child opens them and writes the cells of one sheet as lines, which are read here."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from tokenloom.data.format.record import Record
from tokenloom.data.format.tables.columns import names_of
from tokenloom.data.format.tables.dialect import has_header
from tokenloom.kit.errors import DataError
from tokenloom.kit.sandbox import sandbox_child
from tokenloom.spec.data import SpreadsheetFormat

_LOOKED_ROWS = 20
_MEMORY_BYTES, _SECONDS = 3 << 30, 120
_MAX_CELLS = 100_000_000
_SHOWN_SHEETS = 20
Cells = tuple[int, list[Any]]  # row of the sheet from 1, values from column A on


def find_table(path: Path, name: str, wanted: SpreadsheetFormat) -> tuple[SpreadsheetFormat, str, tuple[str, ...]]:
    """``wanted`` with everything filled in, why, and what a user should know (renamed columns)."""
    with tempfile.TemporaryDirectory() as folder:
        told = _unpacked(path, name, wanted, Path(folder) / "cells", most=_LOOKED_ROWS)
        rows = list(_lines(Path(folder) / "cells"))
    first = _first_row(rows, wanted.first_row)
    below = [list(map(_shown, cells)) for number, cells in rows if number >= first]
    header = wanted.header if wanted.header is not None else has_header([row for row in below if any(row)])
    spec = wanted.model_copy(update={"sheet": told["sheet"], "first_row": first, "header": header})
    of = f" of {len(told['sheets'])} ({_listed(told['sheets'])})" if len(told["sheets"]) > 1 else ""
    _, notes = names_of(below[0] if below else [], name, f"row {first}", has_header=header)
    return spec, f"it is a workbook; the sheet “{told['sheet']}”{of} is read from row {first} on", notes


def read_spreadsheet(path: Path, spec: SpreadsheetFormat, name: str) -> Iterator[Record]:
    """``spec`` must be complete. Numbers stay numbers, whole ones whole; dates become ISO text; empty cells become null.

    ``line`` of a record is its row in the sheet. Blank rows are no records.
    """
    with tempfile.TemporaryDirectory() as folder:
        _unpacked(path, name, spec, Path(folder) / "cells")
        columns: list[str] = []
        number = 0
        for row, cells in _lines(Path(folder) / "cells"):
            if row < (spec.first_row or 1):
                continue
            if not columns:
                columns, _ = names_of(list(map(_shown, cells)), name, f"row {row}", has_header=bool(spec.header))
                if spec.header:
                    continue
            number += 1
            yield _record(number, row, cells, columns, spec.sheet or "")


def unpack(path: str, sheet: str | None, into: str, most: int) -> dict[str, Any]:
    """Write the first ``most`` rows (0: all) of a sheet to the file ``into``, a line each; runs inside ``sandbox_child``."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        book = CalamineWorkbook.from_path(path)
        chosen = _chosen_sheet(book, sheet)
        if chosen is None:
            return {"sheets": book.sheet_names, "sheet": "", "problem": "sheet"}
        with Path(into).open("wb") as file:
            _write(book.get_sheet_by_name(chosen), file, most)
    except PasswordError:
        return {"sheets": [], "sheet": "", "problem": "is locked with a password"}
    except (CalamineError, ValueError) as error:
        return {"sheets": [], "sheet": "", "problem": f"cannot be opened as a workbook ({str(error)[:200]})"}
    return {"sheets": book.sheet_names, "sheet": chosen, "problem": ""}


def cell_name(row: int, column: int) -> str:
    """``B7`` for row 7 and column 1 (from 0)."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def _unpacked(path: Path, name: str, spec: SpreadsheetFormat, into: Path, *, most: int = 0) -> dict[str, Any]:
    told: dict[str, Any] = sandbox_child(
        "tokenloom.data.format.tables.spreadsheet:unpack",
        memory_bytes=_MEMORY_BYTES,
        cpu_seconds=_SECONDS,
        wall_seconds=2.0 * _SECONDS,
        path=str(path),
        sheet=spec.sheet,
        into=str(into),
        most=most,
    )
    if told["problem"] == "sheet":
        wanted = f"no sheet “{spec.sheet}”" if spec.sheet else "no sheet with rows in it"
        raise DataError(
            f"{name} has {wanted}; its sheets are {_listed(told['sheets'])}.",
            hint="Name one of them, or its number from 1.",
            sheets=told["sheets"],
        )
    if told["problem"]:
        raise DataError(f"{name} {told['problem']}.", hint="Save it again as .xlsx without a password, or as CSV.")
    return told


def _chosen_sheet(book: Any, wanted: str | None) -> str | None:
    from python_calamine import SheetVisibleEnum

    names: list[str] = book.sheet_names
    if wanted is None:
        visible = [
            each.name
            for each in book.sheets_metadata
            if each.visible == SheetVisibleEnum.Visible and each.name in names
        ]
        return next((each for each in [*visible, *names] if book.get_sheet_by_name(each).start is not None), None)
    if wanted in names:
        return wanted
    number = int(wanted) if wanted.isdecimal() and len(wanted) < 6 else 0
    return names[number - 1] if 1 <= number <= len(names) else None


def _write(sheet: Any, file: Any, most: int) -> None:
    if sheet.start is None:
        return
    if (sheet.end[0] + 1) * (sheet.end[1] - sheet.start[1] + 1) > _MAX_CELLS:
        raise ValueError(f"its sheet reaches to {cell_name(sheet.end[0] + 1, sheet.end[1])}")
    before = [None] * sheet.start[1]
    written = 0
    for row, cells in enumerate(sheet.iter_rows(), start=1):
        values = [_plain(cell) for cell in cells]
        if any(value is not None for value in values):
            file.write(orjson.dumps([row, [*before, *values]]) + b"\n")
            written += 1
            if written == most:
                return


def _plain(cell: Any) -> Any:
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return int(cell)
    if cell is None or isinstance(cell, bool | int | float):
        return cell
    if isinstance(cell, str):
        return cell if cell.strip() else None
    return cell.isoformat() if hasattr(cell, "isoformat") else str(cell)


def _lines(path: Path) -> Iterator[Cells]:
    with path.open("rb") as file:
        for line in file:
            row, cells = orjson.loads(line)
            yield row, cells


def _record(number: int, row: int, cells: list[Any], columns: list[str], sheet: str) -> Record:
    padded = [*cells, *[None] * (len(columns) - len(cells))]
    return Record(number, row, dict(zip(columns, padded, strict=False)), place=f"sheet “{sheet}”, row {row}")


def _first_row(rows: list[Cells], wanted: int | None) -> int:
    """The row that is wanted, else the first that is at least half as wide as the widest: narrower ones above it are titles."""
    if wanted is not None or not rows:
        return wanted or 1
    filled = {row: sum(cell is not None for cell in cells) for row, cells in rows}
    widest = max(filled.values())
    return next(row for row, count in filled.items() if count * 2 >= widest)


def _shown(cell: Any) -> str:
    return "" if cell is None else str(cell)


def _listed(sheets: list[str]) -> str:
    shown = ", ".join(f"“{each[:60]}”" for each in sheets[:_SHOWN_SHEETS])
    return f"{shown} and {len(sheets) - _SHOWN_SHEETS} more" if len(sheets) > _SHOWN_SHEETS else shown or "(none)"
