"""What steps would do to a dataset, before a version is made. Steps that need a model are asked of the engine, in a child process with limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tokenloom.data.dataset import Dataset
from tokenloom.data.refining import preview_steps
from tokenloom.kit.errors import DataError, SpecError
from tokenloom.kit.sandbox import sandbox_child
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.base import Spec
from tokenloom.spec.steps import AugmentContextualStep, AugmentParaphraseStep, AugmentTranslateStep, QualityStep

PREVIEW = "tokenloom.tasks.data.previewing:preview"
MEMORY_BYTES = 64 << 30  # of addresses, most of which torch only reserves
SECONDS = 120


def preview_refining(
    workspace: Workspace,
    dataset: Dataset,
    steps: Sequence[Spec],
    *,
    rows: Sequence[int] | None = None,
    sample: int = 200,
) -> dict[str, Any]:
    """As :func:`preview_steps`. Beside steps that ask an address elsewhere no model is loaded, since the child has no network; their report says so."""
    if not any(map(_needs_model, steps)) or any(map(_asks_elsewhere, steps)):
        return preview_steps(dataset, steps, rows=rows, sample=sample)
    try:
        answer = sandbox_child(
            PREVIEW,
            memory_bytes=MEMORY_BYTES,
            cpu_seconds=2 * SECONDS,
            wall_seconds=float(SECONDS),
            workspace=str(workspace.root),
            dataset=dataset.id,
            steps=[step.model_dump(mode="json") for step in steps],
            rows=None if rows is None else list(rows),
            sample=sample,
        )
    except DataError as error:
        what = error.message.partition("sandbox: ")[2] or error.message
        raise DataError(
            f"The steps could not be tried with their model: {what}",
            hint="Make the version: its run says how far it is.",
        ) from None
    if refused := answer.get("refused"):
        raise SpecError(refused["message"], hint=refused["hint"], errors=refused["errors"])
    return dict(answer["told"])


def _needs_model(step: Spec) -> bool:
    return isinstance(step, AugmentContextualStep) or (isinstance(step, QualityStep) and bool(step.perplexity_model))


def _asks_elsewhere(step: Spec) -> bool:
    return isinstance(step, AugmentParaphraseStep | AugmentTranslateStep)
