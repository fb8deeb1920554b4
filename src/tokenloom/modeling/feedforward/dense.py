"""Feed-forward parts of a block: what each token goes through by itself.

Shapes: D hidden_size · F intermediate_size.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

from tokenloom.modeling.config import TransformerConfig
from tokenloom.modeling.fused import gated
from tokenloom.modeling.fused.gated import gated_down
from tokenloom.modeling.fused.linear import linear


def output_linear(inner: int, width: int) -> nn.Linear:
    """A projection that writes into the stream, marked so that its initial weights may be smaller."""
    layer = nn.Linear(inner, width, bias=False)
    layer.is_output = True  # type: ignore[assignment]
    return layer


class SwiGLU(nn.Module):
    """Gated feed-forward: down(silu(gate(x)) · up(x)) (Shazeer 2020)."""

    act = gated.SILU

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(config.hidden_size, config.intermediate_size, bias=False)
        self.up_proj = nn.Linear(config.hidden_size, config.intermediate_size, bias=False)
        self.down_proj = output_linear(config.intermediate_size, config.hidden_size)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        gate, up = linear((self.gate_proj, self.up_proj), x)
        return gated_down(self.down_proj, gate, up, self.act)


class GeGLU(SwiGLU):
    """The same with GELU in its gate: down(gelu(gate(x)) · up(x)) (Shazeer 2020)."""

    act = gated.GELU


class GELU(nn.Module):
    """Plain feed-forward: down(gelu(up(x)))."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.up_proj = nn.Linear(config.hidden_size, config.intermediate_size, bias=False)
        self.down_proj = output_linear(config.intermediate_size, config.hidden_size)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        (up,) = linear((self.up_proj,), x)
        return linear((self.down_proj,), self.act(up))[0]

    def act(self, up: torch.Tensor) -> torch.Tensor:
        return F.gelu(up, approximate="tanh")


class ReLU2(GELU):
    """The same with the square of ReLU: down(relu(up(x))²) (So et al. 2021)."""

    def act(self, up: torch.Tensor) -> torch.Tensor:
        return F.relu(up).square()


FEED_FORWARDS = {"swiglu": SwiGLU, "geglu": GeGLU, "gelu": GELU, "relu2": ReLU2}
