"""Running the plan: each stage through the queue as any run, with live progress; finished stages are found again and not repeated."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from tokenloom.jobs.control import interrupt, send, submit
from tokenloom.jobs.launching.keeper import ForkServerKeeper
from tokenloom.jobs.runs import last_state, read_info
from tokenloom.jobs.watch import follow_run
from tokenloom.kit.errors import Interrupted, RunError
from tokenloom.kit.ids import content_id
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.override import parse_run_spec
from tokenloom.tracking import query
from tokenloom.tracking.reader import EventRecord, Row
from tokenloom_flowroll.workshop.plan import Stage

TAG = "workshop:"


def conduct(workspace: Workspace, stages: Sequence[Stage], console: Console) -> dict[str, dict[str, Any]]:
    """Run all stages; each stage's result by its name. Ctrl+C saves the running stage and raises :class:`Interrupted`."""
    columns = (
        SpinnerColumn(finished_text="[green]✓"),
        TextColumn("{task.description:<29}"),
        BarColumn(bar_width=12),
        TimeElapsedColumn(),
        TextColumn("{task.fields[news]}"),
    )
    results: dict[str, dict[str, Any]] = {}
    is_live = console.is_terminal
    fork_server = ForkServerKeeper()
    with Progress(*columns, console=console, refresh_per_second=4, disable=not is_live) as display:
        for stage in stages:
            if not is_live:  # a pipe or a log file: a line when a stage begins
                console.print(f"{stage.title} …", highlight=False)
            fork_server.keep()  # loads while the data are drawn; every later stage starts at once
            bar = display.add_task(stage.title, total=None, news="")
            results[stage.name] = _conduct_one(workspace, stage, results, _Bar(display, bar))
    fork_server.release()
    return results


def _conduct_one(workspace: Workspace, stage: Stage, results: dict[str, dict[str, Any]], bar: _Bar) -> dict[str, Any]:
    data = stage.spec(results)
    tag = TAG + content_id(stage.name, data)
    spec = parse_run_spec({**data, "tags": [tag]})
    run_id = _earlier(workspace, tag)
    if run_id is None:
        run_id = submit(workspace, spec)
    elif last_state(workspace.run(run_id))["state"] == "interrupted":
        send(workspace, run_id, "resume")
    try:
        for record in follow_run(workspace, run_id):
            bar.show(record)
    except KeyboardInterrupt:
        interrupt(workspace, run_id)
        raise Interrupted(
            f"“{stage.title}” was interrupted; what it had done is saved.", hint="The same command goes on from there."
        ) from None
    state = last_state(workspace.run(run_id))
    if state["state"] != "completed":
        error = state.get("error") or {}
        raise RunError(
            f"“{stage.title}” ended as {state['state']}: {error.get('message') or state.get('reason')}",
            hint=error.get("hint") or f"{workspace.run(run_id) / 'stdout.log'} holds the details.",
        )
    bar.finish()
    return {**query.events(workspace.run(run_id), ["result"])[-1]["result"], "run": run_id}


def _earlier(workspace: Workspace, tag: str) -> str | None:
    """A run of this very stage that is done, under way or can go on; failed and stopped ones are left alone."""
    for folder in sorted(workspace.runs.iterdir(), reverse=True):
        if folder.name.startswith(".") or tag not in read_info(folder).get("tags", []):
            continue
        if last_state(folder)["state"] not in ("failed", "stopped"):
            return folder.name
    return None


class _Bar:
    """One line of the display, fed with the records of its run."""

    def __init__(self, display: Progress, task: TaskID) -> None:
        self._display, self._task = display, task
        self._news: dict[str, str] = {}
        self._shown = 0.0

    def show(self, record: Row | EventRecord | None) -> None:
        if isinstance(record, Row):
            self._row(record)
        elif isinstance(record, EventRecord):
            self._event(record.data)
        if record is None or time.monotonic() - self._shown > 0.25:
            self._shown = time.monotonic()
            self._display.update(self._task, news="  ".join(self._news.values()))

    def finish(self) -> None:
        total = self._display.tasks[self._task].total or 1
        self._display.update(self._task, total=total, completed=total)

    def _row(self, row: Row) -> None:
        if "train/loss" in row.values:
            self._news["loss"] = f"loss {row.values['train/loss']:.3f}"
            self._news["speed"] = f"{row.values['train/tokens_per_second']:,.0f} tok/s"
            self._display.update(self._task, completed=row.step)
        if "val/loss" in row.values:
            self._news["val"] = f"val {row.values['val/loss']:.3f}"

    def _event(self, event: dict[str, Any]) -> None:
        if event["type"] == "training":
            self._display.update(self._task, total=event["total_steps"], completed=event.get("step", 0))
        elif event["type"] == "progress":
            self._display.update(self._task, total=event.get("total"), completed=event["done"])
