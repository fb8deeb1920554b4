"""Who works on a run: process id, its start time and the machine's boot, so that a reused id is never taken for it.

The worker writes ``lease.json`` when it starts and touches it about once a second; whoever wonders reads it. A lease of a dead
process is an orphan, whatever the log said last.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from tokenloom.kit.atomic import atomic_write
from tokenloom.kit.errors import DiskFull

FILE_NAME = "lease.json"
BEAT_SECONDS = 1.0


@dataclass(frozen=True)
class Lease:
    """``started`` is in clock ticks since boot (from the kernel), so it does not move with the wall clock."""

    pid: int
    started: int
    boot: str
    host: str

    @property
    def is_alive(self) -> bool:
        """Whether that very process still lives on this machine."""
        return self.boot == boot_id() and start_ticks(self.pid) == self.started


def my_lease() -> Lease:
    """The lease of the calling process."""
    return Lease(os.getpid(), start_ticks(os.getpid()) or 0, boot_id(), socket.gethostname())


def write_lease(folder: Path, lease: Lease | None = None) -> Lease:
    """Publish the lease (by default one's own) in ``folder``."""
    lease = lease or my_lease()
    atomic_write(folder / FILE_NAME, json.dumps(asdict(lease)))
    return lease


def read_lease(folder: Path) -> Lease | None:
    """The lease in ``folder``, alive or not; ``None`` where there is none."""
    try:
        return Lease(**json.loads((folder / FILE_NAME).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def remove_lease(folder: Path) -> None:
    (folder / FILE_NAME).unlink(missing_ok=True)


def seconds_since_beat(folder: Path) -> float | None:
    """Seconds since the holder last touched its lease."""
    try:
        return max(time.time() - (folder / FILE_NAME).stat().st_mtime, 0.0)
    except OSError:
        return None


def keep_beating(folder: Path) -> Callable[[], None]:
    """Touch one's own lease every second, and put it back where someone replaced it, until the returned function is called."""
    done, mine = threading.Event(), my_lease()

    def beat() -> None:
        while not done.wait(BEAT_SECONDS) and folder.is_dir():
            with contextlib.suppress(OSError, DiskFull):  # a disk in trouble: the log tells
                if read_lease(folder) != mine:
                    write_lease(folder, mine)
                os.utime(folder / FILE_NAME)

    thread = threading.Thread(target=beat, name="lease", daemon=True)
    thread.start()

    def end() -> None:
        done.set()
        thread.join()

    return end


def signal_group(lease: Lease, number: signal.Signals) -> None:
    """Signal the holder's process group, or what is left of it; nothing where the process id has passed to someone else."""
    is_ours = lease.boot == boot_id() and start_ticks(lease.pid) in (None, lease.started)
    if is_ours and lease.pid > 1:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(lease.pid, number)


def boot_id() -> str:
    """Changes with each start of the machine; empty where the kernel does not tell."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def start_ticks(pid: int) -> int | None:
    """Start of a living process in clock ticks since boot; ``None`` if there is none (a zombie counts as none)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return _start_without_proc(pid)
    return None if fields[0] == "Z" else int(fields[19])


def _start_without_proc(pid: int) -> int | None:
    """For systems without ``/proc``: seconds since 1970 stand in for ticks."""
    if Path("/proc/self").exists():
        return None
    import psutil

    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else int(process.create_time())
    except psutil.Error:
        return None
