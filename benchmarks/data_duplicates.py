"""Near-duplicates among a million rows, beside `datasketch`, which most tools for this build on.

Rows of 20 to 60 words; one in ten is a copy of an earlier one with one word changed, so what should be found is known. Both sides use 128
permutations, runs of three words and similarity 0.8; datasketch gets fewer rows (``--peer-rows``), so that it ends, and rows a second are
compared. Each runs in a process of its own. Prints one JSON document.

Promise (spec): a million rows in minutes.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from _machine import machine

PROMISE_SECONDS = 600.0
COPIES = 0.1
PEER = "datasketch==1.6.5"


def rows(count: int, seed: int = 0) -> Iterator[tuple[str, int]]:
    """Each row, and the place of the one it was copied from (-1: none)."""
    dice = np.random.default_rng(seed)
    words = np.array([f"{'bcdfghklmnprst'[n % 14]}{'aeiou'[n % 5]}{n:x}" for n in range(30_000)], dtype=object)
    kept: list[np.ndarray] = []
    places: list[int] = []
    for place in range(count):
        if kept and dice.random() < COPIES:
            which = int(dice.integers(len(kept)))
            changed = kept[which].copy()
            changed[int(dice.integers(len(changed)))] = words[int(dice.integers(len(words)))]
            yield " ".join(changed), places[which]
            continue
        drawn = words[np.minimum(dice.zipf(1.1, int(dice.integers(20, 60))) - 1, len(words) - 1)]
        if len(kept) < 200_000:
            kept.append(drawn)
            places.append(place)
        yield " ".join(drawn), -1


def ours(count: int) -> dict[str, float]:
    from tokenloom.data.likeness.index import LikenessIndex

    drawn = list(rows(count))
    began, cpu = time.perf_counter(), time.process_time()
    with LikenessIndex() as index:
        index.add_all(text for text, _ in drawn)
        sketched = time.perf_counter()
        labels = index.clusters(0.8).labels
    return {
        **told(began, cpu, count),
        "sketch_seconds": round(sketched - began, 1),
        **truth(drawn, lambda place, source: labels[place] == labels[source]),
    }


def theirs(count: int) -> dict[str, float]:
    from datasketch import MinHash, MinHashLSH

    drawn = list(rows(count))
    began, cpu = time.perf_counter(), time.process_time()
    lsh, like = MinHashLSH(threshold=0.8, num_perm=128), []
    for place, (text, _) in enumerate(drawn):
        words = text.split(" ")
        sketch = MinHash(num_perm=128)
        sketch.update_batch([" ".join(words[at : at + 3]).encode() for at in range(max(len(words) - 2, 1))])
        like.append(set(lsh.query(sketch)))
        lsh.insert(place, sketch)
    return {**told(began, cpu, count), **truth(drawn, lambda place, source: source in like[place])}


def told(began: float, cpu: float, count: int) -> dict[str, float]:
    seconds = time.perf_counter() - began
    return {
        "rows": count,
        "seconds": round(seconds, 1),
        "cpu_seconds": round(time.process_time() - cpu, 1),
        "rows_a_cpu_second": round(count / (time.process_time() - cpu)),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def truth(drawn: list[tuple[str, int]], is_found) -> dict[str, float]:  # type: ignore[no-untyped-def]
    """Of the copies whose runs of words are at least 0.9 alike to their source's, the share that was found."""
    wanted = found = 0
    for place, (text, source) in enumerate(drawn):
        if source < 0 or likeness(text, drawn[source][0]) < 0.9:
            continue
        wanted += 1
        found += bool(is_found(place, source))
    return {"copies": wanted, "found_share": round(found / max(wanted, 1), 4)}


def likeness(left: str, right: str) -> float:
    """Jaccard similarity of runs of three words."""
    one, two = (
        {tuple(words[at : at + 3]) for at in range(max(len(words) - 2, 1))} for words in (left.split(), right.split())
    )
    return len(one & two) / len(one | two)


def child(python: str, side: str, count: int) -> dict[str, float]:
    done = subprocess.run([python, __file__, "--side", side, "--rows", str(count)], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    return dict(json.loads(done.stdout))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--peer-rows", type=int, default=20_000)
    parser.add_argument("--side", choices=("ours", "theirs"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.side:
        print(json.dumps((ours if arguments.side == "ours" else theirs)(arguments.rows)))
        return 0
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "peer"
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(folder / "bin" / "pip"), "install", "-q", PEER, "psutil"], check=True)
        peer = child(str(folder / "bin" / "python"), "theirs", arguments.peer_rows)
    mine = child(sys.executable, "ours", arguments.rows)
    same = child(sys.executable, "ours", arguments.peer_rows)
    document = {
        "machine": machine(),
        "tokenloom": mine,
        "tokenloom_at_the_peers_size": same,
        "datasketch": peer,
        "ratio_rows_a_cpu_second": round(mine["rows_a_cpu_second"] / peer["rows_a_cpu_second"], 1),
        "promise": {"seconds": PROMISE_SECONDS, "held": mine["seconds"] <= PROMISE_SECONDS},
    }
    print(json.dumps(document, indent=1))
    return 0 if mine["seconds"] <= PROMISE_SECONDS else 1


if __name__ == "__main__":
    raise SystemExit(main())
