"""From a recipe to its estimate: memory by part, time, disk and cost, and what would make it fit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from tokenloom.jobs.foresight.checking import check_recipe
from tokenloom.jobs.foresight.data import data_outlook
from tokenloom.jobs.foresight.lengths import sampled_places
from tokenloom.jobs.foresight.methods import trained_count
from tokenloom.jobs.foresight.pace import outlook
from tokenloom.jobs.foresight.shapes import shape_of, shape_of_source
from tokenloom.kit.errors import SpecError, TokenloomError
from tokenloom.kit.workspace import Workspace
from tokenloom.resources.calibration import VERSION, Calibrated, Experience, calibrated
from tokenloom.resources.cost import prices
from tokenloom.resources.machine import Machine, free_disk, this_machine
from tokenloom.resources.memory import (
    MEASURED_AT_ONCE,
    Work,
    estimate_training,
    micro_tokens,
    pieces_of,
    tokens_at_once,
)
from tokenloom.resources.shape import Shape
from tokenloom.spec.training.optimizer import Adafactor
from tokenloom.spec.training.tuning import LoraTuning
from tokenloom.tracking.experience import memory_of_runs

Levers = list[dict[str, Any]]
BF16 = ("avx512_bf16", "amx_bf16")  # features of a processor that computes bf16 faster than fp32


@dataclass(frozen=True)
class Foreseen:
    """A recipe's memory: of what model, at what work; ``micro_tokens`` of a micro-batch on average."""

    shape: Shape
    work: Work
    lengths: list[int]
    micro_tokens: float
    memory: Calibrated


def estimate_recipe(workspace: Workspace, spec: Any) -> dict[str, Any]:
    """Memory by part and what the machine has, changes that would save memory, steps, time, disk and cost.

    :class:`SpecError` for a recipe that could not start; a preset as it stands, without a dataset of its own, has an estimate.
    """
    require_training(spec)
    check_recipe(workspace, spec, are_presets_fine=True)
    found = foresee_memory(workspace, spec)
    memory, estimate = found.memory, found.memory.estimate
    document = estimate.as_dict(available_memory(), low=memory.low, high=memory.high)
    document |= {"tokens_at_once": found.work.tokens, "memory_runs": memory.runs, "memory_alike": memory.alike}
    sizes = {"parameters": estimate.parameters, "trained": estimate.trained_parameters}
    document |= outlook(workspace, spec, **sizes, micro_tokens=found.micro_tokens)
    document |= {"free_disk_bytes": free_disk(workspace.root)} | prices(workspace).cost_of(document["seconds"])
    document |= {"data": data_outlook(workspace, spec)}
    return document | {"levers": _levers(workspace, spec, found)}


def require_training(spec: Any) -> None:
    """:class:`SpecError` for a recipe that trains nothing."""
    if spec.task not in ("pretrain", "finetune"):
        raise SpecError(
            f"There is no estimate for the task {spec.task}.", hint="Estimate a pretrain or finetune recipe."
        )


def available_memory() -> int:
    """Bytes that a run may have: of the largest GPU, else of the machine."""
    machine = this_machine()
    return max((gpu.memory_bytes for gpu in machine.gpus), default=machine.memory_bytes)


def foresee_memory(workspace: Workspace, spec: Any) -> Foreseen:
    """The estimate of the formula, corrected by what earlier runs of this workspace took."""
    shape, longest = shape_of(workspace, spec)
    lengths = sampled_places(workspace, spec, longest)
    mean, most = micro_tokens(spec.batch, lengths)
    machine = this_machine()
    device = device_of(spec, machine)
    work = Work(
        tokens=tokens_at_once(most, lengths, device=device, objective=spec.objective.kind),
        longest=max(lengths),
        objective=spec.objective.kind,
        compute_bytes=compute_bytes_of(spec, machine, device),
        device=device,
        passes=spec.batch.gradient_accumulation_steps * pieces_of(most, device=device, objective=spec.objective.kind),
        validation_tokens=MEASURED_AT_ONCE if spec.data.validation_split else 0,
        is_padded=spec.tuning.has_virtual_tokens,
        beside=_beside(workspace, spec, shape),
    )
    return Foreseen(shape, work, lengths, mean, _calibrated(workspace, spec, shape, work))


def _calibrated(workspace: Workspace, spec: Any, shape: Shape, work: Work, **other: Any) -> Calibrated:
    parts = {"tuning": spec.tuning, "optimizer": spec.optimizer, "loop": spec.loop} | other
    known = [Experience.from_event(event) for event in memory_of_runs(workspace, version=VERSION)]
    trained = None if "tuning" in other else trained_count(workspace, spec, shape)
    estimate = estimate_training(shape, work, **parts, trained=trained)
    return calibrated(estimate, known, tuning=parts["tuning"].kind, objective=spec.objective.kind, device=work.device)


def _levers(workspace: Workspace, spec: Any, found: Foreseen) -> Levers:
    """Changes that would save memory, the largest first."""
    total = found.memory.estimate.total

    def saved(change: str, work: Work = found.work, **other: Any) -> dict[str, Any]:
        changed = _calibrated(workspace, spec, found.shape, work, **other).estimate.total
        return {"change": change, "saves_bytes": total - changed}

    half = replace(found.work, tokens=_half(spec, found), passes=2 * found.work.passes)
    levers = [saved("half the micro-batch, twice the accumulation (same result)", half)]
    if not spec.tuning.is_adapter:
        levers.append(saved("tuning.kind=lora tuning.rank=16", tuning=LoraTuning(rank=16)))
    if not spec.loop.gradient_checkpointing and spec.tuning.kind != "prefix":
        loop = spec.loop.model_copy(update={"gradient_checkpointing": True})
        levers.append(saved("loop.gradient_checkpointing=true", loop=loop))
    if spec.optimizer.kind == "adamw" and not spec.tuning.is_adapter:
        levers.append(saved("optimizer.kind=adafactor", optimizer=Adafactor()))
    worth = [lever for lever in levers if lever["saves_bytes"] > total // 100]
    return sorted(worth, key=lambda lever: -int(lever["saves_bytes"]))


def _half(spec: Any, found: Foreseen) -> int:
    """Tokens at once with half the micro-batch: none fewer where it goes through the model in smaller pieces already."""
    most = micro_tokens(spec.batch, found.lengths)[1] / 2
    halved = tokens_at_once(most, found.lengths, device=found.work.device, objective=spec.objective.kind)
    return min(max(halved, 1), found.work.tokens)


def device_of(spec: Any, machine: Machine) -> str:
    """``cuda`` or ``cpu``, as the run will choose."""
    wants_gpu = spec.compute.device == "auto" or spec.compute.device.startswith("cuda")
    return "cuda" if machine.gpus and wants_gpu else "cpu"


def compute_bytes_of(spec: Any, machine: Machine, device: str) -> int:
    """Of a number in matrix products: 2 where the run will take bf16 or fp16."""
    if spec.compute.precision != "auto":
        return 4 if spec.compute.precision == "fp32" else 2
    return 2 if device == "cuda" or any(name in machine.features for name in BF16) else 4


def _beside(workspace: Workspace, spec: Any, shape: Shape) -> int:
    """Weights of models that stand beside the trained one while it is trained."""
    if spec.objective.kind == "distillation":
        try:
            return shape_of_source(workspace, spec.objective.teacher.source)[0].parameters
        except (TokenloomError, OSError):
            return shape.parameters
    is_copied = spec.objective.kind == "grpo" and spec.objective.kl_weight > 0 and not spec.tuning.is_adapter
    return shape.parameters if is_copied else 0
