"""Bottleneck adapters: y + up(act(down(y))) behind layers that write into the stream (Houlsby et al. 2019, Pfeiffer et al. 2021).

PEFT has none, so this is a module of our own with files like PEFT's: ``adapter_config.json`` and ``adapter_model.safetensors``. They bend their
input, so there is no weight that they could be merged into.

Shapes: D hidden_size · S inner size.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional as F
from transformers import PreTrainedModel

from tokenloom.modeling.tuning.base import tune
from tokenloom.modeling.tuning.targets import blocks_of, output_layers, require_writer
from tokenloom.spec.training.tuning import BottleneckTuning

KIND = "BOTTLENECK"
CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
ACTIVATIONS = {"gelu": F.gelu, "relu": F.relu, "silu": F.silu}
SIZES = ("size", "placement", "activation", "dropout")


class Bottleneck(nn.Module):
    """A frozen layer and the adapter behind it; ``up`` begins at zero, so that it begins as nothing."""

    def __init__(self, layer: nn.Module, width: int, spec: BottleneckTuning) -> None:
        super().__init__()
        self.base_layer = layer
        self.down = nn.Linear(width, spec.size)
        self.up = nn.Linear(spec.size, width)
        self.dropout = nn.Dropout(spec.dropout)
        self.activation = ACTIVATIONS[spec.activation]
        self.is_on = True
        nn.init.zeros_(self.up.weight)
        nn.init.zeros_(self.up.bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.base_layer(x)
        if not self.is_on:
            return y  # type: ignore[no-any-return]
        return y + self.up(self.dropout(self.activation(self.down(y))))  # type: ignore[no-any-return]


class BottleneckModel(nn.Module):
    """A model whose blocks hold bottlenecks; it stands where a ``PeftModel`` would."""

    def __init__(self, base: PreTrainedModel, spec: BottleneckTuning) -> None:
        super().__init__()
        self.spec, self.base_reference = spec, ""
        base.requires_grad_(False)
        outputs = output_layers(base)
        names = list(outputs.values()) if spec.placement == "houlsby" else [outputs["feed_forward"]]
        for block in blocks_of(base):
            for name in names:
                parent = block.get_submodule(name.rpartition(".")[0])
                layer = block.get_submodule(name)
                made = Bottleneck(layer, base.config.hidden_size, spec).to(next(layer.parameters()).device)
                setattr(parent, name.rpartition(".")[2], made)
        self.base = base

    @property
    def config(self) -> Any:
        return self.base.config

    @property
    def bottlenecks(self) -> list[Bottleneck]:
        return [module for module in self.base.modules() if isinstance(module, Bottleneck)]

    def get_base_model(self) -> PreTrainedModel:
        return self.base

    def forward(self, *inputs: Any, **named: Any) -> Any:
        return self.base(*inputs, **named)

    def save_pretrained(self, folder: Path | str, **_: Any) -> None:
        """Write the adapter alone."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        tensors = {
            name: parameter.detach().cpu().contiguous()
            for name, parameter in self.base.named_parameters()
            if _is_adapter(name)
        }
        save_file(tensors, folder / WEIGHTS, {"format": "pt"})
        config = {name: getattr(self.spec, name) for name in SIZES}
        words = {"peft_type": KIND, "base_model_name_or_path": self.base_reference, **config}
        (folder / CONFIG).write_text(json.dumps(words, indent=2), encoding="utf-8")


@tune.register
def add_bottlenecks(spec: BottleneckTuning, model: PreTrainedModel) -> BottleneckModel:
    """The model with fresh adapters in fp32; everything else is frozen."""
    require_writer(model, spec.kind)
    return BottleneckModel(model, spec)


def is_bottleneck_folder(folder: Path) -> bool:
    """Whether the adapter in ``folder`` is one of these."""
    try:
        return bool(json.loads((folder / CONFIG).read_text(encoding="utf-8")).get("peft_type") == KIND)
    except (OSError, ValueError, AttributeError):
        return False


def load_bottlenecks(model: PreTrainedModel, folder: Path, *, trainable: bool) -> BottleneckModel:
    """The model with the adapters stored in ``folder``. :class:`ValueError` or :class:`OSError` where they do not fit."""
    words = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    made = BottleneckModel(model, BottleneckTuning(**{name: words[name] for name in SIZES}))
    tensors = load_file(folder / WEIGHTS)
    own = {name: parameter for name, parameter in made.base.named_parameters() if _is_adapter(name)}
    if own.keys() != tensors.keys() or any(own[name].shape != tensors[name].shape for name in own):
        raise ValueError("its layers are not those of the model")
    with torch.no_grad():
        for name, parameter in own.items():
            parameter.copy_(tensors[name])
            parameter.requires_grad_(trainable)
    return made


def _is_adapter(name: str) -> bool:
    return name.rsplit(".", 2)[-2] in ("down", "up")
