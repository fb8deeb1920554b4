"""Uploaded files, stored by the hash of their content: the same file twice takes its space once."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tokenloom.data.versions import remove_stale
from tokenloom.kit.atomic import disk_full_as_error, fsync_dir
from tokenloom.kit.errors import DataError, NotFound
from tokenloom.kit.ids import new_id
from tokenloom.kit.workspace import Workspace

_BLOCK = 1 << 20
_DEFAULT_CAP = 50 * 10**9


@dataclass(frozen=True)
class Blob:
    """A stored file; ``sha256`` is its hex name."""

    sha256: str
    path: Path
    num_bytes: int


class BlobStore:
    """Writes and finds files below ``blobs/``, two levels deep by hash."""

    def __init__(self, workspace: Workspace) -> None:
        self.root = workspace.blobs

    def put(self, content: BinaryIO | Iterable[bytes] | Path, *, max_bytes: int = _DEFAULT_CAP) -> Blob:
        """Store a stream, blocks of bytes, or a file; read once, hashed on the way, published in one step.

        Raises :class:`DataError` over ``max_bytes`` and :class:`DiskFull`; nothing is left behind then.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        remove_stale(self.root)
        temporary = self.root / f".tmp-{new_id()}"
        digest, size = hashlib.sha256(), 0
        try:
            with disk_full_as_error(self.root), temporary.open("wb") as file:
                for block in _blocks(content):
                    size += len(block)
                    if size > max_bytes:
                        raise _too_large(max_bytes)
                    digest.update(block)
                    file.write(block)
                file.flush()
                os.fsync(file.fileno())
            return self._publish(temporary, digest.hexdigest(), size)
        finally:
            temporary.unlink(missing_ok=True)

    def adopt(self, path: Path, sha256: str) -> Blob:
        """Store a finished file of this disk whose hash is known, without copying it; ``path`` stays until its owner removes it."""
        target = self._place(sha256)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(path, target)
        except FileExistsError:  # the same content is here already
            return self.get(sha256)
        except OSError:  # another disk, or one without links
            return self.put(path)
        fsync_dir(target.parent)
        return self.get(sha256)

    def get(self, sha256: str) -> Blob:
        """The stored file; NotFound where there is none."""
        if len(sha256) != 64 or not all(letter in "0123456789abcdef" for letter in sha256):
            raise NotFound(f"“{sha256[:80]}” is not the SHA-256 of a stored file.", hint="Upload the file first.")
        path = self._place(sha256)
        if not path.is_file():
            raise NotFound(f"There is no stored file {sha256[:12]}….", hint="Upload the file first.")
        return Blob(sha256, path, path.stat().st_size)

    def delete(self, sha256: str) -> None:
        """Remove a stored file."""
        self.get(sha256).path.unlink()

    def num_bytes(self) -> int:
        """Space that all stored files take."""
        return sum(path.stat().st_size for path in self.root.glob("??/*"))

    def _place(self, sha256: str) -> Path:
        return self.root / sha256[:2] / sha256

    def _publish(self, temporary: Path, sha256: str, size: int) -> Blob:
        target = self._place(sha256)
        target.parent.mkdir(exist_ok=True)
        os.replace(temporary, target)
        fsync_dir(target.parent)
        return Blob(sha256, target, size)


def room_for(workspace: Workspace, num_bytes: int) -> bool:
    """Whether the disk of the workspace has room for ``num_bytes`` and a reserve of 64 MB."""
    return shutil.disk_usage(workspace.blobs).free > num_bytes + 64_000_000


def _blocks(content: BinaryIO | Iterable[bytes] | Path) -> Iterator[bytes]:
    if isinstance(content, Path):
        with content.open("rb") as file:
            yield from iter(lambda: file.read(_BLOCK), b"")
    elif hasattr(content, "read"):
        yield from iter(lambda: content.read(_BLOCK), b"")
    else:
        yield from content


def _too_large(max_bytes: int) -> DataError:
    return DataError(
        f"The file has more than {max_bytes / 1e6:,.0f} MB, which is the limit.",
        hint="Cut it in parts, or raise the limit.",
    )
