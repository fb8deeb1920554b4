"""Looking into files before they are imported."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import pytest
from server_kit import Caller, is_problem

from tokenloom.data.importing import import_dataset
from tokenloom.data.tokenizer import train_tokenizer
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.data import FileSource
from tokenloom.spec.tokenizer import BpeTokenizer

CSV = "Question;Answer;Topic\nWhere is shelf 7?;By the door;shelves\nonly one\nWho has the key?;;keys\nWhen?;At nine;time\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "faq.csv").write_text(CSV)
    return tmp_path / "faq.csv"


def test_format_columns_mapping_and_bad_rows_are_told_before_anything_is_made(
    call: Caller, workspace: Workspace, path: Path
) -> None:
    told = call("POST", "/api/datasets/preview", json={"path": str(path)}).json()
    assert (told["format"]["kind"], told["format"]["delimiter"], told["looked"], told["num_bad"]) == ("csv", ";", 4, 2)
    assert (
        "semicolons" in told["why"]
        and told["mapping"]["prompt"] == "Question"
        and "named like" in told["mapping_reason"]
    )
    assert told["columns"] == [
        {"name": name, "holds": "text", "type": "text", "why": ""} for name in ("Question", "Answer", "Topic")
    ]
    assert [(row["line"], row["reason"], bool(row["fix"])) for row in told["bad"]] == [
        (3, "it has 1 fields instead of 3", True), (4, "the answer is empty", True),
    ]  # fmt: skip
    assert told["rows"][0]["cells"]["Topic"] == "shelves"
    assert [each["content"] for each in told["rows"][0]["read"]["messages"]] == ["Where is shelf 7?", "By the door"]
    assert call.get("/api/datasets")["items"] == [] and list(workspace.datasets.iterdir()) == []


def test_a_type_that_is_chosen_for_a_column_shows_the_rows_that_do_not_fit(call: Caller, path: Path) -> None:
    body = {"path": str(path), "columns": {"types": {"Topic": "integer"}}}
    told = call("POST", "/api/datasets/preview", json=body).json()
    assert told["columns"][2] == {
        "name": "Topic",
        "holds": "whole numbers",
        "type": "integer",
        "why": "it was chosen",
    }
    assert any(
        "a value of the column “Topic” is not a whole number ('shelves')" in row["reason"] for row in told["bad"]
    )
    refused = call("POST", "/api/datasets/preview", json=body | {"columns": {"types": {"Topic": "money"}}})
    assert refused.status_code == 422


def test_another_format_and_mapping_are_tried_and_a_wrong_one_is_answered(call: Caller, path: Path) -> None:
    body = {"path": str(path), "mapping": {"kind": "label", "text": "Question", "label": "Topic"}}
    told = call("POST", "/api/datasets/preview", json=body).json()
    assert told["rows"][0]["read"] | {"x": 1} == {
        "text": "Where is shelf 7?", "messages": None, "rejected": None, "verdict": None, "label": "shelves", "x": 1,
    }  # fmt: skip
    body = {"path": str(path), "mapping": {"kind": "prompt", "prompt": "Question", "completion": "Anser"}}
    told = call("POST", "/api/datasets/preview", json=body).json()
    assert told["mapping"] is None and "Did you mean “Answer”?" in told["problem"]["hint"]
    assert [each["name"] for each in told["columns"]] == ["Question", "Answer", "Topic"], "what there is stays visible"
    told = call(
        "POST", "/api/datasets/preview", json={"path": str(path), "format": {"kind": "text", "unit": "line"}}
    ).json()
    assert (
        told["format"]["kind"] == "text" and told["mapping"] == {"kind": "text", "text": "text"} and told["looked"] == 5
    )


def test_with_a_tokenizer_the_rows_come_as_tokens_with_their_mask(
    call: Caller, workspace: Workspace, path: Path
) -> None:
    train_tokenizer(workspace, name="words", spec=BpeTokenizer(vocab_size=300, template="chatml"), texts=[CSV] * 3)
    told = call("POST", "/api/datasets/preview", json={"path": str(path), "tokenizer": "words"}).json()
    row = told["rows"][0]
    assert told["template"] == "of words" and row["trained"] == sum(token["trained"] for token in row["tokens"]) > 0
    learned = "".join(token["text"] for token in row["tokens"] if token["trained"])
    assert learned.startswith("By the door") and "shelf" not in learned
    assert is_problem(call("POST", "/api/datasets/preview", json={"path": str(path), "tokenizer": "none"}), 404)


def test_archives_and_folders_are_looked_into_and_left_alone(call: Caller, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("b.jsonl", '{"text": "b"}\n')
        archive.writestr("a.jsonl", '{"text": "a"}\n')
        archive.writestr("x.png", b"\x89PNG\r\n\x1a\n" + bytes(40))
    told = call("POST", "/api/datasets/preview", json={"path": str(tmp_path / "all.zip")}).json()
    assert [row["cells"] for row in told["rows"]] == [
        {"text": "a", "file": "a.jsonl"},
        {"text": "b", "file": "b.jsonl"},
    ]
    assert [each["name"] for each in told["skipped"]] == ["x.png"] and told["num_files"] == 3
    for number in range(30):
        (tmp_path / f"{number:02}.jsonl").write_text('{"text": "x"}\n')
    told = call("POST", "/api/datasets/preview", json={"path": str(tmp_path)}).json()
    assert told["num_files"] == 31


def test_what_cannot_be_looked_into_is_a_problem_with_a_hint(call: Caller, tmp_path: Path) -> None:
    (tmp_path / "photo.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    for body, status in (
        ({}, 422),
        ({"path": str(tmp_path / "photo.csv")}, 422),
        ({"path": str(tmp_path / "none")}, 404),
        ({"upload": "nothere"}, 404),
        ({"path": str(tmp_path), "upload": "x"}, 422),
        ({"path": str(tmp_path / "photo.csv"), "format": {"kind": "nonsense"}}, 422),
        ({"path": str(tmp_path / "photo.csv"), "rows": 5000}, 422),
    ):
        assert is_problem(call("POST", "/api/datasets/preview", json=body), status), body


def test_a_dataset_may_be_called_preview(call: Caller) -> None:
    assert is_problem(call("GET", "/api/datasets/preview"), 404, "not_found")


GOOD = [json.dumps({"prompt": f"q{number}", "completion": f"a{number}"}) for number in range(5)]
TABLE = ["prompt,completion", "a,b", "c,d"]


@pytest.mark.parametrize(
    ("file", "content", "line", "reason"),
    [
        ("ragged.csv", [*TABLE, "x,y,z", "e,f"], 4, "it has 3 fields instead of 2"),
        ("open.csv", [*TABLE, '"x,y', "e,f"], 4, "a quote is opened and never closed"),
        ("nul.csv", [*TABLE, "x\0,y", "e,f"], 4, "it holds NUL bytes"),
        ("blank.csv", [*TABLE, " ,\u3000", "e,f"], 4, "the prompt is empty"),
        ("wide.jsonl", [*GOOD, json.dumps({f"c{number}": 1 for number in range(10_000)})], 6, "the prompt is empty"),
        ("deep.jsonl", [*GOOD, '{"x":' + "[" * 500 + "]" * 500 + "}"], 6, "it is nested deeper than 64 levels"),
        ("half.jsonl", [*GOOD, '{"prompt": "\\ud800", "completion": "a"}'], 6, "half of a surrogate pair"),
        ("nan.jsonl", [*GOOD, '{"prompt": "a", "completion": NaN}'], 6, "it holds NaN or Infinity"),
        ("twice.jsonl", [*GOOD, '{"prompt": "a", "completion": "b", "prompt": "c"}'], 6, "it names “prompt” twice"),
    ],
)
def test_each_bad_row_is_told_by_the_look_as_by_the_import(
    call: Caller, workspace: Workspace, tmp_path: Path, file: str, content: list[str], line: int, reason: str
) -> None:
    path = tmp_path / file
    path.write_bytes("\n".join([*content, ""]).encode())
    told = call("POST", "/api/datasets/preview", json={"path": str(path)}).json()
    (bad,) = told["bad"]
    assert (told["num_bad"], bad["line"]) == (1, line) and reason in bad["reason"] and bad["fix"]
    report = import_dataset(workspace, name="same", source=FileSource(path=str(path))).report()
    (first,) = report["first_bad"]
    assert {key: first[key] for key in ("line", "reason", "fix")} == {
        key: bad[key] for key in ("line", "reason", "fix")
    }
    assert report["rows"] == {"raw": told["looked"], "good": told["looked"] - 1, "bad": 1}


def test_a_file_whose_name_is_no_text_is_looked_into_in_its_folder(call: Caller, tmp_path: Path) -> None:
    (tmp_path / "names").mkdir()
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/names/\xff.jsonl")).write_text("\n".join(GOOD))
    told = call("POST", "/api/datasets/preview", json={"path": str(tmp_path / "names")}).json()
    assert (told["looked"], told["num_bad"], told["files"]) == (5, 0, [r"\xff.jsonl"])
