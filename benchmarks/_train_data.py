"""The two workloads of shared measure: W1 pretraining from scratch, W2 LoRA on instruction pairs of unlike lengths.

A vocabulary of made-up words, one token each, so that every contender sees the same token counts; the words follow a small grammar, so
that there is something to learn. ``furnish(folder, workload)`` writes all files once; nothing is downloaded.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SPECIALS = ("<pad>", "<bos>", "<eos>", "<unk>")


@dataclass(frozen=True)
class Workload:
    """Shape of the model and of a step."""

    name: str
    vocab_size: int
    hidden_size: int
    num_layers: int
    num_heads: int
    intermediate_size: int
    tied: bool
    sequence: int
    batch: int
    rows: int


W1 = Workload("w1", 8192, 384, 6, 6, 1024, tied=True, sequence=256, batch=16, rows=1600)
W2 = Workload("w2", 32000, 512, 8, 8, 1376, tied=False, sequence=512, batch=8, rows=4000)
WORKLOADS = {"w1": W1, "w2": W2}


def furnish(folder: Path, work: Workload) -> None:
    """tokenizer/ and rows.jsonl, and for W2 the base model in model/."""
    folder.mkdir(parents=True, exist_ok=True)
    _tokenizer(folder / "tokenizer", work)
    noise = random.Random(0)
    write = _texts if work.name == "w1" else _pairs
    with (folder / "rows.jsonl").open("w") as file:
        for row in write(work, noise):
            file.write(json.dumps(row) + "\n")
    if work.name == "w2":
        _base_model(folder, work)


def llama_config(work: Workload) -> Any:
    from transformers import LlamaConfig

    return LlamaConfig(
        vocab_size=work.vocab_size,
        hidden_size=work.hidden_size,
        intermediate_size=work.intermediate_size,
        num_hidden_layers=work.num_layers,
        num_attention_heads=work.num_heads,
        num_key_value_heads=work.num_heads,
        max_position_embeddings=work.sequence,
        tie_word_embeddings=work.tied,
        rms_norm_eps=1e-5,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
    )


def flops_per_token(work: Workload, *, mean_context: float, labelled: float, is_lora: bool) -> float:
    """Matrix products of a step per useful token: 6 per weight when all are trained; with a frozen base 4, plus 6 for the small ones.

    The head counts for ``labelled`` rows only: what is needed, not what a framework chooses to compute.
    """
    wide, inner = work.hidden_size, work.intermediate_size
    per_layer = 4 * wide * wide + 3 * wide * inner
    head = work.vocab_size * wide * labelled
    attention = 12 * work.num_layers * wide * mean_context
    if not is_lora:
        return 6 * (work.num_layers * per_layer + head) + attention
    small = work.num_layers * 16 * (8 * wide + 3 * (wide + inner))
    return 4 * (work.num_layers * per_layer + head) + 6 * small + attention


def _tokenizer(folder: Path, work: Workload) -> None:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    folder.mkdir(exist_ok=True)
    words = [*SPECIALS, *(f"w{number}" for number in range(work.vocab_size - len(SPECIALS)))]
    tokenizer = Tokenizer(models.WordLevel({word: id for id, word in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.decoder = decoders.WordPiece(prefix="##")
    tokenizer.add_special_tokens(list(SPECIALS))
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "pad_token": "<pad>",
        "bos_token": "<bos>",
        "eos_token": "<eos>",
        "unk_token": "<unk>",
        "model_max_length": 1 << 20,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config))


def _words(count: int, vocab: int, noise: random.Random) -> str:
    """Each word fixes the next but for one in four, which is drawn with a long tail."""
    at, words = noise.randrange(vocab), []
    for _ in range(count):
        at = int(vocab * noise.random() ** 3) if noise.random() < 0.25 else (at * 7 + 3) % vocab
        words.append(f"w{at}")
    return " ".join(words)


def _texts(work: Workload, noise: random.Random) -> list[dict[str, str]]:
    vocab = work.vocab_size - len(SPECIALS)
    return [{"text": _words(work.sequence - 1, vocab, noise)} for _ in range(work.rows)]  # and the end token


def _pairs(work: Workload, noise: random.Random) -> list[dict[str, str]]:
    vocab, rows = work.vocab_size - len(SPECIALS), []
    for _ in range(work.rows):
        length = min(max(round(noise.lognormvariate(4.7, 0.65)), 32), work.sequence) - 1
        prompt = round(length * noise.uniform(0.3, 0.7))
        rows.append({"prompt": _words(prompt, vocab, noise), "completion": _words(length - prompt, vocab, noise)})
    return rows


def _base_model(folder: Path, work: Workload) -> None:
    import shutil

    import torch
    from transformers import LlamaForCausalLM

    torch.manual_seed(0)
    LlamaForCausalLM(llama_config(work)).save_pretrained(folder / "model")
    for path in (folder / "tokenizer").iterdir():
        shutil.copyfile(path, folder / "model" / path.name)


if __name__ == "__main__":
    import sys

    furnish(Path(sys.argv[2]), WORKLOADS[sys.argv[1]])
