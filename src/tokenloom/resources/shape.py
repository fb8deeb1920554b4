"""The shape of a model: what of it decides how many weights it has and what a token costs, known before there is a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tokenloom.kit.errors import SpecError

MASTER_BYTES = 4  # fp32
SHORT = 128  # tokens: on a CPU, attention keeps all scores of sequences up to here
GATED = ("swiglu", "geglu")  # of our own transformer: feed-forward parts of three matrices
FUSED = ("llama", "tokenloom")  # model types that our own transformer takes over


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
    final_norms: int = 1
    num_experts: int | None = None
    experts_per_token: int = 2
    window: int | None = None
    """Tokens that attention sees, where that is not all; of our own transformer."""
    is_fused: bool = True
    """Whether our own transformer computes it, which keeps less for backward."""

    @property
    def parameters(self) -> int:
        """All weights: embeddings, blocks, norms, and the head where it is not tied."""
        tables = self.vocab_size * self.hidden_size * (1 if self.is_tied else 2) + self.positions * self.hidden_size
        return self.num_layers * self.block_parameters + tables + self.final_norms * self.hidden_size

    @property
    def active_parameters(self) -> int:
        """Weights that one token meets: all but those of experts that it does not go through."""
        idle = 0 if self.num_experts is None else self.num_experts - self.experts_per_token
        return self.parameters - self.num_layers * idle * self.expert_parameters

    @property
    def expert_parameters(self) -> int:
        """Weights of one feed-forward part."""
        return (3 if self.is_gated else 2) * self.hidden_size * self.intermediate_size

    @property
    def met(self) -> int:
        """Feed-forward parts of a block that one token goes through."""
        return 1 if self.num_experts is None else self.experts_per_token

    def lora_parameters(self, rank: int) -> int:
        """Adapters of this rank on every linear layer of the blocks."""
        inner, outer = self.num_heads * self.head_size, self.num_kv_heads * self.head_size
        ends = 2 * (self.hidden_size + inner) + 2 * (self.hidden_size + outer)
        fed = (3 if self.is_gated else 2) * (self.hidden_size + self.intermediate_size)
        ends += (self.num_experts or 1) * fed
        return self.num_layers * rank * ends

    def added_parameters(self, tuning: Any) -> int | None:
        """Weights that an adapter of this tuning adds; ``None`` where the model's own are trained."""
        outer = self.num_kv_heads * self.head_size
        if tuning.kind == "lora":
            lengths = 0 if not tuning.use_dora else self.block_outputs
            return self.lora_parameters(int(tuning.rank)) + self.num_layers * lengths
        if tuning.kind == "ia3":
            return self.num_layers * (2 * outer + (self.num_experts or 1) * self.intermediate_size)
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
        fed = self.hidden_size + (2 if self.is_gated else 1) * self.intermediate_size
        return inner + 2 * outer + self.hidden_size + (self.num_experts or 1) * fed

    @property
    def block_parameters(self) -> int:
        """Weights of one block."""
        attention = 2 * self.hidden_size * self.head_size * (self.num_heads + self.num_kv_heads)
        feed_forward = self.expert_parameters
        if self.num_experts is not None:
            feed_forward = self.num_experts * (self.expert_parameters + self.hidden_size)
        return attention + feed_forward + self.norm_vectors * self.hidden_size

    def kept_bytes(self, compute_bytes: int, *, longest: int = SHORT + 1) -> int:
        """Bytes that autograd keeps for one token in one block: inputs of norms (fp32), of each product, of attention and of the gate.

        ``longest`` sequence in tokens: on a CPU all scores of short ones are kept (`modeling.attention`).
        """
        inner, outer = self.num_heads * self.head_size, self.num_kv_heads * self.head_size
        products = (2 if self.is_fused else 5) * self.hidden_size + inner
        stream = (2 if self.is_fused else 6) * self.hidden_size * MASTER_BYTES
        attention = 4 * inner * compute_bytes + (4 * self.num_heads if longest > SHORT else 0)
        if self.num_kv_heads == self.num_heads:
            attention -= (inner - outer) * compute_bytes
        if longest <= SHORT:
            attention += self.num_heads * longest * (2 * MASTER_BYTES + compute_bytes)
        elif self.window is not None and longest > self.window:
            attention += longest * compute_bytes  # the mask of a sequence, which attention keeps
        gate = (2 if self.is_fused or not self.is_gated else 4) * self.intermediate_size * compute_bytes
        if self.num_experts is not None:  # each chosen expert keeps its own input and output beside its gate
            gate = self.met * (gate + 2 * self.hidden_size * MASTER_BYTES) + 3 * self.num_experts * MASTER_BYTES
        stream += (self.norm_vectors - 2) * self.hidden_size * MASTER_BYTES
        return stream + products * compute_bytes + attention + gate

    def working_bytes(self, compute_bytes: int) -> int:
        """Bytes of what one block makes for one token and drops again: products, their gradients, the stream in fp32."""
        return 4 * self.met * self.intermediate_size * compute_bytes + 4 * self.hidden_size * MASTER_BYTES


def shape_from_config(config: dict[str, Any]) -> Shape:
    """From a model's ``config.json``. :class:`SpecError` where it does not say its width; KeyError, TypeError, ValueError for one that is damaged."""
    heads = int(config.get("num_attention_heads") or config.get("n_head") or 1)
    hidden = int(config.get("hidden_size") or config.get("n_embd") or 0)
    if not hidden:
        raise SpecError("The model's config.json does not say its width.", hint="Only a run will tell what it needs.")
    is_ours = config.get("model_type") == "tokenloom"
    return Shape(
        num_layers=int(config.get("num_hidden_layers") or config.get("n_layer") or 1),
        hidden_size=hidden,
        num_heads=heads,
        num_kv_heads=int(config.get("num_key_value_heads") or heads),
        head_size=int(config.get("head_dim") or hidden // heads),
        intermediate_size=int(config.get("intermediate_size") or config.get("n_inner") or 4 * hidden),
        vocab_size=int(config["vocab_size"]),
        is_gated="n_embd" not in config and config.get("activation", "swiglu") in GATED,
        is_tied=bool(config.get("tie_word_embeddings", True)),
        positions=int(config["max_position_embeddings"]) if is_ours and config.get("position") == "learned" else 0,
        norm_vectors=4 if is_ours and config.get("norm_position") == "sandwich" else 2,
        final_norms=0 if is_ours and config.get("norm_position") == "post" else 1,
        num_experts=config.get("num_local_experts") or None,
        experts_per_token=int(config.get("num_experts_per_tok") or 2),
        window=config.get("sliding_window") if is_ours else None,
        is_fused=str(config.get("model_type")) in FUSED,
    )
