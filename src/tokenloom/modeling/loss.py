"""Cross-entropy where there are labels, fused with the head and computed in chunks.

Only hidden states whose next token is learned reach the head, so the (T, V) logits never exist: each chunk's logits are
made, turned into loss and gradient at once, and dropped. The gradient is computed in forward and scaled in backward; a frozen
head gets none.

Shapes: R labelled rows · D hidden_size · V vocabulary.
"""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional as F

from tokenloom.modeling.fused.linear import cast, compute_dtype

IGNORE = -100
_CHUNK_BYTES = 16 << 20  # logits of one chunk in fp32
_CHUNK_ROWS = 256  # but never fewer rows, which keep the matrix product busy


def labelled_loss(
    hidden_RD: torch.Tensor,
    weight_VD: torch.Tensor,
    targets_R: torch.Tensor,
    *,
    bias_V: torch.Tensor | None = None,
    soft_cap: float | None = None,
    scale: float = 1.0,
    label_smoothing: float = 0.0,
    z_loss: float = 0.0,
) -> torch.Tensor:
    """Sum of cross-entropies (nats) over rows whose target is not ``IGNORE``; fp32 scalar.

    ``soft_cap`` bends logits as Gemma 2 does (cap · tanh(logit / cap)); ``scale`` multiplies logits as Cohere does. ``label_smoothing``
    and ``z_loss`` as in :func:`loss_of_logits`.
    """
    if bias_V is None and soft_cap is None and scale == 1.0:
        return _FusedLinearCrossEntropy.apply(hidden_RD, weight_VD, targets_R, label_smoothing, z_loss)  # type: ignore[no-any-return]
    logits = capped(F.linear(hidden_RD, weight_VD, bias_V).float() * scale, soft_cap)
    return loss_of_logits(logits, targets_R, label_smoothing=label_smoothing, z_loss=z_loss)


def capped(logits: torch.Tensor, soft_cap: float | None) -> torch.Tensor:
    """cap · tanh(logits / cap), or the logits themselves where there is no cap."""
    return logits if soft_cap is None else soft_cap * torch.tanh(logits / soft_cap)


def loss_of_logits(
    logits_RV: torch.Tensor, targets_R: torch.Tensor, *, label_smoothing: float = 0.0, z_loss: float = 0.0
) -> torch.Tensor:
    """Sum over labelled rows of the cross-entropy against a target that gives ``label_smoothing`` of itself evenly to all tokens
    (Szegedy et al. 2016), plus ``z_loss`` · log²Z, where Z is the softmax's denominator (Chowdhery et al. 2022).
    """
    loss = F.cross_entropy(logits_RV, targets_R, ignore_index=IGNORE, reduction="sum", label_smoothing=label_smoothing)
    if not z_loss:
        return loss
    log_z_R = torch.logsumexp(logits_RV, dim=-1)
    return loss + z_loss * (log_z_R.square() * (targets_R != IGNORE)).sum()


class _FusedLinearCrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        hidden: torch.Tensor,
        weight: torch.Tensor,
        targets: torch.Tensor,
        label_smoothing: float,
        z_loss: float,
    ) -> torch.Tensor:
        needs_hidden, needs_weight = ctx.needs_input_grad[:2]
        compute = compute_dtype(hidden)
        weight_cast = cast(weight, compute)
        rows = max(_CHUNK_BYTES // (4 * weight.shape[0]), _CHUNK_ROWS)
        loss = torch.zeros((), dtype=torch.float32, device=hidden.device)
        grad_hidden = torch.empty_like(hidden) if needs_hidden else None
        grad_weight = torch.zeros_like(weight, dtype=torch.float32) if needs_weight else None
        for start in range(0, hidden.shape[0], rows):
            part, labels = hidden[start : start + rows].to(compute), targets[start : start + rows]
            logits = (part @ weight_cast.T).float()
            chunk_loss, slope = _loss_and_slope(logits, labels, label_smoothing, z_loss)
            loss += chunk_loss
            slope = slope.to(compute)
            if grad_hidden is not None:
                grad_hidden[start : start + rows] = slope @ weight_cast
            if grad_weight is not None and compute == torch.float32:
                grad_weight.addmm_(slope.T, part)
            elif grad_weight is not None:
                grad_weight += (slope.T @ part).float()
        ctx.save_for_backward(grad_hidden, grad_weight)
        ctx.weight_dtype = weight.dtype
        return loss

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        grad_hidden, grad_weight = ctx.saved_tensors
        scale = gradients[0]
        hidden = None if grad_hidden is None else grad_hidden * scale.to(grad_hidden.dtype)
        weight = None if grad_weight is None else (grad_weight * scale).to(ctx.weight_dtype)
        return hidden, weight, None, None, None


def _loss_and_slope(
    logits: torch.Tensor, labels: torch.Tensor, label_smoothing: float, z_loss: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """:func:`loss_of_logits` and its gradient (1 + 2 z log Z) softmax − smoothed target, zero for ignored rows; overwrites ``logits``."""
    ignored = (labels == IGNORE)[:, None]
    at = labels.clamp_min(0)[:, None]
    chosen = logits.gather(1, at)
    log_p = torch.log_softmax(logits, dim=-1, out=logits)
    log_z = (chosen - log_p.gather(1, at)).masked_fill_(ignored, 0.0)
    losses = (label_smoothing - 1.0) * log_p.gather(1, at)
    if label_smoothing:
        losses -= label_smoothing * log_p.mean(1, keepdim=True)
    if z_loss:
        losses += z_loss * log_z.square()
    slope = log_p.exp_()
    if z_loss:
        slope.mul_(1 + 2 * z_loss * log_z)
    if label_smoothing:
        slope.sub_(label_smoothing / logits.shape[1])
    slope.scatter_add_(1, at, torch.full_like(chosen, label_smoothing - 1.0))
    return losses.masked_fill_(ignored, 0.0).sum(), slope.masked_fill_(ignored, 0.0)
