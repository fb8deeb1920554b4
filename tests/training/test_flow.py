"""How the gradient goes through the layers: what is told is true, and looking changes nothing."""

from __future__ import annotations

import copy
import math
import signal
from pathlib import Path
from typing import Any

import pytest
import torch
from engine_kit import make_session, make_spec, tiny_model
from torch import nn
from transformers import GPT2Config, GPT2LMHeadModel

from tokenloom.spec.event import FLOW_BINS, FLOW_LEAST_EXPONENT, FLOW_PER_DECADE
from tokenloom.spec.training.tuning import LoraTuning
from tokenloom.tracking import query
from tokenloom.training import loop as loop_module
from tokenloom.training.loop import train
from tokenloom.training.watching.flow import SAMPLE, FlowProbe, histogram, sample, wants_flow
from tokenloom.training.watching.layers import trained_layers

QUIET = {"evaluation": {"every_steps": None, "sample_tokens": 0}, "checkpoints": {"every_steps": None}}


def flow_spec(every: int | None, steps: int = 6, **changes: Any) -> Any:
    return make_spec(loop={"max_steps": steps, "flow_every": every}, **QUIET, **changes)


def gpt2() -> GPT2LMHeadModel:
    torch.manual_seed(0)
    return GPT2LMHeadModel(GPT2Config(n_layer=2, n_embd=32, n_head=2, vocab_size=61, n_positions=64))


@pytest.mark.parametrize("kind", ["full", "lora", "recomputed", "family"])
def test_a_run_that_is_looked_at_is_the_same_to_the_bit(tmp_path: Path, kind: str) -> None:
    losses = {}
    for name, every in (("off", None), ("on", 1)):
        spec = flow_spec(every)
        if kind == "recomputed":
            spec = spec.model_copy(update={"loop": spec.loop.model_copy(update={"gradient_checkpointing": True})})
        model = gpt2() if kind == "family" else tiny_model()
        session = make_session(tmp_path / name, spec, model=model, lora=LoraTuning(rank=2) if kind == "lora" else None)
        train(session)
        frame = query.metrics_frame(tmp_path / name, ["train/loss", "train/grad_norm"])
        losses[name] = frame["value"].to_list(), [each.clone() for each in session.parameters]
    assert losses["off"][0] == losses["on"][0]
    assert all(torch.equal(*pair) for pair in zip(losses["off"][1], losses["on"][1], strict=True))
    events = query.events(tmp_path / "on", ["flow"])
    assert [event["step"] for event in events] == [1, 2, 3, 4, 5, 6]
    assert query.events(tmp_path / "off", ["flow"]) == []
    assert {"layer 0", "layer 1"} <= set(events[0]["layers"])
    for event in events:
        shown = [name for name, bins in zip(event["layers"], event["activations"], strict=True) if bins]
        assert shown == ["layer 0", "layer 1"]
        assert all(
            sum(bins[1:]) == pytest.approx(10_000, abs=FLOW_BINS) for bins in event["gradients"] + event["weights"]
        )


def test_norms_and_updates_are_those_of_the_step(tmp_path: Path) -> None:
    session = make_session(tmp_path / "run", flow_spec(1, steps=3))
    real, befores = session.optimizer.step, []

    def step(*args: Any, **named: Any) -> Any:
        befores.append([each.detach().clone() for each in session.parameters])
        return real(*args, **named)

    session.optimizer.step = step  # type: ignore[method-assign]
    train(session)
    befores.append([each.detach().clone() for each in session.parameters])
    layers = trained_layers(session.model)
    places = {id(each): at for at, each in enumerate(session.parameters)}
    norms = query.metrics_frame(tmp_path / "run", ["train/grad_norm"])["value"]
    for number, event in enumerate(query.events(tmp_path / "run", ["flow"])):
        old, new = befores[number], befores[number + 1]
        assert math.hypot(*event["grad_norm"]) == pytest.approx(norms[number], rel=1e-4)  # before clipping
        for layer, ratio, norm in zip(layers, event["update_ratio"], event["weight_norm"], strict=True):
            at = [places[id(each)] for each in layer.parameters]
            weight = math.hypot(*(float(old[place].norm()) for place in at))
            change = math.hypot(*(float((new[place] - old[place]).norm()) for place in at))
            assert norm == pytest.approx(weight, rel=1e-4)
            assert ratio == pytest.approx(change / weight, rel=1e-3)
            assert ratio > 0


def test_large_tensors_are_told_from_a_sample() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(512, 256, bias=False))
    weight = next(model.parameters())
    assert SAMPLE / 2 < len(sample(weight)) <= SAMPLE < weight.numel()
    columns = torch.arange(512).expand(256, 512)
    assert len(sample(columns).unique()) == 512  # an odd stride meets every column
    weight.grad = torch.randn_like(weight) * (torch.rand_like(weight) < 0.3)
    old = weight.detach().clone()
    probe = FlowProbe(model)
    probe.before()
    with torch.no_grad():
        weight -= 0.01 * weight.grad
    probe.after()
    told = probe.told()
    assert told["grad_norm"] == [pytest.approx(float(weight.grad.norm()), rel=1e-4)]
    assert told["zero_share"] == [pytest.approx(0.7, abs=0.02)]
    assert told["update_ratio"] == [pytest.approx(float((weight.detach() - old).norm() / old.norm()), rel=0.03)]


def test_a_step_that_is_left_out_changed_nothing(tmp_path: Path) -> None:
    session = make_session(tmp_path / "run", flow_spec(1, steps=3))
    real = session.objective.part

    def part(batch: Any) -> Any:
        found = real(batch)
        return type(found)(found.loss * (math.nan if session.state.step == 1 else 1.0), found.sums)

    session.objective.part = part  # type: ignore[method-assign]
    train(session)
    first, second, third = query.events(tmp_path / "run", ["flow"])
    assert (first["applied"], second["applied"], third["applied"]) == (True, False, True)
    assert set(second["grad_norm"]) == {None}  # JSON has no NaN
    assert set(second["update_ratio"]) == {0.0}
    assert all(norm > 0 for norm in third["grad_norm"])


def test_what_the_loss_does_not_depend_on_is_dead() -> None:
    model = nn.ModuleDict({"layers": nn.ModuleList([nn.Linear(4, 4), nn.Linear(4, 4)])})
    holder = nn.ModuleDict({"model": model})
    model["layers"][1](torch.ones(2, 4)).sum().backward()
    probe = FlowProbe(holder)
    probe.before()
    probe.after()
    told = probe.told()
    assert told["layers"] == ["layer 0", "layer 1"]
    assert told["paths"] == ["model.layers.0", "model.layers.1"]
    assert told["grad_norm"][0] == 0.0 < told["grad_norm"][1]
    assert told["zero_share"] == [1.0, 0.0]
    assert told["gradients"][0] == []


def test_bins_are_where_the_event_says() -> None:
    edges = [10 ** (FLOW_LEAST_EXPONENT + step / FLOW_PER_DECADE) for step in range(FLOW_BINS // 2)]
    for side, edge in enumerate(edges):
        inside = torch.tensor([edge * 1.01, -edge * 1.01], dtype=torch.float64)
        counts = histogram(inside)
        assert counts[FLOW_BINS // 2 + side + 1] == 1 == counts[FLOW_BINS // 2 - side - 1]
    strange = histogram(torch.tensor([0.0, math.nan, 1e-9, math.inf, -math.inf, 1e30]))
    assert strange.tolist() == [1.0, *[0.0] * 19, 3.0, *[0.0] * 19, 2.0]


def test_an_outgrown_micro_batch_is_looked_at_again(tmp_path: Path) -> None:
    session = make_session(tmp_path / "run", flow_spec(1, steps=2))
    real = session.objective.part

    def part(batch: Any) -> Any:
        if batch.num_tokens > 40:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return real(batch)

    session.objective.part = part  # type: ignore[method-assign]
    train(session)
    assert len(query.events(tmp_path / "run", ["flow"])) == 2
    assert not any(module._forward_hooks for module in session.model.modules())


def test_a_resumed_run_tells_the_same(tmp_path: Path) -> None:
    whole = make_session(tmp_path / "whole", make_spec(loop={"max_steps": 12, "flow_every": 3}))
    train(whole)
    broken = make_session(tmp_path / "broken", make_spec(loop={"max_steps": 12, "flow_every": 3}))
    real = loop_module.obey

    def obey(session: Any, pace: Any) -> Any:
        session.control.signal = signal.SIGTERM if session.state.step == 8 else 0
        return real(session, pace)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop_module, "obey", obey)
        assert train(broken).state == "interrupted"
    broken.log.close()
    again = make_session(tmp_path / "broken", make_spec(loop={"max_steps": 12, "flow_every": 3}))
    train(again)

    def told(name: str) -> list[dict[str, Any]]:
        return [copy.copy(event) | {"time": 0} for event in query.events(tmp_path / name, ["flow"])]

    assert told("broken") == told("whole")
    assert [event["step"] for event in told("whole")] == [1, 3, 6, 9, 12]


def test_when_it_is_looked_at() -> None:
    assert [step for step in range(1, 301) if wants_flow(100, step)] == [1, 100, 200, 300]
    assert not any(wants_flow(None, step) for step in range(1, 301))
