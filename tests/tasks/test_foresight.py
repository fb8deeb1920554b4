"""Before the first step: a rehearsal that leaves no trace, and a probe for the largest batch."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from engine_kit import make_tokens

from tokenloom.jobs.control import submit
from tokenloom.jobs.runs import last_state
from tokenloom.kit.errors import DiskFull, Interrupted, RunError, SpecError
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.override import parse_run_spec
from tokenloom.spec.training.batch import SequenceBatch, TokenBatch
from tokenloom.tasks.context import Context
from tokenloom.tasks.foresight import probe, rehearsal
from tokenloom.tasks.run import run_task
from tokenloom.tracking import query
from tokenloom.tracking.commands import append_command
from tokenloom.tracking.log import LogWriter, log_path
from tokenloom.training import loop as loop_module
from tokenloom.training.batches import BatchStream
from tokenloom.training.saving import policy
from worlds import curve, furnished, new_run, start_worker, tiny_recipe, train_here, weights_of

SHORT: dict[str, Any] = {"evaluation": {"every_steps": 2, "sample_tokens": 4}, "checkpoints": {"every_steps": None}}
STAGES = ["steps", "validation", "save", "reload", "sample"]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return furnished(tmp_path_factory.mktemp("before") / "workspace", count=60)


@pytest.fixture(scope="module")
def base(world: Workspace) -> str:
    return train_here(world, recipe("never"))


def recipe(wish: str, loop: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    return tiny_recipe(**(SHORT | changes), loop={"max_steps": 3, "rehearsal": wish, **(loop or {})})


def rehearsals(world: Workspace, run_id: str) -> list[dict[str, Any]]:
    return query.events(world.run(run_id), ["rehearsal"])


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"loop": {"ema_decay": 0.9, "neftune_alpha": 5.0}},
        {"optimizer": {"kind": "schedule_free"}, "schedule": {"kind": "constant"}},
        {"optimizer": {"kind": "muon"}},
    ],
    ids=["adamw", "average and noise", "schedule-free", "muon"],
)
def test_a_run_that_was_rehearsed_equals_one_that_was_not(world: Workspace, changes: dict[str, Any]) -> None:
    rehearsed, plain = (train_here(world, recipe(wish, **changes)) for wish in ("always", "never"))
    (told,) = rehearsals(world, rehearsed)
    assert [stage["stage"] for stage in told["stages"]] == STAGES
    assert told["failed"] == "" and told["measured_bytes"] > 0 and told["step"] == 0
    assert not rehearsals(world, plain)
    for key in ("train/loss", "train/grad_norm", "val/loss", "train/sample_digest"):
        assert curve(world, rehearsed, key) == curve(world, plain, key) != []
    assert weights_of(world, f"{rehearsed}@3") == weights_of(world, f"{plain}@3")
    samples = [query.events(world.run(run), ["sample"])[-1]["samples"] for run in (rehearsed, plain)]
    assert samples[0] == samples[1]
    assert not (world.run(rehearsed) / rehearsal.FOLDER).exists()


def test_an_adapter_with_dropout_is_rehearsed_without_a_trace(world: Workspace, base: str) -> None:
    parts = {"task": "finetune", "tuning": {"kind": "lora", "rank": 4, "dropout": 0.3}}
    runs = [
        train_here(world, recipe(wish, **parts) | {"model": {"kind": "pretrained", "source": base}})
        for wish in ("always", "never")
    ]
    assert curve(world, runs[0], "train/loss") == curve(world, runs[1], "train/loss")


def test_a_short_run_is_not_rehearsed_by_itself(world: Workspace) -> None:
    assert not rehearsals(world, train_here(world, recipe("auto")))


def fails(world: Workspace, data: dict[str, Any]) -> tuple[RunError, Path]:
    run_id = new_run(world, data)
    with pytest.raises(RunError) as error:
        train_here(world, data, run_id)
    return error.value, world.run(run_id)


def test_what_would_fail_late_fails_before_the_first_step_and_names_its_stage(
    world: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise DiskFull("A checkpoint needs about 9 MB; the disk has 1 MB.", hint="Free some space.")

    monkeypatch.setattr(policy, "write_checkpoint", full)
    error, folder = fails(world, recipe("always"))
    assert "failed at saving a checkpoint, before the first step: A checkpoint needs" in error.message
    assert error.hint == "Free some space." and error.details["stage"] == "save"
    assert query.events(folder, ["rehearsal"])[-1]["failed"] == "save"
    assert not query.summary(folder) and not (folder / rehearsal.FOLDER).exists()


def test_a_checkpoint_that_is_not_what_was_in_memory_is_found_out(
    world: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = policy.training_tensors

    def lossy(*parts: Any) -> dict[str, Any]:
        found = real(*parts)
        found["optimizer"] = {name: tensor.round(decimals=2) for name, tensor in found["optimizer"].items()}
        return found

    monkeypatch.setattr(policy, "training_tensors", lossy)
    error, _ = fails(world, recipe("always"))
    assert "reading the checkpoint back" in error.message and "tensors are not in the checkpoint" in error.message


def test_a_loss_that_is_no_number_on_the_longest_batch_is_told(
    world: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = loop_module.take_step

    def broken(window: Any, objective: Any, optimizer: Any, compute: Any, **rest: Any) -> Any:
        with torch.no_grad():
            rest["parameters"][0].fill_(math.nan)
        return real(window, objective, optimizer, compute, **rest)

    monkeypatch.setattr(loop_module, "take_step", broken)
    error, _ = fails(world, recipe("always"))
    assert error.details["stage"] == "steps" and "not a finite number" in error.message


def test_a_stop_while_it_rehearses_is_obeyed(world: Workspace) -> None:
    data = recipe("always")
    run_id = new_run(world, data)
    append_command(world.run(run_id), "stop")
    with pytest.raises(Interrupted):
        train_here(world, data, run_id)
    assert not query.summary(world.run(run_id))


def done_here(world: Workspace, data: dict[str, Any]) -> dict[str, Any]:
    """The result of any task, run in this process."""
    run_id = new_run(world, data)
    with LogWriter(log_path(world.run(run_id))) as log:
        run_task(parse_run_spec(data), Context(world, run_id, world.run(run_id), log))
    return dict(query.events(world.run(run_id), ["result"])[-1]["result"])


def test_a_rehearsal_alone_trains_nothing(world: Workspace) -> None:
    found = done_here(world, {"task": "rehearse", "recipe": recipe("never")})
    assert [stage["stage"] for stage in found["stages"]] == STAGES
    assert found["measured_bytes"] > 0 < found["predicted_bytes"]


def test_a_probe_tries_twice_as_many_and_suggests_the_same_tokens_per_step(world: Workspace) -> None:
    batch = {"kind": "sequences", "micro_batch_size": 6, "gradient_accumulation_steps": 2}
    data = recipe("never") | {"batch": batch}
    found = done_here(world, {"task": "probe", "recipe": data})
    sizes = [row["size"] for row in found["rows"]]
    assert sizes[:3] == [1, 2, 4] and found["largest"] == sizes[-1]
    assert all(row["peak_bytes"] > 0 < row["tokens_per_second"] for row in found["rows"])
    best = found["suggestion"]
    assert best["size"] * best["accumulation"] == 12 and best["same_result"]
    assert (
        best["change"]
        == f"batch.micro_batch_size={best['size']} batch.gradient_accumulation_steps={best['accumulation']}"
    )
    by_tokens = done_here(world, {"task": "probe", "recipe": recipe("never")})
    assert by_tokens["field"] == "micro_batch_tokens" and by_tokens["rows"][0]["size"] == probe.LEAST_TOKENS


def test_a_probe_without_room_says_what_would_help(world: Workspace) -> None:
    data = {"task": "probe", "recipe": recipe("never", model={"hidden_size": 256}), "memory_share": 1e-9}
    run_id = new_run(world, data)
    assert start_worker(world, run_id).wait(timeout=240) == 1
    error = last_state(world.run(run_id))["error"]
    assert "Not even one sequence" in error["message"] and "lora" in error["hint"]


def test_mistakes_of_the_recipe_inside_are_told_before_anything_starts(world: Workspace) -> None:
    data = {"task": "probe", "recipe": recipe("never") | {"data": {"dataset": "nowhere"}}}
    with pytest.raises(SpecError, match="dataset"):
        submit(world, parse_run_spec(data))
    with pytest.raises(SpecError):
        parse_run_spec({"task": "rehearse", "recipe": {"task": "tokenizer", "tokenizer": "t", "datasets": ["d"]}})


def row(size: int, peak: int, speed: float, *, fits: bool = True) -> dict[str, Any]:
    return {"size": size, "fits": fits, "peak_bytes": peak, "tokens_per_second": speed}


def test_what_the_next_try_needs_is_told_from_the_last_two() -> None:
    assert probe._foretold(8, [row(2, 100, 1.0)]) == 0
    assert probe._foretold(8, [row(1, 90, 1.0), row(2, 100, 1.0), row(4, 120, 1.0)]) == 160
    assert probe._foretold(8, [row(2, 100, 1.0), row(4, 90, 1.0)]) == 90


def test_tries_end_where_nothing_grows_any_more() -> None:
    assert not probe._is_flat([row(1, 100, 10.0), row(2, 100, 10.0)])
    assert probe._is_flat([row(1, 100, 10.0), row(2, 101, 10.1), row(4, 101, 10.1)])
    assert not probe._is_flat([row(1, 100, 10.0), row(2, 100, 20.0), row(4, 100, 20.0)])


@pytest.mark.parametrize(("fits", "size", "same"), [([1, 2, 4, 8], 4, True), ([1], 1, True), ([16], 16, False)])
def test_the_fastest_is_suggested_among_those_that_divide_the_batch(fits: list[int], size: int, same: bool) -> None:
    spec = SimpleNamespace(batch=SequenceBatch(micro_batch_size=4, gradient_accumulation_steps=1))
    found = probe.suggestion(SimpleNamespace(spec=spec), [row(each, each, float(each)) for each in fits])
    assert (found["size"], found["same_result"]) == (size, same)


@pytest.mark.parametrize("batch", [SequenceBatch(micro_batch_size=3), TokenBatch(micro_batch_tokens=64)])
def test_the_fullest_window_is_made_of_the_longest_rows(batch: Any) -> None:
    stream = BatchStream(make_tokens(), batch, seed=0)
    window = stream.fullest()
    lengths = np.sort(stream.lengths)[::-1]
    count = len(window.batches[0].lengths)
    assert window.num_tokens == lengths[:count].sum()
    if batch.kind == "sequences":
        assert count == 3
    else:
        assert lengths[:count].sum() <= 64 < lengths[: count + 1].sum()
    more = BatchStream(make_tokens(), batch.model_copy(update={"gradient_accumulation_steps": 5}), seed=0)
    assert len(more.fullest().batches) == 2
