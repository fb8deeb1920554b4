"""Commands and signals of a run in several processes: the leader hears commands, anyone may be signalled, and all obey at the same step."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from tokenloom.tracking.commands import Command
from tokenloom.tracking.log import LogWriter
from tokenloom.training.distributed.ranks import Ranks
from tokenloom.training.steering.control import Control


class SharedControl(Control):
    """Inside :meth:`together`, every rank polls at the same places and learns the same; outside it, only the leader hears anything."""

    def __init__(self, run_folder: Path, log: LogWriter, *, answered: Collection[int] = (), ranks: Ranks) -> None:
        super().__init__(run_folder, log, answered=answered)
        self._ranks = ranks
        self._asked = 0
        self._is_together = False

    @contextmanager
    def together(self) -> Iterator[None]:
        self._is_together = True
        try:
            yield
        finally:
            self._is_together = False

    def poll(self) -> list[Command]:
        """What the leader finds, everywhere; ``signal`` becomes what any rank was sent. On a quiet day one small word."""
        found = super().poll() if self._ranks.is_leader else []
        if not self._is_together:
            return found
        self._held = []
        count, self.signal = self._ranks.largest(len(found), self._asked)
        if not count:
            return []
        told: list[dict[str, Any]] = self._ranks.share([command.__dict__ for command in found])
        return [Command(**each) for each in told]

    def ask(self, number: int) -> None:
        """A signal came to this rank."""
        self._asked = number
        if not self._is_together and self._ranks.is_leader:
            self.signal = number

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self.ask(number)


def control_for(run_folder: Path, log: LogWriter, *, answered: Collection[int], ranks: Ranks) -> Control:
    """The control of one process, or of several."""
    if ranks.talk is None:
        return Control(run_folder, log, answered=answered)
    return SharedControl(run_folder, log, answered=answered, ranks=ranks)
