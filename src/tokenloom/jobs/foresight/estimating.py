"""From a recipe to its estimate: memory by part, time, disk and cost, and what would make it fit."""

from __future__ import annotations

from typing import Any

from tokenloom.jobs.foresight.checking import check_recipe
from tokenloom.jobs.foresight.pace import outlook
from tokenloom.jobs.foresight.shapes import shape_of
from tokenloom.kit.errors import SpecError
from tokenloom.kit.workspace import Workspace
from tokenloom.resources.cost import prices
from tokenloom.resources.machine import free_disk, this_machine
from tokenloom.resources.memory import Estimate, Shape, estimate_training
from tokenloom.spec.training.batch import SequenceBatch
from tokenloom.spec.training.tuning import LoraTuning

Levers = list[dict[str, Any]]


def estimate_recipe(workspace: Workspace, spec: Any) -> dict[str, Any]:
    """Memory by part and what the machine has, changes that would save memory, steps, time, disk and cost.

    :class:`SpecError` for a recipe that could not start; a preset as it stands, without a dataset of its own, has an estimate.
    """
    if spec.task not in ("pretrain", "finetune"):
        raise SpecError(
            f"There is no estimate for the task {spec.task}.", hint="Estimate a pretrain or finetune recipe."
        )
    check_recipe(workspace, spec, are_presets_fine=True)
    shape, longest = shape_of(workspace, spec)
    tokens = _tokens_at_once(spec, longest)
    estimate = _estimate(shape, spec, tokens)
    machine = this_machine()
    available = max((gpu.memory_bytes for gpu in machine.gpus), default=machine.memory_bytes)
    document = estimate.as_dict(available) | {"tokens_at_once": tokens}
    sizes = {"parameters": estimate.parameters, "trained": estimate.trained_parameters}
    document |= outlook(workspace, spec, **sizes, tokens_at_once=tokens)
    document |= {"free_disk_bytes": free_disk(workspace.root)} | prices(workspace).cost_of(document["seconds"])
    return document | {"levers": _levers(shape, spec, tokens, estimate.total)}


def _estimate(shape: Shape, spec: Any, tokens: int, **other: Any) -> Estimate:
    parts = {"tuning": spec.tuning, "optimizer": spec.optimizer, "loop": spec.loop} | other
    return estimate_training(shape, tokens_at_once=tokens, **parts)


def _levers(shape: Shape, spec: Any, tokens: int, total: int) -> Levers:
    """Changes that would save memory, the largest first."""

    def saved(change: str, count: int = tokens, **other: Any) -> dict[str, Any]:
        return {"change": change, "saves_bytes": total - _estimate(shape, spec, count, **other).total}

    levers = [saved("half the micro-batch, twice the accumulation (same result)", max(tokens // 2, 1))]
    if not spec.tuning.is_adapter:
        levers.append(saved("tuning.kind=lora tuning.rank=16", tuning=LoraTuning(rank=16)))
    if not spec.loop.gradient_checkpointing and spec.tuning.kind != "prefix":
        loop = spec.loop.model_copy(update={"gradient_checkpointing": True})
        levers.append(saved("loop.gradient_checkpointing=true", loop=loop))
    found = [lever for lever in levers if lever["saves_bytes"] > 0]
    return sorted(found, key=lambda lever: -int(lever["saves_bytes"]))


def _tokens_at_once(spec: Any, longest: int) -> int:
    if isinstance(spec.batch, SequenceBatch):
        return int(spec.batch.micro_batch_size * min(spec.data.render.max_sequence_length or longest, longest))
    return int(spec.batch.micro_batch_tokens)
