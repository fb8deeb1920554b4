"""Every fused part against the plain computation that it replaces: outputs, all gradients, finite differences, and what it must refuse."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from peft import LoraConfig, get_peft_model
from torch import nn
from torch.autograd import gradcheck
from torch.nn import functional as F

from tokenloom.modeling.attention import Rule, SegmentPlan, flat_attention, hidden_by_window
from tokenloom.modeling.fused.gated import GELU, SILU, gated_down
from tokenloom.modeling.fused.linear import as_part, cast, fuse_adapters, linear
from tokenloom.modeling.fused.norm import RMSNorm, rms_norm
from tokenloom.modeling.fused.rope import rotate
from tokenloom.modeling.loss import IGNORE, labelled_loss, loss_of_logits
from tokenloom.modeling.position import rope_tables

D, F_WIDE, T = 6, 10, 5


class Feed(nn.Module):
    """Three layers as a gated feed-forward has them."""

    act = SILU

    def __init__(self, *, bias: bool = False) -> None:
        super().__init__()
        self.gate, self.up = nn.Linear(D, F_WIDE, bias=bias), nn.Linear(D, F_WIDE, bias=bias)
        self.down = nn.Linear(F_WIDE, D, bias=bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.down(self.act.plain(self.gate(x)) * self.up(x))  # type: ignore[no-any-return]


def fused_feed(module: nn.Module, x: torch.Tensor) -> torch.Tensor:
    gate, up = linear((module.gate, module.up), x)
    return gated_down(module.down, gate, up, module.act)


def with_lora(**options: object) -> Feed:
    """Adapters whose effect is not zero."""
    torch.manual_seed(0)
    feed = Feed(bias=bool(options.pop("bias", False)))
    get_peft_model(feed, LoraConfig(r=2, lora_alpha=6, target_modules=["gate", "up", "down"], **options))
    for name, parameter in feed.named_parameters():
        if "lora_B" in name:
            nn.init.normal_(parameter)
    return feed


def full() -> Feed:
    torch.manual_seed(0)
    return Feed(bias=True)


def all_gradients(
    module: nn.Module, compute: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor
) -> list[torch.Tensor]:
    """Output, gradient of the input, and of everything that is trained."""
    module.zero_grad()
    x = x.clone().requires_grad_()
    y = compute(x)
    (y * torch.linspace(-1, 1, y.numel()).view_as(y)).sum().backward()
    trained = [p for p in module.parameters() if p.requires_grad]
    assert all(p.grad is None for p in module.parameters() if not p.requires_grad), "a frozen weight got a gradient"
    return [y.detach(), x.grad, *(p.grad.clone() for p in trained)]


def with_gelu() -> Feed:
    feed = full()
    feed.act = GELU
    return feed


MODULES = {
    "full": full,
    "gelu": with_gelu,
    "lora": with_lora,
    "lora-on-biases": lambda: with_lora(bias=True),
    "rslora": lambda: with_lora(use_rslora=True),
}


@pytest.mark.parametrize("shape", [(T, D), (1, T, D), (2, 3, D), (1, D)], ids=str)
@pytest.mark.parametrize("kind", MODULES)
def test_linear_and_gated_equal_the_layers_called_one_by_one(kind: str, shape: tuple[int, ...]) -> None:
    module = MODULES[kind]().double()
    x = torch.randn(shape, dtype=torch.double)
    for plain, fused in zip(
        all_gradients(module, module.forward, x), all_gradients(module, lambda x: fused_feed(module, x), x), strict=True
    ):
        torch.testing.assert_close(fused, plain)


@pytest.mark.parametrize("kind", MODULES)
def test_their_gradients_are_those_of_finite_differences(kind: str) -> None:
    module = MODULES[kind]().double()
    x = torch.randn(3, D, dtype=torch.double, requires_grad=True)
    assert gradcheck(lambda x, *_: fused_feed(module, x), (x, *(p for p in module.parameters() if p.requires_grad)))


def test_an_input_that_needs_no_gradient_costs_none_and_the_weights_still_learn() -> None:
    module = with_lora()
    y = fused_feed(module, torch.randn(T, D))
    y.sum().backward()
    assert all((p.grad is not None) == p.requires_grad for p in module.parameters())


def test_under_autocast_products_are_bf16_and_gradients_keep_the_weights_format() -> None:
    module = with_lora()
    x = torch.randn(64, D)
    with torch.autocast("cpu", torch.bfloat16):
        plain = all_gradients(module, module.forward, x)
        fused = all_gradients(module, lambda x: fused_feed(module, x), x)
    assert fused[0].dtype == torch.bfloat16
    for mine, theirs in zip(fused, plain, strict=True):
        assert mine.dtype == theirs.dtype
        assert (mine - theirs).float().norm() < 0.03 * theirs.float().norm()


def test_the_cast_of_a_frozen_weight_is_kept_until_the_weight_is_written_to() -> None:
    frozen, trained = torch.randn(3, 3), torch.randn(3, 3, requires_grad=True)
    first = cast(frozen, torch.bfloat16)
    assert cast(frozen, torch.bfloat16) is first
    assert cast(trained, torch.bfloat16) is not cast(trained, torch.bfloat16)
    assert cast(frozen, torch.float32) is frozen
    frozen.add_(1.0)
    torch.testing.assert_close(cast(frozen, torch.bfloat16), frozen.to(torch.bfloat16))


def test_layers_that_do_more_are_called_themselves() -> None:
    assert as_part(with_lora().gate) is not None
    assert as_part(with_lora(lora_dropout=0.5).gate) is None, "dropout"
    assert as_part(with_lora(lora_dropout=0.5).eval().gate) is not None, "dropout that is off"
    assert as_part(with_lora(use_dora=True).gate) is None, "DoRA"
    assert as_part(with_lora(lora_bias=True, bias=True).gate) is None, "a bias of the adapter"
    merged = with_lora()
    merged.gate.merge()
    assert as_part(merged.gate) is None, "merged"
    listened = full()
    heard: list[tuple[int, ...]] = []
    listened.gate.register_forward_hook(lambda _, __, y: heard.append(tuple(y.shape)))
    fused_feed(listened, torch.randn(T, D))
    assert heard == [(T, F_WIDE)], "a hook is not passed by"
    assert as_part(nn.Bilinear(2, 2, 2)) is None


def test_an_adapter_that_is_switched_off_has_no_effect() -> None:
    module = with_lora()
    for layer in (module.gate, module.up, module.down):
        layer.enable_adapters(False)
    x = torch.randn(T, D)
    torch.testing.assert_close(fused_feed(module, x), module(x))
    assert as_part(module.gate).a_rD is None  # type: ignore[union-attr]


def test_adapters_of_a_foreign_model_are_fused_in_place_and_fall_back() -> None:
    module, x = with_lora(), torch.randn(2, T, D)
    plain = all_gradients(module, module.forward, x)
    assert fuse_adapters(module) == 3
    for mine, theirs in zip(all_gradients(module, module.forward, x), plain, strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-5, atol=1e-6)
    with torch.no_grad():
        torch.testing.assert_close(module(x), plain[0])
    module.gate.merge()
    torch.testing.assert_close(module(x), plain[0])


@pytest.mark.parametrize("layers", ["one", "two"])
def test_a_wrong_width_is_refused(layers: str) -> None:
    module = full()
    chosen = (module.gate,) if layers == "one" else (module.gate, module.down)
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        linear(chosen, torch.randn(T, D + 1))


def test_rms_norm_equals_torchs_and_finite_differences() -> None:
    torch.manual_seed(0)
    x, weight = torch.randn(2, T, D, dtype=torch.double) * 3, torch.randn(D, dtype=torch.double)
    torch.testing.assert_close(rms_norm(x, weight, 1e-5), F.rms_norm(x, (D,), weight, 1e-5))
    assert gradcheck(lambda x, w: rms_norm(x, w, 1e-5), (x.requires_grad_(), weight.requires_grad_()))
    layer, other = RMSNorm(D, eps=1e-5), nn.RMSNorm(D, eps=1e-5)
    y = torch.randn(T, D)
    torch.testing.assert_close(layer(y), other(y))
    assert layer(torch.zeros(T, D)).abs().sum() == 0, "a row of zeros stays one"
    with pytest.raises(RuntimeError):
        layer(torch.randn(T, D + 1))


def test_rms_norm_with_a_frozen_weight_or_a_fixed_input() -> None:
    weight, x = torch.ones(D), torch.randn(T, D)
    rms_norm(x.clone().requires_grad_(), weight, 1e-5).sum().backward()
    assert weight.grad is None
    rms_norm(x, weight.requires_grad_(), 1e-5).sum().backward()
    assert weight.grad is not None


def test_rotate_equals_the_plain_turn_and_finite_differences() -> None:
    cos, sin = (table[:T, None].double() for table in rope_tables(8, 16, 10_000.0))
    x = torch.randn(T, 2, 8, dtype=torch.double)
    first, second = x.chunk(2, dim=-1)
    torch.testing.assert_close(rotate(x, cos, sin), x * cos + torch.cat([-second, first], dim=-1) * sin)
    assert gradcheck(lambda x: rotate(x, cos, sin), (x.requires_grad_(),))


@pytest.mark.parametrize(
    "options", [{}, {"label_smoothing": 0.1}, {"z_loss": 0.01}, {"label_smoothing": 0.2, "z_loss": 0.02}], ids=str
)
def test_the_fused_loss_equals_the_loss_of_full_logits(
    options: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In chunks of 64 rows, one of them short, with ignored rows; the smallest probability is far below what fp32 holds."""
    monkeypatch.setattr("tokenloom.modeling.loss._CHUNK_BYTES", 1)
    monkeypatch.setattr("tokenloom.modeling.loss._CHUNK_ROWS", 64)
    torch.manual_seed(0)
    hidden, weight = torch.randn(150, D) * 12, torch.randn(31, D) * 6
    targets = torch.randint(0, 31, (150,))
    targets[::7] = IGNORE
    found = []
    for compute in (
        lambda h, w: labelled_loss(h, w, targets, **options),
        lambda h, w: loss_of_logits(h @ w.T, targets, **options),
    ):
        h, w = hidden.clone().requires_grad_(), weight.clone().requires_grad_()
        (loss := compute(h, w)).backward()
        found.append((loss.detach(), h.grad, w.grad))
    for mine, theirs in zip(*found, strict=True):
        assert mine.isfinite().all()
        torch.testing.assert_close(mine, theirs, rtol=1e-4, atol=1e-3)
    assert found[0][1][::7].abs().sum() == 0, "an ignored row has no gradient"


@pytest.mark.parametrize("window", [None, 1, 7, 64, 1000])
@pytest.mark.parametrize("soft_cap", [None, 1.5])
@pytest.mark.parametrize(
    "lengths", [[5], [255, 255, 2], [130, 3, 40, 3, 200, 70, 1], [4, 4, 9, 9, 30, 31, 32, 33]], ids=str
)
def test_attention_of_segments_equals_each_alone(
    lengths: list[int], soft_cap: float | None, window: int | None
) -> None:
    torch.manual_seed(0)
    plan = SegmentPlan.from_lengths(np.array(lengths))
    q, k, v = (torch.randn(sum(lengths), heads, 8, requires_grad=True) for heads in (4, 2, 2))
    together = flat_attention(q, k, v, plan, Rule(window=window, soft_cap=soft_cap))
    alone = []
    for a, b, c in zip(q.split(lengths), k.split(lengths), v.split(lengths), strict=True):
        b, c = (x.repeat_interleave(2, dim=1) for x in (b, c))
        scores = torch.einsum("qhk,shk->hqs", a, b) * 8**-0.5
        scores = scores if soft_cap is None else soft_cap * torch.tanh(scores / soft_cap)
        at = torch.arange(len(a))
        distance = at[:, None] - at[None, :]
        hidden = (distance < 0) | (distance >= (window or len(a)))
        alone.append(torch.einsum("hqs,shk->qhk", scores.masked_fill(hidden, float("-inf")).softmax(-1), c))
    expected = torch.cat(alone)
    torch.testing.assert_close(together, expected, rtol=1e-4, atol=1e-5)
    slope = torch.randn_like(expected)
    for mine, theirs in zip(
        torch.autograd.grad(together, (q, k, v), slope), torch.autograd.grad(expected, (q, k, v), slope), strict=True
    ):
        torch.testing.assert_close(mine, theirs, rtol=1e-3, atol=1e-4)


def test_a_window_as_long_as_the_segment_needs_no_mask() -> None:
    assert hidden_by_window(8, 8, torch.device("cpu")) is None
    hidden = hidden_by_window(4, 2, torch.device("cpu"))
    assert hidden is not None
    assert (~hidden).sum(1).tolist() == [1, 2, 2, 2]
