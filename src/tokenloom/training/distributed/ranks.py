"""The processes of a run, and the few words that pass between them.

Every process runs the same loop. Rank 0 leads: it writes the log and the checkpoints and hears commands. What the others cannot know by themselves (a
command, the clock, a full disk) is shared here, as JSON over a Gloo group of its own: no pickle, and no waiting for a GPU.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import torch
import torch.distributed as dist

from tokenloom.kit.errors import DiskFull, TokenloomError, from_dict

T = TypeVar("T")
TALK_SECONDS = 7 * 86_400.0  # the leader may tokenise or stand paused for days while the others wait for its next word


@dataclass(frozen=True)
class Ranks:
    """``rank`` of ``world`` processes; ``local_rank`` of those on this machine. ``talk``: the group for words, ``None`` for one process."""

    rank: int = 0
    world: int = 1
    local_rank: int = 0
    local_world: int = 1
    talk: Any = None

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
        size = torch.tensor([len(data)])
        dist.broadcast(size, 0, group=self.talk)
        return json.loads(self.send_bytes(data, int(size)))  # type: ignore[no-any-return]

    def send_bytes(self, data: bytes, size: int) -> bytes:
        """``size`` bytes of the leader, everywhere."""
        content = (
            torch.frombuffer(bytearray(data), dtype=torch.uint8)
            if self.is_leader
            else torch.empty(size, dtype=torch.uint8)
        )
        dist.broadcast(content, 0, group=self.talk)
        return content.numpy().tobytes()

    def gather(self, value: Any) -> list[Any]:
        """Each rank's ``value`` (JSON), in order, everywhere."""
        if self.talk is None:
            return [value]
        data = json.dumps(value).encode()
        sizes = [torch.zeros(1, dtype=torch.int64) for _ in range(self.world)]
        dist.all_gather(sizes, torch.tensor([len(data)]), group=self.talk)
        longest = max(int(size) for size in sizes)
        own = torch.zeros(longest, dtype=torch.uint8)
        own[: len(data)] = torch.frombuffer(bytearray(data), dtype=torch.uint8)
        found = [torch.empty(longest, dtype=torch.uint8) for _ in range(self.world)]
        dist.all_gather(found, own, group=self.talk)
        return [json.loads(each[: int(size)].numpy().tobytes()) for each, size in zip(found, sizes, strict=True)]

    def largest(self, *numbers: int) -> list[int]:
        """The largest of each number over all ranks: the cheapest word there is."""
        if self.talk is None:
            return list(numbers)
        told = torch.tensor(numbers)
        dist.all_reduce(told, dist.ReduceOp.MAX, group=self.talk)
        return told.tolist()  # type: ignore[no-any-return]

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
        """Close the groups; the last words of a rank."""
        if self.talk is not None and dist.is_initialized():
            dist.destroy_process_group()


ALONE = Ranks()


def is_launched() -> bool:
    """Whether torchrun started this process as one of several."""
    return "RANK" in os.environ and "WORLD_SIZE" in os.environ


def join(*, backend: str, timeout_seconds: float, device: str) -> Ranks:
    """Meet the other processes that torchrun started (it says in the environment where). ``device``: type of device that computes."""
    name = ("nccl" if device == "cuda" else "gloo") if backend == "auto" else backend
    local_rank = int(os.environ["LOCAL_RANK"])
    if device == "cuda":
        torch.cuda.set_device(local_rank)
    dist.init_process_group(name, timeout=timedelta(seconds=timeout_seconds))
    talk = dist.new_group(backend="gloo", timeout=timedelta(seconds=TALK_SECONDS))
    return Ranks(dist.get_rank(), dist.get_world_size(), local_rank, int(os.environ["LOCAL_WORLD_SIZE"]), talk)


def is_lost_peer(error: BaseException) -> bool:
    """Whether an error only says that another process does not answer."""
    words = ("gloo", "Connection closed", "Connection reset", "NCCL", "Broken pipe", "Socket")
    return isinstance(error, dist.DistError) or (
        isinstance(error, RuntimeError) and any(word in str(error) for word in words)
    )


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
