"""Finding layers and blocks of a model by what they are or by name."""

from __future__ import annotations

from typing import Any

from torch import nn
from transformers import PreTrainedModel

from tokenloom.kit.errors import SpecError
from tokenloom.modeling.feedforward import Experts
from tokenloom.modeling.scoring import head_of, is_scorer
from tokenloom.resources.naming import layers_meant, spec_problem


def linear_paths(model: PreTrainedModel) -> list[str]:
    """Names of all linear layers but the output head."""
    head: Any = head_of(model)
    return [name for name, module in model.named_modules() if is_linear(module) and module is not head]


def linear_names(model: PreTrainedModel) -> list[str]:
    """Last parts of the names of all linear layers but the output head, sorted."""
    return sorted({name.rsplit(".", 1)[-1] for name in linear_paths(model)})


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
    return list(layers_meant(wanted, linear_paths(model), field))


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
