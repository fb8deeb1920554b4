"""How well a model predicts texts."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch.nn import functional

from tokenloom.data.refining.building import Judge
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.model import PretrainedModel
from tokenloom.spec.training.compute import ComputeSpec
from tokenloom.tasks.models import OpenModel, open_model
from tokenloom.training.precision import choose_compute

MOST_TOKENS = 512
"""Of longer texts only the beginning is judged."""
_BATCH_TOKENS = 8192
_BATCH_CHARS = 4 * MOST_TOKENS * 8


def judge_of(workspace: Workspace, reference: str) -> Judge:
    """Load a model; a function that gives the perplexity of each text, NaN where a text has fewer than two tokens.

    Raises :class:`SpecError` for a model that writes no text, :class:`NotFound` where there is none.
    """
    opened = open_model(workspace, PretrainedModel(source=reference))
    opened.require_writer()
    device = choose_compute(ComputeSpec()).torch_device
    opened.model.to(device).eval()

    def judge(texts: Sequence[str]) -> list[float]:
        return _perplexities(opened, texts, device)

    return judge


def _perplexities(opened: OpenModel, texts: Sequence[str], device: torch.device) -> list[float]:
    limit = min(MOST_TOKENS, opened.max_sequence_length)
    rows = [ids[:limit].tolist() for ids in opened.tokenizer.encode_batch([text[:_BATCH_CHARS] for text in texts])]
    found = [math.nan] * len(rows)
    batch: list[int] = []
    for place in sorted((place for place, ids in enumerate(rows) if len(ids) > 1), key=lambda place: len(rows[place])):
        if batch and (len(batch) + 1) * len(rows[place]) > _BATCH_TOKENS:
            _judge(opened, rows, batch, found, device)
            batch = []
        batch.append(place)
    if batch:
        _judge(opened, rows, batch, found, device)
    return found


@torch.inference_mode()
def _judge(
    opened: OpenModel, rows: list[list[int]], batch: list[int], found: list[float], device: torch.device
) -> None:
    """Fill ``found`` at the places of ``batch``. Legend: B rows, T tokens of the longest."""
    longest = max(len(rows[place]) for place in batch)
    inputs_BT = torch.tensor([rows[place] + [0] * (longest - len(rows[place])) for place in batch], device=device)
    lengths_B = torch.tensor([len(rows[place]) for place in batch], device=device)
    mask_BT = torch.arange(longest, device=device) < lengths_B[:, None]
    logits = opened.model(input_ids=inputs_BT, attention_mask=mask_BT.long()).logits.float()
    losses_BT = functional.cross_entropy(logits[:, :-1].transpose(1, 2), inputs_BT[:, 1:], reduction="none")
    sums_B = (losses_BT * mask_BT[:, 1:]).sum(1) / (lengths_B - 1)
    for place, loss in zip(batch, sums_B.tolist(), strict=True):
        found[place] = math.exp(min(loss, 700.0))
