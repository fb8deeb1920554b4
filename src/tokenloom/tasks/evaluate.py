"""Measure a model on a split: likelihood, answers, and what the answers are worth."""

from __future__ import annotations

from typing import Any

from tokenloom.data.dataset import Dataset, DatasetStore
from tokenloom.data.progress import Watch
from tokenloom.data.tokens import prepare_tokens
from tokenloom.evaluation import text  # noqa: F401  registers the built-in metrics
from tokenloom.evaluation.answers import PROMPT_TOO_LONG, Answered, answer_all
from tokenloom.evaluation.language import language_metrics
from tokenloom.evaluation.metrics import build_metric
from tokenloom.kit.errors import DataError
from tokenloom.spec.evaluation import LanguageMetric
from tokenloom.spec.recipe import EvaluateSpec
from tokenloom.tasks.context import Context
from tokenloom.tasks.ending import Ending
from tokenloom.tasks.measuring.result import tell_result, write_rows
from tokenloom.tasks.measuring.scorer import evaluate_scorer
from tokenloom.tasks.models import OpenModel, open_model
from tokenloom.training.paths import path_for
from tokenloom.training.precision import choose_compute
from tokenloom.training.validate import evenly


def evaluate_model(spec: EvaluateSpec, context: Context) -> Ending:
    """Result: the metrics; every row with prompt, answer and scores in ``artifacts/rows.jsonl``."""
    compute = choose_compute(spec.compute)
    opened = open_model(context.workspace, spec.model)
    opened.model.to(compute.torch_device).eval()
    dataset = DatasetStore(context.workspace).get(spec.data.dataset)
    dataset.check_split(spec.data.split)
    if opened.is_scorer:
        return evaluate_scorer(spec, context, opened, dataset, compute)
    metrics: dict[str, Any] = {}
    tables: dict[str, Any] = {}
    if any(isinstance(each, LanguageMetric) for each in spec.metrics):
        metrics |= _likelihood(spec, context, opened, dataset, compute)
    judges = [judge for each in spec.metrics if (judge := build_metric(each)) is not None]
    rows = 0
    if judges and dataset.shape not in ("text", "label"):
        answered = _answers(spec, context, opened, dataset)
        rows = len(answered)
        too_long = sum(each.ended_by == PROMPT_TOO_LONG for each in answered)
        if too_long:
            context.note(
                f"{too_long} prompts are longer than the model can read; they count as wrong.", level="warning"
            )
        per_row = _judge(judges, answered, dataset, metrics, tables)
        write_rows(context, answered, per_row)
    elif judges:
        context.note("Rows of plain text have no answers: only likelihood was measured.")
    rows = rows or dataset.count(spec.data.split)
    tell_result(spec, context, opened, dataset, rows=rows, metrics=metrics, tables=tables)
    return Ending()


def _likelihood(
    spec: EvaluateSpec, context: Context, opened: OpenModel, dataset: Dataset, compute: Any
) -> dict[str, float]:
    template = spec.render.template
    if template == "auto" and opened.meta.get("template"):
        template = str(opened.meta["template"])
    store = prepare_tokens(
        context.workspace,
        dataset,
        spec.data.split,
        opened.tokenizer,
        spec.render.model_copy(update={"template": template}),
        max_sequence_length=opened.max_sequence_length,
        watch=Watch(context.phase("tokens"), context.is_cancelled),
    )
    path = path_for(opened.model)
    return language_metrics(
        store,
        path,
        compute,
        opened.tokenizer,
        max_sequences=spec.data.max_rows,
        is_cancelled=context.is_cancelled,
    )


def _answers(spec: EvaluateSpec, context: Context, opened: OpenModel, dataset: Dataset) -> list[Answered]:
    examples = list(dataset.examples(spec.data.split))
    if not examples:
        raise DataError(f"The split “{spec.data.split}” of {dataset.name} is empty.", hint="Choose another split.")
    picked = [examples[index] for index in evenly(len(examples), spec.data.max_rows).tolist()]
    return answer_all(
        opened.model,
        opened.renderer(spec.render.template),
        picked,
        spec.generation,
        batch_size=spec.batch_size,
        progress=context.phase("answers"),
        is_cancelled=context.is_cancelled,
    )


def _judge(
    judges: list[Any], answered: list[Answered], dataset: Dataset, metrics: dict[str, Any], tables: dict[str, Any]
) -> dict[str, list[float]]:
    """Fill ``metrics`` and ``tables``; the numbers per row by metric."""
    rows = [dataset.row(each.row) for each in answered]
    answers, references = [each.answer for each in answered], [each.reference for each in answered]
    per_row = {}
    for judge in judges:
        scores = judge.score(rows, answers, references)
        if "per_row" in scores:
            per_row[judge.name] = scores.pop("per_row")
        if "table" in scores:
            tables[judge.name] = scores.pop("table")
        metrics |= scores
    return per_row
