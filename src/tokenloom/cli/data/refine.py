"""``tokenloom data refine``: a better version of a dataset, step by step."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tokenloom.cli.foreground import start
from tokenloom.cli.output import emit, say, workspace

STEP_HELP = (
    "KIND or KIND:key=value,key=value; repeatable, done in this order. For example html, length:min_characters=20, "
    "language:keep=[en,de], near_duplicates:threshold=0.85."
)


def refine(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Dataset by name, name@version or id.")],
    step: Annotated[list[str], typer.Option("--step", help=STEP_HELP)],
    into: Annotated[str, typer.Option(help="Name of the new version; by default the same name.")] = "",
    preview: Annotated[
        bool, typer.Option("--preview", help="Show what the steps would do to a sample; make nothing.")
    ] = False,
    rows: Annotated[str, typer.Option(help="For --preview: numbers of rows, as 3,7,12, instead of a sample.")] = "",
) -> None:
    """Clean, filter, de-duplicate or redact a dataset into a new version; rows that go are kept with their reason."""
    data = {"task": "refine", "dataset": name, "into": into, "steps": [step_of(text) for text in step]}
    if preview:
        _preview(context, data, rows)
        return
    result = start(context, data)
    emit(context, result, text=_summary(result))


def step_of(text: str) -> dict[str, Any]:
    """``length:min_characters=20,max_words=9`` as plain data; SpecError where it is no step."""
    import yaml

    from tokenloom.kit.errors import SpecError

    kind, _, settings = text.partition(":")
    data: dict[str, Any] = {"kind": kind.strip()}
    for part in _parts(settings):
        key, equals, value = part.partition("=")
        if not equals:
            raise SpecError(f"“{text}” is not a step: “{part}” is no setting.", hint="Write KIND:key=value,key=value.")
        try:
            data[key.strip()] = yaml.safe_load(value) if value else None
        except yaml.YAMLError:
            data[key.strip()] = value
    return data


def _parts(text: str) -> list[str]:
    """Cut at commas that stand neither in brackets nor in quotes."""
    parts, depth, quote, start = [], 0, "", 0
    for place, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote and text[place - 1] != "\\" else quote
        elif letter in "\"'" and text[place - 1 : place] in ("=", ",", "["):
            quote = letter
        elif letter in "[{(":
            depth += 1
        elif letter in "]})":
            depth -= 1
        elif letter == "," and depth <= 0:
            parts.append(text[start:place])
            start = place + 1
    return [part for part in (*parts, text[start:]) if part.strip()]


def _preview(context: typer.Context, data: dict[str, Any], rows: str) -> None:
    from tokenloom.data.dataset import DatasetStore
    from tokenloom.jobs.foresight.refining import preview_refining
    from tokenloom.kit.errors import SpecError
    from tokenloom.spec.override import parse_run_spec

    spec = parse_run_spec(data)
    try:
        numbers = [int(part) for part in rows.split(",")] if rows else None
    except ValueError:
        raise SpecError(f"“{rows}” is no list of row numbers.", hint="Write for example --rows 3,7,12.") from None
    space = workspace(context)
    told = preview_refining(space, DatasetStore(space).get(spec.dataset), spec.steps, rows=numbers)
    emit(context, told, text=_told(told))


def _told(told: dict[str, Any]) -> str:
    lines = [f"{told['sampled']} of {told['dataset']['rows']} rows; {told['left']} are left. Nothing was made."]
    lines += [f"  {_line(number, step)}" for number, step in enumerate(told["steps"], start=1)]
    for row in told["rows"][:10]:
        lines.append(
            f"── row {row['row']} ({row['split']})" + (f" dropped: {row['dropped']}" if row["dropped"] else "")
        )
        if row["dropped"]:
            lines += [f"  − {text[:300]}" for text in row["before"]]
            continue
        for before, after in zip(row["before"], row["after"], strict=False):
            if before != after:
                lines += [f"  − {before[:300]}", f"  + {after[:300]}"]
    return "\n".join(lines)


def _line(number: int, step: dict[str, Any]) -> str:
    parts = [f"{number} {step['kind']}: {step['rows_in']} → {step['rows_out']} rows"]
    parts += [f"{step[what]} {what}" for what in ("changed", "moved", "added", "dropped") if step[what]]
    parts += [f"{count} × {reason}" for reason, count in step["reasons"].items()]
    return ", ".join(parts)


def _summary(result: dict[str, Any]) -> str:
    from tokenloom.data.ledger import Ledger

    if "ledger" in result:
        say(Ledger.from_dict(result["ledger"]).table())
    splits = ", ".join(f"{split} {count}" for split, count in result.get("splits", {}).items())
    return f"{result['name']}@{result['version']} ({result['id']}): {result['shape']}, {splits}"
