"""What a run will take of memory, told from its real model and lengths, and corrected by earlier runs; the loop measures beside it."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from tokenloom.kit.errors import TokenloomError
from tokenloom.kit.workspace import Workspace
from tokenloom.modeling.adapter import base_of
from tokenloom.resources.calibration import VERSION, Experience, calibrated
from tokenloom.resources.memory import (
    MEASURED_AT_ONCE,
    Work,
    estimate_training,
    micro_tokens,
    pieces_of,
    tokens_at_once,
)
from tokenloom.resources.peak import forget_peak, resident_bytes
from tokenloom.resources.shape import shape_from_config
from tokenloom.tracking.experience import memory_of_runs
from tokenloom.training.optim.state import optimizer_tensors
from tokenloom.training.session import Session

SAMPLED_GROUPS = 4096


def foretell(session: Session, workspace: Workspace) -> dict[str, Any]:
    """What the ``memory`` events of this run begin with; from here on the process's peak counts. Empty for a model whose shape cannot be told."""
    try:
        shape = shape_from_config(base_of(session.model).config.to_dict())
    except (TokenloomError, AttributeError, KeyError, TypeError, ValueError):
        return {}
    spec, kind = session.spec, session.spec.objective.kind
    lengths = [int(each) for each in session.stream.lengths[:SAMPLED_GROUPS]]
    device = session.compute.torch_device.type
    beside = getattr(session.objective, "teacher", None) or getattr(session.objective, "reference", None)
    most = micro_tokens(spec.batch, lengths)[1]
    work = Work(
        tokens=tokens_at_once(most, lengths, device=device, objective=kind),
        passes=session.accumulation * pieces_of(most, device=device, objective=kind),
        longest=max(lengths),
        objective=kind,
        compute_bytes=4 if session.compute.precision == "fp32" else 2,
        device=device,
        validation_tokens=MEASURED_AT_ONCE if session.validation is not None else 0,
        is_padded=session.path.name == "padded",
        beside=sum(each.numel() for each in beside.model.parameters()) if beside is not None else 0,
    )
    formula = estimate_training(shape, work, tuning=spec.tuning, optimizer=spec.optimizer, loop=spec.loop)
    known = [Experience.from_event(event) for event in memory_of_runs(workspace, version=VERSION)]
    told = calibrated(formula, known, tuning=spec.tuning.kind, objective=kind, device=device)
    base = formula.base if device == "cuda" else _base(session)
    forget_peak()
    return {
        "version": VERSION,
        "device": device,
        "tuning": spec.tuning.kind,
        "objective": kind,
        "tokens_at_once": work.tokens,
        "formula_bytes": formula.total,
        "formula_base_bytes": formula.base,
        "base_bytes": base,
        "predicted_bytes": told.estimate.total,
        "low_bytes": int(told.estimate.total * told.low),
        "high_bytes": int(told.estimate.total * told.high),
        "runs": told.runs,
    }


def _base(session: Session) -> int:
    """What the process has beside the model and what an optimizer that was resumed keeps."""
    return max(resident_bytes() - _bytes(session.model) - _kept(session.optimizer), 1)


def _bytes(model: nn.Module) -> int:
    tensors = [*model.parameters(), *model.buffers()]
    return sum(each.numel() * each.element_size() for each in tensors)


def _kept(optimizer: torch.optim.Optimizer) -> int:
    if not optimizer.state:
        return 0
    return sum(each.numel() * each.element_size() for each in optimizer_tensors(optimizer).values())
