"""What an objective needs of a workspace: a teacher, the model as it was, and what answers are drawn with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tokenloom.data.dataset import Dataset
from tokenloom.data.template.renderer import Renderer
from tokenloom.data.tokens import TokenStore
from tokenloom.evaluation import text  # noqa: F401  registers the built-in metrics
from tokenloom.kit.errors import DataError, SpecError
from tokenloom.spec.model import PretrainedModel
from tokenloom.spec.training.objective import (
    DistillationObjective,
    GrpoObjective,
)
from tokenloom.tasks.context import Context
from tokenloom.tasks.models import OpenModel, open_model
from tokenloom.tasks.objective.judging import judge_of
from tokenloom.tracking.artifacts import pin_checkpoint, resolve_model
from tokenloom.training.batches import Tokens
from tokenloom.training.objective import Supplies
from tokenloom.training.objective.base import Path
from tokenloom.training.objective.reference import NEEDED_BY, with_reference
from tokenloom.training.objective.rollout import Rollout
from tokenloom.training.paths import path_for
from tokenloom.training.precision import Compute


@dataclass(frozen=True)
class Needs:
    """Everything around a training run that an objective may ask for. ``is_fresh``: the model stands where it stood before training."""

    spec: Any
    context: Context
    opened: OpenModel
    renderer: Renderer
    dataset: Dataset
    compute: Compute
    is_fresh: bool

    def supplies(self, path: Path) -> Supplies:
        """For :func:`tokenloom.training.objective.build_objective`."""
        return Supplies(
            path,
            teacher=self._teacher if isinstance(self.spec.objective, DistillationObjective) else None,
            before=self._before,
            rollout=self._rollout if isinstance(self.spec.objective, GrpoObjective) else None,
        )

    def with_reference(self, store: TokenStore, split: str, path: Path) -> Tokens:
        """The tokens, and beside them what the model said of them before training, where the objective wants to know."""
        if not isinstance(self.spec.objective, NEEDED_BY):
            return store
        progress = self.context.phase(f"reference of {split}")
        return with_reference(
            store,
            self.context.folder / "artifacts" / f"reference.{split}.safetensors",
            (lambda: path) if self.is_fresh else self._before,
            self.compute,
            report=lambda done, total: progress(done, total, "sequences"),
            is_cancelled=self.context.is_cancelled,
        )

    def _before(self) -> Path:
        return path_for(self._open(self.spec.model).model)

    def _teacher(self) -> Path:
        teacher = self._open(self.spec.objective.teacher)
        if teacher.tokenizer.fingerprint != self.opened.tokenizer.fingerprint:
            raise DataError(
                f"The teacher {teacher.reference} reads with another tokenizer than the student, so its predictions mean other tokens.",
                hint="Give the student the teacher's tokenizer, or choose another teacher.",
                field="objective.teacher",
            )
        return path_for(teacher.model)

    def _open(self, source: Any) -> OpenModel:
        if not isinstance(source, PretrainedModel):
            raise SpecError(
                "objective: it compares with the model before training, and a new model knows nothing yet",
                hint="Give model.kind=pretrained.",
            )
        ref = resolve_model(self.context.workspace, source.source)
        pin_checkpoint(self.context.workspace, ref, by=self.context.run_id)
        opened = open_model(self.context.workspace, source.model_copy(update={"source": ref.reference}))
        opened.model.to(self.compute.torch_device).eval()
        return opened

    def _rollout(self) -> Rollout:
        objective = self.spec.objective
        return Rollout(
            self.opened.model,
            judge_of(objective, self.dataset),
            self.opened.tokenizer.decode,
            self.renderer.stop_ids,
            objective.max_new_tokens,
            objective.temperature,
            self.spec.seed,
        )
