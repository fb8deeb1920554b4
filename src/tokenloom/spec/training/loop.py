"""How long, how carefully, and what is measured and saved on the way."""

from __future__ import annotations

from typing import Literal

from tokenloom.spec.base import Spec, setting


class LoopSpec(Spec):
    """How long, and how carefully."""

    max_steps: int | None = setting(None, ge=1, unit="steps", simple=True, group="training")
    """Optimizer steps to make; empty = as many as num_epochs needs."""
    num_epochs: float = setting(1.0, gt=0, le=10_000, unit="epochs", simple=True, group="training")
    """Passes over the training split, where max_steps is empty."""
    max_grad_norm: float | None = setting(1.0, gt=0, group="training")
    """Gradients with a larger norm are scaled down to it; empty = never."""
    ema_decay: float | None = setting(None, ge=0, lt=1, group="training")
    """Keep a slow average of the trained weights, which forgets 1 − this at each step (Polyak averaging): 0.999 is usual. The average is what is
    validated, saved and exported. Costs a copy of the trained weights. Empty = none."""
    neftune_alpha: float | None = setting(None, gt=0, le=1000, group="training")
    """Noise on the embeddings while training, which makes answers of small fine-tunings better (NEFTune, Jain et al. 2024): 5 is usual; empty = none."""
    gradient_checkpointing: bool = setting(False, group="training")
    """Compute each block's inner values a second time instead of keeping them: far less memory, about a third more time, the same result."""
    rehearsal: Literal["auto", "always", "never"] = setting("auto", group="training")
    """Before the first step, do everything once and undo it: two steps on the longest batch, a validation, a checkpoint that is read back, a sample.
    What would fail late fails in the first minute, and no step is spent. `auto`: where the run will take more than a few minutes.
    With several processes nothing is rehearsed."""
    log_every: int = setting(1, ge=1, unit="steps", group="training")
    """Steps between two rows of metrics."""
    flow_every: int | None = setting(100, ge=1, unit="steps", group="training")
    """Steps between two looks at how the gradient goes through the layers: norms, updates, histograms. The first step is looked at, too; nothing is
    changed by it. Empty = never."""


class EvaluationSchedule(Spec):
    """Validation and samples on the way."""

    every_steps: int | None = setting(200, ge=1, unit="steps", group="training")
    """Steps between two validations; empty = only at the end."""
    max_sequences: int | None = setting(512, ge=1, unit="sequences", group="training")
    """Most sequences of the validation split that are used (the same ones each time); empty = all."""
    patience: int | None = setting(None, ge=1, unit="validations", group="training")
    """End the run after so many validations in a row whose loss was no better than before (early stopping); empty = never."""
    min_delta: float = setting(0.0, ge=0, group="training")
    """How much lower the validation loss must be to count as better."""
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
    asynchronous: bool = setting(True, group="saving")
    """Make scheduled checkpoints durable while training goes on: the run waits only until they are written to memory that belongs to the disk."""


class GuardSpec(Spec):
    """What happens when numbers go wrong."""

    max_skipped_steps: int = setting(5, ge=1, group="training")
    """Steps in a row with NaN or Inf that are skipped before the run goes back to its last good checkpoint."""
    spike_factor: float | None = setting(6.0, gt=0, le=1000, group="training")
    """Robust standard deviations above the usual from which a loss counts as a spike and is marked with its rows; empty = never. GRPO's loss lies around 0
    and is never judged so."""
    on_spike: Literal["note", "skip"] = setting("note", group="training")
    """What follows a spike: a note, or the step is not applied (skipped steps count as those with NaN do)."""
    on_divergence: Literal["note", "fail"] = setting("note", group="training")
    """What follows where the loss goes back for good: half of the way that it had come, or well above the validation loss before the first step. A note,
    or the run fails, so that no more time is spent on it; its checkpoints stay. GRPO's loss is never judged so.
    """
    stall_seconds: float | None = setting(300.0, gt=0, unit="seconds", group="training")
    """Seconds without progress after which a note says where every thread stands; empty = never."""
    max_rewinds: int = setting(2, ge=0, group="training")
    """How often a run may go back before it fails."""
