"""Which model is trained: one built from scratch, or one that exists."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from tokenloom.spec.base import Spec, setting


class TransformerModel(Spec):
    """A decoder-only transformer, initialised at random."""

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
    sliding_window: int | None = setting(None, ge=2, unit="tokens", group="model")
    """Tokens that attention sees, the token itself and those before it; empty = the whole context. Blocks behind each other reach further."""
    position: Literal["rope", "learned", "sinusoidal", "alibi", "none"] = setting("rope", group="model")
    """How the model knows where a token stands: rotary (RoPE), a learned table, a fixed one of waves (sinusoidal), linear biases (ALiBi), or
    not at all.
    """
    rope_theta: float = setting(10_000.0, gt=0, scale="log", group="model")
    """Base wavelength of RoPE; larger suits longer sequences."""
    rope_scaling: Literal["none", "linear", "llama3"] = setting("none", group="model")
    """How RoPE is stretched over a longer context: not at all, every turn alike (linear), or only turns longer than the original context (llama3)."""
    rope_factor: float = setting(1.0, ge=1, le=1024, scale="log", group="model")
    """How many times RoPE scaling stretches; usually max_sequence_length / rope_original_length."""
    rope_original_length: int | None = setting(None, ge=8, unit="tokens", group="model")
    """Context before llama3 scaling; a turn that fits less than once into it is stretched whole, one that fits four times is left as it is."""
    norm: Literal["rmsnorm", "layernorm"] = setting("rmsnorm", group="model")
    """Normalisation before attention and feed-forward."""
    activation: Literal["swiglu", "geglu", "gelu", "relu2"] = setting("swiglu", group="model")
    """Feed-forward part: gated with SiLU (SwiGLU) or GELU (GeGLU), of three matrices; or plain GELU or squared ReLU (ReLU²), of two."""
    tie_embeddings: bool = setting(True, group="model")
    """Whether the output head is the transposed input embedding."""
    init_std: float = setting(0.02, gt=0, le=1, scale="log", group="model")
    """Standard deviation of the initial weights; the output projections of each block get it divided by √(2 · layers) (GPT-2)."""

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
        if kind == "llama3" and (length is None or length >= self.max_sequence_length):
            told = "empty" if length is None else f"{length}, no less than max_sequence_length"
            fit = max(int(self.max_sequence_length / self.rope_factor), 8)
            raise ValueError(
                f"rope_scaling llama3 needs the context before it, and rope_original_length is {told}; set rope_original_length to {fit}"
            )
        if kind != "llama3" and length is not None:
            raise ValueError(
                f"rope_original_length {length} is read by llama3 scaling alone; leave it empty, or set rope_scaling to llama3"
            )

    @property
    def width_of_head(self) -> int:
        return self.head_size or self.hidden_size // self.num_heads

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
