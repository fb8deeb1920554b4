"""``tokenloom data diff`` and ``card``: versions beside each other, and what one is in words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tokenloom.cli.output import emit, workspace

Name = Annotated[str, typer.Argument(metavar="NAME", help="Dataset by name, name@version or id.")]


def diff(
    context: typer.Context,
    older: Annotated[str, typer.Argument(metavar="OLDER", help="The older version, such as notes@1.")],
    newer: Annotated[str, typer.Argument(metavar="NEWER", help="The newer version.")],
    key: Annotated[str, typer.Option(help="Column that says which rows belong together.")] = "",
    show: Annotated[str, typer.Option(help="Rows to list: added, removed, changed or moved.")] = "changed",
    limit: Annotated[int, typer.Option(help="Most rows.")] = 10,
) -> None:
    """Rows added, removed, changed and moved to another split between two versions."""
    from tokenloom.data.dataset import DatasetStore
    from tokenloom.data.history.diff import CHANGES, diff_versions, summary
    from tokenloom.kit.registry import unknown_name

    if show not in CHANGES:
        raise unknown_name("kind of change", show, CHANGES)
    store = DatasetStore(workspace(context))
    found = diff_versions(store.get(older), store.get(newer), key)
    told = {**summary(found), "items": found.page(show, 0, limit)}
    counts = ", ".join(f"{count} {name}" for name, count in told["counts"].items())
    emit(context, told, text="\n".join([counts, *map(_line, told["items"])]))


def _line(item: dict[str, Any]) -> str:
    row = item["row"] if item["row"] is not None else item["row_after"]
    before, after = item["before"] or {}, item["after"] or {}
    cells = [
        f"  {name}: {str(before.get(name))[:100]!r} → {str(after.get(name))[:100]!r}"
        for name in dict.fromkeys([*before, *after])
        if before.get(name) != after.get(name)
    ]
    return "\n".join([f"row {row}", *cells])


def card(
    context: typer.Context,
    name: Name,
    words: Annotated[
        Path | None, typer.Option(help="A Markdown file with what you say about it; kept with it.")
    ] = None,
) -> None:
    """The card of a version as Markdown: your words, and facts."""
    from tokenloom.data.dataset import DatasetStore
    from tokenloom.data.history.cards import card as card_of
    from tokenloom.data.history.cards import read_words, write_words
    from tokenloom.kit.errors import NotFound

    space = workspace(context)
    dataset = DatasetStore(space).get(name)
    if words is not None:
        try:
            write_words(space, dataset, words.read_text("utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise NotFound(f"{words} cannot be read as text: {error}.", hint="Name a Markdown file.") from None
    markdown = card_of(space, dataset)
    emit(context, {"words": read_words(space, dataset), "markdown": markdown}, text=markdown)
