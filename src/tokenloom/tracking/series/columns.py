"""A run's rows as columns, kept up to date by reading only what is new.

Old rows are sealed segments (:mod:`~tokenloom.tracking.series.chunks`), the newest are in memory. A rewind event drops
the rows of *its* log that lie beyond its step and were written before it: the log itself is never rewritten.
"""

from __future__ import annotations

import copy
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tokenloom.kit.errors import TokenloomError
from tokenloom.tracking.decode import EventAt, Floats, Ints, scan
from tokenloom.tracking.reader import run_logs
from tokenloom.tracking.records import START
from tokenloom.tracking.series import chunks
from tokenloom.tracking.series.group import Group, rewind_step
from tokenloom.tracking.series.segment import SealedGroup, Segment, Summary

_MAX_CACHED_RUNS = 256
_MAX_SMALL = 16_384  # points of a series that is kept ready as two plain columns
_MAX_READY = 64  # such series a run


@dataclass(slots=True)
class Points:
    """Points of one metric in step order."""

    steps: Ints
    times: Floats
    values: Floats

    def __len__(self) -> int:
        return len(self.steps)


class Part:
    """Some points of one metric in the order of writing: the tail in memory, or a column of a sealed segment."""

    def __init__(self, key: str, source: Group | SealedGroup) -> None:
        self.key = key
        self.source = source
        self.rank = 0  # of its log among the run's
        if isinstance(source, SealedGroup):
            self.count, self.first, self.last = source.rows, int(source.first), int(source.last)
            self.is_sorted, self.stride = source.is_sorted, source.stride
        else:
            steps = source.steps
            self.count, self.first, self.last = len(steps), int(steps.min()), int(steps.max())
            self.is_sorted, self.stride = bool(np.all(steps[1:] >= steps[:-1])), None

    def steps(self) -> Ints:
        return self.source.steps() if isinstance(self.source, SealedGroup) else self.source.steps

    def times(self) -> Floats:
        return self.source.times() if isinstance(self.source, SealedGroup) else self.source.times

    def order(self) -> Ints:
        """Increases in the order of writing; logs one after the other."""
        ends = self.source.ends() if isinstance(self.source, SealedGroup) else self.source.ends
        return ends + (self.rank << 48)

    def values(self) -> Floats:
        if isinstance(self.source, SealedGroup):
            return self.source.values(self.key)
        column: Floats = self.source.values[self.source.keys.index(self.key)]
        return column

    def summary(self, level: int) -> Summary | None:
        return self.source.summary(self.key, level) if isinstance(self.source, SealedGroup) else None


class LogTable:
    """The rows of one log that no rewind has dropped: sealed segments, then groups in memory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.offset = 0
        self._restart(0)

    def refresh(self, stop: int | None = None) -> bool:
        """Read what was appended (up to offset ``stop``); whether there was anything. May seal a part of the tail."""
        status = self.path.stat()
        if status.st_ino != self._inode or status.st_size < self.offset:
            self._restart(status.st_ino)
            if stop is None:
                self._open_segments()
        before = self.offset
        for block in scan(self.path, self.offset, stop=stop) if status.st_size != self.offset else ():
            if isinstance(block, EventAt):
                self._event(block)
                self.offset = block.end
            else:
                self.groups.setdefault(block.keys, Group.empty(block.keys)).pending.append(block)
                self.offset = int(block.ends[-1])
        if stop is None:
            self._seal_some()
        return self.offset != before

    def parts(self, key: str) -> Iterator[Part]:
        """Points of ``key``, oldest part first."""
        for segment in self.segments:
            for sealed in segment.groups:
                if sealed.rows and key in sealed.keys:
                    yield Part(key, copy.copy(sealed))
        for group in self.groups.values():
            if key in group.keys and len(group.settle().steps):
                yield Part(key, copy.copy(group))

    def keys(self) -> set[str]:
        sealed = {key for segment in self.segments for group in segment.groups if group.rows for key in group.keys}
        return sealed | {key for group in self.groups.values() if len(group.settle().steps) for key in group.keys}

    def first_time(self) -> float:
        """Wall time of the earliest row; Inf when there is none."""
        sealed = [float(group.times()[0]) for each in self.segments[:1] for group in each.groups if group.rows]
        tail = [float(group.settle().times[0]) for group in self.groups.values() if len(group.settle().times)]
        return min([*sealed, *tail], default=np.inf)

    def _restart(self, inode: int) -> None:
        self._inode = inode
        self.offset = 0
        self.segments: list[Segment] = []
        self.groups: dict[tuple[str, ...], Group] = {}
        self._rewinds: list[tuple[int, int]] = []  # offset and step, of those in the tail
        self._may_seal = True

    def _open_segments(self) -> None:
        self.segments = chunks.load(self.path)
        for position, segment in enumerate(self.segments):
            for _, step in segment.rewinds:
                _cut(self.segments[:position], step)
        if self.segments:
            self.offset = self.segments[-1].end

    def _event(self, event: EventAt) -> None:
        step = rewind_step(event)
        if step is None:
            return
        self._rewinds.append((event.end, step))
        _cut(self.segments, step)
        for group in self.groups.values():
            group.settle().keep(group.steps <= step)

    def _seal_some(self) -> None:
        """Seal at most one segment, so that no question waits long; a workspace that cannot be written stays unsealed."""
        end = chunks.seal_end(list(self.groups.values())) if self._may_seal else 0
        if not end:
            return
        try:
            self.segments.append(self._sealed(self.segments[-1].end if self.segments else START, end))
            if small := chunks.to_join(self.segments):
                self.segments[-len(small) :] = [self._sealed(small[0].start, small[-1].end)]
        except (OSError, TokenloomError):
            self._may_seal = False
        sealed = self.segments[-1].end if self.segments else 0
        for group in self.groups.values():
            group.keep(group.ends > sealed)

    def _sealed(self, start: int, end: int) -> Segment:
        segment = chunks.seal(self.path, start, end)
        for offset, step in self._rewinds:
            if offset > end:
                _cut([segment], step)
        return segment


class RunTable:
    """All rows of one run; safe to use from several threads."""

    def __init__(self, run_folder: Path) -> None:
        self.folder = run_folder
        self._logs: dict[str, LogTable] = {}
        self._version = 0
        self._small: dict[str, tuple[int, Floats, Floats]] = {}
        self._lock = threading.Lock()

    def refresh(self, stops: Mapping[str, int] | None = None) -> RunTable:
        """Read what was appended to any log of the run (up to ``stops``, offsets by rank, when given)."""
        with self._lock:
            for rank, path in run_logs(self.folder).items():
                if stops is not None and rank not in stops:
                    continue
                table = self._logs.get(rank) or self._logs.setdefault(rank, LogTable(path))
                if table.refresh(None if stops is None else stops[rank]):
                    self._version += 1
        return self

    def names(self) -> list[str]:
        """All metrics, sorted."""
        with self._lock:
            return sorted({key for table in self._logs.values() for key in table.keys()})  # noqa: SIM118  a method

    def sealed_end(self, rank: str = "0") -> int:
        """Offset in a log up to which its rows are sealed; 0 when none are."""
        with self._lock:
            segments = self._logs[rank].segments if rank in self._logs else []
            return segments[-1].end if segments else 0

    def first_time(self) -> float:
        """Wall time of the run's first row; 0 when there is none."""
        with self._lock:
            first = min((table.first_time() for table in self._logs.values()), default=np.inf)
        return float(first) if np.isfinite(first) else 0.0

    def parts(self, key: str) -> list[Part]:
        """Where the points of ``key`` are, oldest first within each log."""
        found = []
        with self._lock:
            for rank, table in enumerate(self._logs.values()):
                for part in table.parts(key):
                    part.rank = rank
                    found.append(part)
        return found

    def small(self, key: str) -> tuple[Floats, Floats] | None:
        """Steps (as float64) and values of a short series, kept ready; None for a long one."""
        version = self._version  # before looking: what a refresh adds meanwhile makes this entry old
        ready = self._small.get(key)
        if ready is not None and ready[0] == version:
            return ready[1], ready[2]
        parts = self.parts(key)
        if not parts or sum(part.count for part in parts) > _MAX_SMALL:
            return None
        steps, values = (np.concatenate(each) for each in zip(*((p.steps(), p.values()) for p in parts), strict=True))
        if not is_plain(parts):
            order = _order(parts, steps)
            steps, values = steps[order], values[order]
        if len(self._small) >= _MAX_READY:
            self._small.clear()
        x = steps.astype(np.float64)
        self._small[key] = (version, x, values)
        return x, values

    def points(self, key: str) -> Points:
        """Every point of ``key`` in step order; equal steps in the order of writing."""
        return joined(self.parts(key))


def is_plain(parts: list[Part]) -> bool:
    """Whether the parts one after the other are in step order."""
    return all(part.is_sorted for part in parts) and all(a.last < b.first for a, b in pairwise(parts))


def joined(parts: list[Part]) -> Points:
    """All points of ``parts`` in step order; equal steps in the order of writing."""
    if not parts:
        return Points(np.empty(0, np.int64), np.empty(0, np.float64), np.empty(0, np.float64))
    columns = [(part.steps(), part.times(), part.values()) for part in parts]
    steps, times, values = (np.concatenate(each) for each in zip(*columns, strict=True))
    if not is_plain(parts):
        order = _order(parts, steps)
        steps, times, values = steps[order], times[order], values[order]
    return Points(steps, times, values)


def _order(parts: list[Part], steps: Ints) -> npt.NDArray[np.intp]:
    """How to put the rows of ``parts`` in step order, equal steps in the order of writing."""
    return np.lexsort((np.concatenate([part.order() for part in parts]), steps))


def _cut(segments: list[Segment], step: int) -> None:
    for segment in segments:
        for group in segment.groups:
            group.cut(step)


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


def forget_table(run_folder: Path) -> None:
    """Start over with the next question about this run."""
    with _CACHE_LOCK:
        _CACHE.pop(run_folder, None)
