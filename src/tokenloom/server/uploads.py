"""Resumable uploads: bytes arrive in pieces, over broken lines and restarts, and end as one file stored by its hash.

One folder per upload, named by its id: ``info.json`` (length, the name as a mere label) and ``data``, whose size *is* the offset. So
there is nothing to keep in step, and a killed server loses at most what it had not acknowledged.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import anyio.to_thread
from starlette.requests import ClientDisconnect

from tokenloom.data.blobs import BlobStore, room_for
from tokenloom.kit.atomic import atomic_write, disk_full_as_error, fsync_dir
from tokenloom.kit.errors import DiskFull, NotFound
from tokenloom.kit.ids import is_id, new_id, sha256_of
from tokenloom.kit.paths import safe_join
from tokenloom.kit.workspace import Workspace
from tokenloom.server.border.problems import Refusal

DEFAULT_MAX_BYTES = 50 * 10**9
STALE_SECONDS = 14 * 86400.0  # an unfinished upload that nobody continued
MAX_LABELS = 4096  # characters of metadata
_WRITE_BYTES = 1 << 20


@dataclass(frozen=True)
class Upload:
    """One upload; ``sha256`` is set once it is whole, ``run`` once a run was asked to import it."""

    id: str
    length: int
    name: str
    created: float
    metadata: dict[str, str]
    sha256: str = ""
    run: str = ""
    offset: int = 0

    @property
    def is_whole(self) -> bool:
        return bool(self.sha256)


class Uploads:
    """The uploads of one workspace, below ``uploads/``."""

    def __init__(self, workspace: Workspace, *, max_bytes: int | None = None) -> None:
        self.workspace = workspace
        self.root = workspace.root / "uploads"
        self.max_bytes = DEFAULT_MAX_BYTES if max_bytes is None else max_bytes
        self._writing: set[str] = set()

    def create(self, length: int, metadata: dict[str, str]) -> Upload:
        """Open an upload of ``length`` bytes; refused by its length before a byte is sent where there is no room for it."""
        from tokenloom.jobs.keeping.disk import check_quota

        if length > self.max_bytes:
            raise _too_large(
                f"The limit for one upload is {self.max_bytes} bytes.", "Cut the file in parts, or raise the limit."
            )
        check_quota(self.workspace, length)
        self.remove_stale()
        promised = sum(each.length - each.offset for each in self.list() if not each.is_whole)
        if not room_for(self.workspace, length + promised):
            free = shutil.disk_usage(self.workspace.root).free
            raise _too_large(
                f"The disk has {free} bytes free, {promised} of them promised to other uploads.",
                "Free some space first.",
            )
        upload = Upload(new_id(), length, metadata.get("filename") or metadata.get("name") or "", time.time(), metadata)
        folder = safe_join(self.root, upload.id)
        with disk_full_as_error(self.workspace.root):
            folder.mkdir(parents=True)
            (folder / "data").touch()
        self._store(upload)
        fsync_dir(self.root)
        return self._finished(upload) if length == 0 else upload

    def get(self, upload_id: str) -> Upload:
        """The upload as it stands."""
        if is_id(upload_id):
            folder = safe_join(self.root, upload_id)
            try:
                stored = Upload(**json.loads((folder / "info.json").read_text(encoding="utf-8")))
                return replace(stored, offset=stored.length if stored.is_whole else (folder / "data").stat().st_size)
            except (OSError, ValueError, TypeError):
                pass
        raise NotFound(f"There is no upload “{upload_id[:80]}”.", hint="Create one with POST /api/uploads.")

    def list(self) -> list[Upload]:
        """All uploads, newest first."""
        found = []
        for folder in sorted(self.root.iterdir(), reverse=True) if self.root.is_dir() else []:
            try:
                found.append(self.get(folder.name))
            except NotFound:
                continue
        return found

    def file_of(self, upload_id: str) -> Path:
        """The stored content of a whole upload, under a file name whose ending helps to recognise its format."""
        upload = self.get(upload_id)
        if not upload.is_whole and upload.offset == upload.length:  # the server died between the last byte and the hash
            upload = self._finished(upload)
        if not upload.is_whole:
            raise Refusal(
                409,
                "conflict",
                f"The upload {upload_id} has {upload.offset} of {upload.length} bytes.",
                hint="Send the rest first.",
            )
        blob = BlobStore(self.workspace).get(upload.sha256)
        named = safe_join(self.root, upload.id) / f"content{_ending(upload.name)}"
        if not named.is_file():
            os.link(blob.path, named)
        return named

    def remember_run(self, upload_id: str, run: str) -> None:
        """Note the newest run that imports an upload, so that what no run imports can be offered again."""
        self._store(replace(self.get(upload_id), run=run))

    def delete(self, upload_id: str) -> None:
        """Forget an upload; content that was stored stays while a dataset may need it."""
        self.get(upload_id)
        if upload_id in self._writing:
            raise _busy(upload_id)
        shutil.rmtree(safe_join(self.root, upload_id), ignore_errors=True)

    def remove_stale(self) -> int:
        """Delete unfinished uploads that nobody has continued for a long time; how many."""
        stale = [
            each.id
            for each in self.list()
            if not each.is_whole and each.id not in self._writing and self._age(each.id) > STALE_SECONDS
        ]
        for upload_id in stale:
            shutil.rmtree(safe_join(self.root, upload_id), ignore_errors=True)
        return len(stale)

    async def append(
        self, upload_id: str, offset: int, chunks: AsyncIterator[bytes], *, checksum: bytes | None = None
    ) -> Upload:
        """Add what ``chunks`` bring at ``offset``. Whatever arrived before a broken line stays.

        ``checksum``: SHA-256 of this piece; a piece that does not match leaves nothing behind.
        """
        upload = await anyio.to_thread.run_sync(self.get, upload_id)
        if upload.is_whole or offset != upload.offset:
            raise Refusal(
                409,
                "offset",
                f"The upload is at byte {upload.offset}, not {offset}.",
                hint="Ask with HEAD and go on there.",
            )
        if upload_id in self._writing:
            raise _busy(upload_id)
        self._writing.add(upload_id)
        try:
            return await self._append(upload, chunks, checksum)
        finally:
            self._writing.discard(upload_id)

    async def _append(self, upload: Upload, chunks: AsyncIterator[bytes], checksum: bytes | None) -> Upload:
        piece = _Piece(safe_join(self.root, upload.id) / "data", upload.offset, upload.length)
        try:
            with disk_full_as_error(self.workspace.root):
                async for block in _blocks(chunks):
                    await anyio.to_thread.run_sync(piece.write, block)
                await anyio.to_thread.run_sync(piece.sync)
            if checksum is not None and piece.digest.digest() != checksum:
                raise Refusal(460, "checksum", "The piece does not match its checksum.", hint="Send it again.")
        except (Refusal, DiskFull):
            piece.undo()
            raise
        except BaseException:  # a line that broke: with a checksum only a whole piece counts
            if checksum is not None:
                piece.undo()
            raise
        finally:
            piece.close()
        is_one_piece = upload.offset == 0
        upload = replace(upload, offset=piece.end)
        if upload.offset < upload.length:
            return upload
        return await anyio.to_thread.run_sync(self._finished, upload, piece.digest.hexdigest() if is_one_piece else "")

    def _finished(self, upload: Upload, sha256: str = "") -> Upload:
        """Store the content by its hash; safe to repeat after a crash at any point."""
        data = safe_join(self.root, upload.id) / "data"
        sha256 = sha256 or sha256_of(data)
        wanted = upload.metadata.get("sha256", "").lower()
        if wanted and wanted != sha256:
            os.truncate(data, 0)
            raise Refusal(
                460,
                "checksum",
                "The whole file does not match the SHA-256 that was announced.",
                hint="Send it again from the start.",
            )
        BlobStore(self.workspace).adopt(data, sha256)
        done = replace(upload, sha256=sha256, offset=upload.length)
        self._store(done)
        data.unlink()
        return done

    def _store(self, upload: Upload) -> None:
        stored = {name: value for name, value in asdict(upload).items() if name != "offset"}
        atomic_write(safe_join(self.root, upload.id) / "info.json", json.dumps(stored))

    def _age(self, upload_id: str) -> float:
        return time.time() - (safe_join(self.root, upload_id) / "data").stat().st_mtime


class _Piece:
    """What one request adds to the data file."""

    def __init__(self, path: Path, start: int, length: int) -> None:
        self.start = self.end = start
        self.digest = hashlib.sha256()
        self._length = length
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)

    def write(self, block: bytes) -> None:
        if self.end + len(block) > self._length:
            raise _too_large(f"The upload was announced with {self._length} bytes.", "Send no more than that.")
        view = memoryview(block)
        while view:
            written = os.pwrite(self._descriptor, view, self.end)
            self.digest.update(view[:written])
            self.end += written
            view = view[written:]

    def sync(self) -> None:
        os.fsync(self._descriptor)

    def undo(self) -> None:
        os.ftruncate(self._descriptor, self.start)
        self.end = self.start

    def close(self) -> None:
        os.close(self._descriptor)


def parse_metadata(text: str) -> dict[str, str]:
    """tus ``Upload-Metadata``: pairs of a key and base64 with commas between. Labels only; never a path."""
    if len(text) > MAX_LABELS:
        raise _bad_header("Upload-Metadata", f"has more than {MAX_LABELS} characters")
    found = {}
    for pair in text.split(",") if text.strip() else []:
        key, _, value = pair.strip().partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True).decode("utf-8")
        except ValueError:
            raise _bad_header(
                "Upload-Metadata", f"has a value that is not UTF-8 in base64 under “{key[:80]}”"
            ) from None
    return found


def parse_checksum(text: str) -> bytes | None:
    """tus ``Upload-Checksum``: ``sha256`` and base64."""
    if not text:
        return None
    algorithm, _, value = text.partition(" ")
    try:
        digest = base64.b64decode(value, validate=True)
    except ValueError:
        digest = b""
    if algorithm != "sha256" or len(digest) != 32:
        raise _bad_header("Upload-Checksum", "is not “sha256” and a base64 digest")
    return digest


async def _blocks(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Small pieces of the network gathered into blocks for the disk; the rest comes out even when the line breaks."""
    gathered = bytearray()
    try:
        async for chunk in chunks:
            gathered += chunk
            if len(gathered) >= _WRITE_BYTES:
                yield bytes(gathered)
                gathered.clear()
    except ClientDisconnect:
        if gathered:
            yield bytes(gathered)
        raise
    if gathered:
        yield bytes(gathered)


def _ending(name: str) -> str:
    """The file name's ending where it is a plain word, such as ``.jsonl`` or ``.csv.gz``; else nothing."""
    found = re.search(r"(\.[A-Za-z0-9]{1,10}){1,2}$", name)
    return found[0].lower() if found else ""


def _too_large(message: str, hint: str) -> Refusal:
    return Refusal(413, "too_large", f"The upload is too large. {message}", hint=hint)


def _busy(upload_id: str) -> Refusal:
    return Refusal(
        423, "locked", f"Another request is writing the upload {upload_id}.", hint="Wait for it, then ask with HEAD."
    )


def _bad_header(name: str, problem: str) -> Refusal:
    return Refusal(400, "header", f"The header {name} {problem}.", hint="See the tus protocol, version 1.0.")
