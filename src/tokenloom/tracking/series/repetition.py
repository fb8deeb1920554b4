"""What a run computes when it is made a second time, beside the first: rows of numbers compared bit for bit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tokenloom.tracking.reader import EventRecord, Row, RunReader

ORIGINAL = "original.json"
"""In the folder of a run that reproduces another: what it repeats."""
UNLIKE = ("per_second", "time/", "memory/", "train/mfu")
"""Parts of names of numbers that say how fast it went and not what was computed."""
LOSS = "train/loss"

Rows = dict[int, dict[str, float]]


def read_original(run_folder: Path) -> dict[str, Any]:
    """What a run repeats (``run``, ``commands``, ``compute``, ``last_step``, ``weights``); empty for one that repeats nothing."""
    try:
        found = json.loads((run_folder / ORIGINAL).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def rows_of(run_folder: Path) -> Rows:
    """All rows that count, by step: what a rewind made void is left out."""
    rows: Rows = {}
    cursor = ""
    while True:
        records, cursor = RunReader(run_folder).read(cursor)
        for record in records:
            if isinstance(record, Row):
                rows.setdefault(record.step, {}).update(record.values)
            elif isinstance(record, EventRecord) and record.data.get("type") == "rewind":
                rows = {step: values for step, values in rows.items() if step <= int(record.data["step"])}
        if not records:
            return rows


def computed(row: dict[str, float]) -> dict[str, str]:
    """Every bit of what was computed."""
    return {key: value.hex() for key, value in row.items() if not any(part in key for part in UNLIKE)}


def compared(first: Rows, second: Rows) -> dict[str, Any]:
    """Steps that both have, those whose numbers differ, and by how much the training loss differs at most (a share of it)."""
    both = sorted(first.keys() & second.keys())
    gaps = [
        abs(second[step][LOSS] - first[step][LOSS]) / max(abs(first[step][LOSS]), 1e-12)
        for step in both
        if LOSS in first[step] and LOSS in second[step]
    ]
    return {
        "steps": len(both),
        "unequal_steps": [step for step in both if computed(first[step]) != computed(second[step])],
        "largest_difference": max(gaps, default=0.0),
    }
