"""Measure a model that tells classes, or one that scores answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from tokenloom.data.dataset import Dataset
from tokenloom.data.progress import Watch
from tokenloom.data.tokens import TokenStore, prepare_tokens
from tokenloom.data.tokens.layout import LabelLayout, Layout, ScoredPairLayout
from tokenloom.evaluation.answers import Answered
from tokenloom.evaluation.classes import class_metrics
from tokenloom.kit.errors import DataError
from tokenloom.modeling.adapter import base_of
from tokenloom.modeling.scoring import labels_of
from tokenloom.spec.recipe import EvaluateSpec
from tokenloom.tasks.context import Context
from tokenloom.tasks.ending import Ending
from tokenloom.tasks.measuring.result import tell_result, write_rows
from tokenloom.tasks.models import OpenModel
from tokenloom.training.batches import TOKENS_AT_ONCE, in_order
from tokenloom.training.objective.scoring import logits_of
from tokenloom.training.paths import path_for
from tokenloom.training.precision import Compute
from tokenloom.training.validate import evenly


@dataclass(frozen=True)
class _Scores:
    """Logits (sequences, classes), the number beside each sequence, and its row; in the order of the store."""

    logits: np.ndarray
    values: np.ndarray
    rows: np.ndarray


def evaluate_scorer(
    spec: EvaluateSpec, context: Context, opened: OpenModel, dataset: Dataset, compute: Compute
) -> Ending:
    """Accuracy and its kin over classes, or over which of two answers is scored higher."""
    labels = labels_of(base_of(opened.model))
    shape = "label" if len(labels) > 1 else "preference"
    if dataset.shape != shape:
        raise DataError(
            f"{opened.reference} is measured on rows of the shape “{shape}”; {dataset.name} holds “{dataset.shape}”.",
            hint=f"Choose a dataset that was imported with a {shape} mapping.",
        )
    layout: Layout = LabelLayout(labels) if shape == "label" else ScoredPairLayout()
    store = _tokens(spec, context, opened, dataset, layout)
    scores = _scores(store, opened, compute, context, spec.data.max_rows)
    if shape == "label":
        _tell_classes(spec, context, opened, dataset, labels, scores)
    else:
        _tell_pairs(spec, context, opened, dataset, scores)
    return Ending()


def _tokens(spec: EvaluateSpec, context: Context, opened: OpenModel, dataset: Dataset, layout: Layout) -> TokenStore:
    template = spec.render.template
    if template == "auto" and opened.meta.get("template"):
        template = str(opened.meta["template"])
    return prepare_tokens(
        context.workspace,
        dataset,
        spec.data.split,
        opened.tokenizer,
        spec.render.model_copy(update={"template": template}),
        max_sequence_length=opened.max_sequence_length,
        layout=layout,
        watch=Watch(context.phase("tokens"), context.is_cancelled),
    )


@torch.inference_mode()
def _scores(store: TokenStore, opened: OpenModel, compute: Compute, context: Context, most: int | None) -> _Scores:
    path, progress = path_for(opened.model), context.phase("scores")
    logits: list[np.ndarray] = []
    values: list[np.ndarray] = []
    rows: list[np.ndarray] = []
    groups = evenly(len(store) // store.width, most)
    done = 0
    for batch in in_order(store, groups, max_tokens=TOKENS_AT_ONCE):
        context.is_cancelled()
        with compute.autocast():
            logits.append(logits_of(path, batch.to(compute.torch_device)).cpu().numpy())
        values.append(batch.columns["value"].numpy() if "value" in batch.columns else np.zeros(batch.num_sequences))
        rows.append(np.repeat(batch.sample_rows, store.width))
        done += batch.num_sequences // store.width
        progress(done, len(groups), "rows")
    return _Scores(np.concatenate(logits), np.concatenate(values), np.concatenate(rows))


def _tell_classes(
    spec: EvaluateSpec, context: Context, opened: OpenModel, dataset: Dataset, labels: list[str], scores: _Scores
) -> None:
    wanted, told = scores.values.astype(int), scores.logits.argmax(1)
    chances = np.exp(scores.logits - scores.logits.max(1, keepdims=True))
    chances /= chances.sum(1, keepdims=True)
    metrics, tables = class_metrics(wanted, chances, labels)
    answered = [
        Answered(int(row), dataset.example(int(row)).text or "", labels[said], labels[right], "class")
        for row, said, right in zip(scores.rows, told, wanted, strict=True)
    ]
    per_row = {"accuracy": (told == wanted).astype(float).tolist(), "confidence": chances.max(1).astype(float).tolist()}
    write_rows(context, answered, per_row)
    tell_result(spec, context, opened, dataset, rows=len(wanted), metrics=metrics, tables={"classification": tables})


def _tell_pairs(spec: EvaluateSpec, context: Context, opened: OpenModel, dataset: Dataset, scores: _Scores) -> None:
    margins = (scores.logits[0::2, 0] - scores.logits[1::2, 0]).astype(float)
    metrics: dict[str, Any] = {
        "preference_accuracy": float((margins > 0).mean()),
        "reward_margin": float(margins.mean()),
        "chosen_reward": float(scores.logits[0::2, 0].mean()),
        "rejected_reward": float(scores.logits[1::2, 0].mean()),
    }
    answered = []
    for row, margin in zip(scores.rows[0::2], margins, strict=True):
        example = dataset.example(int(row))
        sides = [(example.messages or [])[-1]["content"], (example.rejected or [])[-1]["content"]]
        prompt = (example.messages or [])[-2]["content"]
        answered.append(Answered(int(row), prompt, sides[0] if margin > 0 else sides[1], sides[0], "score"))
    per_row = {"preference_accuracy": (margins > 0).astype(float).tolist(), "reward_margin": margins.tolist()}
    write_rows(context, answered, per_row)
    tell_result(spec, context, opened, dataset, rows=len(margins), metrics=metrics, tables={})
