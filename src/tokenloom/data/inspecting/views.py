"""A dataset's rows in blocks of bounded size, as what they say to a model: prompt, answer, label, whatever the columns are called."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import singledispatch
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import polars as pl
import pyarrow.parquet as pq

from tokenloom.data.dataset import DATA, ROW, SPLIT, Dataset
from tokenloom.data.mapping import BadRow, Example, reader_of
from tokenloom.data.table import Table
from tokenloom.spec.base import Spec
from tokenloom.spec.data import (
    ChatMapping,
    FeedbackMapping,
    LabelMapping,
    PreferenceMapping,
    PromptMapping,
    TextMapping,
)

BLOCK_ROWS, BLOCK_BYTES = 65_536, 48 << 20
TRAIN = "train"
_TURNS = pl.List(pl.Struct({"role": pl.String, "content": pl.String, "from": pl.String, "value": pl.String}))
_VIEW = {name: pl.String for name in ("said", "prompt", "answer", "worse", "label", "verdict")}


class Blocks:
    """The file of one version, read a few row groups at a time. ``total`` is its number of rows."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self._table = Table(dataset.path / DATA, f"{dataset.name}@{dataset.version}")
        self._mapping = dataset.mapping
        with self._table.reading(), pq.ParquetFile(dataset.path / DATA) as file:
            groups = [file.metadata.row_group(number) for number in range(file.metadata.num_row_groups)]
            self.total: int = file.metadata.num_rows
            self.num_bytes = sum(group.total_byte_size for group in groups)
        self._starts = np.cumsum([0, *(group.num_rows for group in groups)])
        self._sizes = [(group.num_rows, group.total_byte_size) for group in groups]

    def __iter__(self) -> Iterator[pl.DataFrame]:
        """Every row in order, all columns."""
        with self._table.reading(), self._open() as file:
            for groups in self._runs():
                yield pl.DataFrame(pl.from_arrow(file.read_row_groups(groups)))

    def at(self, places: Sequence[int]) -> pl.DataFrame:
        """The rows at these places of the file (from 0), in that order, as :func:`view` gives them."""
        wanted = np.asarray(places, dtype=np.int64)
        order = np.argsort(wanted, kind="stable")
        parts = [view(self.dataset, frame) for frame in self._frames_at(wanted[order])]
        if not parts:
            return pl.DataFrame(schema={"row": pl.Int64, "split": pl.String, **_VIEW})
        back: list[int] = np.argsort(order, kind="stable").tolist()
        told: pl.DataFrame = pl.concat(parts)[back]
        return told

    def examples_at(self, places: Sequence[int]) -> list[Example]:
        """The rows at these places (ascending) as a model is taught them."""
        read = reader_of(self._mapping)
        made = []
        for frame in self._frames_at(np.asarray(places, dtype=np.int64)):
            made += [read(row[ROW], row) for row in _decoded(self.dataset, frame)]
        return made

    def spread(self, count: int, groups: int = 16) -> pl.DataFrame:
        """About ``count`` rows from up to ``groups`` row groups spread over the file."""
        chosen = np.unique(np.linspace(0, len(self._sizes) - 1, min(groups, len(self._sizes))).astype(int))
        each = max(1, count // max(1, len(chosen)))
        places = [
            int(self._starts[group] + place)
            for group in chosen
            for place in np.unique(
                np.linspace(0, self._sizes[group][0] - 1, min(each, self._sizes[group][0])).astype(int)
            )
        ]
        return self.at(places)

    def _frames_at(self, places: np.ndarray[Any, np.dtype[np.int64]]) -> Iterator[pl.DataFrame]:
        """The stored rows at ascending places, one row group after another."""
        groups = np.searchsorted(self._starts, places, side="right") - 1
        with self._table.reading(), self._open() as file:
            for group in np.unique(groups):
                inside = places[groups == group] - self._starts[group]
                yield pl.DataFrame(pl.from_arrow(file.read_row_group(int(group))))[inside.tolist()]

    def _open(self) -> pq.ParquetFile:
        return pq.ParquetFile(Path(self.dataset.path / DATA), memory_map=True)

    def _runs(self) -> Iterator[list[int]]:
        """Row groups that make one block."""
        run: list[int] = []
        rows = size = 0
        for number, (num_rows, num_bytes) in enumerate(self._sizes):
            if run and (rows + num_rows > BLOCK_ROWS or size + num_bytes > BLOCK_BYTES):
                yield run
                run, rows, size = [], 0, 0
            run.append(number)
            rows, size = rows + num_rows, size + num_bytes
        if run:
            yield run


def view(dataset: Dataset, frame: pl.DataFrame) -> pl.DataFrame:
    """Columns ``row, split, said, prompt, answer, worse, label, verdict``; what a shape has not is null. ``said``: all that is read."""
    try:
        told = _viewed(dataset.mapping, frame)
    except pl.exceptions.PolarsError:
        told = None
    return _read(dataset, frame) if told is None or told["said"].null_count() else told


def _frame(frame: pl.DataFrame, **columns: pl.Expr) -> pl.DataFrame:
    made = [columns.get(name, pl.lit(None, pl.String)).alias(name) for name in _VIEW]
    return frame.select(pl.col(ROW).alias("row"), pl.col(SPLIT).alias("split"), *made)


@singledispatch
def _viewed(mapping: Spec, frame: pl.DataFrame) -> pl.DataFrame | None:
    """All rows at once; ``None`` where only reading them one by one will do."""
    return None


@_viewed.register
def _of_text(mapping: TextMapping, frame: pl.DataFrame) -> pl.DataFrame:
    return _frame(frame, said=_text(mapping.text))


@_viewed.register
def _of_label(mapping: LabelMapping, frame: pl.DataFrame) -> pl.DataFrame:
    return _frame(frame, said=_text(mapping.text), label=_text(mapping.label).str.strip_chars())


@_viewed.register
def _of_prompt(mapping: PromptMapping, frame: pl.DataFrame) -> pl.DataFrame:
    prompt, answer = _text(mapping.prompt), _text(mapping.completion)
    if mapping.context is not None:
        context = _text(mapping.context)
        prompt = (
            pl.when(context.str.contains(r"\S")).then(pl.concat_str(prompt, pl.lit("\n\n"), context)).otherwise(prompt)
        )
    if mapping.system is not None:
        system = _text(mapping.system)
        prompt = pl.when(system.str.contains(r"\S")).then(pl.concat_str(system, pl.lit("\n"), prompt)).otherwise(prompt)
    return _frame(frame, said=_lines(prompt, answer), prompt=prompt, answer=answer)


@_viewed.register
def _of_feedback(mapping: FeedbackMapping, frame: pl.DataFrame) -> pl.DataFrame:
    prompt, answer = _text(mapping.prompt), _text(mapping.completion)
    verdict = pl.col(mapping.verdict).cast(pl.String).str.strip_chars().str.to_lowercase()
    return _frame(frame, said=_lines(prompt, answer), prompt=prompt, answer=answer, verdict=verdict)


@_viewed.register
def _of_preference(mapping: PreferenceMapping, frame: pl.DataFrame) -> pl.DataFrame | None:
    starts = frame.select(
        pl.col(name).cast(pl.String).str.starts_with("[").any() for name in (mapping.chosen, mapping.rejected)
    )
    if mapping.prompt is None or any(starts.row(0)):
        return None
    prompt, answer, worse = _text(mapping.prompt), _text(mapping.chosen), _text(mapping.rejected)
    return _frame(frame, said=_lines(prompt, answer, worse), prompt=prompt, answer=answer, worse=worse)


@_viewed.register
def _of_chat(mapping: ChatMapping, frame: pl.DataFrame) -> pl.DataFrame:
    turns = pl.col(mapping.messages).str.json_decode(_TURNS)
    told = frame.select(
        ROW,
        SPLIT,
        turns.list.eval(pl.coalesce(pl.element().struct.field("content"), pl.element().struct.field("value"))).alias(
            "_turns"
        ),
    )
    texts = pl.col("_turns")
    return _frame(
        told,
        said=texts.list.join("\n"),
        prompt=texts.list.head(texts.list.len() - 1).list.join("\n"),
        answer=texts.list.last(),
    )


def _text(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.String).fill_null("")


def _lines(*parts: pl.Expr) -> pl.Expr:
    return pl.concat_str(parts, separator="\n")


def _read(dataset: Dataset, frame: pl.DataFrame) -> pl.DataFrame:
    """Row by row, as training reads it: for forms that no expression covers."""
    read = reader_of(dataset.mapping)
    rows = []
    for row in _decoded(dataset, frame):
        try:
            example = read(row[ROW], row)
        except BadRow:  # cannot be: the import reads in the same way
            example = Example(row[ROW], text="")
        rows.append({"row": row[ROW], "split": row[SPLIT], **_said(example)})
    return pl.DataFrame(rows, schema={"row": pl.Int64, "split": pl.String, **_VIEW})


def _decoded(dataset: Dataset, frame: pl.DataFrame) -> Iterator[dict[str, Any]]:
    nested = dataset.json_columns & set(frame.columns)
    for row in frame.to_dicts():
        for name in nested:
            if row[name] is not None:
                row[name] = orjson.loads(row[name])
        yield row


def _said(example: Example) -> dict[str, Any]:
    messages = [message["content"] for message in example.messages or []]
    worse = (example.rejected or [])[-1:]
    return {
        "said": example.said,
        "prompt": "\n".join(messages[:-1]) if messages else None,
        "answer": messages[-1] if messages else None,
        "worse": worse[0]["content"] if worse else None,
        "label": example.label,
        "verdict": None if example.verdict is None else str(example.verdict).lower(),
    }


def indexed(block: pl.DataFrame) -> pl.DataFrame:
    """A few numbers for each row, so that rows can be compared: about 80 bytes where the row itself may have thousands.

    ``row, split, whole, said, prompt, answer, worse, verdict, label, chars, bytes`` of a block as :func:`views.view` gives it.

    Texts are 64-bit hashes (a clash among a million is a matter of 1 in 40 million); null stays null.
    """

    def hashed(name: str) -> pl.Expr:
        return pl.when(pl.col(name).is_not_null()).then(pl.col(name).hash(seed=1)).alias(name)

    parts = [pl.col(name).fill_null("") for name in ("said", "label", "verdict", "worse")]
    return block.select(
        "row",
        pl.col("split").cast(pl.Categorical),
        pl.concat_str(parts, separator="\x1f").hash(seed=1).alias("whole"),
        *(hashed(name) for name in ("said", "prompt", "answer", "worse", "verdict")),
        "label",
        pl.col("said").str.len_chars().alias("chars"),
        pl.col("said").str.len_bytes().alias("bytes"),
    ).with_columns(pl.col("label").cast(pl.Categorical))


def placed(index: pl.DataFrame) -> pl.DataFrame:
    """The index of all blocks with ``place``: where each row stands in the file, from 0."""
    return index.with_row_index("place")
