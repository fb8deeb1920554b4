"""What is told of a recipe's data before it starts: leakage, tokens that are cut off, nothing to learn, no validation rows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tokenloom.data.importing import import_dataset
from tokenloom.data.tokenizer import train_tokenizer
from tokenloom.jobs.foresight.data import data_outlook
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.data import ColumnSplit, FileSource
from tokenloom.spec.override import parse_run_spec
from tokenloom.spec.tokenizer import BpeTokenizer


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Datasets `clean`, `leaky` (a test row stands in training), `unvalidated` and `long`, and the tokenizer `words`."""
    folder = tmp_path_factory.mktemp("outlook")
    workspace = Workspace.open(folder / "workspace")
    splits = ["train"] * 40 + ["validation"] * 5 + ["test"] * 5
    rows = [
        {"prompt": f"Which word is number {n}?", "completion": f"It is word{n * 7}.", "split": split}
        for n, split in enumerate(splits)
    ]
    made = {
        "clean": rows,
        "leaky": [*rows, rows[0] | {"split": "test"}],
        "unvalidated": [row for row in rows if row["split"] == "train"],
        "long": [
            row | {"completion": f"{row['completion']} and word" * (1 + 40 * (n % 2))} for n, row in enumerate(rows)
        ],
    }
    for name, each in made.items():
        path = folder / f"{name}.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in each))
        import_dataset(workspace, name=name, source=FileSource(path=str(path)), split=ColumnSplit())
    texts = [f"{row['prompt']} {row['completion']}" for row in rows]
    train_tokenizer(workspace, name="words", spec=BpeTokenizer(vocab_size=400, template="chatml"), texts=texts)
    return workspace


def outlook(workspace: Workspace, dataset: str, **data: Any) -> tuple[str, dict[str, dict[str, str]]]:
    model = {"kind": "transformer", "tokenizer": "words", "max_sequence_length": 128}
    spec = parse_run_spec({"task": "finetune", "model": model, "data": {"dataset": dataset, **data}})
    told = data_outlook(workspace, spec)
    return told["verdict"], {reason["id"]: reason for reason in told["reasons"]}


def test_clean_data_has_nothing_against_it(shelf: Workspace) -> None:
    assert outlook(shelf, "clean") == ("ready", {})


def test_leakage_stands_beside_the_dataset(shelf: Workspace) -> None:
    verdict, reasons = outlook(shelf, "leaky")
    assert verdict == "not_ready" and reasons["leakage"]["field"] == "data.dataset" and reasons["leakage"]["fix"]


def test_validation_without_rows_or_on_the_training_rows(shelf: Workspace) -> None:
    assert outlook(shelf, "unvalidated")[1]["empty_split"]["field"] == "data.validation_split"
    assert outlook(shelf, "unvalidated", validation_split=None) == ("ready", {})
    assert outlook(shelf, "clean", validation_split="train")[1]["leakage"]["severity"] == "error"


@pytest.mark.parametrize(("overlong", "words"), [("truncate", "cut off"), ("drop", "left out")])
def test_what_a_short_context_loses_is_told(shelf: Workspace, overlong: str, words: str) -> None:
    verdict, reasons = outlook(shelf, "long", render={"overlong": overlong, "max_sequence_length": 64})
    assert verdict != "ready" and words in reasons["over_long"]["message"]
    assert reasons["over_long"]["field"] == "data.render.max_sequence_length"
    assert outlook(shelf, "long", render={"overlong": "split", "max_sequence_length": 64}) == ("ready", {})


def test_rows_of_which_nothing_is_learned(shelf: Workspace) -> None:
    render = {"template": "{% for m in messages %}{{ raise_exception('no roles here') }}{% endfor %}"}
    assert outlook(shelf, "clean", render=render)[1]["nothing_learned"]["severity"] == "error"


def test_a_dataset_that_is_not_there_yet_has_no_verdict(shelf: Workspace) -> None:
    assert outlook(shelf, "later") == ("unknown", {})
