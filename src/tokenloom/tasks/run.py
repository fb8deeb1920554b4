"""Which page belongs to which spec."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from tokenloom.spec.recipe import (
    EvaluateSpec,
    ExportSpec,
    FinetuneSpec,
    GenerateSpec,
    ImportSpec,
    InspectSpec,
    MapSpec,
    PretrainSpec,
    ProbeSpec,
    RefineSpec,
    RehearseSpec,
    TokenizerSpec,
    VocabularySpec,
)
from tokenloom.tasks.context import Context
from tokenloom.tasks.ending import Ending


@singledispatch
def run_task(spec: Any, context: Context) -> Ending:
    """Do what ``spec`` says. Pages are imported when they are needed: importing data must not wait for torch models."""
    raise TypeError(f"there is no task for {type(spec).__name__}")


@run_task.register
def _(spec: ImportSpec, context: Context) -> Ending:
    from tokenloom.tasks.data.ingest import ingest

    return ingest(spec, context)


@run_task.register
def _(spec: InspectSpec, context: Context) -> Ending:
    from tokenloom.tasks.data.inspect import inspect_rows

    return inspect_rows(spec, context)


@run_task.register
def _(spec: MapSpec, context: Context) -> Ending:
    from tokenloom.tasks.data.map import map_rows

    return map_rows(spec, context)


@run_task.register
def _(spec: RefineSpec, context: Context) -> Ending:
    from tokenloom.tasks.data.refine import refine

    return refine(spec, context)


@run_task.register
def _(spec: TokenizerSpec, context: Context) -> Ending:
    from tokenloom.tasks.data.tokenizer import make_tokenizer

    return make_tokenizer(spec, context)


@run_task.register
def _(spec: VocabularySpec, context: Context) -> Ending:
    from tokenloom.tasks.data.vocabulary import extend_vocabulary

    return extend_vocabulary(spec, context)


@run_task.register(PretrainSpec)
@run_task.register(FinetuneSpec)
def _(spec: PretrainSpec | FinetuneSpec, context: Context) -> Ending:
    from tokenloom.tasks.train import train_model

    return train_model(spec, context)


@run_task.register
def _(spec: EvaluateSpec, context: Context) -> Ending:
    from tokenloom.tasks.evaluate import evaluate_model

    return evaluate_model(spec, context)


@run_task.register
def _(spec: ExportSpec, context: Context) -> Ending:
    from tokenloom.tasks.export import export_model

    return export_model(spec, context)


@run_task.register
def _(spec: GenerateSpec, context: Context) -> Ending:
    from tokenloom.tasks.generate import generate_text

    return generate_text(spec, context)


@run_task.register
def _(spec: RehearseSpec, context: Context) -> Ending:
    from tokenloom.tasks.foresight.alone import rehearse_recipe

    return rehearse_recipe(spec, context)


@run_task.register
def _(spec: ProbeSpec, context: Context) -> Ending:
    from tokenloom.tasks.foresight.probe import probe_batch

    return probe_batch(spec, context)
