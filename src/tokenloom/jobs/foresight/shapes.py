"""A model's shape before there is a model: from the spec, or from a model's ``config.json``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tokenloom.kit.errors import SpecError, TokenloomError
from tokenloom.kit.workspace import Workspace
from tokenloom.resources.shape import Shape, shape_from_config
from tokenloom.spec.model import TransformerModel
from tokenloom.tracking.artifacts import resolve_model

DEFAULT_VOCABULARY, DEFAULT_LIMIT = 8192, 1024


def shape_of(workspace: Workspace, spec: Any) -> tuple[Shape, int]:
    """The model's shape and its longest sequence."""
    if isinstance(spec.model, TransformerModel):
        return _own_shape(workspace, spec.model), spec.model.max_sequence_length
    return shape_of_source(workspace, spec.model.source)


def shape_of_source(workspace: Workspace, source: str) -> tuple[Shape, int]:
    """The same of a model that exists."""
    folder, config = config_of(workspace, source)
    try:
        return shape_from_config(config), _limit(config) or DEFAULT_LIMIT
    except (KeyError, TypeError, ValueError):
        raise SpecError(
            f"The config.json of {folder} lacks what an estimate needs.", hint="Only a run will tell."
        ) from None


def limit_of(workspace: Workspace, spec: Any) -> int | None:
    """Tokens that the model can read at once; ``None`` where nothing says so before it is opened."""
    if isinstance(spec.model, TransformerModel):
        return spec.model.max_sequence_length
    try:
        return _limit(config_of(workspace, spec.model.source)[1])
    except (TokenloomError, TypeError, ValueError):
        return None


def config_of(workspace: Workspace, source: str) -> tuple[Path, dict[str, Any]]:
    """The folder of a model, or of an adapter's base, and its ``config.json``."""
    folder = resolve_model(workspace, source).folder
    while folder is not None and not (folder / "config.json").is_file() and (folder / "adapter_config.json").is_file():
        base = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))["base_model_name_or_path"]
        folder = resolve_model(workspace, base).folder
    if folder is None:
        raise SpecError(f"{source} is not on this machine.", hint="Its shape is known once it is downloaded.")
    return folder, _read_config(folder)


def _limit(config: dict[str, Any]) -> int | None:
    limit = config.get("max_position_embeddings") or config.get("n_positions")
    return int(limit) if limit else None


def _read_config(folder: Path) -> dict[str, Any]:
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SpecError(
            f"{folder} is not a model: its config.json cannot be read ({error}).", hint="Name a model's folder."
        ) from None
    return config if isinstance(config, dict) else {}


def _own_shape(workspace: Workspace, model: TransformerModel) -> Shape:
    from tokenloom.data.tokenizer.store import TokenizerStore

    refs = TokenizerStore(workspace).list()
    named = [ref for ref in refs if model.tokenizer in (ref.name, ref.id, f"{ref.name}@{ref.version}")] or refs
    vocabulary = int(named[0].meta["vocab_size"]) if named else DEFAULT_VOCABULARY
    return Shape(
        num_layers=model.num_layers,
        hidden_size=model.hidden_size,
        num_heads=model.num_heads,
        num_kv_heads=model.num_kv_heads or model.num_heads,
        head_size=model.width_of_head,
        intermediate_size=model.width_of_feed_forward,
        vocab_size=vocabulary,
        is_gated=model.is_gated,
        is_tied=model.tie_embeddings,
        norm_vectors=4 if model.norm_position == "sandwich" else 2,
        final_norms=0 if model.norm_position == "post" else 1,
        num_experts=model.num_experts,
        experts_per_token=model.experts_per_token,
        window=model.sliding_window,
        positions=model.max_sequence_length if model.position == "learned" else 0,
    )
