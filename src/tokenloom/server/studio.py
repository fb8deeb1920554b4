"""What the routes share: the workspace, its catalog kept fresh, the followed runs, and a supervisor kept alive."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import anyio.to_thread
from fastapi import Depends, Request

from tokenloom.jobs.launching.keeper import ForkServerKeeper
from tokenloom.jobs.orphans import settle_orphans
from tokenloom.jobs.queue import queue_folder
from tokenloom.jobs.supervisor import ensure_supervisor
from tokenloom.kit.errors import Conflict, DiskFull, NotFound, ResourceError
from tokenloom.kit.workspace import Workspace
from tokenloom.server.feed import Feed
from tokenloom.server.newsroom import Newsroom, Runs

if TYPE_CHECKING:
    from tokenloom.data.exploring import Explorer
    from tokenloom.server.uploads import Uploads
    from tokenloom.tracking.catalog import Catalog

logger = logging.getLogger("tokenloom.server")
T = TypeVar("T")

FRESH_SECONDS = 0.25  # a list that is younger than this is not looked at again
BUSY_SECONDS = 3.0  # longest wait for another writer of the catalog
SUPERVISE_SECONDS = 2.0
SHOWN_RUNS = 200  # newest runs that the stream of every page tells about


class Studio:
    """One server's view of one workspace. It keeps nothing that the workspace's files do not say."""

    def __init__(self, workspace: Workspace, uploads: Uploads) -> None:
        self.workspace = workspace
        self.uploads = uploads
        self._feeds: dict[str, Feed] = {}
        self._catalog: Catalog | None = None
        self._substitute: Catalog | None = None
        self._try_again = 0.0
        self._catalog_lock = threading.Lock()
        self._refreshed = 0.0
        self._is_ready_for_previews = False
        self.newsroom = Newsroom(self._shown_runs)

    @cached_property
    def explorer(self) -> Explorer:
        """Pages of rows; what is searched once is kept for the next page."""
        from tokenloom.data.exploring import Explorer

        return Explorer(self.workspace)

    def run_folder(self, run_id: str) -> Path:
        """The folder of a run that is there; :class:`NotFound` else."""
        folder = self.workspace.run(run_id)
        if not (folder / "run.json").is_file():
            raise NotFound(f"There is no run “{run_id}”.", hint="GET /api/runs lists them.", name=run_id, noun="run")
        return folder

    def feed(self, run_id: str) -> Feed:
        """The one follower of a run that all its readers share."""
        folder = self.run_folder(run_id)
        self._feeds = {name: feed for name, feed in self._feeds.items() if feed.readers or name == run_id}
        return self._feeds.setdefault(run_id, Feed(folder))

    def query(self, ask: Callable[[Catalog], T]) -> T:
        """``ask`` of the catalog, brought up to date first. A damaged one is set aside and rebuilt from the run folders."""
        try:
            return ask(self._fresh_catalog())
        except ResourceError as error:
            if not error.details.get("is_damaged"):
                raise
            logger.warning("the catalog is damaged and is rebuilt from the run folders: %s", error.message)
        return ask(self._rebuilt_catalog())

    def changed(self) -> None:
        """Something was written: the next list looks again."""
        self._refreshed = 0.0

    async def prepare(self) -> None:
        """Load what the first page asks of the workspace."""
        await anyio.to_thread.run_sync(import_module, "tokenloom.tracking.catalog.runs")

    def expect_preview(self) -> None:
        """A dataset was opened, so its cleaning may be previewed soon: load what that needs beside the answer, once."""
        if not self._is_ready_for_previews:
            self._is_ready_for_previews = True
            threading.Thread(target=_load_for_previews, name="previews", daemon=True).start()

    def _fresh_catalog(self) -> Catalog:
        """The catalog brought up to date; while its disk is full, a substitute that says the same."""
        from tokenloom.tracking.catalog import Indexer
        from tokenloom.tracking.catalog.substitute import Substitute

        with self._catalog_lock:
            if time.monotonic() >= self._try_again:
                try:
                    catalog = self._own_catalog()
                    self._try_again = 0.0
                    return catalog
                except DiskFull as full:
                    if self._try_again == 0:
                        logger.warning("the catalog cannot be written, lists are kept elsewhere: %s", full.message)
                    self._try_again = time.monotonic() + BUSY_SECONDS
            self._substitute = self._substitute or Substitute(self.workspace)
            Indexer(self._substitute).refresh()
            return self._substitute

    def _own_catalog(self) -> Catalog:
        from tokenloom.tracking.catalog import Catalog, Indexer

        if self._catalog is None:
            self._catalog = Catalog.open(self.workspace, busy_seconds=BUSY_SECONDS)
            self._refreshed = 0.0
        if time.monotonic() - self._refreshed > FRESH_SECONDS:
            started = time.monotonic()
            try:
                Indexer(self._catalog).refresh()
                self._refreshed = started
            except Conflict as busy:  # another program writes it: what we know is still worth showing
                logger.warning("the catalog could not be refreshed: %s", busy.message)
                self._refreshed = time.monotonic() + BUSY_SECONDS  # nobody waits again for a while
        return self._catalog

    def _rebuilt_catalog(self) -> Catalog:
        from tokenloom.tracking.catalog import Catalog, Indexer

        with self._catalog_lock:
            if self._catalog is not None:
                self._catalog.close()
                self._catalog = None
            self._catalog = Catalog.rebuild(self.workspace)
            Indexer(self._catalog).reindex()
            self._refreshed = time.monotonic()
            return self._catalog

    def position_of(self, run_id: str) -> str:
        """The cursor at the present end of a run's log."""
        from tokenloom.tracking.catalog.runs import position_of

        self.changed()
        return self.query(lambda catalog: position_of(catalog, run_id))

    def _shown_runs(self) -> Runs:
        """The newest runs as every page shows them: state, step, name."""
        from tokenloom.tracking.catalog.runs import list_runs

        page = self.query(lambda catalog: list_runs(catalog, metrics=[], params=[], limit=SHOWN_RUNS))
        names = ("id", "name", "task", "project", "parent", "state", "reason", "created", "started", "ended", "step")
        more = ("total_steps", "ordinal", "starred", "archived")
        return {run.id: {name: getattr(run, name) for name in (*names, *more)} for run in page.items}

    async def supervise(self) -> None:
        """See that runs that wait or work have a supervisor; until cancelled."""
        fork_server = ForkServerKeeper()
        is_first = True  # at the start also runs that fell between folder and queue are put back
        while True:
            try:
                await anyio.to_thread.run_sync(self._supervise_once, is_first)
                if not is_first:
                    await anyio.to_thread.run_sync(fork_server.keep)
                is_first = False
            except OSError as error:
                logger.warning("no supervisor could be started: %s", error)
            await asyncio.sleep(SUPERVISE_SECONDS)

    def _supervise_once(self, is_first: bool) -> None:
        if is_first or self._has_work():
            ensure_supervisor(self.workspace)
        if is_first:
            settle_orphans(self.workspace)

    def _has_work(self) -> bool:
        waiting = any(queue_folder(self.workspace).glob("[!.]*.json"))
        return waiting or any(self.workspace.runs.glob("[!.]*/lease.json"))

    def end_streams(self) -> None:
        """Let every live stream end, so that the server can stop at once; clients come back with their cursor."""
        self.newsroom.close()
        for feed in self._feeds.values():
            feed.close()

    def close(self) -> None:
        with self._catalog_lock:
            for each in (self._catalog, self._substitute):
                if each is not None:
                    each.close()
            self._catalog = self._substitute = None


def _load_for_previews() -> None:
    from tokenloom.data.refining.readiness import load_for_previews

    load_for_previews()


def studio_of(request: Request) -> Studio:
    studio = request.app.state.studio
    assert isinstance(studio, Studio)
    return studio


Here = Annotated[Studio, Depends(studio_of)]
"""A route's parameter that receives the studio."""
