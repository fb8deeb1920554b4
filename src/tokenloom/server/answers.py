"""Forms of answers that several routes share: JSON that any browser can read, pages of a list, files to save."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import quote

from fastapi import Path as PathParameter
from fastapi import Query
from starlette.responses import FileResponse, JSONResponse

from tokenloom.kit.errors import SpecError
from tokenloom.kit.jsonsafe import to_json_safe
from tokenloom.spec.base import DeferredModel

ID_PATTERN = r"^[0-9a-z][0-9a-z_-]{0,63}$"
Id = Annotated[str, PathParameter(pattern=ID_PATTERN, description="Identifier as lists give it.")]
Reference = Annotated[
    str, PathParameter(max_length=200, description="Name (its newest version), `name@version` or id.")
]
Limit = Annotated[int, Query(ge=1, le=1000, description="Most items of one page.")]
Cursor = Annotated[str, Query(max_length=2000, description="`next_cursor` of the page before; empty for the first.")]

T = TypeVar("T")


class JsonAnswer(JSONResponse):
    """JSON without NaN, Infinity or lone surrogates."""

    def render(self, content: Any) -> bytes:
        return json.dumps(to_json_safe(content), ensure_ascii=False, separators=(",", ":"), default=str).encode()


class Page(DeferredModel, Generic[T]):
    """One page of a list; ``next_cursor`` is empty on the last one."""

    items: list[T]
    next_cursor: str = ""
    total: int | None = None
    """How many there are in all, where that is known without reading everything."""


ForGood = Annotated[bool, Query(description="Not into the bin: it cannot be brought back.")]


class Deleted(DeferredModel):
    """What was deleted."""

    deleted: str
    bin: str = ""
    """Its id in the bin, from where it can be brought back; empty where it is gone for good."""


def page_of(items: list[T], cursor: str, limit: int) -> Page[T]:
    """A page of a list that is at hand; the cursor is a position in it."""
    start = offset_of(cursor)
    end = start + limit
    return Page(items=items[start:end], next_cursor=str(end) if end < len(items) else "", total=len(items))


def offset_of(cursor: str) -> int:
    """The position that a cursor of :func:`page_of` holds."""
    if not cursor:
        return 0
    if not re.fullmatch(r"[0-9]{1,15}", cursor):
        raise SpecError("This page cursor cannot be used here.", hint="Begin again without a cursor.")
    return int(cursor)


def attachment(path: Path, name: str) -> FileResponse:
    """A file for saving: never shown by the browser, never run, whatever it holds."""
    return FileResponse(path, media_type="application/octet-stream", headers=for_saving(name))


def for_saving(name: str) -> dict[str, str]:
    """Headers of an answer that the browser saves under ``name`` and never shows."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", name).strip("._")[:100] or "file"
    disposition = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name.encode('utf-8', 'replace'), safe='')[:600]}"
    )
    return {"content-disposition": disposition, "content-security-policy": "default-src 'none'; sandbox"}
