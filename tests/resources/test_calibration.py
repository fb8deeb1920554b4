"""Estimates of memory: what goes through the model at once, and what earlier runs teach."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tokenloom.jobs.foresight.estimating import estimate_recipe, foresee_memory
from tokenloom.jobs.foresight.lengths import sampled_lengths, sampled_places
from tokenloom.jobs.runs import record_state
from tokenloom.kit.workspace import Workspace
from tokenloom.resources.calibration import UNKNOWN, Experience, calibrated
from tokenloom.resources.memory import Estimate, Work, estimate_training, micro_tokens, pieces_of, tokens_at_once
from tokenloom.resources.peak import forget_peak, peak_bytes, resident_bytes
from tokenloom.resources.shape import Shape
from tokenloom.spec.override import parse_run_spec
from tokenloom.spec.training.batch import SequenceBatch, TokenBatch
from tokenloom.tracking import query
from worlds import furnished, tiny_recipe, train_here

MB = 1 << 20
SHAPE = Shape(6, 384, 6, 6, 64, 1024, 8192)


def estimate(rest: int, base: int = 400 * MB) -> Estimate:
    return Estimate(rest // 2, rest // 4, rest // 4, 0, 0, base, 0, 0)


def took(told: int, ratio: float, *, tuning: str = "full", device: str = "cpu", base: int = 500 * MB) -> Experience:
    return Experience(told + 400 * MB, 400 * MB, int(told * ratio) + base, base, tuning, "language", device)


def corrected(rest: int, known: list[Experience], *, tuning: str = "full") -> tuple[float, float, float, int]:
    found = calibrated(estimate(rest), known, tuning=tuning, objective="language", device="cpu")
    return found.estimate.total / MB, found.low, found.high, found.runs


def test_without_earlier_runs_an_estimate_stays_and_its_bounds_are_wide() -> None:
    found = calibrated(estimate(100 * MB), [], tuning="full", objective="language", device="cpu")
    assert (found.estimate, found.low, found.high, found.runs) == (estimate(100 * MB), *UNKNOWN, 0)
    on_gpu = [took(100 * MB, 2, device="cuda")]
    assert calibrated(estimate(100 * MB), on_gpu, tuning="full", objective="language", device="cpu").runs == 0


def test_earlier_runs_move_the_base_and_the_rest_and_narrow_the_bounds() -> None:
    total, low, high, runs = corrected(100 * MB, [took(100 * MB, 1.5)] * 3)
    assert total == pytest.approx(500 + 150, abs=1)
    assert (low, high, runs) == (pytest.approx(0.92), pytest.approx(1.08), 3)
    _, low, high, _ = corrected(100 * MB, [took(100 * MB, 1.5), took(100 * MB, 3.0), took(100 * MB, 1.5)])
    assert low == pytest.approx(0.92) and high > 1.2, "as wide as the runs lie around the result"


def test_the_nearest_in_size_and_method_counts_most() -> None:
    known = [took(100 * MB, 1.2), took(3000 * MB, 0.5), took(3000 * MB, 0.5)]
    assert corrected(110 * MB, known)[0] == pytest.approx(500 + 132, abs=1)
    methods = [took(100 * MB, 1.0), took(100 * MB, 2.0, tuning="lora")]
    assert corrected(100 * MB, methods, tuning="lora")[0] == pytest.approx(700, abs=1)


def test_another_objective_teaches_the_base_alone() -> None:
    drawn = [replace(took(100 * MB, 4.0), objective="grpo")] * 3
    total, low, high, runs = corrected(100 * MB, drawn)
    assert total == pytest.approx(500 + 100, abs=1)
    assert (low, high, runs) == (*UNKNOWN, 3)


def test_a_ratio_that_cannot_be_is_bounded() -> None:
    assert took(1, 1000.0).ratio == 4.0
    assert took(100 * MB, -3.0).ratio == 0.25


@pytest.mark.parametrize(
    ("objective", "device", "tokens"),
    [("language", "cpu", 1024 + 256), ("language", "cuda", 4096), ("kto", "cpu", 4096), ("grpo", "cpu", 4096)],
)
def test_on_a_cpu_a_micro_batch_goes_through_in_pieces_where_its_loss_adds_up(
    objective: str, device: str, tokens: int
) -> None:
    assert tokens_at_once(4096.0, [256] * 8, device=device, objective=objective) == tokens


def test_a_sequence_longer_than_a_piece_goes_through_whole() -> None:
    assert tokens_at_once(8192.0, [64, 5000], device="cpu", objective="language") == 5000


def test_micro_batches_are_told_from_real_lengths() -> None:
    assert micro_tokens(SequenceBatch(micro_batch_size=4), [10, 10, 10]) == (40, 40)
    assert micro_tokens(SequenceBatch(micro_batch_size=4, order="bucketed"), [10, 30]) == (80, 120), (
        "the longest meet each other"
    )
    mean, most = micro_tokens(SequenceBatch(micro_batch_size=4), [10, 30])
    assert mean == 80 and 80 < most <= 120
    assert micro_tokens(TokenBatch(micro_batch_tokens=64), [10, 100]) == (64, 100)


def test_the_parts_know_the_method() -> None:
    plain = estimate_training(SHAPE, Work(tokens=1024))
    by_logps = estimate_training(SHAPE, Work(tokens=1024, objective="dpo"))
    scored = estimate_training(SHAPE, Work(tokens=1024, objective="classification"))
    taught = estimate_training(SHAPE, Work(tokens=1024, beside=1000))
    assert by_logps.logits > plain.logits > scored.logits == 0
    assert taught.total - plain.total == 4000
    assert estimate_training(SHAPE, Work(tokens=1024, compute_bytes=4)).activations > plain.activations


def test_gradients_take_the_room_that_activations_leave_where_a_step_is_one_pass() -> None:
    once, twice = (estimate_training(SHAPE, Work(tokens=1024, passes=passes)) for passes in (1, 2))
    whole = 4 * SHAPE.parameters
    assert twice.gradients == whole and once.gradients == max(int(0.3 * whole), whole - once.activations) < whole
    few = estimate_training(SHAPE, Work(tokens=1, passes=1))
    assert few.gradients + few.activations == pytest.approx(whole, rel=0.01)  # at the end of the backward pass
    assert estimate_training(SHAPE, Work(tokens=1024, passes=1, device="cuda")).gradients == whole
    assert pieces_of(4096.0, device="cpu", objective="language") == 4
    assert pieces_of(4096.0, device="cpu", objective="kto") == pieces_of(4096.0, device="cuda", objective="dpo") == 1


def test_the_kernel_s_mark_of_memory_can_be_read_and_forgotten() -> None:
    block = bytearray(64 * MB)
    most = peak_bytes()
    assert most >= resident_bytes() - MB > 0
    del block
    if forget_peak():
        assert peak_bytes() < most


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return furnished(tmp_path_factory.mktemp("foresight") / "workspace", count=120)


def test_lengths_are_those_of_the_renderer_that_training_uses(world: Workspace) -> None:
    spec = parse_run_spec(tiny_recipe())
    lengths = sampled_lengths(world, spec, 64)
    assert 5 < min(lengths) <= max(lengths) <= 64
    assert max(sampled_lengths(world, spec, 8)) == 8
    unknown = parse_run_spec(tiny_recipe(data={"dataset": "YOUR-DATASET"}))
    assert sampled_lengths(world, unknown, 64) == [64]


@pytest.mark.parametrize("batch", [6, 12])
def test_a_recipe_s_estimate_counts_the_places_that_the_run_will_have(world: Workspace, batch: int) -> None:
    """Full rows of 64 tokens have 63 places: a token more a row would make another piece of some micro-batches."""
    sequences = {"batch": {"kind": "sequences", "micro_batch_size": batch}}
    spec = parse_run_spec(tiny_recipe(data={"dataset": "YOUR-DATASET"}) | sequences)
    assert sampled_places(world, spec, 64) == [63]
    assert foresee_memory(world, spec).work.tokens == 63 * batch


def test_a_run_tells_what_it_took_beside_the_prediction_and_the_next_estimate_learns(world: Workspace) -> None:
    recipe = tiny_recipe(loop={"max_steps": 2}, evaluation={"sample_tokens": 0})
    spec = parse_run_spec(recipe)
    before = estimate_recipe(world, spec)
    assert before["memory_runs"] == 0
    run_id = train_here(world, recipe)
    folder: Path = world.run(run_id)
    event = query.events(folder, ["memory"])[-1]
    assert event["measured_bytes"] >= event["base_bytes"] > 0
    assert event["low_bytes"] < event["predicted_bytes"] < event["high_bytes"]
    assert event["tokens_at_once"] == foresee_memory(world, spec).work.tokens
    assert estimate_recipe(world, spec)["memory_runs"] == 0, "a run that goes on teaches nothing yet"
    record_state(folder, "completed")
    after = estimate_recipe(world, spec)
    assert after["memory_runs"] == after["memory_alike"] == 1
    assert abs(after["total_bytes"] - event["measured_bytes"]) <= abs(before["total_bytes"] - event["measured_bytes"])
