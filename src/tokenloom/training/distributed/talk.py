"""Meeting the other processes, and words between them over Gloo: no waiting for a GPU, and no pickle."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import torch
import torch.distributed as dist

from tokenloom.training.distributed.ranks import Ranks

TALK_SECONDS = 7 * 86_400.0  # the leader may tokenise or stand paused for days while the others wait for its next word


class GlooTalk:
    """Words over ``group``; numbers and bytes as tensors of the host."""

    def __init__(self, group: Any) -> None:
        self._group = group

    def from_leader(self, data: bytes, size: int) -> bytes:
        content = torch.frombuffer(bytearray(data), dtype=torch.uint8) if data else torch.empty(size, dtype=torch.uint8)
        dist.broadcast(content, 0, group=self._group)
        return content.numpy().tobytes()

    def gather(self, data: bytes) -> list[bytes]:
        world = dist.get_world_size()
        sizes = [torch.zeros(1, dtype=torch.int64) for _ in range(world)]
        dist.all_gather(sizes, torch.tensor([len(data)]), group=self._group)
        longest = max(int(size) for size in sizes)
        own = torch.zeros(longest, dtype=torch.uint8)
        own[: len(data)] = torch.frombuffer(bytearray(data), dtype=torch.uint8)
        found = [torch.empty(longest, dtype=torch.uint8) for _ in range(world)]
        dist.all_gather(found, own, group=self._group)
        return [each[: int(size)].numpy().tobytes() for each, size in zip(found, sizes, strict=True)]

    def largest(self, numbers: tuple[int, ...]) -> list[int]:
        told = torch.tensor(numbers)
        dist.all_reduce(told, dist.ReduceOp.MAX, group=self._group)
        return told.tolist()  # type: ignore[no-any-return]

    def leave(self) -> None:
        if dist.is_initialized():
            dist.destroy_process_group()


def join(*, backend: str, timeout_seconds: float, device: str) -> Ranks:
    """Meet the other processes that torchrun started (it says in the environment where). ``device``: type of device that computes."""
    name = ("nccl" if device == "cuda" else "gloo") if backend == "auto" else backend
    local_rank = int(os.environ["LOCAL_RANK"])
    if device == "cuda":
        torch.cuda.set_device(local_rank)
    dist.init_process_group(name, timeout=timedelta(seconds=timeout_seconds))
    group = dist.new_group(backend="gloo", timeout=timedelta(seconds=TALK_SECONDS))
    local_world = int(os.environ["LOCAL_WORLD_SIZE"])
    return Ranks(dist.get_rank(), dist.get_world_size(), local_rank, local_world, GlooTalk(group))


def is_lost_peer(error: BaseException) -> bool:
    """Whether an error only says that another process does not answer."""
    words = ("gloo", "Connection closed", "Connection reset", "NCCL", "Broken pipe", "Socket")
    return isinstance(error, dist.DistError) or (
        isinstance(error, RuntimeError) and any(word in str(error) for word in words)
    )
