"""What our transformer can be made of, trained for a few steps: the loss falls, resuming is exact, and experts are told of."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import engine_kit
import pytest
import torch
from engine_kit import make_session, make_spec, make_tokens, tiny_model
from test_methods import resumes_exactly

from tokenloom.tracking import query
from tokenloom.training.batches import flat_batch
from tokenloom.training.loop import train
from tokenloom.training.objective.language import Language
from tokenloom.training.paths import path_for
from tokenloom.training.recompute import recompute_blocks
from tokenloom.training.step import _part

SHAPES: dict[str, dict[str, Any]] = {
    "post": {"norm_position": "post"},
    "sandwich": {"norm_position": "sandwich"},
    "normal": {"init": "normal"},
    "xavier": {"init": "xavier"},
    "small": {"init": "small"},
    "ntk": {"rope_scaling": "ntk", "rope_factor": 2.0},
    "yarn": {"rope_scaling": "yarn", "rope_factor": 4.0, "rope_original_length": 16},
    "experts": {"num_experts": 4},
    "experts-uneven": {"num_experts": 4, "experts_per_token": 1, "router_balance": 0.0},
}


def series(folder: Path, name: str) -> list[float]:
    return query.metrics_frame(folder, [name])["value"].to_list()


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_shape_learns_and_goes_on_exactly(
    shape: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_kit, "tiny_model", partial(tiny_model, **shape))
    resumes_exactly(tmp_path, monkeypatch, make_spec())
    losses = series(tmp_path / "whole", "train/loss")
    assert len(losses) == 12
    assert sum(losses[-3:]) < 0.9 * sum(losses[:3])


def test_the_balance_of_experts_is_logged_and_lowers_the_busiest(tmp_path: Path) -> None:
    ends = {}
    for weight in (0.0, 1.0):
        folder = tmp_path / str(weight)
        model = tiny_model(num_experts=4, router_balance=weight)
        with torch.no_grad():  # a router that begins with a favourite
            for block in model.model.layers:
                block.mlp.gate.weight[0] += 0.2 * block.mlp.gate.weight.std() * torch.ones(32)
        session = make_session(folder, make_spec(loop={"max_steps": 40}), model=model)
        assert session.objective.adds_up == (weight == 0.0)
        train(session)
        balance, busiest = series(folder, "train/balance_loss"), series(folder, "train/busiest_expert")
        assert len(balance) == len(busiest) == 40
        assert all(each > 1.9 for each in balance)  # 2 experts a token: at best each gets half, and is given a quarter
        assert all(0.5 <= each <= 1.0 for each in busiest)
        ends[weight] = (sum(balance[-5:]) / 5, sum(busiest[-5:]) / 5)
    assert ends[1.0][0] < ends[0.0][0]
    assert ends[1.0][1] < ends[0.0][1]


@pytest.mark.parametrize("shape", [{"num_experts": 4}, {"norm_position": "sandwich"}], ids=str)
def test_recomputed_blocks_give_the_same_gradients(shape: dict[str, Any]) -> None:
    batch, told = flat_batch(make_tokens(6), list(range(6))), []
    for again in (False, True):
        model = tiny_model(**shape).train()
        if again:
            recompute_blocks(model)
        loss, _ = _part(Language(path_for(model)), batch)
        loss.backward()
        told.append({name: weight.grad for name, weight in model.named_parameters()})
    assert all(torch.equal(told[0][name], told[1][name]) for name in told[0])


@pytest.mark.parametrize("init", ["scaled", "normal", "xavier", "small"])
@pytest.mark.parametrize("shape", [{}, {"num_experts": 4, "tie_embeddings": False}], ids=["dense", "experts"])
def test_initial_weights_are_as_wide_as_their_scheme_says(init: str, shape: dict[str, Any]) -> None:
    model = tiny_model(init=init, intermediate_size=128, **shape)
    width, layers = 32, 2
    for name, weight in model.named_parameters():
        if weight.dim() < 2:
            assert bool((weight == 1).all()), name
            continue
        is_output, is_table = name.endswith(("o_proj.weight", "down_proj.weight")), "embed_tokens" in name
        expected = {
            "normal": 0.02,
            "scaled": 0.02 / 2 if is_output else 0.02,
            "xavier": width**-0.5 if is_table else (2 / (weight.shape[0] + weight.shape[1])) ** 0.5,
            "small": 2 / (layers * width**0.5) if is_output else (2 / (5 * width)) ** 0.5,
        }[init]
        if weight.numel() >= 1000:
            assert float(weight.detach().std()) == pytest.approx(expected, rel=0.1), name
