"""Commands about the machine and the workspace: doctor, studio, estimate, plugins, reindex."""

from __future__ import annotations

import os
import sys
from typing import Annotated, Any

import typer

from tokenloom.cli.output import emit, emit_table, options, workspace


def register(app: typer.Typer) -> None:
    for command in (doctor, studio, estimate, cost, plugins, reindex):
        app.command()(command)


def doctor(
    context: typer.Context,
    use: Annotated[bool, typer.Option("--use", help="What is in use right now instead.")] = False,
) -> None:
    """What is here, what is missing, and the command that fixes each gap."""
    from tokenloom.resources.doctor import examine

    if use:
        from tokenloom.resources.monitor import machine_use

        told = machine_use(workspace(context).root)
        emit(context, told, text="\n".join(_use_lines(told)))
        return

    findings = examine(workspace(context))
    if options(context).as_json:
        emit(context, [finding.__dict__ for finding in findings])
        return
    for finding in findings:
        mark = {"ok": "✓", "missing": "–", "problem": "✗"}[finding.status]
        typer.echo(f"{mark} {finding.what}: {finding.found}")
        if finding.fix:
            typer.echo(f"    → {finding.fix}")


def _use_lines(told: dict[str, Any]) -> list[str]:
    from tokenloom.cli.keeping import size

    lines = [
        f"processor  {told['cpu_percent']:.0f} %",
        f"memory     {size(told['memory_bytes'])} of {size(told['memory_total_bytes'])}",
        f"disk       {size(told['disk_bytes'])} of {size(told['disk_total_bytes'])}",
    ]
    for name, rate in told["traffic"].items():
        lines.append(f"{name.removesuffix('_bytes_per_second').replace('_', ' ')}: {size(int(rate))}/s")
    for index, gpu in enumerate(told["gpus"]):
        lines.append(f"GPU {index}: " + ", ".join(f"{name} {value:g}" for name, value in gpu.items()))
    return lines


def studio(
    context: typer.Context,
    host: Annotated[
        str, typer.Option(help="Address to listen on; only loopback until there are accounts.")
    ] = "127.0.0.1",
    port: Annotated[str, typer.Option(help="Port, or auto for a free one.")] = "7860",
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open a browser.")] = False,
) -> None:
    """Serve the studio; prints its URL on one line."""
    arguments = ["--workspace", str(workspace(context).root), "--host", host, "--port", port]
    if no_browser:
        arguments.append("--no-browser")
    # The server takes this process's place: one process, and signals reach it.
    os.execv(sys.executable, [sys.executable, "-m", "tokenloom.server", *arguments])


def estimate(
    context: typer.Context,
    recipe: Annotated[str, typer.Argument(metavar="RECIPE", help="A YAML file or a preset's name.")],
    overrides: Annotated[
        list[str] | None, typer.Argument(metavar="[KEY=VALUE]...", help="Settings by dotted name.")
    ] = None,
    probe: Annotated[
        bool, typer.Option("--probe", help="Find the largest micro-batch by trying: real steps on the longest rows.")
    ] = False,
    architecture: Annotated[
        bool, typer.Option("--architecture", help="The model's modules: parameters, shapes, memory, arithmetic.")
    ] = False,
) -> None:
    """Memory, time, disk and cost of a recipe, and what would make it fit."""
    from tokenloom.jobs.foresight.estimating import estimate_recipe
    from tokenloom.spec.override import apply_overrides, parse_run_spec
    from tokenloom.spec.presets import load_recipe

    data = apply_overrides(load_recipe(recipe), overrides or [])
    if probe:
        _probe(context, data)
        return
    spec = parse_run_spec(data)
    if architecture:
        from tokenloom.cli.models import architecture_lines
        from tokenloom.jobs.foresight.architecture import architecture_of_recipe

        found = architecture_of_recipe(workspace(context), spec)
        emit(context, found, text=architecture_lines(found))
        return
    document = estimate_recipe(workspace(context), spec)
    emit(context, document, text=_estimate_lines(document))


def _probe(context: typer.Context, data: dict[str, Any]) -> None:
    """The table of tries and what to set."""
    from tokenloom.cli.foreground import start

    result = start(context, {"task": "probe", "recipe": data})
    if "rows" not in result:
        emit(context, result)
        return
    lines = [f"{result['unit']:>10}{'memory':>12}{'tokens/s':>12}"]
    for row in result["rows"]:
        rest = f"{row['tokens_per_second']:>12,.0f}" if row["fits"] else f"  does not fit: {row['reason']}"
        lines.append(f"{row['size']:>10}{row['peak_bytes'] / 1e6:>9,.0f} MB{rest}")
    found = result["suggestion"]
    same = "the same result" if found["same_result"] else "another number of tokens per step"
    lines.append(f"largest of {result['limit_bytes'] / 1e6:,.0f} MB: {result['largest']} {result['unit']}")
    lines.append(f"fastest with {same}: {found['change']}")
    emit(context, result, text="\n".join(lines))


def _outlook_lines(document: dict[str, Any], disk: str) -> list[str]:
    lines = [f"checkpoints take about {disk} of disk"]
    if document["seconds"] is not None:
        low, expected, high = (document[name] / 60 for name in ("low_seconds", "seconds", "high_seconds"))
        basis = f"from {document['measured_runs']} runs here" if document["measured_runs"] else "rough: no run here yet"
        lines.append(f"{document['steps']:,} steps, about {expected:.1f} min ({low:.1f} to {high:.1f}; {basis})")
    if document["cost"] is not None:
        lines.append(f"cost about {document['cost']:.2f} {document['currency']}")
    return lines


def cost(
    context: typer.Context,
    per_hour: Annotated[
        float | None, typer.Option(help="Price of this machine per hour; 0 = it costs nothing.")
    ] = None,
    currency: Annotated[str, typer.Option(help="Currency of the price, such as EUR.")] = "",
) -> None:
    """Show or set what an hour of this machine costs; runs and estimates are priced with it."""
    from tokenloom.resources.cost import prices, set_prices

    space = workspace(context)
    if per_hour is not None or currency:
        known = prices(space)
        set_prices(
            space, per_hour=known.per_hour if per_hour is None else per_hour, currency=currency or known.currency
        )
    found = prices(space)
    text = "no price is set" if found.per_hour is None else f"{found.per_hour:g} {found.currency} per hour"
    emit(context, {"per_hour": found.per_hour, "currency": found.currency}, text=text)


def _estimate_lines(document: dict[str, Any]) -> str:
    """The verdict first, then its parts, then what would save memory."""

    def size(number: float) -> str:
        return f"{number / 1e9:.2f} GB" if number >= 1e9 else f"{number / 1e6:.0f} MB"

    basis = f"corrected by {document['memory_runs']} runs here" if document["memory_runs"] else "no run here yet"
    total, low, high = (size(document[name]) for name in ("total_bytes", "low_bytes", "high_bytes"))
    verdict = "it fits" if document["fits"] else "it may not fit"
    lines = [
        f"about {total} ({low} to {high}; {basis}), of {size(document['available_bytes'])} on this machine: {verdict}"
    ]
    lines.append(f"{document['parameters']:,} parameters, {document['trained_parameters']:,} of them trained")
    lines += [f"  {name.ljust(12)}{size(number):>10}" for name, number in document["parts_bytes"].items() if number]
    lines += _outlook_lines(document, size(document["disk_bytes"]))
    lines += data_lines(document["data"])
    lines += [f"to save {size(lever['saves_bytes'])}: {lever['change']}" for lever in document["levers"]]
    return "\n".join(lines)


def data_lines(outlook: dict[str, Any]) -> list[str]:
    """What speaks against the data of a recipe."""
    return [f"data: {reason['message']} → {reason['fix']}" for reason in outlook["reasons"]]


def plugins(context: typer.Context) -> None:
    """Plugins that were found, and what is wrong with the broken ones."""
    from tokenloom.kit.plugins import SPECS, load_plugins

    rows = []
    for plugin in load_plugins(SPECS):
        offered = getattr(plugin.value, "SPECS", {}) if plugin.value is not None else {}
        kinds = [
            f"{family}:{each.model_fields['kind'].default}" for family, classes in offered.items() for each in classes
        ]
        rows.append({"name": plugin.name, "module": plugin.module, "offers": kinds, "error": plugin.error})
    emit_table(context, rows, ["name", "module", "offers", "error"], empty="No plugin is installed.")


def reindex(context: typer.Context) -> None:
    """Rebuild the database from the run folders."""
    from tokenloom.kit.errors import ResourceError
    from tokenloom.tracking.catalog.database import Catalog
    from tokenloom.tracking.catalog.indexer import Indexer

    space = workspace(context)
    try:
        opened = Catalog.open(space)
    except ResourceError:  # damaged: set aside, never thrown away
        opened = Catalog.rebuild(space)
    with opened as catalog:
        Indexer(catalog).reindex()
    runs = sum(1 for folder in space.runs.iterdir() if not folder.name.startswith("."))
    emit(context, {"runs": runs}, text=f"{runs} runs are indexed")
