"""Device, number format and threads, chosen by short measurements rather than by hope."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import torch

from tokenloom.kit.errors import ResourceError
from tokenloom.spec.training.compute import FP8_CAPABILITY, ComputeSpec

PROBE_SECONDS = 0.12
CEILING_SECONDS = 0.05
GLANCE = 64  # size of a first, small product: a chip without bf16 would need seconds for a large one
HOPELESS = 0.5
WORTH_IT = 1.15  # bf16 must beat fp32 by this much, since it costs digits


@dataclass(frozen=True)
class Compute:
    """What was chosen; stored in each checkpoint, since a resumed run must compute with the same bits."""

    device: str
    precision: str
    threads: int
    reason: str = ""

    @property
    def torch_device(self) -> torch.device:
        return torch.device(self.device)

    def autocast(self) -> AbstractContextManager[Any]:
        """bf16 or fp16 for matrix products where chosen (beside fp8, which linear layers make themselves: bf16); weights, norms, softmax and loss stay fp32."""
        dtype = torch.float16 if self.precision == "fp16" else torch.bfloat16
        return torch.autocast(self.torch_device.type, dtype, enabled=self.precision != "fp32")

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def choose_compute(spec: ComputeSpec, *, width: int = 512, saved: dict[str, Any] | None = None) -> Compute:
    """Apply the spec, or what a checkpoint ``saved``; ``width`` is the matrix size that the probes use."""
    device = _device(spec.device)
    if saved and saved["device"].split(":")[0] == device.split(":")[0]:
        compute = Compute(**saved)
    else:
        threads, why_threads = _threads(spec.threads, width)
        torch.set_num_threads(threads)
        precision, why_precision = _precision(spec.precision, torch.device(device), width)
        compute = Compute(device, precision, threads, "; ".join(filter(None, (why_threads, why_precision))))
    torch.set_num_threads(compute.threads)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = spec.tf32
    if spec.deterministic:
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        torch.use_deterministic_algorithms(True, warn_only=True)
    return compute


@dataclass(frozen=True)
class Ceiling:
    """What this machine reaches in plain matrix products, in operations a second: as the run computes, with all cores, and in bf16.

    ``None`` where it was not measured: no other threads to try, or bf16 is what is used.
    """

    rate: float
    cores: int
    all_cores_rate: float | None = None
    bf16_rate: float | None = None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def measured_ceiling(compute: Compute, width: int) -> Ceiling:
    """Measured once a process; a tenth of a second. Random numbers, threads and all else stay as they are."""
    return _measured_ceiling(compute.device, compute.precision, compute.threads, width)


@cache
def _measured_ceiling(name: str, precision: str, threads: int, width: int) -> Ceiling:
    device = torch.device(name)
    is_cpu = device.type == "cpu"
    size = min(max(width, 256), 512 if is_cpu else 4096)
    dtype = product_dtype(precision)
    rate, cores = gemm_rate(device, dtype, size, seconds=CEILING_SECONDS), _cores()
    all_cores = bf16 = None
    if is_cpu and threads < cores:
        torch.set_num_threads(cores)
        all_cores = gemm_rate(device, dtype, size, seconds=CEILING_SECONDS)
        torch.set_num_threads(threads)
    if precision == "fp32" and device.type != "mps" and _gain(device, GLANCE, seconds=PROBE_SECONDS / 10) > HOPELESS:
        bf16 = gemm_rate(device, torch.bfloat16, size, seconds=CEILING_SECONDS)
    return Ceiling(rate, cores, all_cores, bf16)


def product_dtype(precision: str) -> torch.dtype:
    """The format of plain matrix products; those of ``fp8`` that are not made in 8 bits are made in bf16."""
    return {"fp32": torch.float32, "fp16": torch.float16}.get(precision, torch.bfloat16)


def gemm_rate(device: torch.device, dtype: torch.dtype, size: int, *, seconds: float = PROBE_SECONDS) -> float:
    """Floating-point operations per second of a (4·size, size) × (size, size) product."""
    own = torch.Generator(device).manual_seed(0)  # a run's random numbers stay its own
    a = torch.randn(4 * size, size, device=device, dtype=dtype, generator=own)
    b = torch.randn(size, size, device=device, dtype=dtype, generator=own)

    def finish() -> None:
        if device.type == "cuda":
            torch.cuda.synchronize(device)

    return 8 * size**3 * _repeats_per_second(lambda: a @ b, finish, seconds)


def _repeats_per_second(work: Callable[[], Any], finish: Callable[[], None], seconds: float) -> float:
    work()
    finish()
    count, start = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - start) < seconds:
        work()
        count += 1
        if count % 16 == 0:
            finish()
    finish()
    return count / max(time.perf_counter() - start, elapsed)


def _device(wish: str) -> str:
    if wish == "auto":
        if torch.cuda.is_available():
            return "cuda"
        return "mps" if torch.backends.mps.is_available() else "cpu"
    if wish.startswith("cuda") and not torch.cuda.is_available():
        raise ResourceError(
            "compute.device asks for CUDA, but torch sees no CUDA device here.", hint="Set compute.device=auto."
        )
    if wish == "mps" and not torch.backends.mps.is_available():
        raise ResourceError(
            "compute.device asks for MPS, which this machine does not have.", hint="Set compute.device=auto."
        )
    return wish


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _threads(wish: int | None, width: int) -> tuple[int, str]:
    cores = _cores()
    if wish is not None:
        return wish, ""
    if cores == 1:
        return 1, ""
    rates = {}
    for threads in (1, cores):
        torch.set_num_threads(threads)
        rates[threads] = gemm_rate(torch.device("cpu"), torch.float32, min(width, 512))
    best = cores if rates[cores] > rates[1] * 1.1 else 1
    return best, f"{best} of {cores} threads ({rates[cores] / rates[1]:.2f}× with all)"


def _precision(wish: str, device: torch.device, width: int) -> tuple[str, str]:
    if wish == "fp16" and device.type != "cuda":
        raise ResourceError(
            f"compute.precision=fp16 needs an NVIDIA GPU; on {device.type} its small range costs accuracy and saves no time.",
            hint="Set compute.precision=auto, which takes bf16 where it is faster.",
        )
    if wish == "fp8":
        _require_fp8(device)
    if wish != "auto":
        return wish, ""
    gain = _gain(device, GLANCE, seconds=PROBE_SECONDS / 10)
    if gain > HOPELESS:
        gain = _gain(device, min(max(width, 256), 1024), seconds=PROBE_SECONDS)
    return ("bf16" if gain >= WORTH_IT else "fp32"), f"bf16 measured at {gain:.2f}× fp32"


def _require_fp8(device: torch.device) -> None:
    has = torch.cuda.get_device_capability(device) if device.type == "cuda" and torch.version.cuda else (0, 0)
    if has < FP8_CAPABILITY:
        what = f"an NVIDIA GPU of compute capability {has[0]}.{has[1]}" if has > (0, 0) else device.type
        raise ResourceError(
            f"compute.precision=fp8 needs an NVIDIA GPU of compute capability 8.9 or more (Ada, Hopper and later), and this is {what}.",
            hint="Set compute.precision=auto, which takes bf16 where it is faster.",
        )


def _gain(device: torch.device, size: int, *, seconds: float) -> float:
    """How many times faster bf16 is than fp32."""
    slow, fast = (gemm_rate(device, dtype, size, seconds=seconds) for dtype in (torch.float32, torch.bfloat16))
    return fast / slow
