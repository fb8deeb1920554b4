"""How gradients become changes."""

from __future__ import annotations

from typing import ClassVar, Literal

from tokenloom.spec.base import Spec, choice, setting


class ParameterGroup(Spec):
    """A rule of its own for some of the trained parameters."""

    pattern: str = setting(min_length=1, max_length=500, group="training")
    """Names of the parameters; `*` stands for anything: `*embed_tokens*`, `*.layers.0.*`. The first rule that fits a parameter counts."""
    learning_rate_scale: float = setting(1.0, ge=0, le=1000, group="training")
    """Their learning rate as a multiple of the optimizer's."""
    weight_decay: float | None = setting(None, ge=0, le=10, group="training")
    """Their weight decay; empty = as for all others."""


class _Optimizer(Spec):
    state_bytes: ClassVar[float] = 8
    """Bytes that it keeps for each trained weight."""
    learning_rate: float = setting(3e-4, gt=0, le=10, scale="log", simple=True, group="training")
    """Peak learning rate; the schedule scales it."""
    weight_decay: float = setting(0.1, ge=0, le=10, group="training")
    """Pull towards zero, on matrices only: norms, biases and embeddings of positions are left alone."""
    groups: list[ParameterGroup] = setting(default_factory=list, max_length=100, group="training")
    """Other learning rates or weight decays for some parameters, by name."""


class _Adam(_Optimizer):
    beta1: float = setting(0.9, ge=0, lt=1, group="training")
    """Memory of the mean gradient."""
    beta2: float = setting(0.95, ge=0, lt=1, group="training")
    """Memory of the squared gradient."""
    epsilon: float = setting(1e-8, gt=0, scale="log", group="training")
    """Added to the denominator."""


class AdamW(_Adam):
    """Adam with decoupled weight decay (Loshchilov & Hutter 2019)."""

    kind: Literal["adamw"] = "adamw"


class AdamW8bit(_Adam):
    """AdamW whose two averages take 8 bits a number, block by block (Dettmers et al. 2022): a quarter of the memory. Needs the extra `quantized`."""

    state_bytes = 2.03
    kind: Literal["adamw_8bit"] = "adamw_8bit"


class Adafactor(_Optimizer):
    """Squared gradients kept as a row and a column for each matrix (Shazeer & Stern 2018): hardly any memory."""

    state_bytes = 0.02
    kind: Literal["adafactor"] = "adafactor"
    learning_rate: float = setting(1e-2, gt=0, le=10, scale="log", simple=True, group="training")
    """Peak learning rate, a share of each weight's size; the schedule scales it."""
    weight_decay: float = setting(0.0, ge=0, le=10, group="training")
    """Pull towards zero, on matrices only: norms, biases and embeddings of positions are left alone."""
    beta2_decay: float = setting(-0.8, lt=0, ge=-1, group="training")
    """Memory of the squared gradient grows as 1 − step ^ this."""
    clip_threshold: float = setting(1.0, ge=1, group="training")
    """Updates whose root mean square is larger are scaled down to it."""


class Lion(_Optimizer):
    """The sign of a mean gradient (Chen et al. 2023): half of AdamW's memory. Wants a third to a tenth of its learning rate."""

    state_bytes = 4
    kind: Literal["lion"] = "lion"
    learning_rate: float = setting(1e-4, gt=0, le=10, scale="log", simple=True, group="training")
    """Peak learning rate; the schedule scales it."""
    beta1: float = setting(0.9, ge=0, lt=1, group="training")
    """Share of the memory in the step."""
    beta2: float = setting(0.99, ge=0, lt=1, group="training")
    """Memory of the mean gradient."""


class Muon(_Adam):
    """Orthogonalised momentum for the matrices of the blocks, AdamW for all else (Jordan 2024): the fewest steps from scratch."""

    state_bytes = 4.5
    kind: Literal["muon"] = "muon"
    momentum: float = setting(0.95, ge=0, lt=1, group="training")
    """Memory of the mean gradient of the matrices."""
    newton_schulz_steps: int = setting(5, ge=1, le=20, group="training")
    """Iterations that make an update orthogonal."""


class Sgd(_Optimizer):
    """Plain gradients with momentum: the least memory, and the hardest to set for transformers."""

    state_bytes = 4
    kind: Literal["sgd"] = "sgd"
    learning_rate: float = setting(0.1, gt=0, le=10, scale="log", simple=True, group="training")
    """Peak learning rate; the schedule scales it."""
    weight_decay: float = setting(0.0, ge=0, le=10, group="training")
    """Pull towards zero, on matrices only: norms, biases and embeddings of positions are left alone."""
    momentum: float = setting(0.9, ge=0, lt=1, group="training")
    """Memory of the gradient; 0 keeps none."""
    nesterov: bool = setting(False, group="training")
    """Look ahead along the momentum; needs some."""


class ScheduleFreeAdamW(_Adam):
    """AdamW that averages its own path, so that no decay of the learning rate and no number of steps is needed (Defazio et al. 2024).

    The average is what is validated, saved and exported. Wants the constant schedule, with a warmup.
    """

    kind: Literal["schedule_free"] = "schedule_free"
    learning_rate: float = setting(2.5e-3, gt=0, le=10, scale="log", simple=True, group="training")
    """Learning rate; one to ten times AdamW's."""
    beta2: float = setting(0.999, ge=0, lt=1, group="training")
    """Memory of the squared gradient."""


Optimizer = choice("optimizer", AdamW, AdamW8bit, Adafactor, Lion, Muon, Sgd, ScheduleFreeAdamW)
