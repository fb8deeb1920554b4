"""What compiled parts gain: forward and backward of W1's model the plain way and with them, in turn, in one process.

``python benchmarks/compiled.py [--rounds N] [--threads N] [--folder DIR]``. Kernels are compiled first, as a run does it (one core, minutes; kept in
``--folder``). The peer is our own plain way: the promise is that what a run takes makes its step faster. Prints one JSON document.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from _machine import machine, median
from _train_data import W1

from tokenloom.modeling.compiled import part as parts
from tokenloom.modeling.compiled import taking
from tokenloom.modeling.compiled.making import MODULE, orders_for
from tokenloom.modeling.config import config_from_spec
from tokenloom.modeling.transformer import Transformer
from tokenloom.spec.model import TransformerModel
from tokenloom.spec.training.batch import SequenceBatch
from tokenloom.training.batches import CPU_PIECE, BatchStream, FlatTokens
from tokenloom.training.paths import FlatPath

ROWS = 400


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=None, help="where kernels are kept; else nowhere")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    path, stream = FlatPath(transformer()), tokens()
    with tempfile.TemporaryDirectory(prefix="tokenloom-bench-") as name:
        folder = arguments.folder or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        wanted, seconds = compile_parts(path, stream, folder, arguments.threads)
        report = contest(path, stream, lambda: taking.take(folder, wanted, arguments.threads), arguments.rounds)
        gains = {part.name: round(verdict.gain, 2) for part, verdict in taking.take(folder, wanted, arguments.threads)}
    print(json.dumps({"compile_seconds": seconds, "gains": gains, **report, "machine": machine()}, indent=1))


def compile_parts(path: FlatPath, stream: BatchStream, folder: Path, threads: int) -> tuple[list[Any], float]:
    """What a step meets, compiled; and how long that took."""
    parts.watch()
    for batch in stream.window(0, accumulation=1).batches:
        path.loss(batch).backward()
    wanted = parts.end_watch()
    started = time.monotonic()
    command = [sys.executable, "-m", MODULE, str(folder)]
    subprocess.run(command, input=orders_for(wanted, threads), text=True, check=True, stderr=subprocess.DEVNULL)
    return wanted, round(time.monotonic() - started, 1)


def contest(path: FlatPath, stream: BatchStream, take: Any, rounds: int) -> dict[str, Any]:
    """Both ways on the same windows, the first of them by turns."""
    rates: dict[str, list[float]] = {"plain": [], "compiled": []}
    losses: dict[str, list[float]] = {"plain": [], "compiled": []}
    ways = {"plain": taking.take_back, "compiled": take}
    for turn in range(rounds + 1):
        window = stream.window(turn * W1.batch, accumulation=1)
        for name in ways if turn % 2 else reversed(ways):
            ways[name]()
            path.model.zero_grad()
            started, total = time.process_time(), 0.0
            for batch in window.batches:
                loss = path.loss(batch)
                loss.backward()
                total += float(loss.detach())
            if turn:  # the first warms memory and kernels
                rates[name].append(window.num_tokens / (time.process_time() - started))
                losses[name].append(total / window.num_labels)
    difference = max(abs(a - b) for a, b in zip(losses["plain"], losses["compiled"], strict=True))
    found = {f"{name}_tokens_per_cpu_second": median(each, 1) for name, each in rates.items()}
    ratios = [b / a for a, b in zip(rates["plain"], rates["compiled"], strict=True)]
    return {
        **found,
        "ratio": median(ratios),
        "ratios": [round(each, 3) for each in sorted(ratios)],
        "largest_loss_difference": difference,
    }


def transformer() -> Transformer:
    torch.manual_seed(0)
    spec = TransformerModel(
        hidden_size=W1.hidden_size,
        num_layers=W1.num_layers,
        num_heads=W1.num_heads,
        intermediate_size=W1.intermediate_size,
        max_sequence_length=W1.sequence,
    )
    return Transformer(config_from_spec(spec, W1.vocab_size))


def tokens() -> BatchStream:
    random = np.random.default_rng(0)
    count = ROWS * W1.sequence
    ids = random.integers(0, W1.vocab_size, count).astype(np.uint16)
    store = FlatTokens(ids, np.ones(count, np.uint8), np.arange(0, count + 1, W1.sequence), np.arange(ROWS), {})
    return BatchStream(store, SequenceBatch(micro_batch_size=W1.batch), seed=0, piece_tokens=CPU_PIECE)


if __name__ == "__main__":
    main()
