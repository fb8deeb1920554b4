"""``tokenloom disk``, ``lineage`` and ``bin``: what a workspace holds, and what was deleted."""

from __future__ import annotations

import re
from typing import Annotated, Any

import typer

from tokenloom.cli.output import emit, emit_table, workspace

bin_app = typer.Typer(help="The bin: what was deleted, bring it back, empty it.", no_args_is_help=True)
_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


def register(app: typer.Typer) -> None:
    for command in (disk, lineage):
        app.command()(command)
    app.add_typer(bin_app, name="bin")


def disk(
    context: typer.Context,
    clean: Annotated[
        list[str] | None,
        typer.Option("--clean", help="Remove tokens, uploads, cache or leftovers, or empty the bin; repeatable."),
    ] = None,
    quota: Annotated[str, typer.Option(help="Limit of the workspace, such as 200GB, or none.")] = "",
) -> None:
    """What takes how much of the disk, and what of it can go."""
    from tokenloom.jobs.keeping.disk import clean as cleaned
    from tokenloom.jobs.keeping.disk import set_quota, usage

    space = workspace(context)
    if quota:
        set_quota(space, _bytes(quota))
    freed = cleaned(space, clean) if clean else {}
    told = usage(space)
    emit(context, {**told, "freed": freed}, text="\n".join(_lines(told, freed)))


def lineage(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="dataset, tokenizer, run or model.")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name or id.")],
) -> None:
    """What a thing was made from, and what was made of it."""
    from tokenloom.jobs.keeping.lineage import Lineage, key_of

    space = workspace(context)
    told = Lineage(space).around(key_of(space, kind, name))
    names = {node["key"]: f"{node['kind']} {node['name']}" for node in told["nodes"]}
    lines = [f"{names[edge['from']]} → {names[edge['to']]}" for edge in told["edges"]]
    emit(context, told, text="\n".join(lines) or f"{names[told['focus']]} stands alone")


@bin_app.command("list")
def list_bin(context: typer.Context) -> None:
    """What was deleted in the last thirty days, newest first."""
    from dataclasses import asdict
    from datetime import UTC, datetime

    from tokenloom.jobs.keeping.bin import contents

    rows = [
        {**asdict(each), "deleted": datetime.fromtimestamp(each.deleted, UTC).isoformat(timespec="seconds")}
        for each in contents(workspace(context))
    ]
    emit_table(context, rows, ["id", "kind", "name", "bytes", "deleted"], empty="The bin is empty.")


@bin_app.command()
def restore(
    context: typer.Context, id: Annotated[str, typer.Argument(metavar="ID", help="As the list gives it.")]
) -> None:
    """Put a deleted thing back where it stood."""
    from tokenloom.jobs.keeping.bin import restore as put_back

    back = put_back(workspace(context), id)
    emit(context, {"restored": back.reference, "kind": back.kind}, text=f"{back.kind} {back.name} is back")


@bin_app.command()
def empty(
    context: typer.Context,
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID", help="These alone; else all of it.")] = None,
) -> None:
    """Delete what lies in the bin for good."""
    from tokenloom.jobs.keeping.bin import empty as emptied

    space = workspace(context)
    freed = sum(emptied(space, each) for each in ids or [""])
    emit(context, {"freed": freed}, text=f"freed {size(freed)}")


def _lines(told: dict[str, Any], freed: dict[str, int]) -> list[str]:
    lines = [f"{area['name']:<12}{size(area['bytes']):>10}  {area['count']} things" for area in told["areas"]]
    limit = f", of {size(told['quota'])} allowed" if told["quota"] else ""
    lines.append(f"{'together':<12}{size(told['bytes']):>10}{limit}; {size(told['free'])} free on the disk")
    lines += [f"freed {size(count)} of {kind}" for kind, count in freed.items()]
    lines += [
        f"  --clean {each['kind']}: {size(each['bytes'])}. {each['cost']}"
        for each in told["cleanable"]
        if each["bytes"]
    ]
    return lines


def size(count: int) -> str:
    """Bytes in the unit that people read."""
    for unit, factor in (("TB", 10**12), ("GB", 10**9), ("MB", 10**6), ("KB", 10**3)):
        if count >= factor:
            return f"{count / factor:.1f} {unit}"
    return f"{count} B"


def _bytes(text: str) -> int | None:
    from tokenloom.kit.errors import SpecError

    if text.strip().lower() == "none":
        return None
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)B?\s*", text.upper())
    size = int(float(match[1]) * _UNITS[match[2]]) if match else 0
    if size < 1:
        raise SpecError(f"“{text}” is not a size.", hint="Write 200GB, 500MB, or none.")
    return size
