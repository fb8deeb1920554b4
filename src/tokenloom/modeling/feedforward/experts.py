"""A mixture of experts: several feed-forward parts, of which each token goes through the few that a router picks (Jiang et al. 2024).

    logits = x Wᵀ;   the k largest, softmax over them → weights;   y = Σ weight · expert(x)

Left alone, a router sends everything to the experts that happen to be good first. So a second loss is added while it is trained (Fedus et al. 2022):
E · Σ over experts of (share of tokens that an expert got) · (mean probability that it was given). It is smallest, k, when all get alike.

Shapes: T tokens · D hidden_size · E experts · k experts a token · N = T · k assignments.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

from tokenloom.modeling.config import TransformerConfig
from tokenloom.modeling.feedforward.dense import FEED_FORWARDS


class Router(nn.Module):
    """Which experts, and how much of each: always in fp32 (or fp64), since near ties decide."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        assert config.num_local_experts is not None
        self.weight = nn.Parameter(torch.empty(config.num_local_experts, config.hidden_size))

    def forward(self, x_TD: torch.Tensor) -> torch.Tensor:
        """(T, E) logits."""
        exact = torch.promote_types(x_TD.dtype, torch.float32)
        with nullcontext() if x_TD.is_meta else torch.autocast(x_TD.device.type, enabled=False):
            return F.linear(x_TD.to(exact), self.weight.to(exact))


class Experts(nn.Module):
    """The feed-forward part of a block as a mixture. While it is trained it keeps the router's last logits for :func:`balance_of`."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        kind = FEED_FORWARDS[config.activation]
        self.gate = Router(config)
        self.experts = nn.ModuleList([kind(config) for _ in range(config.num_local_experts or 0)])
        self.num_chosen = config.num_experts_per_tok
        self.logits_TE: torch.Tensor | None = None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x_TD = x.reshape(-1, x.shape[-1])
        logits_TE = self.gate(x_TD)
        if self.training and torch.is_grad_enabled() and self.gate.weight.requires_grad:
            self.logits_TE = logits_TE
        chosen_Tk, experts_Tk = logits_TE.topk(self.num_chosen, dim=-1)
        weights_N = chosen_Tk.softmax(-1).flatten()
        order_N = experts_Tk.flatten().argsort(stable=True)  # all assignments of the first expert, then of the second …
        tokens_N = order_N // self.num_chosen
        parts = x_TD.index_select(0, tokens_N).split(self._counts(experts_Tk))
        given_ND = torch.cat([expert(part) for expert, part in zip(self.experts, parts, strict=True)])
        given_ND = given_ND * weights_N.index_select(0, order_N)[:, None]
        mixed_TD = given_ND.new_zeros(len(x_TD), given_ND.shape[1]).index_add(0, tokens_N, given_ND)
        return mixed_TD.to(torch.promote_types(x.dtype, parts[0].dtype)).view_as(x)

    def _counts(self, experts_Tk: torch.Tensor) -> list[int]:
        """Assignments of each expert; on the meta device, where nobody knows, an even share."""
        if not experts_Tk.is_meta:
            return experts_Tk.flatten().bincount(minlength=len(self.experts)).tolist()  # type: ignore[no-any-return]
        share, rest = divmod(experts_Tk.numel(), len(self.experts))
        return [share + (at < rest) for at in range(len(self.experts))]


@dataclass(frozen=True)
class Balance:
    """0-d tensors: the ``loss`` with gradient, and the share of tokens that the ``busiest`` expert of any block got."""

    loss: torch.Tensor
    busiest: torch.Tensor


def balance_of(layers: Iterable[Experts], places: torch.Tensor | slice) -> Balance | None:
    """Of the layers' last pass, over those of its T tokens that ``places`` picks; ``None`` where no router is trained. Forgets the pass."""
    found = [(layer.logits_TE, layer.num_chosen) for layer in layers if layer.logits_TE is not None]
    for layer in layers:
        layer.logits_TE = None
    if not found:
        return None
    logits = [logits_TE[places] for logits_TE, _ in found if logits_TE is not None]
    return balance(logits, found[0][1])


def balance(logits: Sequence[torch.Tensor], num_chosen: int) -> Balance:
    """Of (T, E) logits of each layer, over all layers together as Mixtral has it."""
    chances_LTE = torch.stack(list(logits)).softmax(-1)
    experts_LTk = chances_LTE.topk(num_chosen, dim=-1).indices
    got_LTE = torch.zeros_like(chances_LTE).scatter(-1, experts_LTk, 1.0)
    shares_LE = got_LTE.mean(1)
    loss = chances_LTE.shape[-1] * (shares_LE.mean(0) * chances_LTE.mean((0, 1))).sum()
    return Balance(loss, shares_LE.max())
