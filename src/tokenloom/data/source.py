"""Where rows come from: files on disk, or rows that a plugin makes. A source is opened by the type of its spec."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokenloom.kit.errors import DataError, NotFound, SpecError
from tokenloom.kit.plugins import BUILDERS, load_plugins
from tokenloom.kit.registry import nearest
from tokenloom.spec.base import Spec
from tokenloom.spec.data import FileSource

_MAX_FILES = 200_000


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
    """

    files: list[SourceFile]
    is_folder: bool
    pattern: str = "**/*"
    label: str = ""


@dataclass(frozen=True)
class Rows:
    """Rows that are ready, each a dict of column to value; ``label`` names the source in messages and reports."""

    rows: Iterable[dict[str, Any]]
    label: str


@functools.singledispatch
def open_source(spec: Spec) -> Files | Rows | Iterable[dict[str, Any]]:
    """Open the source that ``spec`` describes; plugins register a function for their own spec class.

    It may return :class:`Files`, :class:`Rows`, or simply an iterable of dicts.
    """
    raise SpecError(
        f"Nothing here can read a source of kind “{getattr(spec, 'kind', type(spec).__name__)}”.",
        hint="Install the plugin that offers it; `tokenloom plugins` shows which are there.",
    )


def opened(spec: Spec) -> Files | Rows:
    """:func:`open_source`, with plugins loaded when the kind is not built in, and plain iterables wrapped."""
    if open_source.dispatch(type(spec)) is open_source.dispatch(object):
        load_plugins(BUILDERS)
    source = open_source(spec)
    if isinstance(source, Files | Rows):
        return source
    return Rows(source, str(getattr(spec, "kind", type(spec).__name__)))


@open_source.register
def _open_files(spec: FileSource) -> Files:
    path = Path(spec.path).expanduser()
    try:
        if path.is_dir():
            return Files(_files_of(path, spec.pattern), is_folder=True)
        if path.is_file():
            with path.open("rb"):
                return Files([SourceFile(path, spec.name or path.name)], is_folder=False, pattern=spec.pattern)
    except PermissionError:
        raise DataError(f"{path} may not be read.", hint="Give this user permission to read it.") from None
    except OSError as error:
        raise DataError(f"{str(path)[:200]} cannot be opened: {error.strerror}.", hint="Check the path.") from None
    except ValueError:
        raise DataError("The path holds a NUL character.", hint="Check the path.") from None
    if path.exists():
        raise DataError(f"{path} is neither a file nor a folder.", hint="Name a regular file or a folder.")
    raise NotFound(f"There is no file or folder {path}.", hint=_hint_for(path))


def _files_of(folder: Path, pattern: str) -> list[SourceFile]:
    try:
        found = sorted(
            path for path in folder.glob(pattern) if path.is_file() and not _is_hidden(path.relative_to(folder))
        )
    except (ValueError, NotImplementedError, IndexError) as error:
        raise DataError(
            f"“{pattern}” is not a pattern for files: {error}.", hint="For example **/*.py or *.jsonl."
        ) from None
    root = folder.resolve()
    inside = [path for path in found if root in path.resolve().parents]
    if not inside:
        raise DataError(f"No file in {folder} matches {pattern}.", hint="Check the folder and the pattern.")
    if len(inside) > _MAX_FILES:
        raise DataError(
            f"{folder} holds {len(inside)} files; the limit is {_MAX_FILES}.", hint="Use a narrower pattern."
        )
    return [SourceFile(path, path.relative_to(folder).as_posix()) for path in inside]


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") or part == "__pycache__" for part in path.parts)


def _hint_for(path: Path) -> str:
    beside = sorted(each.name for each in path.parent.iterdir())[:200] if path.parent.is_dir() else []
    near = nearest(path.name, beside, count=1)
    return f"Did you mean {path.parent / near[0]}?" if near else "Check the path."
