"""The one stream of a page: what changed among the runs, and everything that one run says, over a single connection.

A browser keeps few connections to a server, and a person has many tabs, so a page gets one. News of the workspace carry no cursor (a
reconnect begins with a whole list); those of the run do, so that a broken line goes on where it stopped.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import anyio.to_thread

from tokenloom.kit.errors import TokenloomError
from tokenloom.kit.jsonsafe import to_json_safe
from tokenloom.server.feed import HEARTBEAT, HEARTBEAT_SECONDS

LOOK_SECONDS = 0.5
Runs = dict[str, dict[str, Any]]


class Newsroom:
    """Watches the list of runs for all its readers: one look at a time, whoever listens."""

    def __init__(self, look: Callable[[], Runs]) -> None:
        self._look = look
        self._known: Runs = {}
        self._number = 0
        self._readers = 0
        self._news = asyncio.Event()
        self._watcher: asyncio.Task[None] | None = None
        self._is_closed = False
        self._changes: list[tuple[int, dict[str, Any]]] = []

    async def frames(self) -> AsyncIterator[bytes]:
        """First every run that is shown, then what changes. A silent workspace gives heartbeats."""
        await self._join()
        try:
            number = self._number
            yield workspace_frame({"runs": list(self._known.values()), "removed": [], "is_whole": True})
            while not self._is_closed:
                news = self._news
                for place, change in self._changes:
                    if place > number:
                        yield workspace_frame(change)
                number = self._number
                try:
                    async with asyncio.timeout(HEARTBEAT_SECONDS):
                        await news.wait()
                except TimeoutError:
                    yield HEARTBEAT
        finally:
            self._leave()

    def close(self) -> None:
        """End all readers."""
        self._is_closed = True
        self._news.set()

    async def _join(self) -> None:
        self._readers += 1
        if self._watcher is None or self._watcher.done():
            self._changes.clear()
            await self._see()
            self._watcher = asyncio.create_task(self._watch())

    def _leave(self) -> None:
        self._readers -= 1
        if self._readers <= 0 and self._watcher is not None:
            self._watcher.cancel()
            self._watcher = None

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self._see()

    async def _see(self) -> None:
        try:
            seen = await anyio.to_thread.run_sync(self._look)
        except TokenloomError:  # a busy or damaged catalog: the lists say so, the next look may be better
            return
        changed = [run for run_id, run in seen.items() if self._known.get(run_id) != run]
        removed = [run_id for run_id in self._known if run_id not in seen]
        self._known = seen
        if not changed and not removed:
            return
        self._number += 1
        self._changes = [*self._changes[-100:], (self._number, {"runs": changed, "removed": removed})]
        woken, self._news = self._news, asyncio.Event()
        woken.set()


def workspace_frame(data: dict[str, Any]) -> bytes:
    text = json.dumps(to_json_safe(data), separators=(",", ":"), ensure_ascii=False)
    return f"event: workspace\ndata: {text}\n\n".encode()


async def started(cursor: str, frames: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """``frames``, after one that says where they begin: whoever reads the past now misses nothing."""
    yield f"event: here\nid: {cursor}\ndata: {{}}\n\n".encode()
    try:
        async for frame in frames:
            yield frame
    finally:
        await frames.aclose()  # type: ignore[attr-defined]


async def merged(*sources: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The frames of several sources as they come; a slow reader slows them, and when it leaves they end."""
    frames: asyncio.Queue[bytes | None] = asyncio.Queue(maxsize=1)

    async def pump(source: AsyncIterator[bytes]) -> None:
        try:
            async for frame in source:
                await frames.put(frame)
        finally:
            await source.aclose()  # type: ignore[attr-defined]
            with contextlib.suppress(asyncio.QueueFull):
                frames.put_nowait(None)

    tasks = [asyncio.create_task(pump(source)) for source in sources]
    try:
        while not all(task.done() for task in tasks) or not frames.empty():
            frame = await frames.get()
            if frame is not None:
                yield frame
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
