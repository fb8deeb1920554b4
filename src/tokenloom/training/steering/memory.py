"""Out of memory: the same step again in smaller pieces, with the same loss.

A micro-batch may go through the model in pieces, because the loss is a sum over the window's units (`batches.BatchStream`). So a step that does not fit
is taken again at half the piece, and the run goes on with that; only what is one row already cannot be cut. Of several ranks all take it again together,
where they can still be told (`distributed.team`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import torch

from tokenloom.kit.errors import OutOfMemory
from tokenloom.training.batches import Window
from tokenloom.training.distributed.shortage import SharedShortage, is_out_of_memory
from tokenloom.training.session import Session

Result = TypeVar("Result")


def fitting(session: Session, window: Callable[[], Window], take: Callable[[Window], Result]) -> tuple[Window, Result]:
    """Take a step on ``window()``; on a lack of memory again in halves. The window that fitted, and what the step gave."""
    if session.state.piece_tokens is not None:  # also after a resume
        session.stream.piece_tokens = session.state.piece_tokens
    while True:
        tried = window()
        try:
            return tried, take(tried)
        except (torch.OutOfMemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise
            largest = tried.largest or max(batch.num_tokens for batch in tried.batches)
            is_alone = session.ranks.world > 1 and not isinstance(error, SharedShortage)  # others wait in its middle
            can_be_cut = session.objective.adds_up and not is_alone and _has_several_rows(session, tried)
            message = str(error).splitlines()[0][:200]
        session.optimizer.zero_grad(set_to_none=True)
        del tried
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        if not can_be_cut:
            smallest = _why_not(session, is_alone)
            cut = "" if session.objective.adds_up else "a smaller micro-batch, "
            raise OutOfMemory(
                f"Step {session.state.step + 1} does not fit into memory, {smallest} ({message}).",
                hint=f"Take {cut}shorter rows (data.render.max_sequence_length), recomputation (loop.gradient_checkpointing=true), "
                "an adapter (tuning.kind=lora), or a smaller model; or end other programs that hold memory.",
            )
        smaller = min(largest, session.stream.piece_tokens or largest) // 2
        session.state.piece_tokens = session.stream.piece_tokens = max(smaller, 1)
        session.note(
            f"Step {session.state.step + 1} did not fit into memory. It is taken again in pieces of about {session.stream.piece_tokens} tokens: "
            "slower, with the same loss.",
            level="warning",
            reason=message,
        )


def _has_several_rows(session: Session, window: Window) -> bool:
    """Whether some micro-batch, of any rank, can be cut."""
    own = any(len(batch.sample_rows) > 1 for batch in window.batches)
    return session.ranks.largest(int(own)) == [1]


def _why_not(session: Session, is_alone: bool) -> str:
    if is_alone:
        return f"of rank {session.ranks.rank}, while the others were in the middle of it"
    return "not even row by row" if session.objective.adds_up else "and this objective cannot be cut into pieces"
