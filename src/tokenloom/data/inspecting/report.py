"""The validation report of one dataset version: every check in one pass over its rows, kept by content so that it is made once."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from tokenloom.data.dataset import Dataset
from tokenloom.data.inspecting.finding import UNKNOWN, Finding, in_order, verdict_of
from tokenloom.data.inspecting.quarantined import quarantine_findings
from tokenloom.data.progress import UNWATCHED, Watch, report, stop_if
from tokenloom.kit.atomic import atomic_write
from tokenloom.kit.ids import content_id
from tokenloom.kit.workspace import Workspace

if TYPE_CHECKING:
    import polars as pl

    from tokenloom.data.inspecting.views import Blocks
    from tokenloom.data.tokenizer.tokenizer import Tokenizer

VERSION = 3
"""Of these checks; another number makes every report anew."""
QUICK_ROWS, QUICK_BYTES = 200_000, 200_000_000
CONTEXT = 1024
_FOLDER = "inspecting"


@dataclass(frozen=True)
class Looked:
    """What a dataset is looked at with. ``near``: search near-duplicates, too, which takes minutes for millions of rows."""

    tokenizer: Tokenizer | None = None
    context: int = CONTEXT
    template: str = "auto"
    near: bool = False

    def key(self) -> list[Any]:
        """What the answer depends on beside the rows."""
        told = (
            None
            if self.tokenizer is None
            else [self.tokenizer.fingerprint, self.tokenizer.chat_template, self.context, self.template]
        )
        return [VERSION, told, self.near]


def inspect_dataset(
    workspace: Workspace, dataset: Dataset, looked: Looked | None = None, watch: Watch = UNWATCHED
) -> dict[str, Any]:
    """``{dataset, rows, splits, looked, findings, skipped, clusters, verdict, seconds}``; from the cache where it is known.

    Raises :class:`DataError` where the data is damaged or the template does not fit the tokenizer, :class:`Interrupted` when cancelled.
    """
    looked = looked or Looked()
    if (known := known_report(workspace, dataset, looked)) is not None:
        return known
    began = time.monotonic()
    findings, clusters = _inspected(dataset, looked, watch)
    told: dict[str, Any] = {
        "dataset": {"id": dataset.id, "name": dataset.name, "version": dataset.version, "shape": dataset.shape},
        "rows": dataset.count(),
        "splits": dataset.splits,
        "looked": _described(looked),
        "findings": [finding.as_dict() for finding in in_order(findings)],
        "skipped": _skipped(looked),
        "clusters": clusters,
        "seconds": round(time.monotonic() - began, 3),
    }
    told["verdict"] = verdict_of(told["findings"])
    atomic_write(_place(workspace, dataset, looked), orjson.dumps(told))
    return told


def known_report(workspace: Workspace, dataset: Dataset, looked: Looked | None = None) -> dict[str, Any] | None:
    """The report, if it was made before. One that also searched near-duplicates answers where they were not asked for."""
    looked = looked or Looked()
    fuller = Looked(looked.tokenizer, looked.context, looked.template, near=True)
    for each in (fuller, looked):
        try:
            told: dict[str, Any] = orjson.loads(_place(workspace, dataset, each).read_bytes())
        except (OSError, orjson.JSONDecodeError):
            continue
        return told
    return None


def doctor(
    workspace: Workspace, dataset: Dataset, looked: Looked | None = None, *, most_rows: int = QUICK_ROWS
) -> dict[str, Any]:
    """The verdict on a dataset, from its report where that is known or made quickly; else ``unknown``."""
    looked = looked or Looked()
    told = known_report(workspace, dataset, looked)
    if told is None and is_quick(dataset, looked) and dataset.count() <= most_rows:
        told = inspect_dataset(workspace, dataset, looked)
    verdict: dict[str, Any] = UNKNOWN if told is None else told["verdict"]
    return verdict


def is_quick(dataset: Dataset, looked: Looked) -> bool:
    """Whether the report takes a few seconds at most, so that one may wait for it."""
    from tokenloom.data.dataset import DATA

    num_bytes = (dataset.path / DATA).stat().st_size if (dataset.path / DATA).is_file() else 0
    most = QUICK_ROWS // 20 if looked.near else QUICK_ROWS
    return dataset.count() <= most and num_bytes <= QUICK_BYTES


def _inspected(dataset: Dataset, looked: Looked, watch: Watch) -> tuple[list[Finding], list[dict[str, Any]]]:
    from tokenloom.data.inspecting.groups import group_findings
    from tokenloom.data.inspecting.labels import label_findings
    from tokenloom.data.inspecting.views import Blocks

    blocks = Blocks(dataset)
    findings = quarantine_findings(dataset)
    index, found = _one_pass(blocks, watch)
    findings += found
    findings += group_findings(index, blocks, dataset.shape) + label_findings(index, blocks)
    stop_if(watch.cancelled, "The inspection")
    if looked.tokenizer is not None:
        from tokenloom.data.inspecting.lengths import length_findings
        from tokenloom.data.template.renderer import Renderer

        findings += length_findings(index, blocks, Renderer(looked.tokenizer, looked.template), looked.context)
    clusters: list[dict[str, Any]] = []
    if looked.near:
        from tokenloom.data.inspecting.near import near_findings

        found, clusters = near_findings(index, blocks, watch)
        findings += found
    return findings, clusters


def _one_pass(blocks: Blocks, watch: Watch) -> tuple[pl.DataFrame, list[Finding]]:
    """The index of all rows, and what single rows and columns showed on the way."""
    import polars as pl

    from tokenloom.data.inspecting.boilerplate import Boilerplate
    from tokenloom.data.inspecting.fields import Fields
    from tokenloom.data.inspecting.marks import Marked
    from tokenloom.data.inspecting.personal import Personal
    from tokenloom.data.inspecting.views import indexed, placed, view

    dataset = blocks.dataset
    fields, boilerplate, personal = Fields(dataset), Boilerplate(blocks), Personal(blocks.total)
    marked = Marked(dataset.shape not in ("text", "label"))
    parts = []
    done = 0
    for frame in blocks:
        block = view(dataset, frame)
        fields.look(frame)
        marked.look(block)
        boilerplate.look(block)
        personal.look(block)
        parts.append(indexed(block))
        done += frame.height
        stop_if(watch.cancelled, "The inspection")
        report(watch.progress, done, blocks.total, "rows inspected")
    return placed(pl.concat(parts)), [
        *fields.findings(),
        *marked.findings(),
        *boilerplate.findings(),
        *personal.findings(),
    ]


def _described(looked: Looked) -> dict[str, Any]:
    named = None if looked.tokenizer is None else looked.tokenizer.name
    return {"tokenizer": named, "context": looked.context, "template": looked.template, "near": looked.near}


def _skipped(looked: Looked) -> list[dict[str, str]]:
    skipped = []
    if looked.tokenizer is None:
        skipped.append(
            {"id": "over_long", "reason": "Choose a tokenizer to see which rows are longer than the context."}
        )
    if not looked.near:
        skipped.append(
            {"id": "near_duplicates", "reason": "Ask for near-duplicates; the search takes minutes for a million rows."}
        )
    return skipped


def _place(workspace: Workspace, dataset: Dataset, looked: Looked) -> Path:
    return workspace.cache / _FOLDER / dataset.id / f"{content_id(looked.key())}.json"
