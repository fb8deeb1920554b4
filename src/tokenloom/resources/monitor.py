"""Use of the machine, by one run from a daemon thread or by all: processor, memory, disk, network, GPUs."""

from __future__ import annotations

import contextlib
import os
import threading
import time
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
        self._traffic = Traffic()
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
            **self._traffic.rates(),
            "gpus": [_gpu_sample(handle) for handle in self._gpus],
        }

    def _run(self) -> None:
        while not self._done.wait(self._every):
            with contextlib.suppress(OSError, psutil.Error):  # a sample that cannot be taken is no reason to fail a run
                self._report(self.sample())


class Traffic:
    """Bytes a second over the machine's disks and network (its own loop left out) since the last call."""

    def __init__(self) -> None:
        self._before = _counters()
        self._at = time.monotonic()

    def rates(self) -> dict[str, float]:
        """By name; what the system does not count is left out."""
        now, counters = time.monotonic(), _counters()
        seconds = max(now - self._at, 1e-3)
        before, self._before, self._at = self._before, counters, now
        return {name: max(0.0, count - before[name]) / seconds for name, count in counters.items() if name in before}


def _counters() -> dict[str, int]:
    found: dict[str, int] = {}
    with contextlib.suppress(OSError, RuntimeError, psutil.Error):
        if disk := psutil.disk_io_counters():
            found["disk_read_bytes_per_second"] = disk.read_bytes
            found["disk_write_bytes_per_second"] = disk.write_bytes
    with contextlib.suppress(OSError, RuntimeError, psutil.Error):
        cards = [card for name, card in psutil.net_io_counters(pernic=True).items() if name != "lo"]
        if cards:
            found["network_received_bytes_per_second"] = sum(card.bytes_recv for card in cards)
            found["network_sent_bytes_per_second"] = sum(card.bytes_sent for card in cards)
    return found


_STILL_SECONDS = 0.1  # over which a rate is taken where nobody looked before


def machine_use(folder: Path) -> dict[str, Any]:
    """What all programs use of this machine now, looked at for a tenth of a second: percent, bytes, bytes a second, one entry per GPU."""
    traffic = Traffic()
    cpu = psutil.cpu_percent(interval=_STILL_SECONDS)
    memory, disk = psutil.virtual_memory(), psutil.disk_usage(str(folder))
    return {
        "cpu_percent": cpu,
        "memory_bytes": int(memory.total - memory.available),
        "memory_total_bytes": int(memory.total),
        "disk_bytes": int(disk.total - disk.free),
        "disk_total_bytes": int(disk.total),
        "traffic": traffic.rates(),
        "gpus": [_gpu_sample(handle) for handle in _gpu_handles()],
    }


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
        memory = pynvml.nvmlDeviceGetMemoryInfo(handle)
        sample |= {"memory_bytes": float(memory.used), "memory_total_bytes": float(memory.total)}
    with contextlib.suppress(pynvml.NVMLError):
        sample["power_watts"] = pynvml.nvmlDeviceGetPowerUsage(handle) / 1000
    with contextlib.suppress(pynvml.NVMLError):
        sample["temperature_celsius"] = float(pynvml.nvmlDeviceGetTemperature(handle, pynvml.NVML_TEMPERATURE_GPU))
    return sample
