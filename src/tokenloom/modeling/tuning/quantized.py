"""Frozen weights in 4 or 8 bits, through bitsandbytes, which computes on CPUs as well as on NVIDIA GPUs.

Gradients go through the quantised products to the adapters; the weights themselves are never changed. 4 bits are NF4 with doubly quantised scales
(Dettmers et al. 2023), 8 bits are LLM.int8 (Dettmers et al. 2022).
"""

from __future__ import annotations

from importlib.util import find_spec
from math import prod
from typing import Any

import torch
from torch import nn
from transformers import PreTrainedModel

from tokenloom.kit.errors import MissingExtra, ResourceError
from tokenloom.modeling.scoring import head_of

EXTRA = "quantized"


def bitsandbytes(feature: str) -> Any:
    """The library. :class:`MissingExtra` where it is not installed, :class:`ResourceError` where it does not run on this machine."""
    if find_spec("bitsandbytes") is None:
        raise MissingExtra(EXTRA, feature)
    try:
        import bitsandbytes
    except (ImportError, OSError, RuntimeError) as error:
        raise ResourceError(
            f"{feature} needs bitsandbytes, which does not run on this machine: {str(error).splitlines()[0][:200]}",
            hint="Take the kind that is not quantised.",
        ) from error
    return bitsandbytes


def num_weights(parameter: nn.Parameter) -> int:
    """Weights that a parameter stands for: one of 4 bits holds two of them in each byte."""
    packed = getattr(parameter, "quant_state", None)
    return parameter.numel() if packed is None else prod(packed.shape)


def quantize_base(model: PreTrainedModel, bits: int) -> None:
    """Replace every linear layer but the output head by one with ``bits`` bits a weight, one after the other, in place."""
    if torch.backends.mps.is_available() and next(model.parameters()).device.type == "mps":
        raise ResourceError(
            "tuning.base_bits: Apple GPUs have no quantised products here.", hint="Leave base_bits empty."
        )
    library = bitsandbytes(f"tuning.base_bits={bits}")
    head: Any = head_of(model)
    found = [
        (parent, name, child)
        for parent in model.modules()
        for name, child in parent.named_children()
        if type(child) is nn.Linear and child is not head
    ]
    if not found:
        raise ResourceError(
            f"tuning.base_bits: the family “{model.config.model_type}” has no plain linear layers to quantise.",
            hint="Leave base_bits empty.",
        )
    for parent, name, layer in found:
        setattr(parent, name, _quantized(library, layer, bits))
    model.is_loaded_in_4bit, model.is_loaded_in_8bit = bits == 4, bits == 8  # what PEFT looks at


def _quantized(library: Any, layer: nn.Linear, bits: int) -> nn.Module:
    """The layer's weight is quantised when it is moved to where it already is."""
    shape, has_bias = (layer.in_features, layer.out_features), layer.bias is not None
    device = layer.weight.device
    if bits == 4:
        made = library.nn.Linear4bit(
            *shape, bias=has_bias, compute_dtype=torch.float32, quant_type="nf4", compress_statistics=True
        )
        made.weight = library.nn.Params4bit(
            layer.weight.data, requires_grad=False, quant_type="nf4", compress_statistics=True
        )
    else:
        made = library.nn.Linear8bitLt(*shape, bias=has_bias, has_fp16_weights=False)
        made.weight = library.nn.Int8Params(layer.weight.data, requires_grad=False, has_fp16_weights=False)
    if has_bias:
        made.bias = nn.Parameter(layer.bias.data, requires_grad=False)
    return made.to(device).train(layer.training)  # type: ignore[no-any-return]
