"""What to do when numbers are not numbers: skip, go back, give up; never a smooth curve over a hole."""

from __future__ import annotations

from typing import Literal

from tokenloom.spec.training.loop import GuardSpec
from tokenloom.training.state import TrainState

Verdict = Literal["fine", "skipped", "rewind", "fail"]


def judge(state: TrainState, spec: GuardSpec, *, was_applied: bool) -> Verdict:
    """Count skipped steps in ``state`` and say what follows."""
    if was_applied:
        state.skipped_in_row = 0
        return "fine"
    state.skipped_in_row += 1
    if state.skipped_in_row < spec.max_skipped_steps:
        return "skipped"
    return "rewind" if state.rewinds < spec.max_rewinds else "fail"
