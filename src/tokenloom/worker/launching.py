"""A run in several processes: torchrun's agent starts the ranks in this process's group, watches them, and ends them all where one is lost."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import socket
import tempfile
from contextlib import closing, suppress
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any

from torch.distributed.elastic.multiprocessing import DefaultLogsSpecs
from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
from torch.distributed.launcher.api import LaunchConfig, elastic_launch

from tokenloom.kit.workspace import Workspace
from tokenloom.spec.event import LOST_RANK, TERMINAL
from tokenloom.tracking import query
from tokenloom.tracking.log import LogWriter, log_path
from tokenloom.worker import signals
from tokenloom.worker.rank import error_path, run_rank
from tokenloom.worker.running import failed, tell_note

AT_REST = TERMINAL | {"interrupted"}


def launch(workspace: Workspace, run_id: str, distributed: Any) -> int:
    """Start the ranks of this machine and stay until they have ended; the exit status of the contract, or ``LOST_RANK``."""
    folder = workspace.run(run_id)
    for path in folder.glob(error_path(folder, "*").name):
        path.unlink()
    resource_tracker.ensure_running()  # its start lets SIGTERM and SIGINT through again
    signals.block()
    end_listening = signals.take(_pass_on)
    with tempfile.TemporaryDirectory(prefix="tokenloom-ranks-") as scratch:
        try:
            config = _config(run_id, distributed, Path(scratch))
            statuses = elastic_launch(config, run_rank)(str(workspace.root), run_id)
            return int(statuses[min(statuses)])
        except ChildFailedError as error:
            lost = [_words(rank, failure.exitcode) for rank, failure in sorted(error.failures.items())]
            return _settle(folder, "; ".join(lost), [failure.exitcode for failure in error.failures.values()])
        except (OSError, RuntimeError, TimeoutError) as error:  # the machines did not find each other
            return _settle(folder, f"the processes did not find each other ({str(error).splitlines()[0][:200]})", [])
        finally:
            end_listening()


def _config(run_id: str, distributed: Any, scratch: Path) -> LaunchConfig:
    """Ranks are numbered by machine, so that rank 0 is where metrics and checkpoints are kept; torchrun's other rendezvous would choose."""
    return LaunchConfig(
        min_nodes=distributed.nodes,
        max_nodes=distributed.nodes,
        nproc_per_node=distributed.ranks,
        run_id=run_id if distributed.nodes == 1 else "tokenloom",  # each machine has a run of its own
        rdzv_backend="static",
        rdzv_endpoint=distributed.rendezvous or f"127.0.0.1:{_free_port()}",
        rdzv_configs={"rank": distributed.node_rank, "timeout": int(distributed.timeout_seconds)},
        max_restarts=0,  # the supervisor starts the whole run again, from its newest checkpoint
        monitor_interval=0.1,
        start_method="spawn",
        signals_to_handle="SIGHUP",
        shutdown_timeout=5,
        logs_specs=DefaultLogsSpecs(log_dir=str(scratch)),
    )


def _free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _pass_on(number: int, _sender: int) -> None:
    """To every rank: the first one that hears it tells the others."""
    passed = signals.PASSED_ON.get(signal.Signals(number))
    for child in multiprocessing.active_children():
        if passed is not None and child.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(child.pid, passed)


def _settle(folder: Path, lost: str, exit_codes: list[int]) -> int:
    """Write down why the ranks ended, unless the first of them could do so itself."""
    events = query.events(folder)
    states = [event for event in events if event.get("type") == "state"]
    if states and states[-1]["state"] in AT_REST:
        return next((code for code in exit_codes if code > 0), 1)
    with LogWriter(log_path(folder)) as log:
        for path in sorted(folder.glob(error_path(folder, "*").name)):
            with suppress(OSError, ValueError):
                told = json.loads(path.read_text())
                return failed(log, told["error"], int(told["status"]))
        tell_note(log, f"The run lost a process: {lost}. It goes on from its newest checkpoint.", level="error")
        print(f"lost: {lost}", flush=True)
    return LOST_RANK


def _words(rank: int, code: int) -> str:
    how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with status {code}"
    return f"rank {rank} {how}"
