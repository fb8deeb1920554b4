"""The same steps over a sample: what they would change and drop, at once and without publishing anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from tokenloom.data.dataset import Dataset
from tokenloom.data.mapping import BadRow, Reader, reader_of
from tokenloom.data.refining.building import Tools
from tokenloom.data.refining.counting import Tally, excerpts
from tokenloom.data.refining.item import Item
from tokenloom.data.refining.refining import tools_of
from tokenloom.data.refining.running import Running, as_items
from tokenloom.data.refining.texts import Texts
from tokenloom.kit.errors import SpecError
from tokenloom.spec.base import Spec

SAMPLE_ROWS, MOST_ROWS = 200, 1000
_SAMPLE_CHARS = 1_000_000
_SHOWN, _EXCERPT = 60, 4000


@dataclass
class _Loss:
    reason: str
    step: int
    item: Item  # as it was when it was dropped


def preview_steps(
    dataset: Dataset,
    steps: Sequence[Spec],
    *,
    rows: Sequence[int] | None = None,
    sample: int = SAMPLE_ROWS,
    tools: Tools | None = None,
) -> dict[str, Any]:
    """Run ``steps`` over the rows numbered ``rows``, or over about ``sample`` rows evenly spread.

    Gives the counts of each step, and each row that was changed, moved or dropped, with its texts before and after. Steps that compare rows
    compare those of the sample only. JSON.
    """
    if rows is not None and len(rows) > MOST_ROWS:
        raise SpecError(f"A preview shows at most {MOST_ROWS} rows.", hint="Name fewer rows, or let it take a sample.")
    found = dataset.rows_numbered(list(rows)) if rows is not None else dataset.spread(max(1, min(sample, MOST_ROWS)))
    texts = Texts(dataset.mapping)
    items = _within(list(as_items(found)), texts)
    lost: dict[int, _Loss] = {}

    def dropped(item: Item, reason: str, tally: Tally) -> None:
        lost[item.number] = _Loss(reason, tally.place, item)

    made = replace(tools or Tools(dataset.mapping), **tools_of(dataset), folder=None, is_preview=True)
    with Running(steps, made, len(items), dropped) as running:
        left = list(running.through(items))
    shown = _shown(items, left, lost, texts, dataset)
    return {
        "dataset": {"id": dataset.id, "name": dataset.name, "version": dataset.version, "rows": dataset.count()},
        "sampled": len(items),
        "left": len(left),
        "is_sample": len(items) < dataset.count(),
        "compares_sample": any(step.looks_first for step in running.steps) and len(items) < dataset.count(),
        "steps": [tally.report() for tally in running.tallies],
        "rows": shown[:_SHOWN],
        "touched": len(shown),
    }


def _within(items: list[Item], texts: Texts) -> list[Item]:
    """As many items, from the first on, as have texts of a bounded size together; at least one."""
    size = 0
    for place, item in enumerate(items):
        size += sum(map(len, texts.of(item.row)))
        if size > _SAMPLE_CHARS:
            return items[: max(1, place)]
    return items


def _shown(
    items: list[Item], left: list[Item], lost: dict[int, _Loss], texts: Texts, dataset: Dataset
) -> list[dict[str, Any]]:
    """Rows that did not come through as they were, in order; new rows come after all others."""
    after = {item.number: item for item in left}
    read = reader_of(dataset.mapping)
    shown = []
    for item in items:
        loss = lost.get(item.number)
        now = after.pop(item.number, item) if loss is None else loss.item
        told = _compared(item, now, texts)
        if loss is not None:
            told |= {"dropped": loss.reason, "step": loss.step}
        elif reason := _unusable(read, now):
            told |= {"dropped": reason, "step": None}
        if told["before"] != told["after"] or told["dropped"] or told["split"] != told["split_before"]:
            shown.append(told)
    return shown + [_new(item, texts) for item in after.values()]


def _compared(item: Item, now: Item, texts: Texts) -> dict[str, Any]:
    shown = excerpts(texts.of(item.row), texts.of(now.row), _EXCERPT)
    return {
        "row": item.number,
        "split": now.split,
        "split_before": item.split,
        "before": shown[0],
        "after": shown[1],
        "dropped": "",
        "step": None,
        "extra": _extra(now),
    }


def _new(item: Item, texts: Texts) -> dict[str, Any]:
    """A row that a step added."""
    told = {"row": item.number, "split": item.split, "split_before": "", "before": [], "after": texts.of(item.row)}
    return told | {"dropped": "", "step": None, "extra": _extra(item)}


def _extra(item: Item) -> dict[str, Any]:
    return {name: item.row[name] for name in ("quality", "quality_score", "source_row") if name in item.row}


def _unusable(read: Reader, item: Item) -> str:
    """Why a row that came through could not be learned any more; empty where it could."""
    try:
        read(item.number, item.row)
    except BadRow as problem:
        return str(problem)
    return ""
