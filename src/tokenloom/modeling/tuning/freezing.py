"""Training a part of the weights: by depth, by name, or more and more of it.

What is trained is a function of the step alone, so a resumed run trains the same parameters.
"""

from __future__ import annotations

from torch import nn
from transformers import PreTrainedModel

from tokenloom.modeling.tuning.base import thaw, tune
from tokenloom.modeling.tuning.targets import blocks_of
from tokenloom.resources.naming import names_trained, too_deep
from tokenloom.spec.training.tuning import FreezeTuning


@tune.register
def freeze(spec: FreezeTuning, model: PreTrainedModel) -> nn.Module:
    """Trainable is what is trained at any step."""
    _set(model, trained_names(spec, model, step=None))
    return model


@thaw.register
def _(spec: FreezeTuning, model: nn.Module, step: int) -> None:
    if spec.unfreeze_every_steps is None:
        return
    stage = step // spec.unfreeze_every_steps
    if getattr(model, "thawed_stage", None) != stage:  # asked at every step, and it changes rarely
        model.__dict__["thawed_stage"] = stage
        _set(model, trained_names(spec, model, step=step))  # type: ignore[arg-type]


def trained_names(spec: FreezeTuning, model: PreTrainedModel, *, step: int | None) -> set[str]:
    """Names of what is trained at ``step``, or at any step for ``None``. :class:`SpecError` where that would be nothing."""
    names = [name for name, _ in model.named_parameters()]
    deep = _deep(spec, model, step) if spec.last_layers is not None else set()
    return names_trained(spec, names, deep)


def _deep(spec: FreezeTuning, model: PreTrainedModel, step: int | None) -> set[str]:
    """The last blocks, what follows them, and the head unless it is the embeddings; all of the model once every block is trained."""
    blocks = list(blocks_of(model))
    wanted = spec.last_layers or 0
    if wanted > len(blocks):
        raise too_deep(len(blocks))
    every = spec.unfreeze_every_steps
    if every is not None:
        wanted = len(blocks) + 1 if step is None else wanted + step // every
    if wanted > len(blocks):
        return {name for name, _ in model.named_parameters()}
    inner = {id(parameter) for block in blocks for parameter in block.parameters()}
    last = {id(parameter) for block in blocks[len(blocks) - wanted :] for parameter in block.parameters()}
    embeddings = {
        id(parameter)
        for module in model.modules()
        if isinstance(module, nn.Embedding)
        for parameter in module.parameters()
    }
    return {
        name
        for name, parameter in model.named_parameters()
        if id(parameter) in last or id(parameter) not in inner | embeddings
    }


def _set(model: nn.Module, names: set[str]) -> None:
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name in names)
