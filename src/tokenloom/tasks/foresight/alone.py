"""A rehearsal by itself: a run that trains nothing."""

from __future__ import annotations

from tokenloom.spec.recipe import RehearseSpec
from tokenloom.tasks.context import Context
from tokenloom.tasks.ending import Ending
from tokenloom.tasks.foresight.memory import foretell
from tokenloom.tasks.foresight.rehearsal import rehearse
from tokenloom.tasks.train import build_session
from tokenloom.training.watching.memory import watch_memory


def rehearse_recipe(spec: RehearseSpec, context: Context) -> Ending:
    """Only the rehearsal of a recipe. Result: its stages, with seconds and the most memory."""
    session = build_session(spec.recipe, context)
    session.memory = foretell(session, context.workspace)
    found = rehearse(session, context)
    watch_memory(session, is_last=True)
    words = ("predicted_bytes", "low_bytes", "high_bytes", "measured_bytes")
    context.result(
        kind="rehearsal",
        stages=found.stages,
        seconds=found.seconds,
        **{name: session.memory.get(name) for name in words},
    )
    return Ending("completed")
