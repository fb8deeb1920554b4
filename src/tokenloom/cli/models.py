"""``tokenloom models …``: the registry of models."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tokenloom.cli.foreground import start
from tokenloom.cli.output import ForGood, emit, emit_deleted, emit_table, workspace

app = typer.Typer(help="Models: list, show, register, delete.", no_args_is_help=True)


@app.command("list")
def list_(context: typer.Context) -> None:
    """Registered models."""
    from tokenloom.tracking.artifacts import registered_models

    rows = registered_models(workspace(context))
    columns = ["name", "version", "model", "id"]
    emit_table(context, rows, columns, empty="There is no registered model: tokenloom models register RUN --name NAME")


@app.command()
def show(
    context: typer.Context,
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="A registered name, RUN, RUN@STEP, a folder or a hub id.")
    ],
    architecture: Annotated[
        bool, typer.Option("--architecture", help="Its modules: parameters, shapes, memory, arithmetic.")
    ] = False,
    batch: Annotated[int | None, typer.Option(min=1, help="Sequences, with --architecture.")] = None,
    sequence: Annotated[int | None, typer.Option(min=1, help="Tokens of each, with --architecture.")] = None,
) -> None:
    """Where a model is and what it was made from, or what it is made of."""
    if architecture:
        from tokenloom.jobs.foresight.architecture import architecture_of_model

        found = architecture_of_model(workspace(context), model, batch=batch, sequence=sequence)
        emit(context, found, text=architecture_lines(found))
        return
    from tokenloom.kit.atomic import MANIFEST, read_manifest
    from tokenloom.tracking.artifacts import resolve_model

    ref = resolve_model(workspace(context), model)
    meta = read_manifest(ref.folder)["meta"] if ref.folder is not None and (ref.folder / MANIFEST).is_file() else {}
    emit(context, {"model": ref.reference, "folder": str(ref.folder or ""), "hub_id": ref.hub_id, "meta": meta})


@app.command("add-words")
def add_words(
    context: typer.Context,
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A registered name, RUN, RUN@STEP or a folder.")],
    data: Annotated[list[str] | None, typer.Option("--data", help="Dataset whose words are looked at.")] = None,
    count: Annotated[int, typer.Option(help="Most words: those that save the most tokens.")] = 200,
    word: Annotated[
        list[str] | None, typer.Option("--word", help="A word of its own, with the space before it where it has one.")
    ] = None,
    name: Annotated[str, typer.Option(help="Name of the run, and so of the model.")] = "",
) -> None:
    """Give a trained model tokens for the words of a domain; all that it knows stays."""
    recipe = {
        "task": "vocabulary",
        "name": name,
        "model": {"kind": "pretrained", "source": model},
        "datasets": data or [],
        "count": count if data else 0,
        "words": word or [],
    }
    told = start(context, recipe)
    shorter = (
        f"; the sample has {told['tokens_before']} → {told['tokens_after']} tokens" if told["tokens_before"] else ""
    )
    refused = f"; refused: {', '.join(told['refused'])}" if told["refused"] else ""
    emit(
        context,
        told,
        text=f"{told['model']}: {told['num_words']} words, {told['new_tokens']} new tokens{shorter}{refused}",
    )


@app.command()
def register(
    context: typer.Context,
    model: Annotated[str, typer.Argument(metavar="RUN[@STEP]", help="The run, and the step if not the last.")],
    name: Annotated[str, typer.Option("--name", help="Name; again = a new version.")],
) -> None:
    """Copy a checkpoint's model under a lasting name."""
    from tokenloom.jobs.registry import register_model

    meta = register_model(workspace(context), model, name)
    emit(context, meta, text=f"{meta['name']}@{meta['version']} ({meta['id']})")


@app.command()
def delete(
    context: typer.Context,
    model: Annotated[str, typer.Argument(metavar="NAME[@VERSION]", help="Its newest version, or the one named.")],
    for_good: ForGood = False,
) -> None:
    """Put one registered version into the bin."""
    from tokenloom.jobs.registry import delete_model

    emit_deleted(context, delete_model(workspace(context), model, for_good=for_good))


def architecture_lines(found: dict[str, Any]) -> str:
    """The tree, a line a module; blocks that repeat stand once."""
    lines = [f"{found['batch']} × {found['sequence']} tokens; operations are those of a forward pass"]
    lines.append(f"{'':<44}{'parameters':>14}{'trained':>14}{'GFLOP':>10}   shape")

    def add(node: dict[str, Any], depth: int) -> None:
        times = f" ×{node['times']}" if node["times"] > 1 else ""
        name = f"{'  ' * depth}{node['name']}{times} ({node['kind']})"
        shapes = [each for each in (node["input_shape"], node["output_shape"]) if each]
        shape = " → ".join("×".join(map(str, each)) for each in shapes)
        lines.append(f"{name:<44}{node['parameters']:>14,}{node['trained']:>14,}{node['flops'] / 1e9:>10.3f}   {shape}")
        for child in node["children"]:
            add(child, depth + 1)

    add(found["root"], 0)
    return "\n".join([*lines, found["note"]] if found["note"] else lines)
