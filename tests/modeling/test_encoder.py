"""Bidirectional attention: what a token sees, alone, on a flat row and padded; and the head for classes over the mean."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from test_shapes import VOCAB, reference, text, tiny
from torch.nn import functional as F

from tokenloom.export.huggingface import write_merged
from tokenloom.kit.errors import ExportError
from tokenloom.modeling.pretrained import load_model, save_model
from tokenloom.modeling.scoring import TransformerForSequenceClassification, with_score_head
from tokenloom.training.batches import FlatBatch, FlatTokens, flat_batch
from tokenloom.training.objective.scoring import Classification
from tokenloom.training.paths import FlatPath, PaddedPath, path_for

ENCODERS: dict[str, dict[str, Any]] = {
    "plain": {},
    "grouped": {"num_kv_heads": 2, "norm_position": "post", "position": "sinusoidal"},
    "window": {"sliding_window": 4},
    "alibi": {"position": "alibi"},
    "window-alibi": {"position": "alibi", "sliding_window": 5, "activation": "geglu"},
}
encoders = pytest.mark.parametrize("shape", ENCODERS.values(), ids=ENCODERS)
LENGTHS = [7, 40, 3, 12, 33, 12, 9]  # seven in all, of more lengths than go without rounding


def scorer(**changes: Any) -> TransformerForSequenceClassification:
    model = with_score_head(tiny(attention="bidirectional", **changes), ["a", "b", "c"]).eval()
    assert isinstance(model, TransformerForSequenceClassification)
    return model


def batch_of(lengths: list[int]) -> FlatBatch:
    """Texts of these lengths and a last token, which is where the class belongs."""
    ids = np.concatenate([[*text(seed, length), 3] for seed, length in enumerate(lengths)]).astype(np.uint16)
    offsets = np.concatenate([[0], np.cumsum(np.array(lengths) + 1)])
    learned = np.zeros(len(ids), dtype=np.uint8)
    learned[offsets[1:] - 1] = 1
    values = {"value": (np.arange(len(lengths)) % 3).astype(np.float32)}
    store = FlatTokens(ids, learned, offsets, np.arange(len(lengths)), values)
    return flat_batch(store, list(range(len(lengths))))


def expected(model: TransformerForSequenceClassification, batch: FlatBatch) -> torch.Tensor:
    """(B, C) from each text alone."""
    rows = []
    for part in batch.inputs_T[: batch.num_tokens].split(batch.lengths.tolist()):
        rows.append(model.score(model.model(input_ids=part[None]).last_hidden_state[0].mean(0)))
    return torch.stack(rows)


@encoders
@pytest.mark.parametrize("length", [40, 1])
def test_an_encoder_computes_what_the_plain_reference_computes(shape: dict[str, Any], length: int) -> None:
    model, ids = tiny(attention="bidirectional", **shape), text(length=length)
    logits = model(torch.tensor([ids])).logits[0]
    torch.testing.assert_close(logits.double(), reference(model, ids), rtol=1e-3, atol=1e-4)
    changed = [*ids[:-1], 5 if ids[-1] != 5 else 6]
    if length > 1 and not shape.get("sliding_window"):
        assert not torch.allclose(model(torch.tensor([changed])).logits[0, 0], logits[0])


@encoders
@pytest.mark.parametrize("lengths", [LENGTHS, [40, 40], [5], [130, 200, 150, 33]], ids=str)
def test_flat_and_padded_rows_give_what_each_text_gives_alone(shape: dict[str, Any], lengths: list[int]) -> None:
    model, batch = scorer(max_sequence_length=256, **shape), batch_of(lengths)
    wanted = expected(model, batch)
    F.cross_entropy(wanted, batch.columns["value"].long(), reduction="sum").backward()
    grads = {name: weight.grad.clone() for name, weight in model.named_parameters()}
    assert isinstance(path_for(model), FlatPath)
    for path in (FlatPath(model), PaddedPath(model, "tried")):
        model.zero_grad()
        found = path.predictions(batch)
        torch.testing.assert_close(found.head(found.rows_RX[: len(lengths)]), wanted, rtol=1e-3, atol=1e-4)
        Classification(path).part(batch).loss.backward()
        for name, weight in model.named_parameters():
            torch.testing.assert_close(weight.grad, grads[name], rtol=1e-2, atol=1e-4, msg=name)


def test_padding_changes_no_score() -> None:
    model, short = scorer(), text(5, 9)
    ids = torch.tensor([short + [0] * 11, text(6, 20)])
    mask = torch.tensor([[1] * 9 + [0] * 11, [1] * 20])
    torch.testing.assert_close(model(ids, attention_mask=mask).logits[0], model(torch.tensor([short])).logits[0])


def test_an_encoder_goes_to_disk_and_back_and_is_refused_elsewhere(tmp_path: Path) -> None:
    model, ids = scorer(), torch.tensor([text()])
    save_model(model, tmp_path / "own")
    again = load_model(tmp_path / "own")
    assert isinstance(again, TransformerForSequenceClassification)
    assert torch.equal(again(ids).logits, model(ids).logits)
    with pytest.raises(ExportError, match="attention=bidirectional"):
        write_merged(model, tmp_path / "out", tokenizer_folder=tmp_path, template="", stop_ids=[3])


def test_nothing_is_kept_for_later_tokens() -> None:
    model = tiny(attention="bidirectional")
    output = model(torch.tensor([text()]), use_cache=True)
    assert output.past_key_values is None
    assert output.logits.shape[-1] == VOCAB
