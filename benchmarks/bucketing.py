"""Whether length bucketing pays: forward and backward of shuffled and of bucketed micro-batches, in turn, on the flat and on the padded path.

Lengths are drawn from a log-normal distribution, as answers of people have them; the model is our transformer, one thread, pieces of 1,024 tokens as a
run on a CPU has them, and whole micro-batches as a GPU has them. Prints one JSON document: tokens a processor second (others may be busy) and the share
of places that are tokens. It has no peer: the promise is that the setting helps where its help says so.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import time
from typing import Any

import numpy as np
import torch
from _machine import machine, median

from tokenloom.modeling.config import config_from_spec
from tokenloom.modeling.transformer import Transformer
from tokenloom.spec.model import TransformerModel
from tokenloom.spec.training.batch import SequenceBatch, TokenBatch
from tokenloom.training.batches import CPU_PIECE, BatchStream, FlatTokens
from tokenloom.training.paths import FlatPath, PaddedPath

VOCAB, LONGEST, ROWS = 4096, 512, 4000
BATCHES = {
    "sequences": SequenceBatch(micro_batch_size=32),
    "tokens": TokenBatch(micro_batch_tokens=4096),
}
ORDERS = ("shuffled", "bucketed")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=8)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    store, model = tokens(), transformer()
    paths = {"flat": FlatPath(model), "padded": PaddedPath(model, "measured")}
    found: dict[str, Any] = {}
    for kind, (name, path), pieces in itertools.product(BATCHES, paths.items(), (CPU_PIECE, None)):
        title = f"{kind}, {name} path, {'pieces' if pieces else 'whole'}"
        found[title] = measured(store, kind, path, pieces, arguments.rounds)
        print(f"{title}: {found[title]}", file=sys.stderr, flush=True)
    lengths = np.diff(store.offsets)
    drawn = {"median": int(np.median(lengths)), "mean": round(float(lengths.mean()), 1), "longest": int(lengths.max())}
    print(json.dumps({"lengths": drawn, "found": found, "machine": machine()}, indent=1))


def measured(store: FlatTokens, kind: str, path: Any, pieces: int | None, rounds: int) -> dict[str, Any]:
    """Both orders in turn, each on the same number of windows."""
    streams = {
        order: BatchStream(store, BATCHES[kind].model_copy(update={"order": order}), seed=1, piece_tokens=pieces)
        for order in ORDERS
    }
    places, totals, rates = dict.fromkeys(ORDERS, 0), dict.fromkeys(ORDERS, 0), {order: [] for order in ORDERS}
    positions = dict.fromkeys(ORDERS, 0)
    for turn in range(rounds + 1):
        for order in ORDERS if turn % 2 else reversed(ORDERS):
            window = streams[order].window(positions[order], accumulation=2)
            positions[order] = window.end
            started = time.process_time()
            for batch in window.batches:
                path.loss(batch).backward()
            seconds = time.process_time() - started
            if turn:  # the first warms kernels
                rates[order].append(window.num_tokens / seconds)
                totals[order] += window.num_tokens
                places[order] += sum(path.places(batch) for batch in window.batches)
    told = {
        order: {
            "tokens_per_cpu_second": median(rates[order], 1),
            "useful_share": round(totals[order] / places[order], 4),
        }
        for order in ORDERS
    }
    return told | {"ratio": median([b / a for a, b in zip(*(rates[order] for order in ORDERS), strict=True)])}


def tokens() -> FlatTokens:
    draw = np.random.default_rng(0)
    lengths = np.clip(draw.lognormal(4.6, 0.8, ROWS).astype(int), 8, LONGEST)
    count = int(lengths.sum())
    return FlatTokens(
        draw.integers(0, VOCAB, count, dtype=np.uint16),
        np.ones(count, dtype=np.uint8),
        np.concatenate([[0], np.cumsum(lengths)]),
        np.arange(ROWS),
        {},
    )


def transformer() -> Transformer:
    torch.manual_seed(0)
    spec = TransformerModel(num_layers=4, hidden_size=128, num_heads=4, max_sequence_length=LONGEST)
    return Transformer(config_from_spec(spec, VOCAB))


if __name__ == "__main__":
    main()
