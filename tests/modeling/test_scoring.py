"""Heads over classes: the same model as transformers', flat and padded, saved and opened."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from engine_kit import make_tokens, tiny_model
from transformers import (
    AutoModelForSequenceClassification,
    GPT2Config,
    GPT2LMHeadModel,
    PreTrainedModel,
    Qwen2Config,
    Qwen2ForCausalLM,
)

from tokenloom.data.tokens.layout import closed
from tokenloom.modeling.pretrained import load_model, save_model
from tokenloom.modeling.scoring import TransformerForSequenceClassification, is_scorer, labels_of, with_score_head
from tokenloom.training.batches import FlatBatch, FlatTokens, flat_batch
from tokenloom.training.objective.scoring import Classification, logits_of
from tokenloom.training.paths import FlatPath, PaddedPath, path_for

LABELS = ["bad", "good", "odd"]


def texts() -> tuple[FlatTokens, list[list[int]]]:
    """Six texts with a closing token and a class each, and the same as plain lists."""
    import numpy as np

    source = make_tokens(6)
    plain = [source.tokens[a:b].astype(np.int32) for a, b in zip(source.offsets[:-1], source.offsets[1:], strict=True)]
    pairs = [closed(ids) for ids in plain]
    store = FlatTokens(
        tokens=np.concatenate([ids for ids, _ in pairs]),
        learned=np.concatenate([mask for _, mask in pairs]),
        offsets=np.concatenate([[0], np.cumsum([len(ids) for ids, _ in pairs])]),
        rows=np.arange(6),
        columns={"value": np.array([0, 1, 2, 0, 1, 2], dtype=np.float32)},
    )
    return store, [ids.tolist() for ids in plain]


def batch() -> FlatBatch:
    return flat_batch(texts()[0], list(range(6)))


def qwen() -> PreTrainedModel:
    torch.manual_seed(0)
    shape = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
    return Qwen2ForCausalLM(Qwen2Config(vocab_size=61, num_key_value_heads=2, pad_token_id=0, **shape))


def gpt2() -> PreTrainedModel:
    torch.manual_seed(0)
    return GPT2LMHeadModel(GPT2Config(vocab_size=61, n_embd=32, n_layer=2, n_head=4, n_positions=64, pad_token_id=0))


@pytest.mark.parametrize("make", [tiny_model, qwen, gpt2])
def test_the_class_is_told_at_the_last_token_as_transformers_does(make: type) -> None:
    scorer = with_score_head(make(), LABELS).eval()
    assert labels_of(scorer) == LABELS
    with torch.no_grad():
        alone = torch.cat([scorer(input_ids=torch.tensor([ids])).logits for ids in texts()[1]])
        for path in (path_for(scorer), PaddedPath(scorer, "a test")):
            torch.testing.assert_close(logits_of(path, batch()), alone, rtol=1e-4, atol=1e-5)
    part = Classification(path_for(scorer)).part(batch())
    wanted = torch.nn.functional.cross_entropy(alone, torch.tensor([0, 1, 2, 0, 1, 2]), reduction="sum")
    torch.testing.assert_close(part.loss, wanted, rtol=1e-5, atol=1e-5)


def test_ours_opens_in_transformers_as_a_llama_with_classes(tmp_path: Path) -> None:
    scorer = with_score_head(tiny_model(), LABELS).eval()
    save_model(scorer, tmp_path)
    theirs = AutoModelForSequenceClassification.from_pretrained(tmp_path).eval()
    assert type(theirs).__name__ == "LlamaForSequenceClassification"
    assert [theirs.config.id2label[number] for number in range(3)] == LABELS
    again = load_model(tmp_path).eval()
    assert isinstance(again, TransformerForSequenceClassification)
    assert labels_of(again) == LABELS
    ids = torch.tensor([[5, 6, 7]])
    with torch.no_grad():
        torch.testing.assert_close(theirs(input_ids=ids).logits, scorer(input_ids=ids).logits, rtol=1e-4, atol=1e-5)
        assert torch.equal(again(input_ids=ids).logits, scorer(input_ids=ids).logits)


def test_padding_on_the_right_changes_nothing() -> None:
    scorer = with_score_head(tiny_model(), LABELS).eval()
    ids, mask = torch.tensor([[5, 6, 7, 0, 0]]), torch.tensor([[1, 1, 1, 0, 0]])
    with torch.no_grad():
        padded, plain = scorer(input_ids=ids, attention_mask=mask).logits, scorer(input_ids=ids[:, :3]).logits
    torch.testing.assert_close(padded, plain, rtol=1e-4, atol=1e-6)


def test_the_same_labels_keep_the_head_and_others_make_a_new_one() -> None:
    scorer = with_score_head(tiny_model(), LABELS)
    assert with_score_head(scorer, LABELS) is scorer
    other = with_score_head(scorer, ["a", "b"])
    assert is_scorer(other)
    assert other.score.weight.shape[0] == 2
    assert isinstance(path_for(other), FlatPath)
