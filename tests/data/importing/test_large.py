"""Files far larger than the memory that reading them takes, measured in a process of their own."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tokenloom.data.importing import columns, import_dataset, keeping
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.data import FileSource

MEGABYTE = 1 << 20
_CHILD = """
import sys
from pathlib import Path
from tokenloom.data.importing import columns, import_dataset, keeping
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.data import FileSource
dataset = import_dataset(Workspace.open(sys.argv[1]), name="x", source=FileSource(path=sys.argv[2]))
rows = dataset.meta["rows"]
status = Path("/proc/self/status").read_text()
print(rows["raw"], rows["bad"], int(status.split("VmHWM:")[1].split()[0]) // 1024)
"""


def _write(path: Path, num_bytes: int) -> int:
    """Distinct JSON lines of about 1 KB, every thousandth of them broken; how many."""
    words = [random.Random(seed).choices("abcdefghijklmnop ", k=900) for seed in range(50)]
    count = size = 0
    with path.open("w") as file:
        while size < num_bytes:
            text = json.dumps({"id": count, "text": f"{count} " + "".join(words[count % 50])}) + "\n"
            file.write(text if count % 1000 else "{broken\n")
            size += len(text)
            count += 1
    return count


def _imported(tmp_path: Path, num_bytes: int) -> tuple[int, int, int, int]:
    path = tmp_path / "large.jsonl"
    count = _write(path, num_bytes)
    return count, *_peak(tmp_path, path)


def _peak(tmp_path: Path, path: Path) -> tuple[int, int, int]:
    """Rows read, bad ones, and the largest memory in megabytes of a process that imports ``path``."""
    told = subprocess.run(
        [sys.executable, "-c", _CHILD, str(tmp_path / "w"), str(path)], capture_output=True, text=True, check=True
    ).stdout.split()
    raw, bad, peak = map(int, told)
    return raw, bad, peak


def test_two_hundred_megabytes_are_imported_within_little_memory(tmp_path: Path) -> None:
    count, raw, bad, peak = _imported(tmp_path, 200 * MEGABYTE)
    assert (raw, bad) == (count, (count + 999) // 1000)
    assert peak < 240, f"{peak} MB"


def test_nested_rows_are_written_in_groups_of_bounded_size(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "_GROUP_BYTES", MEGABYTE)
    monkeypatch.setattr(keeping, "PIECE_BYTES", MEGABYTE // 8)
    turn = "é wide 🌊 text " * 250
    rows = [
        {"messages": [{"role": "user", "content": f"{n} {turn}"}, {"role": "assistant", "content": turn}]}
        for n in range(600)
    ]
    (tmp_path / "chats.jsonl").write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows))
    dataset = import_dataset(workspace, name="chats", source=FileSource(path=str(tmp_path / "chats.jsonl")))
    with pq.ParquetFile(dataset.path / "data.parquet") as file:
        groups = [file.metadata.row_group(place) for place in range(file.metadata.num_row_groups)]
    assert sum(group.num_rows for group in groups) == 600 and len(groups) > 2
    assert max(group.num_rows for group in groups) * 2 * len(turn.encode()) < 1.5 * MEGABYTE
    assert [row["messages"] for row in dataset.scan()] == [row["messages"] for row in rows]


@pytest.mark.slow
def test_five_gigabytes_are_imported_within_three_hundred_megabytes(tmp_path: Path) -> None:
    count, raw, bad, peak = _imported(tmp_path, 5000 * MEGABYTE)
    assert (raw, bad) == (count, (count + 999) // 1000)
    assert peak < 300, f"{peak} MB"
