"""Compressed files and archives: read as if they were unpacked, and never followed into a trap."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
import zstandard

from tokenloom.data.format import read_records, sniff
from tokenloom.data.format.packing.streams import open_bytes
from tokenloom.data.format.packing.zips import Unpacked, unpack
from tokenloom.kit.errors import DataError

LINES = b'{"text": "a"}\n{"text": "b"}\n'


def _zip(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def _unpacked(path: Path, into: Path) -> Unpacked:
    *_, last = unpack(path, path.name, into)
    return last


def test_zstd_is_read_frame_after_frame(tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl.zst"
    path.write_bytes(zstandard.compress(LINES) + zstandard.compress(LINES))
    records = read_records(path, path.name, sniff(path, path.name))
    assert [record.row for record in records] == [{"text": "a"}, {"text": "b"}] * 2


def test_a_zstd_bomb_and_a_cut_file_are_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tokenloom.data.format.packing.streams.MAX_UNPACKED", 1 << 20)
    path = tmp_path / "bomb.zst"
    path.write_bytes(zstandard.compress(bytes(64 << 20), 19))
    with open_bytes(path, path.name, "zstd") as stream, pytest.raises(DataError, match="far more than its own size"):
        while stream.read(1 << 16):
            pass
    path.write_bytes(b"\x28\xb5\x2f\xfd" + b"garbage" * 20)
    with pytest.raises(DataError, match="damaged zstd file"):
        sniff(path, path.name)


def test_an_archive_gives_its_files_under_names_of_our_own(tmp_path: Path) -> None:
    files = {"b.jsonl": LINES, "deep/a.jsonl": LINES, "__MACOSX/x": b"x", ".hidden": b"x", "deep/": b""}
    found = _unpacked(_zip(tmp_path / "z.zip", files), tmp_path / "out")
    assert [name for _, name in found.files] == ["b.jsonl", "deep/a.jsonl"] and found.skipped == []
    assert all(path.parent == tmp_path / "out" and path.read_bytes() == LINES for path, _ in found.files)


def test_names_that_lead_outside_links_and_nested_archives_are_passed_over_and_told(tmp_path: Path) -> None:
    inner = _zip(tmp_path / "inner.zip", {"a.jsonl": LINES}).read_bytes()
    link = zipfile.ZipInfo("link.jsonl")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    path = _zip(
        tmp_path / "z.zip", {"../up.jsonl": LINES, "/root.jsonl": LINES, "C:\\x.jsonl": LINES, "ok.jsonl": LINES}
    )
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("in.zip", inner)
        archive.writestr("in.csv", inner)
        archive.writestr("a.jsonl.zst", zstandard.compress(LINES))
        archive.writestr("odd\u202ename.jsonl", LINES)
    found = _unpacked(path, tmp_path / "out")
    assert [name for _, name in found.files] == ["ok.jsonl"]
    reasons = {each["name"]: each["reason"] for each in found.skipped}
    assert len(reasons) == 8
    assert all(
        "outside" in reasons[name]
        for name in ("../up.jsonl", "/root.jsonl", "C:/x.jsonl", "C:\\x.jsonl")
        if name in reasons
    )
    assert "link" in reasons["link.jsonl"]
    assert all("not followed" in reasons[name] for name in ("in.zip", "in.csv", "a.jsonl.zst"))
    assert sorted(each.name for each in tmp_path.rglob("*.jsonl")) == [found.files[0][0].name]


def test_bombs_locks_and_damage_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    bomb = bytearray(_zip(tmp_path / "bomb.zip", {"a.txt": bytes(4 << 20)}).read_bytes())
    place = bomb.rindex(b"PK\x01\x02") + 24
    bomb[place : place + 4] = (2_000_000_000).to_bytes(4, "little")
    (tmp_path / "bomb.zip").write_bytes(bomb)
    with pytest.raises(DataError, match=r"unpacks to 2\.0 GB, far more than its own size"):
        _unpacked(tmp_path / "bomb.zip", tmp_path / "out")
    locked = bytearray(_zip(tmp_path / "l.zip", {"a.jsonl": LINES}).read_bytes())
    locked[locked.rindex(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "l.zip").write_bytes(locked)
    with pytest.raises(DataError, match="locked with a password"):
        _unpacked(tmp_path / "l.zip", tmp_path / "out")
    (tmp_path / "d.zip").write_bytes(b"PK\x03\x04" + bytes(500))
    with pytest.raises(DataError, match="damaged ZIP"):
        _unpacked(tmp_path / "d.zip", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_damaged_file_costs_only_itself(tmp_path: Path) -> None:
    content = bytearray(_zip(tmp_path / "z.zip", {"a.jsonl": LINES * 90, "b.jsonl": LINES}).read_bytes())
    content[40] ^= 0xFF
    (tmp_path / "z.zip").write_bytes(content)
    found = _unpacked(tmp_path / "z.zip", tmp_path / "out")
    assert [name for _, name in found.files] == ["b.jsonl"]
    assert "cannot be unpacked" in found.skipped[0]["reason"]


def test_a_file_that_unpacks_to_more_than_it_says_is_passed_over(tmp_path: Path) -> None:
    content = bytearray(_zip(tmp_path / "z.zip", {"a.txt": bytes(4 << 20), "b.jsonl": LINES}).read_bytes())
    place = content.index(b"PK\x01\x02") + 24
    content[place : place + 4] = (100).to_bytes(4, "little")
    (tmp_path / "z.zip").write_bytes(content)
    found = _unpacked(tmp_path / "z.zip", tmp_path / "out")
    assert [name for _, name in found.files] == ["b.jsonl"] and found.skipped[0]["name"] == "a.txt"


def test_an_archive_over_itself_is_no_honest_one(tmp_path: Path) -> None:
    """Two entries of the directory that share one file's bytes, as overlapping bombs do."""
    raw = _zip(tmp_path / "z.zip", {"a.txt": io.BytesIO(b"x" * 50).read() + bytes(range(256)) * 20}).read_bytes()
    start, end = raw.index(b"PK\x01\x02"), raw.index(b"PK\x05\x06")
    entry, tail = raw[start:end], bytearray(raw[end:])
    count = 60
    tail[8:12] = count.to_bytes(2, "little") * 2
    tail[12:16] = (len(entry) * count).to_bytes(4, "little")
    (tmp_path / "z.zip").write_bytes(raw[:start] + entry * count + tail)
    with pytest.raises(DataError, match="no honest archive"):
        _unpacked(tmp_path / "z.zip", tmp_path / "out")
