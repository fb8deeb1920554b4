"""Give a trained model new words, and prove that nothing else about it has changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from transformers import PreTrainedModel

from tokenloom.data.dataset import DatasetStore
from tokenloom.data.tokenizer.lab import Grown, find_candidates, grow, texts_of
from tokenloom.data.tokenizer.load import LAYOUT, load_tokenizer
from tokenloom.data.tokenizer.tokenizer import Tokenizer
from tokenloom.kit.atomic import atomic_dir_commit
from tokenloom.kit.errors import DataError, SpecError
from tokenloom.modeling.adapter import is_adapted, plain
from tokenloom.modeling.pretrained import load_model
from tokenloom.modeling.vocabulary import grow_vocabulary
from tokenloom.modeling.writing import full_disk_as_os_error
from tokenloom.spec.recipe import VocabularySpec
from tokenloom.tasks.context import Context
from tokenloom.tasks.ending import Ending
from tokenloom.tasks.models import OpenModel, open_model, write_model_folder

ALLOWED_DIFFERENCE = 1e-4  # of logits of the old vocabulary, fp32: matrices of another width round otherwise
_PROBE = "The quick brown fox jumps over the lazy dog, 12 times out of 345."
_SHOWN = 50


def extend_vocabulary(spec: VocabularySpec, context: Context) -> Ending:
    """Result: the model, its new tokens, how much shorter the texts became, and the difference of logits on the old vocabulary.

    The model is published as ``RUN@0``, a base for fine-tuning. Nothing is published unless, reopened from the disk, it gives the old
    tokens the old logits.
    """
    opened = open_model(context.workspace, spec.model)
    if is_adapted(opened.model):
        raise SpecError(
            "model: new words need a whole model, and this is an adapter on one",
            hint="Export it merged and take that folder, or set model.without_adapter=true.",
        )
    model = plain(opened.model)
    texts = [text for name in spec.datasets for text in texts_of(DatasetStore(context.workspace).get(name), "train")]
    progress = context.phase("vocabulary")
    progress(0, 4, "steps")
    grown, found = _grown(spec, opened.tokenizer, texts)
    context.is_cancelled()
    progress(1, 4, "steps")
    ids = torch.tensor([[int(number) for number in opened.tokenizer.encode(_PROBE)]])
    before = _logits(model, ids)
    size = grow_vocabulary(model, opened.tokenizer.vocab_size, grown.pieces)
    progress(2, 4, "steps")
    target = context.folder / "checkpoints" / "step-0"
    target.parent.mkdir(exist_ok=True)
    with atomic_dir_commit(target, meta=_meta(opened, context, grown)) as folder, full_disk_as_os_error():
        write_model_folder(
            model, folder, tokenizer_folder=opened.tokenizer_folder, template=opened.meta.get("template", "")
        )
        (folder / LAYOUT).write_text(grown.layout, encoding="utf-8")
        progress(3, 4, "steps")
        difference = _proved(folder, ids, before, grown.words)
    progress(4, 4, "steps")
    context.result(
        kind="model",
        model=f"{context.run_id}@0",
        vocab_size=size,
        logit_difference=difference,
        **_told(grown, texts, opened, found),
    )
    return Ending()


def _grown(spec: VocabularySpec, tokenizer: Tokenizer, texts: list[str]) -> tuple[Grown, list[dict[str, Any]]]:
    found: list[dict[str, Any]] = []
    if spec.count and texts:
        found = find_candidates(tokenizer, texts, count=spec.count, min_frequency=spec.min_frequency)["candidates"]
    words = [*spec.words, *(each["text"] for each in found)]
    if not words:
        raise DataError(
            f"No word occurs {spec.min_frequency} times and is cut into pieces: the tokenizer fits these texts.",
            hint="Lower min_frequency, or name words.",
        )
    return grow(tokenizer, words), found


def _meta(opened: OpenModel, context: Context, grown: Grown) -> dict[str, Any]:
    return {
        "kind": "tokenloom.vocabulary",
        "run": context.run_id,
        "step": 0,
        "task": "vocabulary",
        "template": opened.meta.get("template", ""),
        "labels": opened.meta.get("labels", []),
        "base": "",
        "grown_from": opened.reference,
        "new_tokens": len(grown.pieces),
        "state": {},
    }


def _logits(model: Any, ids: torch.Tensor) -> torch.Tensor:
    model.eval()
    with torch.inference_mode():
        return model(input_ids=ids).logits[0].float().clone()  # type: ignore[no-any-return]


def _proved(folder: Path, ids: torch.Tensor, before: torch.Tensor, words: list[str]) -> float:
    """Largest difference of logits of the old vocabulary after a reload; :class:`DataError` beyond what rounding explains, and where a new
    word is not one token of the tokenizer beside the weights.
    """
    again: PreTrainedModel = load_model(folder, dtype=torch.float32)
    tokenizer = load_tokenizer(folder)
    difference = float((_logits(again, ids)[:, : before.shape[1]] - before).abs().max())
    cut = [word for word, coded in zip(words, tokenizer.encode_batch(words), strict=True) if len(coded) != 1]
    if cut or not difference <= ALLOWED_DIFFERENCE:
        told = f"cuts “{cut[0].strip()}”" if cut else f"gives old tokens other logits (by {difference:.2g})"
        raise DataError(
            f"The grown model, reopened, {told}; nothing was published.",
            hint="This is a defect of ours; please report it with the model's family.",
        )
    return difference


def _told(grown: Grown, texts: list[str], opened: OpenModel, found: list[dict[str, Any]]) -> dict[str, Any]:
    before = sum(map(len, opened.tokenizer.encode_batch(texts))) if texts else 0
    after = sum(map(len, grown.tokenizer.encode_batch(texts))) if texts else 0
    return {
        "from": opened.reference,
        "new_tokens": len(grown.pieces),
        "words": grown.words[:_SHOWN],
        "num_words": len(grown.words),
        "refused": grown.refused[:_SHOWN],
        "tokens_before": before,
        "tokens_after": after,
        "candidates": found[:_SHOWN],
    }
