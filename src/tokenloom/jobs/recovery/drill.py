"""A drill: kill a running trainer without warning, let it come back, and compare what it does again with what it did before.

SIGKILL leaves a process no moment to tidy up: it stands for a power cut, a machine that is taken away, the system's own killer of programs. The
supervisor starts the run again from its newest sound checkpoint; the steps behind that are made a second time, and each must give the same numbers.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tokenloom.jobs.runs import last_state, record_event
from tokenloom.jobs.supervisor import ensure_supervisor
from tokenloom.kit.errors import Conflict, RunError
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.event import TERMINAL
from tokenloom.tracking.artifacts import checkpoint_steps
from tokenloom.tracking.lease import read_lease, signal_group
from tokenloom.tracking.reader import EventRecord, Row, RunReader
from tokenloom.tracking.series.repetition import Rows, computed

WAIT_SECONDS = 600.0
LOOK_SECONDS = 0.1


@dataclass
class _Story:
    """Rows of metrics before the run last went back, and since, read as they come."""

    folder: Path
    before: Rows = field(default_factory=dict)
    again: Rows = field(default_factory=dict)
    resumed_from: int = -1
    cursor: str = ""

    def read(self) -> None:
        while True:
            records, self.cursor = RunReader(self.folder).read(self.cursor)
            for record in records:
                if isinstance(record, Row):
                    self.again.setdefault(record.step, {}).update(record.values)
                elif isinstance(record, EventRecord) and record.data.get("type") == "rewind":
                    self.before, self.again = self.before | self.again, {}
                    self.resumed_from = int(record.data["step"])
            if not records:
                return

    def reaches(self, step: int) -> bool:
        """Whether the run has come back and made this step again."""
        self.read()
        return max(self.again, default=-1) >= step


def drill(workspace: Workspace, run_id: str, *, wait_seconds: float = WAIT_SECONDS) -> dict[str, Any]:
    """Kill the trainer of a running run and wait until it has passed the step where it died; what was found, which is also in the run's log.

    :class:`Conflict` where the run does not train or has no checkpoint yet, :class:`RunError` where it did not come back in time.
    """
    folder = require_drillable(workspace, run_id)
    ensure_supervisor(workspace)
    lease = read_lease(folder)
    saved = checkpoint_steps(workspace, run_id)[-1]
    killed_at = time.monotonic()
    if lease is not None:
        signal_group(lease, signal.SIGKILL)
        _until(lambda: not lease.is_alive, killed_at + 10, "its process could not be killed")
    story = _Story(folder)
    story.read()
    step = max(story.again, default=0)
    story.before, story.again = story.before | story.again, {}
    _until(
        lambda: _supervised(workspace, folder) or story.reaches(step),
        killed_at + wait_seconds,
        f"it did not reach step {step} again",
    )
    story.read()
    compared = sorted(number for number in story.again if number in story.before and number <= step)
    unequal = [number for number in compared if computed(story.before[number]) != computed(story.again[number])]
    report = {
        "killed_at_step": step,
        "checkpoint_step": saved,
        "resumed_from": story.resumed_from,
        "steps_again": len(compared),
        "unequal_steps": unequal,
        "seconds_away": round(time.monotonic() - killed_at, 2),
        "passed": not unequal and story.resumed_from >= 0,
    }
    record_event(folder, {"type": "drill", "step": step, **report})
    return report


def require_drillable(workspace: Workspace, run_id: str) -> Path:
    """The run's folder; :class:`Conflict` where a drill would prove nothing or lose work."""
    folder = workspace.run(run_id)
    lease, state = read_lease(folder), last_state(folder)["state"]
    if state != "running" or lease is None or not lease.is_alive:
        raise Conflict(f"The run {run_id} is {state}.", hint="A drill needs a run that trains.")
    if not checkpoint_steps(workspace, run_id):
        raise Conflict(
            f"The run {run_id} has no checkpoint yet: a drill would lose all that it did.",
            hint=f"Save one first: tokenloom runs checkpoint {run_id}.",
        )
    return folder


def _supervised(workspace: Workspace, folder: Path) -> bool:
    """Keep a supervisor at work, who brings the run back; whether the run has ended for good."""
    ensure_supervisor(workspace)
    return last_state(folder)["state"] in TERMINAL


def _until(is_so: Callable[[], bool], deadline: float, otherwise: str) -> None:
    while not is_so():
        if time.monotonic() > deadline:
            raise RunError(
                f"The drill failed: {otherwise}.", hint="Look at the run's log; its checkpoints are where they were."
            )
        time.sleep(LOOK_SECONDS)
