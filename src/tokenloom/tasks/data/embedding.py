"""What a model makes of texts: the mean of its last hidden states over the tokens of each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from tokenloom.data.corpus import Embedded
from tokenloom.data.progress import Watch, report, stop_if
from tokenloom.kit.errors import DataError
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.model import PretrainedModel
from tokenloom.spec.training.compute import ComputeSpec
from tokenloom.tasks.models import OpenModel, open_body
from tokenloom.training.precision import Compute, choose_compute

_BATCH_TOKENS = 8192
_CHARS_A_TOKEN = 32  # more of a text than its first tokens need not be cut into tokens


class Embedder:
    """A model that reads at most ``max_tokens`` of each text, and never more than it has places for."""

    def __init__(self, opened: OpenModel, max_tokens: int, compute: Compute) -> None:
        self._opened, self._compute = opened, compute
        self._before, self._after = opened.tokenizer.prefix_ids, opened.tokenizer.suffix_ids
        self._require_same_vocabulary()
        # Some families count places from the padding id on, so that two of them are never used.
        places = opened.max_sequence_length - len(self._before) - len(self._after) - 2
        self.limit = max(1, min(max_tokens, places))
        opened.model.to(compute.torch_device).eval()

    def embed(self, texts: Sequence[str], watch: Watch) -> Embedded:
        """Means over the tokens of each text, those that the tokenizer puts around it left out; zeros for a text without tokens."""
        most = self.limit * _CHARS_A_TOKEN
        coded = self._opened.tokenizer.encode_batch([text[:most] for text in texts])
        cut = sum(len(ids) > self.limit or len(text) > most for ids, text in zip(coded, texts, strict=True))
        rows = [ids[: self.limit].tolist() for ids in coded]
        width = int(self._opened.model.get_input_embeddings().weight.shape[1])  # type: ignore[operator,union-attr]
        vectors_NH = np.zeros((len(rows), width), np.float32)
        done = 0
        for batch in _batches(rows):
            stop_if(watch.cancelled, "Laying the rows out")
            means = self._means([rows[place] for place in batch])
            if means.shape[1] != vectors_NH.shape[1]:  # states wider or narrower than embeddings
                vectors_NH = np.zeros((len(rows), means.shape[1]), np.float32)
            vectors_NH[batch] = means
            done += len(batch)
            report(watch.progress, done, len(rows), "rows")
        return Embedded(vectors_NH, cut)

    @torch.inference_mode()
    def _means(self, rows: list[list[int]]) -> np.ndarray:
        """Legend: B rows, T tokens of the longest, H hidden size."""
        device, before, after = self._compute.torch_device, len(self._before), len(self._after)
        longest = max(map(len, rows))
        pad = self._opened.tokenizer.pad_id or 0
        full = [[*self._before, *row, *self._after, *[pad] * (longest - len(row))] for row in rows]
        inputs_BT = torch.tensor(full, device=device)
        lengths_B1 = torch.tensor([[len(row)] for row in rows], device=device)
        places_T = torch.arange(inputs_BT.shape[1], device=device)
        is_read_BT = places_T < before + lengths_B1 + after
        is_text_BT = (places_T >= before) & (places_T < before + lengths_B1)
        with self._compute.autocast():
            states_BTH = self._opened.model(input_ids=inputs_BT, attention_mask=is_read_BT.long()).last_hidden_state
        sums_BH = (states_BTH.float() * is_text_BT[..., None]).sum(1)
        return (sums_BH / lengths_B1).cpu().numpy()  # type: ignore[no-any-return]

    def _require_same_vocabulary(self) -> None:
        known = int(self._opened.model.get_input_embeddings().weight.shape[0])  # type: ignore[operator,union-attr]
        if self._opened.tokenizer.vocab_size > known:
            raise DataError(
                f"The tokenizer of {self._opened.reference} has {self._opened.tokenizer.vocab_size} tokens, its model {known}.",
                hint="They do not belong together; copy the model's folder again.",
            )


def embedder_of(
    workspace: Workspace, spec: PretrainedModel, max_tokens: int, compute: ComputeSpec | None = None
) -> Embedder:
    """Open the model that ``spec.source`` means.

    Raises :class:`NotFound` where there is none or it has no tokenizer, :class:`Denied` for one that brings code or pickle,
    :class:`DataError` for damaged files.
    """
    return Embedder(open_body(workspace, spec), max_tokens, choose_compute(compute or ComputeSpec()))


def _batches(rows: list[list[int]]) -> list[list[int]]:
    """Places of the rows that have tokens, rows of about the same length together."""
    batches: list[list[int]] = []
    for place in sorted((place for place, ids in enumerate(rows) if ids), key=lambda place: len(rows[place])):
        if not batches or (len(batches[-1]) + 1) * len(rows[place]) > _BATCH_TOKENS:
            batches.append([])
        batches[-1].append(place)
    return batches
