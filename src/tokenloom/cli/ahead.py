"""Let the models' libraries load from the first moment of a command that will want them: its worker is forked from them.

Nothing here waits for the command line to be read: that takes as long as a tenth of the loading.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenloom.jobs.launching.keeper import ForkServerKeeper

COMMANDS = ("train", "evaluate", "export", "generate")
WITHOUT = {"-h", "--help", "--version", "--explain", "--dry-run"}  # with these they start nothing
WITH_VALUE = ("-w", "--workspace")


@cache
def load_ahead() -> ForkServerKeeper:
    """Have a server of workers that has loaded, or begins to now."""
    from tokenloom.jobs.launching.keeper import ForkServerKeeper

    keeper = ForkServerKeeper()
    keeper.keep()
    return keeper


def wants_models(arguments: Sequence[str]) -> bool:
    """Whether a command line, the program's name left out, will start a worker with a model, as far as its words alone tell."""
    words = [word for before, word in zip(["", *arguments], arguments, strict=False) if before not in WITH_VALUE]
    command = next((word for word in words if not word.startswith("-")), "")
    return command in COMMANDS and WITHOUT.isdisjoint(arguments)
