"""A model's architecture as plain data, from the real modules built on the meta device: no weight is read, no memory is taken for one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from pydantic import TypeAdapter
from torch import nn
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSequenceClassification, PretrainedConfig

from tokenloom.kit.errors import DataError
from tokenloom.modeling.adapter import base_of
from tokenloom.modeling.architecture.tree import TRAINING_PASSES, Passed, Reader, pass_through
from tokenloom.modeling.config import TransformerConfig, config_from_spec
from tokenloom.modeling.pretrained import own_config
from tokenloom.modeling.scoring import TransformerForSequenceClassification, head_of, is_scorer_config, with_score_head
from tokenloom.modeling.transformer import Transformer
from tokenloom.modeling.tuning import tune
from tokenloom.modeling.tuning.targets import blocks_of
from tokenloom.spec.base import DEFERRED
from tokenloom.spec.model import TransformerModel
from tokenloom.spec.training.tuning import Tuning

_TUNING: TypeAdapter[Any] = TypeAdapter(Tuning, config=DEFERRED)


@dataclass(frozen=True)
class Question:
    """Which model, and what goes through it: ``config`` is a ``config.json``, or ``model`` the settings of a new one with its ``vocabulary``;
    ``labels`` of a scorer's head; ``tuning`` as in a recipe, or the folder of an ``adapter``.
    """

    batch: int
    sequence: int
    config: dict[str, Any] | None = None
    model: dict[str, Any] | None = None
    vocabulary: int = 0
    labels: int = 0
    tuning: dict[str, Any] | None = None
    adapter: str = ""
    compute_bytes: int = 2
    state_bytes: float = 8.0


def describe(**question: Any) -> dict[str, Any]:
    """The answer to a :class:`Question` as plain data. :class:`DataError` for a family that cannot be built without its own code."""
    asked = Question(**question)
    with torch.device("meta"):
        base = _built(asked.config, asked.model, asked.vocabulary)
        if asked.labels:
            base = with_score_head(base, [str(number) for number in range(asked.labels)])
        whole = _tuned(base, asked.tuning, asked.adapter)
    inner = base_of(whole)
    inner.eval()
    sequence = min(asked.sequence, int(getattr(inner.config, "max_position_embeddings", asked.sequence)))
    seen, note = _passed(inner, asked.batch, sequence)
    reader = Reader(seen, blocks_of(inner), head_of(inner), asked.compute_bytes, asked.state_bytes)
    root = reader.read(inner)
    root["children"] += _outside(whole, inner, reader, root)
    return {
        "batch": asked.batch,
        "sequence": sequence,
        "facts": _facts(inner.config),
        "training_passes": TRAINING_PASSES,
        "note": note,
        "root": root,
    }


def _built(config: dict[str, Any] | None, model: dict[str, Any] | None, vocabulary: int) -> Any:
    if model is not None:
        return Transformer(config_from_spec(TransformerModel.model_validate(model), vocabulary))
    found = _config(dict(config or {}))
    ours = own_config(found)
    if ours is not None:
        return TransformerForSequenceClassification(ours) if is_scorer_config(found) else Transformer(ours)
    kind = AutoModelForSequenceClassification if is_scorer_config(found) else AutoModelForCausalLM
    try:
        return kind.from_config(found, attn_implementation="eager")
    except (ValueError, KeyError, TypeError, ImportError) as error:
        raise DataError(
            f"The modules of the family “{found.model_type}” cannot be built here: {error}.",
            hint="A family that brings its own code is not opened for a look.",
        ) from error


def _config(config: dict[str, Any]) -> PretrainedConfig:
    kind = str(config.pop("model_type", ""))
    config.pop("auto_map", None)
    if kind == TransformerConfig.model_type:
        return TransformerConfig(**config)
    try:
        return AutoConfig.for_model(kind, **config)
    except (ValueError, TypeError) as error:
        raise DataError(
            f"The family “{kind}” is not known here.", hint="Update transformers, or choose another model."
        ) from error


def _tuned(base: Any, tuning: dict[str, Any] | None, adapter: str) -> nn.Module:
    """The model as it is trained: an adapter laid over it, or its own weights frozen or not."""
    if adapter:
        from peft import PeftConfig, get_peft_model

        base.requires_grad_(False)
        return get_peft_model(base, PeftConfig.from_pretrained(str(Path(adapter))))  # type: ignore[no-any-return]
    return tune(_TUNING.validate_python(tuning or {"kind": "full"}), base)


def _passed(model: nn.Module, batch: int, sequence: int) -> tuple[Passed, str]:
    """What was seen, or nothing and why: a few families (mixtures of experts) look at numbers on their way, which are not there."""
    try:
        return pass_through(model, batch, sequence), ""
    except (RuntimeError, NotImplementedError, ValueError, TypeError) as error:
        first = str(error).splitlines()[0][:200]
        return Passed(), f"Shapes and arithmetic of this family cannot be told without its weights ({first})."


def _outside(whole: nn.Module, inner: nn.Module, reader: Reader, root: dict[str, Any]) -> list[dict[str, Any]]:
    """What an adapter keeps beside the model, such as virtual tokens."""
    known = {id(each) for each in inner.parameters()}
    extra = [(name, each) for name, each in whole.named_parameters() if id(each) not in known]
    if not extra:
        return []
    trained = sum(each.numel() for _, each in extra)
    node = {
        "name": "prompt_encoder",
        "path": "prompt_encoder",
        "kind": "virtual tokens",
        "role": "adapter",
        "times": 1,
        "is_shared": False,
        "input_shape": None,
        "output_shape": None,
        "parameters": trained,
        "trained": trained,
        "weight_bytes": 4 * trained,
        "activation_bytes": 0,
        "training_bytes": int(trained * (4 + reader.state_bytes)),
        "flops": 0,
        "children": [],
    }
    for key in ("parameters", "trained", "weight_bytes", "training_bytes"):
        root[key] += node[key]
    return [node]


def _facts(config: Any) -> dict[str, Any]:
    """The few numbers by which people name a shape; ``None`` where the family does not say."""

    def first(*names: str) -> Any:
        return next((value for name in names if (value := getattr(config, name, None)) is not None), None)

    width, heads = first("hidden_size", "n_embd"), first("num_attention_heads", "n_head")
    return {
        "family": str(config.model_type),
        "layers": first("num_hidden_layers", "n_layer"),
        "hidden_size": width,
        "heads": heads,
        "kv_heads": first("num_key_value_heads") or heads,
        "head_size": first("head_dim") or (width // heads if width and heads else None),
        "feed_forward": first("intermediate_size", "n_inner"),
        "vocabulary": first("vocab_size"),
        "max_sequence_length": first("max_position_embeddings", "n_positions"),
        "is_tied": bool(getattr(config, "tie_word_embeddings", False)),
    }
