"""``tokenloom plans`` and ``tokenloom plan NAME``: several runs that build on each other, by one command."""

from __future__ import annotations

from typing import Annotated

import typer

from tokenloom.cli.foreground import stay_with
from tokenloom.cli.output import emit, emit_table, say, workspace


def register(app: typer.Typer) -> None:
    app.command()(plans)
    app.command()(plan)


def plans(context: typer.Context) -> None:
    """Plans to begin with, and whether they can start here."""
    from tokenloom.spec.presets import load_plan, missing_for, plan_names

    rows = []
    for name in plan_names():
        found = load_plan(name)
        rows.append({"name": name, "makes": found.title, "seconds": found.seconds, "missing": missing_for(found)})
    emit_table(context, rows, ["name", "makes", "seconds", "missing"], empty="There are no plans.")


def plan(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A plan; `tokenloom plans` lists them.")],
    detach: Annotated[bool, typer.Option("--detach", help="Return at once; the runs go on.")] = False,
) -> None:
    """Start all runs of a plan and follow them, one after the other."""
    from tokenloom.jobs.plans import start_plan
    from tokenloom.spec.presets import load_plan

    found = load_plan(name)
    runs = start_plan(workspace(context), found)
    results = {}
    if not detach:
        for stage, run_id in runs.items():
            say(f"{stage}: run {run_id}")
            results[stage] = {**stay_with(context, run_id), "run": run_id}
    lines = [f"{stage:<12}{run_id}" for stage, run_id in runs.items()]
    emit(context, {"watch": runs[found.watch], "runs": runs, "results": results}, text="\n".join(lines))
