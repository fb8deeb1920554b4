"""The tables at the end: before and after, by level, and three programs that the model wrote, run for real."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from tokenloom.kit.workspace import Workspace
from tokenloom_flowroll.judge import execution_check, hidden_bindings
from tokenloom_flowroll.language.errors import FlowError
from tokenloom_flowroll.language.interpreter import run
from tokenloom_flowroll.language.parser import parse

LEVELS = {"1": "easy", "2": "medium", "3": "hard", "4": "very hard"}


def before_and_after(results: dict[str, dict[str, Any]]) -> Table:
    """One row per measure, one column per model."""
    table = Table(box=SIMPLE_HEAD, header_style="bold")
    table.add_column("run right, %", no_wrap=True)
    names = {"before": "before", "full-test": "full", "lora-test": "LoRA", "full-seen": "full, seen*"}
    for title in names.values():
        table.add_column(title, justify="right", no_wrap=True)
    for level, word in LEVELS.items():
        table.add_row(word, *(_share(results[name], level) for name in names))
    table.add_section()
    table.add_row("exact match, all", *(_percent(results[name]["metrics"]["exact_match"]) for name in names))
    table.add_row("perplexity of answers", *(f"{results[name]['metrics']['perplexity']:.2f}" for name in names))
    return table


def show_programs(workspace: Workspace, results: dict[str, dict[str, Any]], console: Console, *, count: int = 3) -> int:
    """Print ``count`` instructions, the programs that the model wrote for them and what they give; how many were right."""
    run_id, dataset = results["full-test"]["run"], results["tasks"]["id"]
    rows = _rows(workspace, dataset)
    right = 0
    for answered in _spread(_answers(workspace.run(run_id) / "artifacts" / "rows.jsonl", rows), count):
        row = rows[answered["row"]]
        verdict = execution_check(row, answered["answer"])
        right += verdict.correct
        console.print(f"\n[bold]{row['prompt']}[/bold]", highlight=False)
        console.print("  " + answered["answer"].strip().replace("\n", "\n  "), style="cyan", highlight=False)
        inputs = _inputs(row)
        for name, value in inputs.items():
            console.print(f"  {name} = {value}", highlight=False)
        mark = "[green]right" if verdict.correct else "[red]wrong"
        console.print(f"  → {_outcome(answered['answer'], inputs)}   {mark}", highlight=False)
    return right


FOOTNOTE = (
    "Test programs are compositions that no training text holds; ± is half the 95 % interval (Wilson). "
    "* the same levels, structures seen in training, new values: the difference is the price of composition."
)


def headline(results: dict[str, dict[str, Any]]) -> str:
    """The one figure that the main job is about."""
    before = results["before"]["metrics"]["execution_accuracy_level_1"]
    after = results["full-test"]["metrics"]["execution_accuracy_level_1"]
    return f"Execution accuracy on unseen easy programs: {_percent(before)} → {_percent(after)}"


def _share(result: dict[str, Any], level: str) -> str:
    entry = result["tables"]["flowroll_execution"]["levels"].get(level)
    if entry is None:
        return "–"
    low, high = entry["execution_accuracy_low"], entry["execution_accuracy_high"]
    return f"{100 * entry['execution_accuracy']:.1f} ± {50 * (high - low):.0f}"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _rows(workspace: Workspace, dataset: str) -> dict[int, dict[str, Any]]:
    from tokenloom.data.dataset import DatasetStore

    opened = DatasetStore(workspace).get(dataset)
    return {row["_row"]: row for row in opened.rows("test", limit=opened.count("test"))}


def _answers(path: Path, rows: dict[int, dict[str, Any]]) -> list[dict[str, Any]]:
    """Answers to easy tasks that have inputs, in the order of the data."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if rows[line["row"]]["level"] == 1 and rows[line["row"]]["family"] == "transform"]


def _spread(answers: list[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """Evenly spread, not picked by whether they are right."""
    step = max(len(answers) // count, 1)
    return answers[::step][:count]


def _inputs(row: dict[str, Any]) -> dict[str, Any]:
    dims = [tuple(int(size) for size in each) for each in row["dims"]]
    return dict(hidden_bindings(row["prompt"], dims, parse(row["reference"]))[0])


def _outcome(answer: str, inputs: dict[str, Any]) -> str:
    try:
        return str(run(answer, inputs))
    except FlowError as error:
        return error.message
