"""Following one run for any number of readers: polled once, decoded once, each reader at its own cursor.

A reader holds nothing but its cursor, so a stalled one costs a few kilobytes, and a reconnect is the same read. Frames are
server-sent events: ``rows`` (a batch of metric rows), ``event`` (one event of the run), ``end`` (the run is at rest).
"""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio.to_thread

from tokenloom.jobs.watch import AT_REST
from tokenloom.kit.errors import DataError, TokenloomError
from tokenloom.kit.jsonsafe import to_json_safe
from tokenloom.tracking.decode import EventAt, scan
from tokenloom.tracking.lease import read_lease
from tokenloom.tracking.reader import EventRecord, Row, RunReader, run_logs

FAST_SECONDS, SLOW_SECONDS = 0.05, 0.25
HEARTBEAT_SECONDS = 15.0
REST_LOOK_SECONDS = 0.5  # a run may come to rest without a word: its worker is gone
BATCH_RECORDS = 500
_REMEMBERED = 8  # batches that readers at the same place share
HEARTBEAT = b": still here\n\n"


@dataclass(frozen=True, slots=True)
class Batch:
    """Encoded frames, and the cursor after them."""

    frames: bytes
    cursor: str


class Feed:
    """The news of one run folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.readers = 0
        self._news = asyncio.Event()
        self._watcher: asyncio.Task[None] | None = None
        self._sizes: tuple[int, ...] = ()
        self._rest: dict[str, Any] | None = None
        self._states = _States(folder)
        self._batches: OrderedDict[str, Batch] = OrderedDict()
        self._reading = asyncio.Lock()
        self._is_closed = False

    async def frames(self, cursor: str) -> AsyncIterator[bytes]:
        """Everything after ``cursor``, then what comes, until the run is at rest. A silent run gives heartbeats."""
        self._join()
        try:
            yield b"retry: 1000\n\n"
            while not self._is_closed:
                news = self._news  # taken before the read, so that nothing is missed between
                batch = await self._batch(cursor)
                if batch.frames:
                    cursor = batch.cursor
                    yield batch.frames
                elif self._rest is not None and not await anyio.to_thread.run_sync(_has_news, self.folder, cursor):
                    yield frame("end", self._rest, cursor)
                    return
                elif not await _comes(news, HEARTBEAT_SECONDS):
                    yield HEARTBEAT
        except TokenloomError as error:
            yield frame("problem", error.as_dict(), cursor)
        finally:
            self._leave()

    def close(self) -> None:
        """End all streams of this feed."""
        self._is_closed = True
        self._news.set()

    async def _batch(self, cursor: str) -> Batch:
        """The next frames after ``cursor``; readers at the same place share one decoding."""
        async with self._reading:
            known = self._batches.get(cursor)
            if known is not None:
                return known
            news = self._news
            batch = await anyio.to_thread.run_sync(read_batch, self.folder, cursor)
            if news is self._news:  # nothing came while it was read
                self._batches[cursor] = batch
                while len(self._batches) > _REMEMBERED:
                    self._batches.popitem(last=False)
            return batch

    def _join(self) -> None:
        self.readers += 1
        if self._watcher is None or self._watcher.done():
            self._batches.clear()  # nobody watched: what is remembered may be old
            self._rest = None
            self._watcher = asyncio.create_task(self._watch())

    def _leave(self) -> None:
        self.readers -= 1
        if self.readers <= 0 and self._watcher is not None:
            self._watcher.cancel()
            self._watcher = None

    async def _watch(self) -> None:
        pause, looked = FAST_SECONDS, -math.inf
        while True:
            sizes = await anyio.to_thread.run_sync(_sizes, self.folder)
            is_new, rest = sizes != self._sizes, self._rest
            if is_new or time.monotonic() - looked > REST_LOOK_SECONDS:
                rest, looked = await anyio.to_thread.run_sync(self._states.at_rest), time.monotonic()
            pause = FAST_SECONDS if is_new else min(pause * 1.2, SLOW_SECONDS)
            if is_new or rest != self._rest:
                self._sizes, self._rest = sizes, rest
                self._tell()
            await asyncio.sleep(pause)

    def _tell(self) -> None:
        self._batches.clear()
        woken, self._news = self._news, asyncio.Event()
        woken.set()


class _States:
    """The newest state of a run; reads each byte of its logs once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._offsets: dict[str, int] = {}
        self._newest: dict[str, Any] = {"state": "queued", "time": 0.0}

    def at_rest(self) -> dict[str, Any] | None:
        """State and reason where the run is at rest and nobody works on it; ``None`` while it lives."""
        try:
            self._advance()
        except DataError:  # a log that cannot be read: the readers say so
            return None
        if self._newest["state"] not in AT_REST:
            return None
        lease = read_lease(self._folder)
        if lease is not None and lease.is_alive:
            return None
        return {name: self._newest.get(name) for name in ("state", "reason", "error", "time")}

    def _advance(self) -> None:
        for rank, path in run_logs(self._folder).items():
            for block in scan(path, self._offsets.get(rank, 0)):
                if not isinstance(block, EventAt):
                    self._offsets[rank] = int(block.ends[-1])
                    continue
                self._offsets[rank] = block.end
                if block.data.get("type") == "state" and _time(block.data) >= _time(self._newest):
                    self._newest = block.data


def read_batch(folder: Path, cursor: str, limit: int = BATCH_RECORDS) -> Batch:
    """At most ``limit`` records after ``cursor`` as frames, in their order; neighbouring rows share a frame."""
    records, after = RunReader(folder).read(cursor, limit=limit)
    frames: list[bytes] = []
    rows: list[Row] = []
    for record in records:
        if isinstance(record, Row):
            rows.append(record)
            continue
        frames += _rows_frame(rows)
        rows = []
        frames.append(frame("event", event_json(record), record.cursor))
    frames += _rows_frame(rows)
    return Batch(b"".join(frames), after)


def frame(name: str, data: dict[str, Any], cursor: str) -> bytes:
    """One server-sent event. JSON has no raw line breaks, so one data line is enough."""
    text = json.dumps(to_json_safe(data), separators=(",", ":"), ensure_ascii=False)
    return f"event: {name}\nid: {cursor}\ndata: {text}\n\n".encode()


def row_json(row: Row) -> dict[str, Any]:
    """A metric row; what is no finite number is null and named in ``not_finite``."""
    answer = {"step": row.step, "time": row.time, "values": row.values}
    broken = {key: _word(value) for key, value in row.values.items() if not math.isfinite(value)}
    return answer | ({"not_finite": broken} if broken else {})


def event_json(record: EventRecord) -> dict[str, Any]:
    return record.data


def _rows_frame(rows: list[Row]) -> list[bytes]:
    return [frame("rows", {"rows": [row_json(row) for row in rows]}, rows[-1].cursor)] if rows else []


def _word(value: float) -> str:
    return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"


def _sizes(folder: Path) -> tuple[int, ...]:
    sizes = []
    for path in run_logs(folder).values():
        try:
            sizes.append(path.stat().st_size)
        except FileNotFoundError:
            continue
    return tuple(sizes)


def _time(event: dict[str, Any]) -> float:
    time = event.get("time")
    return float(time) if isinstance(time, int | float) else 0.0


def _has_news(folder: Path, cursor: str) -> bool:
    return RunReader(folder).has_news(cursor)


async def _comes(news: asyncio.Event, seconds: float) -> bool:
    """Whether there was news within so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            return await news.wait()
    except TimeoutError:
        return False
