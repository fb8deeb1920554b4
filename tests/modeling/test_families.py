"""Each family on the flat path gives the loss and the gradients of plain, padded Hugging Face: windows, QK-norm, soft caps, tied heads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F
from transformers import (
    AutoModelForCausalLM,
    Gemma2Config,
    Gemma3TextConfig,
    GemmaConfig,
    LlamaConfig,
    MistralConfig,
    Phi3Config,
    PhiConfig,
    PreTrainedModel,
    Qwen2Config,
    Qwen3Config,
)

from tokenloom.modeling.pretrained import load_model
from tokenloom.modeling.tuning.lora import add_lora
from tokenloom.spec.training.tuning import LoraTuning
from tokenloom.training.batches import FlatBatch, flat_batch
from tokenloom.training.paths import FlatPath, PaddedPath, path_for

VOCAB = 61
LENGTHS = [
    2,
    40,
    7,
    33,
    7,
    150,
    5,
    18,
]  # one is longer than the short way through attention, most are longer than the window
COMMON: dict[str, Any] = {
    "vocab_size": VOCAB,
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": 256,
    "pad_token_id": 0,
    "initializer_range": 0.15,  # so that attention is far from even and a wrong mask shows
}
WINDOW = {"sliding_window": 12}
SOME = ["sliding_attention", "full_attention"] * 2
SCALED = {"rope_type": "linear", "factor": 2.0, "rope_theta": 10000.0}
LLAMA_3 = {
    "rope_type": "llama3",
    "rope_theta": 5e5,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 64,
}
FAMILIES = {
    "llama": LlamaConfig(**COMMON),
    "llama-scaled-tied": LlamaConfig(**COMMON, rope_parameters=SCALED, tie_word_embeddings=True),
    "mistral": MistralConfig(**COMMON, sliding_window=None),
    "mistral-window": MistralConfig(**COMMON, **WINDOW),
    "qwen2": Qwen2Config(**COMMON),
    "qwen2-window": Qwen2Config(**COMMON, **WINDOW, use_sliding_window=True, layer_types=SOME),
    "qwen3-tied": Qwen3Config(**COMMON, tie_word_embeddings=True),
    "qwen3-window": Qwen3Config(**COMMON, **WINDOW, use_sliding_window=True, layer_types=SOME),
    "gemma": GemmaConfig(**COMMON),
    "gemma2": Gemma2Config(
        **COMMON,
        **WINDOW,
        layer_types=SOME,
        attn_logit_softcapping=0.5,
        final_logit_softcapping=3.0,
        query_pre_attn_scalar=8,
    ),
    "gemma3": Gemma3TextConfig(**COMMON, **WINDOW, layer_types=SOME, query_pre_attn_scalar=8),
}


class Store:
    """Sequences of unlike lengths; the first third of each is not learned."""

    def __init__(self) -> None:
        random = np.random.default_rng(3)
        self.tokens = random.integers(1, VOCAB, sum(LENGTHS)).astype(np.uint16)
        self.learned = np.concatenate([np.arange(n) >= n // 3 for n in LENGTHS]).astype(np.uint8)
        self.offsets = np.concatenate([[0], np.cumsum(LENGTHS)])
        self.rows = np.arange(len(LENGTHS))
        self.columns: dict[str, np.ndarray] = {}
        self.width = 1

    def __len__(self) -> int:
        return len(self.rows)


def build(family: str) -> PreTrainedModel:
    """Eager attention, because the others of transformers leave Gemma 2's soft caps out."""
    torch.manual_seed(1)
    return AutoModelForCausalLM.from_config(FAMILIES[family], attn_implementation="eager").eval()  # type: ignore[no-any-return]


def padded_loss(model: torch.nn.Module, store: Store) -> torch.Tensor:
    """One padded batch with its mask, full logits, torch's own cross-entropy."""
    ids = torch.zeros(len(store), max(LENGTHS), dtype=torch.long)
    mask, labels = torch.zeros_like(ids), torch.full_like(ids, -100)
    for row, (start, length) in enumerate(zip(store.offsets, LENGTHS, strict=False)):
        tokens = torch.from_numpy(store.tokens[start : start + length].astype(np.int64))
        learned = torch.from_numpy(store.learned[start : start + length]) != 0
        ids[row, :length], mask[row, :length] = tokens, 1
        labels[row, :length] = torch.where(learned, tokens, -100)
    logits = model(input_ids=ids, attention_mask=mask, use_cache=False).logits
    return F.cross_entropy(
        logits[:, :-1].flatten(0, 1).float(), labels[:, 1:].flatten(), ignore_index=-100, reduction="sum"
    )


def gradients(model: torch.nn.Module, loss: torch.Tensor) -> dict[str, torch.Tensor]:
    model.zero_grad()
    loss.backward()
    return {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}


def whole(store: Store) -> FlatBatch:
    return flat_batch(store, list(range(len(store))))


@pytest.mark.parametrize("family", FAMILIES)
def test_flat_equals_padded_hugging_face_in_loss_and_gradients(family: str) -> None:
    model, store = build(family), Store()
    path = path_for(model)
    assert isinstance(path, FlatPath)
    theirs, flat = padded_loss(model, store), path.loss(whole(store))
    assert float(flat.detach()) == pytest.approx(float(theirs.detach()), rel=1e-5)
    expected, found = gradients(model, theirs), gradients(model, flat)
    assert expected.keys() == found.keys()
    scale = max(float(gradient.abs().max()) for gradient in expected.values())
    for name, gradient in expected.items():
        assert (found[name] - gradient).abs().max() < 1e-4 * scale, name
    assert model.config._attn_implementation == "eager", "the model is given back as it was"
    scores = path.scores(whole(store))
    assert float(scores.loss.detach()) == pytest.approx(float(theirs.detach()), rel=1e-5)


@pytest.mark.parametrize("family", ["mistral-window", "gemma2", "qwen3-tied"])
def test_the_same_with_adapters(family: str) -> None:
    store, model = Store(), add_lora(LoraTuning(rank=4), build(family))
    torch.manual_seed(2)
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.1)
    plain = gradients(model, theirs := padded_loss(model, store))
    path = path_for(model)  # from here on the adapters are computed the fused way
    found = gradients(model, flat := path.loss(whole(store)))
    assert float(flat.detach()) == pytest.approx(float(theirs.detach()), rel=1e-5)
    assert plain.keys() == found.keys()
    scale = max(float(gradient.abs().max()) for gradient in plain.values())
    for name, gradient in plain.items():
        assert (found[name] - gradient).abs().max() < 1e-4 * scale, name


@pytest.mark.parametrize(
    ("family", "part"), [("mistral-window", "sliding_window"), ("gemma2", "attn_logit_softcapping")]
)
def test_the_special_part_matters_on_this_data(family: str, part: str) -> None:
    """Otherwise the tests above would hold for a path that ignores it."""
    model, store = build(family), Store()
    with_it = float(padded_loss(model, store).detach())
    torch.manual_seed(1)
    values = FAMILIES[family].to_dict() | {part: None if family == "gemma2" else 256}
    without = AutoModelForCausalLM.from_config(type(FAMILIES[family])(**values), attn_implementation="eager").eval()
    assert abs(float(padded_loss(without, store).detach()) - with_it) > 1e-3 * with_it


def test_attention_dropout_takes_the_padded_path_and_says_why() -> None:
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(LlamaConfig(**COMMON, attention_dropout=0.1))
    path = path_for(model)
    assert isinstance(path, PaddedPath)
    assert "drops attention weights" in path.reason


LAYOUTS = {
    "codellama": (LlamaConfig(**COMMON, rope_parameters={"rope_type": "default", "rope_theta": 1e6}), True),
    "vicuna-16k": (LlamaConfig(**COMMON, rope_parameters=SCALED), True),
    "llama-3.1": (LlamaConfig(**COMMON, rope_parameters=LLAMA_3), True),
    "qwen2": (Qwen2Config(**COMMON), True),
    "phi": (PhiConfig(**{k: v for k, v in COMMON.items() if k != "head_dim"}, partial_rotary_factor=0.5), False),
    "phi3": (Phi3Config(**{k: v for k, v in COMMON.items() if k != "head_dim"}), False),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_folder_of_each_layout_opens_as_transformers_opens_it(name: str, tmp_path: Path) -> None:
    config, is_flat = LAYOUTS[name]
    torch.manual_seed(3)
    theirs = AutoModelForCausalLM.from_config(config).eval()
    theirs.save_pretrained(tmp_path)
    ours = load_model(tmp_path).eval()
    ids = torch.randint(1, VOCAB, (2, 20))
    with torch.no_grad():
        torch.testing.assert_close(ours(input_ids=ids).logits, theirs(input_ids=ids).logits, atol=2e-5, rtol=1e-4)
    assert isinstance(path_for(ours), FlatPath) is is_flat
