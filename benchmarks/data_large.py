"""A file far larger than memory should need: JSONL of some gigabytes is imported by a process of its own, and its peak memory told.

Every ten-thousandth line is damaged, so that the quarantine is exercised too; the counts of the ledger must be exact. The promise:
5 GB under 300 MB of memory. Told is the largest resident set of the importing process, which starts no others for JSONL. Prints one JSON document.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from _machine import folder_bytes, machine

from data import texts

EVERY = 10_000  # lines, of which one is damaged
MIXED = 5_000  # different texts, taken again and again with the line's number before them
PROMISE_MB = 300


def write(path: Path, gigabytes: float) -> tuple[int, int]:
    """Rows and damaged lines of a new file of about this size."""
    rows = damaged = 0
    pool = list(islice(texts(100_000, seed=3), MIXED))
    with path.open("w", encoding="utf-8", buffering=1 << 20) as file:
        for text in cycle(pool):
            if file.tell() >= gigabytes * 1e9:
                return rows, damaged
            number = rows + damaged
            if number % EVERY == EVERY - 1:
                file.write(f'{{"text": "line {number} is never closed\n')
                damaged += 1
            else:
                file.write(json.dumps({"text": f"{number}: {text}"}) + "\n")
                rows += 1
    raise AssertionError("an endless file")


def take_in(folder: Path) -> dict[str, Any]:
    """The import, in this process."""
    from tokenloom.data.importing import import_dataset
    from tokenloom.kit.workspace import Workspace
    from tokenloom.spec.data import FileSource

    began = time.perf_counter()
    dataset = import_dataset(
        Workspace.open(folder / "workspace"), name="large", source=FileSource(path=str(folder / "large.jsonl"))
    )
    stages = dataset.ledger.as_dict()["stages"]
    return {
        "seconds": round(time.perf_counter() - began, 1),
        "peak_mb": _peak_mb(),
        "ledger": stages,
    }


def _peak_mb() -> int:
    """Of this program alone: what `getrusage` tells also counts the one that started it."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gigabytes", type=float, default=5.0)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.folder:
        print(json.dumps(take_in(asked.folder)))
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        rows, damaged = write(folder / "large.jsonl", asked.gigabytes)
        told = {"machine": machine(), "gigabytes": asked.gigabytes, "rows": rows, "damaged": damaged}
        done = subprocess.run(
            [sys.executable, __file__, "--folder", str(folder)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(done.stderr)
        found = json.loads(done.stdout.splitlines()[-1])
        told |= found | {"workspace_gb": round(folder_bytes(folder / "workspace") / 1e9, 2)}
        told |= {"promise_mb": PROMISE_MB, "holds": told["peak_mb"] <= PROMISE_MB}
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
