"""``tokenloom tokenizer …``: train and look at tokenizers."""

from __future__ import annotations

from typing import Annotated

import typer

from tokenloom.cli.foreground import start
from tokenloom.cli.output import emit, emit_table, options, workspace

app = typer.Typer(help="Tokenizers: train, list, show, preview, delete.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="NAME", help="Tokenizer by name, name@version or id.")]


@app.command()
def train(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the tokenizer; again = a new version.")],
    data: Annotated[list[str], typer.Option("--data", help="Dataset to learn from; repeatable.")],
    kind: Annotated[str, typer.Option(help="bpe: byte-level byte-pair encoding.")] = "bpe",
    vocab_size: Annotated[int, typer.Option(help="Number of tokens.")] = 8192,
    template: Annotated[str, typer.Option(help="Chat template that is stored with it.")] = "chatml",
    digits: Annotated[str, typer.Option(help="individual or grouped.")] = "individual",
) -> None:
    """Train a tokenizer on the training splits of datasets."""
    from tokenloom.data.dataset import DatasetStore

    for each in data:
        DatasetStore(workspace(context)).get(each)
    model = {"kind": kind, "vocab_size": vocab_size, "template": template, "digits": digits}
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
def delete(context: typer.Context, name: Name) -> None:
    """Delete one version of a tokenizer."""
    from tokenloom.data.tokenizer.store import TokenizerStore

    deleted = TokenizerStore(workspace(context)).delete(name)
    emit(context, {"deleted": deleted}, text=f"deleted {deleted}")
