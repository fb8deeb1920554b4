"""Where and how exactly it is computed."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from tokenloom.spec.base import Spec, setting

FP8_CAPABILITY = (8, 9)
"""Compute capability of the first NVIDIA chips that multiply 8-bit floating-point numbers."""


class ComputeSpec(Spec):
    """Where and how exactly it is computed."""

    device: str = setting("auto", pattern=r"^(auto|cpu|cuda(:\d+)?|mps)$", group="machine")
    """`auto`, `cpu`, `cuda`, `cuda:1` or `mps`."""
    precision: Literal["auto", "fp32", "bf16", "fp16", "fp8"] = setting("auto", group="machine")
    """`auto` takes bf16 where a short measurement shows that this chip is faster with it; weights stay fp32. `fp16` is for older GPUs, which
    have no bf16: the loss is scaled so that small gradients survive. `fp8` makes the products of linear layers of 8-bit numbers, the rest as bf16: for
    training wide models on NVIDIA GPUs since 2022 (compute capability 8.9); what only reads a model takes bf16 then."""
    tf32: bool = setting(False, group="machine")
    """On NVIDIA GPUs since 2020, let fp32 products use 10 bits of mantissa: several times faster where precision is fp32."""
    threads: int | None = setting(None, ge=1, le=1024, group="machine")
    """CPU threads; empty = a short measurement picks the number."""
    deterministic: bool = setting(True, group="machine")
    """Only algorithms that give the same bits each time."""
    compile: bool = setting(False, group="machine")
    """Compile the small parts between the matrix products (gates, norms, rotary positions) in a process beside the training, and take those that are
    measured to be faster at a step boundary. It needs a C++ compiler, pays in long runs, and rounds differently; never in deterministic mode."""

    @model_validator(mode="after")
    def _has_the_numbers(self) -> ComputeSpec:
        if self.precision == "fp8" and self.device in ("cpu", "mps"):
            raise ValueError(
                f"precision: {self.device} has no 8-bit floating-point products, which take an NVIDIA GPU; set compute.precision to auto"
            )
        return self

    @model_validator(mode="after")
    def _rounds_alike(self) -> ComputeSpec:
        if self.compile and self.deterministic:
            raise ValueError(
                "compile: the step at which compiled parts are taken depends on the clock, and they round differently; set compute.deterministic to false"
            )
        return self
