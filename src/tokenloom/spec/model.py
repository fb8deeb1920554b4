"""Which model is trained: one built from scratch, or one that exists."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from tokenloom.spec.base import Spec, setting

INIT_STD = 0.02
NEEDS_LENGTH = ("llama3", "yarn")
"""Kinds of RoPE scaling that must know the context before it."""


class TransformerModel(Spec):
    """A transformer of our own, initialised at random: a decoder, or with bidirectional attention an encoder."""

    kind: Literal["transformer"] = "transformer"
    tokenizer: str = setting("auto", simple=True, group="model")
    """Tokenizer by name, `name@version`, id or folder. `auto` takes the newest one in the workspace."""
    num_layers: int = setting(4, ge=1, le=256, simple=True, group="model")
    """Number of blocks, one behind the other."""
    hidden_size: int = setting(128, ge=8, le=32768, simple=True, group="model")
    """Width of the stream between blocks; the heads share it."""
    num_heads: int = setting(4, ge=1, le=256, group="model")
    """Number of attention heads."""
    num_kv_heads: int | None = setting(None, ge=1, group="model")
    """Heads of keys and values: empty = as many as heads (multi-head), fewer = grouped-query, 1 = multi-query attention."""
    head_size: int | None = setting(None, ge=2, group="model")
    """Width of one head; empty = hidden_size / num_heads."""
    intermediate_size: int | None = setting(None, ge=8, group="model")
    """Width of the feed-forward part; empty = 8/3 of hidden_size for a gated one (SwiGLU, GeGLU), else 4 times it, rounded up to a multiple of 32."""
    max_sequence_length: int = setting(256, ge=8, le=1 << 20, unit="tokens", simple=True, group="model")
    """Longest sequence that the model accepts."""
    attention: Literal["causal", "bidirectional"] = setting("causal", group="model")
    """What a token sees: what stands before it, as a model that writes must (causal), or its whole text, for classes and scores alone (bidirectional)."""
    sliding_window: int | None = setting(None, ge=2, unit="tokens", group="model")
    """Tokens that attention sees, the token itself and those before it (bidirectional: as many behind it); empty = the whole context. Blocks
    behind each other reach further.
    """
    position: Literal["rope", "learned", "sinusoidal", "alibi", "none"] = setting("rope", group="model")
    """How the model knows where a token stands: rotary (RoPE), a learned table, a fixed one of waves (sinusoidal), linear biases (ALiBi), or
    not at all.
    """
    rope_theta: float = setting(10_000.0, gt=0, scale="log", group="model")
    """Base wavelength of RoPE; larger suits longer sequences."""
    rope_scaling: Literal["none", "linear", "ntk", "llama3", "yarn"] = setting("none", group="model")
    """How RoPE is stretched over a longer context: not at all, every turn alike (linear), by a larger base, so that the longest turn is stretched whole
    and the shortest not at all (ntk), or only turns longer than the original context (llama3; yarn, which sharpens attention as well).
    """
    rope_factor: float = setting(1.0, ge=1, le=1024, scale="log", group="model")
    """How many times RoPE scaling stretches; usually max_sequence_length / rope_original_length."""
    rope_original_length: int | None = setting(None, ge=8, unit="tokens", group="model")
    """Context before llama3 or yarn scaling; a turn that fits less than once into it is stretched whole, one that fits four times (yarn: 32 times) is
    left as it is.
    """
    norm: Literal["rmsnorm", "layernorm"] = setting("rmsnorm", group="model")
    """Normalisation at attention and feed-forward."""
    norm_position: Literal["pre", "post", "sandwich"] = setting("pre", group="model")
    """Where it stands: before each part (pre, GPT-2), behind the sum with the stream (post, Vaswani et al. 2017; needs a small learning rate and
    warm-up), or before and behind each part (sandwich, Gemma 2).
    """
    activation: Literal["swiglu", "geglu", "gelu", "relu2"] = setting("swiglu", group="model")
    """Feed-forward part: gated with SiLU (SwiGLU) or GELU (GeGLU), of three matrices; or plain GELU or squared ReLU (ReLU²), of two."""
    num_experts: int | None = setting(None, ge=2, le=256, group="model")
    """Feed-forward parts in each block, of which a router picks some for each token (mixture of experts); empty = one for all tokens."""
    experts_per_token: int = setting(2, ge=1, le=256, group="model")
    """Experts that each token goes through, weighted by the router."""
    router_balance: float = setting(0.01, ge=0, le=10, group="model")
    """Weight of the loss that spreads tokens evenly over the experts (Switch, Mixtral); 0 = none."""
    tie_embeddings: bool = setting(True, group="model")
    """Whether the output head is the transposed input embedding."""
    init: Literal["scaled", "normal", "xavier", "small"] = setting("scaled", group="model")
    """How weights are drawn, all from normal distributions: of `init_std`, and for the output projections of each block that divided by √(2 · layers)
    (scaled, GPT-2); of `init_std` alone (normal); by rows and columns of each matrix (xavier, Glorot & Bengio 2010); by the width of the stream, with
    outputs that shrink with depth (small, SmallInit as in GPT-NeoX).
    """
    init_std: float = setting(INIT_STD, gt=0, le=1, scale="log", group="model")
    """Standard deviation of the initial weights, for `init` scaled and normal."""

    @model_validator(mode="after")
    def _shapes_fit(self) -> TransformerModel:
        if self.head_size is None and self.hidden_size % self.num_heads:
            near = [n for n in range(1, self.hidden_size + 1) if self.hidden_size % n == 0]
            fit = min(near, key=lambda n: abs(n - self.num_heads))
            raise ValueError(
                f"hidden_size {self.hidden_size} does not divide by num_heads {self.num_heads}; set num_heads to {fit}, or give head_size"
            )
        heads = self.num_kv_heads or self.num_heads
        if self.num_heads % heads:
            raise ValueError(
                f"num_heads {self.num_heads} is not a multiple of num_kv_heads {heads}; set num_kv_heads to {self.num_heads}"
            )
        if self.sliding_window is not None and self.sliding_window >= self.max_sequence_length:
            raise ValueError(
                f"sliding_window {self.sliding_window} hides nothing of sequences of up to {self.max_sequence_length} tokens "
                f"(max_sequence_length); leave it empty, or set at most {self.max_sequence_length - 1}"
            )
        if self.position == "rope" and self.width_of_head % 2:
            raise ValueError(
                f"RoPE turns pairs of numbers, so a head of {self.width_of_head} does not work; make it even"
            )
        self._check_rope_scaling()
        self._check_experts()
        if self.init not in ("scaled", "normal") and self.init_std != INIT_STD:
            raise ValueError(
                f"init {self.init} does not read init_std {self.init_std:g}: it draws weights by the sizes of their matrices; "
                f"set init to scaled, or leave init_std at {INIT_STD}"
            )
        if self.position == "sinusoidal" and self.hidden_size % 2:
            raise ValueError(
                f"sinusoidal positions come in pairs of sine and cosine, so a hidden_size of {self.hidden_size} does not work; "
                f"set hidden_size to {self.hidden_size + 1}, or take another position"
            )
        return self

    def _check_rope_scaling(self) -> None:
        """Raise :class:`ValueError` for values of RoPE scaling that mean nothing together."""
        kind, length = self.rope_scaling, self.rope_original_length
        if kind != "none" and self.position != "rope":
            raise ValueError(f"rope_scaling {kind} needs RoPE, and position is {self.position}; set position to rope")
        if kind == "none" and self.rope_factor != 1:
            raise ValueError(
                f"rope_factor {self.rope_factor:g} does nothing without scaling; set rope_scaling to linear"
            )
        if kind != "none" and self.rope_factor == 1:
            raise ValueError(
                f"rope_scaling {kind} by a rope_factor of 1 stretches nothing; set rope_factor to 2, or more"
            )
        if kind in NEEDS_LENGTH and (length is None or length >= self.max_sequence_length):
            told = "empty" if length is None else f"{length}, no less than max_sequence_length"
            fit = max(int(self.max_sequence_length / self.rope_factor), 8)
            raise ValueError(
                f"rope_scaling {kind} needs the context before it, and rope_original_length is {told}; set rope_original_length to {fit}"
            )
        if kind not in NEEDS_LENGTH and length is not None:
            raise ValueError(
                f"rope_original_length {length} is read by llama3 and yarn scaling alone; leave it empty, or set rope_scaling to llama3"
            )
        if kind == "ntk" and self.width_of_head == 2:
            raise ValueError(
                "rope_scaling ntk changes every pair of a head but its first, and a head of 2 has no other; set rope_scaling to linear"
            )
        if kind == "yarn" and self.rope_theta <= 1:
            raise ValueError(
                f"rope_scaling yarn needs turns of different lengths, and a rope_theta of {self.rope_theta:g} gives none; set rope_theta to 10000"
            )

    def _check_experts(self) -> None:
        """Raise :class:`ValueError` for values of a mixture of experts that mean nothing together."""
        if self.num_experts is None:
            for name in ("experts_per_token", "router_balance"):
                if (value := getattr(self, name)) != (default := type(self).model_fields[name].default):
                    raise ValueError(
                        f"{name} {value:g} does nothing without experts; set num_experts to 8, or leave {name} at {default:g}"
                    )
        elif self.experts_per_token > self.num_experts:
            raise ValueError(
                f"experts_per_token {self.experts_per_token} is more than there are (num_experts {self.num_experts}); "
                f"set experts_per_token to {min(2, self.num_experts)}"
            )

    @property
    def width_of_head(self) -> int:
        return self.head_size or self.hidden_size // self.num_heads

    @property
    def scaled_rope_theta(self) -> float:
        """Base wavelength of RoPE after NTK scaling: the longest turn is then ``rope_factor`` times as long, the shortest as it was."""
        if self.rope_scaling != "ntk":
            return self.rope_theta
        return float(self.rope_theta * self.rope_factor ** (self.width_of_head / (self.width_of_head - 2)))

    @property
    def is_gated(self) -> bool:
        """Whether the feed-forward part has a gate beside its first matrix."""
        return self.activation in ("swiglu", "geglu")

    @property
    def width_of_feed_forward(self) -> int:
        exact = self.intermediate_size or (self.hidden_size * 8 / 3 if self.is_gated else self.hidden_size * 4)
        return self.intermediate_size or -(-int(exact) // 32) * 32


class PretrainedModel(Spec):
    """A model that exists: from this workspace, a folder, or the Hugging Face Hub."""

    kind: Literal["pretrained"] = "pretrained"
    source: str = setting(simple=True, group="model")
    """A registered name, a run by id or name, `RUN@STEP`, a folder, or a hub id such as `google/gemma-2-2b`."""
    revision: str | None = setting(None, group="model")
    """Branch, tag or commit of a hub model."""
    allow_download: bool = setting(False, group="model")
    """Whether a hub id may be fetched from the network. Off: only what is already on this machine."""
    trust_remote_code: str | None = setting(None, group="model")
    """Name the repository here to allow it to run its own code on this machine; empty refuses."""
    without_adapter: bool = setting(False, group="model")
    """Whether an adapter is left off: the base of `source` as it was before the adapter was trained."""


Model = Annotated[TransformerModel | PretrainedModel, Field(discriminator="kind")]
