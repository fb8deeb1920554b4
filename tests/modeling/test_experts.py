"""The mixture of experts beside transformers' Mixtral with the same weights: forward, both losses, gradients and the way to disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open
from test_shapes import LENGTH, VOCAB, text, tiny
from transformers import MixtralForCausalLM
from transformers.models.mixtral.modeling_mixtral import load_balancing_loss_func

from tokenloom.export.huggingface import write_merged
from tokenloom.kit.errors import SpecError
from tokenloom.modeling.adapter import merge_adapter
from tokenloom.modeling.architecture.describe import describe
from tokenloom.modeling.feedforward.experts import balance
from tokenloom.modeling.tuning import tune
from tokenloom.modeling.tuning.targets import blocks_of, linear_names, output_layers
from tokenloom.resources.shape import shape_from_config
from tokenloom.spec.training.tuning import LoraTuning
from tokenloom.training.batches import FlatBatch, flat_batch
from tokenloom.training.objective.language import Language
from tokenloom.training.paths import FlatPath, PaddedPath
from tokenloom.training.step import _part

MIXTURE: dict[str, Any] = {"num_experts": 4, "num_kv_heads": 2}
OURS = {"gate_proj": "w1", "down_proj": "w2", "up_proj": "w3"}


def written(model: torch.nn.Module, folder: Path) -> MixtralForCausalLM:
    write_merged(model, folder, tokenizer_folder=folder, template="", stop_ids=[3])
    theirs, report = MixtralForCausalLM.from_pretrained(folder, output_loading_info=True)
    assert not report["missing_keys"] and not report["unexpected_keys"] and not report["mismatched_keys"]
    return theirs


def batch_of(lengths: list[int]) -> FlatBatch:
    import numpy as np

    from tokenloom.training.batches import FlatTokens

    ids = np.concatenate([text(seed, length) for seed, length in enumerate(lengths)]).astype(np.uint16)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    store = FlatTokens(ids, np.ones(len(ids), dtype=np.uint8), offsets, np.arange(len(lengths)), {})
    return flat_batch(store, list(range(len(lengths))))


@pytest.mark.parametrize("changes", [{}, {"experts_per_token": 1}, {"activation": "geglu", "sliding_window": 7}])
def test_losses_and_gradients_are_mixtrals(changes: dict[str, Any], tmp_path: Path) -> None:
    model = tiny(**MIXTURE, router_balance=0.3, **changes)
    theirs, ids = written(model, tmp_path / "out"), torch.tensor([text()])
    model.train()
    output = theirs(ids, labels=ids, output_router_logits=True)
    objective = Language(FlatPath(model))
    loss, sums = _part(objective, batch_of([LENGTH]))
    count = LENGTH - 1
    # Theirs routes the last token, too, whose target nobody knows; ours never lets it through.
    aux = load_balancing_loss_func(
        tuple(each[:count] for each in output.router_logits), 4, model.config.num_experts_per_tok
    )
    plain = torch.nn.functional.cross_entropy(output.logits[0, :-1].float(), ids[0, 1:])
    expected = plain + 0.3 * aux
    assert float(sums["balance_loss"]) / count == pytest.approx(float(aux), rel=1e-5)
    assert float(loss) / count == pytest.approx(float(expected), rel=1e-5)
    (loss / count).backward()
    expected.backward()
    grads = dict(theirs.named_parameters())
    for layer, block in enumerate(model.model.layers):
        at = f"model.layers.{layer}.mlp"
        torch.testing.assert_close(block.mlp.gate.weight.grad, grads[f"{at}.gate.weight"].grad, rtol=1e-3, atol=1e-6)
        for number, expert in enumerate(block.mlp.experts):
            both = torch.cat([expert.gate_proj.weight.grad, expert.up_proj.weight.grad])
            torch.testing.assert_close(both, grads[f"{at}.experts.gate_up_proj"].grad[number], rtol=1e-3, atol=1e-6)
            down = grads[f"{at}.experts.down_proj"].grad[number]
            torch.testing.assert_close(expert.down_proj.weight.grad, down, rtol=1e-3, atol=1e-6)
        q = grads[f"model.layers.{layer}.self_attn.q_proj.weight"].grad
        torch.testing.assert_close(block.self_attn.q_proj.weight.grad, q, rtol=1e-3, atol=1e-6)


def test_the_balance_is_mixtrals_and_smallest_where_all_experts_get_alike() -> None:
    generator = torch.Generator().manual_seed(1)
    logits = [torch.randn(50, 6, generator=generator) * 3 for _ in range(4)]
    for chosen in (1, 2, 4):
        assert float(balance(logits, chosen).loss) == pytest.approx(
            float(load_balancing_loss_func(tuple(logits), 6, chosen))
        )
    even = torch.eye(6).repeat(5, 1) * 20
    assert float(balance([even], 1).loss) == pytest.approx(1.0, rel=1e-4)
    assert float(balance([even], 1).busiest) == pytest.approx(1 / 6)
    one = torch.zeros(30, 6)
    one[:, 2] = 20
    assert float(balance([one], 1).loss) == pytest.approx(6.0, rel=1e-4)
    assert float(balance([even, one], 1).busiest) == 1.0


def test_rounding_and_padding_count_in_neither_path() -> None:
    batch, told = batch_of([9, 30, 5, 17]), []
    assert len(batch.inputs_T) > batch.num_tokens
    for path in (FlatPath, lambda model: PaddedPath(model, "tried")):
        model = tiny(**MIXTURE).train()
        loss, sums = _part(Language(path(model)), batch)
        loss.backward()
        told.append((float(loss), *(float(each) for each in sums.values()), model.model.layers[0].mlp.gate.weight.grad))
        assert all(layer.mlp.logits_TE is None for layer in model.model.layers)
    assert set(sums) == {"balance_loss", "busiest_expert"}
    assert told[0][:3] == pytest.approx(told[1][:3], rel=1e-5)
    torch.testing.assert_close(told[0][3], told[1][3], rtol=1e-3, atol=1e-5)


def test_an_expert_that_nobody_comes_to_gets_a_gradient_of_zero() -> None:
    model = tiny(**MIXTURE).train()
    with torch.no_grad():
        for block in model.model.layers:
            block.mlp.gate.weight.zero_()  # a tie: always the same two
    model(torch.tensor([text()])).logits.sum().backward()
    norms = [float(expert.down_proj.weight.grad.norm()) for expert in model.model.layers[0].mlp.experts]
    assert sorted(norm > 0 for norm in norms) == [False, False, True, True]


def test_a_mixture_goes_to_disk_under_the_hubs_names_without_loss(tmp_path: Path) -> None:
    model = tiny(**MIXTURE)
    written(model, tmp_path / "out")
    with safe_open(tmp_path / "out" / "model.safetensors", "pt") as file:
        found = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  not a dictionary
    for layer, block in enumerate(model.model.layers):
        at = f"model.layers.{layer}.block_sparse_moe"
        assert torch.equal(found.pop(f"{at}.gate.weight"), block.mlp.gate.weight)
        for number, expert in enumerate(block.mlp.experts):
            for ours, hub in OURS.items():
                weight = getattr(expert, ours).weight
                assert torch.equal(found.pop(f"{at}.experts.{number}.{hub}.weight"), weight)
    assert not any("moe" in name or "mlp" in name for name in found)


def test_lora_adapts_every_expert_and_leaves_the_router() -> None:
    model, ids = tiny(**MIXTURE), torch.tensor([text()])
    assert linear_names(model) == ["down_proj", "gate_proj", "k_proj", "o_proj", "q_proj", "up_proj", "v_proj"]
    assert len(blocks_of(tiny(**MIXTURE | {"num_experts": 8}))) == 3
    adapted = tune(LoraTuning(rank=2), model)
    trained = {name: weight for name, weight in adapted.named_parameters() if weight.requires_grad}
    assert len([name for name in trained if ".experts." in name]) == 3 * 4 * 3 * 2
    counted = shape_from_config(model.config.to_dict())
    assert counted.lora_parameters(2) == sum(weight.numel() for weight in trained.values())
    loss, sums = _part(Language(FlatPath(adapted)), batch_of([20, 12]))
    assert sums == {}  # its router stays as it is
    loss.backward()
    with torch.no_grad():
        for weight in trained.values():
            weight.add_(torch.randn_like(weight) * 0.05)
        adapted.eval()
        before = adapted(ids).logits
        torch.testing.assert_close(merge_adapter(adapted)(ids).logits, before, rtol=1e-4, atol=1e-5)


def test_what_is_a_layer_of_each_block_is_refused_for_a_mixture() -> None:
    with pytest.raises(SpecError, match="mixture of experts"):
        output_layers(tiny(**MIXTURE))


def test_the_architecture_counts_the_experts_that_a_token_goes_through() -> None:
    shape: dict[str, Any] = {"num_layers": 1, "hidden_size": 32, "num_heads": 4, "intermediate_size": 64}

    def told(**changes: Any) -> dict[str, Any]:
        return describe(batch=1, sequence=32, model=shape | changes, vocabulary=VOCAB)

    dense, mixed, single = told(), told(num_experts=8), told(num_experts=8, experts_per_token=1)
    assert mixed["note"] == ""
    a_pass = 3 * 2 * 32 * 32 * 64
    router = 2 * 32 * 32 * 8
    assert mixed["root"]["flops"] - dense["root"]["flops"] == a_pass + router
    assert single["root"]["flops"] - dense["root"]["flops"] == router
    assert mixed["root"]["parameters"] - dense["root"]["parameters"] == 7 * 3 * 32 * 64 + 8 * 32
    model = tiny(num_experts=8, experts_per_token=3)
    counted = shape_from_config(model.config.to_dict())
    idle = [weight for name, weight in model.named_parameters() if any(f"experts.{at}." in name for at in range(5))]
    assert counted.active_parameters == counted.parameters - sum(weight.numel() for weight in idle)
