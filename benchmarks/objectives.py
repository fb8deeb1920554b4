"""A learning curve of each objective, from real runs on one small task family: what falls or rises, and by how much.

``python benchmarks/objectives.py [--steps 1.0] [--draw FILE.svg] [--keep FOLDER [--again NAME …]]`` prints one JSON document and draws
the curves. Data are FLOWROLL tasks, drawn on the spot; worse answers are better ones with one number or one step changed. Everything goes through the
command line, as a user's would. ``--again`` trains only these anew, and takes the others as they lie in the kept folder.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from _curves_svg import Curve, draw
from _machine import machine

MODEL = {
    "model.kind": "transformer",
    "model.num_layers": 4,
    "model.hidden_size": 128,
    "model.num_heads": 4,
    "model.intermediate_size": 448,
    "model.max_sequence_length": 256,
}
FEW = 64  # tasks for rewards: what one of them teaches helps others little, and each has to be met often enough within minutes
COMMON = {
    "optimizer.beta2": 0.98,
    "batch.kind": "tokens",
    "batch.micro_batch_tokens": 896,
    "evaluation.sample_tokens": 0,
    "evaluation.max_sequences": 128,
    "checkpoints.every_steps": "null",
}


class Bench:
    """A workspace and the runs in it; ``length`` scales how long each one trains.

    With ``again`` only these train, and the newest runs of the others are taken.
    """

    def __init__(self, root: Path, length: float, again: list[str]) -> None:
        self.root, self.length, self.again = root, length, again
        self.found: dict[str, dict[str, Any]] = {}

    def tokenloom(self, *words: str) -> Any:
        done = subprocess.run(
            [sys.executable, "-m", "tokenloom.cli.main", "--workspace", str(self.root / "workspace"), "--json", *words],
            capture_output=True,
            text=True,
        )
        if done.returncode:
            sys.exit(f"{' '.join(words)}\n{done.stderr[-2000:]}")
        return json.loads(done.stdout)

    def train(self, name: str, key: str, steps: int, title: str, **settings: Any) -> str:
        """Train, keep the curve of ``key``; the run's model."""
        if self.again and name not in self.again:
            return self.earlier(name, key, title)
        began, steps = time.monotonic(), max(8, round(steps * self.length))
        often = max(1, steps // 12)
        values = {**COMMON, "loop.max_steps": steps, "evaluation.every_steps": often, "name": name, "task": "finetune"}
        values |= {"schedule.kind": "wsd", "schedule.warmup_steps": min(20, steps // 4)} | settings
        if values["batch.kind"] == "sequences":
            del values["batch.micro_batch_tokens"]
        path = self.root / f"{name}.yaml"
        path.write_text(json.dumps({"task": values.pop("task")}))
        words = [
            f"{dotted}={value if isinstance(value, str) else json.dumps(value)}" for dotted, value in values.items()
        ]
        result = self.tokenloom("train", str(path), *words)
        self.note(name, key, title, result["run"], seconds=round(time.monotonic() - began, 1))
        return str(result["model"])

    def earlier(self, name: str, key: str, title: str) -> str:
        """The newest run of this name that came to its end; its model."""
        runs = self.tokenloom("runs", "list")
        run = max(
            (each for each in runs if (each["name"], each["state"]) == (name, "completed")), key=lambda e: e["id"]
        )
        self.note(name, key, title, run["id"])
        return f"{run['id']}@{run['step']}"

    def note(self, name: str, key: str, title: str, run: str, **more: Any) -> None:
        points = self.curve(run, key)
        ends = {"first": points[0][1], "last": points[-1][1], "steps": points[-1][0]}
        self.found[name] = {"title": title, "metric": key, "run": run, **ends, **more, "curve": points}
        print(f"{name}: {key} {points[0][1]:.4f} -> {points[-1][1]:.4f}", file=sys.stderr, flush=True)

    def curve(self, run: str, key: str) -> list[tuple[int, float]]:
        told = self.tokenloom("runs", "metrics", run, "--key", key, "--format", "json")
        return [(int(each["step"]), float(each["value"])) for each in told]


def spoiled(program: str, source: random.Random) -> str:
    """The program with one thing wrong: a number, or a step left out."""
    words = program.split(" ")
    numbers = [place for place, word in enumerate(words) if word.lstrip("-").isdigit()]
    steps = program.split(" | ")
    if len(steps) > 2 and source.random() < 0.5:
        del steps[source.randrange(1, len(steps))]
        return " | ".join(steps)
    if numbers:
        place = source.choice(numbers)
        words[place] = str(int(words[place]) + source.choice((-1, 1, 2)))
        return " ".join(words)
    return f"{program} | rev"


def write_data(root: Path) -> None:
    """Drawn tasks as the shapes that objectives learn from."""
    subprocess.run(["flowroll", "generate", "--out", str(root / "drawn")], check=True, capture_output=True)
    source = random.Random(0)
    rows = [json.loads(line) for line in (root / "drawn" / "train.jsonl").open()]
    easy = [row for row in rows if row["level"] == 1][:6000]
    shapes: dict[str, list[dict[str, Any]]] = {"tasks": rows[:8000], "few": easy[:FEW]}
    shapes["texts"] = [{"text": f"{row['prompt']}\n{row['completion']}"} for row in rows[8000:12_000]]
    shapes["kinds"] = [{"text": row["prompt"], "label": row["family"]} for row in rows[:6000]]
    shapes["pairs"] = [
        {"prompt": row["prompt"], "chosen": row["completion"], "rejected": spoiled(row["completion"], source)}
        for row in easy[:3000]
    ]
    shapes["votes"] = [
        {"prompt": pair["prompt"], "completion": pair[side], "verdict": side == "chosen"}
        for pair in shapes["pairs"]
        for side in [source.choice(("chosen", "rejected"))]
    ]
    for name, content in shapes.items():
        (root / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in content))


def bring(bench: Bench) -> None:
    """Import everything and train the tokenizer."""
    root = bench.root
    split = ("--split", "train=0.95,val=0.05,test=0.0")
    bench.tokenloom("data", "import", str(root / "drawn" / "pretrain.jsonl"), "--name", "language", *split)
    for name in ("tasks", "few", "texts", "kinds", "pairs", "votes"):
        bench.tokenloom("data", "import", str(root / f"{name}.jsonl"), "--name", name, *split)
    bench.tokenloom("tokenizer", "train", "flowroll", "--vocab-size", "512", "--data", "language", "--data", "texts")


def run_all(bench: Bench) -> None:
    def on(model: str, data: str, kind: str, rate: float, **more: Any) -> dict[str, Any]:
        settings = {"model.kind": "pretrained", "model.source": model, "data.dataset": data, "objective.kind": kind}
        return {**settings, "optimizer.learning_rate": rate, **more}

    train = bench.train
    fresh = {**MODEL, "model.tokenizer": "flowroll", "optimizer.learning_rate": 3e-3}
    base = train(
        "pretrain",
        "val/loss",
        300,
        "Next token, from random weights",
        **fresh,
        task="pretrain",
        **{"data.dataset": "language"},
    )
    mixed = {"data.mix": [{"dataset": "language", "share": 0.3}], "task": "pretrain"}
    train(
        "continued",
        "val/loss",
        200,
        "Further on new texts, 30 % old ones replayed",
        **on(base, "texts", "language", 1e-3, **mixed),
    )
    tuned = train("answers", "val/loss", 500, "Answers to instructions", **on(base, "tasks", "language", 3e-3))
    small = {
        **fresh,
        "model.num_layers": 2,
        "model.hidden_size": 96,
        "model.intermediate_size": 256,
        "data.dataset": "tasks",
    }
    teacher = {"objective.kind": "distillation", "objective.teacher": {"source": tuned}}
    train("distillation", "val/loss", 400, "A smaller model imitates a teacher", **small, **teacher)
    train("classification", "val/accuracy", 150, "The kind of a task", **on(base, "kinds", "classification", 1e-3))
    train(
        "dpo",
        "val/preference_accuracy",
        150,
        "The better of two answers, held to a reference",
        **on(tuned, "pairs", "dpo", 2e-4),
    )
    train(
        "orpo",
        "val/log_odds",
        150,
        "Better answers and their odds, without a reference",
        **on(tuned, "pairs", "orpo", 5e-4),
    )
    train("kto", "val/loss", 150, "Single answers with a verdict", **on(tuned, "votes", "kto", 2e-4))
    train("reward", "val/preference_accuracy", 150, "A score for answers", **on(tuned, "pairs", "reward", 5e-4))
    rewards = {
        "objective.rewards": [{"kind": "flowroll_execution"}],
        "objective.group_size": 8,
        "objective.max_new_tokens": 24,
        "batch.kind": "sequences",
        "batch.micro_batch_size": 16,
        "data.validation_split": "null",
    }
    train(
        "grpo",
        "train/reward",
        170,
        "Programs that run and give what was asked, on few tasks",
        **on(tuned, "few", "grpo", 5e-4, **rewards),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=float, default=1.0, help="how long each run trains, as a factor")
    parser.add_argument("--draw", type=Path, help="write the curves as SVG")
    parser.add_argument("--keep", type=Path, help="folder to work in; kept")
    parser.add_argument(
        "--again", nargs="+", default=[], metavar="NAME", help="train only these anew, in the kept folder"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tokenloom-objectives-") as name:
        root = options.keep or Path(name)
        root.mkdir(parents=True, exist_ok=True)
        bench = Bench(root, options.steps, options.again)
        if not options.again:
            write_data(root)
            bring(bench)
        run_all(bench)
    if options.draw:
        curves = [Curve(name, each["title"], each["metric"], each["curve"]) for name, each in bench.found.items()]
        options.draw.write_text(draw(curves))
    print(json.dumps({"machine": machine(), "objectives": bench.found}, indent=1))


if __name__ == "__main__":
    main()
