"""A micro-batch that goes through the model in pieces is the same micro-batch: rows, labels, loss and gradients."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from engine_kit import make_tokens, tiny_model

from tokenloom.spec.training.batch import Batch, SequenceBatch, TokenBatch
from tokenloom.training.batches import BatchStream, Window
from tokenloom.training.paths import FlatPath

BATCHES = [
    SequenceBatch(micro_batch_size=9),
    SequenceBatch(micro_batch_size=4, gradient_accumulation_steps=3),
    TokenBatch(micro_batch_tokens=200),
]


def gradient(window: Window) -> tuple[float, torch.Tensor]:
    """Loss of the window and all gradients in one row."""
    model = tiny_model()
    path, total = FlatPath(model), 0.0
    for batch in window.batches:
        loss = path.loss(batch) / window.num_labels
        loss.backward()
        total += float(loss.detach())
    return total, torch.cat([p.grad.flatten() for p in model.parameters() if p.grad is not None])


@pytest.mark.parametrize("piece_tokens", [1, 40, 10_000])
@pytest.mark.parametrize("spec", BATCHES, ids=lambda spec: f"{spec.kind}-{spec.gradient_accumulation_steps}")
def test_pieces_change_neither_rows_nor_loss_nor_gradients(spec: Batch, piece_tokens: int) -> None:
    store = make_tokens()
    whole = BatchStream(store, spec, seed=3).window(5)
    cut = BatchStream(store, spec, seed=3, piece_tokens=piece_tokens).window(5)
    assert cut.end == whole.end
    assert np.array_equal(cut.sample_rows, whole.sample_rows)
    assert (cut.num_labels, cut.num_tokens) == (whole.num_labels, whole.num_tokens)
    sequences = len(whole.sample_rows)
    expected = {1: sequences, 10_000: spec.gradient_accumulation_steps}.get(piece_tokens, len(cut.batches))
    assert len(cut.batches) == expected, "as small as a sequence, as large as a micro-batch"
    (loss, grad), (cut_loss, cut_grad) = gradient(whole), gradient(cut)
    assert cut_loss == pytest.approx(loss, rel=1e-6)
    assert (cut_grad - grad).abs().max() < 1e-6


def test_pieces_hold_about_what_was_asked() -> None:
    store = make_tokens(shortest=20, longest=20)
    window = BatchStream(store, SequenceBatch(micro_batch_size=16), seed=0, piece_tokens=76).window(0)
    assert [batch.num_tokens for batch in window.batches] == [76, 76, 76, 76]
