"""Where and how exactly it is computed."""

from __future__ import annotations

from typing import Literal

from tokenloom.spec.base import Spec, setting


class ComputeSpec(Spec):
    """Where and how exactly it is computed."""

    device: str = setting("auto", pattern=r"^(auto|cpu|cuda(:\d+)?|mps)$", group="machine")
    """`auto`, `cpu`, `cuda`, `cuda:1` or `mps`."""
    precision: Literal["auto", "fp32", "bf16", "fp16"] = setting("auto", group="machine")
    """`auto` takes bf16 where a short measurement shows that this chip is faster with it; weights stay fp32. `fp16` is for older GPUs, which
    have no bf16: the loss is scaled so that small gradients survive."""
    tf32: bool = setting(False, group="machine")
    """On NVIDIA GPUs since 2020, let fp32 products use 10 bits of mantissa: several times faster where precision is fp32."""
    threads: int | None = setting(None, ge=1, le=1024, group="machine")
    """CPU threads; empty = a short measurement picks the number."""
    deterministic: bool = setting(True, group="machine")
    """Only algorithms that give the same bits each time."""
