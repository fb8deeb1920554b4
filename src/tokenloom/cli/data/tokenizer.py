"""``tokenloom tokenizer …``: train and look at tokenizers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tokenloom.cli.foreground import start
from tokenloom.cli.output import ForGood, emit, emit_deleted, emit_table, options, workspace

if TYPE_CHECKING:
    from tokenloom.data.tokenizer import Tokenizer

app = typer.Typer(help="Tokenizers: train, measure, compare, preview, delete.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="NAME", help="Tokenizer by name, name@version or id.")]


@app.command()
def train(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the tokenizer; again = a new version.")],
    data: Annotated[list[str], typer.Option("--data", help="Dataset to learn from; repeatable.")],
    kind: Annotated[str, typer.Option(help="bpe, unigram, wordpiece, character or byte.")] = "bpe",
    vocab_size: Annotated[int | None, typer.Option(help="Number of tokens; 8192 where it is left out.")] = None,
    template: Annotated[str, typer.Option(help="Chat template that is stored with it.")] = "chatml",
    digits: Annotated[str, typer.Option(help="individual or grouped; for bpe and unigram.")] = "",
) -> None:
    """Train a tokenizer on the training splits of datasets."""
    from tokenloom.data.dataset import DatasetStore

    for each in data:
        DatasetStore(workspace(context)).get(each)
    wanted = {"vocab_size": vocab_size, "digits": digits or None}
    model = {"kind": kind, "template": template, **{name: value for name, value in wanted.items() if value is not None}}
    result = start(context, {"task": "tokenizer", "tokenizer": name, "datasets": data, "model": model})
    emit(context, result, text=f"{result['name']}@{result['version']} ({result['id']}): {result['vocab_size']} tokens")


@app.command("list")
def list_(context: typer.Context) -> None:
    """All tokenizers."""
    from tokenloom.data.tokenizer.store import TokenizerStore

    rows = [ref.meta for ref in TokenizerStore(workspace(context)).list()]
    hint = "There is no tokenizer yet: tokenloom tokenizer train NAME --data DATASET"
    emit_table(context, rows, ["name", "version", "vocab_size", "id"], empty=hint)


@app.command()
def show(context: typer.Context, name: Name) -> None:
    """What a tokenizer was made of."""
    from tokenloom.data.tokenizer.store import TokenizerStore

    emit(context, TokenizerStore(workspace(context)).get(name).meta)


@app.command()
def preview(
    context: typer.Context,
    name: Name,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="Text to cut into tokens.")],
    template: Annotated[str, typer.Option(help="Show TEXT as a message through this template.")] = "",
) -> None:
    """The tokens of a text with their ids; with --template, of the whole prompt."""
    from tokenloom.data.template.renderer import Renderer
    from tokenloom.data.tokenizer.store import TokenizerStore

    tokenizer = TokenizerStore(workspace(context)).get(name).load()
    whole = Renderer(tokenizer, template).prompt_text([{"role": "user", "content": text}]) if template else text
    tokens = tokenizer.preview(whole, marks=bool(template))
    document = [{"id": int(token.id), "text": token.text, "start": token.start, "end": token.end} for token in tokens]
    if options(context).as_json:
        emit(context, document)
        return
    typer.echo(" ".join(f"[{token['text']}]{token['id']}" for token in document))
    typer.echo(f"{len(document)} tokens, {len(whole)} characters")


@app.command()
def measure(
    context: typer.Context,
    name: Name,
    data: Annotated[str, typer.Option("--data", help="Dataset whose text it is tried on.")],
    split: Annotated[str | None, typer.Option(help="Only this split.")] = None,
) -> None:
    """How well a tokenizer fits a dataset: tokens a word, unknown tokens, words that it cuts most."""
    from tokenloom.data.tokenizer.lab import measure as measured

    told = measured(_loaded(context, name), _texts(context, data, split))
    words = "\n".join(f"  {row['count']:>8} × {row['word']}: {' · '.join(row['pieces'])}" for row in told["cut_most"])
    numbers = "\n".join(f"{key}: {value}" for key, value in told.items() if key != "cut_most")
    emit(context, told, text=f"{numbers}\ncut most:\n{words}")


@app.command()
def compare(
    context: typer.Context,
    name: Name,
    other: Annotated[str, typer.Argument(metavar="OTHER", help="The tokenizer to set beside it.")],
    data: Annotated[str, typer.Option("--data", help="Dataset whose text both are tried on.")],
    hidden_size: Annotated[int, typer.Option(help="Width of the model, for its embedding.")] = 768,
) -> None:
    """Two tokenizers on the same text."""
    from tokenloom.data.tokenizer.lab import compare as compared

    texts = _texts(context, data, None)
    told = compared(_loaded(context, name), _loaded(context, other), texts, hidden_size=hidden_size)
    keys = [key for key in told["first"] if key != "cut_most"]
    lines = [f"{key}: {told['first'][key]} | {told['second'][key]}" for key in keys]
    emit(context, told, text="\n".join([*lines, f"{other} needs {told['length']:.1%} of the tokens of {name}"]))


@app.command()
def candidates(
    context: typer.Context,
    name: Name,
    data: Annotated[str, typer.Option("--data", help="Dataset whose words are looked at.")],
    count: Annotated[int, typer.Option(help="Most words.")] = 100,
    min_frequency: Annotated[int, typer.Option(help="A word must occur so often.")] = 5,
) -> None:
    """Words of a dataset that are worth a token of their own, and what they would save."""
    from tokenloom.data.tokenizer.lab import find_candidates

    texts = _texts(context, data, "train")
    told = find_candidates(_loaded(context, name), texts, count=count, min_frequency=min_frequency)
    lines = [
        f"{row['saved']:>8} saved  {row['text']!r} ({row['count']} × {' · '.join(row['pieces'])})"
        for row in told["candidates"]
    ]
    after = f"{told['tokens_before']} tokens would be {told['tokens_after']}, with {told['new_tokens']} new tokens"
    emit(context, told, text="\n".join([*lines, after]))


def _loaded(context: typer.Context, name: str) -> Tokenizer:
    from tokenloom.data.tokenizer.store import TokenizerStore

    return TokenizerStore(workspace(context)).get(name).load()


def _texts(context: typer.Context, dataset: str, split: str | None) -> list[str]:
    from tokenloom.data.dataset import DatasetStore
    from tokenloom.data.tokenizer.lab import texts_of

    return texts_of(DatasetStore(workspace(context)).get(dataset), split)


@app.command()
def delete(context: typer.Context, name: Name, for_good: ForGood = False) -> None:
    """Put one version of a tokenizer into the bin."""
    from tokenloom.data.tokenizer.store import TokenizerStore
    from tokenloom.jobs.deletion import delete_version

    space = workspace(context)
    emit_deleted(context, delete_version(space, TokenizerStore(space).get(name), for_good=for_good))
