"""A step that does not end: said in the run's notes, with where every thread stands, while it still hangs."""

from __future__ import annotations

import sys
import threading
import time
import traceback

from tokenloom.training.session import Session

LOOK_SECONDS = 0.5
FEWEST_SECONDS = 0.05


class StallWatch:
    """A daemon thread that writes a note when the loop has not asked for commands for so long: it does between steps and batches. Use as a context."""

    def __init__(self, session: Session, seconds: float | None) -> None:
        self._session, self._seconds = session, seconds
        self._told_at = -1.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="stall watch", daemon=True)

    def __enter__(self) -> StallWatch:
        if self._seconds is not None:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        if self._thread.is_alive():
            self._thread.join()

    def _watch(self) -> None:
        seconds = self._seconds or 0.0
        while not self._done.wait(min(LOOK_SECONDS, max(seconds / 4, FEWEST_SECONDS))):
            moved = self._session.control.polled_at
            waited = time.monotonic() - moved
            if waited >= seconds and moved != self._told_at:
                self._told_at = moved
                self._session.note(
                    f"Nothing has moved for {waited:.0f} s (step {self._session.state.step}); where every thread stands is in the details.",
                    level="warning",
                    stacks=stacks(leave_out=threading.get_ident()),
                )


def stacks(*, leave_out: int) -> dict[str, str]:
    """Thread name → its last calls, innermost last."""
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    return {
        names.get(ident, str(ident)): "".join(traceback.format_stack(frame)[-8:])
        for ident, frame in sys._current_frames().items()
        if ident != leave_out
    }
