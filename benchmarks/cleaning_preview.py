"""The first preview of cleaning steps in a server that was just started, and the next one.

Two ways: ``opened`` as the studio goes, where the dataset's page is asked for first and the preview a second later; ``at_once`` where a
script asks for the preview and for nothing before it. The promise: 0.5 s as the studio goes. Prints one JSON document.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from itertools import islice
from pathlib import Path
from typing import Any

from _machine import machine
from start import tokenloom

from data import texts

ROWS = 100_000
STEPS = ["unicode", "whitespace", "duplicates", "near_duplicates", "redact", "quality"]
PROMISE_SECONDS = 0.5
READING_SECONDS = 1.0  # what a person takes from the dataset's page to its steps, at the least


def furnish(folder: Path) -> None:
    from tokenloom.data.importing import import_dataset
    from tokenloom.kit.workspace import Workspace
    from tokenloom.spec.data import FileSource

    path = folder / "rows.jsonl"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps({"text": text[:800]}) + "\n" for text in islice(texts(ROWS, seed=5), ROWS))
    import_dataset(Workspace.open(folder / "workspace"), name="rows", source=FileSource(path=str(path)))


def measured(workspace: Path, *, opens_page: bool) -> dict[str, float]:
    """Seconds of the first preview and of the second, in a server of their own."""
    command = [tokenloom(), "--workspace", str(workspace), "studio", "--port", "auto", "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        address, _, token = server.stdout.readline().strip().partition("?token=")
        try:
            ask(f"{address}api/health", token)
            if opens_page:
                ask(f"{address}api/datasets/rows", token)
                time.sleep(READING_SECONDS)
            first = previewed(address, token)
            return {"first_seconds": first, "second_seconds": previewed(address, token)}
        finally:
            server.terminate()


def previewed(address: str, token: str) -> float:
    body = {"steps": [{"kind": kind} for kind in STEPS]}
    started = time.perf_counter()
    ask(f"{address}api/datasets/rows/refine/preview", token, body)
    return round(time.perf_counter() - started, 2)


def ask(url: str, token: str, body: Any = None) -> None:
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=60).read()


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        furnish(folder)
        opened = [measured(folder / "workspace", opens_page=True) for _ in range(3)]
        at_once = [measured(folder / "workspace", opens_page=False) for _ in range(3)]
    told = {"machine": machine(), "rows": ROWS, "steps": STEPS, "opened": opened, "at_once": at_once}
    told |= {"promise_seconds": PROMISE_SECONDS}
    told |= {"holds": sorted(each["first_seconds"] for each in opened)[1] <= PROMISE_SECONDS}
    json.dump(told, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
