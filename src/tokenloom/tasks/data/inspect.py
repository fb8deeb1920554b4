"""Look for what is wrong with a dataset, with progress and an end that can be asked for."""

from __future__ import annotations

from tokenloom.data.dataset import DatasetStore
from tokenloom.data.inspecting import Looked, inspect_dataset
from tokenloom.data.progress import Watch
from tokenloom.data.tokenizer.store import TokenizerStore
from tokenloom.spec.recipe import InspectSpec
from tokenloom.tasks.context import Context
from tokenloom.tasks.ending import Ending


def inspect_rows(spec: InspectSpec, context: Context) -> Ending:
    """Result: the verdict with its reasons, and how many findings there are; the whole report waits in the cache for who asks."""
    dataset = DatasetStore(context.workspace).get(spec.dataset)
    tokenizer = TokenizerStore(context.workspace).get(spec.tokenizer).load() if spec.tokenizer else None
    looked = Looked(tokenizer, spec.context, spec.template, spec.near)
    watch = Watch(context.phase("inspect"), context.is_cancelled)
    told = inspect_dataset(context.workspace, dataset, looked, watch)
    verdict = told["verdict"]
    context.result(
        kind="inspection",
        dataset=told["dataset"],
        verdict=verdict["verdict"],
        reasons=[f"{reason['title']}: {reason['count']}" for reason in verdict["reasons"]],
        findings=len(told["findings"]),
        rows=told["rows"],
    )
    return Ending()
