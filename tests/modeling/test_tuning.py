"""Every way of tuning: begins as the base, trains what it says and nothing else, comes back from disk with the same logits."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from engine_kit import VOCAB, make_tokens, tiny_model
from torch import nn
from transformers import GPT2Config, GPT2LMHeadModel

from tokenloom.kit.errors import Conflict, DataError, ExportError, MissingExtra, NotFound, SpecError
from tokenloom.modeling import adapter
from tokenloom.modeling.config import config_from_spec
from tokenloom.modeling.generate import generate_batch, longest_prompt
from tokenloom.modeling.scoring import with_score_head
from tokenloom.modeling.transformer import Transformer
from tokenloom.modeling.tuning import quantized, thaw, tune
from tokenloom.modeling.tuning.quantized import num_weights
from tokenloom.spec.generation import BeamSampling, GenerationSpec
from tokenloom.spec.model import TransformerModel
from tokenloom.spec.training.tuning import (
    BottleneckTuning,
    FreezeTuning,
    FullTuning,
    Ia3Tuning,
    LoraTuning,
    PrefixTuning,
    PromptTuning,
)
from tokenloom.training.batches import flat_batch
from tokenloom.training.paths import FlatPath, PaddedPath, path_for

ADAPTERS = {
    "lora": LoraTuning(rank=4),
    "rslora": LoraTuning(rank=4, use_rslora=True),
    "dora": LoraTuning(rank=4, use_dora=True),
    "ia3": Ia3Tuning(),
    "houlsby": BottleneckTuning(size=4, placement="houlsby"),
    "pfeiffer": BottleneckTuning(size=4),
    "prompt": PromptTuning(num_virtual_tokens=5),
    "prefix": PrefixTuning(num_virtual_tokens=5),
}
MERGEABLE = ("lora", "rslora", "dora", "ia3")
IDS = torch.tensor([[5, 6, 7, 8, 9, 10]])


def gpt2() -> GPT2LMHeadModel:
    torch.manual_seed(0)
    sizes = {"n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 64}
    return GPT2LMHeadModel(GPT2Config(vocab_size=VOCAB, bos_token_id=0, eos_token_id=0, **sizes))


FAMILIES = {"ours": tiny_model, "grouped": lambda: tiny_model(num_kv_heads=2), "gpt2": gpt2}


def shaken(spec: Any, family: str = "ours") -> torch.nn.Module:
    """A tuned model whose trained parameters are no longer what they began as."""
    model = tune(spec, FAMILIES[family]())
    random = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for parameter in adapter.trained_parameters(model).values():
            parameter += 0.1 * torch.randn(parameter.shape, generator=random)
    return model.eval()


def logits(model: torch.nn.Module, ids: torch.Tensor = IDS) -> torch.Tensor:
    with torch.no_grad():
        return model(input_ids=ids).logits[:, -ids.shape[1] :]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("kind", ADAPTERS)
def test_an_adapter_begins_as_nothing_and_leaves_every_weight_alone(kind: str, family: str) -> None:
    base = FAMILIES[family]().eval()
    before = logits(base)
    weights = {id(parameter) for parameter in base.parameters()}
    model = tune(ADAPTERS[kind], base).eval()
    trained = adapter.trained_parameters(model)
    assert trained and not weights & {id(parameter) for parameter in trained.values()}
    if ADAPTERS[kind].has_virtual_tokens:
        assert adapter.num_virtual_tokens(model) == 5
    else:
        assert torch.allclose(logits(model), before, atol=1e-6)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("kind", ADAPTERS)
def test_an_adapter_comes_back_from_disk_with_the_same_logits_and_can_go_on(
    kind: str, family: str, tmp_path: Path
) -> None:
    model = shaken(ADAPTERS[kind], family)
    adapter.save_adapter(model, tmp_path, base="somewhere")
    again = adapter.load_adapter(FAMILIES[family](), tmp_path, trainable=True).eval()
    assert torch.equal(logits(again), logits(model))
    assert adapter.trained_parameters(again).keys() == adapter.trained_parameters(model).keys()
    assert adapter.fingerprint(again) == adapter.fingerprint(model)
    assert not adapter.trained_parameters(adapter.load_adapter(FAMILIES[family](), tmp_path))


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("kind", ADAPTERS)
def test_text_is_drawn_as_the_whole_model_sees_it(kind: str, family: str) -> None:
    """With the cache, in a batch with padding, and by beams: the same as one full pass for each token."""
    model = shaken(ADAPTERS[kind], family)
    spec = GenerationSpec(max_new_tokens=6)
    prompts = [[5, 6], [7, 8, 9, 10]]
    for prompt, answer in zip(prompts, generate_batch(model, prompts, spec, stop_ids=[]), strict=True):
        ids = list(prompt)
        for token in answer.ids:
            assert token == int(logits(model, torch.tensor([ids]))[0, -1].argmax())
            ids.append(token)
    beams = spec.model_copy(update={"max_new_tokens": 1, "sampling": BeamSampling(num_beams=3)})
    found = generate_batch(model, prompts[:1], beams, stop_ids=[])[0].ids
    assert found == generate_batch(model, prompts[:1], spec, stop_ids=[])[0].ids[:1]


@pytest.mark.parametrize("kind", ["full", *ADAPTERS])
def test_loss_and_gradients_are_those_of_one_sequence_at_a_time(kind: str) -> None:
    model = shaken(ADAPTERS.get(kind, FullTuning()))
    path, store = path_for(model), make_tokens(6)
    batch = flat_batch(store, list(range(6)))
    assert type(path) is (PaddedPath if kind in ("prompt", "prefix") else FlatPath)
    gradients, losses = [], []
    for batches in ([batch], [flat_batch(store, [number]) for number in range(6)]):
        model.zero_grad()
        loss = sum(path.loss(each) for each in batches)
        loss.backward()
        losses.append(float(loss))
        gradients.append(torch.cat([p.grad.flatten() for p in adapter.trained_parameters(model).values()]))
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
    assert torch.allclose(*gradients, atol=1e-4)


def test_virtual_tokens_take_the_padded_path_and_it_says_why() -> None:
    path = path_for(tune(ADAPTERS["prompt"], tiny_model()))
    assert isinstance(path, PaddedPath) and "virtual tokens stand before each text" in path.reason
    assert longest_prompt(path.model) == 64 - 5 - 1


@pytest.mark.parametrize("kind", ADAPTERS)
def test_merging_is_exact_and_can_be_undone_or_is_refused(kind: str) -> None:
    model = shaken(ADAPTERS[kind])
    before = logits(model)
    if kind not in MERGEABLE:
        for merge in (adapter.merge_adapter, adapter.merge_for_now, adapter.unmerge, adapter.plain):
            with pytest.raises(ExportError, match="cannot be merged"):
                merge(model)
        return
    adapter.merge_for_now(model)
    assert torch.allclose(logits(model), before, atol=1e-4)
    adapter.unmerge(model)
    assert torch.allclose(logits(model), before, atol=1e-4)
    merged = adapter.merge_adapter(model)
    assert not adapter.is_adapted(merged) and torch.allclose(logits(merged), before, atol=1e-4)


@pytest.mark.parametrize("kind", ADAPTERS)
def test_an_adapter_can_be_left_off(kind: str) -> None:
    model, base = shaken(ADAPTERS[kind]), logits(tiny_model().eval())
    assert not torch.allclose(logits(model), base, atol=1e-3)
    with adapter.without_adapter(model):
        assert torch.allclose(logits(model), base, atol=1e-6)
    assert not torch.allclose(logits(model), base, atol=1e-3)


def test_several_adapters_side_by_side(tmp_path: Path) -> None:
    expected = {}
    for seed, name in enumerate(("formal", "short")):
        made = tune(LoraTuning(rank=2 + 2 * seed), tiny_model())
        torch.manual_seed(seed)
        with torch.no_grad():
            for parameter in adapter.trained_parameters(made).values():
                parameter.normal_(0, 0.2)
        adapter.save_adapter(made, tmp_path / name, base="")
        expected[name] = logits(made.eval())
    model = adapter.load_adapter(tiny_model(), tmp_path / "formal", name="formal").eval()
    adapter.load_beside(model, tmp_path / "short", "short")
    assert adapter.adapter_names(model) == ["formal", "short"]
    for name in ("formal", "short", "formal"):
        adapter.choose_adapter(model, name)
        assert torch.equal(logits(model), expected[name])
    with pytest.raises(NotFound, match="no adapter “shrt”") as error:
        adapter.choose_adapter(model, "shrt")
    assert "short" in error.value.hint
    with pytest.raises(Conflict, match="already"):
        adapter.load_beside(model, tmp_path / "short", "short")
    alone = tune(BottleneckTuning(size=4), tiny_model())
    with pytest.raises(Conflict, match="stand alone"):
        adapter.load_beside(alone, tmp_path / "short", "short")


@pytest.mark.parametrize("kind", ["lora", "houlsby", "prompt", "prefix"])
def test_an_adapter_of_another_shape_or_a_damaged_one_is_refused(kind: str, tmp_path: Path) -> None:
    adapter.save_adapter(shaken(ADAPTERS[kind]), tmp_path, base="")
    torch.manual_seed(0)
    wide = FAMILIES["gpt2"]() if kind == "lora" else Transformer(_wider())
    with pytest.raises(DataError, match="does not fit this model"):
        adapter.load_adapter(wide, tmp_path)
    (tmp_path / "adapter_model.safetensors").write_bytes(b"nothing")
    with pytest.raises(DataError, match="does not fit this model"):
        adapter.load_adapter(tiny_model(), tmp_path)


def _wider() -> Any:
    return config_from_spec(TransformerModel(num_layers=2, hidden_size=64, num_heads=4), VOCAB)


# --- freezing ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("family", FAMILIES)
def test_the_last_blocks_alone(family: str) -> None:
    model = tune(FreezeTuning(last_layers=1), FAMILIES[family]())
    names = set(adapter.trained_parameters(model))
    blocks = {name for name in names if ".layers." in name or ".h." in name}
    assert blocks and all(".1." in name for name in blocks)
    assert not any("embed" in name or "wte" in name or "wpe" in name for name in names), "tied to the head"
    assert len(names - blocks) in (1, 2), "the final norm"


def test_patterns_say_what_is_trained() -> None:
    model = tiny_model()
    everything = {name for name, _ in model.named_parameters()}
    norms = {name for name in everything if "norm" in name}
    tune(FreezeTuning(train=["*norm*"]), model)
    assert set(adapter.trained_parameters(model)) == norms
    tune(FreezeTuning(freeze=["*embed_tokens*"]), model)
    assert set(adapter.trained_parameters(model)) == everything - {"model.embed_tokens.weight"}
    tune(FreezeTuning(last_layers=1, train=["model.layers.0.mlp.*"], freeze=["*norm*"]), model)
    trained = set(adapter.trained_parameters(model))
    assert "model.layers.0.mlp.up_proj.weight" in trained and not trained & norms
    assert "model.layers.0.self_attn.q_proj.weight" not in trained


def test_blocks_thaw_one_after_the_other() -> None:
    spec = FreezeTuning(last_layers=1, unfreeze_every_steps=3)
    model = tune(spec, tiny_model())
    assert len(adapter.trained_parameters(model)) == len(list(model.parameters())), "all that is ever trained"
    counts = []
    for step in (0, 2, 3, 5, 6, 100, 0):
        thaw(spec, model, step)
        counts.append(len(adapter.trained_parameters(model)))
    assert counts == [10, 10, 19, 19, 20, 20, 10]


@pytest.mark.parametrize(
    ("spec", "message", "fix"),
    [
        (FreezeTuning(train=["*.atention.*"]), "no parameter fits", "\\* stands for anything"),
        (FreezeTuning(freeze=["*"]), "nothing is left to train", "Freeze less"),
        (FreezeTuning(last_layers=3), "the model has 2 blocks", "at most 2"),
        (LoraTuning(target_modules=["q_prj"]), "no linear layer “q_prj”", "Did you mean q_proj"),
        (
            Ia3Tuning(target_modules=["v_proj"], feedforward_modules=["down_proj"]),
            "not among target_modules",
            "Name it",
        ),
        (PromptTuning(num_virtual_tokens=40), "too little of the model's 64 places", "at most 8"),
        (PrefixTuning(num_virtual_tokens=64), "too little of the model's 64 places", "at most 8"),
    ],
)
def test_what_cannot_be_tuned_is_refused_at_its_field(spec: Any, message: str, fix: str) -> None:
    with pytest.raises(SpecError, match=message) as error:
        tune(spec, tiny_model())
    assert re.search(fix, error.value.hint)
    assert error.value.details["errors"][0]["field"].startswith("tuning.")


# --- quantised ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bits", [4, 8])
def test_without_the_library_quantised_weights_are_refused_by_name(bits: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quantized, "find_spec", lambda _: None)
    with pytest.raises(MissingExtra, match=f"tuning.base_bits={bits} needs the optional extra") as error:
        tune(LoraTuning(rank=4, base_bits=bits), tiny_model())
    assert "tokenloom[quantized]" in error.value.hint


@pytest.mark.parametrize(("bits", "use_dora"), [(4, False), (8, False), (4, True)])
def test_an_adapter_learns_beside_quantised_weights(bits: int, use_dora: bool, tmp_path: Path) -> None:
    pytest.importorskip("bitsandbytes")
    spec = LoraTuning(rank=4, base_bits=bits, use_dora=use_dora)
    base = logits(tiny_model().eval())
    model = tune(spec, tiny_model())
    weight = model.get_base_model().model.layers[0].mlp.up_proj.base_layer.weight
    assert weight.dtype == (torch.uint8 if bits == 4 else torch.int8)
    assert 0 < (logits(model.eval()) - base).abs().max() < (0.05 if bits == 4 else 0.01)
    path, batch = path_for(model.train()), flat_batch(make_tokens(6), list(range(6)))
    optimizer = torch.optim.AdamW(adapter.trained_parameters(model).values(), lr=0.02)
    losses = []
    for _ in range(15):
        loss = path.loss(batch) / batch.num_labels
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(float(loss))
    assert losses[-1] < losses[0] - 0.05
    adapter.save_adapter(model, tmp_path, base="")
    under = tiny_model()
    quantized.quantize_base(under, bits)
    again = adapter.load_adapter(under, tmp_path).eval()
    assert torch.equal(logits(again), logits(model.eval()))


# --- a head for classes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["lora", "dora", "ia3"])
def test_a_head_for_classes_is_trained_and_kept_beside_the_adapter(kind: str, tmp_path: Path) -> None:
    def scorer() -> torch.nn.Module:
        torch.manual_seed(4)
        return with_score_head(tiny_model(), ["good", "bad"])

    model = tune(ADAPTERS[kind], scorer())
    trained = adapter.trained_parameters(model)
    assert any("score" in name for name in trained)
    with torch.no_grad():
        for parameter in trained.values():
            parameter += 0.1
    adapter.save_adapter(model.eval(), tmp_path, base="")
    again = adapter.load_adapter(scorer(), tmp_path, trainable=True).eval()
    assert torch.equal(again(input_ids=IDS).logits, model(input_ids=IDS).logits)


@pytest.mark.parametrize("kind", ["houlsby", "prompt", "prefix"])
def test_what_cannot_train_a_head_for_classes_is_refused(kind: str) -> None:
    with pytest.raises(SpecError, match="cannot train a head for classes") as error:
        tune(ADAPTERS[kind], with_score_head(tiny_model(), ["good", "bad"]))
    assert "lora" in error.value.hint


def test_packed_weights_count_as_many_as_they_stand_for() -> None:
    packed = nn.Parameter(torch.zeros(12, 1, dtype=torch.uint8), requires_grad=False)
    assert num_weights(packed) == 12
    packed.quant_state = SimpleNamespace(shape=torch.Size([4, 6]))
    assert num_weights(packed) == 24
