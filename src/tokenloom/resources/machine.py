"""What this machine has, found without loading torch: processor, memory, disk, NVIDIA devices."""

from __future__ import annotations

import os
import platform
import shutil
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import psutil


@dataclass(frozen=True)
class Gpu:
    """One NVIDIA device. Bytes of memory; ``driver`` as NVML names it."""

    index: int
    name: str
    memory_bytes: int
    driver: str


@dataclass(frozen=True)
class Machine:
    """A snapshot. ``cores`` are those this process may use; ``memory_bytes`` respects a container's limit."""

    system: str
    processor: str
    cores: int
    memory_bytes: int
    features: tuple[str, ...]
    gpus: tuple[Gpu, ...] = field(default_factory=tuple)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@cache
def this_machine() -> Machine:
    """Looked up once per process."""
    info = _cpu_info()
    flags = set(info.get("flags", "").split())
    wanted = ("avx2", "avx512f", "avx512_bf16", "amx_bf16")
    return Machine(
        system=f"{platform.system()} {platform.release()}",
        processor=info.get("model name") or platform.processor() or platform.machine(),
        cores=available_cores(),
        memory_bytes=memory_limit(),
        features=tuple(name for name in wanted if name in flags),
        gpus=tuple(nvidia_devices()),
    )


def available_cores() -> int:
    """Cores that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def memory_limit() -> int:
    """Bytes of memory: the machine's, or the container's limit if that is lower."""
    total = int(psutil.virtual_memory().total)
    for name in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            text = Path(name).read_text().strip()
        except OSError:
            continue
        if text.isdigit():
            return min(total, int(text))
    return total


def free_disk(folder: Path) -> int:
    """Free bytes where ``folder`` is, or will be."""
    return shutil.disk_usage(next(each for each in (folder, *folder.parents) if each.exists())).free


def nvidia_devices() -> list[Gpu]:
    """NVIDIA devices by NVML; none where there is no driver."""
    import pynvml

    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return []
    driver = str(pynvml.nvmlSystemGetDriverVersion())
    found = []
    for index in range(pynvml.nvmlDeviceGetCount()):
        handle = pynvml.nvmlDeviceGetHandleByIndex(index)
        memory = pynvml.nvmlDeviceGetMemoryInfo(handle)
        found.append(Gpu(index, str(pynvml.nvmlDeviceGetName(handle)), int(memory.total), driver))
    return found


@cache
def compute_capability() -> tuple[int, int]:
    """The highest of the NVIDIA devices here, as NVML tells it; (0, 0) where there is none."""
    import pynvml

    found = [(0, 0)]
    for gpu in nvidia_devices():
        found.append(pynvml.nvmlDeviceGetCudaComputeCapability(pynvml.nvmlDeviceGetHandleByIndex(gpu.index)))
    return max((int(major), int(minor)) for major, minor in found)


def _cpu_info() -> dict[str, str]:
    """The first processor of ``/proc/cpuinfo``; empty elsewhere."""
    try:
        block = Path("/proc/cpuinfo").read_text().split("\n\n")[0]
    except OSError:
        return {}
    pairs = (line.partition(":") for line in block.splitlines())
    return {key.strip(): value.strip() for key, _, value in pairs}
