"""Reading a run while it is written: records after a cursor, merged over the logs of all its processes.

A cursor such as ``0:1234,jobs:88`` holds a byte offset for each log. Reading from a record's own cursor gives exactly
what came after it, so a live view, a reconnect and a plot of a finished run are the same read.
"""

from __future__ import annotations

import heapq
import os
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from tokenloom.kit.errors import SpecError
from tokenloom.tracking.decode import EventAt, Floats, Ints, RowBlock, scan
from tokenloom.tracking.records import START

_LOG_NAME = re.compile(r"log\.([0-9A-Za-z_-]{1,64})\.bin")
_CURSOR_PART = re.compile(r"([0-9A-Za-z_-]{1,64}):([0-9]{1,18})")


@dataclass(slots=True)
class Row:
    """One logged row. ``end`` is its byte offset in its log; ``cursor`` resumes right after it."""

    step: int
    time: float
    values: dict[str, float]
    end: int = 0
    cursor: str = ""


@dataclass(slots=True)
class EventRecord:
    """One logged event. ``end`` is its byte offset in its log; ``cursor`` resumes right after it."""

    data: dict[str, Any]
    end: int = 0
    cursor: str = ""

    @property
    def time(self) -> float:
        time = self.data.get("time")
        return float(time) if isinstance(time, int | float) else 0.0


Record = Row | EventRecord


def run_logs(run_folder: Path) -> dict[str, Path]:
    """The logs of a run by rank, ``"0"`` first."""
    try:
        names = os.listdir(run_folder)  # noqa: PTH208  asked for many runs at once
    except OSError:
        return {}
    ranks = [match[1] for name in names if name.startswith("log.") and (match := _LOG_NAME.fullmatch(name))]
    ranks.sort(key=lambda rank: (not rank.isdigit(), len(rank), rank))
    return {rank: run_folder / f"log.{rank}.bin" for rank in ranks}


def read_log(path: Path, offset: int = 0, *, limit: int | None = None) -> tuple[list[Record], int]:
    """Records of one log after ``offset``, and the offset to go on from. Never half a record; rewinds pass through."""
    found = list(islice(_records(path, offset), limit))
    return found, found[-1].end if found else offset


def parse_cursor(text: str) -> dict[str, int]:
    """Offsets by rank; ``""`` is the beginning. :class:`SpecError` when the text is not a cursor."""
    offsets: dict[str, int] = {}
    for part in text.split(",") if text else []:
        match = _CURSOR_PART.fullmatch(part)
        if match is None or match[1] in offsets:
            raise SpecError(f"“{text:.80}” is not a cursor.", hint="Send back a cursor as received, or none.")
        offsets[match[1]] = int(match[2])
    return offsets


def format_cursor(offsets: Mapping[str, int]) -> str:
    """Text of ``offsets``, the same for the same place; safe in a URL and in an SSE ``id`` line."""
    return ",".join(f"{rank}:{offset}" for rank, offset in sorted(offsets.items()))


class RunReader:
    """Reads all logs of one run by cursor."""

    def __init__(self, run_folder: Path) -> None:
        self.folder = run_folder

    def read(self, cursor: str = "", *, limit: int = 10_000) -> tuple[list[Record], str]:
        """At most ``limit`` records after ``cursor``, each with its own cursor, and the cursor to go on from.

        Within one log the order is the order of writing; over several logs it follows the wall time.
        """
        offsets = parse_cursor(cursor)
        logs = (self._tagged(rank, path, offsets.get(rank, 0)) for rank, path in self._logs())
        merged = heapq.merge(*logs, key=_time)
        found = []
        for rank, record in islice(merged, limit):
            offsets[rank] = record.end
            record.cursor = format_cursor(offsets)
            found.append(record)
        return found, found[-1].cursor if found else cursor

    def events(self, cursor: str = "", *, types: Collection[str] = (), limit: int | None = None) -> list[EventRecord]:
        """At most ``limit`` events after ``cursor``, of ``types`` if given, in the order and with the cursors of :meth:`read`.

        Rows are passed over as columns, so a long log costs little more than reading its bytes.
        """
        start = parse_cursor(cursor)
        logs = [_Passed.over(rank, path, start.get(rank, 0)) for rank, path in self._logs()]
        placed = sorted(
            (moment, place, number) for place, log in enumerate(logs) for number, moment in enumerate(log.event_moments)
        )
        found = []
        for moment, place, number in placed:
            record = logs[place].events[number]
            if types and record.data.get("type") not in types:
                continue
            record.cursor = _cursor_at(logs, start, moment, place, record.end)
            found.append(record)
            if len(found) == limit:
                break
        return found

    def has_news(self, cursor: str = "") -> bool:
        """Whether any log has grown beyond ``cursor``; costs one ``stat`` a log."""
        offsets = parse_cursor(cursor)
        return any(path.stat().st_size > max(offsets.get(rank, 0), START) for rank, path in self._logs())

    def _logs(self) -> list[tuple[str, Path]]:
        return list(run_logs(self.folder).items())

    @staticmethod
    def _tagged(rank: str, path: Path, offset: int) -> Iterator[tuple[str, Record]]:
        return ((rank, record) for record in _records(path, offset))


@dataclass(slots=True)
class _Passed:
    """One log after an offset: its events, and for every record where it ends and when its turn comes in a merge.

    A merge by time lets a record that is earlier than its forerunner follow it at once: its moment is the latest time so far.
    """

    rank: str
    events: list[EventRecord]
    event_moments: list[float]
    moments: Floats
    ends: Ints

    @classmethod
    def over(cls, rank: str, path: Path, offset: int) -> _Passed:
        events: list[EventRecord] = []
        places, times, ends, count = [], [np.empty(0)], [np.empty(0, np.int64)], 0
        for block in scan(path, offset):
            if isinstance(block, EventAt):
                events.append(EventRecord(block.data, block.end))
                places.append(count)
                times.append(np.array([events[-1].time]))
                ends.append(np.array([block.end], np.int64))
            else:
                times.append(block.times)
                ends.append(block.ends)
            count += len(times[-1])
        moments = np.fmax.accumulate(np.concatenate(times))
        return cls(rank, events, moments[places].tolist(), moments, np.concatenate(ends))


def _cursor_at(logs: list[_Passed], start: Mapping[str, int], moment: float, place: int, end: int) -> str:
    """The cursor after the record of log ``place`` that ends at ``end``: how far a merge has gone in every log by then."""
    reached = []
    for number, log in enumerate(logs):
        if number == place:
            reached.append((log.moments[0], number, log.rank, end))
        elif passed := int(np.searchsorted(log.moments, moment, "right" if number < place else "left")):
            reached.append((log.moments[0], number, log.rank, int(log.ends[passed - 1])))
    return format_cursor(dict(start) | {rank: offset for _, _, rank, offset in sorted(reached)})


def _time(tagged: tuple[str, Record]) -> float:
    return tagged[1].time


def _records(path: Path, offset: int) -> Iterator[Record]:
    for block in scan(path, offset):
        if isinstance(block, EventAt):
            yield EventRecord(block.data, block.end)
        else:
            yield from _rows(block)


def _rows(block: RowBlock) -> Iterator[Row]:
    columns = zip(block.steps.tolist(), block.times.tolist(), block.values.tolist(), block.ends.tolist(), strict=True)
    for step, time, values, end in columns:
        yield Row(step, time, dict(zip(block.keys, values, strict=True)), end)
