"""What a split would do is told before it is made."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tokenloom.data.dataset import Dataset
from tokenloom.data.splitting.preview import preview_split
from tokenloom.kit.errors import DataError, NotFound
from tokenloom.spec.split import FilesSplit, GroupedSplit, RatioSplit, StratifiedSplit

Import = Callable[..., Dataset]


def _reviews() -> str:
    rows = [
        {"text": f"review {n if n % 4 else 0}", "label": "good" if n % 5 else "bad", "author": f"a{n % 7}"}
        for n in range(200)
    ]
    return "\n".join(map(json.dumps, rows))


def test_a_preview_equals_what_the_import_makes(do_import: Import) -> None:
    spec = StratifiedSplit(train=0.5, validation=0.25, test=0.25, seed=3)
    made = do_import(_reviews(), split=spec)
    told = preview_split(do_import(_reviews(), name="other"), spec)
    assert told["splits"] == made.splits and told["column"] == "label" and told["copies_across"] == 0
    assert preview_split(made, spec)["moved"] == 0 < told["moved"] <= 200
    values = {row["value"]: row for row in told["values"]}
    assert {name: sum(row[name] for row in values.values()) for name in told["splits"]} == told["splits"]
    assert values["good"]["train"] == 80
    assert {example["row"] for example in told["examples"]["test"]} <= {
        row["_row"] for row in made.rows("test", limit=200)
    }


def test_copies_on_both_sides_are_counted(do_import: Import) -> None:
    dataset = do_import(_reviews())
    random = preview_split(dataset, RatioSplit(train=0.5, validation=0.25, test=0.25, method="random"))
    assert random["copies_across"] == 1  # "review 0", 50 times
    assert preview_split(dataset, RatioSplit())["copies_across"] == 0


def test_what_cannot_be_split_so_is_said(do_import: Import) -> None:
    plain = do_import('{"prompt": "a", "completion": "b"}\n{"prompt": "c", "completion": "d"}')
    with pytest.raises(DataError, match="no class"):
        preview_split(plain, StratifiedSplit())
    with pytest.raises(NotFound, match="column"):
        preview_split(plain, GroupedSplit(column="autor"))
    with pytest.raises(DataError, match="do not say which file"):
        preview_split(plain, FilesSplit())
