"""``/api/exports``: write a model for others, see the proof that it is still the same, save its files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Body, Response
from fastapi import Path as PathParameter
from starlette.responses import FileResponse

from tokenloom.kit.atomic import read_manifest
from tokenloom.kit.errors import DataError, NotFound
from tokenloom.kit.paths import safe_join
from tokenloom.kit.registry import unknown_name
from tokenloom.server.answers import Cursor, Id, Limit, Page, attachment
from tokenloom.server.openapi import takes_spec
from tokenloom.server.results import Result, result_of, results
from tokenloom.server.routes.runs import Started, start
from tokenloom.server.studio import Here
from tokenloom.spec.base import DeferredModel

router = APIRouter(tags=["exports"])


class Export(DeferredModel):
    """One export. ``files`` (bytes by name) and ``proof`` are empty until its run has completed."""

    id: str
    name: str
    state: str
    created: float
    model: str
    format: str
    folder: str
    files: dict[str, int]
    proof: dict[str, Any]


@router.get("/exports")
def list_exports(studio: Here, cursor: Cursor = "", limit: Limit = 50) -> Page[Export]:
    """All exports, newest first."""
    page = results(studio, "export", cursor, limit)
    return Page(items=[_export(each) for each in page.items], next_cursor=page.next_cursor, total=page.total)


@router.post("/exports", status_code=201, openapi_extra=takes_spec("ExportSpec"))
def create_export(spec: Annotated[dict[str, Any], Body()], response: Response, studio: Here) -> Started:
    """Start a run that exports a model and proves it."""
    return start(studio, {**spec, "task": "export"}, response)


@router.get("/exports/{id}")
def get_export(id: Id, studio: Here) -> Export:
    """One export."""
    return _export(result_of(studio, id, "export"))


@router.get("/exports/{id}/files/{name:path}", response_class=FileResponse)
def download_export_file(id: Id, name: Annotated[str, PathParameter(max_length=500)], studio: Here) -> FileResponse:
    """One file of an export, to save."""
    export = _export(result_of(studio, id, "export"))
    if not export.folder:
        raise NotFound(f"The export {id} has no files yet.", hint="Wait until its run has completed.")
    folder = Path(export.folder)
    try:
        known = read_manifest(folder)["files"]
    except DataError:
        known = {}
    if name not in known:  # only what the export itself wrote; never anything else that lies there
        raise unknown_name("file of this export", name[:200], known)
    path = safe_join(folder, name)
    if not path.is_file():
        raise NotFound(f"The file {name} of the export {id} is gone.", hint="Export the model again.")
    return attachment(path, path.name)


def _export(found: Result) -> Export:
    data, spec = found.result, found.spec
    model = spec.get("model") if isinstance(spec.get("model"), dict) else {}
    files = data.get("files") if isinstance(data.get("files"), dict) else {}
    return Export(
        id=found.id,
        name=found.name,
        state=found.state,
        created=found.created,
        model=str(data.get("model") or (model or {}).get("source", "")),
        format=str(spec.get("format", "")),
        folder=str(data.get("folder", "")),
        files={str(name): int(size) for name, size in (files or {}).items()},
        proof=dict(data.get("proof") or {}),
    )
