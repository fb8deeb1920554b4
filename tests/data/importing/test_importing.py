"""From a file to an immutable version: nothing lost without a reason."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tokenloom.data.dataset import DatasetStore
from tokenloom.data.importing import import_dataset
from tokenloom.data.progress import Watch
from tokenloom.data.source import open_source
from tokenloom.kit.atomic import verify_dir
from tokenloom.kit.errors import DataError, Interrupted, NotFound, SpecError
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.base import Spec
from tokenloom.spec.data import ChatMapping, ColumnSplit, FileSource, JsonlFormat, PromptMapping, RatioSplit, TextFormat


class _Made(Spec):
    """A source that a plugin offers."""

    count: int = 5


@open_source.register
def _(spec: _Made) -> Any:
    return ({"prompt": f"p{number}", "completion": "a" if number else ""} for number in range(spec.count))


def _leftovers(workspace: Workspace) -> list[str]:
    return [path.name for path in workspace.datasets.iterdir() if path.name != ".lock"]


def test_ten_thousand_lines_a_third_bad_are_counted_exactly(do_import: Any) -> None:
    lines = [
        '{"prompt": "x", ' if number % 3 == 1 else json.dumps({"prompt": f"p {number}", "completion": f"c {number}"})
        for number in range(10_000)
    ]
    dataset = do_import("\n".join(lines) + "\n")
    report = dataset.report()
    assert report["rows"] == {"raw": 10_000, "good": 6667, "bad": 3333}
    assert [entry["line"] for entry in report["first_bad"]] == [2 + 3 * place for place in range(20)]
    assert all("invalid JSON" in entry["reason"] and entry["raw"] for entry in report["first_bad"])
    assert sum(1 for _ in (dataset.path / "quarantine.jsonl").open()) == 3333
    assert dataset.count() == 6667 and sum(dataset.splits.values()) == 6667
    assert dataset.quarantine(offset=3332, limit=5)[0]["line"] == 9998


def test_all_bad_says_so_with_counts_and_first_reasons_and_keeps_nothing(do_import: Any, workspace: Workspace) -> None:
    with pytest.raises(
        DataError, match=r"None of the 10 rows of data.jsonl can be used: 10 × invalid JSON.*line 1"
    ) as caught:
        do_import("nonsense\n" * 10, format=None)
    assert len(caught.value.details["first_bad"]) == 10
    assert _leftovers(workspace) == []


def test_every_column_and_row_number_is_kept(do_import: Any) -> None:
    rows = [
        {"id": number, "question": f"q{number}", "answer": f"a{number}", "tags": ["x", number]} for number in range(50)
    ]
    dataset = do_import(rows, split=RatioSplit(train=1, validation=0, test=0))
    assert dataset.columns == ["id", "question", "answer", "tags"]
    assert dataset.row(8) == {**rows[7], "_row": 8, "_split": "train"}
    assert [example.row for example in dataset.examples()] == list(range(1, 51))
    assert next(dataset.examples()).messages == [
        {"role": "user", "content": "q0"},
        {"role": "assistant", "content": "a0"},
    ]


def test_the_same_again_is_the_same_version_and_a_change_is_the_next(do_import: Any, workspace: Workspace) -> None:
    rows = [{"text": f"row {number}"} for number in range(20)]
    first, again = do_import(rows), do_import(rows)
    second = do_import([*rows, {"text": "one more"}])
    other = do_import(rows, split=RatioSplit(seed=5))
    assert (first.id, first.version) == (again.id, 1)
    assert (second.version, other.version) == (2, 3)
    assert len({first.id, second.id, other.id}) == 3
    assert verify_dir(second.path) == []
    assert DatasetStore(workspace).get("data").version == 3
    assert DatasetStore(workspace).get("data@2").id == second.id == DatasetStore(workspace).get(second.id).id


def test_a_store_answers_unknown_names_with_near_ones(do_import: Any, workspace: Workspace) -> None:
    do_import([{"text": "a"}], name="recipes")
    store = DatasetStore(workspace)
    with pytest.raises(NotFound, match="recipe") as caught:
        store.get("recipe")
    assert "recipes" in caught.value.hint
    with pytest.raises(NotFound, match="no version 7"):
        store.get("recipes@7")


def test_names_that_cannot_be_referred_to_are_refused(do_import: Any) -> None:
    for name in ("", "a/b", "a@2", " a", "x" * 200, "a\nb"):
        with pytest.raises(SpecError, match="cannot be the name"):
            do_import([{"text": "a"}], name=name)


def test_wrong_columns_are_answered_with_those_there_are_and_the_nearest(do_import: Any) -> None:
    rows = [{"question": "q", "anser": "a"}]
    with pytest.raises(
        DataError, match="no column “answer” for completion; the columns are “question”, “anser”"
    ) as caught:
        do_import(rows, mapping=PromptMapping(prompt="question", completion="answer"))
    assert caught.value.hint == "Did you mean “anser”?"
    with pytest.raises(DataError, match="None of the columns “a”, “b” looks like") as caught:
        do_import([{"a": "some text", "b": "other text"}])
    assert "--map" in caught.value.hint


def test_empty_answers_and_blank_rows_are_set_aside(do_import: Any) -> None:
    rows = [
        {"prompt": "a", "completion": "b"},
        {"prompt": "a", "completion": "  \n"},
        {"prompt": "", "completion": "b"},
        {"prompt": None, "completion": "b"},
        {"prompt": "a"},
        {"prompt": ["a"], "completion": "b"},
    ]
    dataset = do_import(rows, mapping=PromptMapping())
    assert dataset.count() == 1
    assert dataset.report()["reasons"] == {
        "the answer is empty": 2,
        "the prompt is empty": 2,
        "the prompt is a list, not text": 1,
    }


def test_whitespace_only_csv_rows_are_set_aside(do_import: Any) -> None:
    dataset = do_import("prompt,completion\na,b\n  ,  \nc,d\n", "t.csv")
    assert [row["_row"] for row in dataset.rows()] == [1, 3]
    assert dataset.quarantine()[0] | {"raw": ""} == {
        "file": "t.csv", "line": 3, "row": 2, "reason": "the prompt is empty", "raw": "",
        "fix": "Fill it in or delete the row; if another column holds it, map that one.",
    }  # fmt: skip


def test_numbers_written_as_text_stay_as_they_are_and_mixed_types_are_told(do_import: Any) -> None:
    dataset = do_import(
        [{"text": "007", "n": 1, "m": 1}, {"text": "x", "n": 2.5, "m": "one"}, {"text": "y", "n": None, "m": True}]
    )
    assert [row["text"] for row in dataset.rows()] == ["007", "x", "y"]
    assert [row["n"] for row in dataset.rows()] == [1.0, 2.5, None]
    assert [row["m"] for row in dataset.rows()] == ["1", "one", "true"]
    assert any("“m” mixes" in note for note in dataset.report()["notes"])
    assert dataset.report()["columns"]["n"] == "numbers"


def test_numbers_as_answers_and_very_large_ones_survive(do_import: Any) -> None:
    dataset = do_import(
        [{"prompt": "2+2", "completion": 4, "big": 2**63 + 1}, {"prompt": "x", "completion": 2.5, "big": 1}]
    )
    answers = [example.messages[-1]["content"] for example in dataset.examples() if example.messages]
    assert answers == ["4", "2.5"]
    assert [row["big"] for row in dataset.rows()] == [str(2**63 + 1), "1"]


def test_duplicates_are_counted_not_dropped(do_import: Any) -> None:
    dataset = do_import([{"id": number, "text": "same"} for number in range(3)] + [{"id": 9, "text": "other"}])
    assert dataset.count() == 4
    assert dataset.report()["duplicates"] == {"rows": 2, "contents": 1}
    assert len({row["_split"] for row in dataset.rows() if row["text"] == "same"}) == 1


def test_chat_forms_and_wrong_role_order(do_import: Any) -> None:
    openai = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": [{"type": "text", "text": "yo"}]}]
    rows = [
        {"messages": openai},
        {"messages": [openai[1], openai[0]]},
        {"messages": [openai[0]]},
        {"messages": [{"role": "robot", "content": "x"}]},
        {"messages": []},
    ]
    dataset = do_import(rows)
    assert dataset.shape == "chat" and dataset.count() == 1
    assert [entry["reason"] for entry in dataset.quarantine()] == [
        "message 1 is from the assistant where the user should speak",
        "the conversation ends without an answer",
        "message 1 has the role 'robot'; known are system, user and assistant",
        "the column messages holds no list of messages",
    ]
    shared = [{"from": "human", "value": "hi"}, {"from": "gpt", "value": "yo"}]
    dataset = do_import([{"conversations": shared}], name="shared")
    assert "ShareGPT" in dataset.report()["mapping_reason"]
    assert next(dataset.examples()).messages == [
        {"role": "user", "content": "hi"},
        {"role": "assistant", "content": "yo"},
    ]


def test_parquet_keeps_nested_conversations(do_import: Any, tmp_path: Path) -> None:
    rows = [
        {"chat": [{"role": "user", "content": f"q{n}"}, {"role": "assistant", "content": f"a{n}"}]} for n in range(30)
    ]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "x.parquet")
    dataset = do_import((tmp_path / "x.parquet").read_bytes(), "data", mapping=ChatMapping(messages="chat"))
    assert dataset.row(3)["chat"] == rows[2]["chat"]


def test_a_folder_of_code_is_read_as_documents_and_odd_files_are_named(workspace: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "code"
    (folder / "deep").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / ".git" / "x.py").write_text("hidden")
    for name, content in {
        "b.py": b"x = 1\n",
        "deep/a.py": b"y = 2\n",
        "blob.py": bytes(range(256)) * 20,
        "c.py": b"",
    }.items():
        (folder / name).write_bytes(content)
    (folder / "away.py").symlink_to("/etc/hostname")
    dataset = import_dataset(workspace, name="code", source=FileSource(path=str(folder), pattern="**/*.py"))
    assert [(row["file"], row["text"]) for row in dataset.rows()] == [("b.py", "x = 1\n"), ("deep/a.py", "y = 2\n")]
    assert sorted(each["name"] for each in dataset.report()["skipped_files"]) == ["away.py", "blob.py", "c.py"]


def test_row_numbers_go_on_over_several_files(workspace: Workspace, tmp_path: Path) -> None:
    for name, count in (("a.jsonl", 3), ("b.jsonl", 2)):
        (tmp_path / name).write_text("".join(json.dumps({"text": f"{name} {n}"}) + "\n" for n in range(count)))
    dataset = import_dataset(workspace, name="many", source=FileSource(path=str(tmp_path), pattern="*.jsonl"))
    assert [(row["_row"], row["file"]) for row in dataset.rows()] == [
        (1, "a.jsonl"), (2, "a.jsonl"), (3, "a.jsonl"), (4, "b.jsonl"), (5, "b.jsonl"),
    ]  # fmt: skip


def test_a_source_of_rows_from_a_plugin(workspace: Workspace) -> None:
    first = import_dataset(workspace, name="made", source=_Made(count=9))
    assert first.count() == 8 and first.report()["reasons"] == {"the answer is empty": 1}
    assert import_dataset(workspace, name="made", source=_Made(count=9)).id == first.id
    assert import_dataset(workspace, name="made", source=_Made(count=10)).version == 2

    class _Unknown(Spec):
        kind: str = "moon"

    with pytest.raises(SpecError, match="moon"):
        import_dataset(workspace, name="x", source=_Unknown())


class _Odd(Spec):
    """Rows such as no file could hold."""


@open_source.register
def _(spec: _Odd) -> Any:
    yield {"text": "half \ud800 of a pair"}
    yield {"text": "fine", 5: {1, 2}, "": "no name"}
    yield {"text": object()}


def test_odd_rows_from_a_plugin_never_break_an_import(workspace: Workspace) -> None:
    dataset = import_dataset(workspace, name="odd", source=_Odd())
    assert dataset.row(2) | {"5": ""} == {"text": "fine", "5": "", "": "no name", "_row": 2, "_split": "train"}
    assert "surrogate" in dataset.quarantine()[0]["reason"]


def test_an_upload_is_recognised_by_the_name_that_it_had(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "ab12").write_text("def f(a, b):\n    return a, b\n\n\nx = f(1, 2)\n")
    dataset = import_dataset(workspace, name="up", source=FileSource(path=str(tmp_path / "ab12"), name="code.py"))
    assert dataset.report()["files"][0]["name"] == "code.py" and dataset.shape == "text"


def test_two_imports_at_once_get_two_versions(workspace: Workspace, tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / f"{number}.jsonl").write_text(json.dumps({"text": f"only {number}"}) + "\n")
    with ThreadPoolExecutor(4) as pool:
        sources = [FileSource(path=str(tmp_path / f"{number}.jsonl")) for number in range(4)]
        made = list(pool.map(lambda source: import_dataset(workspace, name="same", source=source), sources))
    assert sorted(dataset.version for dataset in made) == [1, 2, 3, 4]


def test_reserved_column_names_are_kept_under_another(do_import: Any) -> None:
    dataset = do_import([{"_row": 99, "_split": "mine", "text": "a"}])
    assert dataset.row(1) == {"original_row": 99, "original_split": "mine", "text": "a", "_row": 1, "_split": "train"}


def test_cancelling_leaves_nothing(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "a"}\n' * 5000)
    seen: list[tuple[int, int | None, str]] = []
    with pytest.raises(Interrupted):
        import_dataset(
            workspace,
            name="x",
            source=FileSource(path=str(path)),
            watch=Watch(lambda *told: seen.append(told), lambda: len(seen) > 3),
        )
    assert seen and _leftovers(workspace) == []


def test_a_missing_file_names_the_nearest(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "answers.csv").write_text("a,b\n1,2\n")
    with pytest.raises(NotFound, match="no file or folder") as caught:
        import_dataset(workspace, name="x", source=FileSource(path=str(tmp_path / "answer.csv")))
    assert "answers.csv" in caught.value.hint


def test_a_header_without_rows_and_a_named_format_that_is_wrong(do_import: Any) -> None:
    with pytest.raises(DataError, match="holds no rows"):
        do_import("prompt,completion\n", "t.csv")
    with pytest.raises(DataError, match="None of the 2 rows"):
        do_import("a,b\nc,d\n", "t.csv", format=JsonlFormat())


def test_a_split_column_is_used_and_unknown_values_are_answered(do_import: Any) -> None:
    rows = [{"text": f"t{n}", "part": ["train", "dev", "TEST"][n % 3]} for n in range(9)]
    assert do_import(rows, split=ColumnSplit(column="part")).splits == {"train": 3, "validation": 3, "test": 3}
    with pytest.raises(DataError, match="“trian” in 1 rows") as caught:
        do_import([*rows, {"text": "x", "part": "trian"}], split=ColumnSplit(column="part"))
    assert "train" in caught.value.hint
    with pytest.raises(DataError, match="no column “prt”"):
        do_import(rows, split=ColumnSplit(column="prt"))


def test_the_ledger_of_an_import_adds_up_and_is_kept(do_import: Any) -> None:
    dataset = do_import('{"text": "a"}\noops\n{"text": ""}\n{"text": "b"}\n')
    ledger = dataset.ledger
    ledger.check()
    assert [(stage.name, stage.rows) for stage in ledger.stages] == [("raw", 4), ("read", 3), ("mapped", 2)]


def test_a_long_text_file_by_paragraph(do_import: Any) -> None:
    dataset = do_import("One.\nStill one.\n\n\nTwo.\n", "a.txt", format=TextFormat(unit="paragraph"))
    assert [row["text"] for row in dataset.rows()] == ["One.\nStill one.", "Two."]
    assert [orjson.loads(line) for line in (dataset.path / "quarantine.jsonl").open()] == []
