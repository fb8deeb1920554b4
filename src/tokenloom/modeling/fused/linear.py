"""Linear layers that share an input, as one autograd function, with LoRA where they have it.

Autograd would save the input of each layer and of each adapter, and add their input gradients in passes over memory. Here the input is
saved once, with the small products x·Aᵀ; input gradients are added inside the matrix products; a frozen weight gets no gradient.

    y_i = x W_iᵀ + b_i + s_i (x A_iᵀ) B_iᵀ

Shapes: T places · D inputs · N_i outputs of layer i · r rank.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from typing import cast as typed

import torch
from torch import nn
from torch.utils.weak import WeakTensorKeyDictionary

Tensors = tuple[torch.Tensor | None, ...]
_CASTS: WeakTensorKeyDictionary = WeakTensorKeyDictionary()  # frozen weight → its version and its cast
PER_PART = 4  # tensors of a part that go through autograd: weight, bias, A, B


@dataclass(frozen=True)
class Part:
    """One layer: weight (N, D), bias (N,), and LoRA's A (r, D), B (N, r) with its scale, or None."""

    weight: torch.Tensor
    bias: torch.Tensor | None = None
    a_rD: torch.Tensor | None = None
    b_Nr: torch.Tensor | None = None
    scale: float = 1.0

    @property
    def tensors(self) -> Tensors:
        return self.weight, self.bias, self.a_rD, self.b_Nr


def linear(layers: Sequence[nn.Module], x: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """Outputs of layers that share the input ``x`` (…, D), in their order; fused where every one of them allows it."""
    parts = [as_part(layer) for layer in layers] if torch.is_grad_enabled() else [None]
    if any(part is None for part in parts):
        return tuple(layer(x) for layer in layers)
    known = typed(list[Part], parts)
    flat = x.reshape(-1, x.shape[-1])
    tensors = [tensor for part in known for tensor in part.tensors]
    outputs = _Linear.apply(flat, tuple(part.scale for part in known), *tensors)
    return tuple(output.view(*x.shape[:-1], output.shape[-1]) for output in outputs)


def as_part(layer: nn.Module) -> Part | None:
    """What the fused computation needs of a plain or a LoRA layer; ``None`` for a layer that does anything more (dropout, DoRA,
    several or merged adapters, hooks), which then has to be called itself.
    """
    if has_hooks(layer):
        return None
    if type(layer) is nn.Linear:
        return Part(layer.weight, layer.bias)
    return _lora_part(typed(Any, layer)) if _is_lora(layer) else None


def _is_lora(layer: nn.Module) -> bool:
    """By name, so that models without adapters need no peft."""
    return (type(layer).__module__, type(layer).__name__) == ("peft.tuners.lora.layer", "Linear")


def fuse_adapters(model: nn.Module) -> int:
    """Let the LoRA layers of a model that is not ours compute the fused way, one by one; how many there are."""
    found = [module for module in model.modules() if _is_lora(module)]
    for module in found:
        module.forward = partial(_forward, module)
    return len(found)


def _forward(layer: nn.Module, x: torch.Tensor, *rest: Any, **named: Any) -> torch.Tensor:
    if rest or named or not torch.is_grad_enabled() or (part := as_part(layer)) is None:
        return type(layer).forward(layer, x, *rest, **named)  # type: ignore[no-any-return]
    y = _Linear.apply(x.reshape(-1, x.shape[-1]), (part.scale,), *part.tensors)[0]
    return y.view(*x.shape[:-1], y.shape[-1])  # type: ignore[no-any-return]


def has_hooks(module: nn.Module) -> bool:
    """Whether someone listens to the module, which the fused way would pass by."""
    return bool(
        module._forward_hooks or module._forward_pre_hooks or module._backward_hooks or module._backward_pre_hooks
    )


def _lora_part(layer: Any) -> Part | None:
    base, names = layer.base_layer, layer.active_adapters
    if type(base) is not nn.Linear or has_hooks(base) or layer.merged:
        return None
    if layer.disable_adapters:
        return Part(base.weight, base.bias)
    if len(names) != 1 or names[0] not in layer.lora_A or getattr(layer, "lora_variant", {}).get(names[0]) is not None:
        return None
    name = names[0]
    a, b, dropout = layer.lora_A[name], layer.lora_B[name], layer.lora_dropout[name]
    drops = not isinstance(dropout, nn.Identity) and layer.training and getattr(dropout, "p", 1.0) > 0
    if (
        drops
        or type(a) is not nn.Linear
        or type(b) is not nn.Linear
        or b.bias is not None
        or has_hooks(a)
        or has_hooks(b)
    ):
        return None
    return Part(base.weight, base.bias, a.weight, b.weight, float(layer.scaling[name]))


def compute_dtype(x: torch.Tensor) -> torch.dtype:
    """What matrix products are made in: autocast's format where it is on, else that of ``x``."""
    kind = x.device.type
    return torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else x.dtype


def cast(weight: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """``weight`` in the format of the products. A frozen one is cast once and kept, until it is written to."""
    if weight.dtype == dtype or weight.requires_grad:
        return weight.to(dtype)
    kept = _CASTS.get(weight)
    if kept is None or kept[0] != weight._version or kept[1].dtype != dtype:
        kept = _CASTS[weight] = (weight._version, weight.detach().to(dtype))
    return kept[1]


def split_parts(tensors: Sequence[torch.Tensor | None], scales: Sequence[float]) -> list[Part]:
    """Parts again, from the tensors that went through autograd."""
    groups = (tensors[at : at + PER_PART] for at in range(0, len(tensors), PER_PART))
    return [Part(typed(torch.Tensor, w), b, a, up, scale) for (w, b, a, up), scale in zip(groups, scales, strict=True)]


def forward_part(x: torch.Tensor, part: Part) -> tuple[torch.Tensor, torch.Tensor | None]:
    """y (T, N) and the small product h = x Aᵀ (T, r); ``x`` is in the format of the products already."""
    weight = cast(part.weight, x.dtype)
    bias = None if part.bias is None else part.bias.to(x.dtype)
    y = torch.mm(x, weight.t()) if bias is None else torch.addmm(bias, x, weight.t())
    if part.a_rD is None or part.b_Nr is None:
        return y, None
    h = torch.mm(x, part.a_rD.to(x.dtype).t())
    return y.addmm_(h, part.b_Nr.to(x.dtype).t(), alpha=part.scale), h


def backward_part(
    grad: torch.Tensor,
    x: torch.Tensor,
    h: torch.Tensor | None,
    part: Part,
    needs: Sequence[bool],
    into: torch.Tensor | None,
    *,
    needs_input: bool,
) -> tuple[torch.Tensor | None, Tensors]:
    """Gradients: of the input, added to ``into`` where there is one, and of weight, bias, A and B as ``needs`` asks."""
    needs_weight, needs_bias, needs_a, needs_b = needs
    if needs_input:
        weight = cast(part.weight, grad.dtype)
        into = torch.mm(grad, weight) if into is None else into.addmm_(grad, weight)
    d_weight = torch.mm(grad.t(), x).to(part.weight.dtype) if needs_weight else None
    d_bias = grad.sum(0, dtype=torch.float32).to(part.bias.dtype) if needs_bias and part.bias is not None else None
    d_a = d_b = None
    if part.a_rD is not None and part.b_Nr is not None and h is not None:
        u = torch.mm(grad, part.b_Nr.to(grad.dtype)).mul_(part.scale)
        if needs_input and into is not None:
            into = into.addmm_(u, part.a_rD.to(grad.dtype))
        d_a = torch.mm(u.t(), x).to(part.a_rD.dtype) if needs_a else None
        d_b = torch.mm(grad.t(), h).mul_(part.scale).to(part.b_Nr.dtype) if needs_b else None
    return into, (d_weight, d_bias, d_a, d_b)


class _Linear(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, x: torch.Tensor, scales: tuple[float, ...], *tensors: torch.Tensor | None
    ) -> tuple[torch.Tensor, ...]:
        ctx.input_dtype, ctx.scales = x.dtype, scales
        x = x.to(compute_dtype(x))
        made = [forward_part(x, part) for part in split_parts(tensors, scales)]
        ctx.save_for_backward(x, *(h for _, h in made), *tensors)
        return tuple(y for y, _ in made)

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[Any, ...]:
        x, *saved = ctx.saved_tensors
        small, tensors = saved[: len(ctx.scales)], saved[len(ctx.scales) :]
        needs_input, _, *needs = ctx.needs_input_grad
        d_x: torch.Tensor | None = None
        found: list[torch.Tensor | None] = []
        with torch.autocast(x.device.type, enabled=False):
            for at, part in enumerate(split_parts(tensors, ctx.scales)):
                asked = needs[at * PER_PART : (at + 1) * PER_PART]
                grad = gradients[at].to(x.dtype)
                d_x, each = backward_part(grad, x, small[at], part, asked, d_x, needs_input=needs_input)
                found.extend(each)
        return None if d_x is None else d_x.to(ctx.input_dtype), None, *found
