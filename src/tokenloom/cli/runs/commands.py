"""``tokenloom runs …``: see, follow and steer runs."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from tokenloom.cli.foreground import ask_for_trace, stay_with, wait_for_answer
from tokenloom.cli.output import ForGood, emit, emit_deleted, emit_table, options, say, workspace

app = typer.Typer(help="Runs: list, follow, compare, steer.", no_args_is_help=True)
Run = Annotated[str, typer.Argument(metavar="RUN", help="Id, the beginning of one, or a name.")]


def _folder(context: typer.Context, reference: str) -> Path:
    from tokenloom.jobs.runs import find_run

    space = workspace(context)
    return space.run(find_run(space, reference))


@app.command("list")
def list_(
    context: typer.Context,
    filter: Annotated[
        str, typer.Option(help="Words and conditions, for example 'state=completed val/loss<2 tag=best'.")
    ] = "",
    sort: Annotated[
        str, typer.Option(help="A column, metrics.NAME or params.NAME; - before it = largest first.")
    ] = "-created",
    limit: Annotated[int, typer.Option(help="Most rows.")] = 50,
) -> None:
    """All runs, newest first."""
    from dataclasses import asdict

    from tokenloom.jobs.orphans import recover_lost, settle_orphans
    from tokenloom.tracking.catalog.runs import list_runs
    from tokenloom.tracking.catalog.substitute import fresh_catalog

    settle_orphans(workspace(context))
    for lost in recover_lost(workspace(context)):
        say(f"The process of the run {lost} is gone; it is started again from its last checkpoint.")
    with fresh_catalog(workspace(context)) as catalog:
        page = list_runs(catalog, filter, sort=sort, limit=limit)
    rows = [asdict(row) for row in page.items]
    for row in rows:
        losses = row["metrics"].get("val/loss") or row["metrics"].get("train/loss") or {}
        row["loss"] = losses.get("last")
    columns = ["id", "name", "task", "state", "step", "total_steps", "loss"]
    emit_table(context, rows, columns, empty="There is no run yet: tokenloom train RECIPE")


@app.command()
def show(context: typer.Context, run: Run) -> None:
    """State, progress, last numbers, checkpoints and result of one run."""
    from tokenloom.jobs.runs import last_state, read_info
    from tokenloom.tracking import query
    from tokenloom.tracking.artifacts import checkpoint_steps

    folder = _folder(context, run)
    info, state = read_info(folder), last_state(folder)
    results = query.events(folder, ["result"])
    document: dict[str, Any] = {
        **{key: info.get(key) for key in ("id", "name", "task", "project", "created", "parent", "tags")},
        "state": state["state"],
        "reason": state.get("reason", ""),
        "error": state.get("error"),
        "metrics": {key: summary.last for key, summary in query.summary(folder).items()},
        "checkpoints": checkpoint_steps(workspace(context), folder.name),
        "result": results[-1]["result"] if results else None,
    }
    if not options(context).as_json:
        created = datetime.fromtimestamp(float(document["created"] or 0), tz=UTC)
        document["created"] = f"{created:%Y-%m-%d %H:%M:%S} UTC"
    emit(context, document)


@app.command()
def watch(context: typer.Context, run: Run) -> None:
    """Follow a run to its end. Ctrl+C here saves and interrupts the run."""
    folder = _folder(context, run)
    emit(context, {**stay_with(context, folder.name), "run": folder.name})


@app.command()
def metrics(
    context: typer.Context,
    run: Run,
    key: Annotated[list[str] | None, typer.Option("--key", "-k", help="Only this metric; repeatable.")] = None,
    format: Annotated[str, typer.Option(help="csv, json or parquet.")] = "csv",
    out: Annotated[Path | None, typer.Option(help="File to write; needed for parquet.")] = None,
) -> None:
    """Every point of a run's metrics."""
    from tokenloom.kit.errors import SpecError
    from tokenloom.tracking import query

    frame = query.metrics_frame(_folder(context, run), key or None)
    if format == "parquet":
        if out is None:
            raise SpecError("Parquet is no text.", hint="Give a file with --out FILE.")
        frame.write_parquet(out)
    elif format in ("csv", "json"):
        json_text = options(context).as_json or format == "json"
        text = frame.write_json() if json_text else frame.write_csv()
        if out is None:
            typer.echo(text.rstrip("\n"))
            return
        out.write_text(text, encoding="utf-8")
    else:
        raise SpecError(f"There is no format “{format}”.", hint="Choose csv, json or parquet.")
    emit(context, {"file": str(out), "points": frame.height}, text=f"{out}: {frame.height} points")


@app.command()
def logs(
    context: typer.Context,
    run: Run,
    tail: Annotated[int, typer.Option(help="Last lines; 0 = all.")] = 200,
) -> None:
    """What the run's process printed, its notes and the samples that it wrote."""
    from tokenloom.tracking import query

    folder = _folder(context, run)
    path = folder / "stdout.log"
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else []
    notes = query.events(folder, ["note", "log", "state", "sample", "xray", "profile"])
    if options(context).as_json:
        emit(context, {"lines": lines[-tail:], "events": notes})
        return
    for event in notes:
        typer.echo(_event_line(event))
    for line in lines[-tail:]:
        typer.echo(line)


@app.command()
def compare(
    context: typer.Context, runs: Annotated[list[str], typer.Argument(metavar="RUN...", help="Two or more runs.")]
) -> None:
    """The settings in which runs differ, and their last numbers."""
    from tokenloom.jobs.runs import read_settings
    from tokenloom.spec.override import flatten
    from tokenloom.tracking import query

    folders = [_folder(context, run) for run in runs]
    settings = [flatten(read_settings(folder)) for folder in folders]
    names = sorted({name for each in settings for name in each})
    rows = [{"what": name, **_by_run(folders, [each.get(name) for each in settings])} for name in names]
    rows = [row for row in rows if len({str(row[folder.name]) for folder in folders}) > 1]
    summaries = [query.summary(folder) for folder in folders]
    keys = sorted({key for each in summaries for key in each})
    rows += [
        {"what": key, **_by_run(folders, [each[key].last if key in each else None for each in summaries])}
        for key in keys
    ]
    emit_table(context, rows, ["what", *(folder.name for folder in folders)], empty="The runs are equal.")


@app.command()
def pause(
    context: typer.Context,
    run: Run,
    release: Annotated[bool, typer.Option("--release", help="End the process, so that its memory is free.")] = False,
) -> None:
    """Stand still between two steps, with a checkpoint."""
    wait_for_answer(context, run, "pause", {"release": True} if release else {})


@app.command()
def resume(context: typer.Context, run: Run) -> None:
    """Go on after a pause or an interruption."""
    wait_for_answer(context, run, "resume")


@app.command()
def stop(
    context: typer.Context,
    run: Run,
    now: Annotated[bool, typer.Option("--now", help="End the process within seconds.")] = False,
) -> None:
    """End a run for good, with a checkpoint."""
    from tokenloom.jobs.control import send
    from tokenloom.jobs.runs import find_run
    from tokenloom.jobs.watch import wait_for

    space = workspace(context)
    run_id = find_run(space, run)
    send(space, run_id, "stop_now" if now else "stop")
    state = wait_for(space, run_id)
    emit(context, {"run": run_id, "state": state}, text=f"{run_id}: {state}")


@app.command()
def checkpoint(context: typer.Context, run: Run) -> None:
    """Save now."""
    wait_for_answer(context, run, "checkpoint")


@app.command()
def sample(
    context: typer.Context,
    run: Run,
    prompt: Annotated[
        str | None, typer.Option(help="Text to go on from, or to answer, in place of the fixed ones.")
    ] = None,
) -> None:
    """Let the model write now, on its fixed prompts or on one of yours; also while the run is paused."""
    wait_for_answer(context, run, "sample", {} if prompt is None else {"prompt": prompt})


@app.command()
def evaluate(context: typer.Context, run: Run) -> None:
    """Measure the validation loss now."""
    wait_for_answer(context, run, "evaluate")


@app.command()
def xray(
    context: typer.Context,
    run: Run,
    step: Annotated[int | None, typer.Option(help="Step to look at; without it the newest.")] = None,
) -> None:
    """See which rows and tokens the loss of a step came from, and where in the model its gradient is large."""
    wait_for_answer(context, run, "xray", {} if step is None else {"step": step})


@app.command()
def flow(
    context: typer.Context,
    run: Run,
    step: Annotated[int | None, typer.Option(help="Step that was looked at; without it the newest.")] = None,
) -> None:
    """How the gradient went through the layers: norms, updates, zeros, and what is not as it should be."""
    from dataclasses import asdict

    from tokenloom.cli.told.insight import flow_rows, flow_words
    from tokenloom.jobs.insight.flow import flow_of

    found = flow_of(_folder(context, run), most=1 << 30)
    if options(context).as_json:
        emit(context, asdict(found) if step is None else flow_rows(found, step))
        return
    columns = ["layer", "weights", "gradient", "update", "weight", "zeros"]
    emit_table(context, flow_rows(found, step), columns, empty="Nothing was looked at yet: see loop.flow_every.")
    for line in flow_words(found):
        typer.echo(line)


@app.command()
def profile(
    context: typer.Context,
    run: Run,
    steps: Annotated[int | None, typer.Option(help="Trace so many of the next steps; 1 to 20.")] = None,
) -> None:
    """What the time of a run goes into and what would make it faster; with --steps, a trace of the next steps."""
    from dataclasses import asdict

    from tokenloom.cli.told.insight import profile_words, trace_words
    from tokenloom.jobs.insight.reading import profile_of

    folder = _folder(context, run)
    if steps is not None:
        event = ask_for_trace(context, folder, steps)
        emit(context, event, text="\n".join(trace_words(folder, event)))
        return
    found = profile_of(workspace(context), folder.name)
    emit(context, asdict(found), text="\n".join(profile_words(found)))


@app.command("set")
def set_(
    context: typer.Context,
    run: Run,
    change: Annotated[str, typer.Argument(metavar="KEY=VALUE", help="For example optimizer.learning_rate=1e-4.")],
) -> None:
    """Change a setting while the run trains."""
    import yaml

    from tokenloom.kit.errors import SpecError

    key, equals, raw = change.partition("=")
    if not equals:
        raise SpecError(f"“{change}” is not a change.", hint="Write KEY=VALUE.")
    wait_for_answer(context, run, "set", {"key": key, "value": yaml.safe_load(raw)})


@app.command()
def tag(
    context: typer.Context, run: Run, tags: Annotated[list[str], typer.Argument(metavar="TAG...", help="TAG or -TAG.")]
) -> None:
    """Add tags; -TAG takes one away (put -- before it)."""
    from tokenloom.tracking.catalog.facts import read_annotations

    folder = _folder(context, run)
    kept = set(read_annotations(folder).tags)
    for each in tags:
        kept = kept - {each[1:]} if each.startswith("-") else kept | {each}
    _annotate(context, folder.name, tags=sorted(kept))


@app.command()
def note(
    context: typer.Context, run: Run, text: Annotated[str, typer.Argument(metavar="TEXT", help="Markdown.")]
) -> None:
    """Write a run's note."""
    _annotate(context, _folder(context, run).name, notes=text)


@app.command()
def delete(context: typer.Context, run: Run, for_good: ForGood = False) -> None:
    """Put a run that has come to rest into the bin, with its checkpoints."""
    from tokenloom.jobs.deletion import delete_run

    emit_deleted(context, delete_run(workspace(context), _folder(context, run).name, for_good=for_good))


def _event_line(event: dict[str, Any]) -> str:
    """One event as a line; samples of one step as a line each."""
    if event["type"] == "sample":
        texts = [f"  {sample['prompt']!r} → {sample['text']!r}" for sample in event["samples"]]
        return "\n".join([f"[sample] step {event['step']}", *texts])
    if event["type"] == "xray":
        rows = [f"  row {each['row']}: {_loss(each)} over {each['units']} tokens" for each in event["rows"][:8]]
        return "\n".join([f"[xray] step {event['of_step']}, loss {_loss(event)}", *rows])
    if event["type"] == "profile":
        return f"[profile] steps {event['first_step']} to {event['step']} are traced in {event['file']}"
    return f"[{event['type']}] {event.get('message') or event.get('state')} {event.get('reason', '')}".rstrip()


def _loss(told: dict[str, Any]) -> str:
    return "no number" if told["loss"] is None else f"{told['loss']:.3f}"


def _annotate(context: typer.Context, run_id: str, **changes: Any) -> None:
    from dataclasses import asdict

    from tokenloom.tracking.catalog.annotations import annotate
    from tokenloom.tracking.catalog.database import Catalog
    from tokenloom.tracking.catalog.indexer import Indexer

    with Catalog.open(workspace(context)) as catalog:
        Indexer(catalog).refresh([run_id])
        emit(context, {"run": run_id, **asdict(annotate(catalog, run_id, **changes))})


def _by_run(folders: list[Path], values: list[Any]) -> dict[str, Any]:
    return {folder.name: value for folder, value in zip(folders, values, strict=True)}
