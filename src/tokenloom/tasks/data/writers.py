"""Language models of this machine as writers of other texts: masked, causal and encoder-decoder ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import torch

from tokenloom.data.refining.building import Filler, Writer
from tokenloom.data.tokenizer import Tokenizer
from tokenloom.data.tokenizer.load import load_tokenizer
from tokenloom.kit.errors import DataError
from tokenloom.kit.workspace import Workspace
from tokenloom.modeling.generate import generate_batch
from tokenloom.modeling.pretrained import load_writer
from tokenloom.spec.generation import GenerationSpec, RandomSampling
from tokenloom.spec.model import PretrainedModel
from tokenloom.spec.training.compute import ComputeSpec
from tokenloom.tasks.models import OpenModel, open_model
from tokenloom.training.precision import choose_compute

_MASKS = ("[MASK]", "<mask>")
_SPACES = ("\u0120", "\u2581")  # how byte-level and SentencePiece vocabularies mark a word's beginning
_TOKENS_A_WORD = 4
_MOST_TOKENS = 512
_LOOKED_AT = 8  # times as many tokens as words are wanted: pieces and marks are passed over


def writer_of(workspace: Workspace, reference: str) -> Filler | Writer:
    """Open the model that ``reference`` means: a folder, or a run of the workspace.

    Raises :class:`NotFound` where there is none, :class:`Denied` for one that brings code or pickle, :class:`DataError` for damaged files.
    """
    device = choose_compute(ComputeSpec()).torch_device
    folder = Path(reference).expanduser()
    if not (folder / "config.json").is_file() or (folder / "adapter_config.json").is_file():
        return _causal(workspace, reference, device)
    kind, model = load_writer(folder, dtype=torch.float32)
    if kind == "causal":
        return _causal(workspace, str(folder), device)
    model.to(device).eval()
    tokenizer = load_tokenizer(folder)
    return Masked(model, tokenizer) if kind == "masked" else Rewriting(model, tokenizer)


def _causal(workspace: Workspace, reference: str, device: torch.device) -> Writer:
    opened = open_model(workspace, PretrainedModel(source=reference))
    opened.require_writer()
    opened.model.to(device).eval()
    return Causal(opened)


class Masked:
    """Words for a place, by a model that reads what stands on both sides of it."""

    kind: Literal["masked"] = "masked"

    def __init__(self, model: Any, tokenizer: Tokenizer) -> None:
        self._model, self._tokenizer = model, tokenizer
        named = [str(tokenizer.config.get("mask_token") or ""), *_MASKS]
        self._mask = next((id for token in named if (id := tokenizer.token_id(token)) is not None), -1)
        if self._mask < 0:
            raise DataError(
                "The masked model's tokenizer has no mask token.",
                hint="Its tokenizer_config.json should name mask_token.",
            )
        around = tokenizer.backend.encode("", add_special_tokens=True).ids
        self._begin, self._end = (around[:1], around[1:]) if len(around) > 1 else ([], around)
        self._words = _words_by_id(tokenizer)
        self._pad = tokenizer.pad_id or 0
        # Some families count places from the padding id on, so that two of them are never used.
        self._limit = min(_MOST_TOKENS, int(getattr(model.config, "max_position_embeddings", _MOST_TOKENS)) - 2)

    @torch.inference_mode()
    def fill(self, places: Sequence[tuple[str, str]], most: int) -> list[list[tuple[str, float]]]:
        rows, masks = zip(*(self._row(left, right) for left, right in places), strict=True)
        longest = max(map(len, rows))
        device = next(self._model.parameters()).device
        inputs_BT = torch.tensor([[*row, *[self._pad] * (longest - len(row))] for row in rows], device=device)
        lengths_B = torch.tensor([len(row) for row in rows], device=device)
        mask_BT = (torch.arange(longest, device=device) < lengths_B[:, None]).long()
        logits_BV = self._model(input_ids=inputs_BT, attention_mask=mask_BT).logits[range(len(rows)), list(masks)]
        shares_BV = logits_BV.float().softmax(-1)
        values, ids = shares_BV.topk(min(shares_BV.shape[-1], most * _LOOKED_AT))
        return [self._named(*row, most) for row in zip(ids.tolist(), values.tolist(), strict=True)]

    def _row(self, left: str, right: str) -> tuple[list[int], int]:
        """Ids of the text with the mask in its place, cut around it to what the model can read; and the mask's place."""
        before, after = (ids.tolist() for ids in self._tokenizer.encode_batch([left.rstrip(" "), right]))
        room = self._limit - len(self._begin) - len(self._end) - 1
        kept = min(len(before), max(room // 2, room - len(after)))
        before, after = before[len(before) - kept :], after[: room - kept]
        row = [*self._begin, *before, self._mask, *after, *self._end]
        return row, len(self._begin) + len(before)

    def _named(self, ids: list[int], shares: list[float], most: int) -> list[tuple[str, float]]:
        found = [(self._words[id], share) for id, share in zip(ids, shares, strict=True) if id in self._words]
        return found[:most]


def _words_by_id(tokenizer: Tokenizer) -> dict[int, str]:
    """Tokens that are a whole word, as they stand in a text."""
    vocabulary = tokenizer.backend.get_vocab(with_added_tokens=False)
    special = set(tokenizer.special_tokens.values())
    mark = next((sign for sign in _SPACES if any(token.startswith(sign) for token in vocabulary)), "")
    words = {}
    for token, id in vocabulary.items():
        if id not in special and token.startswith(mark):
            word = token.removeprefix(mark)
            if len(word) > 1 and word.isalpha() and (word.isascii() or mark != _SPACES[0]):
                words[id] = word
    return words


class Causal:
    """What comes next, by a model that reads from left to right."""

    kind: Literal["causal"] = "causal"

    def __init__(self, opened: OpenModel) -> None:
        self._opened, self._stops = opened, opened.renderer().stop_ids

    def write(self, text: str, *, most_words: int, temperature: float, top_k: int, seed: int) -> str:
        tokenizer, opened = self._opened.tokenizer, self._opened
        tokens = most_words * _TOKENS_A_WORD
        limit = max(1, min(_MOST_TOKENS, opened.max_sequence_length - tokens))
        ids = tokenizer.encode(text).tolist()[-limit:]
        sampling = RandomSampling(temperature=temperature, top_k=top_k, seed=seed)
        spec = GenerationSpec(max_new_tokens=tokens, sampling=sampling)
        answer = generate_batch(opened.model, [ids], spec, stop_ids=self._stops, pad_id=tokenizer.pad_id or 0)[0]
        more = tokenizer.decode([*ids, *answer.ids])[len(tokenizer.decode(ids)) :]
        words = more.split("\n")[0].replace("\ufffd", "").split()
        if answer.ended_by == "length" and len(words) <= most_words:
            words = words[:-1]  # it may be cut in its middle
        return " ".join(words[:most_words])


class Rewriting:
    """The whole text in other words or in another language, by an encoder-decoder model."""

    kind: Literal["seq2seq"] = "seq2seq"

    def __init__(self, model: Any, tokenizer: Tokenizer) -> None:
        self._model, self._tokenizer = model, tokenizer
        self._end = tokenizer.backend.encode("", add_special_tokens=True).ids
        self._special = set(tokenizer.special_tokens.values())

    @torch.inference_mode()
    def write(self, text: str, *, most_words: int, temperature: float, top_k: int, seed: int) -> str:
        ids = [*self._tokenizer.encode(text).tolist()[: _MOST_TOKENS - len(self._end)], *self._end]
        device = next(self._model.parameters()).device
        inputs_BT = torch.tensor([ids], device=device)
        with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
            torch.manual_seed(seed)
            drawn = self._model.generate(
                input_ids=inputs_BT,
                attention_mask=torch.ones_like(inputs_BT),
                do_sample=True,
                temperature=temperature,
                top_k=top_k,
                max_new_tokens=min(_MOST_TOKENS, 2 * len(ids) + 16),
            )
        return self._tokenizer.decode([id for id in drawn[0].tolist() if id not in self._special])
