"""Which side of the split an edge and a program stand on: by structure, never by chance of the draw."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Literal, TypeAlias

Part: TypeAlias = Literal["train", "validation", "test"]
PARTS: tuple[Part, ...] = ("train", "validation", "test")

SALT = "tokenloom-flowroll-1"
"""Chosen by a rule that sees no model: the first of tokenloom-flowroll-1, -2, … under which every operation keeps at
least 6 train edges and every family of every level has test tasks. -1 passes (the poorest, ``fill``, has exactly 6).
The prototype's salt is retired: four trials had looked at its test edges."""

TRAIN_SHARE, VALIDATION_SHARE = 0.80, 0.06  # the rest, 0.14, is test


class EdgeSplit:
    """Assigns each edge to a part by a hash of the salt and its text, and each program by its edges."""

    def __init__(self, salt: str = SALT) -> None:
        self.salt = salt
        self._known: dict[str, Part] = {}

    def part_of_edge(self, edge: str) -> Part:
        """The part of one edge: 80 % train, 6 % validation, 14 % test."""
        part = self._known.get(edge)
        if part is None:
            part = self._known[edge] = self._hashed(edge)
        return part

    def part_of(self, edges: Iterable[str]) -> Part | None:
        """The part of a program with these edges; ``None`` where it mixes test and validation and must be discarded."""
        parts = {self.part_of_edge(edge) for edge in edges}
        if {"validation", "test"} <= parts:
            return None
        return "validation" if "validation" in parts else "test" if "test" in parts else "train"

    def _hashed(self, edge: str) -> Part:
        digest = hashlib.sha256(f"{self.salt}\n{edge}".encode()).digest()
        share = int.from_bytes(digest[:8], "big") / 2**64
        if share < TRAIN_SHARE:
            return "train"
        return "validation" if share < TRAIN_SHARE + VALIDATION_SHARE else "test"


SPLIT = EdgeSplit()
