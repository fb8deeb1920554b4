"""How near an estimate of memory comes to what a run takes: real small runs of several shapes and methods, one worker process each.

The promise: a median error of at most 15 %. *Before* is the formula alone, *after* is what the runs before it on the same workspace made of it, and
*left out* is the same with all other runs, whenever they were made. Prints one JSON document. Nobody else predicts and measures in one product, so there is
no peer. Almost all runs are fp32: where a chip has no bf16, emulating it takes minutes a run.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from _machine import machine

from tokenloom.data.importing import import_dataset
from tokenloom.data.tokenizer.training import train_tokenizer
from tokenloom.jobs.foresight.estimating import estimate_recipe
from tokenloom.jobs.runs import create_run, last_state
from tokenloom.kit.workspace import Workspace
from tokenloom.resources.calibration import Experience, calibrated
from tokenloom.resources.memory import Estimate
from tokenloom.spec.data import FileSource, RatioSplit
from tokenloom.spec.override import parse_run_spec
from tokenloom.spec.tokenizer import BpeTokenizer
from tokenloom.tracking import query

PROMISE = 0.15
SOURCES = Path(__file__).resolve().parent.parent / "src"
QUIET = {"evaluation": {"sample_tokens": 0, "max_sequences": 8}, "checkpoints": {"every_steps": None}}


def model(layers: int, width: int, heads: int, **more: Any) -> dict[str, Any]:
    return {"num_layers": layers, "hidden_size": width, "num_heads": heads, "max_sequence_length": 256, **more}


def recipe(task: str, dataset: str, batch: int, **more: Any) -> dict[str, Any]:
    loop = {"max_steps": 2, **more.pop("loop", {})}
    batches = {"kind": "sequences", "micro_batch_size": batch}
    compute = {"threads": 1, "precision": "fp32", **more.pop("compute", {})}
    parts = {"data": {"dataset": dataset}, "batch": batches, "loop": loop, "compute": compute}
    return {"task": task, **parts, **QUIET, **more}


def on(base: str) -> dict[str, Any]:
    return {"kind": "pretrained", "source": base}


def cases() -> dict[str, dict[str, Any]]:
    """By name; a source that begins with ``@`` is the model of an earlier case."""
    lora = {"kind": "lora", "rank": 16}
    return {
        "pretrain 4×128": recipe("pretrain", "code", 6, model=model(4, 128, 4)),
        "pretrain 6×384": recipe("pretrain", "code", 6, model=model(6, 384, 6)),
        "pretrain 12×512": recipe("pretrain", "code", 6, model=model(12, 512, 8)),
        "pretrain 12×512, one sequence": recipe("pretrain", "code", 1, model=model(12, 512, 8)),
        "pretrain 4×256, bf16": recipe("pretrain", "code", 6, model=model(4, 256, 4), compute={"precision": "bf16"}),
        "pretrain 6×384, GELU, grouped heads": recipe(
            "pretrain", "code", 6, model=model(6, 384, 6, activation="gelu", num_kv_heads=2)
        ),
        "pretrain 12×512, recomputed": recipe(
            "pretrain", "code", 6, model=model(12, 512, 8), loop={"gradient_checkpointing": True}
        ),
        "pretrain 10×640, adafactor": recipe(
            "pretrain", "code", 5, model=model(10, 640, 10), optimizer={"kind": "adafactor"}
        ),
        "pretrain 10×640": recipe("pretrain", "code", 5, model=model(10, 640, 10)),
        "finetune 12×512, LoRA": recipe("finetune", "code", 6, model=on("@pretrain 12×512"), tuning=lora),
        "finetune 12×512, Lion": recipe(
            "finetune", "code", 6, model=on("@pretrain 12×512"), optimizer={"kind": "lion"}
        ),
        "finetune 12×512, last 2 layers": recipe(
            "finetune", "code", 6, model=on("@pretrain 12×512"), tuning={"kind": "freeze", "last_layers": 2}
        ),
        "DPO 12×512, LoRA": recipe(
            "finetune", "pairs", 8, model=on("@pretrain 12×512"), tuning=lora, objective={"kind": "dpo"}
        ),
        "ORPO 6×384": recipe("finetune", "pairs", 8, model=on("@pretrain 6×384"), objective={"kind": "orpo"}),
        "pretrain 8×448": recipe("pretrain", "code", 12, model=model(8, 448, 7)),
        "finetune 10×640, LoRA": recipe("finetune", "code", 5, model=on("@pretrain 10×640"), tuning=lora),
    }


def chosen_cases(names: list[str]) -> dict[str, dict[str, Any]]:
    """The named ones (all where none is) after the models that they stand on, in the order of :func:`cases`."""
    every = cases()
    if unknown := set(names) - set(every):
        raise SystemExit(f"No case is called {', '.join(sorted(unknown))}. There are: {'; '.join(every)}")
    sources = {every[name].get("model", {}).get("source", "").removeprefix("@") for name in names}
    return {name: data for name, data in every.items() if not names or name in names or name in sources}


def furnish(root: Path) -> Workspace:
    """A workspace with code as text, and with pairs of answers made of it."""
    root.mkdir(parents=True, exist_ok=True)
    workspace = Workspace.open(root / "workspace")
    files = sorted(SOURCES.rglob("*.py"))
    texts = [path.read_text() for path in files]
    code, pairs = root / "code.jsonl", root / "pairs.jsonl"
    code.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    rows = [
        {"prompt": text[:200], "chosen": text[200:700], "rejected": text[700:1200]}
        for text in texts
        if len(text) > 1300
    ]
    pairs.write_text("".join(json.dumps(row) + "\n" for row in rows))
    for name, file in (("code", code), ("pairs", pairs)):
        import_dataset(
            workspace,
            name=name,
            source=FileSource(path=str(file)),
            split=RatioSplit(train=0.9, validation=0.1, test=0.0),
        )
    train_tokenizer(workspace, name="t", spec=BpeTokenizer(vocab_size=8192), datasets=["code"])
    return workspace


def run(
    workspace: Workspace, data: dict[str, Any], made: dict[str, str], *, limit: float
) -> tuple[str, dict[str, Any]]:
    """One run in a worker: its id, and what it told and took with the estimate of the recipe before it."""
    source = data.get("model", {}).get("source", "")
    if source.startswith("@"):
        data = {**data, "model": {**data["model"], "source": made[source[1:]]}}
    spec = parse_run_spec(data)
    told = estimate_recipe(workspace, spec)
    run_id = create_run(workspace, spec)
    started = time.perf_counter()
    folder = workspace.run(run_id)
    with (folder / "stdout.log").open("ab") as output:
        command = [sys.executable, "-m", "tokenloom.worker", str(workspace.root), run_id]
        subprocess.run(command, stdout=output, stderr=output, check=False, timeout=limit)
    if last_state(folder)["state"] != "completed":
        raise SystemExit(f"{run_id}: {last_state(folder)} {(folder / 'stdout.log').read_text()[-2000:]}")
    event = query.events(folder, ["memory"])[-1]
    return run_id, event | {"recipe_bytes": told["total_bytes"], "seconds": time.perf_counter() - started}


def left_out(events: dict[str, dict[str, Any]], name: str) -> float:
    """The formula of one run, corrected by all others."""
    event = events[name]
    known = [Experience.from_event(other) for key, other in events.items() if key != name]
    rest = event["formula_bytes"] - event["formula_base_bytes"]
    bare = Estimate(rest, 0, 0, 0, 0, event["formula_base_bytes"], 0, 0)
    words = {key: event[key] for key in ("tuning", "objective", "device")}
    return float(calibrated(bare, known, **words).estimate.total)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0, help="after so long no further run is begun")
    parser.add_argument(
        "--keep", type=Path, help="a folder in which the runs stay, so that a later call goes on where this one ended"
    )
    parser.add_argument(
        "--only", default="", help="cases by name, with semicolons between, and what they stand on; empty = all"
    )
    parser.add_argument("--limit", type=float, default=600.0, help="seconds that one run may take")
    options = parser.parse_args()
    chosen = chosen_cases([name.strip() for name in options.only.split(";") if name.strip()])
    end = time.monotonic() + 60 * options.minutes
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        notes = folder / "done.json"
        done: dict[str, Any] = json.loads(notes.read_text()) if notes.is_file() else {"made": {}, "events": {}}
        workspace = Workspace.open(folder / "workspace") if done["made"] else furnish(folder)
        made: dict[str, str] = done["made"]
        events: dict[str, dict[str, Any]] = done["events"]
        for name, data in chosen.items():
            if name in made:
                continue
            if time.monotonic() > end:
                break
            made[name], events[name] = run(workspace, data, made, limit=options.limit)
            notes.write_text(json.dumps(done))
            print(name, f"{events[name]['seconds']:.0f} s", file=sys.stderr, flush=True)
    rows = [row_of(name, event, left_out(events, name)) for name, event in events.items()]
    errors = {
        key: statistics.median(abs(row[key] / row["measured_mb"] - 1) for row in rows)
        for key in ("before_mb", "recipe_mb", "after_mb", "left_out_mb")
    }
    inside = sum(row["low_mb"] <= row["measured_mb"] <= row["high_mb"] for row in rows)
    document = {
        "median_error": {name.removesuffix("_mb"): round(value, 3) for name, value in errors.items()},
        "inside_interval": f"{inside} of {len(rows)}",
        "promise": PROMISE,
        "holds": errors["after_mb"] <= PROMISE,
        "runs": rows,
        "machine": machine(),
    }
    print(json.dumps(document, indent=1, ensure_ascii=False))


def row_of(name: str, event: dict[str, Any], other: float) -> dict[str, Any]:
    numbers = {
        "measured": event["measured_bytes"],
        "base": event["base_bytes"],
        "before": event["formula_bytes"],
        "recipe": event["recipe_bytes"],
        "after": event["predicted_bytes"],
        "left_out": other,
        "low": event["low_bytes"],
        "high": event["high_bytes"],
    }
    return {"run": name, "tokens": event["tokens_at_once"]} | {
        f"{key}_mb": round(value / 1e6) for key, value in numbers.items()
    }


if __name__ == "__main__":
    main()
