"""Muon for the matrices of the blocks, AdamW for embeddings, head, norms and biases (Jordan 2024; Liu et al. 2025).

Both are torch's. Updates of Muon are scaled to the size of AdamW's (``match_rms_adamw``), so one learning rate serves both.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from tokenloom.modeling.adapter import base_of, trained_parameters
from tokenloom.modeling.tuning.targets import blocks_of
from tokenloom.spec.training.optimizer import Muon
from tokenloom.training.optim.groups import parameter_groups


class Joined(torch.optim.Optimizer):
    """Several optimizers as one: their groups and their memory are shared with it, so rates and checkpoints reach each of them."""

    def __init__(self, parts: list[torch.optim.Optimizer]) -> None:
        super().__init__([group for part in parts for group in part.param_groups], {})
        self.parts = parts
        for part in parts:
            part.state = self.state

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        for part in self.parts:
            part.step()


def muon_with_adamw(spec: Muon, model: nn.Module, adam: dict[str, Any]) -> torch.optim.Optimizer:
    """AdamW alone where no matrix of a block is trained."""
    named = trained_parameters(model)
    inner = {id(parameter) for block in blocks_of(base_of(model)) for parameter in block.parameters()}
    matrices = {name: each for name, each in named.items() if each.dim() == 2 and id(each) in inner}
    others = {name: each for name, each in named.items() if name not in matrices}
    parts: list[torch.optim.Optimizer] = []
    if matrices:
        groups = parameter_groups(spec, model, matrices)
        settings = {"momentum": spec.momentum, "ns_steps": spec.newton_schulz_steps}
        parts.append(torch.optim.Muon(groups, lr=spec.learning_rate, adjust_lr_fn="match_rms_adamw", **settings))
    if others:
        parts.append(torch.optim.AdamW(parameter_groups(spec, model, others), **adam, fused=True))
    return Joined(parts)
