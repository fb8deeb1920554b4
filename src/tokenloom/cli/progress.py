"""The live line of a run in the terminal."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from tokenloom.tracking.reader import EventRecord, Row


class RunProgress:
    """Feed it the records of a run. ``is_quiet`` prints only warnings and states."""

    def __init__(self, screen: Console, *, is_quiet: bool = False) -> None:
        self._display = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TextColumn("{task.fields[news]}"),
            TimeRemainingColumn(),
            console=screen,
            transient=True,
            disable=is_quiet or not screen.is_terminal,
        )
        self._screen = screen
        self._task = self._display.add_task("waiting", total=None, news="")
        self._news: dict[str, str] = {}
        self._steps: int | None = None

    def __enter__(self) -> RunProgress:
        self._display.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._display.stop()

    def show(self, record: Row | EventRecord) -> None:
        if isinstance(record, Row):
            self._row(record)
        else:
            self._event(record.data)
        self._display.update(self._task, news="  ".join(self._news.values()))

    def _row(self, row: Row) -> None:
        if "train/loss" in row.values:
            self._news["loss"] = f"loss {row.values['train/loss']:.4f}"
            self._display.update(self._task, description="training", total=self._steps, completed=row.step)
        if "train/tokens_per_second" in row.values:  # a script's own run may not count tokens
            self._news["speed"] = f"{row.values['train/tokens_per_second']:,.0f} tokens/s"
        if "val/loss" in row.values:
            self._news["val"] = f"val {row.values['val/loss']:.4f}"

    def _event(self, event: dict[str, Any]) -> None:
        kind = event["type"]
        if kind == "training":
            self._steps = event["total_steps"]
            self._display.update(
                self._task, description="training", total=event["total_steps"], completed=event.get("step", 0)
            )
        elif kind == "progress":
            self._display.update(
                self._task, description=event["phase"], total=event.get("total"), completed=event["done"]
            )
        elif kind == "state":
            self._display.update(self._task, description=event["state"])
            if event.get("reason") and event["state"] not in ("failed",):
                self._screen.print(f"{event['state']}: {event['reason']}", highlight=False, markup=False)
        elif kind == "note" and event.get("level") != "info":
            self._screen.print(f"{event['level']}: {event['message']}", highlight=False, markup=False)
