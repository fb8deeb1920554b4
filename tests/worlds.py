"""Small real worlds for tests that need more than one room: a workspace with a dataset and a tokenizer, and ways to run workers."""

from __future__ import annotations

import hashlib
import json
import random
from pathlib import Path
from typing import Any

from tokenloom.data.importing import import_dataset
from tokenloom.data.tokenizer.training import train_tokenizer
from tokenloom.jobs.launching.keeper import ForkServerKeeper
from tokenloom.jobs.launching.launch import Worker, launch_worker
from tokenloom.jobs.runs import create_run, last_state
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.data import FileSource, RatioSplit
from tokenloom.spec.override import parse_run_spec
from tokenloom.spec.tokenizer import BpeTokenizer
from tokenloom.tasks.context import Context
from tokenloom.tasks.train import train_model
from tokenloom.tracking import query
from tokenloom.tracking.log import LogWriter, log_path

COLOURS = ("red", "green", "blue", "black", "white")
ANIMALS = ("cat", "dog", "fox", "owl", "hen")
FORK_SERVER = ForkServerKeeper()


def questions(count: int, seed: int = 0) -> list[dict[str, str]]:
    """Question and answer rows that a small model can learn."""
    dice = random.Random(seed)
    rows = []
    for _ in range(count):
        colour, animal, number = dice.choice(COLOURS), dice.choice(ANIMALS), dice.randint(2, 9)
        rows.append(
            {"prompt": f"Describe {number} animals: {colour}, {animal}.", "completion": f"{number} {colour} {animal}s"}
        )
    return rows


def furnished(root: Path, *, count: int = 300) -> Workspace:
    """A workspace with the dataset ``animals`` (prompt and completion) and the tokenizer ``small``."""
    workspace = Workspace.open(root)
    source = root / "animals.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in questions(count)), encoding="utf-8")
    split = RatioSplit(train=0.8, validation=0.1, test=0.1)
    import_dataset(workspace, name="animals", source=FileSource(path=str(source)), split=split)
    train_tokenizer(workspace, name="small", spec=BpeTokenizer(vocab_size=320), datasets=["animals"])
    return workspace


def tiny_recipe(**changes: Any) -> dict[str, Any]:
    """A pretraining recipe that takes about a second; nested tables in ``changes`` are laid over it."""
    recipe: dict[str, Any] = {
        "task": "pretrain",
        "model": {
            "kind": "transformer",
            "tokenizer": "small",
            "num_layers": 2,
            "hidden_size": 32,
            "num_heads": 4,
            "max_sequence_length": 64,
        },
        "data": {"dataset": "animals"},
        "optimizer": {"kind": "adamw", "learning_rate": 0.01},
        "batch": {"kind": "tokens", "micro_batch_tokens": 256},
        "loop": {"max_steps": 60},
        "evaluation": {"every_steps": 20, "sample_tokens": 8},
        "checkpoints": {"every_steps": 5, "keep_last": 3},
        "compute": {"device": "cpu", "precision": "fp32", "threads": 1},
    }
    for key, value in changes.items():
        recipe[key] = (
            {**recipe[key], **value} if isinstance(value, dict) and isinstance(recipe.get(key), dict) else value
        )
    return recipe


def new_run(workspace: Workspace, recipe: dict[str, Any]) -> str:
    return create_run(workspace, parse_run_spec(recipe))


class Killed(BaseException):
    """Stands for SIGKILL."""


def train_here(workspace: Workspace, recipe: dict[str, Any], run_id: str = "") -> str:
    """Run a training recipe in this process, without the worker around it."""
    run_id = run_id or new_run(workspace, recipe)
    folder = workspace.run(run_id)
    events = query.events(folder)
    with LogWriter(log_path(folder)) as log:
        train_model(parse_run_spec(recipe), Context(workspace, run_id, folder, log, events=events))
    return run_id


def start_worker(workspace: Workspace, run_id: str) -> Worker:
    """A worker process as the supervisor starts it, its output in the run folder; a fork as soon as the fork server has loaded."""
    FORK_SERVER.keep()
    return launch_worker(workspace, workspace.run(run_id))


def work(workspace: Workspace, recipe: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Run a recipe in a worker to its end; its id and result. An assertion names the error of a run that failed."""
    run_id = new_run(workspace, recipe)
    status = start_worker(workspace, run_id).wait(timeout=240)
    state = last_state(workspace.run(run_id))
    assert status == 0, f"{state} {(workspace.run(run_id) / 'stdout.log').read_text()[-2000:]}"
    return run_id, query.events(workspace.run(run_id), ["result"])[-1]["result"]


def weights_of(workspace: Workspace, reference: str) -> str:
    """SHA-256 of the weights of ``RUN@STEP``."""
    run_id, _, step = reference.partition("@")
    folder = workspace.run(run_id) / "checkpoints" / f"step-{step}"
    return hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()


def curve(workspace: Workspace, run_id: str, key: str) -> list[tuple[int, float]]:
    frame = query.metrics_frame(workspace.run(run_id), [key])
    return list(zip(frame["step"].to_list(), frame["value"].to_list(), strict=True))


def word_tokenizer(folder: Path, specials: list[str], words: list[str], around: str) -> int:
    """Write a word tokenizer with its marks, as BERT's and T5's have them; its size."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    vocabulary = {token: id for id, token in enumerate([*specials, *words])}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens(specials)
    marks = [(token, vocabulary[token]) for token in specials if token in around]
    tokenizer.post_processor = processors.TemplateProcessing(single=around, special_tokens=marks)
    folder.mkdir(parents=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    named = {"pad_token": "[PAD]", "unk_token": "[UNK]", "mask_token": "[MASK]", "eos_token": "[SEP]"}
    told = {name: token for name, token in named.items() if token in specials}
    (folder / "tokenizer_config.json").write_text(json.dumps(told))
    return len(vocabulary)
