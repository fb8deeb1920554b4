"""Files far larger than the memory that reading them takes, measured in a process of their own."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

MEGABYTE = 1 << 20
_CHILD = """
import sys
from pathlib import Path
from tokenloom.data.importing import import_dataset
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
    told = subprocess.run(
        [sys.executable, "-c", _CHILD, str(tmp_path / "w"), str(path)], capture_output=True, text=True, check=True
    ).stdout.split()
    raw, bad, peak = map(int, told)
    return count, raw, bad, peak


def test_two_hundred_megabytes_are_imported_within_little_memory(tmp_path: Path) -> None:
    count, raw, bad, peak = _imported(tmp_path, 200 * MEGABYTE)
    assert (raw, bad) == (count, (count + 999) // 1000)
    assert peak < 300, f"{peak} MB"


@pytest.mark.slow
def test_five_gigabytes_are_imported_within_three_hundred_megabytes(tmp_path: Path) -> None:
    count, raw, bad, peak = _imported(tmp_path, 5000 * MEGABYTE)
    assert (raw, bad) == (count, (count + 999) // 1000)
    assert peak < 300, f"{peak} MB"
