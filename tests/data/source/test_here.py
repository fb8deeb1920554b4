"""Sources of this machine: several files, earlier datasets, frames, generators."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

import tokenloom
from tokenloom.data.importing import import_dataset
from tokenloom.data.source import Place
from tokenloom.data.source.frames import rows_from
from tokenloom.kit.errors import DataError, NotFound, SpecError
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.sources import (
    ArithmeticSource,
    DatasetSource,
    FileSource,
    FilesSource,
    RecallSource,
    StoriesSource,
)
from tokenloom.testing.conformance import check_source


def _lines(path: Path, *texts: str) -> FileSource:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    return FileSource(path=str(path))


def test_several_files_and_folders_are_one_dataset_with_their_names(workspace: Workspace, tmp_path: Path) -> None:
    named = _lines(tmp_path / "x1", "a").model_copy(update={"name": "folder/a.jsonl"})
    _lines(tmp_path / "more" / "deep" / "b.jsonl", "b")
    files = [
        named,
        FileSource(path=str(tmp_path / "more")),
        _lines(tmp_path / "x2", "c").model_copy(update={"name": "folder/a.jsonl"}),
    ]
    dataset = import_dataset(workspace, name="x", source=FilesSource(files=files))
    assert [(row["file"], row["text"]) for row in dataset.rows()] == [
        ("folder/a.jsonl", "a"), ("more/deep/b.jsonl", "b"), ("folder/a.jsonl (2)", "c"),
    ]  # fmt: skip
    with pytest.raises(NotFound):
        import_dataset(workspace, name="y", source=FilesSource(files=[named, FileSource(path=str(tmp_path / "none"))]))


def test_rows_of_an_earlier_dataset_by_split_and_filter_with_their_parent(workspace: Workspace) -> None:
    first = import_dataset(workspace, name="sums", source=ArithmeticSource(rows=200))
    whole = import_dataset(workspace, name="again", source=DatasetSource(dataset="sums"))
    assert whole.count() == 200 and whole.meta["parents"] == [{"id": first.id, "name": "sums", "version": 1}]
    assert [row["split"] for row in whole.rows(limit=200)] == [row["_split"] for row in first.rows(limit=200)]
    spec = DatasetSource(dataset="sums@1", split="train", filter=["operation=+", "completion>=10", "prompt~1"], limit=5)
    rows = import_dataset(workspace, name="some", source=spec).rows()
    assert len(rows) == 5 and all(int(row["completion"]) >= 10 and "1" in row["prompt"] for row in rows)
    with pytest.raises(NotFound, match="No row of sums@1"):
        import_dataset(workspace, name="none", source=DatasetSource(dataset="sums", filter=["operation=x"]))
    for wrong in (["operation"], ["completion>=many"]):
        with pytest.raises(SpecError):
            import_dataset(workspace, name="none", source=DatasetSource(dataset="sums", filter=wrong))
    with pytest.raises(NotFound, match="oeration"):
        import_dataset(workspace, name="none", source=DatasetSource(dataset="sums", filter=["oeration=+"]))


@pytest.mark.parametrize("spec", [ArithmeticSource(rows=300), RecallSource(rows=40, pairs=40), StoriesSource(rows=40)])
def test_generators_are_sources_as_promised_and_their_answers_are_right(spec: Any) -> None:
    rows = check_source(spec)
    assert len(rows) == spec.rows
    assert check_source(spec.model_copy(update={"seed": 1})) != rows
    for row in rows:
        if spec.kind == "arithmetic":
            left, sign, right = row["prompt"].removesuffix(" =").split(" ")
            assert int(row["completion"]) == {"+": int(left) + int(right), "-": int(left) - int(right)}[sign]
        elif spec.kind == "recall":
            note, _, asked = row["prompt"].partition("\n\nWhat is ")
            assert dict(line.split(": ") for line in note.split("\n"))[asked.rstrip("?")] == row["completion"]
        else:
            assert row["text"].count(".") + row["text"].count(",”") >= 3


def test_small_numbers_give_no_more_questions_than_there_are() -> None:
    rows = check_source(ArithmeticSource(rows=10_000, digits=1, operations="add"))
    assert 90 <= len(rows) <= 100 and len({row["prompt"] for row in rows}) == len(rows)


def test_frames_of_every_library_become_rows() -> None:
    dicts = [{"text": "a", "n": 1, "tags": ["x"]}, {"text": None, "n": 2, "tags": []}]
    polars = pl.DataFrame(dicts)
    assert list(rows_from(polars).rows) == list(rows_from(polars.lazy()).rows) == dicts
    assert list(rows_from(pa.Table.from_pylist(dicts)).rows) == list(rows_from(iter(dicts)).rows) == dicts
    odd = [{1: np.float64(2.5), "when": np.array([1, 2])}]
    assert list(rows_from(odd).rows) == [{"1": 2.5, "when": [1, 2]}]
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(
        {"text": ["a", None], "n": [1.5, float("nan")], "day": pandas.to_datetime(["2024-02-01", None])}
    )
    assert list(rows_from(frame).rows) == [
        {"text": "a", "n": 1.5, "day": "2024-02-01T00:00:00"}, {"text": None, "n": None, "day": None},
    ]  # fmt: skip
    for wrong in ("text", 5, {"a": 1}):
        with pytest.raises(DataError, match="holds no rows"):
            rows_from(wrong)


def test_rows_of_a_notebook_become_a_version(workspace: Workspace, place: Place) -> None:
    rows = [{"q": f"q{number}", "a": f"a{number}"} for number in range(20)]
    mapping = {"kind": "prompt", "prompt": "q", "completion": "a"}
    made = tokenloom.import_rows(
        rows, "faq", workspace=workspace.root, mapping=mapping, split={"kind": "ratio", "seed": 3}
    )
    assert (made["name"], made["version"], made["rows"]["good"], made["source"]["kind"]) == ("faq", 1, 20, "rows")
    assert (
        tokenloom.import_rows(
            pl.DataFrame(rows), "faq", workspace=workspace.root, mapping=mapping, split={"kind": "ratio", "seed": 3}
        )["id"]
        == made["id"]
    )
    with pytest.raises(DataError):
        tokenloom.import_rows([{"a": ""}], "x", workspace=workspace.root, mapping={"kind": "text", "text": "a"})
