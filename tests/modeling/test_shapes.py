"""Every part that our transformer can be made of, against a plain computation in double precision that shares no code with it.

Then what follows from a part: training on a flat row, drawing text with a cache, going to disk and back, and export where transformers has the shape.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.nn import functional as F
from transformers import AutoModelForCausalLM

from tokenloom.export.huggingface import write_adapter, write_merged
from tokenloom.kit.errors import ExportError
from tokenloom.modeling.config import config_from_spec
from tokenloom.modeling.generate import generate_batch
from tokenloom.modeling.pretrained import load_model, save_model
from tokenloom.modeling.transformer import Transformer
from tokenloom.modeling.tuning import tune
from tokenloom.resources.shape import shape_from_config
from tokenloom.spec.generation import GenerationSpec
from tokenloom.spec.model import TransformerModel
from tokenloom.spec.training.tuning import LoraTuning

VOCAB, LENGTH = 61, 40
ACTIVATIONS = {
    "swiglu": lambda gate, up: gate / (1 + torch.exp(-gate)) * up,
    "geglu": lambda gate, up: gelu(gate) * up,
    "gelu": lambda _, up: gelu(up),
    "relu2": lambda _, up: up.clamp_min(0) ** 2,
}
SHAPES: dict[str, dict[str, Any]] = {
    "llama": {},
    "geglu": {"activation": "geglu", "num_kv_heads": 2},
    "relu2": {"activation": "relu2"},
    "window": {"sliding_window": 8, "num_kv_heads": 2},
    "narrow": {"sliding_window": 2, "activation": "geglu"},
    "sinusoidal": {"position": "sinusoidal"},
    "linear": {"rope_scaling": "linear", "rope_factor": 4.0},
    "llama3": {"rope_scaling": "llama3", "rope_factor": 8.0, "rope_original_length": 16, "head_size": 16},
    "llama3-window": {"rope_scaling": "llama3", "rope_factor": 2.5, "rope_original_length": 24, "sliding_window": 9},
    "window-alibi": {"sliding_window": 5, "position": "alibi"},
    "ntk": {"rope_scaling": "ntk", "rope_factor": 4.0},
    "yarn": {
        "rope_scaling": "yarn",
        "rope_factor": 4.0,
        "rope_original_length": 16,
        "rope_theta": 50.0,
        "head_size": 16,
    },
    "post": {"norm_position": "post"},
    "post-sinusoidal": {"norm_position": "post", "position": "sinusoidal", "activation": "relu2"},
    "sandwich": {"norm_position": "sandwich"},
    "experts": {"num_experts": 4},
    "experts-one": {"num_experts": 3, "experts_per_token": 1, "activation": "geglu", "sliding_window": 9},
    "experts-plain": {"num_experts": 4, "experts_per_token": 3, "activation": "relu2", "norm_position": "sandwich"},
}
ELSEWHERE = {
    "llama": "LlamaForCausalLM",
    "geglu": "LlamaForCausalLM",
    "linear": "LlamaForCausalLM",
    "llama3": "LlamaForCausalLM",
    "ntk": "LlamaForCausalLM",
    "yarn": "LlamaForCausalLM",
    "experts": "MixtralForCausalLM",
    "experts-one": "MixtralForCausalLM",
    "llama3-window": "MistralForCausalLM",
    "window": "MistralForCausalLM",
    "narrow": "MistralForCausalLM",
}  # shapes that transformers has, and its class for them
shapes = pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)


def tiny(**changes: Any) -> Transformer:
    torch.manual_seed(0)
    spec = TransformerModel(
        **({"num_layers": 3, "hidden_size": 32, "num_heads": 4, "max_sequence_length": 64} | changes)
    )
    model = Transformer(config_from_spec(spec, VOCAB, eos_token_id=3, pad_token_id=0)).eval()
    with torch.no_grad():  # sharper than at the start, so that an error shows
        for name, weight in model.named_parameters():
            weight.mul_(3.0) if weight.dim() > 1 else weight.add_(torch.randn_like(weight) * 0.1)
            assert torch.isfinite(weight).all(), name
    return model


def gelu(x: torch.Tensor) -> torch.Tensor:
    return 0.5 * x * (1 + torch.tanh((2 / torch.pi) ** 0.5 * (x + 0.044715 * x**3)))


def reference(model: Transformer, ids: list[int]) -> torch.Tensor:
    """(T, V) logits of one text: token by token, head by head."""
    weights = {name: weight.detach().double() for name, weight in model.state_dict().items()}
    config, at = model.config, "model.layers.{}."
    stream = weights["model.embed_tokens.weight"][ids]
    if config.position == "sinusoidal":
        stream = stream * config.hidden_size**0.5
        for at_token, row in enumerate(stream):
            for column in range(config.hidden_size):
                wave = at_token / 10_000 ** (column // 2 * 2 / config.hidden_size)
                row[column] += math.cos(wave) if column % 2 else math.sin(wave)

    def norm(x: torch.Tensor, name: str) -> torch.Tensor:
        return x / (x.square().mean(-1, keepdim=True) + config.rms_norm_eps).sqrt() * weights[name]

    for layer in range(config.num_hidden_layers):
        own = {name: weight for name, weight in weights.items() if name.startswith(at.format(layer))}
        part = {name.removeprefix(at.format(layer)): weight for name, weight in own.items()}
        before, after, before_fed, after_fed = (
            f"{at.format(layer)}{name}_layernorm.weight"
            for name in ("input", "post_attention", "pre_feedforward", "post_feedforward")
        )
        if config.norm_position == "post":
            stream = norm(stream + attended(config, part, stream), after)
            stream = norm(stream + fed(config, part, stream), after_fed)
        elif config.norm_position == "sandwich":
            stream = stream + norm(attended(config, part, norm(stream, before)), after)
            stream = stream + norm(fed(config, part, norm(stream, before_fed)), after_fed)
        else:
            stream = stream + attended(config, part, norm(stream, before))
            stream = stream + fed(config, part, norm(stream, after))
    assert ("model.norm.weight" in weights) == (config.norm_position != "post")
    stream = norm(stream, "model.norm.weight") if "model.norm.weight" in weights else stream
    return stream @ weights["lm_head.weight"].T


def fed(config: Any, part: dict[str, torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    if config.num_local_experts is None:
        return through(config, part, "mlp", x)
    rows = []
    for token in x:  # each goes through its experts alone
        scores = (part["mlp.gate.weight"] @ token).tolist()
        best = sorted(range(len(scores)), key=lambda expert: -scores[expert])[: config.num_experts_per_tok]
        heights = {expert: math.exp(scores[expert]) for expert in best}
        parts = [through(config, part, f"mlp.experts.{expert}", token) * heights[expert] for expert in best]
        rows.append(sum(parts) / sum(heights.values()))
    return torch.stack(rows)


def through(config: Any, part: dict[str, torch.Tensor], name: str, x: torch.Tensor) -> torch.Tensor:
    gate = x @ part[f"{name}.gate_proj.weight"].T if f"{name}.gate_proj.weight" in part else None
    up = x @ part[f"{name}.up_proj.weight"].T
    return ACTIVATIONS[config.activation](gate, up) @ part[f"{name}.down_proj.weight"].T


def attended(config: Any, part: dict[str, torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    size, share = config.head_dim, config.num_attention_heads // config.num_key_value_heads
    q, k, v = ((x @ part[f"self_attn.{name}_proj.weight"].T).split(size, dim=-1) for name in "qkv")
    q, k = ([turned(config, head) for head in heads] for heads in (q, k))
    outputs = []
    for head in range(config.num_attention_heads):
        rows = []
        for query in range(len(x)):
            window = config.sliding_window or len(x)
            last = query if config.attention == "causal" else min(query + window, len(x)) - 1
            seen = slice(max(query + 1 - window, 0), last + 1)
            scores = k[head // share][seen] @ q[head][query] / size**0.5
            if config.position == "alibi":
                distances = torch.tensor([abs(query - key) for key in range(seen.start, seen.stop)])
                scores -= 2.0 ** (-8 * (head + 1) / config.num_attention_heads) * distances
            rows.append(scores.softmax(0) @ v[head // share][seen])
        outputs.append(torch.stack(rows))
    return torch.cat(outputs, dim=-1) @ part["self_attn.o_proj.weight"].T


def turned(config: Any, head: torch.Tensor) -> torch.Tensor:
    """Pairs as complex numbers, each turned by position times frequency."""
    if config.position != "rope":
        return head
    half = config.head_dim // 2
    frequencies = config.rope_theta ** (-torch.arange(half, dtype=torch.double) / half)
    for at in range(half):
        factor, length = config.rope_factor, config.rope_original_length
        if config.rope_kind == "linear":
            frequencies[at] /= factor
        elif config.rope_kind == "llama3":
            wave = 2 * math.pi / float(frequencies[at])
            if wave > length:
                frequencies[at] /= factor
            elif wave > length / 4:
                share = (length / wave - 1) / 3
                frequencies[at] *= (1 - share) / factor + share
    height = 1.0
    if config.rope_kind == "yarn":
        height = 1 + math.log(config.rope_factor) / 10
        seen = [config.rope_original_length * float(each) / (2 * math.pi) for each in frequencies]  # turns of each pair
        first = max((at for at in range(half) if seen[at] >= 32), default=0)
        last = next((at for at in range(half) if seen[at] <= 1), half)
        for at in range(half):
            kept = 1 - min(max((at - first) / (last - first), 0), 1)
            frequencies[at] *= kept + (1 - kept) / config.rope_factor
    turns = torch.outer(torch.arange(len(head), dtype=torch.double), frequencies)
    pairs = torch.complex(head[:, :half], head[:, half:]) * torch.polar(torch.full_like(turns, height), turns)
    return torch.cat([pairs.real, pairs.imag], dim=-1)


def text(seed: int = 0, length: int = LENGTH) -> list[int]:
    return torch.randint(4, VOCAB, (length,), generator=torch.Generator().manual_seed(seed)).tolist()


@shapes
def test_a_shape_computes_what_the_plain_reference_computes(shape: dict[str, Any]) -> None:
    model, ids = tiny(**shape), text()
    expected = reference(model, ids)
    with torch.no_grad():
        torch.testing.assert_close(model(torch.tensor([ids])).logits[0].double(), expected, rtol=1e-3, atol=1e-4)
    trained = model(torch.tensor([ids])).logits[0]  # by the fused parts
    torch.testing.assert_close(trained.double(), expected, rtol=1e-3, atol=1e-4)


@shapes
def test_gradients_are_those_of_finite_differences(shape: dict[str, Any]) -> None:
    """Along a random direction through all weights at once, in double precision."""
    model, ids = tiny(num_layers=2, **shape).double(), torch.tensor([text(1, 20)])

    def loss() -> torch.Tensor:
        return F.cross_entropy(model(ids).logits[0, :-1], ids[0, 1:])

    loss().backward()
    weights = list(model.parameters())
    directions = [torch.randn_like(weight) for weight in weights]
    slope = sum(float((weight.grad * way).sum()) for weight, way in zip(weights, directions, strict=True))
    step, sides = 1e-6, []
    for sign in (1, -2):
        with torch.no_grad():
            for weight, way in zip(weights, directions, strict=True):
                weight.add_(way, alpha=sign * step)
        sides.append(loss().item())
    assert abs(slope) > 1e-3
    assert (sides[0] - sides[1]) / (2 * step) == pytest.approx(slope, rel=1e-4)


@shapes
def test_text_drawn_with_a_cache_is_that_drawn_without(shape: dict[str, Any]) -> None:
    model, prompts = tiny(**shape), [text(2, 7), text(3, 1), text(4, 30)]
    answers = generate_batch(model, prompts, GenerationSpec(max_new_tokens=20), stop_ids=[])
    for prompt, answer in zip(prompts, answers, strict=True):
        ids = list(prompt)
        for _ in range(20):
            ids.append(int(model(torch.tensor([ids])).logits[0, -1].argmax()))
        assert answer.ids == ids[len(prompt) :]
    assert len({tuple(answer.ids) for answer in answers}) == 3


@shapes
def test_a_shape_goes_to_disk_and_back_and_its_weights_are_counted(shape: dict[str, Any], tmp_path: Path) -> None:
    model, ids = tiny(**shape), torch.tensor([text()])
    save_model(model, tmp_path)
    again = load_model(tmp_path)
    assert isinstance(again, Transformer)
    with torch.no_grad():
        assert torch.equal(again(ids).logits, model(ids).logits)
    counted = shape_from_config(model.config.to_dict())
    assert counted.parameters == sum(weight.numel() for weight in model.parameters())


@pytest.mark.parametrize("name", SHAPES)
def test_an_adapter_goes_alone_where_its_base_is_a_llama_and_else_is_refused(name: str, tmp_path: Path) -> None:
    adapted = tune(LoraTuning(rank=2), tiny(**SHAPES[name]))
    options = {"tokenizer_folder": tmp_path, "template": "", "base": "base"}
    if name in ("llama", "ntk"):
        write_adapter(adapted, tmp_path / "out", **options)
        assert (tmp_path / "out" / "adapter_model.safetensors").is_file()
        return
    with pytest.raises(ExportError, match="cannot open the base of this adapter") as error:
        write_adapter(adapted, tmp_path / "out", **options)
    assert ("merge_adapter=true" in str(error.value.hint)) == (name in ELSEWHERE)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_is_exported_where_transformers_has_it_and_else_refused_in_words(name: str, tmp_path: Path) -> None:
    model = tiny(**SHAPES[name])
    options = {"tokenizer_folder": tmp_path, "template": "", "stop_ids": [3]}
    if name not in ELSEWHERE:
        with pytest.raises(ExportError, match="has no form in plain transformers") as error:
            write_merged(model, tmp_path / "out", **options)
        changed = [f"{key}={value}" for key, value in SHAPES[name].items()]
        assert any(each in str(error.value) for each in changed)
        assert not any(each in str(error.value) for each in ("attention=causal", "norm_position=pre"))
        return
    write_merged(model, tmp_path / "out", **options)
    theirs = AutoModelForCausalLM.from_pretrained(tmp_path / "out")
    assert type(theirs).__name__ == ELSEWHERE[name]
    ids = torch.tensor([text()])
    with torch.no_grad():
        torch.testing.assert_close(theirs(ids).logits, model(ids).logits, rtol=1e-4, atol=1e-5)
        drawn = theirs.generate(ids, max_new_tokens=20, do_sample=False, eos_token_id=None, pad_token_id=0)
    ours = generate_batch(model, ids.tolist(), GenerationSpec(max_new_tokens=20), stop_ids=[])[0].ids
    assert drawn[0, LENGTH:].tolist() == ours
    assert isinstance(load_model(tmp_path / "out"), Transformer) == model.config.is_llama
