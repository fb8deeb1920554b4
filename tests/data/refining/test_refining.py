"""A new version by steps: nothing is lost unseen, the numbers add up, and the same work is done once."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tokenloom.data.dataset import Dataset, DatasetStore
from tokenloom.data.progress import Watch
from tokenloom.data.refining import Tools, refine_dataset
from tokenloom.data.refining import running as running_module
from tokenloom.kit.atomic import verify_dir
from tokenloom.kit.errors import DataError, Interrupted, SpecError
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.split import CountSplit
from tokenloom.spec.steps import (
    DuplicatesStep,
    HtmlStep,
    LanguageStep,
    LeakageStep,
    LengthStep,
    NearDuplicatesStep,
    PatternStep,
    QualityStep,
    RedactStep,
    ResplitStep,
    RowsStep,
    UnicodeStep,
    WhitespaceStep,
)

STEPS: list[Any] = [HtmlStep(), WhitespaceStep(), RedactStep(), DuplicatesStep(), RowsStep(drop=[2, 3])]


def numbers(dataset: Dataset) -> list[int]:
    return [row["_row"] for row in dataset.scan()]


def test_every_row_is_in_the_new_version_or_in_its_quarantine(workspace: Workspace, messy: Dataset) -> None:
    made = refine_dataset(workspace, messy, STEPS)
    assert (made.name, made.version) == ("messy", 2)
    quarantined = {entry["row"]: entry["reason"] for entry in made.quarantine(limit=100)}
    assert sorted([*numbers(made), *quarantined]) == numbers(messy)
    assert quarantined[21] == "step 4 duplicates: the same as another row (row 11)"
    assert quarantined[2] == "step 5 rows: chosen by its number"
    assert quarantined[8] == "the answer is empty", "what tags had hidden comes to light, and is set aside"
    made.ledger.check()
    assert made.ledger["source"].rows == 60 and made.ledger["4 duplicates"].losses["the same as another row"].rows == 5
    assert made.ledger["mapped"].rows == made.count() == 60 - 5 - 2 - 1
    assert verify_dir(made.path) == []


def test_rows_keep_number_split_and_all_other_columns(workspace: Workspace, messy: Dataset) -> None:
    made = refine_dataset(workspace, messy, STEPS)
    before = {row["_row"]: row for row in messy.scan()}
    for row in made.scan():
        old = before[row["_row"]]
        assert {**row, "completion": ""} == {**old, "completion": ""}
        assert "<p>" not in row["completion"] and "@" not in row["completion"]
    assert made.row(7)["completion"] == "The town of number 7, as everybody knows." and made.row(7)["tags"] == [7, "x"]
    assert made.row(5)["completion"] == "Write to [EMAIL] for it."
    assert made.splits["test"] == 2 and made.splits["validation"] == 2
    assert made.columns == messy.columns and made.mapping == messy.mapping


def test_lineage_steps_and_report(workspace: Workspace, messy: Dataset) -> None:
    made = refine_dataset(workspace, messy, STEPS, into="tidy")
    assert (made.name, made.version) == ("tidy", 1)
    parent = [{"id": messy.id, "name": "messy", "version": 1}]
    assert made.meta["parents"] == parent == made.report()["parents"]
    assert made.meta["steps"] == [step.model_dump(mode="json") for step in STEPS]
    assert made.meta["source"] == {"kind": "dataset", "label": "messy@1", "files": 0}
    html, _, redact, duplicates, _ = made.report()["steps"]
    assert (html["changed"], html["rows_in"], html["rows_out"], html["dropped"]) == (9, 60, 60, 0)
    assert html["characters_removed"] == 8 * len("<p></p>") + len("<b> </b>")
    assert {"row": 7, "split": "train"}.items() <= html["examples"][0].items()
    assert redact["facts"] == {"found": {"email": 1}}
    assert duplicates["facts"] == {"groups": 1, "largest_group": 6} and len(duplicates["dropped_examples"]) == 5
    assert made.report()["reasons"]["step 4 duplicates: the same as another row"] == 5


def test_what_is_redacted_stands_nowhere_in_the_new_version(workspace: Workspace, messy: Dataset) -> None:
    steps = [HtmlStep(), UnicodeStep(), PatternStep(pattern="Write to"), RedactStep()]
    made = refine_dataset(workspace, messy, steps)
    assert made.quarantine()[0]["row"] == 5 and "[EMAIL]" in made.quarantine()[0]["raw"]
    changed = refine_dataset(workspace, messy, [PatternStep(pattern="for it", action="replace"), RedactStep()])
    for folder in (made.path, changed.path):
        for file in folder.iterdir():
            assert b"jane@example.org" not in file.read_bytes(), file.name


def test_the_same_parent_and_steps_are_the_same_version(workspace: Workspace, messy: Dataset) -> None:
    made = refine_dataset(workspace, messy, STEPS)
    again = refine_dataset(workspace, messy, STEPS)
    assert again.id == made.id and again.version == 2
    other = refine_dataset(workspace, messy, list(reversed(STEPS)))
    assert other.id != made.id and other.version == 3
    further = refine_dataset(workspace, made, [QualityStep()])
    assert further.meta["parents"][0]["id"] == made.id and "quality" in further.columns
    assert [step["kind"] for step in further.meta["steps"]] == ["quality"]
    assert all(0 <= row["quality"] <= 1 for row in further.scan())


def test_steps_that_look_first_see_what_the_steps_before_left(
    workspace: Workspace, messy: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running_module, "BATCH_ROWS", 7)
    steps = [
        HtmlStep(),
        DuplicatesStep(),
        LengthStep(min_characters=20),
        NearDuplicatesStep(threshold=0.9),
        ResplitStep(split=CountSplit(validation=5, test=5)),
        LeakageStep(),
        LanguageStep(keep=["en"]),
    ]
    made = refine_dataset(workspace, messy, steps)
    report = made.report()["steps"]
    assert [step["rows_in"] for step in report][1:] == [step["rows_out"] for step in report][:-1]
    assert report[4]["moved"] > 0 and report[4]["facts"]["moved"]
    assert made.meta["split"]["kind"] == "count"
    assert not list(workspace.datasets.glob(".tmp-*"))


def test_no_row_left_is_an_error_that_tells_who_took_them(workspace: Workspace, messy: Dataset) -> None:
    with pytest.raises(DataError, match="No row of messy@1 is left: of 60, 60 by step 2 length") as caught:
        refine_dataset(workspace, messy, [HtmlStep(), LengthStep(min_characters=10_000)])
    assert caught.value.details["steps"][1]["dropped"] == 60
    blank = PatternStep(pattern=r"(?s).*", action="replace", where="answers")
    with pytest.raises(DataError, match="could not be used any more"):
        refine_dataset(workspace, messy, [blank])
    assert [each.name for each in DatasetStore(workspace).list()] == ["messy"]
    assert not list(workspace.datasets.glob(".tmp-*"))


def test_a_step_that_cannot_be_made_is_named_by_its_place(workspace: Workspace, messy: Dataset) -> None:
    with pytest.raises(SpecError, match=r"Step 2 \(language\)") as caught:
        refine_dataset(workspace, messy, [HtmlStep(), LanguageStep(keep=["xq"])])
    assert caught.value.details["errors"][0]["field"] == "steps.1"


def test_a_stop_leaves_nothing_behind_and_progress_only_grows(
    workspace: Workspace, messy: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running_module, "BATCH_ROWS", 5)
    told: list[tuple[int, int | None]] = []
    watch = Watch(lambda done, total, unit: told.append((done, total)) if unit == "rows" else None)
    tools = Tools(messy.mapping, watch=watch)
    refine_dataset(workspace, messy, STEPS, tools=tools)
    assert told == sorted(told) and told[-1][1] == 120 and len(told) > 10
    stopped = replace(tools, watch=Watch(cancelled=lambda: len(told) > 30))
    with pytest.raises(Interrupted):
        refine_dataset(
            workspace,
            messy,
            [HtmlStep(), NearDuplicatesStep()],
            tools=replace(stopped, watch=Watch(cancelled=lambda: True)),
        )
    assert [each.version for each in DatasetStore(workspace).list()] == [2, 1]
    assert not list(workspace.datasets.glob(".tmp-*"))


def test_chats_and_preferences_are_cleaned_in_place(workspace: Workspace, tmp_path: Path) -> None:
    from tokenloom.data.importing import import_dataset
    from tokenloom.spec.data import FileSource

    turns = [
        {"role": "user", "content": "say  it", "extra": 1},
        {"role": "assistant", "content": [{"type": "text", "text": "so  be it"}]},
    ]
    path = tmp_path / "chat.jsonl"
    path.write_text("\n".join(json.dumps({"messages": turns, "n": n}) for n in range(3)))
    chat = import_dataset(workspace, name="chat", source=FileSource(path=str(path)))
    made = refine_dataset(workspace, chat, [WhitespaceStep()])
    assert made.row(1)["messages"] == [
        {"role": "user", "content": "say it", "extra": 1},
        {"role": "assistant", "content": [{"type": "text", "text": "so be it"}]},
    ]
    assert made.shape == "chat"


def test_every_kind_of_step_is_built_in_a_fresh_process() -> None:
    """What registers a step must not hang on what else was imported."""
    script = """
import typing
from tokenloom.data.refining.building import builder, build_step, Tools
from tokenloom.spec.data import TextMapping
from tokenloom.spec.steps import Step, UnicodeStep
build_step(UnicodeStep(), Tools(TextMapping()))
kinds = typing.get_args(typing.get_args(Step)[0])
print(len(kinds), [each.__name__ for each in kinds if builder.dispatch(each) is builder.dispatch(object)])
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    count, _, missing = done.stdout.strip().partition(" ")
    assert int(count) >= 18 and missing == "[]", done.stdout
