"""What goes through the model at once."""

from __future__ import annotations

from typing import Literal

from tokenloom.spec.base import Spec, choice, setting

Order = Literal["shuffled", "bucketed"]


class SequenceBatch(Spec):
    """A fixed number of sequences."""

    kind: Literal["sequences"] = "sequences"
    micro_batch_size: int = setting(8, ge=1, le=65536, unit="sequences", scale="log", simple=True, group="training")
    """Sequences that go through the model at once."""
    gradient_accumulation_steps: int = setting(1, ge=1, le=65536, group="training")
    """Micro-batches whose gradients are added before the optimizer steps; exact for unequal token counts."""
    order: Order = setting("shuffled", group="training")
    """Which sequences go together. `shuffled`: any. `bucketed`: those of like length (length bucketing), which saves padding where the model's family needs
    it; each row still comes once an epoch, in an order drawn from the seed."""


class TokenBatch(Spec):
    """As many whole sequences as fit into a number of tokens."""

    kind: Literal["tokens"] = "tokens"
    micro_batch_tokens: int = setting(1024, ge=8, le=1 << 24, unit="tokens", scale="log", simple=True, group="training")
    """Most tokens that go through the model at once; no token of them is padding."""
    gradient_accumulation_steps: int = setting(1, ge=1, le=65536, group="training")
    """Micro-batches whose gradients are added before the optimizer steps; exact for unequal token counts."""
    order: Order = setting("shuffled", group="training")
    """Which sequences go together. `shuffled`: any. `bucketed`: those of like length (length bucketing), which saves padding where the model's family needs
    it; each row still comes once an epoch, in an order drawn from the seed."""


Batch = choice("batch", SequenceBatch, TokenBatch)
