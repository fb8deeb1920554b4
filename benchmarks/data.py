"""Text to tokens beside Hugging Face `datasets`: the same file, the same merges, the same ids.

Ours: rows of an imported dataset → tokens in memory-mapped files, with a ledger (`prepare_tokens`), and the second opening of them. The peer:
`datasets.load_dataset("json")`, `map` with the same `tokenizer.json` (batched, a process a core), `map` that joins and cuts to 1,024 tokens,
as its users do. Each runs in a process of its own, in turn; the ids of both are compared. Also: training BPE on 20 MB. Prints one JSON document.

Promises (spec): 100 MB within 10 s, the second load within 0.1 s, BPE of 8k and 32k on 20 MB within 4 s.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from _machine import machine, median

CONTEXT = 1024
COMPARED = 200_000  # ids of both sides, end tokens left out
PROMISES = {"prepare_seconds": 10.0, "second_load_seconds": 0.1, "bpe_seconds": 4.0}


def texts(megabytes: float, seed: int = 0) -> Iterator[str]:
    """Documents of 300 to 3,000 words, words by Zipf's law from 60,000 made-up ones, with digits, punctuation and line breaks."""
    dice = np.random.default_rng(seed)
    letters = np.array(list("etaoinshrdlucmfwypvbgkjqxz"))
    weights = 1 / np.arange(1, 27)
    lengths = dice.integers(2, 11, 60_000)
    drawn = dice.choice(letters, size=int(lengths.sum()), p=weights / weights.sum())
    ends = np.cumsum(lengths)
    words = np.array(["".join(drawn[end - size : end]) for end, size in zip(ends, lengths, strict=True)], dtype=object)
    marks = np.array([" ", " ", " ", " ", " ", " ", ", ", ". ", ".\n", " 12 ", " (", ") "], dtype=object)
    room = megabytes * 1e6
    while room > 0:
        size = int(dice.integers(300, 3000))
        chosen = words[np.minimum(dice.zipf(1.25, size) - 1, 59_999)]
        text = "".join(np.stack([chosen, dice.choice(marks, size)], axis=1).ravel())
        room -= len(text)
        yield text


def measured(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Seconds of wall and processor (children included) and the peak memory of ``work`` in MB."""
    began, cpu = time.perf_counter(), _cpu()
    told = work()
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    seconds = time.perf_counter() - began
    return {"seconds": round(seconds, 3), "cpu_seconds": round(_cpu() - cpu, 2), "peak_mb": round(peak / 1024), **told}


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def ours(folder: Path) -> dict[str, Any]:
    from tokenloom.data.dataset import DatasetStore
    from tokenloom.data.tokenizer.store import TokenizerStore
    from tokenloom.data.tokens.preparing import prepare_tokens
    from tokenloom.kit.workspace import Workspace

    workspace = Workspace.open(folder / "workspace")
    dataset, tokenizer = DatasetStore(workspace).get("corpus"), TokenizerStore(workspace).get("bpe8k").load()

    def work() -> dict[str, Any]:
        store = prepare_tokens(workspace, dataset, "train", tokenizer, max_sequence_length=CONTEXT)
        return {"tokens": store.num_tokens}

    told = measured(work)
    began = time.perf_counter()
    store = prepare_tokens(workspace, dataset, "train", tokenizer, max_sequence_length=CONTEXT)
    assert int(store.tokens[0]) >= 0  # a token is really read
    told["second_load_seconds"] = round(time.perf_counter() - began, 4)
    return {**told, "ids": _digest([int(number) for number in store.tokens if number != tokenizer.eos_id][:COMPARED])}


def peer(folder: Path) -> dict[str, Any]:
    import datasets
    from transformers import PreTrainedTokenizerFast

    datasets.disable_progress_bars()
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder / "tokenizer")
    cores = os.cpu_count() or 1

    def tokenise(batch: dict[str, list[str]]) -> dict[str, Any]:
        return {"input_ids": tokenizer(batch["text"], add_special_tokens=False)["input_ids"]}

    def pack(batch: dict[str, list[list[int]]]) -> dict[str, Any]:
        joined = [number for ids in batch["input_ids"] for number in [*ids, tokenizer.eos_token_id]]
        return {"input_ids": [joined[start : start + CONTEXT] for start in range(0, len(joined), CONTEXT)]}

    def work() -> dict[str, Any]:
        rows = datasets.load_dataset(
            "json", data_files=str(folder / "corpus.jsonl"), split="train", cache_dir=str(folder / "cache")
        )
        coded = rows.map(tokenise, batched=True, num_proc=cores, remove_columns=["text"])
        packed = coded.map(pack, batched=True, num_proc=cores)
        return {"tokens": sum(map(len, packed["input_ids"][:])), "coded": coded}

    told = measured(work)
    coded = told.pop("coded")
    ids: list[int] = []
    for row in coded:
        ids += row["input_ids"]
        if len(ids) >= COMPARED:
            break
    return {**told, "ids": _digest(ids[:COMPARED])}


def _digest(ids: list[int]) -> str:
    return hashlib.sha256(np.array(ids, dtype=np.int32).tobytes()).hexdigest()[:16]


def prepare(folder: Path, megabytes: float) -> dict[str, Any]:
    """Write the corpus, train the tokenizers, import the corpus."""
    from tokenloom.data.importing import import_dataset
    from tokenloom.data.tokenizer.training import train_tokenizer
    from tokenloom.kit.workspace import Workspace
    from tokenloom.spec.data import FileSource, RatioSplit, TextMapping
    from tokenloom.spec.tokenizer import BpeTokenizer

    with (folder / "corpus.jsonl").open("w") as file:
        for text in texts(megabytes):
            file.write(json.dumps({"text": text}) + "\n")
    workspace = Workspace.open(folder / "workspace")
    sample = list(texts(20, seed=1))
    told: dict[str, Any] = {}
    for name, size in (("bpe8k", 8192), ("bpe32k", 32_768)):
        began = time.perf_counter()
        made = train_tokenizer(workspace, name=name, spec=BpeTokenizer(vocab_size=size), texts=sample)
        told[name] = round(time.perf_counter() - began, 2)
        if name == "bpe8k":
            (folder / "tokenizer").symlink_to(made.path)
    split = RatioSplit(train=1, validation=0, test=0)
    began = time.perf_counter()
    source = FileSource(path=str(folder / "corpus.jsonl"))
    import_dataset(workspace, name="corpus", source=source, mapping=TextMapping(), split=split)
    return {"bpe_seconds": told, "import_seconds": round(time.perf_counter() - began, 2)}


def in_process(part: str, folder: Path) -> dict[str, Any]:
    """One part in a process of its own; its JSON."""
    done = subprocess.run(
        [sys.executable, __file__, "--part", part, "--folder", str(folder)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        return {"failed": done.stderr.strip().splitlines()[-1:]}
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=100.0)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--part", choices=["ours", "peer"])
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    if asked.part:
        print(json.dumps({"ours": ours, "peer": peer}[asked.part](asked.folder)))
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        told: dict[str, Any] = {"machine": machine(), "megabytes": asked.megabytes, **prepare(folder, asked.megabytes)}
        rounds: dict[str, list[dict[str, Any]]] = {"ours": [], "peer": []}
        for _ in range(asked.repeats):
            for part in rounds:
                _forget(folder, part)
                rounds[part].append(in_process(part, folder))
        told |= {part: _summed(each) for part, each in rounds.items()}
        if "seconds" in told["ours"] and "seconds" in told["peer"]:
            told["ratio"] = round(told["peer"]["seconds"] / told["ours"]["seconds"], 2)
            told["same_ids"] = told["ours"]["ids"] == told["peer"]["ids"]
            told["cpu_ratio"] = round(told["peer"]["cpu_seconds"] / told["ours"]["cpu_seconds"], 2)
        print(json.dumps({**told, "promises": PROMISES}, indent=1))


def _forget(folder: Path, part: str) -> None:
    shutil.rmtree(folder / "cache" if part == "peer" else folder / "workspace" / "tokens", ignore_errors=True)
    (folder / "workspace" / "tokens").mkdir(parents=True, exist_ok=True)


def _summed(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    if any("failed" in each for each in rounds):
        return next(each for each in rounds if "failed" in each)
    numbers = {
        key: median([each[key] for each in rounds]) for key, value in rounds[0].items() if isinstance(value, float)
    }
    return {**rounds[0], **numbers, "peak_mb": max(each["peak_mb"] for each in rounds)}


if __name__ == "__main__":
    main()
