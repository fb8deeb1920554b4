"""Use of the machine by one run, sampled from a daemon thread: processor, memory, disk, GPUs."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

SAMPLE_SECONDS = 5.0


class Monitor:
    """Calls ``report(sample)`` every few seconds until :meth:`stop`. One sample costs well under a millisecond."""

    def __init__(
        self, folder: Path, report: Callable[[dict[str, Any]], None], *, every_seconds: float = SAMPLE_SECONDS
    ) -> None:
        self._folder, self._report, self._every = folder, report, every_seconds
        self._process = psutil.Process(os.getpid())
        self._process.cpu_percent()  # the first call only sets the mark
        self._done = threading.Event()
        self._gpus = _gpu_handles()
        self._thread = threading.Thread(target=self._run, name="monitor", daemon=True)

    def start(self) -> Monitor:
        self._thread.start()
        return self

    def stop(self) -> None:
        """End the thread; returns when it has ended, so that nothing is reported afterwards."""
        self._done.set()
        self._thread.join(timeout=2.0)

    def sample(self) -> dict[str, Any]:
        """Percent of one core (several threads can pass 100), bytes, and one entry per GPU."""
        return {
            "cpu_percent": self._process.cpu_percent(),
            "machine_cpu_percent": psutil.cpu_percent(),
            "memory_bytes": int(self._process.memory_info().rss),
            "machine_memory_available_bytes": int(psutil.virtual_memory().available),
            "disk_free_bytes": int(psutil.disk_usage(str(self._folder)).free),
            "gpus": [_gpu_sample(handle) for handle in self._gpus],
        }

    def _run(self) -> None:
        while not self._done.wait(self._every):
            with contextlib.suppress(OSError, psutil.Error):  # a sample that cannot be taken is no reason to fail a run
                self._report(self.sample())


def _gpu_handles() -> list[Any]:
    import pynvml

    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return []
    return [pynvml.nvmlDeviceGetHandleByIndex(index) for index in range(pynvml.nvmlDeviceGetCount())]


def _gpu_sample(handle: Any) -> dict[str, float]:
    """Percent, bytes, watts, degrees Celsius; what a device does not tell is left out."""
    import pynvml

    sample: dict[str, float] = {}
    with contextlib.suppress(pynvml.NVMLError):
        sample["use_percent"] = float(pynvml.nvmlDeviceGetUtilizationRates(handle).gpu)
    with contextlib.suppress(pynvml.NVMLError):
        sample["memory_bytes"] = float(pynvml.nvmlDeviceGetMemoryInfo(handle).used)
    with contextlib.suppress(pynvml.NVMLError):
        sample["power_watts"] = pynvml.nvmlDeviceGetPowerUsage(handle) / 1000
    with contextlib.suppress(pynvml.NVMLError):
        sample["temperature_celsius"] = float(pynvml.nvmlDeviceGetTemperature(handle, pynvml.NVML_TEMPERATURE_GPU))
    return sample
