"""Layers of a model by the names of its parameters, whatever family it is of."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from torch import nn

_LAYER = re.compile(r"\.(?:layers|h|blocks|layer)\.(\d+)\.")
_BLOCK = re.compile(r"(?:^|\.)(?:layers|h|blocks|layer)\.(\d+)$")


def layer_name(parameter: str) -> str:
    """``layer 3`` for what belongs to a block, else ``embedding``, ``head`` or ``norm``."""
    found = _LAYER.search(parameter)
    if found:
        return f"layer {found.group(1)}"
    if "embed" in parameter or "wte" in parameter or "wpe" in parameter:
        return "embedding"
    return "norm" if "norm" in parameter or "ln_f" in parameter else "head"


@dataclass
class Layer:
    """Trained parameters of one layer; ``path`` is the module that holds them all, or the first parameter's."""

    name: str
    path: str
    parameters: list[nn.Parameter] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Weights that are trained."""
        return sum(parameter.numel() for parameter in self.parameters)


def trained_layers(model: nn.Module) -> list[Layer]:
    """Embedding, blocks first to last, final norm, head: those with something to train."""
    found: dict[str, Layer] = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            layer = found.setdefault(layer_name(name), Layer(layer_name(name), _path(name)))
            layer.parameters.append(parameter)
    return sorted(found.values(), key=lambda layer: depth(layer.name))


def depth(name: str) -> int:
    """Place of a layer from the input to the output."""
    if name.startswith("layer "):
        return int(name.removeprefix("layer "))
    return {"embedding": -1, "norm": 1 << 30}.get(name, 1 << 31)


def blocks_by_layer(model: nn.Module) -> dict[str, nn.Module]:
    """The module of each block, under the name of its layer."""
    found: dict[str, nn.Module] = {}
    for name, module in model.named_modules():
        match = _BLOCK.search(name)
        if match:
            found.setdefault(f"layer {match.group(1)}", module)
    return found


def _path(parameter: str) -> str:
    match = _LAYER.search(parameter)
    return parameter[: match.end() - 1] if match else parameter.rpartition(".")[0]
