"""A trace of the next steps, asked for by a command: every operator with its time, for Perfetto or chrome://tracing.

The profiler looks on; weights, order of data and random numbers are what they would be without it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from torch.profiler import ProfilerActivity, profile

from tokenloom.kit.atomic import disk_full_as_error
from tokenloom.kit.errors import DiskFull
from tokenloom.spec.event import TRACE_FOLDER

if TYPE_CHECKING:
    from tokenloom.training.session import Session

MOST_STEPS = 20
MOST_OPERATORS = 40
LONGEST_NAME = 200


class Trace:
    """The profiler over so many steps, from now on."""

    def __init__(self, session: Session, steps: int) -> None:
        self._session, self._left = session, steps
        self._first = session.state.step + 1
        self._is_cuda = session.compute.torch_device.type == "cuda"
        activities = [ProfilerActivity.CPU, *([ProfilerActivity.CUDA] if self._is_cuda else [])]
        self._profile = profile(activities=activities)
        self._profile.start()
        self._started = time.monotonic()
        session.clock.trace(True)

    def stepped(self) -> bool:
        """A step was taken; whether it was the last of the trace."""
        self._left -= 1
        return self._left <= 0

    def close(self) -> None:
        """Write the trace and tell of it. On a full disk it is lost, with a note."""
        session, step = self._session, self._session.state.step
        session.clock.trace(False)
        seconds = time.monotonic() - self._started
        self._profile.stop()
        if step < self._first:  # not one step was taken
            return
        name = f"steps-{self._first}-{step}.json.gz"
        try:
            size = self._write(name)
        except DiskFull as error:
            session.note(f"The trace could not be written: {error.message}", level="error")
            return
        session.event(
            "profile",
            first_step=self._first,
            steps=step - self._first + 1,
            file=f"{TRACE_FOLDER}/{name}",
            bytes=size,
            seconds=seconds,
            on_device=self._is_cuda,
            operators=_operators(self._profile.key_averages(), on_device=self._is_cuda),
        )

    def _write(self, name: str) -> int:
        """Bytes of the file, which is whole or not there."""
        folder = self._session.folder / TRACE_FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        path, part = folder / name, folder / f".{name.removesuffix('.gz')}.part.gz"
        with disk_full_as_error(folder):
            try:
                self._profile.export_chrome_trace(str(part))
                os.replace(part, path)
            finally:
                part.unlink(missing_ok=True)
        return path.stat().st_size


def begin_trace(session: Session, steps: Any) -> tuple[bool, str]:
    """Trace the next ``steps`` steps; whether it could begin, and the answer."""
    try:
        count = int(steps)
    except (TypeError, ValueError):
        return False, f"“{steps}” is not a number of steps"
    if isinstance(steps, bool) or count != float(steps) or not 1 <= count <= MOST_STEPS:
        return False, f"“{steps}” steps cannot be traced: 1 to {MOST_STEPS} can"
    if session.trace is not None:
        return False, "a trace is under way already"
    if session.state.step >= session.total_steps:
        return False, "no step is left to trace"
    session.trace = Trace(session, count)
    return True, "the next step is traced" if count == 1 else f"the next {count} steps are traced"


def step_traced(session: Session) -> None:
    """Between two steps: a trace that has all its steps is written."""
    if session.trace is not None and session.trace.stepped():
        end_trace(session)


def end_trace(session: Session) -> None:
    """Write what there is of a trace that is under way."""
    trace, session.trace = session.trace, None
    if trace is not None:
        trace.close()


@contextmanager
def tracing(session: Session) -> Iterator[None]:
    """Whatever ends the block, an open trace is written."""
    try:
        yield
    finally:
        end_trace(session)


def _operators(averages: Any, *, on_device: bool) -> list[dict[str, Any]]:
    """What took longest by itself, without what it called; parts of a step (`clock.PARTS`) are no operators."""
    field = "self_device_time_total" if on_device else "self_cpu_time_total"
    found = [each for each in averages if not each.is_user_annotation and getattr(each, field) > 0]
    whole = sum(getattr(each, field) for each in found) or 1.0
    found.sort(key=lambda each: -getattr(each, field))
    return [
        {
            "name": each.key[:LONGEST_NAME],
            "calls": int(each.count),
            "self_seconds": getattr(each, field) / 1e6,
            "share": getattr(each, field) / whole,
        }
        for each in found[:MOST_OPERATORS]
    ]
