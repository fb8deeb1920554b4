"""What a method will train, and what it cannot: from the names and shapes in the headers of a model's files, before there is a model.

Where a family stores its weights under other names than its modules have, or a new model has no files yet, only the run itself will tell.
"""

from __future__ import annotations

import json
import struct
from math import prod
from pathlib import Path
from typing import Any

from tokenloom.jobs.foresight.shapes import config_of, limit_of, shape_of
from tokenloom.kit.errors import SpecError, TokenloomError
from tokenloom.kit.workspace import Workspace
from tokenloom.resources.naming import (
    deep_names,
    layers_meant,
    names_trained,
    spec_problem,
    too_deep,
    too_many_tokens,
)
from tokenloom.resources.shape import Shape
from tokenloom.spec.model import PretrainedModel

HEADER_BYTES = 64 << 20  # of one file at most
HEAD, SCORE = "lm_head.weight", "score.weight"
SCORERS = ("classification", "reward")
Weights = dict[str, tuple[int, ...]]
"""Shapes by the names of the parameters."""


def method_mistakes(workspace: Workspace, spec: Any) -> list[dict[str, str]]:
    """``{field, message, fix}`` of what the recipe's method asks of a model that does not have it."""
    if spec.task not in ("pretrain", "finetune"):
        return []
    try:
        shape = shape_of(workspace, spec)[0]
    except (TokenloomError, OSError, ValueError):  # told where the model is named
        return []
    try:
        _require_sizes(spec.tuning, shape, limit_of(workspace, spec))
        trained_count(workspace, spec, shape)
    except SpecError as error:
        return list(error.details.get("errors", []))
    return []


def trained_count(workspace: Workspace, spec: Any, shape: Shape) -> int | None:
    """Weights that are trained at any time, where the method names them and the model's files tell their shapes; else ``None``.

    :class:`SpecError` for a name that means nothing there.
    """
    tuning = spec.tuning
    if not _names_something(tuning):
        return None
    weights = _weights(workspace, spec, shape)
    if weights is None:
        return None
    if tuning.kind == "freeze":
        return sum(prod(weights[name]) for name in _trained_names(tuning, list(weights)))
    layers = {name.removesuffix(".weight"): each for name, each in weights.items() if _is_layer(name, each)}
    if tuning.kind == "lora":
        rank, per_output = int(tuning.rank), int(tuning.use_dora)
        meant = [layers[name] for name in _meant(layers, tuning.target_modules, "tuning.target_modules")]
        return sum(rank * (outputs + inputs) + per_output * outputs for outputs, inputs in meant)
    for field in ("target_modules", "feedforward_modules"):
        if isinstance(getattr(tuning, field), list):
            _meant(layers, getattr(tuning, field), f"tuning.{field}")
    return None


def _require_sizes(tuning: Any, shape: Shape, limit: int | None) -> None:
    """:class:`SpecError` where a number is more than the model has of it."""
    if tuning.kind == "freeze" and (tuning.last_layers or 0) > shape.num_layers:
        raise too_deep(shape.num_layers)
    problem = too_many_tokens(tuning.num_virtual_tokens, limit) if tuning.has_virtual_tokens and limit else None
    if problem is not None:
        raise problem
    if tuning.kind == "lora" and tuning.rank > shape.hidden_size:
        message = (
            f"{tuning.rank} is more than the model's width of {shape.hidden_size}, so no layer has a rank as large"
        )
        fix = f"Set tuning.rank to at most {shape.hidden_size // 2}, or take tuning.kind=full, which learns more with fewer numbers."
        raise spec_problem("tuning.rank", message, fix)


def _names_something(tuning: Any) -> bool:
    if tuning.kind == "freeze":
        return bool(tuning.train or tuning.freeze)
    return any(isinstance(getattr(tuning, field, None), list) for field in ("target_modules", "feedforward_modules"))


def _trained_names(tuning: Any, names: list[str]) -> set[str]:
    deep: set[str] = set()
    if tuning.last_layers is not None:
        deep = deep_names(names, tuning.last_layers) if tuning.unfreeze_every_steps is None else set(names)
    return names_trained(tuning, names, deep)


def _meant(layers: Weights, wanted: list[str], field: str) -> set[str]:
    return {name for each in layers_meant(wanted, layers, field).values() for name in each}


def _is_layer(name: str, shape: tuple[int, ...]) -> bool:
    """Whether it is the matrix of a linear layer within the blocks."""
    return name.endswith(".weight") and ".layers." in name and len(shape) == 2


def _weights(workspace: Workspace, spec: Any, shape: Shape) -> Weights | None:
    """Of the model that will be trained; ``None`` where its files do not tell."""
    if not isinstance(spec.model, PretrainedModel):
        return None
    try:
        folder = config_of(workspace, spec.model.source)[0]
        found: Weights = {}
        for path in sorted(folder.glob("model*.safetensors")):
            found |= _read_shapes(path)
    except (TokenloomError, OSError, ValueError, KeyError, TypeError, struct.error):
        return None
    is_as_named = all(name.startswith("model.") or name in (HEAD, SCORE) for name in found)
    if not found or not is_as_named or any(".experts." in name for name in found):
        return None
    is_scorer = spec.objective.kind in SCORERS
    if shape.is_tied or is_scorer:
        found.pop(HEAD, None)
    if is_scorer:
        found.setdefault(SCORE, (1, shape.hidden_size))
    return found


def _read_shapes(path: Path) -> Weights:
    """From the header of a safetensors file: eight bytes of its length, then JSON."""
    with path.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        if length > HEADER_BYTES:
            raise ValueError("its header is too long")
        header = json.loads(file.read(length))
    return {name: tuple(each["shape"]) for name, each in header.items() if name != "__metadata__"}
