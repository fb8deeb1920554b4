"""Where the time of a step goes: one part at a time, off one clock.

Whoever works names the part that begins (:meth:`StepClock.to`); what passed since the call before belongs to the part before, so the parts
of a step add up to the whole of it. On CUDA the marks are events in the stream: nothing waits for the device until the numbers are taken.
"""

from __future__ import annotations

import time
from typing import Any

import torch

PARTS = ("data", "forward", "backward", "communication", "optimizer", "flow", "logging", "other")
_CPU = torch.device("cpu")


class StepClock:
    """Books seconds to parts of a step. On CUDA a part's time is the device's, so waiting for data counts as data."""

    def __init__(self, device: torch.device = _CPU) -> None:
        self._is_cuda = device.type == "cuda"
        self._part: str | None = None
        self._since: Any = None
        self._seconds: dict[str, float] = {}
        self._pending: list[tuple[str, Any, Any]] = []
        self._is_traced = False
        self._span: Any = None

    def to(self, part: str | None) -> None:
        """From now on time belongs to ``part``; ``None``: to no step."""
        now = self._now()
        if self._part is not None:
            self._book(self._part, self._since, now)
        self._part, self._since = part, now
        if self._is_traced or self._span is not None:
            self._name(part)

    def take(self) -> dict[str, float]:
        """Seconds by part since the last call, of parts that have ended; on CUDA it waits for the newest mark."""
        for part, begin, end in self._pending:
            end.synchronize()
            self._seconds[part] = self._seconds.get(part, 0.0) + begin.elapsed_time(end) / 1000
        found, self._seconds, self._pending = self._seconds, {}, []
        return {part: found[part] for part in PARTS if part in found}

    def trace(self, is_traced: bool) -> None:
        """Whether parts are named in the trace of a profiler."""
        self._is_traced = is_traced
        if not is_traced:
            self._name(None)

    def _now(self) -> Any:
        if not self._is_cuda:
            return time.perf_counter()
        mark = torch.cuda.Event(enable_timing=True)
        mark.record()
        return mark

    def _book(self, part: str, begin: Any, end: Any) -> None:
        if self._is_cuda:
            self._pending.append((part, begin, end))
        else:
            self._seconds[part] = self._seconds.get(part, 0.0) + (end - begin)

    def _name(self, part: str | None) -> None:
        if self._span is not None:
            self._span.__exit__(None, None, None)
            self._span = None
        if self._is_traced and part is not None:
            self._span = torch.profiler.record_function(part)
            self._span.__enter__()
