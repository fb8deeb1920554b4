"""The token stores of several datasets as one, and a mixture that goes on from another run's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tokenloom.training.batches import BatchStream, FlatTokens, Tokens
from tokenloom.training.order.mixture import PART, Change


class Joined:
    """Arrays behind each other that stay where they are: a slice lies within one of them."""

    def __init__(self, parts: Sequence[np.ndarray]) -> None:
        self.parts = parts
        self.starts = np.concatenate([[0], np.cumsum([len(part) for part in parts])])

    def __getitem__(self, where: slice) -> np.ndarray:
        number = int(np.searchsorted(self.starts, where.start, side="right")) - 1
        start = int(self.starts[number])
        return np.asarray(self.parts[number][where.start - start : where.stop - start])


def join(stores: Sequence[Tokens]) -> FlatTokens:
    """Stores of one layout behind each other, their tokens where they are. Rows of part k are numbered from ``k * PART``."""
    starts = np.concatenate([[0], np.cumsum([int(store.offsets[-1]) for store in stores])])
    offsets = [np.asarray(store.offsets[:-1]) + start for store, start in zip(stores, starts[:-1], strict=True)]
    rows = [np.asarray(store.rows) + number * PART for number, store in enumerate(stores)]
    names: Mapping[str, np.ndarray] = stores[0].columns
    return FlatTokens(
        tokens=Joined([store.tokens for store in stores]),  # type: ignore[arg-type]
        learned=Joined([store.learned for store in stores]),  # type: ignore[arg-type]
        offsets=np.concatenate([*offsets, [starts[-1]]]),
        rows=np.concatenate(rows),
        columns={name: np.concatenate([np.asarray(store.columns[name]) for store in stores]) for name in names},
        width=stores[0].width,
    )


def continued(changes: list[Change], stream: BatchStream, position: int) -> list[Change]:
    """The changes of a run that another one, with this stream, goes on from at ``position``: its own shares hold as soon as others may."""
    mixture = stream.mixture
    if mixture is None:
        return []
    shares = mixture.changes[0][1]
    if changes and len(changes[-1][1]) != len(shares):
        changes = []
    mixture.changes = changes or [[0, [0.0] * len(shares)]]
    return [*mixture.changes, [stream.next_turn(position), shares]]
