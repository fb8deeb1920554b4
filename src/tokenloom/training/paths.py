"""Two ways through a model with the same result: flat for families that are proven, padded for any other.

Both take a flat batch and give the sum of cross-entropies over its labels. A test holds them to the same loss and gradients.

Shapes: T places · R labelled rows · D hidden_size · V vocabulary · B sequences · L longest.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import nn
from torch.nn import functional as F

from tokenloom.modeling.adapter import base_of, num_virtual_tokens
from tokenloom.modeling.attention import FLAT
from tokenloom.modeling.config import TransformerConfig
from tokenloom.modeling.feedforward.experts import Balance, Experts, balance_of
from tokenloom.modeling.fused.linear import fuse_adapters
from tokenloom.modeling.logps import Head, labelled_logps
from tokenloom.modeling.loss import IGNORE, capped, labelled_loss, loss_of_logits
from tokenloom.modeling.pretrained import flat_path
from tokenloom.modeling.scoring import head_of, is_scorer, takes_mean
from tokenloom.training.batches import FlatBatch

SCORED_BYTES = 32 << 20  # logits of a chunk in fp32, where they are only looked at


@dataclass(frozen=True)
class Scores:
    """Sums over the labels of a batch: loss in nats, and how many were the model's first choice."""

    loss: torch.Tensor
    correct: torch.Tensor
    labels: int


@dataclass(frozen=True)
class Predictions:
    """What becomes the logits of a batch's labelled rows: ``head(rows_RX)`` of any part of the rows gives (rows, V)."""

    head: Head
    rows_RX: torch.Tensor
    vocabulary: int

    def logps(self, targets_R: torch.Tensor, *, temperature: float = 1.0) -> torch.Tensor:
        """(R,) fp32 log-probability of each target, 0 where there is none."""
        return labelled_logps(self.head, self.rows_RX, targets_R, self.vocabulary, temperature)


class Mixtures:
    """The mixtures of experts on a way through a model of ours, and the loss that keeps their routers even."""

    def __init__(self, model: nn.Module) -> None:
        self.layers = [module for module in model.modules() if isinstance(module, Experts)]
        self.weight = float(base_of(model).config.router_aux_loss_coef) if self.layers else 0.0

    @property
    def are_balanced(self) -> bool:
        """Whether the loss of a batch has a part that is not the sum of its rows' parts."""
        return bool(self.weight) and any(layer.gate.weight.requires_grad for layer in self.layers)

    def balance(self, places: torch.Tensor | slice) -> Balance | None:
        """Of the last pass while training, over these places; ``None`` where no router is trained."""
        return balance_of(self.layers, places) if self.layers else None


class FlatPath:
    """One unpadded row; only labelled rows meet the head."""

    name = "flat"

    def __init__(self, model: nn.Module) -> None:
        self.model = model
        self.base = base_of(model)
        self.mixtures = Mixtures(model)
        self.head = cast(Any, head_of(self.base))
        is_scorer_head = is_scorer(self.base)
        self.vocabulary = int(self.base.config.num_labels if is_scorer_head else self.head.weight.shape[0])
        self.soft_cap = getattr(self.base.config, "final_logit_softcapping", None)

    def places(self, batch: FlatBatch) -> int:
        """Places that go through the blocks, with what rounds the row up."""
        return len(batch.inputs_T)

    def loss(self, batch: FlatBatch, *, label_smoothing: float = 0.0, z_loss: float = 0.0) -> torch.Tensor:
        return labelled_loss(
            self.hidden(batch),
            self.head.weight,
            batch.targets_R,
            bias_V=getattr(self.head, "bias", None),
            soft_cap=self.soft_cap,
            label_smoothing=label_smoothing,
            z_loss=z_loss,
        )

    def scores(self, batch: FlatBatch) -> Scores:
        return _score(self._logits, self.hidden(batch), self.vocabulary, batch)

    def predictions(self, batch: FlatBatch) -> Predictions:
        return Predictions(self._logits, self.hidden(batch), self.vocabulary)

    def _logits(self, hidden_RD: torch.Tensor) -> torch.Tensor:
        logits_RV = self.head(hidden_RD)
        return logits_RV if self.soft_cap is None else capped(logits_RV.float(), self.soft_cap)

    def hidden(self, batch: FlatBatch) -> torch.Tensor:
        """(R, D) what the head reads at the labelled rows."""
        with self._flat_attention():
            output = self.base.base_model(
                input_ids=batch.inputs_T[None],
                position_ids=batch.positions_T[None],
                segments=batch.segments,
                use_cache=False,
            )
        states_TD = output.last_hidden_state[0]
        if takes_mean(self.base):
            return _mean_of_each(states_TD[: batch.num_tokens], batch)
        return states_TD.index_select(0, batch.label_rows_R)  # type: ignore[no-any-return]

    def balance(self, batch: FlatBatch) -> Balance | None:
        """How evenly the last pass, which was of this batch, used its experts; ``None`` where no router is trained."""
        return self.mixtures.balance(slice(0, batch.num_tokens))

    @contextlib.contextmanager
    def _flat_attention(self) -> Iterator[None]:
        """Hugging Face models read the attention's name from their config at each call; ours looks at ``segments``."""
        if isinstance(self.base.config, TransformerConfig):
            yield
            return
        config = self.base.config
        before = config._attn_implementation
        config._attn_implementation = FLAT
        try:
            yield
        finally:
            config._attn_implementation = before


class PaddedPath:
    """Rows padded to the longest, for any causal model; slower, same loss."""

    name = "padded"

    def __init__(self, model: nn.Module, reason: str) -> None:
        self.model, self.reason, self.mixtures = model, reason, Mixtures(model)

    def places(self, batch: FlatBatch) -> int:
        """Places that go through the blocks, with the padding."""
        return len(batch.lengths) * int(batch.lengths.max())

    def loss(self, batch: FlatBatch, *, label_smoothing: float = 0.0, z_loss: float = 0.0) -> torch.Tensor:
        return loss_of_logits(self._logits(batch), batch.targets_R, label_smoothing=label_smoothing, z_loss=z_loss)

    def scores(self, batch: FlatBatch) -> Scores:
        logits_RV = self._logits(batch)
        return _score(lambda rows: rows, logits_RV, logits_RV.shape[1], batch)

    def predictions(self, batch: FlatBatch) -> Predictions:
        base = base_of(self.model)
        if is_scorer(base):
            return Predictions(head_of(base), self.hidden(batch), base.config.num_labels)
        logits_RV = self._logits(batch)
        return Predictions(lambda rows: rows, logits_RV, logits_RV.shape[1])

    def hidden(self, batch: FlatBatch) -> torch.Tensor:
        """(R, D) what the head would read at the labelled rows."""
        ids_BL, mask_BL, place_T = _padded(batch)
        output = base_of(self.model).base_model(input_ids=ids_BL, attention_mask=mask_BL, use_cache=False)
        states_XD = output.last_hidden_state.flatten(0, 1)
        if takes_mean(base_of(self.model)):
            return _mean_of_each(states_XD.index_select(0, place_T[: batch.num_tokens]), batch)
        return states_XD.index_select(0, place_T[batch.label_rows_R])  # type: ignore[no-any-return]

    def balance(self, batch: FlatBatch) -> Balance | None:
        """As :meth:`FlatPath.balance`; nothing where virtual tokens, which have no places in the batch, stand before each text."""
        return None if num_virtual_tokens(self.model) else self.mixtures.balance(_padded(batch)[2][: batch.num_tokens])

    def _logits(self, batch: FlatBatch) -> torch.Tensor:
        ids_BL, mask_BL, place_T = _padded(batch)
        output = self.model(input_ids=ids_BL, attention_mask=mask_BL, use_cache=False)
        logits_BLV = output.logits[:, -ids_BL.shape[1] :]  # without the places of virtual tokens before them
        flat = logits_BLV.flatten(0, 1).index_select(0, place_T[batch.label_rows_R])
        return flat.float()  # type: ignore[no-any-return]


def path_for(model: nn.Module) -> FlatPath | PaddedPath:
    """The flat path where it is proven for the model's family and for how it is tuned, else the padded one with the reason."""
    if num_virtual_tokens(model):
        return PaddedPath(model, "virtual tokens stand before each text, which a flat row has no place for")
    base = base_of(model)
    if not isinstance(base.config, TransformerConfig):  # ours asks by itself
        fuse_adapters(base)
    reason = flat_path(base)
    return FlatPath(model) if reason is None else PaddedPath(model, reason)


def _mean_of_each(states_TD: torch.Tensor, batch: FlatBatch) -> torch.Tensor:
    """(R, D) for each labelled row the mean over the places of its sequence, whose ``states_TD`` lie end to end."""
    lengths_B = torch.from_numpy(batch.lengths).to(states_TD.device)
    owner_T = torch.arange(len(lengths_B), device=states_TD.device).repeat_interleave(lengths_B)
    sums_BD = states_TD.new_zeros(len(lengths_B), states_TD.shape[1]).index_add(0, owner_T, states_TD)
    return (sums_BD / lengths_B[:, None]).index_select(0, batch.owner_R)


def _score(head: Head, rows_RX: torch.Tensor, vocabulary: int, batch: FlatBatch) -> Scores:
    """A chunk of rows at a time: the (R, V) logits of a whole batch may be larger than the model."""
    rows = max(SCORED_BYTES // (4 * vocabulary), 1)
    loss = torch.zeros((), dtype=torch.float32, device=rows_RX.device)
    correct = torch.zeros((), dtype=torch.long, device=rows_RX.device)
    for part_RX, targets_R in zip(rows_RX.split(rows), batch.targets_R.split(rows), strict=True):
        logits_RV = head(part_RX).float()
        loss += F.cross_entropy(logits_RV, targets_R, ignore_index=IGNORE, reduction="sum")
        correct += (logits_RV.argmax(-1) == targets_R).sum()
    return Scores(loss, correct, batch.num_labels)


def _padded(batch: FlatBatch) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """(B, L) ids and mask, and for each flat place its place in the flattened (B·L)."""
    device = batch.inputs_T.device
    lengths, longest = batch.lengths.tolist(), int(batch.lengths.max())
    ids = torch.zeros(len(lengths), longest, dtype=torch.long, device=device)
    mask = torch.zeros_like(ids)
    places = torch.zeros(len(batch.inputs_T), dtype=torch.long, device=device)
    at = 0
    for row, length in enumerate(lengths):
        ids[row, :length] = batch.inputs_T[at : at + length]
        mask[row, :length] = 1
        places[at : at + length] = torch.arange(row * longest, row * longest + length, device=device)
        at += length
    return ids, mask, places
