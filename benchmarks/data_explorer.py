"""How long a first page of rows takes out of a million, searched, filtered and sorted, and how long looking at all of them takes.

The promises (spec): a first page within 0.3 s; validation and statistics of a million rows within 20 s. The peer is Hugging Face
`datasets`, which filters by running a function over all rows and writing the hits to disk. *First* is before the mapped copy of the rows is
made, *ready* after it. Prints one JSON document.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from _machine import machine, median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "data"))

from big import big_dataset

from tokenloom.data.corpus import corpus_report
from tokenloom.data.dataset import Dataset
from tokenloom.data.exploring import Explorer, Question
from tokenloom.data.inspecting import inspect_dataset
from tokenloom.kit.workspace import Workspace

PROMISE_SECONDS, PROMISE_WHOLE = 0.3, 20.0
Ask = Callable[[int], Question]


def questions(rows: int) -> dict[str, Ask]:
    """Each with another text a time, so that nothing is answered from what was found before."""
    return {
        "a page in the middle": lambda turn: Question(),
        "search a rare text": lambda turn: Question(search=f"entry {rows - 17 - turn} of"),
        "search a text that is not there": lambda turn: Question(search=f"zebra {turn}"),
        "search a common text": lambda turn: Question(search=f"book {turn}"),
        "filter a number": lambda turn: Question(filter={"level": {"min": 99.5 + turn / 100}}),
        "filter a value and a split": lambda turn: Question(split="test", filter={"topic": f"topic {turn}"}),
        "filter and sort": lambda turn: Question(filter={"topic": f"topic {turn}"}, sort="level", descending=True),
    }


def ours(explorer: Explorer, dataset: Dataset, ask: Ask, turns: int) -> dict[str, Any]:
    """Milliseconds until the first answer, and until all rows were looked at."""
    first, whole, complete = [], [], 0
    for turn in range(turns):
        began = time.perf_counter()
        page = explorer.page(dataset, ask(turn), offset=dataset.count() // 2 if ask(turn).is_plain else 0)
        first.append(1e3 * (time.perf_counter() - began))
        complete += page.complete or len(page.rows) == 50
        explorer.page(dataset, ask(turn), offset=dataset.count(), seconds=None)
        whole.append(1e3 * (time.perf_counter() - began))
    return {
        "first_ms": median(first, 1),
        "worst_ms": round(max(first), 1),
        "whole_ms": median(whole, 1),
        "full_pages": complete,
        "turns": turns,
    }


def theirs(dataset: Dataset, folder: Path) -> dict[str, float]:
    """Milliseconds of the same two questions with `datasets`, without its cache of earlier answers."""
    import datasets

    datasets.disable_progress_bars()
    loaded = datasets.load_dataset(
        "parquet", data_files=str(dataset.path / "data.parquet"), split="train", cache_dir=str(folder)
    )
    text = f"entry {dataset.count() - 17} of"
    tests = {
        "search a rare text": lambda batch: [text in row for row in batch["prompt"]],
        "filter a number": lambda batch: [level >= 99.5 for level in batch["level"]],
    }
    told = {}
    for name, test in tests.items():
        began = time.perf_counter()
        loaded.filter(test, batched=True, load_from_cache_file=False)[:50]
        told[name] = round(1e3 * (time.perf_counter() - began), 1)
    return told


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--turns", type=int, default=3)
    arguments = parser.parse_args()
    document: dict[str, Any] = {"machine": machine(), "rows": arguments.rows}
    with tempfile.TemporaryDirectory() as place:
        workspace = Workspace.open(Path(place) / "workspace")
        dataset = big_dataset(workspace, arguments.rows)
        for state in ("first", "ready"):
            explorer = Explorer(workspace, copies=False)
            if state == "ready":
                began = time.perf_counter()
                explorer.mirror(dataset).make()
                document["copy_seconds"] = round(time.perf_counter() - began, 2)
            document[state] = {
                name: ours(explorer, dataset, ask, arguments.turns) for name, ask in questions(arguments.rows).items()
            }
        report = inspect_dataset(workspace, dataset)
        began = time.perf_counter()
        corpus_report(workspace, dataset)
        document["validation_seconds"], document["corpus_seconds"] = (
            report["seconds"],
            round(time.perf_counter() - began, 2),
        )
        document["peak_bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        document["datasets_ms"] = theirs(dataset, Path(place) / "peer")
    worst = max(each["first_ms"] for each in document["ready"].values())
    whole = document["validation_seconds"] + document["corpus_seconds"]
    document["promises"] = {
        "first_page": {"seconds": worst / 1e3, "promise": PROMISE_SECONDS, "held": worst <= 1e3 * PROMISE_SECONDS},
        "validation_and_statistics": {
            "seconds": round(whole, 2),
            "promise": PROMISE_WHOLE,
            "held": whole <= PROMISE_WHOLE,
        },
    }
    print(json.dumps(document, indent=1))
    return 0 if all(each["held"] for each in document["promises"].values()) else 1


if __name__ == "__main__":
    raise SystemExit(main())
