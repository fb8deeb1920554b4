"""Make a better version of a dataset, step by step."""

from __future__ import annotations

from tokenloom.data.dataset import DatasetStore
from tokenloom.data.progress import Watch
from tokenloom.data.refining import Tools, refine_dataset
from tokenloom.spec.recipe import RefineSpec
from tokenloom.tasks.context import Context
from tokenloom.tasks.data.perplexity import judge_of
from tokenloom.tasks.data.writers import writer_of
from tokenloom.tasks.ending import Ending


def refine(spec: RefineSpec, context: Context) -> Ending:
    """Result: the new dataset's id, name, version, counts, parents and steps."""
    store = DatasetStore(context.workspace)
    dataset = store.get(spec.dataset)
    before = {each.id for each in store.list()}
    tools = Tools(
        dataset.mapping,
        watch=Watch(context.phase("refine"), context.is_cancelled),
        judge_of=lambda reference: judge_of(context.workspace, reference),
        writer_of=lambda reference: writer_of(context.workspace, reference),
    )
    made = refine_dataset(context.workspace, dataset, spec.steps, into=spec.into, tools=tools)
    if made.id in before:
        context.note(f"These steps have made {made.name}@{made.version} already; it is used as it is.")
    for note in made.report()["notes"]:
        context.note(note)
    context.result(**{**made.meta, "kind": "dataset"})
    return Ending()
