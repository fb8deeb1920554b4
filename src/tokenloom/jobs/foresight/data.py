"""What a recipe's data will do to its training, told before it starts: the doctor's verdict, and what this recipe loses of the rows."""

from __future__ import annotations

from typing import Any

from tokenloom.data.dataset import Dataset, DatasetStore
from tokenloom.data.inspecting import doctor
from tokenloom.data.inspecting.finding import NOT_READY, READY, UNKNOWN, WARNINGS
from tokenloom.jobs.foresight.checking import absent_tokenizer
from tokenloom.jobs.foresight.lengths import sampled_rows
from tokenloom.jobs.foresight.shapes import limit_of
from tokenloom.kit.errors import NotFound, TokenloomError
from tokenloom.kit.workspace import Workspace

AT_ONCE = 5_000
"""Rows of a dataset that is inspected while a recipe is written; larger ones are judged once they were inspected."""
_MUCH = 0.05
_MOST = 0.5
_OF_DATASET = ("over_long", "nothing_learned", "empty_split")  # of which the recipe itself knows more
Warnings = list[dict[str, str]]


def data_outlook(workspace: Workspace, spec: Any) -> dict[str, Any]:
    """``{verdict, reasons}``; each reason is ``{id, field, severity, message, fix}``. ``unknown`` without a reason: the data is not there yet, or large
    and not inspected."""
    try:
        dataset = DatasetStore(workspace).get(spec.data.dataset)
    except NotFound:
        return {"verdict": UNKNOWN["verdict"], "reasons": []}
    told = _verdict(workspace, dataset)
    reasons = [_reason(each) for each in told["reasons"] if each["id"] not in _OF_DATASET]
    reasons += _splits(spec, dataset) + _no_tokenizer(workspace, spec) + _lost(workspace, spec)
    grave = {reason["severity"] for reason in reasons}
    verdict = NOT_READY if "error" in grave else WARNINGS if grave else UNKNOWN["verdict"] if told is UNKNOWN else READY
    return {"verdict": verdict, "reasons": sorted(reasons, key=lambda reason: reason["severity"])}


def _verdict(workspace: Workspace, dataset: Dataset) -> dict[str, Any]:
    try:
        return doctor(workspace, dataset, most_rows=AT_ONCE)
    except TokenloomError:
        return UNKNOWN


def _reason(finding: dict[str, Any]) -> dict[str, str]:
    message = f"{finding['title'][:1].lower()}{finding['title'][1:]}: {finding['count']:,}"
    return _told(finding["id"], "data.dataset", finding["severity"], message, finding["advice"])


def _told(id: str, field: str, severity: str, message: str, fix: str) -> dict[str, str]:
    return {"id": id, "field": field, "severity": severity, "message": message, "fix": fix}


def _splits(spec: Any, dataset: Dataset) -> Warnings:
    wanted = {"data.train_split": spec.data.train_split, "data.validation_split": spec.data.validation_split}
    found = []
    for field, split in wanted.items():
        if split is None or dataset.splits.get(split):
            continue
        severity = "error" if field == "data.train_split" else "warning"
        found.append(
            _told(
                "empty_split",
                field,
                severity,
                f"the split {split} has no rows",
                "Choose another split, or split the dataset anew.",
            )
        )
    if wanted["data.validation_split"] is not None and wanted["data.validation_split"] == wanted["data.train_split"]:
        message = "validation uses the rows that are learned from, so its loss only shows learning by heart"
        found.append(
            _told("leakage", "data.validation_split", "error", message, "Choose another split for validation.")
        )
    return found


def _no_tokenizer(workspace: Workspace, spec: Any) -> Warnings:
    """A start would be refused: there is nothing to cut the rows into tokens with."""
    found = absent_tokenizer(workspace, spec)
    return [_told("no_tokenizer", each["field"], "error", each["message"], each["fix"]) for each in found]


def _lost(workspace: Workspace, spec: Any) -> Warnings:
    """What of the rows this recipe does not learn from, by a sample of them."""
    limit = limit_of(workspace, spec)
    lengths, refused = sampled_rows(workspace, spec)
    found = []
    if refused and refused >= _MOST * (len(lengths) + refused):
        message = f"of {refused / (len(lengths) + refused):.0%} of the rows no token is learned"
        fix = "Choose another template, or map the column that holds the answer."
        found.append(_told("nothing_learned", "data.render.template", "error", message, fix))
    longest = min(each for each in (spec.data.render.max_sequence_length, limit, 1 << 40) if each is not None)
    over = [length for length in lengths if length > longest]
    if not over:
        return found
    how = spec.data.render.overlong
    if how == "truncate":
        share = sum(length - longest for length in over) / sum(lengths)
        words = f"{share:.1%} of all tokens are cut off, because {len(over) / len(lengths):.1%} of the rows have more than {longest:,} tokens"
    elif how == "drop":
        share = len(over) / len(lengths)
        words = f"{share:.1%} of the rows are left out, because they have more than {longest:,} tokens"
    else:
        return found
    severity = "error" if share >= _MOST else "warning" if share >= _MUCH else ""
    fix = "Raise data.render.max_sequence_length, or set data.render.overlong=split."
    return [*found, _told("over_long", "data.render.max_sequence_length", severity, words, fix)] if severity else found
