"""Datasets of the Hub's library: folders that it saved, folders of files, and no network."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tokenloom.data.importing import import_dataset
from tokenloom.data.source import Place, Rows, opened
from tokenloom.kit.errors import DataError, MissingExtra, NotFound
from tokenloom.spec.data import ColumnSplit
from tokenloom.spec.sources import HuggingFaceSource

datasets = pytest.importorskip("datasets")


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "hf")
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)


def _rows(place: Place, **settings: Any) -> list[dict[str, Any]]:
    found = opened(HuggingFaceSource(**settings), place)
    assert isinstance(found, Rows)
    return list(found.rows)


def _saved(tmp_path: Path) -> Path:
    made = datasets.Dataset.from_list([{"text": f"t{number}", "tags": ["a", "b"]} for number in range(6)])
    datasets.DatasetDict({"train": made.select(range(4)), "test": made.select(range(4, 6))}).save_to_disk(
        tmp_path / "saved"
    )
    return tmp_path / "saved"


def test_a_saved_folder_gives_all_splits_or_one(place: Place, tmp_path: Path) -> None:
    folder = str(_saved(tmp_path))
    assert [row["split"] for row in _rows(place, id=folder)] == ["train"] * 4 + ["test"] * 2
    assert [row["text"] for row in _rows(place, id=folder, split="test")] == ["t4", "t5"]
    assert len(_rows(place, id=folder, limit=3)) == 3
    with pytest.raises(NotFound, match="no split “dev”; there are train, test"):
        _rows(place, id=folder, split="dev")
    dataset = import_dataset(
        place.workspace, name="x", source=HuggingFaceSource(id=folder), split=ColumnSplit(column="split")
    )
    assert dataset.splits == {"train": 4, "test": 2}


def test_a_folder_of_files_is_loaded_whole_or_streamed(place: Place, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "train.jsonl").write_text("".join(json.dumps({"text": f"t{number}"}) + "\n" for number in range(5)))
    for streaming in (False, True):
        rows = _rows(place, id=str(folder), split="train", streaming=streaming)
        assert [row["text"] for row in rows] == [f"t{number}" for number in range(5)]
    assert len(_rows(place, id=str(folder), split="train[:40%]")) == 2
    with pytest.raises(DataError) as caught:
        _rows(place, id=str(folder), split="nothing")
    assert caught.value.hint


def test_offline_mode_asks_nobody_and_says_so(place: Place) -> None:
    with pytest.raises((NotFound, DataError)) as caught:
        _rows(place, id="org/not-in-the-cache-of-this-machine", offline=True)
    assert "offline" in caught.value.hint or "network" in caught.value.hint


def test_a_token_never_stands_in_an_error(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **more: Any) -> Any:
        raise ValueError(f"bad token {more['token']} for this")

    monkeypatch.setenv("HF_TOKEN", "hf_abcdefghijklmnop")
    monkeypatch.setattr(datasets, "load_dataset", fail)
    with pytest.raises(DataError) as caught:
        _rows(place, id="org/name")
    assert "hf_abcdefghijklmnop" not in str(caught.value)


@pytest.mark.parametrize(
    ("module", "spec", "extra"),
    [
        ("datasets", "HuggingFaceSource(id='a/b')", "hub"),
        ("boto3", "S3Source(uri='s3://a/b')", "s3"),
        ("google.cloud.storage", "GcsSource(uri='gs://a/b')", "gcp"),
    ],
)
def test_a_missing_extra_is_named(tmp_path: Path, module: str, spec: str, extra: str) -> None:
    code = f"""
import sys
sys.modules[{module!r}] = None
from tokenloom.data.source import Place, opened
from tokenloom.kit.errors import MissingExtra
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.sources import *
try:
    opened({spec}, Place(Workspace.open({str(tmp_path)!r})))
except MissingExtra as error:
    print(error.hint)
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert f"tokenloom[{extra}]" in told and MissingExtra.code == "missing_extra"
