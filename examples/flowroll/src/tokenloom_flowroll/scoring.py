"""From verdicts to a report: execution accuracy with its interval, exact match and error kinds, whole and in parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from tokenloom.kit.errors import DataError
from tokenloom_flowroll.judge import Verdict, execution_check, wilson_interval


def score(rows: Sequence[Mapping[str, Any]], answers: Sequence[str]) -> dict[str, Any]:
    """Judge ``answers`` to the prompts of ``rows``, in the same order, and report."""
    return report(rows, judge_all(rows, answers))


def judge_all(rows: Sequence[Mapping[str, Any]], answers: Sequence[str]) -> list[Verdict]:
    """One verdict per row."""
    if len(rows) != len(answers):
        raise DataError(f"There are {len(rows)} rows but {len(answers)} answers.", hint="Give one answer per row.")
    return [execution_check(row, answer) for row, answer in zip(rows, answers, strict=True)]


def report(rows: Sequence[Mapping[str, Any]], verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Keys: those of :func:`summary` for all rows, then ``levels``, ``families`` and ``cells`` (``"1 build"``) with a
    summary each. Shares are from 0 to 1.
    """
    return {
        **summary(verdicts),
        "levels": _by(rows, verdicts, "level"),
        "families": _by(rows, verdicts, "family"),
        "cells": _by(rows, verdicts, "level", "family"),
    }


def summary(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Execution accuracy with its 95 % interval, exact match, number of rows, and error kinds with their counts."""
    num = len(verdicts)
    num_correct = sum(verdict.correct for verdict in verdicts)
    low, high = wilson_interval(num_correct, num)
    kinds = Counter(verdict.error_kind for verdict in verdicts if verdict.error_kind)
    return {
        "execution_accuracy": num_correct / num if num else 0.0,
        "execution_accuracy_low": low,
        "execution_accuracy_high": high,
        "exact_match": sum(verdict.exact for verdict in verdicts) / num if num else 0.0,
        "num_rows": num,
        "error_kinds": dict(kinds.most_common()),
    }


def _by(rows: Sequence[Mapping[str, Any]], verdicts: Sequence[Verdict], *fields: str) -> dict[str, Any]:
    groups: dict[str, list[Verdict]] = {}
    for row, verdict in zip(rows, verdicts, strict=True):
        groups.setdefault(" ".join(str(row.get(field, "")) for field in fields), []).append(verdict)
    return {name: summary(group) for name, group in sorted(groups.items())}
