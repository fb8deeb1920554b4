"""A run's rows as columns, kept up to date by reading only what is new.

Rows of the same set of keys share one step and one time column. A rewind event drops the rows of *its* log that
lie beyond its step and were written before it: nothing in the log itself is ever rewritten.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tokenloom.tracking.decode import EventAt, Floats, Ints, RowBlock, scan
from tokenloom.tracking.reader import run_logs

_MAX_CACHED_RUNS = 256


@dataclass(slots=True)
class Points:
    """Points of one metric in step order."""

    steps: Ints
    times: Floats
    values: Floats

    def __len__(self) -> int:
        return len(self.steps)


@dataclass(slots=True)
class Group:
    """Rows that share one set of keys, in the order of writing; ``values[key, row]``."""

    keys: tuple[str, ...]
    steps: Ints
    times: Floats
    ends: Ints
    values: Floats
    pending: list[RowBlock] = field(default_factory=list)

    @classmethod
    def empty(cls, keys: tuple[str, ...]) -> Group:
        ints, floats = np.empty(0, np.int64), np.empty(0, np.float64)
        return cls(keys, ints, floats, ints, np.empty((len(keys), 0), np.float64))

    def settle(self) -> Group:
        """Join what arrived since the last look."""
        if self.pending:
            blocks, self.pending = self.pending, []
            self.steps = np.concatenate([self.steps, *(block.steps for block in blocks)])
            self.times = np.concatenate([self.times, *(block.times for block in blocks)])
            self.ends = np.concatenate([self.ends, *(block.ends for block in blocks)])
            self.values = np.concatenate([self.values, *(block.values.T for block in blocks)], axis=1)
        return self

    def keep(self, mask: np.ndarray) -> None:
        """Drop the rows where ``mask`` is false."""
        self.steps, self.times, self.ends = self.steps[mask], self.times[mask], self.ends[mask]
        self.values = np.ascontiguousarray(self.values[:, mask])


class LogTable:
    """The rows of one log that no rewind has dropped."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.offset = 0
        self.groups: dict[tuple[str, ...], Group] = {}
        self.rewinds = 0
        self._inode = 0

    def refresh(self, stop: int | None = None) -> bool:
        """Read what was appended (up to offset ``stop``); whether there was anything."""
        status = self.path.stat()
        if status.st_ino != self._inode or status.st_size < self.offset:
            self.offset, self.groups, self.rewinds, self._inode = 0, {}, 0, status.st_ino
        if status.st_size == self.offset:
            return False
        before = self.offset
        for block in scan(self.path, self.offset, stop=stop):
            if isinstance(block, EventAt):
                self._event(block)
                self.offset = block.end
            else:
                self._group(block.keys).pending.append(block)
                self.offset = int(block.ends[-1])
        return self.offset != before

    def _group(self, keys: tuple[str, ...]) -> Group:
        return self.groups.setdefault(keys, Group.empty(keys))

    def _event(self, event: EventAt) -> None:
        step = rewind_step(event)
        if step is None:
            return
        self.rewinds += 1
        for group in self.groups.values():
            group.settle().keep(group.steps <= step)


def rewind_step(event: EventAt) -> int | None:
    """The step that a rewind event goes back to; None for any other event."""
    step = event.data.get("step")
    return step if event.data.get("type") == "rewind" and isinstance(step, int) else None


class RunTable:
    """All rows of one run; safe to use from several threads."""

    def __init__(self, run_folder: Path) -> None:
        self.folder = run_folder
        self.version = 0
        self._logs: dict[str, LogTable] = {}
        self._lock = threading.Lock()

    def refresh(self, stops: Mapping[str, int] | None = None) -> RunTable:
        """Read what was appended to any log of the run (up to ``stops``, offsets by rank, when given)."""
        with self._lock:
            for rank, path in run_logs(self.folder).items():
                if stops is not None and rank not in stops:
                    continue
                table = self._logs.get(rank) or self._logs.setdefault(rank, LogTable(path))
                self.version += table.refresh(None if stops is None else stops[rank])
        return self

    def names(self) -> list[str]:
        """All metrics, sorted."""
        return sorted({key for group in self._groups() for key in group.keys})

    def first_time(self) -> float:
        """Wall time of the run's first row; 0 when there is none."""
        with self._lock:
            times = [group.settle().times for group in self._groups()]
        return min((float(each[0]) for each in times if len(each)), default=0.0)

    def points(self, key: str) -> Points:
        """Every point of ``key`` in step order; equal steps in the order of writing."""
        with self._lock:
            found = [group.settle() for group in self._groups() if key in group.keys]
            if not found:
                return Points(np.empty(0, np.int64), np.empty(0, np.float64), np.empty(0, np.float64))
            columns = [(group.steps, group.times, group.ends, group.values[group.keys.index(key)]) for group in found]
        steps, times, ends, values = (
            np.concatenate(each) if len(each) > 1 else each[0] for each in zip(*columns, strict=True)
        )
        if len(columns) > 1 or np.any(steps[1:] < steps[:-1]):
            order = np.lexsort((ends, steps)) if len(columns) > 1 else np.argsort(steps, kind="stable")
            steps, times, values = steps[order], times[order], values[order]
        return Points(steps, times, values)

    def _groups(self) -> Iterator[Group]:
        for table in self._logs.values():
            yield from table.groups.values()


_CACHE: OrderedDict[Path, RunTable] = OrderedDict()
_CACHE_LOCK = threading.Lock()


def run_table(run_folder: Path) -> RunTable:
    """The table of a run, brought up to date; kept in memory for the next question."""
    with _CACHE_LOCK:
        table = _CACHE.pop(run_folder, None) or RunTable(run_folder)
        _CACHE[run_folder] = table
        while len(_CACHE) > _MAX_CACHED_RUNS:
            _CACHE.popitem(last=False)
    return table.refresh()
