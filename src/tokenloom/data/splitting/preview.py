"""What a split would do to a dataset, before anything is made."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from tokenloom.data.dataset import Dataset
from tokenloom.data.splitting.assigning import NAMES, Choice, assign_splits, split_column
from tokenloom.kit.errors import DataError
from tokenloom.spec.base import Spec
from tokenloom.spec.split import FilesSplit

MOST_VALUES = 24
SHOWN_ROWS = 5
_SHOWN_CHARS = 240


def preview_split(dataset: Dataset, spec: Spec) -> dict[str, Any]:
    """Counts of each split, the values of the split's column (else the class) in each, copies on both sides, notes, and some rows of each.

    Raises :class:`DataError` where the split cannot be made, as making it would.
    """
    column = split_column(spec, dataset.mapping)
    content, values = dataset.content(), _values(dataset, spec, column)
    choice, notes = assign_splits(spec, content, values)
    shown = column or getattr(dataset.mapping, "label", None)
    told = values if column else dataset.values(shown) if shown else []
    return {
        "splits": {name: int((choice == place).sum()) for place, name in enumerate(NAMES)},
        "rows": len(choice),
        "moved": _moved(dataset, choice),
        "column": shown,
        "values": _table(told, choice),
        "num_values": len(set(told)),
        "copies_across": _copies_across(content, choice),
        "notes": notes,
        "examples": {name: _examples(dataset, choice, place) for place, name in enumerate(NAMES)},
    }


def _values(dataset: Dataset, spec: Spec, column: str | None) -> list[str]:
    if column is not None:
        return dataset.values(column)
    if not isinstance(spec, FilesSplit):
        return []
    if "file" not in dataset.columns:
        raise DataError(
            f"The rows of {dataset.name} do not say which file they came from.",
            hint="Import the folder once more with split.kind=files, or split by ratio.",
        )
    return dataset.values("file")


def _moved(dataset: Dataset, choice: Choice) -> int:
    """Rows that would stand in another split than now."""
    now = np.array([NAMES.index(name) if name in NAMES else -1 for name in dataset.values("_split")], dtype=np.int8)
    return int((now != choice).sum())


def _table(values: list[str], choice: Choice) -> list[dict[str, Any]]:
    """Rows of each split for the commonest values."""
    common = [value for value, _ in Counter(values).most_common(MOST_VALUES)]
    places = {value: number for number, value in enumerate(common)}
    counts = np.zeros((len(common), len(NAMES)), dtype=np.int64)
    for value, split in zip(values, choice, strict=False):
        if value in places:
            counts[places[value], split] += 1
    return [
        {"value": value, **dict(zip(NAMES, map(int, row), strict=True))}
        for value, row in zip(common, counts, strict=True)
    ]


def _copies_across(content: np.ndarray[Any, Any], choice: Choice) -> int:
    """Contents that would be learned from and tested on."""
    learned = np.unique(content[choice == 0])
    return int(np.isin(np.unique(content[choice != 0]), learned).sum())


def _examples(dataset: Dataset, choice: Choice, place: int) -> list[dict[str, Any]]:
    at = np.flatnonzero(choice == place)
    chosen = at[:: max(1, len(at) // SHOWN_ROWS)][:SHOWN_ROWS]
    return [
        {"row": example.row, "text": "\n".join(example.texts)[:_SHOWN_CHARS]}
        for example in dataset.examples_at([int(each) for each in chosen])
    ]
