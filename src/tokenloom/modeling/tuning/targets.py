"""Finding layers, blocks and parameters of a model by what they are or by name."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any

from torch import nn
from transformers import PreTrainedModel

from tokenloom.kit.errors import SpecError
from tokenloom.kit.registry import nearest
from tokenloom.modeling.feedforward import Experts
from tokenloom.modeling.scoring import head_of, is_scorer


def linear_names(model: PreTrainedModel) -> list[str]:
    """Last parts of the names of all linear layers but the output head, sorted."""
    head: Any = head_of(model)
    return sorted(
        {name.rsplit(".", 1)[-1] for name, module in model.named_modules() if is_linear(module) and module is not head}
    )


def peft_task(model: PreTrainedModel) -> str:
    """What PEFT calls it; a head for classes is then trained and kept beside the adapter."""
    return "SEQ_CLS" if is_scorer(model) else "CAUSAL_LM"


def require_writer(model: PreTrainedModel, kind: str) -> None:
    """:class:`SpecError` for a head for classes, which this kind would leave as it was drawn."""
    if is_scorer(model):
        raise spec_problem("tuning.kind", f"{kind} cannot train a head for classes", "Take lora, ia3, freeze or full.")


def is_linear(module: nn.Module) -> bool:
    return isinstance(module, nn.Linear) or type(module).__name__ == "Conv1D"


def linear_layers(model: PreTrainedModel, wanted: list[str], field: str) -> list[str]:
    """``wanted``, once each of them is known to name a linear layer of the model. :class:`SpecError` with the nearest name else."""
    known = linear_names(model)
    for name in wanted:
        if name.rsplit(".", 1)[-1] not in known:
            near = nearest(name, known)
            fix = f"Did you mean {near[0]}?" if near else f"There is: {', '.join(known)}."
            raise spec_problem(field, f"the model has no linear layer “{name}”", fix)
    return list(wanted)


def output_layers(model: PreTrainedModel) -> dict[str, str]:
    """The linear layers through which each block writes into the stream: name of ``attention`` and of ``feed_forward``, within a block.

    They are the last linear layer of the block's attention and of its feed-forward, whatever the family calls them.
    """
    blocks = blocks_of(model)
    if len(blocks) and any(isinstance(module, Experts) for module in blocks[0].modules()):
        raise SpecError(
            "tuning: the feed-forward part of this model is a mixture of experts, which has no single layer that writes into the stream",
            hint="Take tuning.kind=lora, which adapts every expert.",
        )
    names = [name for name, module in blocks[0].named_modules() if is_linear(module)] if len(blocks) else []
    attention = [name for name in names if "attn" in name.lower() or "attention" in name.lower()]
    feed_forward = [name for name in names if name not in attention]
    if not attention or not feed_forward:
        raise SpecError(
            f"tuning: the blocks of the family “{model.config.model_type}” are built in a way that is not known here",
            hint="Take tuning.kind=lora with tuning.target_modules.",
        )
    return {"attention": attention[-1], "feed_forward": feed_forward[-1]}


def blocks_of(model: PreTrainedModel) -> nn.ModuleList:
    """The model's blocks, first to last: its longest list of modules of one class that lies in no other list. Empty where it has none."""
    lists = [module for module in model.modules() if isinstance(module, nn.ModuleList)]
    inner = {id(below) for each in lists for below in each.modules() if below is not each}
    outer = [each for each in lists if id(each) not in inner and len({type(block) for block in each}) == 1]
    return max(outer, key=len, default=nn.ModuleList())


def matching(names: Iterable[str], patterns: list[str], field: str) -> set[str]:
    """The names that fit one of the patterns, where ``*`` stands for anything. :class:`SpecError` for a pattern that fits none."""
    known = list(names)
    found: set[str] = set()
    for number, pattern in enumerate(patterns):
        fits = {name for name in known if fnmatchcase(name, pattern)}
        if not fits:
            raise no_parameter(f"{field}.{number}", pattern, known)
        found |= fits
    return found


def no_parameter(field: str, pattern: str, known: list[str]) -> SpecError:
    """For a pattern that no trained parameter fits."""
    near = nearest(pattern.replace("*", ""), known, count=1) or known[:1]
    example = f" There is, for example, {near[0]}." if near else ""
    fix = f"A pattern must fit a whole name; * stands for anything.{example}"
    return spec_problem(field, f"no parameter fits “{pattern}”", fix)


def spec_problem(field: str, message: str, fix: str) -> SpecError:
    return SpecError(f"{field}: {message}", hint=fix, errors=[{"field": field, "message": message, "fix": fix}])
