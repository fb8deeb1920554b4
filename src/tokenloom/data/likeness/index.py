"""Sketches of many texts on disk, and which of them agree: locality-sensitive hashing, one band at a time.

Two texts become candidates when all places of some band of their sketches agree (Leskovec, Rajaraman, Ullman, "Mining of Massive
Datasets", ch. 3.4); each candidate pair is then checked with the whole sketch.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from tokenloom.data.likeness.clusters import Clusters, Places
from tokenloom.data.likeness.sketch import Sketcher, Sketches, mixed
from tokenloom.data.progress import UNWATCHED, Watch, report, stop_if

NEAR = 0.8
"""Similarity from which texts are taken for near-duplicates."""
_BEHIND = 8  # candidates before a row in its band that it is compared with, beside the first one
_CHECKED = 1 << 14  # pairs checked at once: 4 MB of sketches
_BATCH_ROWS, _BATCH_CHARS = 4096, 4_000_000
_FEW = 64  # rows of the other side that a row is compared with in one band
_FOUND = 0.95
Mask = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True)
class Match:
    """``place`` is like ``other``, which is the most similar found; ``similarity`` is estimated, 0 to 1."""

    place: int
    other: int
    similarity: float


class LikenessIndex:
    """Takes texts in with :meth:`add`; their places count from 0 in that order. Needs ``2 × places`` bytes of disk a text.

    ``folder``: where the sketches lie while the index is open; a temporary folder of the system by default. Use it in a ``with``.
    """

    def __init__(self, folder: Path | None = None, *, places: int = 128, words: int = 3, seed: int = 0) -> None:
        self._sketch = Sketcher(places, words, seed)
        self._file = tempfile.TemporaryFile(prefix="likeness-", dir=folder)  # noqa: SIM115  close() closes it
        self._count = 0

    def __enter__(self) -> LikenessIndex:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __len__(self) -> int:
        return self._count

    def close(self) -> None:
        """Free the disk that the sketches take."""
        self.__dict__.pop("_sketches", None)
        self._file.close()

    def add(self, texts: Sequence[str]) -> None:
        """Take some texts in."""
        self._file.write(self._sketch(texts).tobytes())
        self._count += len(texts)
        self.__dict__.pop("_sketches", None)

    def add_all(self, texts: Iterable[str], watch: Watch = UNWATCHED, total: int | None = None) -> None:
        """Take all of a stream in, in batches of bounded size."""
        for batch in _batches(texts):
            self.add(batch)
            stop_if(watch.cancelled, "The search for near-duplicates")
            report(watch.progress, self._count, total, "rows sketched")

    def similarity(self, left: Places, right: Places) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Estimated similarity of each pair of places, 0 to 1; standard error √(s (1 − s) / places)."""
        found = np.empty(len(left))
        for start in range(0, len(left), _CHECKED):
            part = slice(start, start + _CHECKED)
            found[part] = (self._sketches[left[part]] == self._sketches[right[part]]).mean(axis=1)
        return found

    def clusters(self, threshold: float = NEAR, watch: Watch = UNWATCHED) -> Clusters:
        """Groups of texts that pairs of at least ``threshold`` join."""
        clusters = Clusters(self._count)
        for order, groups in self._bands(threshold, watch):
            for behind in range(1, _BEHIND + 1):
                self._join(clusters, order[behind:], order[:-behind], groups[behind:] == groups[:-behind], threshold)
            self._join(clusters, order, order[_firsts(groups)], np.ones(len(order), bool), threshold)
        return clusters

    def matches(self, wanted: Mask, others: Mask, threshold: float = NEAR, watch: Watch = UNWATCHED) -> list[Match]:
        """For each text of ``wanted`` that is like one of ``others``, the most similar found; both are masks over all places."""
        best = np.zeros(self._count)
        which = np.full(self._count, -1, np.int64)
        for order, groups in self._bands(threshold, watch, keep=wanted | others):
            for left, right in _across(order, groups, wanted, others):
                likeness = self.similarity(left, right)
                ranked = np.argsort(likeness, kind="stable")
                left, right, likeness = left[ranked], right[ranked], likeness[ranked]
                better = (likeness >= threshold) & (likeness > best[left])
                best[left[better]] = likeness[better]  # of several for one place the last, which is the best, stays
                which[left[better]] = right[better]
        return [
            Match(int(place), int(which[place]), round(float(best[place]), 4)) for place in np.flatnonzero(which >= 0)
        ]

    def _join(self, clusters: Clusters, left: Places, right: Places, is_pair: Mask, threshold: float) -> None:
        labels = clusters.labels
        new = is_pair & (labels[left] != labels[right])
        left, right = left[new], right[new]
        for start in range(0, len(left), _CHECKED):
            part = slice(start, start + _CHECKED)
            near = self.similarity(left[part], right[part]) >= threshold
            clusters.join(left[part][near], right[part][near])

    def _bands(self, threshold: float, watch: Watch, keep: Mask | None = None) -> Iterator[tuple[Places, Places]]:
        """For each band: the places that agree with another one, in groups one after another, and the number of each one's group."""
        bands, rows = band_shape(threshold, self._sketch.places)
        for band in range(bands):
            keys = self._keys(band * rows, rows)
            order = np.argsort(keys, kind="stable")
            if keep is not None:
                order = order[keep[order]]
            keys = keys[order]
            same = keys[1:] == keys[:-1]
            shared = np.r_[False, same] | np.r_[same, False] if len(keys) else np.zeros(0, bool)
            order, keys = order[shared], keys[shared]
            if len(order):
                yield order, np.cumsum(np.r_[0, keys[1:] != keys[:-1]])
            stop_if(watch.cancelled, "The search for near-duplicates")
            report(watch.progress, band + 1, bands, "bands")

    def _keys(self, first: int, rows: int) -> np.ndarray[Any, np.dtype[np.uint64]]:
        keys = np.zeros(self._count, np.uint64)
        step = 1 << 16
        for start in range(0, self._count, step):
            part = np.ascontiguousarray(self._sketches[start : start + step, first : first + rows]).astype(np.uint64)
            for column in range(rows):
                keys[start : start + step] = mixed(
                    keys[start : start + step] ^ (part[:, column] + np.uint64(column << 16))
                )
        return keys

    @cached_property
    def _sketches(self) -> Sketches:
        self._file.flush()
        shape = (self._count, self._sketch.places)
        return np.memmap(self._file, np.uint16, "r", shape=shape) if self._count else np.zeros(shape, np.uint16)


def joined(texts: Sequence[str]) -> str:
    """What several texts of a row are for this search: one text."""
    return texts[0] if len(texts) == 1 else "\n".join(texts)


def band_shape(threshold: float, places: int) -> tuple[int, int]:
    """The longest bands (how many, of how many places) that find a pair right at ``threshold`` with a chance of at least 95 %."""
    for rows in range(places, 1, -1):
        bands = places // rows
        if 1 - (1 - threshold**rows) ** bands >= _FOUND:
            return bands, rows
    return places, 1


def _across(order: Places, groups: Places, wanted: Mask, others: Mask) -> Iterator[tuple[Places, Places]]:
    """Pairs of one group, the left one ``wanted``, the right one of the ``others``; of a large group each left meets a few."""
    right_side = np.flatnonzero(others[order])
    left_side = np.flatnonzero(wanted[order])
    first = np.searchsorted(groups[right_side], groups[left_side], side="left")
    end = np.searchsorted(groups[right_side], groups[left_side], side="right")
    for offset in range(min(_FEW, int((end - first).max(initial=0)))):
        has = first + offset < end
        left, right = order[left_side[has]], order[right_side[first[has] + offset]]
        apart = left != right
        yield left[apart], right[apart]


def _firsts(groups: Places) -> Places:
    """For each entry the index of the first entry of its group; ``groups`` is sorted."""
    return np.searchsorted(groups, groups, side="left")


def _batches(texts: Iterable[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for text in texts:
        batch.append(text)
        size += len(text)
        if len(batch) >= _BATCH_ROWS or size >= _BATCH_CHARS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
