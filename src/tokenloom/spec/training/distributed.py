"""How many processes train together, and on which machines."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import model_validator

from tokenloom.spec.base import Spec, choice, setting

SHARDABLE_OPTIMIZERS = (
    "adamw",
    "lion",
    "sgd",
)  # element by element, so a part of a weight is stepped as the whole would be
SHARDABLE_TUNINGS = ("full", "freeze", "lora", "ia3")
SHARDABLE_OBJECTIVES = ("language", "orpo", "classification", "reward")


class OneProcess(Spec):
    """One process, one device."""

    kind: Literal["none"] = "none"
    ranks: ClassVar[int] = 1
    nodes: ClassVar[int] = 1


class _Several(Spec):
    ranks: int = setting(2, ge=1, le=1024, unit="processes", group="machine")
    """Processes on each machine, one for each GPU. They share each step: its rows are dealt out, so that batch settings mean the same as with one
    process."""
    nodes: int = setting(1, ge=1, le=4096, unit="machines", group="machine")
    """Machines that train together; the same recipe is started on each."""
    node_rank: int = setting(0, ge=0, le=4095, group="machine")
    """Number of this machine, from 0. Machine 0 keeps metrics and checkpoints, and takes commands."""
    rendezvous: str = setting("", max_length=300, group="machine")
    """`host:port` of machine 0, where the others find it; empty for one machine."""
    backend: Literal["auto", "nccl", "gloo"] = setting("auto", group="machine")
    """What carries gradients: `auto` takes NCCL between GPUs and Gloo between CPUs."""
    timeout_seconds: float = setting(1800.0, gt=0, le=86_400, unit="seconds", group="machine")
    """How long a process waits for the others in a step before the run gives up."""

    @model_validator(mode="after")
    def _machines_find_each_other(self) -> _Several:
        if self.node_rank >= self.nodes:
            raise ValueError(
                f"node_rank {self.node_rank} is no number of {self.nodes} machines, which count from 0; set node_rank to {self.nodes - 1} or less"
            )
        if self.nodes > 1 and not self.rendezvous:
            raise ValueError("several machines need to find each other; set rendezvous to host:port of machine 0")
        host, _, port = self.rendezvous.rpartition(":")
        if self.rendezvous and not (host and port.isdigit() and 0 < int(port) < 65536):
            raise ValueError(f"rendezvous “{self.rendezvous}” is not host:port; write it as in 10.0.0.1:29400")
        return self


class DdpProcesses(_Several):
    """Every process holds the whole model and takes its share of each step's rows; gradients are added up (PyTorch DDP, Li et al. 2020)."""

    kind: Literal["ddp"] = "ddp"


class FsdpProcesses(_Several):
    """Weights, gradients and optimizer state are spread over the processes, block by block (PyTorch FSDP2, Zhao et al. 2023): for models that
    do not fit one GPU."""

    kind: Literal["fsdp"] = "fsdp"
    shard: Literal["always", "between_steps"] = setting("always", group="machine")
    """`always`: a block is whole only while it computes, the least memory. `between_steps`: blocks stay whole from forward to backward, which
    sends less."""


Distributed = choice("distributed", OneProcess, DdpProcesses, FsdpProcesses)


def distributed_problem(settings: Any) -> str | None:
    """Why these training settings cannot be kept exact on several processes, with what to do instead behind a semicolon; ``None`` where they can."""
    spread = settings.distributed
    if spread.kind == "none":
        return None
    if settings.objective.kind == "grpo":
        return "objective.kind=grpo draws answers as it goes, which several processes would draw differently; set distributed.kind=none"
    if settings.objective.kind == "kto" and settings.batch.gradient_accumulation_steps % (spread.ranks * spread.nodes):
        many = spread.ranks * spread.nodes
        return (
            f"objective.kind=kto judges each micro-batch as a whole, so {many} processes need a multiple of {many} of them; "
            f"set batch.gradient_accumulation_steps to {many}"
        )
    if getattr(settings.tuning, "dropout", 0.0):
        return "dropout draws other numbers in each process, so such a run cannot be repeated; set tuning.dropout to 0"
    if settings.loop.neftune_alpha is not None:
        return "the noise of loop.neftune_alpha depends on how rows are dealt out; leave loop.neftune_alpha empty"
    return _fsdp_problem(settings) if spread.kind == "fsdp" else None


def _fsdp_problem(settings: Any) -> str | None:
    """What needs whole weights."""
    if settings.optimizer.kind not in SHARDABLE_OPTIMIZERS:
        return (
            f"optimizer.kind={settings.optimizer.kind} looks at whole weights, and fsdp keeps them in parts; "
            f"set optimizer.kind to {' or '.join(SHARDABLE_OPTIMIZERS)}, or distributed.kind=ddp"
        )
    if settings.tuning.kind not in SHARDABLE_TUNINGS:
        return f"tuning.kind={settings.tuning.kind} is not proven with fsdp; set distributed.kind=ddp"
    if getattr(settings.tuning, "base_bits", None) is not None:
        return "a quantised base cannot be kept in parts; leave tuning.base_bits empty, or set distributed.kind=ddp"
    if getattr(settings.tuning, "unfreeze_every_steps", None) is not None:
        return "fsdp settles at the start what is trained; leave tuning.unfreeze_every_steps empty, or set distributed.kind=ddp"
    if settings.objective.kind not in SHARDABLE_OBJECTIVES:
        return f"objective.kind={settings.objective.kind} is not proven with fsdp; set distributed.kind=ddp"
    if settings.loop.ema_decay is not None:
        return "the average of the weights is kept whole; leave loop.ema_decay empty, or set distributed.kind=ddp"
    if settings.compute.precision in ("fp16", "fp8"):
        return f"{settings.compute.precision} is not proven with fsdp; set compute.precision=auto"
    return None
