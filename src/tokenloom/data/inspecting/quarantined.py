"""What the import set aside: unreadable rows, wrong roles, empty turns, told as findings like the rest."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

import orjson

from tokenloom.data.dataset import QUARANTINE, Dataset
from tokenloom.data.inspecting.finding import MAX_EXAMPLES, MAX_ROWS, Finding, Severity, excerpt

_READ = 20_000  # lines of the quarantine that are looked at for numbers and examples
_MANY = 0.2
_DROPPED = "dropped"
_KINDS = (
    (_DROPPED, "Rows that the steps dropped", re.compile(r"^step \d+ ")),
    ("wrong_roles", "Conversations with wrong roles or a wrong order", re.compile(r"has the role|should speak|ends without an answer|no prompt before")),
    ("empty", "Empty texts, prompts, answers or turns", re.compile(r"\bis empty\b|holds no (?:list of )?messages")),
    ("unusable", "Rows that could not be read", re.compile("")),
)  # fmt: skip
_WHY = {
    _DROPPED: "They are not in this version, as its steps wanted it.",
    "wrong_roles": "Nobody can tell what is asked and what is to be learned there.",
    "empty": "There is nothing to learn, or nothing to learn it from.",
    "unusable": "They are not in the dataset, so nothing is learned from them.",
}


_ADVICE = "They wait in the quarantine with line and reason; correct them in the source and import it again."
_DROPPED_ADVICE = "They wait in the quarantine with the step and the reason; loosen the step, if they should stay."


def quarantine_findings(dataset: Dataset) -> list[Finding]:
    """One finding for each kind of reason; ``of`` are all rows of the source."""
    report = dataset.report()
    raw = int(report["rows"]["raw"])
    counts: dict[str, dict[str, int]] = {}
    for reason, count in report["reasons"].items():
        counts.setdefault(_kind(reason), {})[reason] = count
    examples = _examples(dataset) if counts else {}
    return [
        _finding(kind, title, counts[kind], examples.get(kind, []), raw) for kind, title, _ in _KINDS if kind in counts
    ]


def _finding(kind: str, title: str, reasons: dict[str, int], entries: list[dict[str, Any]], raw: int) -> Finding:
    count = sum(reasons.values())
    severity: Severity = "note" if kind == _DROPPED else "error" if count > _MANY * raw else "warning"
    return Finding(
        kind, title, severity, count, raw, why=_WHY[kind],
        advice=_DROPPED_ADVICE if kind == _DROPPED else _ADVICE,
        rows=[each["row"] for each in entries],
        examples=[
            {"row": each["row"], "text": f"{each['file']} line {each['line']}: {each['reason']}\n{excerpt(each['raw'])}"}
            for each in entries[:MAX_EXAMPLES]
        ],
        details={"reasons": reasons, "is_quarantined": True},
    )  # fmt: skip


def _kind(reason: str) -> str:
    return next(kind for kind, _, pattern in _KINDS if pattern.search(reason))


def _examples(dataset: Dataset) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    with (dataset.path / QUARANTINE).open("rb") as file:
        for line in islice(file, _READ):
            entry = orjson.loads(line)
            entries = found.setdefault(_kind(entry["reason"]), [])
            if len(entries) < MAX_ROWS:
                entries.append(entry)
    return found
