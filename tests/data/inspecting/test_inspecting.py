"""Every kind of trouble is found, counted to the row, shown, and told with a fix; clean data has none."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tokenloom.data.dataset import Dataset
from tokenloom.data.inspecting import Looked, inspect_dataset, is_quick, known_report
from tokenloom.data.progress import Watch
from tokenloom.data.refining import refine_dataset
from tokenloom.data.tokenizer import Tokenizer
from tokenloom.kit.errors import DataError, Interrupted
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.data import ColumnSplit, LabelMapping, RatioSplit
from tokenloom.spec.steps import RowsStep

Import = Callable[..., Dataset]
ALL_TRAIN = RatioSplit(train=1, validation=0, test=0)


def pairs(count: int, start: int = 0) -> list[dict[str, Any]]:
    """Clean prompts and answers, each another."""
    return [
        {
            "prompt": f"Which word stands at place {n} of list {n * 7}?",
            "completion": f"There stands word{n * 13} of {n}.",
        }
        for n in range(start, start + count)
    ]


def inspected(workspace: Workspace, dataset: Dataset, **looked: Any) -> dict[str, dict[str, Any]]:
    return {finding["id"]: finding for finding in inspect_dataset(workspace, dataset, Looked(**looked))["findings"]}


def test_clean_rows_are_ready(workspace: Workspace, do_import: Import) -> None:
    report = inspect_dataset(workspace, do_import(pairs(400)))
    assert report["findings"] == []
    assert report["verdict"] == {"verdict": "ready", "words": "ready", "reasons": []}
    assert {each["id"] for each in report["skipped"]} == {"over_long", "near_duplicates"}


@pytest.mark.parametrize(
    ("id", "answer", "fix"),
    [
        ("mojibake", "The caf\u00c3\u00a9 is open.", "unicode"),
        ("mojibake", "Don\u00e2\u20ac\u2122t go there.", "unicode"),
        ("replacement", "The caf\ufffd is open.", "pattern"),
        ("control", "A bell \u0007 rings.", "unicode"),
        ("invisible", "A \u200bhidden space.", "unicode"),
        ("markup", "A <b>bold</b> word &amp; more.", "html"),
        ("spaces", "One word.      Another word.", "whitespace"),
    ],
)
def test_broken_letters_are_found_where_they_stand(
    workspace: Workspace, do_import: Import, id: str, answer: str, fix: str
) -> None:
    rows = pairs(60)
    rows[6]["completion"] = rows[20]["completion"] = f"{answer} {id}"
    rows[20]["completion"] += " again"
    found = inspected(workspace, do_import(rows))[id]
    assert (found["count"], found["rows"]) == (2, [7, 21])
    assert found["share"] == pytest.approx(2 / 60, abs=1e-6)
    assert found["fix"][0]["kind"] == fix
    assert found["examples"][0]["row"] == 7 and answer[:12] in found["examples"][0]["text"]
    assert found["why"] and found["advice"]


def test_clean_foreign_text_is_no_trouble(workspace: Workspace, do_import: Import) -> None:
    rows = pairs(40)
    rows[3]["completion"] = "Ärger über „Größe“: déjà vu, naïve café, 你好世界, Привет мир, emoji 🎉 and Ãland."
    assert inspected(workspace, do_import(rows)) == {}


def test_repeated_echoed_and_short_answers(workspace: Workspace, do_import: Import) -> None:
    rows = pairs(100)
    rows[50] = rows[51] = dict(rows[10])
    rows[60]["completion"] = f" {rows[60]['prompt']} "
    rows[70]["completion"] = "7"
    found = inspected(workspace, do_import(rows, split=ALL_TRAIN))
    assert (found["duplicates"]["count"], found["duplicates"]["rows"]) == (2, [51, 52])
    assert found["duplicates"]["details"] == {"contents": 1, "most_copies": 3}
    assert found["duplicates"]["examples"][0]["rows"] == [11, 51, 52]
    assert found["echo"]["fix"] == [{"kind": "rows", "drop": [61]}]
    assert found["short_answer"]["rows"] == [71] and found["short_answer"]["severity"] == "note"


def test_short_answers_are_no_finding_where_all_are_short(workspace: Workspace, do_import: Import) -> None:
    rows = [{"prompt": f"What is {n} + {n}?", "completion": str(n % 10)} for n in range(50)]
    assert "short_answer" not in inspected(workspace, do_import(rows, split=ALL_TRAIN))


def test_leakage_is_told_by_row_and_split(workspace: Workspace, do_import: Import) -> None:
    rows = [row | {"split": "train"} for row in pairs(90)] + [row | {"split": "test"} for row in pairs(10, 500)]
    rows[95] = rows[3] | {"split": "test"}
    rows[96] = {"prompt": rows[4]["prompt"], "completion": "Another one altogether.", "split": "validation"}
    report = inspect_dataset(workspace, do_import(rows, split=ColumnSplit()))
    found = {each["id"]: each for each in report["findings"]}
    assert (found["leakage"]["count"], found["leakage"]["rows"]) == (1, [96])
    assert found["leakage"]["share"] == 0.1 and found["leakage"]["severity"] == "error"
    assert found["leakage"]["details"]["splits"] == {"test": 1}
    assert found["leakage"]["fix"] == [{"kind": "leakage"}]
    assert found["leaked_prompts"]["rows"] == [97]
    assert found["contradictions"]["rows"] == [5, 97]
    assert report["verdict"]["verdict"] == "not_ready"
    assert report["verdict"]["reasons"][0]["id"] == "leakage"


def test_near_copies_are_searched_only_when_asked_for(workspace: Workspace, do_import: Import) -> None:
    text = "A long answer about {} with many words that all stand here in the same order so that the two are nearly alike, told by {}."
    rows = [{"prompt": f"Question {n}", "completion": f"Answer {n * 31} of {n}", "split": "train"} for n in range(40)]
    rows[5]["completion"] = rows[6]["completion"] = text.format("cats", "Ann")
    rows[6]["prompt"] = rows[5]["prompt"]
    rows[6]["completion"] = text.format("cats", "Bob")
    rows.append({"prompt": rows[5]["prompt"], "completion": text.format("cats", "Cid"), "split": "test"})
    dataset = do_import(rows, split=ColumnSplit())
    assert "near_duplicates" not in inspected(workspace, dataset)
    report = inspect_dataset(workspace, dataset, Looked(near=True))
    found = {each["id"]: each for each in report["findings"]}
    assert found["near_duplicates"]["rows"] == [7, 41]
    assert found["near_duplicates"]["fix"] == [{"kind": "near_duplicates", "threshold": 0.8}]
    assert found["near_leakage"]["rows"] == [41] and "Cid" in found["near_leakage"]["examples"][0]["text"]
    assert report["clusters"][0]["size"] == 3 and report["clusters"][0]["similarity"] > 0.7
    assert known_report(workspace, dataset) == report, "the fuller report answers the smaller question"


def test_columns_that_are_empty_mixed_numeric_or_constant(workspace: Workspace, do_import: Import) -> None:
    rows = [
        row | {"level": str(n), "topic": None if n % 4 else "math", "when": "soon" if n % 5 else n, "source": "web"}
        for n, row in enumerate(pairs(80))
    ]
    found = inspected(workspace, do_import(rows))
    assert found["missing"]["count"] == 60 and found["missing"]["details"]["columns"] == {"topic": 60}
    assert found["numbers_as_text"]["details"]["columns"] == {"level": 80}
    assert found["mixed_types"]["details"]["columns"] == {"when": 16}
    assert found["mixed_types"]["rows"][:2] == [1, 6]
    assert found["constant"]["details"]["columns"] == {"source": "web"} and found["constant"]["severity"] == "note"


def test_classes_that_are_rare_noisy_alike_or_unseen(workspace: Workspace, do_import: Import) -> None:
    rows = [{"text": f"It was film number {n} tonight", "label": "good", "split": "train"} for n in range(300)]
    rows += [{"text": f"It was play number {n} today", "label": "bad", "split": "train"} for n in range(20)]
    rows += [{"text": "It was film number 3 tonight", "label": "bad", "split": "train"}]
    rows += [{"text": f"It was song number {n}", "label": "Bad", "split": "train"} for n in range(12)]
    rows += [{"text": "It was a thing", "label": "odd", "split": "test"}]
    mapping = LabelMapping(text="text", label="label")
    found = inspected(workspace, do_import(rows, mapping=mapping, split=ColumnSplit()))
    assert found["imbalance"]["details"]["classes"] == {"good": 300, "bad": 21, "Bad": 12, "odd": 1}
    assert found["rare_labels"]["details"]["classes"] == {"odd": 1}
    assert found["unseen_labels"]["severity"] == "error" and found["unseen_labels"]["rows"] == [334]
    assert found["alike_labels"]["details"]["names"] == [["Bad", "bad"]]
    assert found["label_noise"]["rows"] == [4, 321] and len(found["label_noise"]["fix"][0]["drop"]) == 1


def test_wrong_roles_and_empty_turns_come_from_the_quarantine(workspace: Workspace, do_import: Import) -> None:
    def chat(*turns: tuple[str, str]) -> dict[str, Any]:
        return {"messages": [{"role": role, "content": content} for role, content in turns]}

    rows = [chat(("user", f"Say {n}"), ("assistant", f"I say {n}, as told {n * 3}")) for n in range(40)]
    rows += [chat(("user", "a"), ("user", "b"), ("assistant", "c")), chat(("user", "a"), ("assistant", " "))]
    rows += [chat(("robot", "a"), ("assistant", "c")), {"messages": "none"}]
    found = inspected(workspace, do_import(rows, split=ALL_TRAIN))
    assert (found["wrong_roles"]["count"], found["wrong_roles"]["rows"]) == (2, [41, 43])
    assert (found["empty"]["count"], found["empty"]["rows"]) == (2, [42, 44])
    assert "user where the assistant should speak" in found["wrong_roles"]["examples"][0]["text"]


def test_rows_that_a_step_dropped_are_told_as_wanted(workspace: Workspace, do_import: Import) -> None:
    dataset = do_import(pairs(100), split=ALL_TRAIN)
    short = refine_dataset(workspace, dataset, [RowsStep(drop=list(range(1, 51)))])
    found = inspected(workspace, short)
    assert (found["dropped"]["severity"], found["dropped"]["count"]) == ("note", 50) and "unusable" not in found


def test_sentences_that_many_answers_repeat(workspace: Workspace, do_import: Import) -> None:
    rows = pairs(200)
    for row in rows[::4]:
        row["completion"] = f"{row['completion']}\nI hope that this answer helps you a lot!"
    found = inspected(workspace, do_import(rows))["boilerplate"]
    assert found["count"] == 50 and found["rows"][:2] == [1, 5]
    assert list(found["details"]["sentences"]) == ["I hope that this answer helps you a lot!"]


def test_the_fix_cuts_whole_sentences_and_never_half_of_one(workspace: Workspace, do_import: Import) -> None:
    rows = pairs(200)
    for n, row in enumerate(rows[::4]):
        row["completion"] = f"Thank you for asking us about it today. {row['completion']}"
        rows[4 * n + 1]["completion"] = (
            f"As an assistant without any opinions of my own I think that {n} kettles are enough."
        )
    found = inspected(workspace, do_import(rows))["boilerplate"]
    assert found["details"]["sentences"] == {
        "Thank you for asking us about it today.": 50,
        "As an assistant without any opinions of": 50,
    }
    pattern = found["fix"][0]["pattern"]
    assert re.sub(pattern, "", rows[0]["completion"]) == f" {pairs(1)[0]['completion']}"
    assert re.sub(pattern, "", rows[1]["completion"]) == rows[1]["completion"]


@pytest.mark.parametrize("shape", ["feedback", "preference"])
def test_verdicts_and_pairs_that_contradict_each_other(workspace: Workspace, do_import: Import, shape: str) -> None:
    if shape == "feedback":
        rows = [row | {"label": bool(n % 2)} for n, row in enumerate(pairs(30))]
        rows.append(rows[4] | {"label": True})
        assert inspected(workspace, do_import(rows))["both_verdicts"]["rows"] == [5, 31]
        return
    rows = [{"prompt": row["prompt"], "chosen": row["completion"], "rejected": "No idea."} for row in pairs(30)]
    rows.append({"prompt": rows[4]["prompt"], "chosen": "No idea.", "rejected": rows[4]["chosen"]})
    assert inspected(workspace, do_import(rows))["both_orders"]["rows"] == [5, 31]


def test_over_long_rows_are_counted_under_a_tokenizer(
    workspace: Workspace, do_import: Import, tokenizers: dict[str, Tokenizer]
) -> None:
    rows = pairs(50)
    for n in (7, 9):
        rows[n]["completion"] = " ".join(f"word{k}" for k in range(400))
    tokenizer = tokenizers["chatml"]
    dataset = do_import(rows, split=ALL_TRAIN)
    found = inspected(workspace, dataset, tokenizer=tokenizer, context=256)["over_long"]
    assert (found["count"], found["rows"]) == (2, [8, 10])
    from tokenloom.data.template.renderer import Renderer

    lengths = [len(Renderer(tokenizer).encode(example)[0]) for example in dataset.examples()]
    true = sum(max(0, length - 256) for length in lengths) / sum(lengths)
    assert (
        found["details"]["tokens_lost_share"] == pytest.approx(true, rel=1e-4) and not found["details"]["is_estimate"]
    )
    assert "over_long" not in inspected(workspace, dataset, tokenizer=tokenizer, context=max(lengths))


def test_a_dataset_without_validation_rows_is_told(workspace: Workspace, do_import: Import) -> None:
    found = inspected(workspace, do_import(pairs(30), split=ALL_TRAIN))["empty_split"]
    assert found["severity"] == "warning" and found["fix"][0]["kind"] == "resplit"


def test_a_report_is_made_once_and_again_for_other_settings(
    workspace: Workspace, do_import: Import, tokenizers: dict[str, Tokenizer], monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = do_import(pairs(30))
    assert known_report(workspace, dataset) is None
    first = inspect_dataset(workspace, dataset)
    assert known_report(workspace, dataset) == first
    assert known_report(workspace, dataset, Looked(tokenizer=tokenizers["chatml"])) is None
    (dataset.path / "data.parquet").unlink()
    assert inspect_dataset(workspace, dataset) == first
    with pytest.raises(DataError, match="missing"):
        inspect_dataset(workspace, dataset, Looked(near=True))


def test_an_inspection_tells_how_far_it_is_and_can_be_stopped(workspace: Workspace, do_import: Import) -> None:
    dataset = do_import(pairs(30))
    told: list[tuple[int, int | None, str]] = []
    with pytest.raises(Interrupted):
        inspect_dataset(workspace, dataset, watch=Watch(cancelled=lambda: True))
    assert known_report(workspace, dataset) is None
    inspect_dataset(workspace, dataset, watch=Watch(progress=lambda *each: told.append(each)))
    assert told[-1] == (30, 30, "rows inspected")
    assert is_quick(dataset, Looked())


def test_personal_data_is_counted_by_kind_and_not_shown(workspace: Workspace, do_import: Import) -> None:
    rows = pairs(60)
    rows[8]["completion"] = "Write to jane.roe@corp-mail.com for more."
    rows[9]["completion"] = "Pay with card 4111 1111 1111 1111 today."
    report = inspect_dataset(workspace, do_import(rows))
    found = {each["id"]: each for each in report["findings"]}["personal"]
    assert (found["count"], found["rows"]) == (2, [9, 10]) and found["fix"] == [{"kind": "redact"}]
    assert found["details"]["kinds"] == {"email": 1, "card": 1}
    assert "jane.roe" not in str(report) and "4111" not in str(report) and "[EMAIL]" in found["examples"][0]["text"]


def test_every_fix_is_a_step_that_can_be_run(workspace: Workspace, do_import: Import) -> None:
    """What one click starts is what the task `refine` takes."""
    from tokenloom.spec.override import parse_run_spec

    rows = [row | {"split": "train"} for row in pairs(90)] + [row | {"split": "test"} for row in pairs(10, 500)]
    rows[3] = dict(rows[2])
    rows[95] = rows[3] | {"split": "test"}
    rows[96] = {
        "prompt": rows[4]["prompt"],
        "completion": "<b>Another</b> caf\u00c3\u00a9\ufffd a@b.org.",
        "split": "validation",
    }
    rows[61]["completion"] = rows[61]["prompt"]
    for row in rows[::4]:
        row["completion"] = f"{row['completion']}\nI hope (really) that this helps you a lot!"
    report = inspect_dataset(workspace, do_import(rows, split=ColumnSplit()), Looked(near=True))
    fixes = {each["id"]: each["fix"] for each in report["findings"] if each["fix"]}
    assert set(fixes) >= {
        "leakage",
        "leaked_prompts",
        "duplicates",
        "markup",
        "replacement",
        "echo",
        "boilerplate",
        "personal",
    }
    for steps in fixes.values():
        parse_run_spec({"task": "refine", "dataset": "data", "steps": steps})
