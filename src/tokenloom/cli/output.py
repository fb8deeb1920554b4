"""Printing: tables for people, one JSON document for scripts, errors in three parts for both."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from tokenloom.jobs.keeping.bin import Binned
    from tokenloom.kit.errors import TokenloomError
    from tokenloom.kit.workspace import Workspace


@dataclass
class Options:
    """What stands before the command: ``--workspace`` and ``--json``."""

    folder: Path | None = None
    as_json: bool = False


def options(context: typer.Context) -> Options:
    found = context.find_object(Options)
    return found if found is not None else Options()


def workspace(context: typer.Context) -> Workspace:
    """The workspace that the command works in."""
    from tokenloom.kit.workspace import Workspace

    return Workspace.open(options(context).folder)


def emit(context: typer.Context, document: Any, *, text: str | None = None) -> None:
    """Print ``document`` as JSON under ``--json``, else ``text`` (or the document as readable lines)."""
    if options(context).as_json:
        from tokenloom.kit.jsonsafe import to_json_safe

        sys.stdout.write(json.dumps(to_json_safe(document), ensure_ascii=False, default=str) + "\n")
    elif text is not None:
        typer.echo(text)
    else:
        for key, value in document.items():
            typer.echo(f"{key}: {_plain(value)}")


def emit_table(context: typer.Context, rows: Sequence[dict[str, Any]], columns: Sequence[str], *, empty: str) -> None:
    """Print rows as a table of ``columns``, or all of each row as JSON."""
    if options(context).as_json:
        emit(context, list(rows))
        return
    if not rows:
        typer.echo(empty)
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        justify: Literal["left", "right"] = "right" if _is_numeric(rows, column) else "left"
        table.add_column(column.replace("_", " "), justify=justify, no_wrap=column in ("id", "model", "name"))
    for row in rows:
        table.add_row(*(_plain(row.get(column)) for column in columns))
    console().print(table, highlight=False, markup=False)


def console(*, stderr: bool = False) -> Console:
    """A terminal as wide as it is; a pipe or file is given room, so that no id is cut."""
    from rich.console import Console

    screen = Console(stderr=stderr)
    return screen if screen.is_terminal else Console(stderr=stderr, width=200)


def say(message: str) -> None:
    """A line for people that is not the result: to stderr."""
    typer.echo(message, err=True)


def show_error(error: TokenloomError, *, as_json: bool) -> None:
    """What, why and what to do on stderr; under ``--json`` the same as a document on stdout."""
    if as_json:
        from tokenloom.kit.jsonsafe import to_json_safe

        sys.stdout.write(json.dumps({"error": to_json_safe(error.as_dict())}, ensure_ascii=False, default=str) + "\n")
    sys.stderr.write(f"error: {error.message}\n")
    if error.hint:
        sys.stderr.write(f"  → {error.hint}\n")
    for problem in error.details.get("errors", [])[1:]:
        sys.stderr.write(f"  also {problem['field']}: {problem['message']} → {problem['fix']}\n")


def _plain(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, dict):
        return ", ".join(f"{key}={_plain(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_plain(item) for item in value)
    return str(value)


def _is_numeric(rows: Sequence[dict[str, Any]], column: str) -> bool:
    values = [row.get(column) for row in rows if row.get(column) is not None]
    return bool(values) and all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


ForGood = Annotated[bool, typer.Option("--for-good", help="Not into the bin: it cannot be brought back.")]


def emit_deleted(context: typer.Context, gone: Binned) -> None:
    """Say what was deleted, and how it comes back."""
    document = {"deleted": gone.reference, "bytes": gone.bytes, "bin": gone.id}
    back = f"; `tokenloom bin restore {gone.id}` brings it back" if gone.id else ""
    emit(context, document, text=f"deleted {gone.name} ({gone.bytes / 1e6:.1f} MB){back}")
