"""Linear layers of 8-bit products: near the plain ones, whatever the number of places, and only where they may be."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from tokenloom.jobs.foresight import checking
from tokenloom.kit.errors import ResourceError, SpecError
from tokenloom.kit.workspace import Workspace
from tokenloom.modeling.config import TransformerConfig
from tokenloom.modeling.fused.fp8 import GRADIENTS, VALUES, narrow, use_fp8
from tokenloom.modeling.transformer import Transformer
from tokenloom.resources import machine
from tokenloom.spec.override import parse_run_spec
from tokenloom.spec.training.compute import ComputeSpec
from tokenloom.tasks import train
from tokenloom.training import precision
from tokenloom.training.precision import choose_compute
from worlds import curve, furnished, tiny_recipe, train_here


def off(found: torch.Tensor, right: torch.Tensor) -> float:
    """Length of the difference, as a share."""
    return float((found.float() - right.float()).norm() / right.float().norm())


def both(places: int, *, bias: bool = True) -> tuple[nn.Linear, nn.Linear, torch.Tensor]:
    torch.manual_seed(3)
    plain, narrowed = nn.Linear(256, 512, bias=bias), nn.Linear(256, 512, bias=bias)
    narrowed.load_state_dict(plain.state_dict())
    assert use_fp8(nn.Sequential(narrowed)) == 1
    return plain, narrowed, torch.randn(places, 256) * 5


@pytest.mark.parametrize("places", [1, 16, 37])
def test_products_and_gradients_are_near_the_plain_ones(places: int) -> None:
    plain, narrowed, x = both(places)
    seen = []
    for layer in (plain, narrowed):
        own = x.clone().requires_grad_()
        y = layer(own)
        (y * torch.linspace(-1, 1, 512)).sum().backward()
        seen.append([y.detach(), own.grad, layer.weight.grad, layer.bias.grad])
    assert seen[1][0].shape == (places, 512)
    for found, right in zip(seen[1][:3], seen[0][:3], strict=True):
        assert 0 < off(found, right) < 0.08, "eight bits are some hundredths off, and not more"
    assert torch.equal(seen[1][3], seen[0][3])


def test_the_range_is_filled_at_every_size_of_the_values() -> None:
    for dtype, most in ((VALUES, 448), (GRADIENTS, 57344)):
        for size in (1e-20, 1e-6, 1.0, 1e6):
            values = torch.randn(64, 64) * size
            small, scale = narrow(values, dtype)
            assert float(small.float().abs().max()) == most or size < 1e-12
            assert off(small.float() * scale, values) < 0.1 or size < 1e-12
    zeros, scale = narrow(torch.zeros(4, 16), VALUES)
    assert float(zeros.float().abs().max()) == 0 and torch.isfinite(scale)


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_what_is_not_finite_does_not_hide(bad: float) -> None:
    _, narrowed, x = both(20)
    x[3, 7] = bad
    assert not torch.isfinite(narrowed(x)).all()


def test_the_head_narrow_layers_and_adapters_stay_as_they_are() -> None:
    config = TransformerConfig(
        vocab_size=320,
        hidden_size=256,
        intermediate_size=512,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=1,
        head_dim=64,
    )
    model = Transformer(config)
    names = set(model.state_dict())
    use_fp8(model)
    kinds = {name: type(module) for name, module in model.named_modules() if isinstance(module, nn.Linear)}
    assert kinds["lm_head"] is nn.Linear
    assert {name.split(".")[-1] for name, kind in kinds.items() if kind is nn.Linear} == {"lm_head", "k_proj", "v_proj"}
    assert set(model.state_dict()) == names
    assert use_fp8(model) == 0, "a second time there is nothing left to do"


def test_a_model_learns_as_it_does_in_fp32() -> None:
    ends: dict[bool, list[float]] = {}
    for is_narrow in (False, True):
        torch.manual_seed(1)
        config = TransformerConfig(
            vocab_size=64, hidden_size=256, intermediate_size=512, num_hidden_layers=1, head_dim=64
        )
        model = Transformer(config)
        assert use_fp8(model) == 7 if is_narrow else True
        ids = torch.randint(0, 64, (4, 32))
        optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
        ends[is_narrow] = []
        for _ in range(12):
            with torch.autocast("cpu", torch.bfloat16):
                logits = model(input_ids=ids).logits
            loss = nn.functional.cross_entropy(logits[:, :-1].float().reshape(-1, 64), ids[:, 1:].reshape(-1))
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            ends[is_narrow].append(float(loss.detach()))
    assert ends[True][-1] < 0.5 * ends[True][0]
    assert ends[True][0] == pytest.approx(ends[False][0], rel=0.01)
    assert ends[True][-1] == pytest.approx(ends[False][-1], rel=0.25)


def test_it_is_refused_where_no_chip_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SpecError, match="cpu has no 8-bit"):
        parse_run_spec(tiny_recipe(compute={"device": "cpu", "precision": "fp8"}))
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ResourceError, match=r"compute capability 8\.9") as told:
        choose_compute(ComputeSpec(precision="fp8"))
    assert "precision=auto" in told.value.hint
    workspace: Workspace = furnished(tmp_path / "workspace", count=40)
    spec = parse_run_spec(tiny_recipe(compute={"device": "auto", "precision": "fp8"}))
    monkeypatch.setattr(machine, "compute_capability", lambda: (8, 6))
    with pytest.raises(SpecError, match="fp8 needs an NVIDIA GPU") as refused:
        checking.check_recipe(workspace, spec)
    assert refused.value.details["errors"][0]["field"] == "compute.precision"
    monkeypatch.setattr(machine, "compute_capability", lambda: (9, 0))
    checking.check_recipe(workspace, spec)


def test_a_run_takes_them_and_leaves_a_plain_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the check of the chip taken away: the CPU multiplies such numbers, too, only slowly."""
    monkeypatch.setattr(precision, "_require_fp8", lambda device: None)
    used: list[int] = []
    monkeypatch.setattr(train, "use_fp8", lambda model: used.append(use_fp8(model)))
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    workspace = furnished(tmp_path / "workspace", count=40)
    recipe = tiny_recipe(
        model={"hidden_size": 256, "num_heads": 4},
        loop={"max_steps": 3},
        compute={"device": "auto", "precision": "fp8"},
    )
    run_id = train_here(workspace, recipe)
    assert used == [14]
    losses = [value for _, value in curve(workspace, run_id, "train/loss")]
    assert len(losses) == 3 and losses[-1] < losses[0]
    saved = load_file(workspace.run(run_id) / "checkpoints" / "step-3" / "model.safetensors")
    assert any(name.endswith("down_proj.weight") for name in saved) and not any("scale" in name for name in saved)
    assert {tensor.dtype for tensor in saved.values()} == {torch.float32}
