"""Rows of a dataset that is here already."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from tokenloom.data.conditions import Question, parse_filters
from tokenloom.data.dataset import ROW, SPLIT, Dataset, DatasetStore
from tokenloom.data.source.opening import Place, Rows, fetch_source
from tokenloom.kit.errors import NotFound
from tokenloom.spec.sources import DatasetSource


@fetch_source.register
def _fetch_dataset(spec: DatasetSource, place: Place) -> Rows:
    dataset = DatasetStore(place.workspace).get(spec.dataset)
    if spec.split is not None:
        dataset.check_split(spec.split)
    rows = islice(_rows(dataset, Question(spec.split, filter=parse_filters(spec.filter))), spec.limit)
    first = next(rows, None)
    if first is None:
        raise NotFound(
            f"No row of {dataset.name}@{dataset.version} meets the conditions.", hint="Take one of them away."
        )
    label = f"{dataset.name}@{dataset.version}"
    parent = {"id": dataset.id, "name": dataset.name, "version": dataset.version}
    return Rows(_chained(first, rows), label, parents=(parent,))


def _rows(dataset: Dataset, question: Question) -> Iterator[dict[str, Any]]:
    for row in dataset.answering(question):
        part = row.pop(SPLIT)
        del row[ROW]
        yield row if question.split is not None else {**row, "split": row.get("split") or part}


def _chained(first: dict[str, Any], rest: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    yield first
    yield from rest
