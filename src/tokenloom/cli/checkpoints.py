"""``tokenloom checkpoints …``"""

from __future__ import annotations

from typing import Annotated

import typer

from tokenloom.cli.output import ForGood, emit_deleted, emit_table, workspace

app = typer.Typer(help="Checkpoints: list, delete.", no_args_is_help=True)
Run = Annotated[str, typer.Argument(metavar="RUN", help="Id or name of the run.")]


@app.command("list")
def list_(
    context: typer.Context,
    run: Run,
    verify: Annotated[bool, typer.Option("--verify", help="Compare every file with its hash.")] = False,
) -> None:
    """Checkpoints of a run with step, size and, if asked, whether they are sound."""
    from tokenloom.jobs.runs import find_run
    from tokenloom.kit.atomic import read_manifest, verify_dir
    from tokenloom.tracking.artifacts import checkpoint_steps

    space = workspace(context)
    run_id = find_run(space, run)
    rows = []
    for step in checkpoint_steps(space, run_id):
        folder = space.run(run_id) / "checkpoints" / f"step-{step}"
        manifest = read_manifest(folder)
        row = {"model": f"{run_id}@{step}", "step": step, "bytes": sum(f["bytes"] for f in manifest["files"].values())}
        row["best_loss"] = manifest["meta"].get("state", {}).get("best_loss")
        if verify:
            problems = verify_dir(folder)
            row["sound"] = "; ".join(problems) or "yes"
        rows.append(row)
    columns = ["model", "step", "bytes", "best_loss", *(["sound"] if verify else [])]
    emit_table(context, rows, columns, empty="The run has no checkpoint yet.")


@app.command()
def delete(
    context: typer.Context,
    run: Run,
    step: Annotated[int, typer.Argument(metavar="STEP", help="Step of the checkpoint.")],
    for_good: ForGood = False,
) -> None:
    """Put one checkpoint into the bin."""
    from tokenloom.jobs.deletion import delete_checkpoint
    from tokenloom.jobs.runs import find_run

    space = workspace(context)
    emit_deleted(context, delete_checkpoint(space, find_run(space, run), step, for_good=for_good))
