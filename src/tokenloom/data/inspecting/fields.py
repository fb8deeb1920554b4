"""Trouble of the columns: values that are missing, of several types, numbers written as text, columns that say nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import polars as pl

from tokenloom.data.dataset import ROW, Dataset
from tokenloom.data.inspecting.finding import MAX_EXAMPLES, MAX_ROWS, Finding

_NUMBER = r"^\s*[+-]?(?:\d[\d,]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\s*$"
_ALL, _SOME = 0.98, 0.02
_SELDOM = 0.05
_MAX_NAMED = 20


@dataclass
class _Column:
    missing: int = 0
    empty: int = 0
    numbers: int = 0
    first: Any = None
    is_constant: bool = True
    rows: list[int] = field(default_factory=list)
    odd: list[dict[str, Any]] = field(default_factory=list)


class Fields:
    """Counts what each column of the source holds."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        named = dataset.mapping.model_dump(exclude={"kind"}).values()
        self._mapped = {name for name in named if name is not None}
        self._columns = {name: _Column() for name in dataset.columns}
        self._rows = 0

    def look(self, frame: pl.DataFrame) -> None:
        """A block of the file as it is stored."""
        self._rows += frame.height
        present = [name for name in self._columns if name in frame.columns]
        facts = frame.select(expression for name in present for expression in self._asked(name, frame.schema[name]))
        row = facts.row(0, named=True)
        for place, name in enumerate(present):
            self._keep(
                frame, name, {key: row[f"{key}:{place}"] for key in ("missing", "empty", "numbers", "low", "high")}
            )

    def _asked(self, name: str, kind: pl.DataType) -> list[pl.Expr]:
        place = list(self._columns).index(name)
        value = pl.col(name)
        is_text = kind == pl.String and name not in self.dataset.json_columns
        blank = value.str.strip_chars() == "" if is_text else pl.lit(False)
        number = value.str.contains(_NUMBER) & ~blank if is_text else pl.lit(False)
        ordered = kind.is_numeric() or kind in (pl.String, pl.Boolean)
        return [
            value.is_null().sum().alias(f"missing:{place}"),
            blank.fill_null(False).sum().cast(pl.Int64).alias(f"empty:{place}"),
            number.fill_null(False).sum().cast(pl.Int64).alias(f"numbers:{place}"),
            (value.min() if ordered else pl.lit(None)).cast(pl.String).alias(f"low:{place}"),
            (value.max() if ordered else pl.lit("?")).cast(pl.String).alias(f"high:{place}"),
        ]

    def _keep(self, frame: pl.DataFrame, name: str, facts: dict[str, Any]) -> None:
        column = self._columns[name]
        column.missing += facts["missing"]
        column.empty += facts["empty"]
        column.numbers += facts["numbers"]
        column.first = facts["low"] if column.first is None else column.first
        column.is_constant &= facts["low"] == facts["high"] == column.first and not facts["missing"]
        if (facts["missing"] or facts["empty"]) and len(column.rows) < MAX_ROWS:
            value = pl.col(name)
            gap = value.is_null() | (
                value.str.strip_chars() == "" if frame.schema[name] == pl.String else pl.lit(False)
            )
            column.rows += frame.filter(gap)[ROW].head(MAX_ROWS - len(column.rows)).to_list()
        filled = frame.height - facts["missing"] - facts["empty"]
        if 0 < facts["numbers"] < filled and len(column.odd) < MAX_EXAMPLES:
            few = pl.col(name).str.contains(_NUMBER)
            few = few if facts["numbers"] * 2 < filled else ~few
            found = frame.filter(few & (pl.col(name).str.strip_chars() != "")).select(ROW, name)
            left = MAX_EXAMPLES - len(column.odd)
            column.odd += [
                {"row": row, "text": f"{name}: {value[:120]}"} for row, value in found.head(left).iter_rows()
            ]

    def findings(self) -> list[Finding]:
        """About columns; ``count`` are rows, or values where it says so."""
        made = [self._missing(), self._mixed(), self._numbers_as_text(), self._constant(), self._no_split()]
        return [finding for finding in made if finding is not None]

    def _filled(self, name: str) -> int:
        column = self._columns[name]
        return self._rows - column.missing - column.empty

    def _missing(self) -> Finding | None:
        gaps = {name: self._rows - self._filled(name) for name in self._columns}
        gaps = {name: count for name, count in sorted(gaps.items(), key=lambda pair: -pair[1]) if count}
        if not gaps:
            return None
        worst = next(iter(gaps))
        seldom = [name for name, count in gaps.items() if count > (1 - _SELDOM) * self._rows]
        return Finding(
            "missing", "Missing or empty values", "note", gaps[worst], self._rows,
            why="Rows without a value say less than the others; a column that is seldom filled may come from another file.",
            advice="A text that is needed was never let in empty; check that the other columns are meant to be optional.",
            rows=self._columns[worst].rows, details={"columns": _first(gaps), "seldom_filled": seldom[:_MAX_NAMED]},
        )  # fmt: skip

    def _mixed(self) -> Finding | None:
        told = {
            note.partition("”")[0].partition("“")[2]: note
            for note in self.dataset.report().get("notes", [])
            if "mixes" in note
        }
        found = {}
        for name, column in self._columns.items():
            share = column.numbers / max(1, self._filled(name))
            if name in told or (name not in self._mapped and _SOME < share < _ALL):
                found[name] = min(column.numbers, self._filled(name) - column.numbers)
        if not found:
            return None
        worst = max(found, key=lambda name: found[name])
        return Finding(
            "mixed_types", "Columns that mix types", "warning" if set(found) & self._mapped else "note",
            found[worst], self._rows,
            why="Numbers and words in one column usually come from a shifted or damaged file.",
            advice="Look at the rows of the rarer type; correct the source and import it again.",
            rows=[each["row"] for each in self._columns[worst].odd], examples=self._columns[worst].odd,
            details={"columns": _first(found), "notes": list(told.values())[:_MAX_NAMED]},
        )  # fmt: skip

    def _numbers_as_text(self) -> Finding | None:
        found = {
            name: column.numbers
            for name, column in self._columns.items()
            if name not in self._mapped and column.numbers and column.numbers >= _ALL * self._filled(name)
        }
        if not found:
            return None
        return Finding(
            "numbers_as_text", "Numbers stored as text", "note", max(found.values()), self._rows,
            why="They sort and filter as words: “10” comes before “9”.",
            advice="It harms no training; import again with the type set if you filter by them.",
            details={"columns": _first(found)},
        )  # fmt: skip

    def _constant(self) -> Finding | None:
        same = [name for name, column in self._columns.items() if self._rows > 1 and column.is_constant]
        if not same:
            return None
        is_learned = bool(set(same) & self._mapped)
        return Finding(
            "constant", "Columns that say the same in every row", "warning" if is_learned else "note", self._rows, self._rows,
            why="A text that never changes teaches one answer to everything." if is_learned else "It tells rows apart in no way.",
            advice="Check the mapping." if is_learned else "It can be left out.",
            details={"columns": {name: str(self._columns[name].first)[:120] for name in same[:_MAX_NAMED]}},
        )  # fmt: skip

    def _no_split(self) -> Finding | None:
        splits = self.dataset.splits
        absent = [name for name in ("train", "validation") if not splits.get(name)]
        if not absent:
            return None
        return Finding(
            "empty_split", f"No rows in {' and '.join(absent)}", "error" if "train" in absent else "warning",
            self._rows, self._rows,
            why="Without training rows nothing is learned." if "train" in absent else
            "Without validation rows nobody sees when the model begins to learn by heart.",
            advice="Split the dataset anew.", fix=[{"kind": "resplit", "split": {"kind": "ratio"}}], details={"splits": splits},
        )  # fmt: skip


def _first(found: dict[str, int]) -> dict[str, int]:
    return dict(list(found.items())[:_MAX_NAMED])
