"""The one small process per workspace that turns waiting runs into workers.

It holds no state that a restart would lose: the queue, leases and logs are files. Killed at any moment, the next one (started by the
server or by any command) re-attaches to living workers by their leases and settles the runs of dead ones. It ends by itself when there is
nothing left to do.
"""

from __future__ import annotations

import contextlib
import fcntl
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tokenloom.jobs import queue
from tokenloom.jobs.launching.keeper import ForkServerKeeper
from tokenloom.jobs.launching.launch import Worker, launch_worker, models_are_loading
from tokenloom.jobs.lifecycle import (
    BACKOFF_SECONDS,
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
from tokenloom.kit.errors import TokenloomError
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.event import ALREADY_RUNNING, LOST_RANK, TERMINAL
from tokenloom.tracking.commands import CommandTail
from tokenloom.tracking.lease import Lease, my_lease, read_lease, remove_lease, signal_group, start_ticks, write_lease

LOCK = "supervisor.lock"
TICK_SECONDS = 0.05
IDLE_SECONDS = 3.0
TERM_SECONDS = 8.0  # from SIGTERM to SIGKILL: a checkpoint is durable in less
SLOTS = dict.fromkeys(("pretrain", "finetune", "evaluate", "vocabulary", "map"), "device")
WITHOUT_MODELS = ("import", "inspect", "refine", "tokenizer")  # these need nothing of what the fork server loads
CAPACITY = {"device": 1, "light": 3}
SETTLING_SECONDS = 2.0  # from a run's folder to its place in the queue


@dataclass
class Active:
    """A living worker. ``process`` is set where it is our own child, else only its lease is known."""

    run_id: str
    folder: Path
    slot: str
    lease: Lease
    view: View
    process: Worker | None = None
    commands: CommandTail | None = None
    kill_at: float | None = None


class Supervisor:
    """Launches, watches and settles the runs of one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.active: dict[str, Active] = {}
        self.is_ending = False
        self._fork_server = ForkServerKeeper()
        self._trouble = ""

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
            self.adopt_forgotten()
        return self.is_ending or not queue.waiting(self.workspace) or self.run(idle_seconds=idle_seconds)

    def tick(self) -> bool:
        """One look around; whether anything runs or waits."""
        for active in list(self.active.values()):
            with self._surviving():
                self._watch(active)
        entries = queue.waiting(self.workspace)
        if len(entries) > 1:
            self._fork_server.keep()
        for entry in entries:
            with self._surviving():
                self._start_if_free(entry)
        return bool(self.active or entries)

    def reconcile(self) -> None:
        """Attach to living workers, settle dead ones, and put back runs that fell between folder and queue."""
        for folder in self._run_folders():
            lease = read_lease(folder)
            if lease is not None:
                with self._surviving():
                    self._attach(folder, lease)
        self.adopt_forgotten()

    def adopt_forgotten(self) -> None:
        """Queue runs whose submitter died between making the folder and queueing it."""
        queued = {entry.run_id for entry in queue.waiting(self.workspace)}
        for folder in self._run_folders():
            with self._surviving():
                if folder.name not in queued and folder.name not in self.active and _was_forgotten(folder):
                    queue.enqueue(self.workspace, folder.name)

    def _run_folders(self) -> list[Path]:
        folders = sorted(self.workspace.runs.glob("[!.]*"))
        return [folder for folder in folders if (folder / "spec.yaml").is_file()]

    def _attach(self, folder: Path, lease: Lease) -> None:
        """Watch a living worker; for a dead one do what follows from its end. A lease is removed only when that is done."""
        state = last_state(folder)
        is_settled = state["state"] in (*TERMINAL, "interrupted", "queued")
        if is_settled and not lease.is_alive:
            waits = any(entry.run_id == folder.name for entry in queue.waiting(self.workspace))
            if state["state"] == "queued" and not waits:
                queue.enqueue(self.workspace, folder.name, attempts=int(state.get("attempts", 0)))
            remove_lease(folder)
            return
        view = View(state["state"], attempts=int(state.get("attempts", 0)), progress=int(state.get("progress", -1)))
        queue.dequeue(self.workspace, folder.name)
        self.active[folder.name] = Active(
            folder.name, folder, self._slot(folder), lease, view, commands=CommandTail(folder)
        )

    def _slot(self, folder: Path) -> str:
        return SLOTS.get(str(read_info(folder).get("task")), "light")

    def _start_if_free(self, entry: queue.Waiting) -> None:
        folder = self.workspace.runs / entry.run_id
        if not folder.is_dir():
            entry.file.unlink(missing_ok=True)
            return
        slot = self._slot(folder)
        used = sum(active.slot == slot for active in self.active.values())
        is_early = 0 < entry.not_before - time.time() <= BACKOFF_SECONDS[-1]  # more than that: the clock was set back
        if entry.run_id in self.active or used >= CAPACITY[slot] or is_early or not self._is_due(entry, folder):
            return
        state, lease = last_state(folder), read_lease(folder)
        is_stale = state["state"] == "interrupted" and entry.since < state["time"]
        if state["state"] in TERMINAL or is_stale:
            entry.file.unlink(missing_ok=True)
        elif lease is not None and lease.is_alive:
            self._attach(folder, lease)
        elif str(read_info(folder).get("task")) in WITHOUT_MODELS or not models_are_loading():
            self._launch(entry, folder, slot)

    def _is_due(self, entry: queue.Waiting, folder: Path) -> bool:
        """Whether all runs that this one builds on have completed. Where one has ended without, this one is given up, too."""
        needed = read_info(folder).get("after") or []
        queued = {each.run_id for each in queue.waiting(self.workspace)} if needed else set()
        for run_id in needed:
            if run_id in self.active or run_id in queued:
                return False
            before = self.workspace.run(run_id)
            state = last_state(before)["state"] if before.is_dir() else "deleted"
            if state in ("failed", "stopped", "deleted"):
                name = read_info(before).get("name") or run_id
                record_state(folder, "stopped", f"“{name}”, which it builds on, is {state}")
                entry.file.unlink(missing_ok=True)
            if state != "completed":
                return False
        return True

    def _launch(self, entry: queue.Waiting, folder: Path, slot: str) -> None:
        commands = CommandTail(folder)
        commands.read()
        process = launch_worker(self.workspace, folder)
        mine = my_lease()
        lease = Lease(process.pid, start_ticks(process.pid) or 0, mine.boot, mine.host)
        view, _ = follow(View(attempts=entry.attempts, progress=progress_of(self.workspace, entry.run_id)), Launched())
        self.active[entry.run_id] = Active(entry.run_id, folder, slot, lease, view, process, commands)
        write_lease(folder, lease)
        queue.dequeue(self.workspace, entry.run_id)

    def _watch(self, active: Active) -> None:
        if not active.folder.is_dir():  # someone deleted it: nothing can be written any more, and nobody waits for it
            signal_group(active.lease, signal.SIGKILL)
            del self.active[active.run_id]
            return
        if active.commands is not None:
            for command in active.commands.read():
                if command.command == "stop_now":
                    self._happen(active, Asked("stop_now"))
        if active.kill_at is not None and time.monotonic() >= active.kill_at:
            signal_group(active.lease, signal.SIGKILL)
        status = active.process.poll() if active.process is not None else None
        if status is None and active.lease.is_alive:
            return
        signal_group(active.lease, signal.SIGKILL)  # whatever the worker left behind in its group
        if status == ALREADY_RUNNING:  # launched by a supervisor that died before it could write the lease
            del self.active[active.run_id]
            queue.enqueue(self.workspace, active.run_id, after_seconds=1.5, attempts=active.view.attempts)
            return
        self._settle(active, status)

    def _settle(self, active: Active, status: int | None) -> None:
        """Write down how a worker ended and what follows. The lease goes last: killed before, the next supervisor does this again."""
        self._happen(active, Reported(last_state(active.folder)["state"]))
        if active.view.state not in TERMINAL:
            was_asked = status in (-signal.SIGTERM, -signal.SIGINT)
            self._happen(active, Exited(_words(status), progress_of(self.workspace, active.run_id), was_asked))
        lease = read_lease(active.folder)
        if lease is None or not lease.is_alive:
            remove_lease(active.folder)
        del self.active[active.run_id]

    @contextlib.contextmanager
    def _surviving(self) -> Iterator[None]:
        """One run in trouble (a full disk, a damaged log) must not hold up the others: what failed is tried again at the next look."""
        try:
            yield
        except (OSError, TokenloomError) as error:
            if str(error) != self._trouble:
                self._trouble = str(error)
                print(self._trouble, file=sys.stderr, flush=True)

    def _happen(self, active: Active, happening: Happening) -> None:
        view, actions = follow(active.view, happening)
        for action in actions:
            self._act(active, action, view)
        active.view = view  # last: what failed is tried again from the same view

    def _act(self, active: Active, action: Action, view: View) -> None:
        if isinstance(action, Record):
            told = {"code": "run", "message": action.reason, "hint": action.hint}
            more = {"error": told} if action.hint else {}
            record_state(
                active.folder, action.state, action.reason, attempts=view.attempts, progress=view.progress, **more
            )
        elif isinstance(action, Enqueue):
            queue.enqueue(self.workspace, active.run_id, after_seconds=action.after_seconds, attempts=view.attempts)
        elif isinstance(action, Kill) and active.kill_at is None:
            active.kill_at = time.monotonic() + TERM_SECONDS
            signal_group(active.lease, signal.SIGTERM)


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


def _was_forgotten(folder: Path) -> bool:
    info = read_info(folder)
    if not info.get("task") or info.get("source") == "client" or (folder / "log.0.bin").exists():
        return False
    is_settling = 0 <= time.time() - float(info.get("created", 0.0)) < SETTLING_SECONDS
    return not is_settling and last_state(folder)["state"] == "queued"


def _words(status: int | None) -> str:
    if status is None:
        return "the worker is gone"
    if status < 0:
        by = signal.Signals(-status).name
        return f"the worker was ended by {by}{' (for want of memory?)' if by == 'SIGKILL' else ''}"
    if status == LOST_RANK:
        return "a process of the run was lost"
    return f"the worker ended with status {status}"
