"""How much memory this process has, and the most it ever had."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import psutil

_STATUS = Path("/proc/self/status")


def resident_bytes() -> int:
    """Memory of this process now (resident set)."""
    return int(psutil.Process(os.getpid()).memory_info().rss)


def peak_bytes() -> int:
    """The most memory that this process had. Read from the kernel's own mark: ``getrusage`` also counts the parent before an exec."""
    try:
        for line in _STATUS.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(most if sys.platform == "darwin" else most * 1024)


def forget_peak() -> bool:
    """Set the mark to what is used now, so that the next peak is of what comes; whether the system can (Linux)."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return False
    return True
