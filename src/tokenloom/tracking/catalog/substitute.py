"""Lists while the disk is full: what the run folders say is indexed elsewhere until the catalog can be written again."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tokenloom.kit.atomic import disk_full_as_error
from tokenloom.kit.errors import DiskFull
from tokenloom.kit.workspace import Workspace
from tokenloom.tracking.catalog import migrate
from tokenloom.tracking.catalog.database import BUSY_SECONDS, Catalog, sqlite_engine
from tokenloom.tracking.catalog.indexer import Indexer

_MEMORY = "/dev/shm"  # a folder of our own is made in it


class Substitute(Catalog):
    """A catalog in memory, or in the system's folder for passing files. It is gone when it is closed; :class:`DiskFull` where there is no room either."""

    def __init__(self, workspace: Workspace) -> None:
        place = _MEMORY if os.access(_MEMORY, os.W_OK) else None
        with disk_full_as_error(Path(place or tempfile.gettempdir())):
            self._folder = tempfile.TemporaryDirectory(prefix="tokenloom-", dir=place)
        database = Path(self._folder.name) / workspace.database.name
        super().__init__(workspace, sqlite_engine(database, BUSY_SECONDS))
        with self._explained():
            migrate.bring_up(self.engine, database)

    def close(self) -> None:
        super().close()
        self._folder.cleanup()


@contextmanager
def fresh_catalog(workspace: Workspace) -> Iterator[Catalog]:
    """The catalog, brought up to date; while its disk is full a :class:`Substitute` that says the same."""
    try:
        catalog = Catalog.open(workspace)
        with _closed_on_error(catalog):
            Indexer(catalog).refresh()
    except DiskFull:
        catalog = Substitute(workspace)
        with _closed_on_error(catalog):
            Indexer(catalog).refresh()
    with catalog:
        yield catalog


@contextmanager
def _closed_on_error(catalog: Catalog) -> Iterator[None]:
    try:
        yield
    except BaseException:
        catalog.close()
        raise
