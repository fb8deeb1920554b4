"""Rows in memory that share one set of keys, and the event that takes rows back."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tokenloom.tracking.decode import EventAt, Floats, Ints, RowBlock


@dataclass(slots=True)
class Group:
    """Rows that share one set of keys, in the order of writing; ``values[key, row]``, ``ends`` their offsets."""

    keys: tuple[str, ...]
    steps: Ints
    times: Floats
    ends: Ints
    values: Floats
    pending: list[RowBlock] = field(default_factory=list)

    @classmethod
    def empty(cls, keys: tuple[str, ...]) -> Group:
        ints, floats = np.empty(0, np.int64), np.empty(0, np.float64)
        return cls(keys, ints, floats, ints, np.empty((len(keys), 0), np.float64))

    def settle(self) -> Group:
        """Join what arrived since the last look."""
        if self.pending:
            blocks, self.pending = self.pending, []
            self.steps = np.concatenate([self.steps, *(block.steps for block in blocks)])
            self.times = np.concatenate([self.times, *(block.times for block in blocks)])
            self.ends = np.concatenate([self.ends, *(block.ends for block in blocks)])
            self.values = np.concatenate([self.values, *(block.values.T for block in blocks)], axis=1)
        return self

    def keep(self, mask: npt.NDArray[np.bool_]) -> None:
        """Drop the rows where ``mask`` is false."""
        self.steps, self.times, self.ends = self.steps[mask], self.times[mask], self.ends[mask]
        self.values = np.ascontiguousarray(self.values[:, mask])


def rewind_step(event: EventAt) -> int | None:
    """The step that a rewind event goes back to; None for any other event."""
    step = event.data.get("step")
    return step if event.data.get("type") == "rewind" and isinstance(step, int) else None
