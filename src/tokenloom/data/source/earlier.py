"""Rows of a dataset that is here already."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from tokenloom.data.dataset import ROW, SPLIT, Dataset, DatasetStore
from tokenloom.data.filtering import holds, parse_filters
from tokenloom.data.source.opening import Place, Rows, fetch_source
from tokenloom.kit.errors import NotFound
from tokenloom.kit.registry import unknown_name
from tokenloom.spec.sources import DatasetSource


@fetch_source.register
def _fetch_dataset(spec: DatasetSource, place: Place) -> Rows:
    dataset = DatasetStore(place.workspace).get(spec.dataset)
    wanted = parse_filters(spec.filter)
    for column in wanted:
        if column not in (*dataset.columns, SPLIT):
            raise unknown_name(f"column of {dataset.name}", column, dataset.columns)
    if spec.split is not None:
        dataset.check_split(spec.split)
    rows = islice(_rows(dataset, spec.split, wanted), spec.limit)
    first = next(rows, None)
    if first is None:
        raise NotFound(
            f"No row of {dataset.name}@{dataset.version} meets the conditions.", hint="Take one of them away."
        )
    label = f"{dataset.name}@{dataset.version}"
    parent = {"id": dataset.id, "name": dataset.name, "version": dataset.version}
    return Rows(_chained(first, rows), label, parents=(parent,))


def _rows(dataset: Dataset, split: str | None, wanted: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for row in dataset.scan(split):
        if all(holds(row.get(column), condition) for column, condition in wanted.items()):
            part = row.pop(SPLIT)
            del row[ROW]
            yield row if split is not None else {**row, "split": row.get("split") or part}


def _chained(first: dict[str, Any], rest: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    yield first
    yield from rest
