"""Read one spec, run one task, write events. Whatever happens is in the log before the process ends."""

from __future__ import annotations

import signal
import sys
import time
import traceback
from pathlib import Path
from types import FrameType
from typing import Any

import yaml

from tokenloom.kit.errors import Conflict, Interrupted, TokenloomError
from tokenloom.kit.plugins import BUILDERS, load_plugins
from tokenloom.kit.workspace import Workspace
from tokenloom.resources.monitor import Monitor
from tokenloom.spec.event import TERMINAL
from tokenloom.spec.override import parse_run_spec
from tokenloom.tracking import query
from tokenloom.tracking.lease import keep_beating, remove_lease, write_lease
from tokenloom.tracking.log import LogWriter, log_path

ALREADY_RUNNING = 75  # EX_TEMPFAIL


class _Signalled(BaseException):
    """SIGTERM or SIGINT before the task listens for them; no ``except Exception`` of a library may swallow it."""

    def __init__(self, number: int, _frame: FrameType | None = None) -> None:
        super().__init__(number)
        self.number = number


def main(arguments: list[str]) -> int:
    """Run ``arguments`` = [workspace, run id]; the exit status of the contract."""
    workspace, run_id = Workspace.open(Path(arguments[0])), arguments[1]
    folder = workspace.run(run_id)
    try:
        log = LogWriter(log_path(folder))
    except Conflict:
        return ALREADY_RUNNING
    with log:
        write_lease(folder)
        end_beating = keep_beating(folder)
        events = query.events(folder)  # behind the lease: from now on whoever stops the run does it by a command
        is_final = any(event.get("type") == "state" and event.get("state") in TERMINAL for event in events)
        status = 0 if is_final else _run(workspace, run_id, log, events)
        end_beating()
        log.sync()
        remove_lease(folder)
    return status


def _run(workspace: Workspace, run_id: str, log: LogWriter, events: list[dict[str, Any]]) -> int:
    """Run the task and write how it ended."""
    folder = workspace.run(run_id)
    try:
        ending = _work(workspace, run_id, log, events)
    except _Signalled as signalled:
        _state(log, "interrupted", reason=f"ended by {signal.Signals(signalled.number).name} while starting")
        return 128 + signalled.number
    except Interrupted as error:
        _state(log, error.details.get("state", "interrupted"), reason=error.message)
        return 0 if error.details.get("state") == "stopped" else 128 + int(error.details.get("signal", 15))
    except TokenloomError as error:
        return _failed(log, error.as_dict(), error.exit_code)
    except MemoryError:
        return _failed(
            log,
            {"code": "out_of_memory", "message": "The machine ran out of memory.", "hint": "Use a smaller batch."},
            1,
        )
    except Exception as error:  # noqa: BLE001  the last line of defence: the log must say how the run ended
        traceback.print_exc()
        what = f"{type(error).__name__}: {error}"
        hint = f"This is a defect of ours; {folder / 'stdout.log'} holds the details."
        return _failed(log, {"code": "internal", "message": what[:2000], "hint": hint}, 1)
    _state(log, ending.state, reason=ending.reason)
    return 128 + ending.signal if ending.signal else 0


def _work(workspace: Workspace, run_id: str, log: LogWriter, events: list[dict[str, Any]]) -> Any:
    """Load what the task needs and do it; its ``Ending``."""
    folder = workspace.run(run_id)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _raise_signal)
    _state(log, "starting")
    for plugin in load_plugins(BUILDERS):
        if plugin.error:
            _event(log, "note", level="warning", message=f"The plugin {plugin.name} was skipped: {plugin.error}")
    spec = parse_run_spec(yaml.safe_load((folder / "spec.yaml").read_text(encoding="utf-8")))
    from tokenloom.tasks.context import Context
    from tokenloom.tasks.ending import Ending
    from tokenloom.tasks.run import run_task
    from tokenloom.training.steering.control import was_stopped

    context = Context(workspace, run_id, folder, log, events=events)
    context.control.listen_to_signals()
    if was_stopped(events):
        return Ending("stopped", "by command")
    _state(log, "running")
    monitor = Monitor(folder, lambda sample: _event(log, "system", **sample)).start()
    try:
        ending = run_task(spec, context)
    finally:
        monitor.stop()
    if ending.state in TERMINAL:
        context.control.refuse_rest("the run has ended")
    return ending


def _raise_signal(number: int, frame: FrameType | None) -> None:
    raise _Signalled(number, frame)


def _failed(log: LogWriter, error: dict[str, Any], status: int) -> int:
    print(f"failed: {error['message']}\n  → {error['hint']}", file=sys.stderr)
    _state(log, "failed", reason=error["message"], error=error)
    return status


def _state(log: LogWriter, state: str, **more: Any) -> None:
    _event(log, "state", state=state, **more)
    log.sync()


def _event(log: LogWriter, kind: str, **more: Any) -> None:
    log.event({"type": kind, "time": time.time(), **more})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
