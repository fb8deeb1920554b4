"""Where the time goes: parts that add up, arithmetic that is counted right, traces that change nothing."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
import torch
from engine_kit import make_session, make_spec, tiny_model

from tokenloom.kit.errors import DiskFull
from tokenloom.spec.training.tuning import LoraTuning
from tokenloom.tracking import query
from tokenloom.tracking.commands import append_command
from tokenloom.training import loop as loop_module
from tokenloom.training.loop import train
from tokenloom.training.paths import PaddedPath
from tokenloom.training.precision import choose_compute, measured_ceiling
from tokenloom.training.watching import trace as trace_module
from tokenloom.training.watching.clock import PARTS, StepClock
from tokenloom.training.watching.meter import count_weights


def values(folder: Path, key: str) -> list[float]:
    return list(query.metrics_frame(folder, [key])["value"])


def test_the_parts_of_a_step_are_told_and_add_up_to_its_time(tmp_path: Path) -> None:
    session = make_session(tmp_path / "run", make_spec(loop={"max_steps": 8, "log_every": 2, "flow_every": 4}))
    train(session)
    parts = {part: values(tmp_path / "run", f"time/{part}") for part in PARTS if part != "communication"}
    for part in ("data", "forward", "backward", "optimizer", "logging", "other"):
        assert len(parts[part]) == 4
        assert all(seconds > 0 for seconds in parts[part])
    assert len(parts["flow"]) == 3  # steps 1, 4 and 8
    tokens, speed = values(tmp_path / "run", "train/tokens"), values(tmp_path / "run", "train/tokens_per_second")
    steps = [(after - before) / rate for before, after, rate in zip([0, *tokens], tokens, speed, strict=False)]
    flow = dict(zip([0, 1, 3], parts["flow"], strict=True))
    for row, seconds in enumerate(steps):
        told = 2 * sum(parts[part][row] for part in parts if part != "flow") + 2 * flow.get(row, 0.0)
        assert told >= 0.98 * seconds  # the clock also counts the writing of the row before
    for beside in ("evaluation", "saving"):
        assert all(seconds > 0 for seconds in values(tmp_path / "run", f"time/{beside}"))
    assert len(values(tmp_path / "run", "time/evaluation")) == len(values(tmp_path / "run", "val/loss"))


def test_marks_on_a_device_are_read_when_they_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    waited = []

    class Event:
        now = 0.0

        def __init__(self, enable_timing: bool) -> None:
            assert enable_timing

        def record(self) -> None:
            Event.now += 2.0
            self.at = Event.now

        def synchronize(self) -> None:
            waited.append(self.at)

        def elapsed_time(self, end: Event) -> float:
            return (end.at - self.at) * 1000

    monkeypatch.setattr(torch.cuda, "Event", Event)
    clock = StepClock(torch.device("cuda"))
    for part in ("data", "forward", "backward", "forward", "backward", "optimizer", None):
        clock.to(part)
    assert not waited
    assert clock.take() == {"data": 2.0, "forward": 4.0, "backward": 4.0, "optimizer": 2.0}
    assert waited
    assert clock.take() == {}


@pytest.mark.parametrize("lora", [None, LoraTuning(rank=2)], ids=["full", "lora"])
def test_arithmetic_is_that_of_the_shapes(tmp_path: Path, lora: LoraTuning | None) -> None:
    session = make_session(tmp_path / "run", lora=lora)
    config = tiny_model().config
    width, inner = config.hidden_size, config.intermediate_size
    body = 2 * (4 * width * width + 3 * width * inner)
    head = 61 * width
    adapters = 0 if lora is None else 2 * 2 * (8 * width + 3 * (width + inner))
    found = count_weights(session.model)
    assert (found.body, found.head) == (body + adapters, head)
    assert (found.trained_body, found.trained_head) == ((body, head) if lora is None else (adapters, 0))
    assert found.attention == 2 * width
    plain = found.operations(10, 4, 50, goes_through=lora is not None)
    if lora is None:
        assert plain == 6 * (10 * body + 4 * head) + 6 * 2 * width * 50
    else:
        assert plain == 4 * (10 * (body + adapters) + 4 * head) + 2 * 10 * adapters + 6 * 2 * width * 50


def test_useful_places_and_the_share_of_the_ceiling(tmp_path: Path) -> None:
    session = make_session(tmp_path / "run", make_spec(loop={"max_steps": 3}))
    padded = PaddedPath(session.model, "as a test")
    batch = session.stream.window(0).batches[0]
    assert session.path.places(batch) == len(batch.inputs_T) == 96
    assert padded.places(batch) == batch.num_sequences * batch.lengths.max() > batch.num_tokens
    train(session)
    assert all(0 < share <= 1 for share in values(tmp_path / "run", "train/useful_share"))
    assert all(0 < share < 1 for share in values(tmp_path / "run", "train/mfu"))
    assert all(peak > 50e6 for peak in values(tmp_path / "run", "memory/peak_bytes"))


def test_the_ceiling_is_measured_without_a_trace() -> None:
    compute = choose_compute(make_spec().compute)
    torch.manual_seed(3)
    before = torch.get_rng_state()
    ceiling = measured_ceiling(compute, 300)
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.get_num_threads() == compute.threads
    assert ceiling.rate > 1e8
    assert measured_ceiling(compute, 300) is ceiling


def traced(folder: Path, asked: dict[int, Any], steps: int = 6) -> Any:
    """A run that is asked to trace: ``asked`` is steps to trace by the step before which it is asked."""
    session = make_session(folder, make_spec(loop={"max_steps": steps}))
    real = loop_module.obey

    def obey(session: Any, pace: Any) -> Any:
        if session.state.step in asked:
            append_command(folder, "profile", asked.pop(session.state.step))
        return real(session, pace)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop_module, "obey", obey)
        train(session)
    return session


def test_a_trace_is_made_and_changes_nothing(tmp_path: Path) -> None:
    plain = make_session(tmp_path / "plain", make_spec(loop={"max_steps": 6}))
    train(plain)
    looked = traced(tmp_path / "looked", {2: {"steps": 2}})
    assert values(tmp_path / "looked", "train/loss") == values(tmp_path / "plain", "train/loss")
    assert all(torch.equal(*pair) for pair in zip(plain.parameters, looked.parameters, strict=True))
    (event,) = query.events(tmp_path / "looked", ["profile"])
    assert (event["first_step"], event["step"], event["steps"]) == (3, 4, 2)
    path = tmp_path / "looked" / event["file"]
    assert path.stat().st_size == event["bytes"]
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    spans = json.loads(gzip.decompress(path.read_bytes()))["traceEvents"]
    assert {"data", "forward", "backward", "optimizer"} <= {span.get("name") for span in spans}
    names = [each["name"] for each in event["operators"]]
    assert "aten::mm" in names
    assert not {"forward", "backward"} & set(names)
    assert [each["self_seconds"] for each in event["operators"]] == sorted(
        (each["self_seconds"] for each in event["operators"]), reverse=True
    )
    assert sum(each["share"] for each in event["operators"]) <= 1 + 1e-9
    (answer,) = query.events(tmp_path / "looked", ["command"])
    assert (answer["accepted"], answer["message"]) == (True, "the next 2 steps are traced")


def test_a_trace_ends_with_its_run(tmp_path: Path) -> None:
    traced(tmp_path / "run", {4: {"steps": 9}})
    (event,) = query.events(tmp_path / "run", ["profile"])
    assert (event["first_step"], event["step"], event["steps"]) == (5, 6, 2)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"steps": 0}, "1 to 20"),
        ({"steps": 21}, "1 to 20"),
        ({"steps": 1.5}, "1 to 20"),
        ({"steps": True}, "1 to 20"),
        ({"steps": "soon"}, "not a number"),
        ({"steps": None}, "not a number"),
    ],
)
def test_what_cannot_be_traced_is_refused(tmp_path: Path, arguments: dict[str, Any], words: str) -> None:
    traced(tmp_path / "run", {1: arguments}, steps=2)
    (answer,) = query.events(tmp_path / "run", ["command"])
    assert not answer["accepted"]
    assert words in answer["message"]
    assert not (tmp_path / "run" / "artifacts").exists()


def test_one_trace_at_a_time(tmp_path: Path) -> None:
    traced(tmp_path / "run", {1: {"steps": 3}, 2: {"steps": 3}})
    first, second = query.events(tmp_path / "run", ["command"])
    assert (first["accepted"], second["accepted"]) == (True, False)
    assert "under way" in second["message"]
    assert len(query.events(tmp_path / "run", ["profile"])) == 1


def test_a_trace_for_which_there_is_no_room_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> int:
        raise DiskFull("There is no room.", hint="Make some.")

    monkeypatch.setattr(trace_module.Trace, "_write", full)
    traced(tmp_path / "run", {1: {"steps": 1}}, steps=3)
    assert not query.events(tmp_path / "run", ["profile"])
    (note,) = query.events(tmp_path / "run", ["note"])
    assert "no room" in note["message"]
