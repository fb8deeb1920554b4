"""Compressed files as plain bytes. What unpacks to far more than its size is refused before it fills anything."""

from __future__ import annotations

import gzip
import io
import zlib
from pathlib import Path
from typing import IO, Any, Literal, cast

import zstandard

from tokenloom.kit.errors import DataError

Packing = Literal["", "gzip", "zstd"]
MAX_UNPACKED = 1 << 30  # a packed file may unpack to this, or to 200 times its size
MAX_RATIO = 200
_MARKS: dict[bytes, Packing] = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
_FAULTS = (OSError, EOFError, zlib.error, zstandard.ZstdError)


def packing_of(start: bytes) -> Packing:
    """How a file that begins with ``start`` is compressed."""
    return next((packing for mark, packing in _MARKS.items() if start.startswith(mark)), "")


def limit_for(num_bytes: int) -> int:
    """Bytes to which a packed file of ``num_bytes`` may unpack."""
    return max(MAX_UNPACKED, MAX_RATIO * num_bytes)


def open_bytes(path: Path, name: str, packing: Packing) -> IO[bytes]:
    """The file's bytes, unpacked where it is packed. Reading raises :class:`DataError` for damage and for a bomb."""
    if not packing:
        return path.open("rb")
    return io.BufferedReader(_Unpacked(path, name, packing, limit_for(path.stat().st_size)), 1 << 20)


class _Unpacked(io.RawIOBase):
    """Counts what comes out of a packed stream and stops at ``limit``."""

    def __init__(self, path: Path, name: str, packing: Packing, limit: int) -> None:
        self._file = path.open("rb")
        self._packed = _unpacking(self._file, packing)
        self._name, self._packing, self._limit, self._count = name, packing, limit, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            got = cast(int, self._packed.readinto(buffer))
        except _FAULTS as error:
            raise DataError(
                f"{self._name} is a damaged {self._packing} file ({error}).",
                hint="Copy it again, or unpack it yourself.",
            ) from None
        self._count += got
        if self._count > self._limit:
            raise DataError(
                f"{self._name} unpacks to more than {self._limit / 1e6:,.0f} MB, far more than its own size.",
                hint="Unpack it yourself if you trust it.",
            )
        return got

    def close(self) -> None:
        self._packed.close()
        self._file.close()
        super().close()


def _unpacking(file: IO[bytes], packing: Packing) -> Any:
    if packing == "gzip":
        return gzip.GzipFile(fileobj=file)
    # A window of at most 128 MB, as the zstd tool itself has it; files of several frames are read through.
    return zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(file, read_across_frames=True)


def with_line_feeds(stream: IO[bytes], start: bytes) -> IO[bytes]:
    """The same bytes; where the file's ``start`` ends lines with carriage returns alone, with line feeds in their place."""
    return io.BufferedReader(_LineFeeds(stream), 1 << 20) if b"\r" in start and b"\n" not in start else stream


class _LineFeeds(io.RawIOBase):
    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        block = self._stream.read(len(buffer)).replace(b"\r", b"\n")
        buffer[: len(block)] = block
        return len(block)
