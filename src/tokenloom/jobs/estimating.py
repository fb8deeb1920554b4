"""From a recipe to its estimate: the shape comes from the spec, or from a model's ``config.json``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tokenloom.data.tokenizer.store import TokenizerStore
from tokenloom.jobs.pace import outlook
from tokenloom.kit.errors import SpecError
from tokenloom.kit.workspace import Workspace
from tokenloom.resources.cost import prices
from tokenloom.resources.machine import free_disk, this_machine
from tokenloom.resources.memory import Shape, estimate_training
from tokenloom.spec.model import TransformerModel
from tokenloom.spec.training import LoraTuning, SequenceBatch
from tokenloom.tracking.artifacts import resolve_model

DEFAULT_VOCABULARY = 8192
Levers = list[dict[str, Any]]


def estimate_recipe(workspace: Workspace, spec: Any) -> dict[str, Any]:
    """Memory by part and what the machine has, changes that would save memory, steps, time, disk and cost."""
    if spec.task not in ("pretrain", "finetune"):
        raise SpecError(
            f"There is no estimate for the task {spec.task}.", hint="Estimate a pretrain or finetune recipe."
        )
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


def shape_of(workspace: Workspace, spec: Any) -> tuple[Shape, int]:
    """The model's shape and its longest sequence."""
    if isinstance(spec.model, TransformerModel):
        return _own_shape(workspace, spec.model), spec.model.max_sequence_length
    ref = resolve_model(workspace, spec.model.source)
    folder = ref.folder
    while folder is not None and not (folder / "config.json").is_file() and (folder / "adapter_config.json").is_file():
        base = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))["base_model_name_or_path"]
        folder = resolve_model(workspace, base).folder
    if folder is None:
        raise SpecError(
            f"{spec.model.source} is not on this machine.", hint="Its shape is known once it is downloaded."
        )
    config = _read_config(folder)
    try:
        return _config_shape(config), int(config.get("max_position_embeddings") or 1024)
    except (KeyError, TypeError, ValueError):
        raise SpecError(
            f"The config.json of {folder} lacks what an estimate needs.", hint="Only a run will tell."
        ) from None


def _read_config(folder: Path) -> dict[str, Any]:
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SpecError(
            f"{folder} is not a model: its config.json cannot be read ({error}).", hint="Name a model's folder."
        ) from None
    return config if isinstance(config, dict) else {}


def _own_shape(workspace: Workspace, model: TransformerModel) -> Shape:
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
        is_gated=model.activation == "swiglu",
        is_tied=model.tie_embeddings,
        positions=model.max_sequence_length if model.position == "learned" else 0,
    )


def _config_shape(config: dict[str, Any]) -> Shape:
    heads = int(config.get("num_attention_heads") or config.get("n_head") or 1)
    hidden = int(config.get("hidden_size") or config.get("n_embd") or 0)
    if not hidden:
        raise SpecError("The model's config.json does not say its width.", hint="Only a run will tell what it needs.")
    return Shape(
        num_layers=int(config.get("num_hidden_layers") or config.get("n_layer") or 1),
        hidden_size=hidden,
        num_heads=heads,
        num_kv_heads=int(config.get("num_key_value_heads") or heads),
        head_size=int(config.get("head_dim") or hidden // heads),
        intermediate_size=int(config.get("intermediate_size") or config.get("n_inner") or 4 * hidden),
        vocab_size=int(config["vocab_size"]),
        is_gated="n_embd" not in config,
        is_tied=bool(config.get("tie_word_embeddings", True)),
    )
