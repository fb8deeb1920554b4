"""Which runs make up the main job. Data only: every stage is a spec like any that a user writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

RECIPES = Path(__file__).parent / "recipes"
Results = Mapping[str, dict[str, Any]]
METRICS = [{"kind": "language"}, {"kind": "exact_match"}, {"kind": "flowroll_execution"}]


@dataclass(frozen=True)
class Size:
    """How much is drawn and how long is trained."""

    documents: int = 30_000
    tasks: int = 24_000
    test_per_level: int = 200
    pretrain_steps: int = 450
    full_steps: int = 1_700
    lora_steps: int = 700


QUICK = Size()
QUALITY = Size(documents=60_000, tasks=80_000, pretrain_steps=900, full_steps=6_800, lora_steps=4_000)


@dataclass(frozen=True)
class Stage:
    """One run. ``spec`` is made from the results of earlier stages, by their names."""

    name: str
    title: str
    spec: Callable[[Results], dict[str, Any]]


def plan(size: Size, *, seed: int = 0) -> list[Stage]:
    """The stages in order."""
    source = {"kind": "flowroll", "seed": seed, "documents": size.documents, "tasks": size.tasks}
    source |= {"test_per_level": size.test_per_level}
    return [
        Stage("language", "Draw language text", lambda _: _language(source)),
        Stage("tasks", "Draw tasks, split by structure", lambda _: _tasks("all", "flowroll-tasks", source)),
        Stage("seen", "Draw tasks of seen structure", lambda _: _tasks("seen", "flowroll-seen", source)),
        Stage("tokenizer", "Train the tokenizer", lambda _: _tokenizer()),
        Stage("pretrain", "Pretrain from random weights", lambda _: _recipe("pretrain", size.pretrain_steps, seed)),
        Stage("before", "Measure before", lambda done: _evaluate(done["pretrain"], "flowroll-tasks")),
        Stage("full", "Fine-tune, all weights", lambda done: _tune("finetune", size.full_steps, seed, done)),
        Stage("full-test", "Measure after", lambda done: _evaluate(done["full"], "flowroll-tasks")),
        Stage("full-seen", "Measure on seen structure", lambda done: _evaluate(done["full"], "flowroll-seen")),
        Stage("lora", "Fine-tune, LoRA", lambda done: _tune("lora", size.lora_steps, seed, done)),
        Stage("lora-test", "Measure LoRA", lambda done: _evaluate(done["lora"], "flowroll-tasks")),
        Stage("export", "Export and verify", lambda done: _export(done["full"])),
    ]


def _language(source: dict[str, Any]) -> dict[str, Any]:
    return {
        "task": "import",
        "project": "workshop",
        "name": "FLOWROLL language",
        "dataset": "flowroll-language",
        "source": {**source, "part": "pretrain"},
        "mapping": {"kind": "text"},
        "split": {"kind": "ratio", "train": 0.98, "validation": 0.02, "test": 0.0},
    }


def _tasks(part: str, name: str, source: dict[str, Any]) -> dict[str, Any]:
    by_ratio = {"kind": "ratio", "train": 0.0, "validation": 0.0, "test": 1.0}
    by_column = {"kind": "column", "column": "split"}
    return {
        "task": "import",
        "project": "workshop",
        "name": name,
        "dataset": name,
        "source": {**source, "part": part},
        "mapping": {"kind": "prompt"},
        "split": by_column if part == "all" else by_ratio,
    }


def _tokenizer() -> dict[str, Any]:
    return {
        "task": "tokenizer",
        "project": "workshop",
        "name": "FLOWROLL tokenizer",
        "tokenizer": "flowroll",
        "datasets": ["flowroll-language", "flowroll-tasks"],
        "model": {"kind": "bpe", "vocab_size": 512, "digits": "individual", "template": "marks"},
    }


def _recipe(name: str, steps: int, seed: int) -> dict[str, Any]:
    """A recipe of this folder with its length in steps; the intervals of evaluation and saving keep their share of it."""
    data: dict[str, Any] = yaml.safe_load((RECIPES / f"{name}.yaml").read_text(encoding="utf-8"))
    factor = steps / data["loop"]["max_steps"]
    for part in ("evaluation", "checkpoints"):
        data[part]["every_steps"] = max(round(data[part]["every_steps"] * factor), 1)
    data["loop"]["max_steps"] = steps
    data["schedule"]["warmup_steps"] = min(data["schedule"]["warmup_steps"], max(steps // 8, 1))
    return data | {"seed": seed}


def _tune(name: str, steps: int, seed: int, done: Results) -> dict[str, Any]:
    return _recipe(name, steps, seed) | {"model": {"kind": "pretrained", "source": done["pretrain"]["model"]}}


def _evaluate(trained: dict[str, Any], dataset: str) -> dict[str, Any]:
    return {
        "task": "evaluate",
        "project": "workshop",
        "name": f"measure {trained['model']} on {dataset}",
        "model": {"kind": "pretrained", "source": trained["model"]},
        "data": {"dataset": dataset, "split": "test"},
        "metrics": METRICS,
        "generation": {"max_new_tokens": 72},
        "batch_size": 128,
    }


def _export(trained: dict[str, Any]) -> dict[str, Any]:
    return {
        "task": "export",
        "project": "workshop",
        "name": "flowroll-1m",
        "model": {"kind": "pretrained", "source": trained["model"]},
    }
