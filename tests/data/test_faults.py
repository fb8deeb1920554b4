"""Full disks, kills, and damaged folders: nothing half-made is ever left to be found."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tokenloom.data.blobs import BlobStore
from tokenloom.data.dataset import DatasetStore
from tokenloom.data.importing import import_dataset
from tokenloom.data.tokenizer import Tokenizer
from tokenloom.data.tokens import prepare_tokens
from tokenloom.data.versions import remove_stale
from tokenloom.kit.errors import DataError, DiskFull
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.data import FileSource, RatioSplit

DISK = 3 << 20


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 3 MB, where this user may mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(disk)], capture_output=True
    ).returncode:
        pytest.skip("may not mount a small disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def _rows(path: Path, count: int) -> Path:
    rng = random.Random(0)
    path.write_text(
        "".join(json.dumps({"text": "".join(rng.choices("abcdefgh jklm", k=900))}) + "\n" for _ in range(count))
    )
    return path


def _files(workspace: Workspace) -> list[str]:
    return [str(path) for path in workspace.root.rglob("*") if path.is_file() and path.name not in (".lock", "fill")]


def _fill(workspace: Workspace, leave: int) -> None:
    disk = os.statvfs(workspace.root)
    (workspace.root / "fill").write_bytes(bytes(max(0, disk.f_bavail * disk.f_frsize - leave)))


def test_a_full_disk_at_any_point_of_an_import_leaves_nothing(small_disk: Path, tmp_path: Path) -> None:
    workspace = Workspace.open(small_disk / "w")
    source = FileSource(path=str(_rows(tmp_path / "a.jsonl", 1000)))
    outcomes = set()
    for leave in (0, 8_192, 100_000, 950_000, 1_100_000, 1_300_000, 1_500_000, 2_900_000):
        _fill(workspace, leave)
        try:
            outcomes.add(import_dataset(workspace, name="x", source=source).count())
        except DiskFull as error:
            assert "is full" in error.message
            outcomes.add(0)
            assert _files(workspace) == []
        (workspace.root / "fill").unlink()
        if outcomes == {0, 1000}:
            break
    assert outcomes == {0, 1000}


def test_a_full_disk_spoils_neither_uploads_nor_tokens(
    small_disk: Path, tmp_path: Path, tokenizers: dict[str, Tokenizer]
) -> None:
    workspace = Workspace.open(small_disk / "w")
    path = _rows(tmp_path / "a.jsonl", 800)
    dataset = import_dataset(
        workspace, name="x", source=FileSource(path=str(path)), split=RatioSplit(train=1, validation=0, test=0)
    )
    before = _files(workspace)
    _fill(workspace, 200_000)
    with pytest.raises(DiskFull):
        BlobStore(workspace).put(path)
    with pytest.raises(DiskFull):
        prepare_tokens(workspace, dataset, "train", tokenizers["plain"], max_sequence_length=512)
    assert _files(workspace) == before
    (workspace.root / "fill").unlink()
    assert (
        prepare_tokens(workspace, dataset, "train", tokenizers["plain"], max_sequence_length=512).num_tokens > 100_000
    )


_CHILD = """
import sys
from tokenloom.data.importing import import_dataset
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.data import FileSource
print("ready", flush=True)
import_dataset(Workspace.open(sys.argv[1]), name="x", source=FileSource(path=sys.argv[2]))
"""


def test_a_kill_during_an_import_leaves_no_dataset_and_the_next_import_works(
    workspace: Workspace, tmp_path: Path
) -> None:
    path = _rows(tmp_path / "a.jsonl", 30_000)
    for delay in (0.05, 0.3):
        child = subprocess.Popen([sys.executable, "-c", _CHILD, str(workspace.root), str(path)], stdout=subprocess.PIPE)
        assert child.stdout is not None and child.stdout.readline() == b"ready\n"
        time.sleep(delay)
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        assert DatasetStore(workspace).list() == []
    assert list(workspace.datasets.glob(".tmp-*"))
    for leftover in workspace.datasets.glob(".tmp-*"):
        for file in [leftover, *leftover.iterdir()]:
            os.utime(file, (time.time() - 7200,) * 2)
    dataset = import_dataset(workspace, name="x", source=FileSource(path=str(path)))
    assert dataset.count() == 30_000 and dataset.version == 1
    assert list(workspace.datasets.glob(".tmp-*")) == []


def test_only_old_leftovers_are_removed(tmp_path: Path) -> None:
    for name, age in (("old", 7200), ("new", 0)):
        folder = tmp_path / f".tmp-{name}"
        folder.mkdir()
        (folder / "file").write_text("x")
        for path in (folder / "file", folder):
            os.utime(path, (time.time() - age,) * 2)
    assert remove_stale(tmp_path) == 1
    assert [path.name for path in tmp_path.iterdir()] == [".tmp-new"]


def test_a_folder_without_a_sound_manifest_is_no_dataset(workspace: Workspace, tmp_path: Path) -> None:
    path = _rows(tmp_path / "a.jsonl", 10)
    dataset = import_dataset(workspace, name="x", source=FileSource(path=str(path)))
    (dataset.path / "manifest.json").write_text("{")
    (workspace.datasets / "0123456789abcdef").mkdir()
    assert DatasetStore(workspace).list() == []
    again = import_dataset(workspace, name="x", source=FileSource(path=str(path)))
    assert again.id == dataset.id and again.count() == 10


def test_a_dataset_whose_data_is_gone_says_so(workspace: Workspace, tmp_path: Path) -> None:
    dataset = import_dataset(workspace, name="x", source=FileSource(path=str(_rows(tmp_path / "a.jsonl", 10))))
    (dataset.path / "data.parquet").unlink()
    for read in (dataset.rows, lambda: list(dataset.examples()), lambda: dataset.sample(3)):
        with pytest.raises(DataError, match="missing"):
            read()
    (dataset.path / "data.parquet").write_bytes(b"PAR1 garbage")
    for read in (dataset.rows, lambda: list(dataset.examples()), lambda: dataset.sample(3), lambda: dataset.row(1)):
        with pytest.raises(DataError, match="damaged"):
            read()
