"""Drawing text from a model with a key/value cache: greedy, random and beam, in batches, token by token.

Two phases, as everywhere: *prefill* reads the prompts at once and fills the cache, *decode* adds one token per step. Prompts of a
batch are padded on the left, so every row's next token stands in the same column.

Shapes: B prompts · T tokens · V vocabulary.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import torch
from torch import nn
from transformers.cache_utils import DynamicCache

from tokenloom.kit.errors import DataError
from tokenloom.modeling.adapter import begin_cache, num_virtual_tokens
from tokenloom.modeling.sampling import choose, penalise_repetition
from tokenloom.spec.generation import BeamSampling, GenerationSpec, GreedySampling, RandomSampling

StopCheck = Callable[[list[int]], bool]


@dataclass
class Answer:
    """Token ids drawn for one prompt (without the end token) and why it ended: ``end``, ``stop`` or ``length``."""

    ids: list[int] = field(default_factory=list)
    ended_by: str = "length"
    end_id: int | None = None
    """The token that ended it, where one did."""


@torch.inference_mode()
def generate_batch(
    model: nn.Module,
    prompts: Sequence[Sequence[int]],
    spec: GenerationSpec,
    *,
    stop_ids: Sequence[int],
    pad_id: int = 0,
    is_stopped: StopCheck | None = None,
) -> list[Answer]:
    """One answer per prompt. ``is_stopped`` sees the ids so far and may end an answer (stop texts)."""
    if isinstance(spec.sampling, BeamSampling):
        return [beam_search(model, prompt, spec, stop_ids=stop_ids) for prompt in prompts]
    answers = [Answer() for _ in prompts]
    for row, token in _steps(model, prompts, spec, stop_ids=stop_ids, pad_id=pad_id, answers=answers):
        answers[row].ids.append(token)
        if is_stopped is not None and is_stopped(answers[row].ids):
            answers[row].ended_by = "stop"
    return answers


def stream(model: nn.Module, prompt: Sequence[int], spec: GenerationSpec, *, stop_ids: Sequence[int]) -> Iterator[int]:
    """Token ids of one answer as they are drawn; beam search yields them all at its end."""
    if isinstance(spec.sampling, BeamSampling):
        yield from beam_search(model, prompt, spec, stop_ids=stop_ids).ids
        return
    with torch.inference_mode():
        answers = [Answer()]
        for _, token in _steps(model, [prompt], spec, stop_ids=stop_ids, pad_id=0, answers=answers):
            answers[0].ids.append(token)
            yield token


def _steps(
    model: nn.Module,
    prompts: Sequence[Sequence[int]],
    spec: GenerationSpec,
    *,
    stop_ids: Sequence[int],
    pad_id: int,
    answers: list[Answer],
) -> Iterator[tuple[int, int]]:
    """Yield (row, token) until every row has ended; rows that ended leave the batch's output but not its shape."""
    _require_text(prompts)
    device = next(model.parameters()).device
    ids_BT, mask_BT = _left_padded(prompts, pad_id, device)
    random = torch.Generator(device="cpu")
    if isinstance(spec.sampling, RandomSampling):
        random.manual_seed(spec.sampling.seed)
    limit = min(spec.max_new_tokens, _room(model, ids_BT.shape[1]))
    model, cache, before = begin_cache(model, len(prompts))
    mask_BT = torch.cat([mask_BT.new_ones(len(prompts), before), mask_BT], dim=1)
    logits_BV = _forward(model, ids_BT, mask_BT, cache)
    active = [True] * len(prompts)
    ends = frozenset(stop_ids)
    for _ in range(limit):
        if spec.repetition_penalty != 1.0:
            seen = [[*prompt, *answer.ids] for prompt, answer in zip(prompts, answers, strict=True)]
            logits_BV = penalise_repetition(logits_BV, seen, spec.repetition_penalty)
        next_B = choose(logits_BV, spec.sampling, random)
        for row, token in enumerate(next_B.tolist()):
            if not active[row]:
                continue
            if token in ends:
                active[row], answers[row].ended_by, answers[row].end_id = False, "end", token
                continue
            yield row, token
            active[row] = answers[row].ended_by != "stop"
        if not any(active):
            return
        mask_BT = torch.cat([mask_BT, mask_BT.new_ones(len(prompts), 1)], dim=1)
        logits_BV = _forward(model, next_B.to(device)[:, None], mask_BT, cache)


@torch.inference_mode()
def beam_search(model: nn.Module, prompt: Sequence[int], spec: GenerationSpec, *, stop_ids: Sequence[int]) -> Answer:
    """The continuation with the best length-normalised log-probability among ``num_beams`` kept at each step."""
    sampling = spec.sampling
    if not isinstance(sampling, BeamSampling):
        raise TypeError("beam_search needs BeamSampling")
    _require_text([prompt])
    device = next(model.parameters()).device
    width, ends = sampling.num_beams, frozenset(stop_ids)
    limit = min(spec.max_new_tokens, _room(model, len(prompt)))
    model, cache, before = begin_cache(model, width)
    ids = torch.tensor([list(prompt)] * width, device=device)
    mask = torch.ones(width, before + len(prompt), dtype=torch.long, device=device)
    logits = _forward(model, ids, mask, cache)
    scores = torch.full((width,), float("-inf"), device=device)
    scores[0] = 0.0
    beams: list[list[int]] = [[] for _ in range(width)]
    done: list[tuple[float, Answer]] = []
    for _ in range(limit):
        totals = scores[:, None] + logits.float().log_softmax(-1)
        # So many that ``width`` remain even where every beam could end in every way.
        best, places = totals.flatten().topk(min((len(ends) + 1) * width, totals.numel()))
        parents, tokens = (places // totals.shape[1]).tolist(), (places % totals.shape[1]).tolist()
        kept: list[tuple[float, int, int]] = []
        for score, parent, token in zip(best.tolist(), parents, tokens, strict=True):
            if token in ends:
                done.append((_normalised(score, beams[parent], sampling), Answer(list(beams[parent]), "end")))
            elif len(kept) < width:
                kept.append((score, parent, token))
        if not kept or (
            len(done) >= width and max(d[0] for d in done) >= _normalised(kept[0][0], [*beams[kept[0][1]], 0], sampling)
        ):
            break
        beams = [[*beams[parent], token] for _, parent, token in kept]
        scores = torch.tensor([score for score, _, _ in kept], device=device)
        cache.reorder_cache(torch.tensor([parent for _, parent, _ in kept], device=device))
        mask = torch.cat([mask, mask.new_ones(width, 1)], dim=1)
        logits = _forward(model, torch.tensor([[token] for _, _, token in kept], device=device), mask, cache)
    done += [
        (_normalised(float(score), beam, sampling), Answer(beam))
        for score, beam in zip(scores.tolist(), beams, strict=True)
    ]
    return max(done, key=lambda each: each[0])[1]


def _require_text(prompts: Sequence[Sequence[int]]) -> None:
    if any(len(prompt) == 0 for prompt in prompts):
        raise DataError("The prompt is empty: there is nothing to continue.", hint="Give at least one character.")


def _normalised(score: float, beam: list[int], sampling: BeamSampling) -> float:
    return score / max(len(beam), 1) ** sampling.length_penalty


def _left_padded(
    prompts: Sequence[Sequence[int]], pad_id: int, device: torch.device
) -> tuple[torch.Tensor, torch.Tensor]:
    longest = max(len(prompt) for prompt in prompts)
    ids = torch.full((len(prompts), longest), pad_id, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, prompt in enumerate(prompts):
        ids[row, longest - len(prompt) :] = torch.tensor(list(prompt), dtype=torch.long)
        mask[row, longest - len(prompt) :] = 1
    return ids.to(device), mask.to(device)


def _forward(model: nn.Module, ids_BT: torch.Tensor, mask_BT: torch.Tensor, cache: DynamicCache) -> torch.Tensor:
    """Logits (B, V) of the last column; positions count only real tokens."""
    positions = (mask_BT.cumsum(1) - 1).clamp_min(0)[:, -ids_BT.shape[1] :]
    mask = None if bool(mask_BT.all()) else mask_BT
    output = model(
        input_ids=ids_BT,
        attention_mask=mask,
        position_ids=positions,
        past_key_values=cache,
        use_cache=True,
        logits_to_keep=1,
    )
    return output.logits[:, -1]  # type: ignore[no-any-return]


def _config(model: nn.Module) -> object:
    return getattr(model, "config", None)


def longest_prompt(model: nn.Module) -> int:
    """The most tokens that a prompt may have so that one more still fits."""
    limit = getattr(_config(model), "max_position_embeddings", None)
    return int(limit) - num_virtual_tokens(model) - 1 if limit else 1 << 30


def _room(model: nn.Module, used: int) -> int:
    """How many tokens still fit behind a prompt of ``used`` tokens."""
    longest = longest_prompt(model)
    if used > longest:
        raise DataError(
            f"The prompt has {used} tokens; this model reads at most {longest} and one more.",
            hint="Shorten the prompt, or use a model with a longer context.",
        )
    return longest + 1 - used


__all__ = ["Answer", "GenerationSpec", "GreedySampling", "beam_search", "generate_batch", "stream"]
