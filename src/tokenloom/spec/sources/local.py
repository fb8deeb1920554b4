"""Sources on this machine."""

from __future__ import annotations

from typing import Literal

from tokenloom.spec.base import Spec, setting


class FileSource(Spec):
    """A file or a folder on this machine, or an upload that the server has stored."""

    kind: Literal["file"] = "file"
    path: str = setting(simple=True)
    """File or folder to read. In a folder every readable file below it is taken, in the order of their names. A mounted drive, such as Google Drive
    in a notebook (`/content/drive/MyDrive/…`), is a folder like any other."""
    pattern: str = "**/*"
    """Which files of a folder or ZIP archive are read, as a glob relative to it, for example `**/*.py`."""
    name: str | None = None
    """File name to show, and to take as a hint of the format, where the file on disk is called something else, as an upload is."""


class FilesSource(Spec):
    """Several files and folders as one dataset, in the order in which they are named."""

    kind: Literal["files"] = "files"
    files: list[FileSource] = setting(min_length=1, max_length=20_000)
    """The files and folders. Rows get a column `file` with the name that each file has here."""


class DatasetSource(Spec):
    """Rows of a dataset that is here already: all of a version, a split, or what a filter leaves."""

    kind: Literal["dataset"] = "dataset"
    dataset: str = setting(simple=True)
    """Dataset by name, `name@version` or id."""
    split: str | None = None
    """Split to take; empty takes all and keeps each row's split in the column `split`."""
    filter: list[str] = setting(default_factory=list, max_length=20)
    """Conditions that all must hold: `column=value`, `column~text`, `column>=number`, `column<=number`."""
    limit: int | None = setting(None, ge=1, unit="rows")
    """Most rows to take, from the first on; empty takes all."""
