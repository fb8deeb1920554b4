"""The files of a data set and the commands that write, audit and run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tokenloom.kit.atomic import read_manifest, verify_dir
from tokenloom.kit.errors import Conflict
from tokenloom_flowroll.__main__ import main
from tokenloom_flowroll.data import PARTS, Amounts, read_rows, rows_of, write_dataset

FEW = Amounts(tasks=200, documents=100, test_per_level=12, validation_per_level=6)


def test_files_hold_the_parts_and_verify(tmp_path: Path) -> None:
    counts = write_dataset(tmp_path / "data", FEW)
    assert counts == {"pretrain": 100, "train": 200, "validation": 24, "test": 48, "seen": 48}
    assert verify_dir(tmp_path / "data") == []
    assert read_manifest(tmp_path / "data")["meta"]["rows"] == counts
    for part in PARTS:
        assert list(read_rows(tmp_path / "data" / f"{part}.jsonl")) == list(rows_of(part, FEW))


def test_rows_have_what_training_and_judging_need() -> None:
    row = next(iter(rows_of("train", FEW)))
    assert {"id", "prompt", "completion", "level", "family", "dims", "reference", "edges", "split"} <= set(row)
    assert len({frozenset(row) for part in PARTS[1:] for row in rows_of(part, FEW)}) == 1
    assert all(row["split"] == part for part in PARTS[1:] for row in rows_of(part, FEW))
    assert row["split"] == "train"
    assert set(next(iter(rows_of("pretrain", FEW)))) == {"text"}
    assert len({row["id"] for part in PARTS[1:] for row in rows_of(part, FEW)}) == 200 + 24 + 48 + 48


def test_a_data_set_is_replaced_but_a_strangers_folder_is_not(tmp_path: Path) -> None:
    write_dataset(tmp_path / "data", FEW)
    write_dataset(tmp_path / "data", Amounts(tasks=10, documents=10, test_per_level=5, validation_per_level=5))
    assert len(list(read_rows(tmp_path / "data" / "train.jsonl"))) == 10
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work")
    with pytest.raises(Conflict):
        write_dataset(mine, FEW)
    assert (mine / "thesis.txt").read_text() == "years of work"


def test_generate_then_audit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(tmp_path / "data")
    amounts = ["--tasks", "300", "--documents", "50", "--test-per-level", "10", "--validation-per-level", "5"]
    assert main(["generate", "--out", folder, *amounts]) == 0
    assert main(["audit", folder]) == 0
    assert "No problem found." in capsys.readouterr().out
    with (tmp_path / "data" / "pretrain.jsonl").open("a") as file:
        test_row = next(read_rows(tmp_path / "data" / "test.jsonl"))
        file.write(json.dumps({"text": test_row["reference"]}) + "\n")
    assert main(["audit", folder]) == 1
    assert "belong to test" in capsys.readouterr().out


def test_run_prints_the_value(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = tmp_path / "example.flow"
    program.write_text("emit x | take 6 | fold 3 | plus y\n")
    assert main(["run", str(program), "--x", "roll 1 2 3 4 5 6 7", "--y", "grid 1 1 1 / 2 2 2"]) == 0
    assert capsys.readouterr().out == "grid 2 3 4 / 6 7 8\n"


@pytest.mark.parametrize(
    ("text", "arguments", "message"),
    [
        ("emit x | take 6", ["--x", "roll 1 2"], "SHORT line 1: take 6 from 2\n"),
        ("emit x | revv", [], "NAME line 1: revv is unknown\n  → The nearest word is rev.\n"),
        ("emit x", ["--x", "3 1 4"], "SYNTAX line 1: a value begins with roll or grid, not “3 1 4”\n"),
    ],
)
def test_run_tells_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, arguments: list[str], message: str
) -> None:
    program = tmp_path / "example.flow"
    program.write_text(text)
    assert main(["run", str(program), *arguments]) == 2
    assert capsys.readouterr().err == message


def test_check_prints_the_canonical_spelling(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = tmp_path / "example.flow"
    program.write_text("\na =  x |  add 02\nemit a # done\n")
    assert main(["check", str(program)]) == 0
    assert capsys.readouterr().out == "a = x | add 2\nemit a\n"


def test_missing_and_unreadable_files_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(tmp_path / "none.flow")]) == 3
    assert main(["audit", str(tmp_path)]) == 3
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    assert main(["check", str(tmp_path / "binary")]) == 2
    assert "Traceback" not in capsys.readouterr().err
