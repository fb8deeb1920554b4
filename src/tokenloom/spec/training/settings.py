"""What pretraining and fine-tuning share: how a model is changed."""

from __future__ import annotations

from pydantic import model_validator

from tokenloom.spec.base import Spec
from tokenloom.spec.training.batch import Batch, SequenceBatch
from tokenloom.spec.training.compute import ComputeSpec
from tokenloom.spec.training.loop import CheckpointPolicy, EvaluationSchedule, GuardSpec, LoopSpec
from tokenloom.spec.training.objective import LanguageObjective, Objective
from tokenloom.spec.training.optimizer import AdamW, Optimizer
from tokenloom.spec.training.schedule import CosineSchedule, Schedule
from tokenloom.spec.training.tuning import FullTuning, Tuning


class TrainSettings(Spec):
    """What pretraining and fine-tuning share."""

    objective: Objective = LanguageObjective()
    """What is learned: the next token, a preference, a label."""
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
