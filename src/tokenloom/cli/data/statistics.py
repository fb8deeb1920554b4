"""``tokenloom data stats``: how long rows are, what they are made of, and what a tokenizer makes of them."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tokenloom.cli.output import emit, workspace

_SHOWN = 12


def stats(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Dataset by name, name@version or id.")],
    tokenizer: Annotated[str, typer.Option(help="Count tokens with this tokenizer, too.")] = "",
    split: Annotated[str | None, typer.Option(help="Only this split.")] = None,
    words: Annotated[
        bool,
        typer.Option("--words", help="Count words and runs of words, how the vocabulary grows and what it covers."),
    ] = False,
) -> None:
    """Rows, characters, length percentiles and, with a tokenizer, tokens; with --words what the texts are made of."""
    from tokenloom.data.dataset import DatasetStore
    from tokenloom.data.tokenizer.store import TokenizerStore

    space = workspace(context)
    chosen = TokenizerStore(space).get(tokenizer).load() if tokenizer else None
    dataset = DatasetStore(space).get(name)
    if not words:
        emit(context, dataset.stats(chosen, split))
        return
    from tokenloom.data.corpus import corpus_report

    told = corpus_report(space, dataset, chosen, split)
    emit(context, told, text="\n".join(_lines(told)))


def _lines(told: dict[str, Any]) -> list[str]:
    found, growth = told["words"], told["growth"]
    lines = [f"{told['rows']:,} rows; words of {told['sampled_rows']:,} of them"]
    for unit, each in told["lengths"].items():
        shown = ", ".join(f"{name} {value:,.0f}" for name, value in each["percentiles"].items())
        lines.append(f"{unit} a row: {shown}; mean {each['mean']:,.1f}")
    lines.append(f"{found['total']:,} words, {found['distinct']:,} different, {found['once']:,} of them once")
    if growth["k"] is not None:
        lines.append(f"the vocabulary grows as {growth['k']:g} · n^{growth['beta']:g}")
    for title, name in (("commonest words", "top"), ("pairs", "pairs"), ("runs of three", "triples")):
        shown = ", ".join(f"{each['text']} {each['count']:,}" for each in found[name][:_SHOWN])
        lines.append(f"{title}: {shown or '–'}")
    if told["tokens"] is not None:
        tokens = told["tokens"]
        lines.append(
            f"about {tokens['total_estimate']:,} tokens, {tokens['characters_per_token']:g} characters each; "
            f"{tokens['unknown_rate']:.2%} unknown; {tokens['unused']:,} of {tokens['vocab_size']:,} tokens unused"
        )
    return lines
