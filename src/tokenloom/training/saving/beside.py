"""A checkpoint that is made durable in a thread while the run trains on: hashing and waiting for the disk leave Python's lock alone."""

from __future__ import annotations

import threading

from tokenloom.training.saving.checkpoint import Checkpoint, Written


class Beside:
    """Publishes ``written`` in a thread of its own from now on; :meth:`result` waits for it and raises what went wrong."""

    def __init__(self, written: Written, reason: str) -> None:
        self.step, self.reason = written.step, reason
        self._written = written
        self._checkpoint: Checkpoint | None = None
        self._problem: Exception | None = None
        self._thread = threading.Thread(target=self._publish, name=f"checkpoint-{written.step}")
        self._thread.start()

    @property
    def is_done(self) -> bool:
        return not self._thread.is_alive()

    def result(self) -> Checkpoint:
        self._thread.join()
        if self._problem is not None:
            raise self._problem
        assert self._checkpoint is not None
        return self._checkpoint

    def _publish(self) -> None:
        try:
            self._checkpoint = self._written.publish()
        except Exception as problem:  # noqa: BLE001  told to whoever asks for the result
            self._problem = problem
