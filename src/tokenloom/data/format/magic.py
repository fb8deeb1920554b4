"""Binary kinds of file, told by their first bytes: what can be read, and what is refused by its name."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Literal

Binary = Literal["parquet", "arrow", "workbook", "zip", ""]
REFUSED = {
    b"%PDF": "a PDF", b"\x89PNG": "a PNG image", b"\xff\xd8\xff": "a JPEG image", b"SQLite format 3": "an SQLite database",
    b"\x7fELF": "a program", b"7z\xbc\xaf": "a 7z archive", b"BZh": "bzip2-compressed", b"\xfd7zXZ": "xz-compressed",
    b"Rar!": "a RAR archive", b"FEA1": "a Feather file of the old version 1", b"GGUF": "a model in GGUF",
    b"\x80\x04\x95": "a Python pickle", b"\x80\x02}": "a Python pickle",
    b"\x93NUMPY": "a NumPy array",
}  # fmt: skip
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STREAM_MARK = b"\xff\xff\xff\xff"
_LARGEST_SCHEMA = 64 << 20
_WORKBOOKS = ("xl/workbook.xml", "xl/workbook.bin")
_DOCUMENTS = {"word/document.xml": "a Word document", "ppt/presentation.xml": "a PowerPoint file"}


def binary_kind(start: bytes, path: Path | None = None) -> Binary:
    """What a file is that begins with ``start``; ``path`` (where it is not compressed) is asked for what lies inside of a ZIP."""
    if start.startswith(b"PAR1"):
        return "parquet"
    if start.startswith(b"ARROW1") or _is_arrow_stream(start):
        return "arrow"
    if start.startswith(_OLD_OFFICE):
        return "workbook"
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "workbook" if path is not None and _is_workbook(path) else "zip"
    return ""


def refused_kind(start: bytes, path: Path | None = None) -> str:
    """The name of a known kind that holds no rows; empty where it is none."""
    if path is not None and start.startswith(b"PK\x03\x04"):
        inside = _names(path)
        return next((kind for name, kind in _DOCUMENTS.items() if name in inside), "")
    return next((kind for magic, kind in REFUSED.items() if start.startswith(magic)), "")


def _is_arrow_stream(start: bytes) -> bool:
    """A mark, then the little-endian length of the schema and its flatbuffer, which begins with a small offset."""
    size = int.from_bytes(start[4:8], "little")
    offset = int.from_bytes(start[8:12], "little")
    return start.startswith(_STREAM_MARK) and 16 <= size <= _LARGEST_SCHEMA and 4 <= offset <= 64


def _is_workbook(path: Path) -> bool:
    inside = _names(path)
    if any(name in inside for name in _WORKBOOKS):
        return True
    return (
        "mimetype" in inside and "content.xml" in inside
    )  # OpenDocument; a text document has no sheets and is refused later


def _names(path: Path) -> set[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            return set(archive.namelist())
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError):
        return set()
