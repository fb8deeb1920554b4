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
from tokenloom.resources.memory import Shape, estimate_training
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
    rank = spec.tuning.rank if isinstance(spec.tuning, LoraTuning) else None
    estimate = estimate_training(shape, tokens_at_once=tokens, lora_rank=rank)
    machine = this_machine()
    available = max((gpu.memory_bytes for gpu in machine.gpus), default=machine.memory_bytes)
    document = estimate.as_dict(available) | {"tokens_at_once": tokens}
    sizes = {"parameters": estimate.parameters, "trained": estimate.trained_parameters}
    document |= outlook(workspace, spec, **sizes, tokens_at_once=tokens)
    document |= {"free_disk_bytes": free_disk(workspace.root)} | prices(workspace).cost_of(document["seconds"])
    return document | {"levers": _levers(shape, tokens, rank, estimate.total)}


def _levers(shape: Shape, tokens: int, rank: int | None, total: int) -> Levers:
    halved = estimate_training(shape, tokens_at_once=max(tokens // 2, 1), lora_rank=rank).total
    levers = [{"change": "half the micro-batch, twice the accumulation (same result)", "saves_bytes": total - halved}]
    if rank is None:
        lora = estimate_training(shape, tokens_at_once=tokens, lora_rank=16).total
        levers.append({"change": "tuning.kind=lora tuning.rank=16", "saves_bytes": total - lora})
    return sorted(levers, key=lambda lever: -int(str(lever["saves_bytes"])))


def _tokens_at_once(spec: Any, longest: int) -> int:
    if isinstance(spec.batch, SequenceBatch):
        return int(spec.batch.micro_batch_size * min(spec.data.render.max_sequence_length or longest, longest))
    return int(spec.batch.micro_batch_tokens)
