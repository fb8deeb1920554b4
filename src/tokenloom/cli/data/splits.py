"""Splits in few words: ``train=0.8,val=0.1,test=0.1,group=author``; and what one would do."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tokenloom.cli.output import emit, workspace

SPLIT_HELP = (
    "train=0.8,val=0.1,test=0.1 (shares), with label=COLUMN, group=COLUMN or time=COLUMN to keep classes in proportion, groups "
    "together or the newest for the test; val=500,test=500 (rows); column=COLUMN; or files (their names say it)."
)
_NAMES = {"val": "validation", "valid": "validation", "dev": "validation"}
_KINDS = {"label": "stratified", "group": "grouped", "time": "time"}


def split_of(text: str, seed: int) -> dict[str, Any]:
    """A split as plain data; SpecError where ``text`` is none."""
    if not text:
        return {"kind": "ratio", "seed": seed}
    if text.strip() == "files":
        return {"kind": "files"}
    parts = {key.strip(): value.strip() for key, _, value in (part.partition("=") for part in text.split(","))}
    if "column" in parts:
        return {"kind": "column", "column": parts["column"]}
    by = next((key for key in parts if key in _KINDS), None)
    column = {} if by is None else {"column": parts.pop(by) or None}
    drawn = {} if by == "time" else {"seed": seed}
    numbers = {_NAMES.get(key, key): _number(text, value) for key, value in parts.items()}
    if by is None and "train" not in numbers and all(value >= 1 for value in numbers.values()):
        return {
            "kind": "count",
            **drawn,
            "validation": 0,
            "test": 0,
            **{key: int(value) for key, value in numbers.items()},
        }
    shares = {**dict.fromkeys(("train", "validation", "test"), 0.0), **numbers} if numbers else {}
    return {"kind": _KINDS[by] if by else "ratio", **column, **drawn, **shares}


def _number(text: str, value: str) -> float:
    from tokenloom.kit.errors import SpecError

    try:
        return float(value)
    except ValueError:
        raise SpecError(f"“{text}” is not a split.", hint="Write train=0.8,val=0.1,test=0.1 or column=NAME.") from None


def split(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Dataset by name, name@version or id.")],
    by: Annotated[str, typer.Argument(metavar="SPLIT", help=SPLIT_HELP)],
    seed: Annotated[int, typer.Option(help="Another seed draws another split.")] = 0,
) -> None:
    """Show what another split would do to a dataset; nothing is made."""
    from tokenloom.data.dataset import DatasetStore
    from tokenloom.data.splitting.preview import preview_split
    from tokenloom.spec.override import parse_part
    from tokenloom.spec.split import SplitPart

    spec = parse_part(SplitPart, "split", split_of(by, seed))
    told = preview_split(DatasetStore(workspace(context)).get(name), spec)
    emit(context, told, text=_told(told))


def _told(told: dict[str, Any]) -> str:
    lines = [f"{name}: {count} rows ({count / max(1, told['rows']):.1%})" for name, count in told["splits"].items()]
    lines += [
        f"  {row['value'][:40] or '(empty)'}: {row['train']} / {row['validation']} / {row['test']}"
        for row in told["values"]
    ]
    lines.append(
        f"{told['moved']} rows stand elsewhere now; {told['copies_across']} texts would be learned and tested on."
    )
    return "\n".join([*lines, *told["notes"]])
