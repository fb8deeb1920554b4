"""Read one spec, run one task, write events. Whatever happens is in the log before the process ends."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml

from tokenloom.kit.errors import Conflict, TokenloomError
from tokenloom.kit.plugins import BUILDERS, load_plugins
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.event import ALREADY_RUNNING, LOST_RANK, TERMINAL
from tokenloom.spec.override import parse_run_spec
from tokenloom.tracking import query
from tokenloom.tracking.lease import keep_beating, remove_lease, write_lease
from tokenloom.tracking.log import LogWriter, log_path
from tokenloom.worker import signals
from tokenloom.worker.running import run


def main(arguments: list[str]) -> int:
    """Run ``arguments`` = [workspace, run id]; the exit status of the contract."""
    workspace, run_id = Workspace.open(Path(arguments[0])), arguments[1]
    folder = workspace.run(run_id)
    distributed = _several(folder)
    if distributed is not None:
        signals.block()  # before there is any other thread, which a signal would end together with the process
    try:
        log = LogWriter(log_path(folder))
    except Conflict:
        return ALREADY_RUNNING
    with log:
        write_lease(folder)
        end_beating = keep_beating(folder)
        events = query.events(folder)  # behind the lease: from now on whoever stops the run does it by a command
        is_final = any(event.get("type") == "state" and event.get("state") in TERMINAL for event in events)
        if distributed is not None and not is_final:
            log.close()  # the first rank writes it
            from tokenloom.worker.launching import launch

            status = launch(workspace, run_id, distributed)
        else:
            status = 0 if is_final else run(workspace, run_id, log, events)
            log.sync()
        end_beating()
        if status != LOST_RANK:  # whoever finds the lease of a dead worker starts the run again
            remove_lease(folder)
    return status


def _several(folder: Path) -> Any:
    """The recipe's ``distributed`` where it asks for several processes, else ``None``; also where there is a mistake, which the task then tells."""
    try:
        data = yaml.safe_load((folder / "spec.yaml").read_text(encoding="utf-8"))
        if not isinstance(data.get("distributed"), dict) or data["distributed"].get("kind", "none") == "none":
            return None
        load_plugins(BUILDERS)
        return parse_run_spec(data).distributed
    except (OSError, ValueError, AttributeError, yaml.YAMLError, TokenloomError):
        return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
