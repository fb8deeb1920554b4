"""``tokenloom runs …``: see, follow, steer, fork and try the safety of runs."""

from tokenloom.cli.runs import recovery
from tokenloom.cli.runs.commands import app

__all__ = ["app", "recovery"]
