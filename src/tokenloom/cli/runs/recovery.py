"""``tokenloom runs fork``, ``runs reproduce`` and ``runs drill``: going on from what was saved, and doing it again."""

from __future__ import annotations

from typing import Annotated

import typer

from tokenloom.cli.foreground import follow
from tokenloom.cli.output import emit, say, workspace
from tokenloom.cli.runs.commands import Run, app


@app.command()
def fork(
    context: typer.Context,
    run: Run,
    changes: Annotated[
        list[str] | None, typer.Argument(metavar="KEY=VALUE...", help="What is different, such as loop.max_steps=2000.")
    ] = None,
    at: Annotated[str, typer.Option(help="Step of a checkpoint, `last` or `best`.")] = "last",
    detach: Annotated[bool, typer.Option("--detach", help="Print the id and do not follow.")] = False,
) -> None:
    """Begin a new run at a checkpoint of this one, with its weights, optimizer and place in the data."""
    from tokenloom.jobs.recovery.forking import fork_run, settings_at
    from tokenloom.jobs.runs import find_run
    from tokenloom.spec.override import apply_overrides, parse_run_spec
    from tokenloom.tracking.artifacts import checkpoint_of

    space = workspace(context)
    run_id = find_run(space, run)
    step = checkpoint_of(space, run_id, at).step or 0
    spec = parse_run_spec(apply_overrides(settings_at(space, run_id, step), changes or []))
    result = follow(context, fork_run(space, run_id, step, spec), detach=detach)
    if not detach:
        emit(context, result, text=f"{result['run']}: {result.get('model', '')}")


@app.command()
def reproduce(
    context: typer.Context,
    run: Run,
    detach: Annotated[bool, typer.Option("--detach", help="Print the id and do not follow.")] = False,
) -> None:
    """Do a run again from its beginning, with every change that was made live, and compare all numbers and weights."""
    from tokenloom.jobs.recovery.reproducing import reproduce_run
    from tokenloom.jobs.runs import find_run
    from tokenloom.tracking import query

    space = workspace(context)
    result = follow(context, reproduce_run(space, find_run(space, run)), detach=detach)
    if detach:
        return
    told = query.events(space.run(result["run"]), ["reproduction"])
    if not told:
        emit(context, result, text=f"{result['run']}: {result['state']}, nothing was compared")
        raise typer.Exit(1)
    found = told[-1]
    words = f"{result['run']}: {found['verdict']}, {found['steps']} steps compared"
    if found["unequal_steps"]:
        first, gap = found["unequal_steps"][0], found["largest_difference"]
        words += f"; the first that differs is {first}, the loss by at most {100 * gap:.3g} %"
    emit(context, {**result, "reproduction": found}, text=words)
    if found["verdict"] == "different":
        raise typer.Exit(1)


@app.command()
def drill(context: typer.Context, run: Run) -> None:
    """Kill the trainer of a running run on purpose, wait until it is back, and compare what it does again."""
    from tokenloom.jobs.recovery.drill import drill as make
    from tokenloom.jobs.runs import find_run

    space = workspace(context)
    run_id = find_run(space, run)
    say("killing the trainer; it comes back by itself …")
    report = make(space, run_id)
    words = (
        f"killed at step {report['killed_at_step']}, back from step {report['resumed_from']}, past it again after "
        f"{report['seconds_away']:.1f} s; {report['steps_again']} steps made twice"
    )
    verdict = "all numbers equal" if report["passed"] else f"unequal at steps {report['unequal_steps']}"
    if not report["steps_again"]:
        verdict = "it was killed just behind a checkpoint, so there was nothing to compare; drill again for that"
    emit(context, report, text=f"{words}: {verdict}")
    if not report["passed"]:
        raise typer.Exit(1)
