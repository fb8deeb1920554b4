"""What a model is made of: of a recipe before it starts, and of a model, a run or a checkpoint. The engine is asked in a child process with limits."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from tokenloom.data.dataset import DatasetStore
from tokenloom.jobs.foresight.estimating import compute_bytes_of, device_of
from tokenloom.jobs.foresight.lengths import sampled_lengths
from tokenloom.jobs.foresight.shapes import config_of, limit_of, shape_of
from tokenloom.jobs.runs import find_run, read_spec
from tokenloom.kit.errors import DataError, NotFound, SpecError, TokenloomError
from tokenloom.kit.sandbox import sandbox_child
from tokenloom.kit.workspace import Workspace
from tokenloom.resources.machine import this_machine
from tokenloom.spec.model import TransformerModel
from tokenloom.tracking.artifacts import resolve_model

DESCRIBE = "tokenloom.modeling.architecture.describe:describe"
MEMORY_BYTES = 64 << 30  # of addresses, most of which torch only reserves
MOST_SEQUENCE, MOST_BATCH = 1 << 20, 1 << 16


def architecture_of_recipe(
    workspace: Workspace, spec: Any, *, batch: int | None = None, sequence: int | None = None
) -> dict[str, Any]:
    """The model of a training recipe as it will be trained, at the recipe's own batch where none is given."""
    if spec.task not in ("pretrain", "finetune"):
        raise SpecError(
            f"A recipe of the task {spec.task} trains no model.", hint="Give a pretrain or finetune recipe."
        )
    limit = limit_of(workspace, spec) or shape_of(workspace, spec)[1]
    machine = this_machine()
    asked: dict[str, Any] = {
        "tuning": spec.tuning.model_dump(mode="json"),
        "labels": _labels(workspace, spec),
        "compute_bytes": compute_bytes_of(spec, machine, device_of(spec, machine)),
        "state_bytes": float(spec.optimizer.state_bytes),
    }
    asked["tuning"].pop("base_bits", None)  # the modules are those of the model before it is quantised
    if isinstance(spec.model, TransformerModel):
        asked |= {"model": spec.model.model_dump(mode="json"), "vocabulary": shape_of(workspace, spec)[0].vocab_size}
    else:
        asked["config"] = config_of(workspace, spec.model.source)[1]
    longest = min(sequence or max(sampled_lengths(workspace, spec, limit)), limit)
    return _told(asked, batch or _batch_of(spec, longest), longest)


def architecture_of_model(
    workspace: Workspace, reference: str, *, batch: int | None = None, sequence: int | None = None
) -> dict[str, Any]:
    """A model that exists, or of a run that has no checkpoint yet what it is about to make."""
    try:
        ref = resolve_model(workspace, reference)
        folder, config = config_of(workspace, reference)
    except TokenloomError:
        return _of_run(workspace, reference, batch, sequence)
    asked: dict[str, Any] = {"config": config}
    if ref.folder is not None and ref.folder != folder:
        asked["adapter"] = str(ref.folder)
    limit = int(config.get("max_position_embeddings") or config.get("n_positions") or 1024)
    return _told(asked, batch or 1, min(sequence or limit, limit))


def _of_run(workspace: Workspace, reference: str, batch: int | None, sequence: int | None) -> dict[str, Any]:
    run = workspace.run(find_run(workspace, reference.partition("@")[0]))
    try:
        spec = read_spec(run)
    except (OSError, TokenloomError):
        raise NotFound(f"“{reference}” has no model.", hint="Name a training run, a checkpoint or a model.") from None
    return architecture_of_recipe(workspace, getattr(spec, "recipe", spec), batch=batch, sequence=sequence)


def _told(asked: dict[str, Any], batch: int, sequence: int) -> dict[str, Any]:
    whole = {**asked, "batch": min(max(batch, 1), MOST_BATCH), "sequence": min(max(sequence, 1), MOST_SEQUENCE)}
    return dict(json.loads(_asked(json.dumps(whole, sort_keys=True))))


@lru_cache(maxsize=64)
def _asked(arguments: str) -> str:
    """The engine's answer as JSON: building modules takes seconds, and the same question comes again."""
    try:
        found = sandbox_child(
            DESCRIBE, memory_bytes=MEMORY_BYTES, cpu_seconds=120, wall_seconds=120.0, **json.loads(arguments)
        )
    except DataError as error:
        what = error.message.partition("sandbox: ")[2] or error.message
        raise DataError(
            f"The model's modules could not be built: {what}", hint="Look at its config.json, or at the recipe's model."
        ) from None
    return json.dumps(found)


def _batch_of(spec: Any, longest: int) -> int:
    if spec.batch.kind == "sequences":
        return int(spec.batch.micro_batch_size)
    return max(1, int(spec.batch.micro_batch_tokens) // max(longest, 1))


def _labels(workspace: Workspace, spec: Any) -> int:
    """Numbers that the head of a scorer tells; 0 for a model over tokens."""
    if spec.objective.kind == "reward":
        return 1
    if spec.objective.kind != "classification":
        return 0
    try:
        return len(DatasetStore(workspace).get(spec.data.dataset).labels())
    except TokenloomError:
        return 2
