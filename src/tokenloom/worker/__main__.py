"""Read one spec, run one task, write events. Whatever happens is in the log before the process ends."""

from __future__ import annotations

import sys
import time
import traceback
from pathlib import Path
from typing import Any

import yaml

from tokenloom.kit.errors import Conflict, Interrupted, TokenloomError
from tokenloom.kit.plugins import BUILDERS, load_plugins
from tokenloom.kit.workspace import Workspace
from tokenloom.resources.monitor import Monitor
from tokenloom.spec.override import parse_run_spec
from tokenloom.tracking import query
from tokenloom.tracking.lease import keep_beating, remove_lease, write_lease
from tokenloom.tracking.log import LogWriter, log_path

ALREADY_RUNNING = 75  # EX_TEMPFAIL


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
        beating = keep_beating(folder)
        status = _run(workspace, run_id, log)
        beating.set()
        log.sync()
        remove_lease(folder)
    return status


def _run(workspace: Workspace, run_id: str, log: LogWriter) -> int:
    """Run the task and write how it ended."""
    folder = workspace.run(run_id)
    try:
        _state(log, "starting")
        for plugin in load_plugins(BUILDERS):
            if plugin.error:
                _event(log, "note", level="warning", message=f"The plugin {plugin.name} was skipped: {plugin.error}")
        spec = parse_run_spec(yaml.safe_load((folder / "spec.yaml").read_text(encoding="utf-8")))
        from tokenloom.tasks.context import Context
        from tokenloom.tasks.run import run_task

        context = Context(workspace, run_id, folder, log, events=query.events(folder))
        context.control.listen_to_signals()
        _state(log, "running")
        monitor = Monitor(folder, lambda sample: _event(log, "system", **sample)).start()
        try:
            ending = run_task(spec, context)
        finally:
            monitor.stop()
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
