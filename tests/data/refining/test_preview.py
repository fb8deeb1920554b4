"""The same steps on a sample, with nothing made."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tokenloom.data.dataset import Dataset, DatasetStore
from tokenloom.data.importing import import_dataset
from tokenloom.data.refining import preview_steps, refine_dataset
from tokenloom.kit.errors import SpecError
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.data import FileSource
from tokenloom.spec.split import CountSplit
from tokenloom.spec.steps import DuplicatesStep, HtmlStep, LengthStep, QualityStep, RedactStep, ResplitStep, RowsStep


def by_row(told: dict[str, Any]) -> dict[int, dict[str, Any]]:
    return {row["row"]: row for row in told["rows"]}


def test_a_preview_of_all_rows_says_what_the_run_does(workspace: Workspace, messy: Dataset) -> None:
    steps = [HtmlStep(), RedactStep(), DuplicatesStep(), RowsStep(drop=[2])]
    told = preview_steps(messy, steps)
    assert DatasetStore(workspace).list()[0].version == 1, "nothing was made"
    made = refine_dataset(workspace, messy, steps).report()["steps"]
    keys = ("rows_in", "rows_out", "changed", "dropped", "reasons", "facts", "characters_removed")
    assert [{key: step[key] for key in keys} for step in told["steps"]] == [
        {key: step[key] for key in keys} for step in made
    ]
    assert told["sampled"] == 60 and not told["is_sample"] and json.dumps(told)


def test_changed_dropped_and_unusable_rows_are_shown_with_their_texts(messy: Dataset) -> None:
    told = preview_steps(
        messy, [HtmlStep(), RedactStep(), DuplicatesStep(), ResplitStep(split=CountSplit(validation=3, test=3))]
    )
    rows = by_row(told)
    assert rows[7]["before"][1].startswith("<p>") and rows[7]["after"][1].startswith("The town")
    assert rows[5]["after"][1] == "Write to [EMAIL] for it." and rows[5]["before"][1].startswith("Write to jane@")
    assert rows[21]["dropped"] == "the same as another row (row 11)" and rows[21]["step"] == 2
    assert rows[8]["dropped"] == "the answer is empty" and rows[8]["step"] is None
    assert any(row["split"] != row["split_before"] for row in told["rows"])
    assert told["touched"] == len(told["rows"])


def test_given_rows_are_tried_alone(messy: Dataset) -> None:
    told = preview_steps(messy, [HtmlStep(), DuplicatesStep()], rows=[7, 11, 21, 999])
    assert told["sampled"] == 3 and set(by_row(told)) == {7, 21} and told["compares_sample"]
    with pytest.raises(SpecError, match="at most 1000 rows"):
        preview_steps(messy, [HtmlStep()], rows=list(range(1001)))


def test_a_sample_is_spread_over_all_rows(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    path.write_text("\n".join(json.dumps({"text": f"<i>row</i> number {n}"}) for n in range(30_000)))
    many = import_dataset(workspace, name="many", source=FileSource(path=str(path)))
    told = preview_steps(many, [HtmlStep(), QualityStep()], sample=100)
    assert told["is_sample"] and not told["compares_sample"] and 90 <= told["sampled"] <= 100
    rows = [row["row"] for row in told["rows"]]
    assert told["touched"] == told["sampled"] and rows == sorted(rows)
    assert max(row["_row"] for row in many.spread(100)) > 25_000
    assert all("quality" in row["extra"] for row in told["rows"])
    assert sum(told["steps"][1]["facts"]["histogram"]) == told["sampled"]


def test_long_texts_are_shown_around_their_first_difference(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "long.jsonl"
    path.write_text(
        json.dumps({"text": "word " * 20_000 + "a@b.org" + " more" * 20_000}) + "\n" + json.dumps({"text": "short"})
    )
    long = import_dataset(workspace, name="long", source=FileSource(path=str(path)))
    [row] = preview_steps(long, [RedactStep()])["rows"]
    assert len(row["before"][0]) < 4100 and "a@b.org" in row["before"][0] and "[EMAIL]" in row["after"][0]
    assert row["before"][0].startswith("…")


def test_all_rows_may_go(messy: Dataset) -> None:
    told = preview_steps(messy, [LengthStep(min_characters=10_000), HtmlStep()])
    assert told["left"] == 0 and told["steps"][1]["rows_in"] == 0


_READY = """
import json, sys
from tokenloom.data.dataset import DatasetStore
from tokenloom.data.refining.readiness import load_for_previews
from tokenloom.jobs.foresight.refining import preview_refining
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.override import parse_run_spec
dataset = DatasetStore(Workspace.open(sys.argv[1])).get("messy")
kinds = ["unicode", "html", "whitespace", "duplicates", "near_duplicates", "redact", "quality"]
spec = parse_run_spec({"task": "refine", "dataset": dataset.id, "steps": [{"kind": kind} for kind in kinds]})
load_for_previews()
before = {name.partition(".")[0] for name in sys.modules}
told = preview_refining(None, dataset, spec.steps)
later = sorted({name.partition(".")[0] for name in sys.modules} - before - sys.stdlib_module_names)
print(json.dumps([told["sampled"], later, sorted({"httpx", "pandas", "torch"} & set(sys.modules))]))
"""


def test_a_preview_needs_no_library_that_was_not_loaded_beforehand(workspace: Workspace, messy: Dataset) -> None:
    child = [sys.executable, "-c", _READY, str(workspace.root)]
    sampled, later, heavy = json.loads(subprocess.run(child, capture_output=True, text=True, check=True).stdout)
    assert sampled > 0
    assert later == [] and heavy == []
