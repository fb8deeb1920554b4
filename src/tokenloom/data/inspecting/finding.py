"""One thing that is wrong, or worth knowing, about the rows of a dataset; and the verdict that follows from all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["error", "warning", "note"]
ORDER: dict[str, int] = {"error": 0, "warning": 1, "note": 2}
MAX_ROWS, MAX_EXAMPLES, MAX_EXCERPT = 50, 5, 240
MAX_FIXED = 10_000
"""Rows that a fix may name one by one."""
READY, WARNINGS, NOT_READY = "ready", "warnings", "not_ready"
UNKNOWN: dict[str, Any] = {"verdict": "unknown", "words": "not inspected yet", "reasons": []}
WORDS = {READY: "ready", WARNINGS: "ready with warnings", NOT_READY: "not ready"}
_LEAD = 60  # characters before what an excerpt shows


@dataclass
class Finding:
    """``count`` of ``of`` rows; ``rows`` are the first of them by number; ``fix`` the refining steps that would mend it.

    ``examples``: ``{row, text}`` or ``{rows, text}``, shortened · ``why``: what it does to training · ``advice``: what a person can do.
    """

    id: str
    title: str
    severity: Severity
    count: int
    of: int
    why: str
    advice: str
    rows: list[int] = field(default_factory=list)
    examples: list[dict[str, Any]] = field(default_factory=list)
    fix: list[dict[str, Any]] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def share(self) -> float:
        """Of the rows that were looked at, 0 to 1."""
        return round(self.count / max(1, self.of), 6)

    def as_dict(self) -> dict[str, Any]:
        """As it is stored and sent."""
        names = ("id", "title", "severity", "count", "why", "advice", "fix", "details")
        return {name: getattr(self, name) for name in names} | {
            "share": self.share,
            "rows": [int(row) for row in self.rows[:MAX_ROWS]],
            "examples": self.examples[:MAX_EXAMPLES],
        }


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Errors first, then by how many rows they concern."""
    return sorted(findings, key=lambda finding: (ORDER[finding.severity], -finding.count, finding.id))


def excerpt(text: str, pattern: re.Pattern[str] | None = None) -> str:
    """A part of ``text`` to show, around the first place that ``pattern`` finds."""
    found = pattern.search(text) if pattern is not None else None
    start = max(0, found.start() - _LEAD) if found is not None else 0
    shown = text[start : start + MAX_EXCERPT]
    return f"{'…' if start else ''}{shown}{'…' if start + MAX_EXCERPT < len(text) else ''}"


def drop_rows(rows: Iterable[int]) -> list[dict[str, Any]]:
    """The step that leaves these rows out; none where there are too many to name."""
    named = [int(row) for row in rows]
    return [{"kind": "rows", "drop": named}] if 0 < len(named) <= MAX_FIXED else []


def verdict_of(findings: Sequence[Finding | dict[str, Any]]) -> dict[str, Any]:
    """``{verdict, words, reasons}``: ``ready``, ``warnings`` or ``not_ready``; the reasons are the findings that say so, gravest first."""
    told = [finding.as_dict() if isinstance(finding, Finding) else finding for finding in findings]
    grave = [each for each in told if each["severity"] == "error"]
    light = [each for each in told if each["severity"] == "warning"]
    verdict = NOT_READY if grave else WARNINGS if light else READY
    names = ("id", "title", "severity", "count", "share", "why", "advice", "fix")
    reasons = [{name: each[name] for name in names} for each in [*grave, *light]]
    return {"verdict": verdict, "words": WORDS[verdict], "reasons": reasons}
