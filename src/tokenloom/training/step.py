"""One optimizer step: exact over the whole window, checked before it is applied.

The loss of a window is the mean over its units (labels, for a language model), however they fall into
micro-batches, so accumulation changes nothing. Nothing is
applied to the weights unless the gradient's norm is finite. Numbers stay on the device until someone reads them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field

import torch
from torch import nn
from torch.distributed.tensor import DTensor

from tokenloom.kit.errors import OutOfMemory
from tokenloom.training.batches import FlatBatch, Window
from tokenloom.training.distributed.shortage import is_out_of_memory
from tokenloom.training.distributed.team import Team
from tokenloom.training.noise import EmbeddingNoise
from tokenloom.training.objective.base import Objective, Sums
from tokenloom.training.precision import Compute
from tokenloom.training.scaling import LossScale
from tokenloom.training.watching.clock import StepClock
from tokenloom.training.watching.flow import FlowProbe


@dataclass
class StepResult:
    """0-d tensors: mean loss over the window's units, gradient norm before clipping; ``applied`` is 0 where the step was skipped.

    ``means``: what else the objective watches, over the same units.
    """

    loss: torch.Tensor
    grad_norm: torch.Tensor
    applied: torch.Tensor
    means: Sums = field(default_factory=dict)


@dataclass(frozen=True)
class Extras:
    """What a step does besides: noise on the embeddings, scaling of the loss, and with whom it is shared; ``step`` is its number.

    ``clock`` and ``flow`` only look on.
    """

    step: int = 0
    noise: EmbeddingNoise | None = None
    scale: LossScale | None = None
    clock: StepClock = field(default_factory=StepClock)
    flow: FlowProbe | None = None
    team: Team | None = None


def take_step(
    window: Window,
    objective: Objective,
    optimizer: torch.optim.Optimizer,
    compute: Compute,
    *,
    parameters: list[nn.Parameter],
    max_grad_norm: float | None,
    extras: Extras = Extras(),
    most_loss: float = math.inf,
) -> StepResult:
    """Forward and backward over the window, then clip, check and apply; a step whose loss is above ``most_loss`` is not applied."""
    team = extras.team or Team(objective.path.model)
    clock, flow, scale = extras.clock, extras.flow, extras.scale
    team.prepare(parameters, window.largest)
    units = max(sum(objective.units(each) for each in window.counted), 1)
    with nullcontext() if flow is None else flow.watching():
        total, sums = team.passes(lambda: _pass(window, objective, compute, units, extras, team))
    if team.ranks.world > 1:
        clock.to("communication")
    total, sums = team.summed(total, sums)
    clock.to("optimizer")
    if scale is not None:
        scale.unscale(parameters)
    norm = gradient_norm(parameters)
    finite = torch.isfinite(norm) & torch.isfinite(total)
    wanted = finite & (total <= most_loss)
    if flow is not None:
        clock.to("flow")
        flow.before()
        clock.to("optimizer")
    try:
        _apply(optimizer, parameters, norm, wanted, max_grad_norm)
    except RuntimeError as error:
        if not is_out_of_memory(error):
            raise
        raise OutOfMemory(  # smaller pieces would not help, and a step must not be applied twice
            "There is not enough memory for what the optimizer keeps for each trained weight.",
            hint="Take optimizer.kind=adamw_8bit or adafactor, or train an adapter (tuning.kind=lora).",
        ) from error
    if flow is not None:
        clock.to("flow")
        flow.after()
        clock.to("optimizer")
    optimizer.zero_grad(set_to_none=True)
    applied = wanted if scale is None else wanted | scale.update(finite)
    return StepResult(total, norm, applied.float(), {name: value / units for name, value in sums.items()})


def _pass(
    window: Window, objective: Objective, compute: Compute, units: int, extras: Extras, team: Team
) -> tuple[torch.Tensor, Sums]:
    """Forward and backward over this process's micro-batches: their loss and watched sums."""
    sums: Sums = {}
    total = torch.zeros((), dtype=torch.float32, device=compute.torch_device)
    clock, noise, scale = extras.clock, extras.noise, extras.scale
    counts = len(window.batches) - window.num_idle
    for number, batch in enumerate(window.batches):
        clock.to("forward")
        if noise is not None:
            noise.begin(extras.step, number, batch.lengths)
        with team.micro_batch(is_last=number + 1 == len(window.batches)):
            with compute.autocast():
                loss, watched = team.compute(_part, objective, batch.to(compute.torch_device))
                loss = loss / units
            share = loss if team.ranks.world == 1 else loss * (team.ranks.world if number < counts else 0)
            clock.to("backward")
            (share if scale is None else scale.scaled(share)).backward()  # type: ignore[no-untyped-call]
        if number < counts:
            total += loss.detach()
        for name, value in watched.items():
            value = value if number < counts else torch.zeros_like(value)
            sums[name] = sums[name] + value if name in sums else value
    return total, sums


def _part(objective: Objective, batch: FlatBatch) -> tuple[torch.Tensor, Sums]:
    part = objective.part(batch)
    balance = objective.path.balance(batch)
    if balance is None:
        return part.loss, part.sums
    units = objective.units(batch)
    sums = {"balance_loss": units * balance.loss.detach(), "busiest_expert": units * balance.busiest}
    return part.loss + objective.path.mixtures.weight * units * balance.loss, part.sums | sums


def gradient_norm(parameters: Iterable[nn.Parameter]) -> torch.Tensor:
    """L2 norm over all gradients, in fp32; of gradients that are spread over ranks, of the whole."""
    norm = torch.nn.utils.get_total_norm([p.grad for p in parameters if p.grad is not None])
    return norm.full_tensor() if isinstance(norm, DTensor) else norm


def _apply(
    optimizer: torch.optim.Optimizer,
    parameters: list[nn.Parameter],
    norm: torch.Tensor,
    finite: torch.Tensor,
    max_grad_norm: float | None,
) -> None:
    """Clip and step; where the check fails nothing is touched. On an accelerator the check itself stays on the device where the optimizer
    can take it there (fused AdamW does), else it is waited for.
    """
    if norm.device.type == "cpu" or not getattr(optimizer, "_step_supports_amp_scaling", False):
        if bool(finite):
            _clip(parameters, norm, max_grad_norm)
            optimizer.step()
        return
    _clip(parameters, norm, max_grad_norm)
    optimizer.grad_scale, optimizer.found_inf = None, (~finite).float()
    optimizer.step()


def _clip(parameters: list[nn.Parameter], norm: torch.Tensor, max_grad_norm: float | None) -> None:
    if max_grad_norm is not None:
        torch.nn.utils.clip_grads_with_norm_(parameters, max_grad_norm, norm)
