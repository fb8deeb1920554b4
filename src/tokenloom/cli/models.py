"""``tokenloom models …``: the registry of models."""

from __future__ import annotations

from typing import Annotated

import typer

from tokenloom.cli.output import emit, emit_table, workspace

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
) -> None:
    """Where a model is and what it was made from."""
    from tokenloom.kit.atomic import MANIFEST, read_manifest
    from tokenloom.tracking.artifacts import resolve_model

    ref = resolve_model(workspace(context), model)
    meta = read_manifest(ref.folder)["meta"] if ref.folder is not None and (ref.folder / MANIFEST).is_file() else {}
    emit(context, {"model": ref.reference, "folder": str(ref.folder or ""), "hub_id": ref.hub_id, "meta": meta})


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
) -> None:
    """Delete one registered version."""
    from tokenloom.jobs.registry import delete_model

    deleted = delete_model(workspace(context), model)
    emit(context, {"deleted": deleted}, text=f"deleted {deleted}")
