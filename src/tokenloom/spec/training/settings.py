"""What pretraining and fine-tuning share: how a model is changed."""

from __future__ import annotations

from typing import Any

from pydantic import model_validator

from tokenloom.spec.base import Spec
from tokenloom.spec.training.batch import Batch, SequenceBatch
from tokenloom.spec.training.compute import ComputeSpec
from tokenloom.spec.training.distributed import Distributed, OneProcess, distributed_problem
from tokenloom.spec.training.loop import CheckpointPolicy, EvaluationSchedule, GuardSpec, LoopSpec
from tokenloom.spec.training.objective import LanguageObjective, Objective
from tokenloom.spec.training.optimizer import AdamW, Optimizer, ScheduleFreeAdamW
from tokenloom.spec.training.schedule import ConstantSchedule, CosineSchedule, Schedule
from tokenloom.spec.training.tuning import FullTuning, PrefixTuning, Tuning


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
    distributed: Distributed = OneProcess()
    """How many processes train together."""

    @model_validator(mode="before")
    @classmethod
    def _adamw_is_meant(cls, data: Any) -> Any:
        """An optimizer without a kind is AdamW, as in recipes from the time when there was no other."""
        optimizer = data.get("optimizer") if isinstance(data, dict) else None
        if not isinstance(optimizer, dict) or "kind" in optimizer:
            return data
        return {**data, "optimizer": {"kind": "adamw", **optimizer}}

    @model_validator(mode="after")
    def _warmup_fits(self) -> TrainSettings:
        steps, warmup = self.loop.max_steps, getattr(self.schedule, "warmup_steps", 0)
        if steps is not None and warmup > steps:
            raise ValueError(
                f"schedule.warmup_steps {warmup} is more than loop.max_steps {steps}; "
                f"set schedule.warmup_steps to {max(steps // 10, 1)}"
            )
        return self

    @model_validator(mode="after")
    def _parts_agree(self) -> TrainSettings:
        if isinstance(self.optimizer, ScheduleFreeAdamW):
            if not isinstance(self.schedule, ConstantSchedule):
                raise ValueError(
                    "optimizer.kind=schedule_free takes the place of a decaying learning rate; set schedule.kind=constant"
                )
            if self.loop.ema_decay is not None:
                raise ValueError("optimizer.kind=schedule_free averages the weights itself; leave loop.ema_decay empty")
        if self.tuning.has_virtual_tokens:
            if getattr(self.objective, "hidden_weight", 0) > 0:
                raise ValueError(
                    f"tuning.kind={self.tuning.kind} shows no hidden states to compare; set objective.hidden_weight to 0"
                )
            if isinstance(self.tuning, PrefixTuning) and self.loop.gradient_checkpointing:
                raise ValueError(
                    "tuning.kind=prefix fills the key and value cache, which cannot be computed twice; set loop.gradient_checkpointing to false"
                )
        return self

    @model_validator(mode="after")
    def _order_suits(self) -> TrainSettings:
        if self.batch.order == "bucketed" and self.objective.kind == "kto":
            raise ValueError(
                "objective.kind=kto measures each answer against its micro-batch, which must be a fair sample and not answers of like length; "
                "set batch.order to shuffled"
            )
        return self

    @model_validator(mode="after")
    def _processes_agree(self) -> TrainSettings:
        if problem := distributed_problem(self):
            raise ValueError(problem)
        return self
