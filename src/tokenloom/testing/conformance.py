"""What each kind of plugin promises, as checks that raise :class:`AssertionError` with the broken promise in words."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from itertools import islice
from typing import Any

from tokenloom.spec.base import Spec, field_docs

MOST_ROWS = 2_000


def check_spec(spec: Spec) -> None:
    """Settings of a plugin: a ``kind``, help for every field, and plain data that gives the same settings again."""
    kind = type(spec).model_fields.get("kind")
    assert kind is not None and isinstance(kind.default, str), "the settings need a field kind: Literal['…'] = '…'"
    silent = sorted(type(spec).model_fields.keys() - field_docs(type(spec)).keys() - {"kind"})
    assert not silent, f"these settings have no docstring: {', '.join(silent)}"
    assert type(spec).__doc__, "the settings' class has no docstring"
    again = type(spec).model_validate(json.loads(spec.model_dump_json()))
    assert again == spec, "the settings do not survive JSON"


def check_source(spec: Spec) -> list[dict[str, Any]]:
    """A source: rows with named columns of plain data, the same at each opening. The first rows are returned for further checks."""
    from tokenloom.data.source import open_source

    check_spec(spec)
    rows = list(islice(_rows(open_source(spec)), MOST_ROWS))
    assert rows, "the source yields no row"
    for number, row in enumerate(rows):
        assert isinstance(row, dict) and row, f"row {number} is no table of columns"
        assert all(isinstance(name, str) and not name.startswith("_") for name in row), (
            f"row {number} has a column name that is no text or begins with _"
        )
        json.dumps(row, allow_nan=False)
    again = list(islice(_rows(open_source(spec)), MOST_ROWS))
    assert again == rows, "opening the source twice gives different rows"
    return rows


def check_metric(
    spec: Spec, rows: Sequence[dict[str, Any]], *, right: Sequence[str], wrong: Sequence[str], key: str
) -> None:
    """A metric: numbers under short names, one number per row, and right answers above wrong ones in ``key``."""
    from tokenloom.evaluation.metrics import build_metric

    check_spec(spec)
    metric = build_metric(spec)
    assert metric is not None and metric.name, "the metric needs a name"
    good, bad = metric.score(rows, right, right), metric.score(rows, wrong, right)
    assert key in good, f"the metric gives no “{key}”"
    assert good[key] > bad[key], f"right answers score {good[key]}, wrong ones {bad[key]}"
    for name, value in good.items():
        if name not in ("per_row", "table"):
            assert isinstance(value, int | float) and math.isfinite(value), f"{name} is {value!r}, not a finite number"
    if "per_row" in good:
        assert len(good["per_row"]) == len(rows), "per_row needs one number for each row"
    assert metric.score(rows, right, right) == good, "scoring twice gives different numbers"
    metric.score(rows, [""] * len(rows), right)
    metric.score(rows, ["\x00\ud800 not an answer"] * len(rows), right)


def _rows(opened: Any) -> Any:
    return opened.rows if hasattr(opened, "rows") else opened
