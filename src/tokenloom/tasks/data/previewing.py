"""The preview of steps that need a model: asked for by the light wing in a child process, since it loads no model itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tokenloom.data.dataset import DatasetStore
from tokenloom.data.refining import Tools, preview_steps
from tokenloom.kit.errors import TokenloomError
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.override import parse_run_spec
from tokenloom.tasks.data.perplexity import judge_of
from tokenloom.tasks.data.writers import writer_of


def preview(
    workspace: str, dataset: str, steps: list[dict[str, Any]], rows: list[int] | None, sample: int
) -> dict[str, Any]:
    """``{"told": …}`` as :func:`preview_steps` gives it, or ``{"refused": …}`` with the error's own words. Runs inside ``sandbox_child``."""
    space = Workspace(Path(workspace))
    try:
        found = DatasetStore(space).get(dataset)
        spec = parse_run_spec({"task": "refine", "dataset": found.id, "steps": steps})
        tools = Tools(
            found.mapping,
            judge_of=lambda reference: judge_of(space, reference),
            writer_of=lambda reference: writer_of(space, reference),
        )
        return {"told": preview_steps(found, spec.steps, rows=rows, sample=sample, tools=tools)}
    except TokenloomError as error:
        return {"refused": {"message": error.message, "hint": error.hint, "errors": error.details.get("errors", [])}}
