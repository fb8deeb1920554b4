"""What is learned: the loss that training lowers."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from tokenloom.spec.base import Spec, choice, setting
from tokenloom.spec.evaluation import ExactMatch, Metric
from tokenloom.spec.model import PretrainedModel

ANSWERS = ("prompt", "chat", "feedback", "preference")


class _Objective(Spec):
    learns_from: ClassVar[tuple[str, ...]] = ("text", "label", *ANSWERS)
    """Shapes of datasets that it can learn from."""


class LanguageObjective(_Objective):
    """The next token: cross-entropy on every learned token."""

    kind: Literal["language"] = "language"
    label_smoothing: float = setting(0.0, ge=0, lt=1, group="training")
    """Share of the target's probability that is spread evenly over the vocabulary (Szegedy et al. 2016)."""
    z_loss: float = setting(0.0, ge=0, le=1, group="training")
    """Weight of the squared log of the softmax's denominator, which keeps logits small (Chowdhery et al. 2022); 1e-4 is usual."""


class DistillationObjective(_Objective):
    """The next token as a larger model would tell it (Hinton et al. 2015). Teacher and student must share a tokenizer."""

    kind: Literal["distillation"] = "distillation"
    teacher: PretrainedModel
    """Model that is imitated."""
    temperature: float = setting(2.0, gt=0, le=100, group="training")
    """Both distributions are softened by it; the loss is scaled by its square, as usual."""
    teacher_weight: float = setting(0.5, ge=0, le=1, group="training")
    """Share of the loss that comes from the teacher; the rest is plain cross-entropy."""
    hidden_weight: float = setting(0.0, ge=0, le=100, group="training")
    """Weight of the difference between both models' similarities of places (Tung & Mori 2019); their widths may differ."""


class DpoObjective(_Objective):
    """Prefer the better answer, without a reward model (DPO, Rafailov et al. 2023). Needs a dataset of preferences."""

    learns_from = ("preference",)
    kind: Literal["dpo"] = "dpo"
    beta: float = setting(0.1, gt=0, le=10, scale="log", group="training")
    """How strongly the model is held to what it was before training."""
    loss: Literal["sigmoid", "hinge", "ipo"] = setting("sigmoid", group="training")
    """`sigmoid` as published, `hinge` as SLiC (Zhao et al. 2023), `ipo` with a bounded margin (Azar et al. 2023)."""
    label_smoothing: float = setting(0.0, ge=0, lt=0.5, group="training")
    """Share of preferences that is taken to be wrong (conservative DPO); for `sigmoid`."""
    language_weight: float = setting(0.0, ge=0, le=10, group="training")
    """Weight of plain cross-entropy on the better answer beside it (RPO); 0 = none."""


class OrpoObjective(_Objective):
    """Learn the better answer and its odds over the worse one at once, without a reference (ORPO, Hong et al. 2024)."""

    learns_from = ("preference",)
    kind: Literal["orpo"] = "orpo"
    odds_weight: float = setting(0.1, gt=0, le=10, scale="log", group="training")
    """Weight of the odds ratio beside the cross-entropy (λ of the paper)."""


class KtoObjective(_Objective):
    """Learn from single answers with a verdict (KTO, Ethayarajh et al. 2024). Needs a dataset with feedback."""

    learns_from = ("feedback",)
    kind: Literal["kto"] = "kto"
    beta: float = setting(0.1, gt=0, le=10, scale="log", group="training")
    """How strongly the model is held to what it was before training."""
    good_weight: float = setting(1.0, gt=0, le=100, group="training")
    """Weight of good answers; raise it where they are few."""
    bad_weight: float = setting(1.0, gt=0, le=100, group="training")
    """Weight of bad answers; raise it where they are few."""


class GrpoObjective(_Objective):
    """Try several answers, and make those likelier that earn more than their siblings (GRPO, Shao et al. 2024)."""

    learns_from = ANSWERS
    kind: Literal["grpo"] = "grpo"
    rewards: list[Metric] = setting(default_factory=lambda: [ExactMatch()], min_length=1, group="training")
    """Metrics that judge each answer row by row, as in evaluation; their sum is the reward."""
    group_size: int = setting(8, ge=2, le=256, unit="answers", group="training")
    """Answers that are tried for each prompt."""
    max_new_tokens: int = setting(64, ge=1, le=8192, unit="tokens", group="training")
    """Longest answer."""
    temperature: float = setting(1.0, gt=0, le=10, group="training")
    """How freely answers are drawn."""
    scale_by_deviation: bool = setting(True, group="training")
    """Whether a group's advantages are divided by the standard deviation of its rewards; off as in Dr. GRPO (Liu et al. 2025)."""
    kl_weight: float = setting(0.0, ge=0, le=10, group="training")
    """Weight of the distance to the model before training; costs a second pass, and for full tuning a copy of the model."""


class ClassificationObjective(_Objective):
    """Tell the class of a text: a head over its last place, trained with the model. Needs a dataset with labels."""

    learns_from = ("label",)
    kind: Literal["classification"] = "classification"
    label_smoothing: float = setting(0.0, ge=0, lt=1, group="training")
    """Share of the target's probability that is spread evenly over the classes."""


class RewardObjective(_Objective):
    """Score answers so that better ones get more (a reward model; Bradley & Terry 1952). Needs a dataset of preferences."""

    learns_from = ("preference",)
    kind: Literal["reward"] = "reward"
    centre_weight: float = setting(0.0, ge=0, le=10, group="training")
    """Weight of a pull of each pair's mean score towards 0 (Eisenstein et al. 2023); 0.01 is usual."""


SCORED = (ClassificationObjective, RewardObjective)
"""Objectives whose model has a head over classes or scores instead of tokens."""
OBJECTIVES = (
    LanguageObjective,
    DistillationObjective,
    DpoObjective,
    OrpoObjective,
    KtoObjective,
    GrpoObjective,
    ClassificationObjective,
    RewardObjective,
)
Objective = choice("objective", *OBJECTIVES)


def shapes_for(kind: str) -> tuple[str, ...]:
    """Shapes of datasets that the objective of this kind can learn from; none for an unknown kind."""
    return next((each.learns_from for each in OBJECTIVES if each.model_fields["kind"].default == kind), ())


def shape_problem(objective: Any, shape: str) -> tuple[str, str] | None:
    """Why an objective cannot learn from rows of this shape, and what to do; ``None`` where it can."""
    if shape in objective.learns_from:
        return None
    wanted = " or ".join(objective.learns_from)
    return (
        f"{objective.kind} learns from rows of the shape {wanted}, and these are of the shape “{shape}”",
        f"Import the data with a {objective.learns_from[0]} mapping, or choose another objective.",
    )
