"""Loss scaling for fp16 (Micikevicius et al. 2018): gradients too small for fp16 survive, and a scale that was too large halves itself.

The loss is multiplied before the gradient is taken, the gradients are divided before they are judged, so clipping and the guard see true
numbers. Nothing waits for the device.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import nn

START, GROWTH, BACKOFF, INTERVAL = 2.0**16, 2.0, 0.5, 2000  # as torch.amp.GradScaler
LEAST = 1.0  # below it the numbers themselves are wrong, not the scale


class LossScale:
    """``scale`` and the steps since it last changed, both 0-d tensors on the device."""

    def __init__(self, device: torch.device) -> None:
        self.scale = torch.full((), START, dtype=torch.float32, device=device)
        self.growth = torch.zeros((), dtype=torch.int32, device=device)

    def scaled(self, loss: torch.Tensor) -> torch.Tensor:
        return loss * self.scale.to(loss.device)

    @torch.no_grad()
    def unscale(self, parameters: Iterable[nn.Parameter]) -> None:
        """Divide the gradients by the scale, in place."""
        grads = [each.grad for each in parameters if each.grad is not None]
        if grads:
            torch._foreach_mul_(grads, self.scale.double().reciprocal().float())

    @torch.no_grad()
    def update(self, finite: torch.Tensor) -> torch.Tensor:
        """Change the scale after a step; whether the step was a failure of the scale alone (0-d, bool), which the guard need not count."""
        was_scale = ~finite & (self.scale > LEAST)
        torch._amp_update_scale_(self.scale, self.growth, (~finite).float(), GROWTH, BACKOFF, INTERVAL)
        self.scale.clamp_(min=LEAST)
        return was_scale

    def tensors(self) -> dict[str, torch.Tensor]:
        return {"scale": self.scale.cpu(), "growth": self.growth.cpu()}

    def restore(self, tensors: dict[str, torch.Tensor]) -> None:
        self.scale.copy_(tensors["scale"])
        self.growth.copy_(tensors["growth"])
