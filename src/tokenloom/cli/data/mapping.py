"""``tokenloom data map``: which rows are about the same things, by their words or by what a model makes of them."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tokenloom.cli.ahead import load_ahead
from tokenloom.cli.foreground import start
from tokenloom.cli.output import emit, say, workspace

_SHOWN = 8


def map_rows(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Dataset by name, name@version or id.")],
    model: Annotated[
        str, typer.Option(help="Lay out by this model: a run, RUN@STEP, a folder or a hub id; empty: by words.")
    ] = "",
    split: Annotated[str | None, typer.Option(help="Only this split.")] = None,
    rows: Annotated[int, typer.Option(help="Most rows; of more an even sample is taken.", min=1, max=20_000)] = 5_000,
    max_tokens: Annotated[int, typer.Option(help="Of each row, how many tokens the model reads.", min=1)] = 256,
    allow_download: Annotated[bool, typer.Option("--allow-download", help="Fetch a hub id from the network.")] = False,
) -> None:
    """Lay rows out in a plane and in groups of what is alike; --json gives every point."""
    if model:
        load_ahead()
    from tokenloom.data.corpus import MapAsked, corpus_map, known_map, map_by_model
    from tokenloom.data.dataset import DatasetStore
    from tokenloom.spec.override import parse_run_spec

    space = workspace(context)
    dataset = DatasetStore(space).get(name)
    if not model:
        told = corpus_map(space, dataset, MapAsked(split, rows))
    else:
        source = {"kind": "pretrained", "source": model, "allow_download": allow_download}
        limits = {"split": split, "rows": rows, "max_tokens": max_tokens}
        spec = {"task": "map", "dataset": dataset.id, "model": source, **limits}
        asked = map_by_model(space, parse_run_spec(spec))
        if known_map(space, dataset, asked) is None:
            start(context, spec)
        made = known_map(space, dataset, asked)
        if made is None:
            say("the run was stopped before the map was made")
            raise typer.Exit(1)
        told = made
    emit(context, told, text="\n".join(_lines(told)))


def _lines(told: dict[str, Any]) -> list[str]:
    by = f"by what {told['model']} makes of them" if told["model"] else "by their words"
    lines = [f"{told['sampled_rows']:,} rows {by}, {len(told['groups'])} groups"]
    if told["cut_rows"]:
        lines.append(f"{told['cut_rows']:,} of the rows were read only in part")
    for number, words in enumerate(told["groups"]):
        found = [row for row, group in zip(told["rows"], told["group"], strict=True) if group == number]
        shown = ", ".join(map(str, found[:_SHOWN])) + (" …" if len(found) > _SHOWN else "")
        lines.append(f"  {words}: {len(found):,} rows ({shown})")
    return lines
