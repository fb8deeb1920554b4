"""``tokenloom disk`` and ``lineage``: what a workspace holds."""

from __future__ import annotations

import re
from typing import Annotated, Any

import typer

from tokenloom.cli.output import emit, workspace

_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


def register(app: typer.Typer) -> None:
    for command in (disk, lineage):
        app.command()(command)


def disk(
    context: typer.Context,
    clean: Annotated[
        list[str] | None, typer.Option("--clean", help="Remove tokens, uploads, cache or leftovers; repeatable.")
    ] = None,
    quota: Annotated[str, typer.Option(help="Limit of the workspace, such as 200GB, or none.")] = "",
) -> None:
    """What takes how much of the disk, and what of it can be made again."""
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
    if match is None or not float(match[1]):
        raise SpecError(f"“{text}” is not a size.", hint="Write 200GB, 500MB, or none.")
    return int(float(match[1]) * _UNITS[match[2]])
