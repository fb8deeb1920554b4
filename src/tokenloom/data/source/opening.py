"""Where rows come from: files, or rows that are ready. A source is opened by the type of its spec."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokenloom.data.progress import UNWATCHED, Watch, report, stop_if
from tokenloom.kit.errors import SpecError
from tokenloom.kit.plugins import BUILDERS, load_plugins
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.base import Spec


@dataclass(frozen=True)
class SourceFile:
    """``name`` is shown to people and stored: relative to the folder, never an absolute path. ``archive``: the ZIP file that it came from."""

    path: Path
    name: str
    archive: str = ""


@dataclass(frozen=True)
class Files:
    """Files to read, in a fixed order; ``is_folder``: they came from a folder, so unreadable ones may be passed over.

    ``pattern`` says which files of an archive among them are read; ``label`` names them all in messages and reports.
    ``skipped``: name and reason of each that was passed over.
    """

    files: list[SourceFile]
    is_folder: bool
    pattern: str = "**/*"
    label: str = ""
    skipped: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True)
class Rows:
    """Rows that are ready, each a dict of column to value; ``label`` names the source in messages and reports.

    ``parents``: id, name and version of each dataset that they were taken from. ``notes``: what a user should know.
    """

    rows: Iterable[dict[str, Any]]
    label: str
    parents: tuple[dict[str, Any], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """The workspace that fetched files are kept in, and who is told how far it is."""

    workspace: Workspace
    watch: Watch = UNWATCHED

    def look(self, done: int, total: int | None, unit: str) -> None:
        """Tell the progress; raises :class:`Interrupted` where the work should stop."""
        stop_if(self.watch.cancelled, "The import")
        report(self.watch.progress, done, total, unit)


def shown(name: str) -> str:
    """A file's name as text that can be stored and printed: bytes of it that are no UTF-8 are written as ``\\xff``."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


@functools.singledispatch
def open_source(spec: Spec) -> Files | Rows | Iterable[dict[str, Any]]:
    """Open the source that ``spec`` describes; plugins register a function for their own spec class.

    It may return :class:`Files`, :class:`Rows`, or simply an iterable of dicts.
    """
    raise SpecError(
        f"Nothing here can read a source of kind “{getattr(spec, 'kind', type(spec).__name__)}”.",
        hint="Install the plugin that offers it; `tokenloom plugins` shows which are there.",
    )


@functools.singledispatch
def fetch_source(spec: Spec, place: Place) -> Files | Rows:
    """Open a source that needs the workspace: it brings files from elsewhere into it, or reads what is there."""
    raise NotImplementedError(type(spec).__name__)


def opened(spec: Spec, place: Place) -> Files | Rows:
    """The source of ``spec``, with plugins loaded where the kind is not built in, and plain iterables wrapped."""
    fetch = fetch_source.dispatch(type(spec))
    if fetch is not fetch_source.dispatch(object):
        return fetch(spec, place)
    if open_source.dispatch(type(spec)) is open_source.dispatch(object):
        load_plugins(BUILDERS)
    source = open_source(spec)
    if isinstance(source, Files | Rows):
        return source
    return Rows(source, str(getattr(spec, "kind", type(spec).__name__)))
