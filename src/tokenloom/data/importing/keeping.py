"""The good rows of a source, kept on the disk between the pass that checks them and the one that writes them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import orjson

from tokenloom.data.filearray import FileArray, blocks_of

PIECE_ROWS, PIECE_BYTES = 1024, 2 << 20
Piece = list[tuple[int, dict[str, Any]]]
"""Some rows, each with its number in the source."""


class Kept:
    """Rows in the order in which they came, with the number and the hash of what it says for each; memory does not grow with them."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "spool.jsonl"
        self._rows: IO[bytes] = self._path.open("wb", buffering=1 << 20)
        self.numbers, self.contents = FileArray(folder / "numbers.bin", "q"), FileArray(folder / "contents.bin", "Q")

    def __len__(self) -> int:
        return len(self.numbers)

    def add(self, number: int, content: int, line: bytes) -> None:
        """A row as one line of JSON, without its end."""
        self.numbers.append(number)
        self.contents.append(content)
        self._rows.write(line + b"\n")

    def close(self) -> None:
        """Write what waits; on a full disk each file is closed even where another fails."""
        with contextlib.ExitStack() as files:
            for file in (self._rows, self.numbers, self.contents):
                files.callback(file.close)

    def pieces(self) -> Iterator[Piece]:
        """The rows once more, some at a time: at most a thousand, or two megabytes of JSON and one row more. They are gone afterwards."""
        numbers = (int(number) for block in blocks_of(self.numbers) for number in block)
        piece: Piece = []
        size = 0
        with self._path.open("rb") as file:
            for line, number in zip(file, numbers, strict=True):
                piece.append((number, orjson.loads(line)))
                size += len(line)
                if len(piece) >= PIECE_ROWS or size >= PIECE_BYTES:
                    yield piece
                    piece, size = [], 0
        if piece:
            yield piece
        self._path.unlink()
