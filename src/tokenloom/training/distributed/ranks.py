"""The processes of a run, and the few words that pass between them.

Every process runs the same loop. Rank 0 leads: it writes the log and the checkpoints and hears commands. What the others cannot know by themselves (a
command, the clock, a full disk) is shared here, as JSON over a Gloo group of its own: no pickle, and no waiting for a GPU.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from tokenloom.kit.errors import DiskFull, TokenloomError, from_dict

T = TypeVar("T")


class Talk(Protocol):
    """How words pass (`talk.py`; apart, so that importing data need not wait for torch)."""

    def from_leader(self, data: bytes, size: int) -> bytes:
        """``size`` bytes of rank 0, everywhere."""

    def gather(self, data: bytes) -> list[bytes]:
        """Each rank's bytes, in order, everywhere."""

    def largest(self, numbers: tuple[int, ...]) -> list[int]:
        """The largest of each number."""

    def leave(self) -> None:
        """The last word."""


@dataclass(frozen=True)
class Ranks:
    """``rank`` of ``world`` processes; ``local_rank`` of those on this machine. ``talk``: the group for words, ``None`` for one process."""

    rank: int = 0
    world: int = 1
    local_rank: int = 0
    local_world: int = 1
    talk: Talk | None = None

    @property
    def is_leader(self) -> bool:
        return self.rank == 0

    @property
    def is_head(self) -> bool:
        """Whether it is the first on its machine."""
        return self.local_rank == 0

    def share(self, value: T | None = None) -> T:
        """The leader's ``value`` (JSON), everywhere."""
        if self.talk is None:
            return value  # type: ignore[return-value]
        data = json.dumps(value).encode() if self.is_leader else b""
        [size] = self.largest(len(data))
        return json.loads(self.talk.from_leader(data, size))  # type: ignore[no-any-return]

    def send_bytes(self, data: bytes, size: int) -> bytes:
        """``size`` bytes of the leader, everywhere."""
        return data if self.talk is None else self.talk.from_leader(data, size)

    def gather(self, value: Any) -> list[Any]:
        """Each rank's ``value`` (JSON), in order, everywhere."""
        if self.talk is None:
            return [value]
        return [json.loads(each) for each in self.talk.gather(json.dumps(value).encode())]

    def largest(self, *numbers: int) -> list[int]:
        """The largest of each number over all ranks: the cheapest word there is."""
        return list(numbers) if self.talk is None else self.talk.largest(numbers)

    def alike(self, work: Callable[[], T]) -> T:
        """``work()`` of this rank; where the disk is full at any of them, :class:`DiskFull` at all."""
        if self.talk is None:
            return work()
        trouble: DiskFull | None = None
        try:
            result = work()
        except DiskFull as error:
            trouble = error
        if self.largest(int(trouble is not None)) == [0]:
            return result
        _raise_told(trouble, self.gather(_told(trouble)))
        raise AssertionError("somebody's disk was full")

    def heads_first(self, work: Callable[[], T]) -> T:
        """``work()`` at the first rank of each machine, then, when what it makes lies on the disk, at the others. What fails at one head fails at all."""
        if self.talk is None:
            return work()
        result, failure = _tried(work) if self.is_head else (None, None)
        _raise_told(failure, self.gather(_told(failure)))
        return result if self.is_head else work()  # type: ignore[return-value]

    def leave(self) -> None:
        """Close the groups; the last word of a rank."""
        if self.talk is not None:
            self.talk.leave()


ALONE = Ranks()


def _tried(work: Callable[[], T]) -> tuple[T | None, TokenloomError | None]:
    try:
        return work(), None
    except TokenloomError as error:
        return None, error


def _told(failure: TokenloomError | None) -> dict[str, Any] | None:
    return None if failure is None else failure.as_dict()


def _raise_told(own: TokenloomError | None, told: list[dict[str, Any] | None]) -> None:
    """Raise one's own failure, or the first of another's."""
    if own is not None:
        raise own
    for each in told:
        if each is not None:
            raise from_dict(each)
