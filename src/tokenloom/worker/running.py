"""One task from its spec to its end, with every state of it in the log."""

from __future__ import annotations

import signal
import sys
import time
import traceback
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import yaml

from tokenloom.kit.errors import Interrupted, OutOfMemory, TokenloomError
from tokenloom.kit.plugins import BUILDERS, load_plugins
from tokenloom.kit.workspace import Workspace
from tokenloom.resources.monitor import Monitor
from tokenloom.spec.event import TERMINAL
from tokenloom.spec.override import parse_run_spec
from tokenloom.spec.recipe import RUN_SPEC
from tokenloom.tracking.log import LogWriter

if TYPE_CHECKING:
    from tokenloom.training.distributed.ranks import Ranks
    from tokenloom.training.steering.control import Control


RUN_SPEC.rebuild()  # every worker reads one: those that are forked find it built


class _Signalled(BaseException):
    """SIGTERM or SIGINT before the task listens for them; no ``except Exception`` of a library may swallow it."""

    def __init__(self, number: int, _frame: FrameType | None = None) -> None:
        super().__init__(number)
        self.number = number


class Seat:
    """This process's place in the run: the only one. `worker.rank` has one among several."""

    def listen(self) -> None:
        """From now on a signal ends the start."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _raise_signal)

    def join(self, spec: Any) -> Ranks:
        """Meet the other processes."""
        from tokenloom.training.distributed.ranks import ALONE

        return ALONE

    def obey(self, control: Control) -> None:
        """From now on the control hears of signals."""
        control.listen_to_signals()

    def fall(self, error: Exception, told: dict[str, Any]) -> None:
        """What else is to be done where the task failed."""


def _raise_signal(number: int, frame: FrameType | None) -> None:
    raise _Signalled(number, frame)


def run(
    workspace: Workspace, run_id: str, log: LogWriter, events: list[dict[str, Any]], seat: Seat | None = None
) -> int:
    """Run the task and write how it ended; ``seat`` is this process's among several."""
    folder = workspace.run(run_id)
    seat = seat or Seat()
    try:
        ending = _work(workspace, run_id, log, events, seat)
    except _Signalled as signalled:
        tell_state(log, "interrupted", reason=f"ended by {signal.Signals(signalled.number).name} while starting")
        return 128 + signalled.number
    except Interrupted as error:
        tell_state(log, error.details.get("state", "interrupted"), reason=error.message)
        return 0 if error.details.get("state") == "stopped" else 128 + int(error.details.get("signal", 15))
    except Exception as error:  # noqa: BLE001  the last line of defence: the log must say how the run ended
        told = described(error, folder)
        seat.fall(error, told)
        return failed(log, told, getattr(error, "exit_code", 1))
    tell_state(log, ending.state, reason=ending.reason)
    return 128 + ending.signal if ending.signal else 0


def described(error: Exception, folder: Path) -> dict[str, Any]:
    """What people are told of an error; where it is none of ours, the trace goes to the run's output."""
    if isinstance(error, TokenloomError):
        return error.as_dict()
    traceback.print_exception(error)
    if _is_out_of_memory(error):
        why = (str(error).splitlines() or [""])[0][:200]
        hint = "Take a smaller model, shorter rows or an adapter (tuning.kind=lora); or end other programs that hold memory."
        return OutOfMemory(f"There is not enough memory{why and f' ({why})'}.", hint=hint).as_dict()
    hint = f"This is a defect of ours; {folder / 'stdout.log'} holds the details."
    return {"code": "internal", "message": f"{type(error).__name__}: {error}"[:2000], "hint": hint}


def _is_out_of_memory(error: Exception) -> bool:
    """Whether memory ran out: of Python's objects, of tensors, or for the stack of one more thread."""
    if "torch" not in sys.modules:
        return isinstance(error, MemoryError)
    from tokenloom.training.distributed.shortage import is_out_of_memory

    return isinstance(error, MemoryError) or is_out_of_memory(error)


def _work(workspace: Workspace, run_id: str, log: LogWriter, events: list[dict[str, Any]], seat: Seat) -> Any:
    """Load what the task needs and do it; its ``Ending``."""
    folder = workspace.run(run_id)
    seat.listen()
    tell_state(log, "starting")
    for plugin in load_plugins(BUILDERS):
        if plugin.error:
            _event(log, "note", level="warning", message=f"The plugin {plugin.name} was skipped: {plugin.error}")
    spec = parse_run_spec(yaml.safe_load((folder / "spec.yaml").read_text(encoding="utf-8")))
    from tokenloom.tasks.context import Context
    from tokenloom.tasks.ending import Ending
    from tokenloom.tasks.run import run_task
    from tokenloom.training.steering.control import was_stopped

    ranks = seat.join(spec)
    context = Context(workspace, run_id, folder, log, events=ranks.share(events), ranks=ranks)
    seat.obey(context.control)
    if was_stopped(context.events):
        return Ending("stopped", "by command")
    tell_state(log, "running")
    monitor = Monitor(folder, lambda sample: _event(log, "system", **sample)).start()
    try:
        ending = run_task(spec, context)
    finally:
        monitor.stop()
    if ending.state in TERMINAL:
        context.control.refuse_rest("the run has ended")
    ranks.leave()
    return ending


def failed(log: LogWriter, error: dict[str, Any], status: int) -> int:
    print(f"failed: {error['message']}\n  → {error['hint']}", file=sys.stderr)
    tell_state(log, "failed", reason=error["message"], error=error)
    return status


def tell_state(log: LogWriter, state: str, **more: Any) -> None:
    _event(log, "state", state=state, **more)
    log.sync()


def _event(log: LogWriter, kind: str, **more: Any) -> None:
    log.event({"type": kind, "time": time.time(), **more})


def tell_note(log: LogWriter, message: str, *, level: str = "info") -> None:
    _event(log, "note", level=level, message=message)
