"""Which weights are trained."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from tokenloom.spec.base import Spec, choice, setting

AUTO = "auto"
Names = Annotated[list[str], Field(min_length=1)]


class _Tuning(Spec):
    is_adapter: ClassVar[bool] = True
    """Whether the model's own weights stay, and what is learned is kept beside them."""
    has_virtual_tokens: ClassVar[bool] = False
    """Whether it puts learned places before the text, which the flat path cannot do."""


class FullTuning(_Tuning):
    """Every weight is trained."""

    is_adapter = False
    kind: Literal["full"] = "full"


class FreezeTuning(_Tuning):
    """A part of the weights is trained, the rest stays as it is."""

    is_adapter = False
    kind: Literal["freeze"] = "freeze"
    last_layers: int | None = setting(None, ge=1, le=1000, unit="layers", simple=True, group="training")
    """Train only so many of the last blocks, the final norm and the output head (where it is not tied to the embeddings). Empty = all."""
    train: list[str] = setting(default_factory=list, group="training")
    """Names of parameters that are trained as well, or alone where last_layers is empty. `*` stands for anything: `*.mlp.*`, `model.norm.*`."""
    freeze: list[str] = setting(default_factory=list, group="training")
    """Names of parameters that stay as they are, whatever else is said: `*embed_tokens*`."""
    unfreeze_every_steps: int | None = setting(None, ge=1, unit="steps", group="training")
    """Steps after which one more block is trained, from the last to the first, and at the end the embeddings (Howard & Ruder 2018).
    Empty = what is frozen stays frozen."""

    @model_validator(mode="after")
    def _says_something(self) -> FreezeTuning:
        if self.last_layers is None and not self.train and not self.freeze:
            raise ValueError(
                "it does not say what is frozen; set last_layers, train or freeze, or take tuning.kind=full"
            )
        if self.unfreeze_every_steps is not None and self.last_layers is None:
            raise ValueError("unfreeze_every_steps needs to know where it begins; set last_layers, for example to 1")
        return self


class LoraTuning(_Tuning):
    """Low-rank adapters beside the frozen linear layers (Hu et al. 2021)."""

    kind: Literal["lora"] = "lora"
    rank: int = setting(16, ge=1, le=1024, scale="log", simple=True, group="training")
    """Inner width of each adapter: more learns more and weighs more."""
    alpha: float = setting(32.0, gt=0, scale="log", group="training")
    """The adapter's output is scaled by alpha / rank."""
    dropout: float = setting(0.0, ge=0, lt=1, group="training")
    """Share of inputs of the adapter that is dropped while training."""
    target_modules: Names | Literal["all-linear"] = setting("all-linear", group="training")
    """Names of the linear layers that get an adapter, or `all-linear` (all but the output head)."""
    use_rslora: bool = setting(False, group="training")
    """Scale by alpha / √rank instead, so that large ranks learn as they should (rsLoRA, Kalajdzievski 2023)."""
    use_dora: bool = setting(False, group="training")
    """Learn length and direction of the weights apart (DoRA, Liu et al. 2024): closer to full tuning at small ranks, slower."""
    base_bits: Literal[4, 8] | None = setting(None, group="training")
    """Bits of a frozen weight while training (QLoRA, Dettmers et al. 2023): 4 = NF4, 8 = LLM.int8; empty = not quantised. Needs the extra
    `quantized`. The adapter is later opened on the whole weights."""

    @model_validator(mode="after")
    def _dora_needs_its_weights(self) -> LoraTuning:
        if self.use_dora and self.base_bits == 8:
            raise ValueError(
                "use_dora reads the weights, and those of 8 bits lose their scales on the way; set base_bits to 4"
            )
        return self


class Ia3Tuning(_Tuning):
    """A learned scale for each key, value and inner feed-forward feature (IA³, Liu et al. 2022): the smallest adapter."""

    kind: Literal["ia3"] = "ia3"
    target_modules: Names | Literal["auto"] = setting(AUTO, group="training")
    """Names of the linear layers that are scaled; `auto` = keys, values and the feed-forward's output layer."""
    feedforward_modules: list[str] | Literal["auto"] = setting(AUTO, group="training")
    """Those among them whose input is scaled instead of their output; `auto` = the feed-forward's output layer."""


class BottleneckTuning(_Tuning):
    """Small feed-forward layers behind the frozen ones (adapters, Houlsby et al. 2019). They cannot be merged into the weights."""

    kind: Literal["bottleneck"] = "bottleneck"
    size: int = setting(32, ge=1, le=8192, scale="log", simple=True, group="training")
    """Inner width of each adapter."""
    placement: Literal["houlsby", "pfeiffer"] = setting("pfeiffer", group="training")
    """`houlsby`: behind attention and behind the feed-forward; `pfeiffer`: behind the feed-forward alone (Pfeiffer et al. 2021)."""
    activation: Literal["gelu", "relu", "silu"] = setting("gelu", group="training")
    """What bends the inner features."""
    dropout: float = setting(0.0, ge=0, lt=1, group="training")
    """Share of the inner features that is dropped while training."""


class PromptTuning(_Tuning):
    """Learned embeddings before the text (Lester et al. 2021); every weight stays. Takes the padded path."""

    has_virtual_tokens = True
    kind: Literal["prompt"] = "prompt"
    num_virtual_tokens: int = setting(16, ge=1, le=4096, unit="tokens", simple=True, group="training")
    """Places before the text; the model can read so many tokens less."""
    init: Literal["random", "vocabulary"] = setting("vocabulary", group="training")
    """`vocabulary` begins with the embeddings of random tokens, which learns faster than `random` numbers."""


class PrefixTuning(_Tuning):
    """Learned keys and values before the text in every layer (Li & Liang 2021); every weight stays. Takes the padded path."""

    has_virtual_tokens = True
    kind: Literal["prefix"] = "prefix"
    num_virtual_tokens: int = setting(16, ge=1, le=4096, unit="tokens", simple=True, group="training")
    """Places before the text; the model can read so many tokens less."""


Tuning = choice("tuning", FullTuning, FreezeTuning, LoraTuning, Ia3Tuning, BottleneckTuning, PromptTuning, PrefixTuning)
