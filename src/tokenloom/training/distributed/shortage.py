"""No memory at one of several ranks: all are told before gradients are shared, so that all can take the step again in smaller pieces."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import torch

from tokenloom.training.distributed.ranks import Ranks

T = TypeVar("T")
_CPU_WORDS = ("can't allocate memory", "not enough memory", "can't start new thread", "Cannot allocate memory")


class SharedShortage(torch.OutOfMemoryError):
    """Some rank had no memory, every rank raises this, and none of them waits for another."""


def is_out_of_memory(error: BaseException) -> bool:
    """Whether the device, or the machine, had no memory left."""
    return isinstance(error, torch.OutOfMemoryError) or any(word in str(error) for word in _CPU_WORDS)


def agreed(ranks: Ranks, work: Callable[[], T]) -> T:
    """``work()``, which must not wait for other ranks; where it has no memory at any of them, :class:`SharedShortage` at all."""
    found: T | None = None
    trouble = ""
    try:
        found = work()
    except RuntimeError as error:
        if not is_out_of_memory(error):
            raise
        trouble = f"rank {ranks.rank}: {str(error).splitlines()[0][:200]}"
    if ranks.largest(int(bool(trouble))) == [0]:
        return found  # type: ignore[return-value]
    raise SharedShortage(next(each for each in ranks.gather(trouble) if each))
