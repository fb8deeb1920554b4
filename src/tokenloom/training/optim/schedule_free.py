"""Schedule-free AdamW (Defazio et al. 2024, "The Road Less Scheduled", algorithm 1).

Three points: z takes the steps, x is the mean of all z and is what is wanted, and gradients are taken at y between them. The parameters hold y
while training; x follows from y and z at any time, so nothing but z has to be kept. Steps count by the squared learning rate, so those of
the warmup weigh little.
"""

from __future__ import annotations

from typing import Any

import torch


class ScheduleFreeAdamW(torch.optim.Optimizer):
    """State of each parameter: ``z``, ``exp_avg_sq`` and, in float64 scalars, ``step``, ``weight_sum`` and ``largest_rate``."""

    def __init__(self, params: Any, *, lr: float, betas: tuple[float, float], eps: float) -> None:
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": 0.0})

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self._step(parameter, group)

    def _step(self, y: torch.Tensor, group: dict[str, Any]) -> None:
        state, (beta1, beta2), rate = self._memory(y), group["betas"], float(group["lr"])
        state["step"] += 1
        torch.maximum(state["largest_rate"], torch.full_like(state["largest_rate"], rate), out=state["largest_rate"])
        weight = float(state["largest_rate"]) ** 2
        state["weight_sum"] += weight
        share = weight / total if (total := float(state["weight_sum"])) else 0.0
        z, square = state["z"], state["exp_avg_sq"]
        square.mul_(beta2).addcmul_(y.grad, y.grad, value=1 - beta2)
        correction = 1 - beta2 ** float(state["step"])
        update = y.grad / (square / correction).sqrt_().add_(group["eps"])
        update.add_(y, alpha=group["weight_decay"])
        y.lerp_(z, share).add_(update, alpha=rate * (beta1 * (1 - share) - 1))
        z.sub_(update, alpha=rate)

    def mean_of(self, parameter: torch.Tensor) -> torch.Tensor:
        """x: the average that is validated and saved."""
        beta1 = self.defaults["betas"][0]
        state = self.state.get(parameter)
        return parameter.lerp(state["z"], 1 - 1 / beta1) if state and beta1 else parameter

    def _memory(self, y: torch.Tensor) -> dict[str, torch.Tensor]:
        state = self.state[y]
        if not state:
            state["z"], state["exp_avg_sq"] = y.detach().clone(), torch.zeros_like(y)
            for name in ("step", "weight_sum", "largest_rate"):
                state[name] = torch.zeros((), dtype=torch.float64)
        return state  # type: ignore[no-any-return]
