"""One of several processes of a run."""

from __future__ import annotations

import json
import os
import sys
import time
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any

from tokenloom.kit.atomic import atomic_write
from tokenloom.kit.errors import ResourceError
from tokenloom.kit.workspace import Workspace
from tokenloom.tracking import query
from tokenloom.tracking.log import LogWriter, log_path
from tokenloom.training.distributed.control import SharedControl
from tokenloom.training.distributed.quiet import NoLog, StatesLog
from tokenloom.training.distributed.ranks import Ranks
from tokenloom.training.distributed.talk import is_lost_peer, join
from tokenloom.worker import signals
from tokenloom.worker.running import Seat, run

LOST_SECONDS = 5.0  # that a rank whose peers are gone waits to be ended: the one that failed first tells why


def error_path(folder: Path, rank: int | str) -> Path:
    """Where a rank leaves what went wrong."""
    return folder / f"error.rank-{rank}.json"


def run_rank(root: str, run_id: str) -> int:
    """The life of a rank, started by torchrun's agent; the exit status of the run."""
    signals.block()
    Finalize(None, _end_at_once, exitpriority=-100)
    workspace = Workspace.open(Path(root))
    folder, rank = workspace.run(run_id), int(os.environ["RANK"])
    if int(os.environ["LOCAL_RANK"]):
        _speak_to(folder / f"stdout.{rank}.log")
    seat = RankSeat(folder, rank)
    with _log(folder, rank) as log:
        events = query.events(folder) if rank == 0 else []
        return run(workspace, run_id, log, events, seat)


class RankSeat(Seat):
    """``heard``: the signal that came before there was a control to tell."""

    def __init__(self, folder: Path, rank: int) -> None:
        self._folder, self._rank = folder, rank
        self._launcher = os.getppid()
        self._heard = 0
        self._control: SharedControl | None = None

    def listen(self) -> None:
        signals.take(self._on_signal, orphaned=lambda: os._exit(1))

    def join(self, spec: Any) -> Ranks:
        return join(
            backend=spec.distributed.backend,
            timeout_seconds=spec.distributed.timeout_seconds,
            device=_device_type(spec.compute.device),
        )

    def obey(self, control: Any) -> None:
        self._control = control
        if self._heard:
            control.ask(self._heard)

    def fall(self, error: Exception, told: dict[str, Any]) -> None:
        """Never returns: the other ranks wait in a collective, and only the end of this process frees them."""
        print(f"rank {self._rank}: {told['message']}", file=sys.stderr, flush=True)
        if is_lost_peer(error):
            time.sleep(LOST_SECONDS)
            os._exit(1)
        status = getattr(error, "exit_code", 1)
        atomic_write(error_path(self._folder, self._rank), json.dumps({"error": told, "status": status}))
        os._exit(status)

    def _on_signal(self, number: int, sender: int) -> None:
        meant = signals.MEANT.get(signals.signal.Signals(number))
        if meant is None and sender == self._launcher:
            os._exit(128 + number)  # another rank is lost
        self._heard = int(meant or number)
        if self._control is not None:
            self._control.ask(self._heard)


def _end_at_once() -> None:
    """Everything is written: taking torch apart would only cost seconds, while a person waits for the run to stop."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _log(folder: Path, rank: int) -> LogWriter:
    if rank == 0:
        return LogWriter(log_path(folder))
    if int(os.environ["LOCAL_RANK"]) == 0:
        return StatesLog(log_path(folder))
    return NoLog(log_path(folder))


def _speak_to(path: Path) -> None:
    """Output goes to a file of this rank's own."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.close(descriptor)


def _device_type(wish: str) -> str:
    import torch

    kind = wish.split(":")[0]
    if kind == "auto":
        kind = "cuda" if torch.cuda.is_available() else "cpu"
    if kind == "mps":
        raise ResourceError("Apple's GPU cannot be shared by several processes.", hint="Set compute.device=cpu.")
    return kind
