"""Thousands of damaged files: each is read or refused, never anything else."""

from __future__ import annotations

import random
import time
from pathlib import Path

from tokenloom.data.format import read_records, sniff
from tokenloom.kit.errors import TokenloomError

SEEDS = [
    b'{"text": "a"}\n{"text": "b \\u00e9"}\n{"messages": [{"role": "user", "content": "x"}]}\n' * 3,
    b'[\n {"a": 1},\n {"a": [1, 2, {"b": 3}]}\n]\n',
    b'q,a\n"one ""x"", two",b\n"multi\nline",c\nplain,d\n' * 3,
    "q;a\né;ü\n".encode("utf-16"),
    "Söme text\n\npara two\n".encode("cp1252"),
    b"a\tb\tc\n1\t2\t3\n4\t5\t6\n",
    b"\xef\xbb\xbfa,b\r\n1,2\r\n",
]
PARTS = [
    b'"',
    b"\0",
    b"\n",
    b"{",
    b"[",
    b"]",
    b"}",
    b",",
    b"\xff\xfe",
    b"\\",
    b'""',
    b"\r",
    b'"\n"',
    b"\xe2\x80\xa8",
    b"\xed\xa0\x80",
]


def _damaged(rng: random.Random) -> bytes:
    content = bytearray(rng.choice(SEEDS))
    for _ in range(rng.randint(1, 6)):
        place = rng.randrange(len(content) + 1)
        match rng.randint(0, 4):
            case 0:
                content[place : place + 1] = bytes([rng.randrange(256)])
            case 1:
                del content[place : place + rng.randint(1, 20)]
            case 2:
                content[place:place] = rng.choice(PARTS)
            case 3:
                content[place:place] = content[place : place + 40]
            case _:
                content = content[:place]
    return bytes(content)


def test_damaged_files_are_read_or_refused_with_every_record_numbered(tmp_path: Path) -> None:
    rng = random.Random(7)
    path = tmp_path / "file"
    read = refused = 0
    start = time.monotonic()
    for _ in range(4000):
        content = _damaged(rng)
        path.write_bytes(content)
        name = rng.choice(["f.csv", "f.jsonl", "f.txt", "f", "f.json", "f.py"])
        try:
            records = list(read_records(path, name, sniff(path, name)))
        except TokenloomError as error:
            assert error.hint, content
            refused += 1
            continue
        read += 1
        assert [record.number for record in records] == list(range(1, len(records) + 1)), content
        assert all((record.row is None) == bool(record.reason) for record in records), content
        assert all(len(record.raw) <= 8000 for record in records)
    assert read > 2000 and refused > 50
    assert time.monotonic() - start < 30
