"""Log-probabilities of single tokens, and the distance of two models' predictions, a chunk of rows at a time.

The (R, V) logits never exist at once: each chunk's are made, reduced and dropped, and made again in backward (activation recomputation).

Shapes: R labelled rows · D hidden_size · V vocabulary.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint

from tokenloom.modeling.loss import IGNORE

CHUNK_BYTES = 64 << 20  # logits of one chunk in fp32
Head = Callable[[torch.Tensor], torch.Tensor]
"""(rows, D) hidden states → (rows, V) logits."""


def labelled_logps(
    head: Head, hidden_RD: torch.Tensor, targets_R: torch.Tensor, vocabulary: int, temperature: float = 1.0
) -> torch.Tensor:
    """(R,) fp32 log-probability (nats) of each target, as it is drawn at this ``temperature``; 0 where it is ``IGNORE``."""

    def chunk(hidden: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        logits = head(hidden).float()
        logits = logits if temperature == 1.0 else logits / temperature
        return -F.cross_entropy(logits, targets, ignore_index=IGNORE, reduction="none")

    return _in_chunks(chunk, vocabulary, hidden_RD, targets_R)


def distances(
    student: Head,
    teacher: Head,
    hidden_RD: torch.Tensor,
    teacher_RD: torch.Tensor,
    *,
    vocabulary: int,
    temperature: float,
) -> torch.Tensor:
    """(R,) fp32 KL divergence (nats) of the student's prediction from the teacher's, both softened by ``temperature``."""

    def chunk(hidden: torch.Tensor, taught: torch.Tensor) -> torch.Tensor:
        told = F.log_softmax(student(hidden).float() / temperature, dim=-1)
        with torch.no_grad():
            wanted = F.log_softmax(teacher(taught).float() / temperature, dim=-1)
        return F.kl_div(told, wanted, log_target=True, reduction="none").sum(-1)

    return _in_chunks(chunk, vocabulary, hidden_RD, teacher_RD)


def _in_chunks(work: Callable[..., torch.Tensor], vocabulary: int, *parts: torch.Tensor) -> torch.Tensor:
    rows = max(CHUNK_BYTES // (4 * vocabulary), 64)
    starts = range(0, len(parts[0]), rows)
    pieces = [[part[start : start + rows] for part in parts] for start in starts]
    if not torch.is_grad_enabled() or len(pieces) == 1:
        done = [work(*piece) for piece in pieces]
    else:
        done = [checkpoint(work, *piece, use_reentrant=False) for piece in pieces]
    return torch.cat(done) if done else parts[0].new_zeros(0, dtype=torch.float32)
