"""Folders are published whole or not at all, and damage is found."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from tokenloom.kit import atomic
from tokenloom.kit.atomic import atomic_dir_commit, atomic_write, read_manifest, remove_leftovers, verify_dir
from tokenloom.kit.errors import DataError, DiskFull


def publish(target: Path, content: bytes = b"abc") -> None:
    with atomic_dir_commit(target, meta={"step": 1}) as folder:
        (folder / "inner").mkdir()
        (folder / "inner" / "a.bin").write_bytes(content)
        (folder / "b.txt").write_text("text")


def test_a_published_folder_verifies_and_carries_its_meta(tmp_path: Path) -> None:
    publish(tmp_path / "x")
    manifest = read_manifest(tmp_path / "x")
    assert manifest["meta"] == {"step": 1}
    assert set(manifest["files"]) == {"inner/a.bin", "b.txt"}
    assert verify_dir(tmp_path / "x") == []


def test_an_exception_publishes_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), atomic_dir_commit(tmp_path / "x") as folder:
        (folder / "a").write_text("a")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_replacing_keeps_the_old_one_when_the_new_one_fails(tmp_path: Path) -> None:
    publish(tmp_path / "x", b"old")
    with pytest.raises(RuntimeError), atomic_dir_commit(tmp_path / "x"):
        raise RuntimeError
    assert (tmp_path / "x" / "inner" / "a.bin").read_bytes() == b"old"
    publish(tmp_path / "x", b"new")
    assert (tmp_path / "x" / "inner" / "a.bin").read_bytes() == b"new"
    assert [each.name for each in tmp_path.iterdir()] == ["x"]


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda folder: (folder / "b.txt").unlink(), "b.txt is missing"),
        (lambda folder: (folder / "b.txt").write_text("tex"), "3 bytes instead of 4"),
        (lambda folder: (folder / "b.txt").write_text("texT"), "does not match its SHA-256"),
        (lambda folder: (folder / "manifest.json").unlink(), "no readable manifest"),
        (lambda folder: (folder / "manifest.json").write_text("[]"), "not one of ours"),
    ],
)
def test_damage_is_named(tmp_path: Path, damage, words: str) -> None:
    publish(tmp_path / "x")
    damage(tmp_path / "x")
    assert any(words in problem for problem in verify_dir(tmp_path / "x"))


def test_the_manifest_is_written_after_every_other_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    real = atomic.sha256_of
    monkeypatch.setattr(atomic, "sha256_of", lambda path: order.append(path.name) or real(path))
    monkeypatch.setattr(atomic.json, "dump", lambda *a, **k: order.append("manifest") or a[1].write("{}"))
    publish(tmp_path / "x")
    assert order[-1] == "manifest"
    assert set(order[:-1]) == {"a.bin", "b.txt"}


def test_a_full_disk_is_an_error_of_ours_that_cleans_up(tmp_path: Path) -> None:
    with pytest.raises(DiskFull, match="is full") as error, atomic_dir_commit(tmp_path / "x"):
        raise OSError(errno.ENOSPC, "no space")
    assert "nothing that was saved is lost" in error.value.hint
    assert list(tmp_path.iterdir()) == []


def test_other_os_errors_stay_what_they_are(tmp_path: Path) -> None:
    with pytest.raises(PermissionError), atomic_dir_commit(tmp_path / "x"):
        raise PermissionError(errno.EACCES, "no")


def test_atomic_write_replaces_and_leftovers_are_removed(tmp_path: Path) -> None:
    atomic_write(tmp_path / "f", "one")
    atomic_write(tmp_path / "f", b"two")
    assert (tmp_path / "f").read_bytes() == b"two"
    (tmp_path / ".tmp-dead").mkdir()
    (tmp_path / ".tmp-file").write_text("x")
    assert remove_leftovers(tmp_path) == 2
    assert sorted(os.listdir(tmp_path)) == ["f"]


def test_a_folder_without_manifest_is_no_publication(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    with pytest.raises(DataError, match="no readable manifest"):
        read_manifest(tmp_path / "x")
