"""Rows tokenised once into flat memory-mapped files whose folder's name is the hash of everything they depend on.

``tokens/<id>/``: ``tokens.bin`` (uint16 below 65,536 tokens of vocabulary, else uint32), ``learned.bin`` (uint8 for each token: 1 = this token is a
target), ``offsets.bin`` (int64, sequences + 1), ``rows.bin`` (int64, ``_row`` of each sequence), ``values.bin`` (float32, a number for each
sequence, where the layout has one: a verdict or a class), ``header.json``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from tokenloom.data.ledger import Ledger
from tokenloom.kit.errors import DataError

HEADER = "header.json"
Array = np.ndarray[Any, np.dtype[Any]]


class TokenStore:
    """A prepared split, opened by memory map: no token is read before it is used. ``len`` = number of sequences.

    Sequence ``i`` is ``tokens[offsets[i]:offsets[i + 1]]``; ``rows[i]`` is the ``_row`` that it came from. ``width`` sequences in a row
    form a group. ``columns``: numbers that stand beside the sequences, by name.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.id = path.name
        try:
            self.header: dict[str, Any] = orjson.loads((path / HEADER).read_bytes())
            self.tokens = self._map("tokens", self.header["dtype"], self.header["num_tokens"])
            self.learned = self._map("learned", "uint8", self.header["num_tokens"])
            self.offsets = self._map("offsets", "int64", self.header["num_sequences"] + 1)
            self.rows = self._map("rows", "int64", self.header["num_sequences"])
            self.columns: Mapping[str, Array] = {}
            if self.header["has_values"]:
                self.columns = {"value": self._map("values", "float32", self.header["num_sequences"])}
        except (OSError, ValueError, KeyError) as error:
            raise DataError(
                f"The prepared tokens {path.name} are damaged ({error}).",
                hint="Delete that folder: they are made again when needed.",
            ) from None

    def __len__(self) -> int:
        return int(self.header["num_sequences"])

    @property
    def width(self) -> int:
        """Sequences of a group."""
        return int(self.header["width"])

    @property
    def num_tokens(self) -> int:
        return int(self.header["num_tokens"])

    @property
    def num_learned(self) -> int:
        """Tokens that are targets."""
        return int(self.header["num_learned"])

    @property
    def longest(self) -> int:
        """Tokens of the longest sequence."""
        return int(self.header["longest"])

    @property
    def vocab_size(self) -> int:
        return int(self.header["vocab_size"])

    @cached_property
    def ledger(self) -> Ledger:
        """raw → read → mapped → split → rendered → kept → trained."""
        return Ledger.from_dict(self.header["ledger"])

    def sequence(self, number: int) -> tuple[Array, Array]:
        """Tokens and learned flags of one sequence, as views of the map."""
        start, end = int(self.offsets[number]), int(self.offsets[number + 1])
        return self.tokens[start:end], self.learned[start:end]

    def _map(self, name: str, dtype: str, length: int) -> Array:
        path = self.path / f"{name}.bin"
        if path.stat().st_size != length * np.dtype(dtype).itemsize:
            raise ValueError(f"{path.name} has the wrong size")
        return np.memmap(path, dtype=dtype, mode="r", shape=(length,)) if length else np.zeros(0, dtype=dtype)
