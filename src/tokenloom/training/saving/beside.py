"""A checkpoint that is made durable in a thread while the run trains on: hashing and waiting for the disk leave Python's lock alone."""

from __future__ import annotations

import threading

from tokenloom.training.saving.checkpoint import Checkpoint, Written


class Beside:
    """Publishes ``written`` in a thread of its own from now on; :meth:`result` waits for it and raises what went wrong.

    A rank that does not lead has nothing written and nothing to wait for.
    """

    def __init__(self, written: Written | None, step: int, reason: str) -> None:
        self.step, self.reason = step, reason
        self._checkpoint: Checkpoint | None = None
        self._problem: Exception | None = None
        self._thread: threading.Thread | None = None
        if written is not None:
            thread = threading.Thread(target=self._publish, args=(written,), name=f"checkpoint-{step}")
            try:
                thread.start()
            except RuntimeError:  # no memory, or too many threads, for one more
                self._publish(written)
            else:
                self._thread = thread

    @property
    def is_done(self) -> bool:
        return self._thread is None or not self._thread.is_alive()

    def result(self) -> Checkpoint | None:
        if self._thread is not None:
            self._thread.join()
        if self._problem is not None:
            raise self._problem
        return self._checkpoint

    def _publish(self, written: Written) -> None:
        try:
            self._checkpoint = written.publish()
        except Exception as problem:  # noqa: BLE001  told to whoever asks for the result
            self._problem = problem
