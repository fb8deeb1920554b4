"""The shape of our transformer, and its ways to disk: as Llama where it is one, else under our own model type; exported as Llama, Mistral or Mixtral."""

from __future__ import annotations

from typing import Any

from transformers import LlamaConfig, MistralConfig, MixtralConfig, PretrainedConfig

from tokenloom.modeling.position import RopeScaling
from tokenloom.spec.model import TransformerModel


class TransformerConfig(PretrainedConfig):
    """Field names follow Hugging Face's Llama, Mistral's for ``sliding_window`` and Mixtral's for experts; ``attention``, ``position``, ``norm``,
    ``norm_position``, ``activation``, ``init_scheme`` and what scales RoPE (``rope_kind``, ``rope_factor``, ``rope_original_length`` in tokens) are ours.
    """

    model_type = "tokenloom"
    vocab_size: int = 512
    hidden_size: int = 128
    intermediate_size: int = 352
    num_hidden_layers: int = 4
    num_attention_heads: int = 4
    num_key_value_heads: int = 4
    head_dim: int = 32
    max_position_embeddings: int = 256
    rms_norm_eps: float = 1e-5
    rope_theta: float = 10_000.0
    rope_kind: str = "default"
    rope_factor: float = 1.0
    rope_original_length: int | None = None
    initializer_range: float = 0.02
    init_scheme: str = "scaled"
    attention: str = "causal"
    sliding_window: int | None = None
    position: str = "rope"
    norm: str = "rmsnorm"
    norm_position: str = "pre"
    activation: str = "swiglu"
    num_local_experts: int | None = None
    num_experts_per_tok: int = 2
    router_aux_loss_coef: float = 0.01
    tie_word_embeddings: bool = True
    bos_token_id: int | None = None
    eos_token_id: int | list[int] | None = None
    pad_token_id: int | None = None
    use_cache: bool = True

    @property
    def is_causal(self) -> bool:
        """Whether a token sees only what stands before it (a decoder), rather than all of its text (an encoder)."""
        return self.attention == "causal"

    @property
    def is_llama(self) -> bool:
        """Whether this shape is exactly a plain Llama's, which our checkpoints are written as."""
        parts = (self.activation, self.sliding_window, self.rope_kind, self.num_local_experts)
        return parts == ("swiglu", None, "default", None) and not self.foreign_parts

    @property
    def rope_stretch(self) -> RopeScaling | None:
        """How rotary positions are scaled; ``None`` for plain ones."""
        if self.rope_kind == "default":
            return None
        return RopeScaling(self.rope_kind, self.rope_factor, self.rope_original_length or self.max_position_embeddings)

    @property
    def rope_words(self) -> dict[str, Any]:
        """The same in transformers' words (``rope_parameters``)."""
        words: dict[str, Any] = {"rope_type": self.rope_kind, "rope_theta": self.rope_theta}
        stretch = self.rope_stretch
        return words if stretch is None else words | stretch.words

    @property
    def foreign_parts(self) -> list[str]:
        """What of this shape no layout of transformers' has, as ``setting=value``; empty where :func:`to_hub_config` can say it all."""
        known = {
            "attention": ("causal",),
            "position": ("rope",),
            "norm": ("rmsnorm",),
            "norm_position": ("pre",),
            "activation": tuple(HIDDEN_ACTS),
        }
        return [f"{name}={getattr(self, name)}" for name, values in known.items() if getattr(self, name) not in values]


def config_from_spec(spec: TransformerModel, vocab_size: int, **special_ids: int | None) -> TransformerConfig:
    """The configuration of a new model; ``special_ids`` are bos/eos/pad_token_id."""
    return TransformerConfig(
        vocab_size=vocab_size,
        hidden_size=spec.hidden_size,
        intermediate_size=spec.width_of_feed_forward,
        num_hidden_layers=spec.num_layers,
        num_attention_heads=spec.num_heads,
        num_key_value_heads=spec.num_kv_heads or spec.num_heads,
        head_dim=spec.width_of_head,
        max_position_embeddings=spec.max_sequence_length,
        **_rope_of(spec),
        initializer_range=spec.init_std,
        init_scheme=spec.init,
        attention=spec.attention,
        sliding_window=spec.sliding_window,
        position=spec.position,
        norm=spec.norm,
        norm_position=spec.norm_position,
        activation=spec.activation,
        num_local_experts=spec.num_experts,
        num_experts_per_tok=spec.experts_per_token,
        router_aux_loss_coef=spec.router_balance,
        tie_word_embeddings=spec.tie_embeddings,
        **special_ids,
    )


def _rope_of(spec: TransformerModel) -> dict[str, Any]:
    """NTK scaling is nothing but plain RoPE with a larger base, and is written as that."""
    if spec.rope_scaling in ("none", "ntk"):
        return {"rope_theta": spec.scaled_rope_theta}
    named = {"rope_kind": spec.rope_scaling, "rope_factor": spec.rope_factor}
    return {"rope_theta": spec.rope_theta, "rope_original_length": spec.rope_original_length, **named}


HIDDEN_ACTS = {"swiglu": "silu", "geglu": "gelu_pytorch_tanh"}  # of a gated feed-forward, as transformers names them
_EXPERTS = ("num_local_experts", "num_experts_per_tok", "router_aux_loss_coef")
_SHARED = (
    "vocab_size",
    "hidden_size",
    "intermediate_size",
    "num_hidden_layers",
    "num_attention_heads",
    "num_key_value_heads",
    "head_dim",
    "max_position_embeddings",
    "rms_norm_eps",
    "initializer_range",
    "tie_word_embeddings",
    "bos_token_id",
    "eos_token_id",
    "pad_token_id",
)


def to_hub_config(config: TransformerConfig) -> LlamaConfig | MistralConfig | MixtralConfig:
    """The same shape as a ``LlamaConfig``, with a sliding window as a ``MistralConfig``, with experts as a ``MixtralConfig``; only for
    configurations without ``foreign_parts``.
    """
    fields = {name: getattr(config, name) for name in _SHARED} | {"hidden_act": HIDDEN_ACTS[config.activation]}
    fields["rope_parameters"] = config.rope_words
    theirs: LlamaConfig | MistralConfig | MixtralConfig
    if config.num_local_experts is not None:
        experts = {name: getattr(config, name) for name in _EXPERTS}
        theirs = MixtralConfig(**fields, **experts, sliding_window=config.sliding_window)
        theirs.architectures = ["MixtralForCausalLM"]
    elif config.sliding_window is None:
        theirs = LlamaConfig(**fields)
        theirs.architectures = ["LlamaForCausalLM"]
    else:
        theirs = MistralConfig(**fields, sliding_window=config.sliding_window)
        theirs.architectures = ["MistralForCausalLM"]
    theirs.dtype = getattr(config, "dtype", None)
    return theirs


def from_llama_config(config: LlamaConfig) -> TransformerConfig | None:
    """Our configuration for a Llama on disk, or ``None`` where it has a part that ours does not (its rope scaling, biases …)."""
    rope: dict[str, Any] = dict(config.rope_parameters or {})
    plain = (
        rope.get("rope_type", "default") == "default"
        and not config.attention_bias
        and not config.mlp_bias
        and config.hidden_act == "silu"
        and not config.attention_dropout
    )
    if not plain:
        return None
    fields = {name: getattr(config, name) for name in _SHARED}
    return TransformerConfig(**fields, rope_theta=float(rope.get("rope_theta", 10_000.0)))
