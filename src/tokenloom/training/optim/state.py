"""All that an optimizer remembers as named tensors, and back: ``parameter|name`` → tensor."""

from __future__ import annotations

from typing import Any

import torch
from torch.distributed.tensor import DTensor, distribute_tensor

from tokenloom.kit.errors import RunError

Tensors = dict[str, torch.Tensor]


def optimizer_tensors(optimizer: torch.optim.Optimizer) -> Tensors:
    """Numbers become 0-d tensors; what is ``None`` is left out, and what several parameters share (tables of 8-bit optimizers) is copied for each."""
    found: Tensors = {}
    seen: set[int] = set()
    for name, parameter in named_parameters(optimizer).items():
        for key, value in optimizer.state.get(parameter, {}).items():
            if value is None:
                continue
            tensor = torch.as_tensor(value).detach().cpu().contiguous()
            found[f"{name}|{key}"] = tensor.clone() if tensor.data_ptr() in seen else tensor
            seen.add(tensor.data_ptr())
    return found


def restore_optimizer(optimizer: torch.optim.Optimizer, tensors: Tensors) -> None:
    """The memory as it was. :class:`RunError` where it is that of other parameters."""
    named = named_parameters(optimizer)
    optimizer.state.clear()
    for full, tensor in tensors.items():
        name, _, key = full.partition("|")
        if name not in named:
            raise RunError(
                f"The checkpoint holds optimizer state for “{name}”, which is not trained here.",
                hint="Resume with the same recipe.",
            )
        optimizer.state[named[name]][key] = _value(tensor, named[name])


def _value(tensor: torch.Tensor, parameter: torch.Tensor) -> Any:
    """Whole numbers were no tensors; fused AdamW wants its step counter beside the parameter, and float64 scalars stay on the host."""
    if tensor.dim() == 0 and tensor.dtype == torch.int64:
        return int(tensor)
    if isinstance(parameter, DTensor) and tensor.shape == parameter.shape:  # each rank takes its part
        mesh, placements = parameter.device_mesh, parameter.placements
        return distribute_tensor(tensor.to(parameter.device), mesh, placements, src_data_rank=None)
    return tensor if tensor.dim() == 0 and tensor.dtype == torch.float64 else tensor.to(parameter.device)


def named_parameters(optimizer: torch.optim.Optimizer) -> dict[str, torch.Tensor]:
    """What the optimizer steps, by name."""
    return {
        name: parameter
        for group in optimizer.param_groups
        for name, parameter in zip(group["names"], group["params"], strict=True)
    }
