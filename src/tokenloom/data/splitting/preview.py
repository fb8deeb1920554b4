"""What a split would do to a dataset, before anything is made."""

from __future__ import annotations

from collections.abc import Iterable
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
    content = dataset.content()
    choice, notes = assign_splits(spec, content, _values(dataset, spec, column))
    shown = column or getattr(dataset.mapping, "label", None)
    values, num_values = _table(dataset, shown, choice) if shown else ([], 0)
    return {
        "splits": {name: int((choice == place).sum()) for place, name in enumerate(NAMES)},
        "rows": len(choice),
        "moved": _moved(dataset, choice),
        "column": shown,
        "values": values,
        "num_values": num_values,
        "copies_across": _copies_across(content, choice),
        "notes": notes,
        "examples": {name: _examples(dataset, choice, place) for place, name in enumerate(NAMES)},
    }


def _values(dataset: Dataset, spec: Spec, column: str | None) -> Iterable[str]:
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
    places = {name: number for number, name in enumerate(NAMES)}
    now = np.fromiter((places.get(name, -1) for name in dataset.values("_split")), np.int8, len(choice))
    return int((now != choice).sum())


def _table(dataset: Dataset, column: str, choice: Choice) -> tuple[list[dict[str, Any]], int]:
    """Rows of each split for the commonest values of a column, and how many values there are. Values are held as numbers but for those."""
    hashes = np.fromiter(map(hash, dataset.values(column)), np.int64, len(choice))
    found, first, counts = np.unique(hashes, return_index=True, return_counts=True)
    common = np.lexsort((first, -counts))[:MOST_VALUES]
    wanted, names = set(found[common].tolist()), dict[int, str]()
    for value in dataset.values(column):
        if len(names) == len(wanted):
            break
        if (number := hash(value)) in wanted:
            names[number] = value
    rows = [np.bincount(choice[hashes == found[place]], minlength=len(NAMES)).tolist() for place in common]
    told = [
        {"value": names[int(found[place])], **dict(zip(NAMES, row, strict=True))}
        for place, row in zip(common, rows, strict=True)
    ]
    return told, len(found)


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
