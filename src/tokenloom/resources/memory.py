"""What a recipe will need, part by part, from shapes alone.

Weights, gradients and optimizer state are exact sums. Activations count what autograd keeps per token of the flat row (see
``activation_bytes``); the logits part is one chunk of the fused loss, not the whole table. The base is the process with its libraries,
measured. An estimate says what it is made of, so that a reader can check it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tokenloom.spec.training.loop import LoopSpec
from tokenloom.spec.training.optimizer import AdamW
from tokenloom.spec.training.tuning import FullTuning

MASTER_BYTES = 4  # fp32 weights and gradients of what is trained
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
        tables = self.vocab_size * self.hidden_size * (1 if self.is_tied else 2) + self.positions * self.hidden_size
        return self.num_layers * self.block_parameters + tables + self.hidden_size

    def lora_parameters(self, rank: int) -> int:
        """Adapters of this rank on every linear layer of the blocks."""
        inner, outer = self.num_heads * self.head_size, self.num_kv_heads * self.head_size
        ends = 2 * (self.hidden_size + inner) + 2 * (self.hidden_size + outer)
        ends += (3 if self.is_gated else 2) * (self.hidden_size + self.intermediate_size)
        return self.num_layers * rank * ends

    def added_parameters(self, tuning: Any) -> int | None:
        """Weights that an adapter of this tuning adds; ``None`` where the model's own are trained."""
        outer = self.num_kv_heads * self.head_size
        if tuning.kind == "lora":
            lengths = 0 if not tuning.use_dora else self.block_outputs
            return self.lora_parameters(int(tuning.rank)) + self.num_layers * lengths
        if tuning.kind == "ia3":
            return self.num_layers * (2 * outer + self.intermediate_size)
        if tuning.kind == "bottleneck":
            places = 2 if tuning.placement == "houlsby" else 1
            size = int(tuning.size)
            return self.num_layers * places * (2 * self.hidden_size * size + size + self.hidden_size)
        if tuning.kind == "prompt":
            return int(tuning.num_virtual_tokens * self.hidden_size)
        if tuning.kind == "prefix":
            return int(tuning.num_virtual_tokens * 2 * self.num_layers * outer)
        return None

    @property
    def block_outputs(self) -> int:
        """Output features of all linear layers of a block."""
        inner, outer = self.num_heads * self.head_size, self.num_kv_heads * self.head_size
        return inner + 2 * outer + 2 * self.hidden_size + (2 if self.is_gated else 1) * self.intermediate_size

    @property
    def block_parameters(self) -> int:
        """Weights of one block."""
        attention = 2 * self.hidden_size * self.head_size * (self.num_heads + self.num_kv_heads)
        feed_forward = (3 if self.is_gated else 2) * self.hidden_size * self.intermediate_size
        return attention + feed_forward + self.norm_vectors * self.hidden_size

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
    shape: Shape,
    *,
    tokens_at_once: int,
    tuning: Any = None,
    optimizer: Any = None,
    loop: Any = None,
    compute_bytes: int = 2,
) -> Estimate:
    """Memory of training ``shape`` with ``tokens_at_once`` tokens in a micro-batch. Without their specs: all weights, by AdamW, with nothing kept besides."""
    tuning, optimizer, loop = tuning or FullTuning(), optimizer or AdamW(), loop or LoopSpec()
    added = shape.added_parameters(tuning)
    own = shape.parameters
    trained = added if added is not None else _trained_share(shape, tuning)
    weights = (own + (added or 0)) * MASTER_BYTES
    if (bits := getattr(tuning, "base_bits", None)) is not None:
        weights -= int(shape.num_layers * shape.block_parameters * (MASTER_BYTES - bits / 8))
    averages = trained * MASTER_BYTES if loop.ema_decay is not None else 0
    chunk = max(LOGIT_CHUNK_BYTES, LOGIT_CHUNK_ROWS * shape.vocab_size * 4)
    logits = min(tokens_at_once * shape.vocab_size * 4, chunk) * 2
    if tuning.has_virtual_tokens:  # the padded path makes all logits at once
        logits = tokens_at_once * shape.vocab_size * 4 * 2
    activations = tokens_at_once * shape.activation_bytes(compute_bytes)
    if loop.gradient_checkpointing:  # one block at a time, and the input of each
        kept = tokens_at_once * shape.hidden_size * MASTER_BYTES * shape.num_layers
        activations = activations // shape.num_layers + kept
    return Estimate(
        weights=weights,
        gradients=trained * MASTER_BYTES,
        optimizer=int(trained * optimizer.state_bytes) + averages,
        activations=activations,
        logits=logits,
        base=BASE_BYTES,
        parameters=own + (added or 0),
        trained_parameters=trained,
    )


def _trained_share(shape: Shape, tuning: Any) -> int:
    """Own weights that are trained at any time; patterns of names are not counted, so this is the most."""
    last = getattr(tuning, "last_layers", None)
    if last is None or tuning.unfreeze_every_steps is not None:
        return shape.parameters
    head = 0 if shape.is_tied else shape.vocab_size * shape.hidden_size
    return min(int(last), shape.num_layers) * shape.block_parameters + head + shape.hidden_size
