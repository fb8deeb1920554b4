"""The one small process per workspace that turns waiting runs into workers.

It holds no state that a restart would lose: the queue, leases and logs are files. Killed at any moment, the next one (started by the
server or by any command) re-attaches to living workers by their leases and settles the runs of dead ones. It ends by itself when there is
nothing left to do.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from tokenloom.jobs import queue
from tokenloom.jobs.lifecycle import (
    Action,
    Asked,
    Enqueue,
    Exited,
    Happening,
    Kill,
    Launched,
    Record,
    Reported,
    View,
    follow,
)
from tokenloom.jobs.runs import last_state, progress_of, read_info, record_state
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.event import TERMINAL
from tokenloom.tracking.commands import CommandTail
from tokenloom.tracking.lease import Lease, read_lease, remove_lease, start_ticks, write_lease

LOCK = "supervisor.lock"
TICK_SECONDS = 0.05
IDLE_SECONDS = 3.0
TERM_SECONDS = 8.0  # from SIGTERM to SIGKILL: a checkpoint is durable in less (spec/reliability)
SLOTS = {"pretrain": "device", "finetune": "device", "evaluate": "device"}
CAPACITY = {"device": 1, "light": 3}


@dataclass
class Active:
    """A living worker. ``process`` is set where it is our own child, else only its lease is known."""

    run_id: str
    folder: Path
    slot: str
    lease: Lease
    view: View
    process: subprocess.Popen[bytes] | None = None
    commands: CommandTail | None = None
    kill_at: float | None = None
    children: list[int] = field(default_factory=list)


class Supervisor:
    """Launches, watches and settles the runs of one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.active: dict[str, Active] = {}
        self.is_ending = False

    def run(self, *, idle_seconds: float = IDLE_SECONDS) -> bool:
        """Work until there was nothing to do for ``idle_seconds``; ``False`` if another supervisor is at work."""
        lock = take_lock(self.workspace)
        if lock is None:
            return False
        with lock:
            self.reconcile()
            idle_since = time.monotonic()
            while not self.is_ending and time.monotonic() - idle_since < idle_seconds:
                if self.tick():
                    idle_since = time.monotonic()
                time.sleep(TICK_SECONDS)
        return self.is_ending or not queue.waiting(self.workspace) or self.run(idle_seconds=idle_seconds)

    def tick(self) -> bool:
        """One look around; whether anything runs or waits."""
        for active in list(self.active.values()):
            self._watch(active)
        entries = queue.waiting(self.workspace)
        for entry in entries:
            self._start_if_free(entry)
        return bool(self.active or entries)

    def reconcile(self) -> None:
        """Attach to living workers, settle dead ones, and put back runs that fell between folder and queue."""
        queued = {entry.run_id for entry in queue.waiting(self.workspace)}
        for folder in sorted(self.workspace.runs.iterdir()):
            if folder.name.startswith(".") or not (folder / "spec.yaml").is_file():
                continue
            lease = read_lease(folder)
            if lease is not None:
                self._attach(folder, lease)
            elif folder.name not in queued and self._was_forgotten(folder):
                queue.enqueue(self.workspace, folder.name)

    def _attach(self, folder: Path, lease: Lease) -> None:
        state = last_state(folder)
        view = View(state["state"], attempts=int(state.get("attempts", 0)), progress=int(state.get("progress", -1)))
        active = Active(folder.name, folder, self._slot(folder), lease, view, commands=CommandTail(folder))
        if view.state in TERMINAL and not lease.is_alive:
            remove_lease(folder)
            return
        queue.dequeue(self.workspace, folder.name)
        self.active[folder.name] = active

    def _was_forgotten(self, folder: Path) -> bool:
        is_ours = bool(read_info(folder).get("task"))
        return is_ours and not (folder / "log.0.bin").exists() and last_state(folder)["state"] == "queued"

    def _slot(self, folder: Path) -> str:
        return SLOTS.get(str(read_info(folder).get("task")), "light")

    def _start_if_free(self, entry: queue.Waiting) -> None:
        folder = self.workspace.runs / entry.run_id
        if not folder.is_dir() or last_state(folder)["state"] in TERMINAL:
            entry.file.unlink(missing_ok=True)
            return
        slot = self._slot(folder)
        used = sum(active.slot == slot for active in self.active.values())
        if entry.run_id in self.active or used >= CAPACITY[slot] or entry.not_before > time.time():
            return
        process = launch_worker(self.workspace, folder)
        lease = write_lease(folder, Lease(process.pid, start_ticks(process.pid) or 0, *_machine()))
        entry.file.unlink(missing_ok=True)
        view = View(attempts=entry.attempts, progress=progress_of(self.workspace, entry.run_id))
        view, _ = follow(view, Launched())
        answered = CommandTail(folder)
        answered.read()
        self.active[entry.run_id] = Active(entry.run_id, folder, slot, lease, view, process, answered)

    def _watch(self, active: Active) -> None:
        if active.commands is not None:
            for command in active.commands.read():
                if command.command == "stop_now":
                    self._happen(active, Asked("stop_now"))
        if active.kill_at is not None and time.monotonic() >= active.kill_at:
            _signal_group(active.lease.pid, signal.SIGKILL)
        status = active.process.poll() if active.process is not None else None
        if status is None and active.lease.is_alive:
            return
        _signal_group(active.lease.pid, signal.SIGKILL)  # whatever the worker left behind in its group
        del self.active[active.run_id]
        self._happen(active, Reported(last_state(active.folder)["state"]))
        remove_lease(active.folder)
        if active.view.state not in TERMINAL:
            self._happen(active, Exited(_words(status), progress_of(self.workspace, active.run_id)))

    def _happen(self, active: Active, happening: Happening) -> None:
        active.view, actions = follow(active.view, happening)
        for action in actions:
            self._act(active, action)

    def _act(self, active: Active, action: Action) -> None:
        view = active.view
        if isinstance(action, Record):
            record_state(active.folder, action.state, action.reason, attempts=view.attempts, progress=view.progress)
        elif isinstance(action, Enqueue):
            queue.enqueue(self.workspace, active.run_id, after_seconds=action.after_seconds, attempts=view.attempts)
        elif isinstance(action, Kill) and active.kill_at is None:
            active.kill_at = time.monotonic() + TERM_SECONDS
            _signal_group(active.lease.pid, signal.SIGTERM)


def take_lock(workspace: Workspace) -> IO[str] | None:
    """The workspace's supervisor lock, or ``None`` while another process holds it."""
    file = (workspace.root / LOCK).open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def ensure_supervisor(workspace: Workspace) -> None:
    """Start a supervisor unless one is at work; returns at once."""
    lock = take_lock(workspace)
    if lock is None:
        return
    lock.close()
    with (workspace.root / "supervisor.log").open("ab") as output:
        subprocess.Popen(
            [sys.executable, "-m", "tokenloom.jobs", str(workspace.root)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def launch_worker(workspace: Workspace, folder: Path) -> subprocess.Popen[bytes]:
    """A worker as its own process group, its output in a file, free of whoever started it."""
    with (folder / "stdout.log").open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "tokenloom.worker", str(workspace.root), folder.name],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "TOKENIZERS_PARALLELISM": "false"},
        )


def _machine() -> tuple[str, str]:
    from tokenloom.tracking.lease import my_lease

    mine = my_lease()
    return mine.boot, mine.host


def _signal_group(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def _words(status: int | None) -> str:
    if status is None:
        return "the worker is gone"
    if status < 0:
        return f"the worker was ended by {signal.Signals(-status).name}"
    return f"the worker ended with status {status}"
