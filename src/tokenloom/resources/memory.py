"""What a recipe will need, part by part, from shapes alone.

Weights, gradients and optimizer state are exact sums. Activations count what autograd keeps per token of the flat row (see
``activation_bytes``); the logits part is one chunk of the fused loss, not the whole table. The base is the process with its libraries,
measured. An estimate says what it is made of, so that a reader can check it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MASTER_BYTES = 4  # fp32 weights and gradients of what is trained
ADAM_BYTES = 8  # two fp32 moments
LOGIT_CHUNK_BYTES = 16 << 20  # modeling.loss computes the head in chunks of this size …
LOGIT_CHUNK_ROWS = 256  # … but never of fewer rows
BASE_BYTES = 420 << 20  # a worker with torch and transformers loaded, measured on Linux


@dataclass(frozen=True)
class Shape:
    """What of a model decides its memory. Counts and widths; ``vocab_size`` tokens."""

    num_layers: int
    hidden_size: int
    num_heads: int
    num_kv_heads: int
    head_size: int
    intermediate_size: int
    vocab_size: int
    is_gated: bool = True
    is_tied: bool = True
    positions: int = 0
    norm_vectors: int = 2

    @property
    def parameters(self) -> int:
        """All weights: embeddings, blocks, norms, and the head where it is not tied."""
        attention = 2 * self.hidden_size * self.head_size * (self.num_heads + self.num_kv_heads)
        feed_forward = (3 if self.is_gated else 2) * self.hidden_size * self.intermediate_size
        block = attention + feed_forward + self.norm_vectors * self.hidden_size
        tables = self.vocab_size * self.hidden_size * (1 if self.is_tied else 2) + self.positions * self.hidden_size
        return self.num_layers * block + tables + self.hidden_size

    def lora_parameters(self, rank: int) -> int:
        """Adapters of this rank on every linear layer of the blocks."""
        inner, outer = self.num_heads * self.head_size, self.num_kv_heads * self.head_size
        ends = 2 * (self.hidden_size + inner) + 2 * (self.hidden_size + outer)
        ends += (3 if self.is_gated else 2) * (self.hidden_size + self.intermediate_size)
        return self.num_layers * rank * ends

    def activation_bytes(self, compute_bytes: int) -> int:
        """Bytes that autograd keeps for one token: inputs of norms (fp32), of each product, of attention and of the gate."""
        inner, outer = self.num_heads * self.head_size, self.num_kv_heads * self.head_size
        stream = 4 * self.hidden_size * MASTER_BYTES  # two norms, their input and output
        products = (2 * self.hidden_size + inner) * compute_bytes
        attention = (3 * inner + 2 * outer) * compute_bytes + 4 * self.num_heads
        gate = 2 * self.intermediate_size * compute_bytes  # the product of gate and up is made again in backward
        return self.num_layers * (stream + products + attention + gate)


@dataclass(frozen=True)
class Estimate:
    """Bytes by part, and how sure: ``low`` and ``high`` around the sum."""

    weights: int
    gradients: int
    optimizer: int
    activations: int
    logits: int
    base: int
    parameters: int
    trained_parameters: int

    @property
    def total(self) -> int:
        return self.weights + self.gradients + self.optimizer + self.activations + self.logits + self.base

    def as_dict(self, available_bytes: int) -> dict[str, Any]:
        """JSON form with the verdict for a machine that has ``available_bytes``."""
        parts = {
            name: getattr(self, name) for name in ("weights", "gradients", "optimizer", "activations", "logits", "base")
        }
        return {
            "total_bytes": self.total,
            "low_bytes": int(self.total * 0.8),
            "high_bytes": int(self.total * 1.3),
            "parts_bytes": parts,
            "parameters": self.parameters,
            "trained_parameters": self.trained_parameters,
            "available_bytes": available_bytes,
            "fits": self.total * 1.3 <= available_bytes,
        }


def estimate_training(
    shape: Shape, *, tokens_at_once: int, lora_rank: int | None = None, compute_bytes: int = 2
) -> Estimate:
    """Memory of training ``shape`` with ``tokens_at_once`` tokens in a micro-batch; only adapters where ``lora_rank`` is given."""
    trained = shape.parameters if lora_rank is None else shape.lora_parameters(lora_rank)
    frozen = 0 if lora_rank is None else shape.parameters
    logits = (
        min(tokens_at_once * shape.vocab_size * 4, max(LOGIT_CHUNK_BYTES, LOGIT_CHUNK_ROWS * shape.vocab_size * 4)) * 2
    )
    return Estimate(
        weights=(trained + frozen) * MASTER_BYTES,
        gradients=trained * MASTER_BYTES,
        optimizer=trained * ADAM_BYTES,
        activations=tokens_at_once * shape.activation_bytes(compute_bytes),
        logits=logits,
        base=BASE_BYTES,
        parameters=shape.parameters + (trained if lora_rank is not None else 0),
        trained_parameters=trained,
    )
