"""Record what the stories show: a real tiny training, start to end, as the API tells it.

Writes ``web/src/testing/recorded/*.json``. Nothing in them is invented; only what differs from machine to machine (paths, processor) is
replaced by neutral words, so that the files can be read anywhere.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import httpx
from starlette.testclient import TestClient

from tokenloom.jobs.control import submit
from tokenloom.jobs.runs import last_state
from tokenloom.jobs.watch import wait_for
from tokenloom.kit.workspace import Workspace
from tokenloom.server.app import create_app
from tokenloom.spec.override import parse_run_spec

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "web" / "src" / "testing" / "recorded"
FAQ = ROOT / "examples" / "faq" / "questions.csv"
TOKEN = "recording"

SHAPE = {"kind": "transformer", "tokenizer": "faq", "num_layers": 2, "hidden_size": 96, "num_heads": 4}
LOOK_EVERY = 20  # steps between two looks at the flow of the gradient
TRAINING: dict[str, Any] = {
    "batch": {"kind": "tokens", "micro_batch_tokens": 512},
    "schedule": {"kind": "cosine", "warmup_steps": 10},
    "evaluation": {"every_steps": 40, "max_sequences": 16, "sample_tokens": 24},
    "checkpoints": {"every_steps": 40},
    "data": {"dataset": "faq"},
}


def main() -> int:
    """Run the whole way on the example questions, then save every answer that a page asks for."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace.open(Path(folder) / "workspace")
        runs = whole_way(workspace)
        app = create_app(workspace, token=TOKEN)
        client = TestClient(app, base_url="http://127.0.0.1", headers={"authorization": f"Bearer {TOKEN}"})
        recorded = {name: ask(client, path) for name, path in asked(runs).items()}
        recorded["stream"] = {"runs": recorded["runs"]["items"], "removed": [], "is_whole": True}
        recorded["ids"] = runs
        TARGET.mkdir(parents=True, exist_ok=True)
        for name, document in recorded.items():
            text = json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True)
            text = text.replace(str(workspace.root), "/workspace").replace(str(ROOT), "/project")
            (TARGET / f"{name}.json").write_text(neutral(name, text) + "\n", encoding="utf-8")
        print(f"{len(recorded)} files in {TARGET.relative_to(ROOT)}")
    return 0


def whole_way(workspace: Workspace) -> dict[str, str]:
    """Import, tokenizer, pretraining twice, fine-tuning, two evaluations, export; run ids by name."""
    runs: dict[str, str] = {}

    def go(name: str, spec: dict[str, Any]) -> str:
        run = submit(workspace, parse_run_spec({"name": name, "project": "faq", **spec}))
        wait_for(workspace, run)
        state = last_state(workspace.run(run))
        if state["state"] != "completed":
            raise SystemExit(f"{name} ended as {state}")
        runs[name] = run
        print(f"{name}: {run}", file=sys.stderr)
        return run

    source = {"kind": "file", "path": str(FAQ), "name": "questions.csv"}
    mapping = {"kind": "prompt", "prompt": "Question", "completion": "Answer"}
    go("questions", {"task": "import", "dataset": "faq", "source": source, "mapping": mapping})
    go(
        "tokenizer",
        {"task": "tokenizer", "tokenizer": "faq", "datasets": ["faq"], "model": {"kind": "bpe", "vocab_size": 400}},
    )
    base = go("base", pretrain(4e-3))
    go("base, slower", pretrain(1e-3))
    tuned = go(
        "answers",
        {"task": "finetune", **TRAINING, **loop(80), **rate(2e-3), "model": {"kind": "pretrained", "source": base}},
    )
    for name, model in (("before", base), ("after", tuned)):
        spec = {"model": {"kind": "pretrained", "source": model}, "data": {"dataset": "faq", "split": "test"}}
        go(name, {"task": "evaluate", **spec, "generation": {"max_new_tokens": 24}})
    go("faq model", {"task": "export", "model": {"kind": "pretrained", "source": tuned}})
    return runs


def pretrain(learning_rate: float) -> dict[str, Any]:
    return {"task": "pretrain", **TRAINING, **loop(160), **rate(learning_rate), "model": SHAPE}


def loop(steps: int) -> dict[str, Any]:
    return {"loop": {"max_steps": steps, "flow_every": LOOK_EVERY}}


def rate(learning_rate: float) -> dict[str, Any]:
    return {"optimizer": {"kind": "adamw", "learning_rate": learning_rate}}


def asked(runs: dict[str, str]) -> dict[str, str]:
    """File name → what the pages ask the API."""
    training = {"base": runs["base"], "slower": runs["base, slower"], "answers": runs["answers"]}
    every = ",".join(training.values())
    paths = {
        "runs": "/api/runs?limit=200",
        "names": "/api/runs/names",
        "datasets": "/api/datasets",
        "dataset": "/api/datasets/faq",
        "rows": "/api/datasets/faq/rows?limit=100",
        "report": "/api/datasets/faq/report",
        "quarantine": "/api/datasets/faq/quarantine",
        "stats": "/api/datasets/faq/stats?tokenizer=faq",
        "rendered": "/api/datasets/faq/rendered?row=1&tokenizer=faq",
        "tokenizers": "/api/tokenizers",
        "models": "/api/models",
        "evaluations": "/api/evaluations",
        "exports": "/api/exports",
        "machine": "/api/machine",
        "cost": "/api/cost",
        "plans": "/api/plans",
        "presets": "/api/recipes",
        "preset": "/api/recipes/cpu/tiny-pretrain",
        "schema": "/api/schema/recipe",
        "export": f"/api/exports/{runs['faq model']}",
        "before": f"/api/evaluations/{runs['before']}",
        "after": f"/api/evaluations/{runs['after']}",
        "before-rows": f"/api/evaluations/{runs['before']}/rows?limit=1000",
        "after-rows": f"/api/evaluations/{runs['after']}/rows?limit=1000",
        "series-train": f"/api/series?format=json&px=1200&keys=train/loss&runs={every}",
    }
    for name, run in training.items():
        paths |= {
            f"{name}-run": f"/api/runs/{run}",
            f"{name}-spec": f"/api/runs/{run}/spec",
            f"{name}-summary": f"/api/runs/{run}/summary",
            f"{name}-flow": f"/api/runs/{run}/flow",
            f"{name}-profile": f"/api/runs/{run}/profile",
            f"{name}-events": f"/api/runs/{run}/events?limit=1000",
            f"{name}-logs": f"/api/runs/{run}/logs",
            f"{name}-commands": f"/api/runs/{run}/commands",
            f"{name}-checkpoints": f"/api/checkpoints?run={run}",
            f"{name}-series": f"/api/series?format=json&px=1200&keys={KEYS}&runs={run}",
        }
    return paths


KEYS = ",".join(
    f"{part}"
    for part in (
        "train/loss",
        "train/learning_rate",
        "train/grad_norm",
        "train/tokens",
        "train/labels",
        "train/tokens_per_second",
        "train/epoch",
        "val/loss",
        "val/perplexity",
        "val/bits_per_byte",
    )
)


def ask(client: TestClient, path: str) -> Any:
    answer: httpx.Response = client.get(path)
    if answer.status_code != 200:
        raise SystemExit(f"{path}: {answer.status_code} {answer.text[:300]}")
    return answer.json()


def neutral(name: str, text: str) -> str:
    """Without what belongs to one machine only."""
    if name != "machine":
        return text
    document = json.loads(text)
    document |= {"processor": "a processor with two cores", "system": "Linux", "cores": 2}
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True)


if __name__ == "__main__":
    sys.exit(main())
