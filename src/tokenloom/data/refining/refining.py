"""Refining: the rows of one version through steps into a new, immutable version that names its parent and its steps."""

from __future__ import annotations

import array
import contextlib
import itertools
import shutil
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from tokenloom.data.dataset import Dataset
from tokenloom.data.format import Record
from tokenloom.data.importing.intake import Intake
from tokenloom.data.importing.publishing import described, known, publish, write_rows
from tokenloom.data.ledger import Ledger
from tokenloom.data.progress import Watch, report, stop_if
from tokenloom.data.refining.building import Tools
from tokenloom.data.refining.counting import Tally
from tokenloom.data.refining.item import Item
from tokenloom.data.refining.running import Running, as_items
from tokenloom.data.splitting import NAMES
from tokenloom.data.versions import remove_stale, valid_name
from tokenloom.kit.atomic import disk_full_as_error
from tokenloom.kit.errors import DataError
from tokenloom.kit.ids import content_id, new_id
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.base import Spec
from tokenloom.spec.data import RatioSplit

SOURCE, ADDED = "source", "rows added"


def refine_dataset(
    workspace: Workspace, dataset: Dataset, steps: Sequence[Spec], *, into: str = "", tools: Tools | None = None
) -> Dataset:
    """Run ``steps`` in order over all rows of ``dataset`` and publish what is left as the next version of ``into`` (its own name by default).

    The same parent, steps and name give the version that is there. Every row that goes stands in the quarantine of the new version with
    the step and the reason. ``tools`` may bring a watch and models. Raises :class:`DataError` when no row is left, :class:`Interrupted` when
    cancelled; nothing is left behind then.
    """
    name = valid_name(into or dataset.name, "dataset")
    settings = [step.model_dump(mode="json") for step in steps]
    identity = content_id("refined", 1, name, dataset.id, settings)
    if there := known(workspace, identity):
        return there
    remove_stale(workspace.datasets)
    scratch = workspace.datasets / f".tmp-{new_id()}"
    scratch.mkdir(parents=True)
    intake = Intake(scratch, dataset.mapping, RatioSplit())
    made = replace(tools or Tools(dataset.mapping), **tools_of(dataset), folder=scratch)
    try:
        with disk_full_as_error(workspace.datasets):
            running, choice = _run(dataset, steps, made, intake)
            meta, told = _described(dataset, name, identity, settings, intake, choice, running.tallies)
            write_rows(scratch, intake, choice, meta, _look(made.watch))
        return publish(workspace, scratch, meta, told)
    finally:
        with contextlib.suppress(OSError):  # a full disk, told already
            intake.close()
        shutil.rmtree(scratch, ignore_errors=True)


def tools_of(dataset: Dataset) -> dict[str, Any]:
    """What steps must know of the dataset."""
    earlier = [str(step.get("kind")) for step in dataset.meta.get("steps", [])]
    numbers = itertools.count(1 + dataset.largest_number())
    return {"mapping": dataset.mapping, "columns": dataset.columns, "earlier": earlier, "numbers": numbers}


def _run(
    dataset: Dataset, steps: Sequence[Spec], tools: Tools, intake: Intake
) -> tuple[Running, np.ndarray[Any, np.dtype[np.int8]]]:
    label = f"{dataset.name}@{dataset.version}"

    def dropped(item: Item, reason: str, tally: Tally) -> None:
        intake.set_aside(item.number, label, item.row, f"step {tally.name}: {reason}")

    numbers, splits = array.array("q"), array.array("b")
    with Running(steps, tools, dataset.count(), dropped) as running:
        for item in running.through(as_items(dataset.scan())):
            intake.take(item.number, label, Record(item.number, item.number, item.row))
            numbers.append(item.number)
            splits.append(NAMES.index(item.split))
    try:
        intake.finish(label)
    except DataError:
        raise _nothing_left(label, dataset.count(), running.tallies, intake.reasons) from None
    is_kept = np.isin(np.array(numbers), np.asarray(intake.kept.numbers))
    return running, np.array(splits, dtype=np.int8)[is_kept]


def _described(
    dataset: Dataset,
    name: str,
    identity: str,
    settings: list[dict[str, Any]],
    intake: Intake,
    choice: np.ndarray[Any, np.dtype[np.int8]],
    tallies: list[Tally],
) -> tuple[dict[str, Any], dict[str, Any]]:
    label = f"{dataset.name}@{dataset.version}"
    intake.ledger = _ledger(dataset.count(), tallies, intake)
    dropped = sum(tally.dropped for tally in tallies) + intake.num_bad
    rows = {"raw": len(intake.kept) + dropped, "good": len(intake.kept), "bad": dropped}
    meta, told = described(name, identity, intake, choice, rows=rows, files=[{"name": label, "rows": dataset.count()}])
    parents = [{"id": dataset.id, "name": dataset.name, "version": dataset.version}]
    shared = {"parents": parents, "source": {"kind": "dataset", "label": label, "files": 0}}
    meta |= shared | {"steps": settings, "split": _split(dataset, settings)}
    reasons = {f"step {tally.name}: {reason}": count for tally in tallies for reason, count in tally.reasons.items()}
    told |= shared | {
        "steps": [tally.report() for tally in tallies],
        "reasons": reasons | told["reasons"],
        "mapping_reason": f"it is that of {label}",
    }
    return meta, told


def _split(dataset: Dataset, settings: list[dict[str, Any]]) -> Any:
    """What divided the rows last."""
    return next((step["split"] for step in reversed(settings) if step["kind"] == "resplit"), dataset.meta.get("split"))


def _ledger(rows: int, tallies: list[Tally], intake: Intake) -> Ledger:
    ledger = Ledger()
    ledger.add(SOURCE, rows)
    for tally in tallies:
        stage = ledger.add(tally.name, tally.rows_out)
        for reason, count in tally.reasons.items():
            stage.lose(reason, rows=count)
        if tally.added:
            stage.lose(ADDED, rows=-tally.added)
    mapped = ledger.add("mapped", len(intake.kept))
    for reason, count in intake.reasons.items():
        mapped.lose(reason, rows=count)
    ledger.check()
    return ledger


def _nothing_left(label: str, rows: int, tallies: list[Tally], unusable: dict[str, int]) -> DataError:
    lost = [f"{tally.dropped} by step {tally.name}" for tally in tallies if tally.dropped]
    lost += [f"{count} could not be used any more ({reason})" for reason, count in unusable.items()]
    return DataError(
        f"No row of {label} is left: of {rows}, {', '.join(lost) or 'none was there'}.",
        hint="Loosen the step that drops most; a preview shows the rows that each step drops.",
        steps=[tally.report() for tally in tallies],
    )


def _look(watch: Watch) -> Any:
    def look(done: int, total: int | None, unit: str) -> None:
        stop_if(watch.cancelled, "The refining")
        report(watch.progress, done, total, unit)

    return look
