"""Import files or a generator's rows as a new dataset version."""

from __future__ import annotations

from tokenloom.data.importing import import_dataset
from tokenloom.data.progress import Watch
from tokenloom.spec.recipe import ImportSpec
from tokenloom.tasks.context import Context
from tokenloom.tasks.ending import Ending


def ingest(spec: ImportSpec, context: Context) -> Ending:
    """Result: the dataset's id, name, version, shape, counts and what was quarantined."""
    dataset = import_dataset(
        context.workspace,
        name=spec.dataset,
        source=spec.source,
        format=spec.format,
        mapping=spec.mapping,
        split=spec.split,
        columns=spec.columns,
        watch=Watch(context.phase("import"), context.is_cancelled),
    )
    context.result(**{**dataset.meta, "kind": "dataset"})
    return Ending()
