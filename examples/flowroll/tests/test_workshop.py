"""The main job at toy size: every stage for real, the report, and that nothing is done twice."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest
from rich.console import Console

from tokenloom.kit.workspace import Workspace
from tokenloom.spec.override import parse_run_spec
from tokenloom_flowroll.workshop.conduct import conduct
from tokenloom_flowroll.workshop.plan import QUALITY, QUICK, Size, plan
from tokenloom_flowroll.workshop.report import before_and_after, headline, show_programs

TOY = Size(documents=1_500, tasks=1_500, test_per_level=8, pretrain_steps=24, full_steps=24, lora_steps=24)


@pytest.mark.parametrize("size", [QUICK, QUALITY, TOY])
def test_every_stage_is_a_valid_recipe(size: Size) -> None:
    done = {name: {"model": "0123456789abcdef@1"} for name in ("pretrain", "full", "lora")}
    specs = [parse_run_spec(stage.spec(done)) for stage in plan(size)]
    assert [spec.task for spec in specs].count("finetune") == 2
    assert specs[4].loop.max_steps == size.pretrain_steps


@pytest.mark.e2e
def test_the_main_job_at_toy_size_and_again(tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path / "workspace")
    console = Console(file=io.StringIO(), width=120)
    results = conduct(workspace, plan(TOY), console)
    assert list(results) == [stage.name for stage in plan(TOY)]
    assert results["export"]["proof"]["passed"] is True
    assert results["before"]["metrics"]["perplexity"] > results["full-test"]["metrics"]["perplexity"]
    assert results["tasks"]["splits"]["test"] == 32
    console.print(before_and_after(results))
    assert 0 <= show_programs(workspace, results, console) <= 3
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "very hard" in text and "emit" in text
    assert headline(results).startswith("Execution accuracy on unseen easy programs: ")
    runs = {folder.name for folder in workspace.runs.iterdir()}
    started = time.monotonic()
    assert conduct(workspace, plan(TOY), console) == results
    assert {folder.name for folder in workspace.runs.iterdir()} == runs, "finished stages are not repeated"
    assert time.monotonic() - started < 30
