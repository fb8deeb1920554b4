"""``/api/uploads``: tus 1.0 with creation, termination and checksum. Bytes go to disk as they come."""

from __future__ import annotations

from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Header, Request, Response
from starlette.requests import ClientDisconnect

from tokenloom.server.answers import Cursor, Id, Limit, Page, page_of
from tokenloom.server.border.problems import Refusal
from tokenloom.server.studio import Here, Studio
from tokenloom.server.uploads import Upload, parse_checksum, parse_metadata
from tokenloom.spec.base import DeferredModel

router = APIRouter(tags=["uploads"])
VERSION = "1.0.0"
PIECE_TYPE = "application/offset+octet-stream"
_MAX_LENGTH = 2**62
Resumable = Annotated[str, Header(alias="Tus-Resumable", max_length=20)]
Length = Annotated[
    int | None, Header(alias="Upload-Length", ge=0, le=_MAX_LENGTH, description="Bytes of the whole file.")
]
_PIECE: dict[str, Any] = {
    "requestBody": {"required": True, "content": {PIECE_TYPE: {"schema": {"type": "string", "format": "binary"}}}}
}


class UploadItem(DeferredModel):
    """One upload. ``sha256`` is empty until it is whole, ``run`` until a run was asked to import it (the newest counts)."""

    id: str
    name: str
    length: int
    offset: int
    created: float
    sha256: str
    run: str


@router.options("/uploads", status_code=204, name="describe_uploads")
def describe_uploads(studio: Here) -> Response:
    """What this tus server can do."""
    headers = {
        "tus-version": VERSION,
        "tus-extension": "creation,termination,checksum",
        "tus-checksum-algorithm": "sha256",
    }
    return Response(status_code=204, headers=_tus(studio, None, **headers))


@router.post("/uploads", status_code=201, response_class=Response)
def create_upload(
    studio: Here,
    length: Length = None,
    metadata: Annotated[
        str, Header(alias="Upload-Metadata", description="`filename` and optionally `sha256`, in base64.")
    ] = "",
    resumable: Resumable = VERSION,
) -> Response:
    """Open an upload; its address is in `Location`. Too large for quota or disk is refused here, before any byte."""
    _check_version(resumable)
    if length is None:
        raise Refusal(400, "header", "Upload-Length is missing.", hint="Announce the length of the whole file.")
    upload = studio.uploads.create(length, parse_metadata(metadata))
    headers = _tus(studio) | {"location": f"/api/uploads/{upload.id}", "upload-offset": str(upload.offset)}
    return Response(status_code=201, headers=headers)


@router.get("/uploads")
def list_uploads(studio: Here, cursor: Cursor = "", limit: Limit = 100) -> Page[UploadItem]:
    """All uploads, newest first."""
    return page_of([_item(each) for each in studio.uploads.list()], cursor, limit)


@router.get("/uploads/{id}")
def get_upload(id: Id, studio: Here) -> UploadItem:
    """How far an upload is, and its hash once it is whole."""
    return _item(studio.uploads.get(id))


@router.head("/uploads/{id}", response_class=Response)
def get_upload_offset(id: Id, studio: Here, resumable: Resumable = VERSION) -> Response:
    """Where to go on: `Upload-Offset`."""
    _check_version(resumable)
    upload = studio.uploads.get(id)
    return Response(status_code=200, headers=_tus(studio, upload))


@router.patch("/uploads/{id}", status_code=204, openapi_extra=_PIECE)
async def append_to_upload(
    id: Id,
    request: Request,
    studio: Here,
    offset: Annotated[int | None, Header(alias="Upload-Offset", ge=0, le=_MAX_LENGTH)] = None,
    checksum: Annotated[
        str, Header(alias="Upload-Checksum", max_length=200, description="`sha256` and the piece's digest in base64.")
    ] = "",
    resumable: Resumable = VERSION,
) -> Response:
    """Send a piece at `Upload-Offset`. If the line breaks, what has arrived stays: ask with HEAD and go on."""
    _check_version(resumable)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != PIECE_TYPE:
        raise Refusal(
            415,
            "media_type",
            "A piece of an upload has another type.",
            hint=f"Send it with Content-Type: {PIECE_TYPE}.",
        )
    if offset is None:
        raise Refusal(400, "header", "Upload-Offset is missing.", hint="Ask with HEAD where to go on.")
    upload = await anyio.to_thread.run_sync(studio.uploads.get, id)
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and offset + int(declared[:20]) > upload.length:
        raise Refusal(
            413, "too_large", f"The upload was announced with {upload.length} bytes.", hint="Send no more than that."
        )
    try:
        upload = await studio.uploads.append(id, offset, request.stream(), checksum=parse_checksum(checksum))
    except ClientDisconnect:
        raise Refusal(
            400, "disconnected", "The line broke; what arrived is kept.", hint="Ask with HEAD and go on there."
        ) from None
    return Response(status_code=204, headers=_tus(studio, upload))


@router.delete("/uploads/{id}", status_code=204)
def delete_upload(id: Id, studio: Here, resumable: Resumable = VERSION) -> Response:
    """Give an upload up. Content that a dataset was made from stays."""
    _check_version(resumable)
    studio.uploads.delete(id)
    return Response(status_code=204, headers=_tus(studio))


def _tus(studio: Studio, upload: Upload | None = None, **headers: str) -> dict[str, str]:
    found = {"tus-resumable": VERSION, "tus-max-size": str(studio.uploads.max_bytes), **headers}
    if upload is not None:
        found |= {"upload-offset": str(upload.offset), "upload-length": str(upload.length)}
        found |= {"x-content-sha256": upload.sha256} if upload.sha256 else {}
    return found


def _check_version(version: str) -> None:
    if version != VERSION:
        raise Refusal(
            412,
            "tus_version",
            f"This server speaks tus {VERSION}.",
            hint="Use that version.",
            headers={"tus-version": VERSION},
        )


def _item(upload: Upload) -> UploadItem:
    return UploadItem(
        id=upload.id,
        name=upload.name,
        length=upload.length,
        offset=upload.offset,
        created=upload.created,
        sha256=upload.sha256,
        run=upload.run,
    )
