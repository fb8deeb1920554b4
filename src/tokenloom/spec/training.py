"""How a model is changed: tuning, optimizer, schedule, batch, loop, evaluation on the way, checkpoints, guard."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from tokenloom.spec.base import Spec, setting

# --- tuning -----------------------------------------------------------------------------------------------------


class FullTuning(Spec):
    """Every weight is trained."""

    kind: Literal["full"] = "full"


class LoraTuning(Spec):
    """Low-rank adapters beside the frozen linear layers (Hu et al. 2021)."""

    kind: Literal["lora"] = "lora"
    rank: int = setting(16, ge=1, le=1024, scale="log", simple=True, group="training")
    """Inner width of each adapter: more learns more and weighs more."""
    alpha: float = setting(32.0, gt=0, scale="log", group="training")
    """The adapter's output is scaled by alpha / rank."""
    dropout: float = setting(0.0, ge=0, lt=1, group="training")
    """Share of inputs of the adapter that is dropped while training."""
    target_modules: list[str] | Literal["all-linear"] = setting("all-linear", group="training")
    """Names of the linear layers that get an adapter, or `all-linear` (all but the output head)."""


Tuning = Annotated[FullTuning | LoraTuning, Field(discriminator="kind")]

# --- optimizer --------------------------------------------------------------------------------------------------


class AdamW(Spec):
    """Adam with decoupled weight decay (Loshchilov & Hutter 2019)."""

    kind: Literal["adamw"] = "adamw"
    learning_rate: float = setting(3e-4, gt=0, le=10, scale="log", simple=True, group="training")
    """Peak learning rate; the schedule scales it."""
    beta1: float = setting(0.9, ge=0, lt=1, group="training")
    """Memory of the mean gradient."""
    beta2: float = setting(0.95, ge=0, lt=1, group="training")
    """Memory of the squared gradient."""
    epsilon: float = setting(1e-8, gt=0, scale="log", group="training")
    """Added to the denominator."""
    weight_decay: float = setting(0.1, ge=0, le=10, group="training")
    """Pull towards zero, on matrices only: norms, biases and embeddings of positions are left alone."""


Optimizer = AdamW

# --- schedule ---------------------------------------------------------------------------------------------------


class _Schedule(Spec):
    warmup_steps: int = setting(0, ge=0, unit="steps", group="training")
    """Steps over which the learning rate rises from 0 to its peak."""


class ConstantSchedule(_Schedule):
    """The peak, always."""

    kind: Literal["constant"] = "constant"


class CosineSchedule(_Schedule):
    """Half a cosine from the peak to the final share."""

    kind: Literal["cosine"] = "cosine"
    final_ratio: float = setting(0.1, ge=0, le=1, group="training")
    """Learning rate at the last step as a share of the peak."""


class LinearSchedule(_Schedule):
    """A straight line from the peak to the final share."""

    kind: Literal["linear"] = "linear"
    final_ratio: float = setting(0.0, ge=0, le=1, group="training")
    """Learning rate at the last step as a share of the peak."""


class WsdSchedule(_Schedule):
    """Warm up, stay, then decay linearly (WSD, Hu et al. 2024)."""

    kind: Literal["wsd"] = "wsd"
    decay_ratio: float = setting(0.2, ge=0, le=1, group="training")
    """Share of all steps, at the end, over which the rate falls."""
    final_ratio: float = setting(0.0, ge=0, le=1, group="training")
    """Learning rate at the last step as a share of the peak."""


Schedule = Annotated[ConstantSchedule | CosineSchedule | LinearSchedule | WsdSchedule, Field(discriminator="kind")]

# --- batch ------------------------------------------------------------------------------------------------------


class SequenceBatch(Spec):
    """A fixed number of sequences."""

    kind: Literal["sequences"] = "sequences"
    micro_batch_size: int = setting(8, ge=1, le=65536, unit="sequences", scale="log", simple=True, group="training")
    """Sequences that go through the model at once."""
    gradient_accumulation_steps: int = setting(1, ge=1, le=65536, group="training")
    """Micro-batches whose gradients are added before the optimizer steps; exact for unequal token counts."""


class TokenBatch(Spec):
    """As many whole sequences as fit into a number of tokens."""

    kind: Literal["tokens"] = "tokens"
    micro_batch_tokens: int = setting(1024, ge=8, le=1 << 24, unit="tokens", scale="log", simple=True, group="training")
    """Most tokens that go through the model at once; no token of them is padding."""
    gradient_accumulation_steps: int = setting(1, ge=1, le=65536, group="training")
    """Micro-batches whose gradients are added before the optimizer steps; exact for unequal token counts."""


Batch = Annotated[SequenceBatch | TokenBatch, Field(discriminator="kind")]

# --- the rest ---------------------------------------------------------------------------------------------------


class LoopSpec(Spec):
    """How long, and how carefully."""

    max_steps: int | None = setting(None, ge=1, unit="steps", simple=True, group="training")
    """Optimizer steps to make; empty = as many as num_epochs needs."""
    num_epochs: float = setting(1.0, gt=0, le=10_000, unit="epochs", simple=True, group="training")
    """Passes over the training split, where max_steps is empty."""
    max_grad_norm: float | None = setting(1.0, gt=0, group="training")
    """Gradients with a larger norm are scaled down to it; empty = never."""
    log_every: int = setting(1, ge=1, unit="steps", group="training")
    """Steps between two rows of metrics."""


class EvaluationSchedule(Spec):
    """Validation and samples on the way."""

    every_steps: int | None = setting(200, ge=1, unit="steps", group="training")
    """Steps between two validations; empty = only at the end."""
    max_sequences: int | None = setting(512, ge=1, unit="sequences", group="training")
    """Most sequences of the validation split that are used (the same ones each time); empty = all."""
    sample_prompts: list[str] = setting(default_factory=list, group="training")
    """Prompts that the model continues at every validation; empty = two rows of the validation split."""
    sample_tokens: int = setting(48, ge=0, le=4096, unit="tokens", group="training")
    """Longest continuation of a sample; 0 turns samples off."""


class CheckpointPolicy(Spec):
    """When the whole state is saved, and what is kept."""

    every_steps: int | None = setting(200, ge=1, unit="steps", group="saving")
    """Steps between two checkpoints; empty = only at the end."""
    every_seconds: float | None = setting(None, gt=0, unit="seconds", group="saving")
    """Seconds between two checkpoints, whichever comes first."""
    keep_last: int = setting(2, ge=1, le=1000, group="saving")
    """Newest checkpoints that are kept."""
    keep_best: bool = setting(True, group="saving")
    """Whether the one with the lowest validation loss is kept as well."""


class GuardSpec(Spec):
    """What happens when numbers go wrong."""

    max_skipped_steps: int = setting(5, ge=1, group="training")
    """Steps in a row with NaN or Inf that are skipped before the run goes back to its last good checkpoint."""
    max_rewinds: int = setting(2, ge=0, group="training")
    """How often a run may go back before it fails."""


class ComputeSpec(Spec):
    """Where and how exactly it is computed."""

    device: str = setting("auto", pattern=r"^(auto|cpu|cuda(:\d+)?|mps)$", group="machine")
    """`auto`, `cpu`, `cuda`, `cuda:1` or `mps`."""
    precision: Literal["auto", "fp32", "bf16"] = setting("auto", group="machine")
    """`auto` takes bf16 where a short measurement shows that this chip is faster with it; weights stay fp32."""
    threads: int | None = setting(None, ge=1, le=1024, group="machine")
    """CPU threads; empty = a short measurement picks the number."""
    deterministic: bool = setting(True, group="machine")
    """Only algorithms that give the same bits each time."""


class TrainSettings(Spec):
    """What pretraining and fine-tuning share."""

    tuning: Tuning = FullTuning()
    """Which weights are trained."""
    optimizer: Optimizer = AdamW()
    """How gradients become changes."""
    schedule: Schedule = CosineSchedule()
    """How the learning rate moves."""
    batch: Batch = SequenceBatch()
    """What goes through the model at once."""
    loop: LoopSpec = LoopSpec()
    """How long, and how carefully."""
    evaluation: EvaluationSchedule = EvaluationSchedule()
    """Validation and samples on the way."""
    checkpoints: CheckpointPolicy = CheckpointPolicy()
    """When the whole state is saved, and what is kept."""
    guard: GuardSpec = GuardSpec()
    """What happens when numbers go wrong."""
    compute: ComputeSpec = ComputeSpec()
    """Where and how exactly it is computed."""

    @model_validator(mode="after")
    def _warmup_fits(self) -> TrainSettings:
        steps = self.loop.max_steps
        if steps is not None and self.schedule.warmup_steps > steps:
            raise ValueError(
                f"schedule.warmup_steps {self.schedule.warmup_steps} is more than loop.max_steps {steps}; "
                f"set schedule.warmup_steps to {max(steps // 10, 1)}"
            )
        return self
