"""The data doctor: whether one may train on a dataset, and why not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tokenloom.data.inspecting.finding import Finding

READY, WARNINGS, NOT_READY = "ready", "warnings", "not_ready"
UNKNOWN: dict[str, Any] = {"verdict": "unknown", "words": "not inspected yet", "reasons": []}
WORDS = {READY: "ready", WARNINGS: "ready with warnings", NOT_READY: "not ready"}


def verdict_of(findings: Sequence[Finding | dict[str, Any]]) -> dict[str, Any]:
    """``{verdict, words, reasons}``: ``ready``, ``warnings`` or ``not_ready``; the reasons are the findings that say so, gravest first."""
    told = [finding.as_dict() if isinstance(finding, Finding) else finding for finding in findings]
    grave = [each for each in told if each["severity"] == "error"]
    light = [each for each in told if each["severity"] == "warning"]
    verdict = NOT_READY if grave else WARNINGS if light else READY
    names = ("id", "title", "severity", "count", "share", "why", "advice", "fix")
    reasons = [{name: each[name] for name in names} for each in [*grave, *light]]
    return {"verdict": verdict, "words": WORDS[verdict], "reasons": reasons}
