"""Lay rows out in a plane by what a model makes of them."""

from __future__ import annotations

from tokenloom.data.corpus import corpus_map, map_by_model
from tokenloom.data.dataset import DatasetStore
from tokenloom.data.progress import Watch
from tokenloom.spec.recipe import MapSpec
from tokenloom.tasks.context import Context
from tokenloom.tasks.data.embedding import embedder_of
from tokenloom.tasks.ending import Ending


def map_rows(spec: MapSpec, context: Context) -> Ending:
    """Result: the model, the groups with their sizes, and how many rows were cut; the map itself waits in the cache for who asks."""
    dataset = DatasetStore(context.workspace).get(spec.dataset)
    asked = map_by_model(context.workspace, spec)
    context.is_cancelled()
    embedder = embedder_of(context.workspace, spec.model, spec.max_tokens, spec.compute)
    watch = Watch(context.phase("map"), context.is_cancelled)
    told = corpus_map(context.workspace, dataset, asked, embedder.embed, watch)
    if told["cut_rows"]:
        context.note(
            f"Of {told['cut_rows']} of {told['sampled_rows']} rows the first {embedder.limit} tokens were read.",
            level="warning",
        )
    sizes = [told["group"].count(number) for number in range(len(told["groups"]))]
    context.result(
        kind="map",
        dataset=f"{dataset.name}@{dataset.version}",
        model=asked.model,
        rows=told["sampled_rows"],
        cut_rows=told["cut_rows"],
        read_tokens=embedder.limit,
        groups=[{"words": words, "rows": rows} for words, rows in zip(told["groups"], sizes, strict=True)],
    )
    return Ending()
