"""Commands to a run: numbered lines appended to ``commands.log`` by anyone, read by the trainer between steps.

One JSON object per line: ``{"number", "time", "command", "arguments"}``. Numbers count up from 1 under a file lock. The trainer
answers each with a ``command`` event that carries the number, so an acknowledged command never runs twice.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tokenloom.kit.atomic import disk_full_as_error

FILE_NAME = "commands.log"


@dataclass(frozen=True)
class Command:
    """One line of the file."""

    number: int
    command: str
    arguments: dict[str, Any] = field(default_factory=dict)
    time: float = 0.0


def append_command(run_folder: Path, command: str, arguments: dict[str, Any] | None = None) -> Command:
    """Append durably and return it with its number."""
    with disk_full_as_error(run_folder), (run_folder / FILE_NAME).open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        content = file.read()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):  # a torn last line of a writer that died
            file.truncate(whole)
        entry = Command(content.count(b"\n") + 1, command, dict(arguments or {}), time.time())
        file.write(json.dumps(entry.__dict__).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return entry


class CommandTail:
    """Reads new commands; a look at a quiet file costs one ``stat``."""

    def __init__(self, run_folder: Path, *, after: int = 0) -> None:
        self._path = run_folder / FILE_NAME
        self._offset = 0
        self._after = after

    def read(self) -> list[Command]:
        """Whole lines that arrived since the last look, numbers above ``after`` only."""
        try:
            if self._path.stat().st_size <= self._offset:
                return []
        except FileNotFoundError:
            return []
        with self._path.open("rb") as file:
            file.seek(self._offset)
            content = file.read()
        whole = content.rfind(b"\n") + 1
        self._offset += whole
        commands = [Command(**json.loads(line)) for line in content[:whole].splitlines()]
        return [command for command in commands if command.number > self._after]
