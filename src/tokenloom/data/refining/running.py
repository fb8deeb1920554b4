"""Driving rows through steps: one after another, in batches, with a spool on disk before each step that must see all rows first."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import orjson

from tokenloom.data.progress import report, stop_if
from tokenloom.data.refining.building import Tools, build_step
from tokenloom.data.refining.counting import Tally
from tokenloom.data.refining.item import Fate, Item
from tokenloom.data.refining.step import Step
from tokenloom.data.refining.texts import Texts
from tokenloom.kit.errors import SpecError, TokenloomError
from tokenloom.kit.ids import new_id
from tokenloom.spec.base import Spec

BATCH_ROWS, BATCH_CHARS = 512, 4_000_000
Dropped = Callable[[Item, str, Tally], None]
"""Told of each dropped row: the item (as the quarantine may show it), the reason, the step's tally."""


class Running:
    """Steps ready to run over ``total`` rows. Use it in a ``with``; :attr:`tallies` are whole once :meth:`through` is used up."""

    def __init__(self, specs: Sequence[Spec], tools: Tools, total: int, dropped: Dropped | None = None) -> None:
        self._texts = Texts(tools.mapping)
        self._watch, self._folder, self._dropped = tools.watch, tools.folder, dropped
        self._open = contextlib.ExitStack()
        self.steps: list[Step] = []
        try:
            for place, spec in enumerate(specs):
                self.steps.append(self._built(place, spec, tools))
                self._open.callback(self.steps[-1].close)
        except BaseException:
            self._open.close()
            raise
        self._private = [] if tools.is_preview else [step for step in self.steps if step.is_private]
        conceal = self._concealed if self._private else None
        self.tallies = [Tally(place, spec.model_dump(mode="json"), conceal=conceal) for place, spec in enumerate(specs)]
        self._total, self._passes = total, 1 + sum(step.looks_first for step in self.steps)

    def __enter__(self) -> Running:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def through(self, items: Iterable[Item]) -> Iterator[Item]:
        """What is left of ``items`` after all steps, in order; memory stays bounded."""
        stream: Iterator[list[Item]] = _batches(items)
        passes = 0
        for step, tally in zip(self.steps, self.tallies, strict=True):
            stream = self._step(step, tally, stream, passes)
            passes += step.looks_first
        for batch in self._counted(stream, passes):
            yield from batch
        for step, tally in zip(self.steps, self.tallies, strict=True):
            tally.facts = step.facts()

    def _built(self, place: int, spec: Spec, tools: Tools) -> Step:
        try:
            return build_step(spec, tools)
        except TokenloomError as error:
            field = f"steps.{place}"
            raise SpecError(
                f"Step {place + 1} ({getattr(spec, 'kind', '')}): {error.message}",
                hint=error.hint,
                errors=[{"field": field, "message": error.message, "fix": error.hint}],
            ) from error

    def _step(self, step: Step, tally: Tally, stream: Iterator[list[Item]], passes: int) -> Iterator[list[Item]]:
        if step.looks_first:
            spool = Spool(self._folder)
            self._open.callback(spool.close)
            for batch in self._counted(stream, passes):
                step.learn(batch)
                spool.put(batch)
            step.settle()
            stream = spool.batches()
        for batch in stream:
            yield self._applied(step, tally, batch)

    def _applied(self, step: Step, tally: Tally, batch: list[Item]) -> list[Item]:
        left: list[Item] = []
        for item, fate in zip(batch, step.apply(batch), strict=True):
            before = self._texts.of(item.row)
            tally.rows_in += 1
            tally.characters_in += sum(map(len, before))
            if fate.item is None:
                self._drop(item, fate, before, tally)
            else:
                self._keep(item, fate.item, before, tally)
                left.append(fate.item)
            left.extend(fate.added)
            tally.added += len(fate.added)
        tally.rows_out += len(left)
        return left

    def _keep(self, item: Item, kept: Item, before: list[str], tally: Tally) -> None:
        tally.moved += item.split != kept.split
        if kept.row is not item.row:
            after = self._texts.of(kept.row)
            if after != before:
                tally.change(item, before, after)

    def _drop(self, item: Item, fate: Fate, before: list[str], tally: Tally) -> None:
        tally.drop(item, fate.reason, before)
        if self._dropped is not None:
            if self._private:
                item = item.with_row(self._texts.put(item.row, [self._concealed(text) for text in before]))
            self._dropped(item, fate.reason, tally)

    def _concealed(self, text: str) -> str:
        for step in self._private:
            text = step.conceal(text)
        return text

    def _counted(self, stream: Iterator[list[Item]], passes: int) -> Iterator[list[Item]]:
        """One pass over what is left so far, after ``passes`` others; tells the progress over all of them."""
        done = passes * self._total
        for batch in stream:
            stop_if(self._watch.cancelled, "The refining")
            yield batch
            done = min(done + len(batch), (passes + 1) * self._total)
            report(self._watch.progress, done, self._passes * self._total, "rows")


class Spool:
    """Items put aside and read once more, in order: in a file of ``folder``, or in memory without one."""

    def __init__(self, folder: Path | None) -> None:
        self._kept: list[list[Item]] = []
        self._path = None if folder is None else folder / f"spool-{new_id()}.jsonl"
        self._file = None if self._path is None else self._path.open("wb", buffering=1 << 20)

    def put(self, batch: list[Item]) -> None:
        if self._file is None:
            self._kept.append(batch)
            return
        for item in batch:
            self._file.write(orjson.dumps([item.number, item.split, item.row], default=str) + b"\n")

    def batches(self) -> Iterator[list[Item]]:
        if self._file is None or self._path is None:
            yield from self._kept
            return
        self._file.close()
        with self._path.open("rb") as file:
            yield from _batches(Item(*orjson.loads(line)) for line in file)
        self.close()

    def close(self) -> None:
        """Free the space; may be called again."""
        self._kept = []
        if self._file is not None and self._path is not None:
            self._file.close()
            self._path.unlink(missing_ok=True)


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    batch: list[Item] = []
    size = 0
    for item in items:
        batch.append(item)
        size += sum(len(value) for value in item.row.values() if isinstance(value, str))
        if len(batch) >= BATCH_ROWS or size >= BATCH_CHARS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def as_items(rows: Iterable[dict[str, Any]]) -> Iterator[Item]:
    """Rows of a dataset as items."""
    from tokenloom.data.dataset import ROW, SPLIT

    for row in rows:
        number, split = row.pop(ROW), row.pop(SPLIT)
        yield Item(number, split, row)
