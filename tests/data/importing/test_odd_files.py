"""Files as copying, cutting, saving and packing leave them: named, told why, and never in the way of the others."""

from __future__ import annotations

import gzip
import json
import os
import re
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tokenloom.data.format import sniffer
from tokenloom.data.importing import import_dataset
from tokenloom.data.importing.preview import look_into
from tokenloom.data.source import Place
from tokenloom.kit.errors import DataError, NotFound
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.data import FileSource

ROWS = [{"prompt": f"question {number}", "completion": f"answer {number}"} for number in range(8)]
LINES = "".join(json.dumps(row) + "\n" for row in ROWS)


def _folder(workspace: Workspace, path: Path) -> tuple[Any, dict[str, str]]:
    """The version that a folder becomes, and what was passed over with its reason, which the look before it must tell as well."""
    dataset = import_dataset(workspace, name="folder", source=FileSource(path=str(path)))
    skipped = {each["name"]: each["reason"] for each in dataset.report()["skipped_files"]}
    looked = look_into(Place(workspace), FileSource(path=str(path))).told(5)
    assert {each["name"]: each["reason"] for each in looked["skipped"]} == skipped
    return dataset, skipped


def test_damaged_files_of_a_folder_cost_only_themselves(workspace: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for name in ("a", "cut", "z"):
        pq.write_table(pa.Table.from_pylist(ROWS), folder / f"{name}.parquet")
    (folder / "cut.parquet").write_bytes((folder / "a.parquet").read_bytes()[:-200])
    dataset, skipped = _folder(workspace, folder)
    assert dataset.report()["rows"] == {"raw": 16, "good": 16, "bad": 0}
    assert list(skipped) == ["cut.parquet"] and "is a damaged Parquet file" in skipped["cut.parquet"]
    with pytest.raises(DataError, match=r"cut\.parquet is a damaged Parquet file"):
        import_dataset(workspace, name="alone", source=FileSource(path=str(folder / "cut.parquet")))


def test_a_file_cut_in_its_middle_says_how_far_it_was_read(workspace: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "packed"
    folder.mkdir()
    whole = gzip.compress(
        "".join(json.dumps({"text": os.urandom(900).hex(), "row": row}) + "\n" for row in range(2000)).encode(), 1
    )
    (folder / "cut.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    (folder / "whole.jsonl.gz").write_bytes(gzip.compress(b'{"text": "kept"}\n'))
    dataset, skipped = _folder_of_import(workspace, folder)
    told = re.match(
        r"Only its first (\d+) rows were read: cut\.jsonl\.gz is a damaged gzip file", skipped["cut.jsonl.gz"]
    )
    assert told and dataset.report()["rows"]["good"] == int(told[1]) + 1


def _folder_of_import(workspace: Workspace, path: Path) -> tuple[Any, dict[str, str]]:
    dataset = import_dataset(workspace, name="folder", source=FileSource(path=str(path)))
    return dataset, {each["name"]: each["reason"] for each in dataset.report()["skipped_files"]}


def test_links_are_passed_over_and_told(workspace: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "links"
    folder.mkdir()
    (folder / "good.jsonl").write_text(LINES)
    (tmp_path / "secret.jsonl").write_text(LINES)
    (folder / "out.jsonl").symlink_to(tmp_path / "secret.jsonl")
    (folder / "gone.jsonl").symlink_to("nowhere")
    (folder / "round").symlink_to(".")
    dataset, skipped = _folder(workspace, folder)
    assert dataset.report()["rows"]["good"] == 8
    assert skipped == {
        "out.jsonl": "It is a link that leads outside of the folder.",
        "gone.jsonl": "It is a link that leads nowhere.",
    }
    with pytest.raises(NotFound, match="is a link that leads nowhere"):
        import_dataset(workspace, name="gone", source=FileSource(path=str(folder / "gone.jsonl")))


def test_a_name_that_is_no_text_is_shown_and_stored(workspace: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "names"
    folder.mkdir()
    path = Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9 \xff.jsonl"))
    path.write_text(LINES)
    dataset = import_dataset(workspace, name="odd", source=FileSource(path=str(path)))
    assert dataset.report()["files"][0]["name"] == r"caf\xe9 \xff.jsonl"
    assert len(list(dataset.rows())) == 8
    again, _ = _folder(workspace, folder)
    assert {row["prompt"] for row in again.rows()} == {row["prompt"] for row in ROWS}


def test_empty_folders_say_what_is_empty(workspace: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "nothing"
    folder.mkdir()
    with pytest.raises(DataError, match=r"The folder .*nothing is empty"):
        import_dataset(workspace, name="no", source=FileSource(path=str(folder)))
    (folder / ".hidden").write_text(LINES)
    with pytest.raises(DataError, match="holds no file, or hidden ones alone"):
        import_dataset(workspace, name="no", source=FileSource(path=str(folder)))


def test_thousands_of_files_are_one_dataset_with_a_few_looked_into(workspace: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "thousands"
    folder.mkdir()
    for number in range(2500):
        (folder / f"{number:04d}.jsonl").write_text(f'{{"text": "text {number}"}}\n')
    dataset = import_dataset(workspace, name="many", source=FileSource(path=str(folder)))
    report = dataset.report()
    assert report["rows"]["good"] == 2500 and len(report["files"]) == 1000
    looked = look_into(Place(workspace), FileSource(path=str(folder))).told(5)
    assert looked["num_files"] == 2500 and len(looked["files"]) == 200


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (b"prompt,completion\ra,b\rc,d\r", [("a", "b"), ("c", "d")]),
        (b'prompt,completion\r\na,b\n"c\r\nc",d\r\n', [("a", "b"), ("c\nc", "d")]),
        (b'{"prompt":"a","completion":"b"}\r{"prompt":"c","completion":"d"}', [("a", "b"), ("c", "d")]),
        (b'{"prompt":"a","completion":"b"}\n\xef\xbb\xbf{"prompt":"c","completion":"d"}\n', [("a", "b"), ("c", "d")]),
    ],
    ids=["old Mac", "mixed", "old Mac JSON", "a byte order mark inside"],
)
def test_line_ends_and_marks_of_other_systems(do_import: Any, content: bytes, rows: list[tuple[str, str]]) -> None:
    file = "data.csv" if content.startswith(b"prompt") else "data.jsonl"
    found = [(row["prompt"], row["completion"]) for row in do_import(content, file).rows()]
    assert found == rows


def test_a_name_used_twice_in_an_object_is_a_fault_and_other_rows_go_on(do_import: Any) -> None:
    bad = ['{"prompt":"a","completion":"b","prompt":"c"}', '{"prompt":"a","completion":"b","x":{"k":1,"k":2}}']
    fine = ['{"prompt":"says \\":\\" and \\"a\\":1","completion":"b"}', '{"prompt" : "a", "completion" : "b"}']
    report = do_import("\n".join([*bad, *fine])).report()
    assert report["rows"] == {"raw": 4, "good": 2, "bad": 2}
    assert report["reasons"] == {"it names “prompt” twice": 1, "it names “k” twice": 1}
    assert [each["line"] for each in report["first_bad"]] == [1, 2]
    array = do_import("[" + ",".join([*bad, *fine]) + "]", name="array").report()
    assert array["reasons"] == report["reasons"]


def test_columns_of_one_name_are_all_kept(do_import: Any, tmp_path: Path) -> None:
    table = pa.table([pa.array(["a"]), pa.array(["b"]), pa.array(["c"])], names=["text", "text", "text_2"])
    pq.write_table(table, tmp_path / "twice.parquet")
    (row,) = do_import((tmp_path / "twice.parquet").read_bytes(), "twice.parquet").rows()
    assert (row["text"], row["text_3"], row["text_2"]) == ("a", "b", "c")


def test_deep_nesting_in_an_array_has_its_own_reason(do_import: Any) -> None:
    deep = '{"prompt":"a","completion":"b","x":' + "[" * 500 + "]" * 500 + "}"
    report = do_import(f"[{deep},{','.join(LINES.splitlines())}]", "deep.json").report()
    assert report["rows"] == {"raw": 9, "good": 8, "bad": 1}
    assert report["first_bad"][0]["reason"] == "it is nested deeper than 64 levels"


def test_a_cut_array_counts_its_rows_exactly(do_import: Any) -> None:
    report = do_import("[" + ",".join(LINES.splitlines()) + ', {"prompt": "cut o', "cut.json").report()
    assert report["rows"] == {"raw": 9, "good": 8, "bad": 1}


@pytest.mark.parametrize(
    ("content", "file", "told"),
    [
        (gzip.compress(gzip.compress(LINES.encode())), "twice.jsonl.gz", "packed twice"),
        (b"<!DOCTYPE html><html><body>Log in</body></html>", "data.csv", "holds a web page"),
        (b"  <html><body>404</body></html>", "data.jsonl", "holds a web page"),
    ],
)
def test_what_is_no_data_is_refused_by_its_content(do_import: Any, content: bytes, file: str, told: str) -> None:
    with pytest.raises(DataError, match=told):
        do_import(content, file)


def test_a_table_that_is_named_as_json_is_read_as_what_it_is(do_import: Any) -> None:
    report = do_import("prompt,completion\na,b\nc,d\n", "rows.jsonl").report()
    assert report["rows"]["good"] == 2
    assert report["files"][0]["why"] == "its lines are fields between commas, although its name ends in .jsonl"


def test_a_damaged_first_line_leaves_json_lines_json(do_import: Any) -> None:
    report = do_import("garbage, more\n" + LINES, "rows.jsonl").report()
    assert report["rows"] == {"raw": 9, "good": 8, "bad": 1} and report["first_bad"][0]["line"] == 1


def test_one_endless_line_is_recognised_in_linear_work() -> None:
    """A pattern that looks for the line's end from each of its letters would take minutes."""
    assert sniffer._BLANK_LINE.pattern.startswith(r"\n")
    for pattern in (each for each in vars(sniffer).values() if isinstance(each, re.Pattern)):
        text: Any = "a" * 300_000 + "\nb\n"
        assert pattern.search(text if isinstance(pattern.pattern, str) else text.encode()) is None


def test_archives_inside_of_archives_are_named(workspace: Workspace, tmp_path: Path) -> None:
    inner, outer = tmp_path / "inner.zip", tmp_path / "outer.zip"
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a.jsonl", LINES)
    with zipfile.ZipFile(outer, "w") as archive:
        archive.write(inner, "inner.zip")
        archive.writestr("b.jsonl", LINES)
    dataset, skipped = _folder(workspace, outer)
    assert dataset.report()["rows"]["good"] == 8 and "archive inside of an archive" in skipped["inner.zip"]
