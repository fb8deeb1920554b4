"""The number of a run among all that draw curves: it gives the run its colour and dash, once and for good.

A counter in the workspace, so that a deleted run's number is not given again while later runs keep theirs.
"""

from __future__ import annotations

import fcntl
import json
from pathlib import Path

from tokenloom.kit.workspace import Workspace

COUNTER = ".ordinals"
CURVED = frozenset({"pretrain", "finetune", "log"})
"""Tasks whose runs get a number."""


def next_ordinal(workspace: Workspace, task: str) -> int | None:
    """The next number from 0; ``None`` for a task without curves. Safe between processes."""
    if task not in CURVED:
        return None
    workspace.runs.mkdir(parents=True, exist_ok=True)
    with (workspace.runs / COUNTER).open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        text = file.read().strip()
        number = int(text) if text.isdigit() else _after_existing(workspace.runs)
        file.truncate(0)
        file.write(str(number + 1))
    return number


def _after_existing(runs: Path) -> int:
    """One more than the largest number given so far: the counter of a restored workspace may be gone."""
    found = -1
    for path in runs.glob("[!.]*/run.json"):
        try:
            given = json.loads(path.read_text(encoding="utf-8")).get("ordinal")
        except (OSError, ValueError, AttributeError):
            continue
        found = max(found, given if isinstance(given, int) else -1)
    return found + 1
