"""What a model is made of, as its own modules tell it: held to models that really are in memory."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode
from transformers import AutoModelForCausalLM, GPT2Config, LlamaConfig, Qwen2Config

from tokenloom.kit.errors import DataError
from tokenloom.modeling.architecture.describe import describe
from tokenloom.modeling.architecture.tree import folded
from tokenloom.modeling.config import config_from_spec
from tokenloom.modeling.transformer import Transformer
from tokenloom.modeling.tuning import tune
from tokenloom.spec.model import TransformerModel
from tokenloom.spec.training.tuning import FreezeTuning, LoraTuning

SMALL = {"num_hidden_layers": 3, "hidden_size": 32, "num_attention_heads": 4, "intermediate_size": 64, "vocab_size": 90}
OWN = {"num_layers": 3, "hidden_size": 32, "num_heads": 4, "num_kv_heads": 2, "max_sequence_length": 64}


def found_in(node: dict[str, Any], name: str) -> dict[str, Any]:
    """The first module of this name."""
    if node["name"] == name:
        return node
    for child in node["children"]:
        try:
            return found_in(child, name)
        except KeyError:
            continue
    raise KeyError(name)


def own(**changes: Any) -> dict[str, Any]:
    return describe(batch=2, sequence=16, model=OWN | changes, vocabulary=90)


@pytest.mark.parametrize(
    "changes", [{}, {"tie_embeddings": False}, {"activation": "gelu", "position": "learned"}], ids=str
)
def test_parameters_and_arithmetic_are_those_of_the_real_model(changes: dict[str, Any]) -> None:
    root = own(**changes)["root"]
    model = Transformer(config_from_spec(TransformerModel(**(OWN | changes)), 90))
    counter = FlopCounterMode(display=False)
    with torch.no_grad(), counter:
        output = model(input_ids=torch.zeros(2, 16, dtype=torch.long), use_cache=False)
    assert root["parameters"] == root["trained"] == sum(each.numel() for each in model.parameters())
    attention = (
        3 * 4 * 2 * 16 * 16 * 32
    )  # layers · 4 · B · T² · D: one kernel on a CPU, which torch's counter passes by
    assert root["flops"] == counter.get_total_flops() + attention
    assert root["output_shape"] == list(output.logits.shape) == [2, 16, 90]
    assert root["weight_bytes"] == 4 * root["parameters"]


def test_blocks_that_repeat_stand_once_and_their_numbers_add_up() -> None:
    root = own()["root"]
    decoder = found_in(root, "model")["children"][0]
    block = found_in(root, "layers.0")
    assert (block["times"], block["last"], block["role"]) == (3, "layers.2", "block")
    assert block["parameters"] == 3 * sum(child["parameters"] for child in block["children"])
    assert sum(child["parameters"] for child in decoder["children"]) == decoder["parameters"]
    attention = found_in(block, "self_attn")
    assert attention["role"] == "attention" and found_in(block, "mlp")["role"] == "feed_forward"
    assert attention["flops"] > sum(child["flops"] for child in attention["children"]), "scores and their use"
    keys = found_in(attention, "k_proj")
    assert (keys["input_shape"], keys["output_shape"]) == ([2, 16, 32], [2, 16, 16]), "two of four heads"


def test_a_tied_head_is_counted_once() -> None:
    head, alone = (found_in(own(**change)["root"], "lm_head") for change in ({}, {"tie_embeddings": False}))
    assert head["is_shared"] and head["parameters"] == 0 and head["role"] == "head"
    assert not alone["is_shared"] and alone["parameters"] == 32 * 90


@pytest.mark.parametrize("tuning", [LoraTuning(rank=4), FreezeTuning(last_layers=1)], ids=["lora", "freeze"])
def test_what_is_trained_is_told_as_tuning_makes_it(tuning: Any) -> None:
    root = describe(batch=1, sequence=8, model=OWN, vocabulary=90, tuning=tuning.model_dump(mode="json"))["root"]
    real = tune(tuning, Transformer(config_from_spec(TransformerModel(**OWN), 90)))
    assert root["trained"] == sum(each.numel() for each in real.parameters() if each.requires_grad)
    assert root["parameters"] == sum(each.numel() for each in real.parameters())
    if tuning.kind == "freeze":  # the trained block is another than those that are frozen
        times = [
            node["times"] for node in found_in(root, "model")["children"][0]["children"] if node["role"] == "block"
        ]
        assert times == [2, 1]
    else:
        assert found_in(root, "lora_A")["trained"] > 0


def test_virtual_tokens_stand_beside_the_model() -> None:
    tuning = {"kind": "prompt", "num_virtual_tokens": 5}
    root = describe(batch=1, sequence=8, model=OWN, vocabulary=90, tuning=tuning)["root"]
    assert found_in(root, "prompt_encoder")["trained"] == root["trained"] == 5 * 32


@pytest.mark.parametrize(
    "config",
    [
        LlamaConfig(**SMALL),
        Qwen2Config(**SMALL, num_key_value_heads=2),
        GPT2Config(n_layer=3, n_embd=32, n_head=4, vocab_size=90),
    ],
    ids=["llama", "qwen2", "gpt2"],
)
def test_pretrained_families_are_read_from_their_config_alone(config: Any) -> None:
    found = describe(batch=2, sequence=8, config=config.to_dict())
    real = AutoModelForCausalLM.from_config(config)
    assert found["note"] == ""
    assert found["root"]["parameters"] == sum(each.numel() for each in real.parameters())
    assert found["root"]["output_shape"] == [2, 8, 90] and found["root"]["flops"] > 0
    assert found["facts"]["family"] in (config.model_type, "tokenloom")
    assert (found["facts"]["layers"], found["facts"]["heads"], found["facts"]["head_size"]) == (3, 4, 8)


def test_a_scorer_has_its_head() -> None:
    root = describe(batch=2, sequence=8, model=OWN, vocabulary=90, labels=3)["root"]
    assert found_in(root, "score")["role"] == "head" and root["output_shape"] == [2, 3]


def test_a_sequence_is_cut_to_what_the_model_can_read() -> None:
    assert describe(batch=1, sequence=5000, model=OWN, vocabulary=90)["sequence"] == 64


def test_an_unknown_family_is_refused_with_what_to_do() -> None:
    with pytest.raises(DataError, match="not known here") as error:
        describe(batch=1, sequence=8, config={"model_type": "no-such-family"})
    assert "Update transformers" in error.value.hint


def node(name: str, parameters: int) -> dict[str, Any]:
    sums = dict.fromkeys(("trained", "weight_bytes", "activation_bytes", "training_bytes", "flops"), 0)
    return {"name": name, "kind": "B", "times": 1, "children": [], "parameters": parameters, **sums}


def test_only_neighbours_that_are_alike_are_folded() -> None:
    found = folded([node("0", 5), node("1", 5), node("2", 9), node("3", 5)])
    assert [(each["name"], each["times"], each["parameters"]) for each in found] == [
        ("0", 2, 10),
        ("2", 1, 9),
        ("3", 1, 5),
    ]
