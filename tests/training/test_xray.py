"""Spikes, X-rays, steps that do not fit into memory, and steps that do not end."""

from __future__ import annotations

import math
import threading
from pathlib import Path
from typing import Any

import pytest
import torch
from engine_kit import make_session, make_spec

from tokenloom.kit.errors import DataError, OutOfMemory
from tokenloom.spec.training.tuning import LoraTuning
from tokenloom.tracking import query
from tokenloom.tracking.commands import append_command
from tokenloom.training import loop as loop_module
from tokenloom.training.loop import train
from tokenloom.training.session import Session
from tokenloom.training.steering.spikes import REMEMBERED, remembered, spike_limit
from tokenloom.training.steering.stall import StallWatch
from tokenloom.training.validate import validate
from tokenloom.training.watching.xray import layer_name, window_of, xray

SHORTAGE = "[enforce fail] DefaultCPUAllocator: can't allocate memory"  # what a processor's allocator says


def losses(folder: Path) -> list[float]:
    return list(query.metrics_frame(folder, ["train/loss"])["value"])


def notes(folder: Path, words: str) -> list[dict[str, Any]]:
    return [event for event in query.events(folder, ["note"]) if words in event["message"]]


# --- spikes -----------------------------------------------------------------------------------------------------


def test_the_limit_ignores_the_spike_itself_and_asks_for_enough_losses() -> None:
    usual = [2.0 + 0.01 * (number % 3) for number in range(20)]
    assert spike_limit(usual[:9], 6.0) == math.inf
    assert spike_limit(usual, None) == math.inf
    limit = spike_limit(usual, 6.0)
    assert 2.02 < limit < 2.5
    assert spike_limit([*usual, 90.0, 80.0], 6.0) == pytest.approx(limit, abs=0.05)
    assert remembered(usual, math.nan) == usual
    assert len(remembered([1.0] * REMEMBERED, 2.0)) == REMEMBERED


def poisoned(session: Session, step: int, factor: float) -> None:
    """The loss of one step is ``factor`` times what it is."""
    real = session.objective.part

    def part(batch: Any) -> Any:
        found = real(batch)
        return type(found)(found.loss * (factor if session.state.step == step - 1 else 1.0), found.sums)

    session.objective.part = part  # type: ignore[method-assign]


@pytest.mark.parametrize("action", ["note", "skip"])
def test_a_spike_is_marked_with_its_rows_and_skipped_where_asked(tmp_path: Path, action: str) -> None:
    spec = make_spec(loop={"max_steps": 16}, guard={"on_spike": action}, checkpoints={"every_steps": None})
    session = make_session(tmp_path / "run", spec)
    poisoned(session, 13, 20.0)
    windows = [session.stream.window(0)]
    for _ in range(12):
        windows.append(session.stream.window(windows[-1].end))
    train(session)
    (told,) = notes(tmp_path / "run", "far above")
    assert told["details"]["spike"] == 13
    assert told["details"]["rows"] == windows[12].sample_rows.tolist()[:64]
    skipped = notes(tmp_path / "run", "its loss is a spike")
    assert len(skipped) == (action == "skip")


# --- X-ray ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lora", [None, LoraTuning(rank=2)], ids=["full", "lora"])
def test_an_xray_names_rows_tokens_and_layers_and_changes_nothing(tmp_path: Path, lora: LoraTuning | None) -> None:
    plain = make_session(tmp_path / "plain", lora=lora)
    train(plain)
    looked = make_session(tmp_path / "looked", lora=lora)
    append_command(tmp_path / "looked", "xray")
    real, seen = loop_module.advance, []

    def advance(session: Session, pace: Any) -> None:
        if session.state.step:
            append_command(tmp_path / "looked", "xray", {"step": session.state.step})
        seen.append(1)
        real(session, pace)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop_module, "advance", advance)
        train(looked)
    assert losses(tmp_path / "looked") == losses(tmp_path / "plain")
    events = query.events(tmp_path / "looked", ["xray"])
    assert [event["of_step"] for event in events] == list(range(1, len(seen) - 1))  # the last one came too late
    event = events[3]
    assert [row["loss"] for row in event["rows"]] == sorted((row["loss"] for row in event["rows"]), reverse=True)
    total = sum(row["loss"] * row["units"] for row in event["rows"])
    assert total / sum(row["units"] for row in event["rows"]) == pytest.approx(event["loss"], rel=1e-4)
    text = event["texts"][0]
    assert text["row"] == event["rows"][0]["row"]
    told = [token["loss"] for token in text["tokens"] if "loss" in token]
    assert sum(told) / len(told) == pytest.approx(text["loss"], rel=1e-4)
    assert {"layer 0", "layer 1"} <= set(event["layers"])
    assert all(norm > 0 for norm in event["layers"].values())


def test_rows_whose_loss_is_no_number_come_first(tmp_path: Path) -> None:
    session = make_session(tmp_path / "run", make_spec(loop={"max_steps": 1}))
    window = session.stream.window(0)
    wanted = int(window.sample_rows[3])
    real = session.path.predictions

    def predictions(batch: Any) -> Any:
        found = real(batch)
        place = batch.sample_rows.tolist().index(wanted) if wanted in batch.sample_rows else -1
        bad = torch.where(batch.owner_R == place, math.nan, 0.0)[:, None]
        return type(found)(found.head, found.rows_RX + bad, found.vocabulary)

    session.path.predictions = predictions  # type: ignore[method-assign]
    session.event("xray", of_step=1, **xray(session, window))
    (event,) = query.events(tmp_path / "run", ["xray"])
    assert event["rows"][0]["row"] == wanted
    assert event["rows"][0]["loss"] is None  # JSON has no NaN
    assert isinstance(event["rows"][1]["loss"], float)


@pytest.mark.parametrize("shortage", [torch.OutOfMemoryError("CUDA out of memory"), RuntimeError(SHORTAGE)])
def test_an_optimizer_without_room_is_told_as_that_and_not_taken_again(tmp_path: Path, shortage: Exception) -> None:
    session = make_session(tmp_path / "run")
    steps: list[int] = []

    def full(*_: Any, **__: Any) -> None:
        steps.append(1)
        raise shortage

    session.optimizer.step = full  # type: ignore[method-assign]
    with pytest.raises(OutOfMemory, match="optimizer keeps") as refused:
        train(session)
    assert steps == [1]
    assert "adafactor" in refused.value.hint


def test_gradients_by_layer_are_those_of_the_step(tmp_path: Path) -> None:
    session = make_session(tmp_path / "run", make_spec(loop={"max_steps": 3}))
    window = session.stream.window(0)
    found = xray(session, window)
    whole = math.sqrt(sum(norm**2 for norm in found["layers"].values()))
    train(session)
    frame = query.metrics_frame(tmp_path / "run", ["train/grad_norm"])
    assert whole == pytest.approx(frame["value"][0], rel=1e-4)


def test_the_rows_of_a_step_are_found_again_or_refused(tmp_path: Path) -> None:
    spec = make_spec(loop={"max_steps": 9, "log_every": 4}, evaluation={"every_steps": None, "sample_tokens": 0})
    session = make_session(tmp_path / "run", spec)
    windows = [session.stream.window(0)]
    for _ in range(8):
        windows.append(session.stream.window(windows[-1].end))
    train(session)
    for step in (1, 4, 7, 9):
        assert window_of(session, step).sample_rows.tolist() == windows[step - 1].sample_rows.tolist()
    with pytest.raises(DataError, match="not taken yet"):
        window_of(session, 10)
    session.state.knobs["batch.gradient_accumulation_steps"] = 1
    with pytest.raises(DataError, match="cannot be told any more"):
        window_of(session, 8)


def test_a_step_that_is_none_is_refused_in_the_answer(tmp_path: Path) -> None:
    session = make_session(tmp_path / "run", make_spec(loop={"max_steps": 2}))
    append_command(tmp_path / "run", "xray", {"step": 99})
    append_command(tmp_path / "run", "xray", {"step": "soon"})
    train(session)
    answers = query.events(tmp_path / "run", ["command"])
    assert [answer["accepted"] for answer in answers] == [False, False]
    assert "not taken yet" in answers[0]["message"]
    assert "not a step" in answers[1]["message"]


@pytest.mark.parametrize(
    ("name", "layer"),
    [
        ("model.layers.3.mlp.up_proj.weight", "layer 3"),
        ("transformer.h.11.attn.c_attn.weight", "layer 11"),
        ("base_model.model.model.layers.0.self_attn.q_proj.lora_A.default.weight", "layer 0"),
        ("model.embed_tokens.weight", "embedding"),
        ("model.norm.weight", "norm"),
        ("lm_head.weight", "head"),
    ],
)
def test_layers_are_named_by_their_place(name: str, layer: str) -> None:
    assert layer_name(name) == layer


# --- memory and stalls ------------------------------------------------------------------------------------------


def out_of_memory_above(session: Session, most: int) -> None:
    """A device that holds only so many tokens at once."""
    real = session.objective.part

    def part(batch: Any) -> Any:
        if batch.num_tokens > most:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return real(batch)

    session.objective.part = part  # type: ignore[method-assign]


def test_a_step_that_does_not_fit_is_taken_in_pieces_with_the_same_loss(tmp_path: Path) -> None:
    spec = make_spec(evaluation={"every_steps": None, "sample_tokens": 0})
    train(make_session(tmp_path / "roomy", spec))
    tight = make_session(tmp_path / "tight", spec)
    out_of_memory_above(tight, 40)
    train(tight)
    assert losses(tmp_path / "tight") == pytest.approx(losses(tmp_path / "roomy"), rel=1e-4)
    assert notes(tmp_path / "tight", "did not fit into memory")
    assert tight.state.piece_tokens is not None
    assert tight.state.piece_tokens < 96


def test_what_is_one_row_already_fails_with_the_way_out(tmp_path: Path) -> None:
    session = make_session(tmp_path / "run")
    out_of_memory_above(session, 2)
    with pytest.raises(OutOfMemory, match="row by row") as refused:
        train(session)
    assert "max_sequence_length" in refused.value.hint
    assert "micro-batch" not in refused.value.hint  # it is cut to single rows already


def test_a_validation_that_does_not_fit_is_measured_in_halves(tmp_path: Path) -> None:
    roomy, tight = make_session(tmp_path / "roomy"), make_session(tmp_path / "tight")
    real, sizes = tight.objective.measured, []

    def measured(batch: Any) -> Any:
        sizes.append(batch.num_tokens)
        if batch.num_tokens > 60:
            raise RuntimeError(SHORTAGE)
        return real(batch)

    tight.objective.measured = measured  # type: ignore[method-assign]
    expected, found = (
        validate(each.validation, each.objective, each.compute, max_groups=None) for each in (roomy, tight)
    )
    assert sizes[0] > 60
    assert found.loss == pytest.approx(expected.loss, rel=1e-5)
    assert found.units == expected.units


def test_another_error_is_not_taken_for_a_lack_of_memory(tmp_path: Path) -> None:
    session = make_session(tmp_path / "run")
    session.objective.part = lambda batch: (_ for _ in ()).throw(RuntimeError("shapes do not match"))  # type: ignore[method-assign]
    with pytest.raises(RuntimeError, match="shapes"):
        train(session)


def test_a_step_that_hangs_is_told_with_where_it_hangs(tmp_path: Path) -> None:
    session = make_session(tmp_path / "run", make_spec(loop={"max_steps": 1}))
    noted = threading.Event()
    real = session.note

    def note(message: str, **details: Any) -> None:
        real(message, **details)
        noted.set()

    session.note = note  # type: ignore[method-assign]

    def waiting_for_a_note() -> bool:
        return noted.wait(30)

    with StallWatch(session, 0.05):
        assert waiting_for_a_note()
    (told,) = notes(tmp_path / "run", "Nothing has moved")
    assert any("waiting_for_a_note" in stack for stack in told["details"]["stacks"].values())


def test_a_loop_that_moves_is_left_alone(tmp_path: Path) -> None:
    session = make_session(tmp_path / "run", make_spec(guard={"stall_seconds": 60}))
    train(session)
    assert not notes(tmp_path / "run", "Nothing has moved")
    assert not [thread for thread in threading.enumerate() if thread.name == "stall watch"]
