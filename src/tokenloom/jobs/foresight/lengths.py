"""How long the rows of a recipe will be as tokens: a sample of them goes through the renderer that training uses."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from tokenloom.data.dataset import DatasetStore
from tokenloom.data.mapping import BadRow, Example
from tokenloom.data.template.renderer import Renderer
from tokenloom.data.tokenizer.load import load_tokenizer
from tokenloom.data.tokenizer.store import TokenizerStore
from tokenloom.data.tokenizer.tokenizer import Tokenizer
from tokenloom.kit.errors import TokenloomError
from tokenloom.kit.workspace import Workspace
from tokenloom.tracking.artifacts import resolve_model

SAMPLED_ROWS, SAMPLED_CHARACTERS = 200, 300_000
PAIRS = ("dpo", "orpo", "reward")


def sampled_lengths(workspace: Workspace, spec: Any, limit: int) -> list[int]:
    """Tokens of each group of a sample (two sequences for a pair); one group at its longest where the data cannot be read yet."""
    objective = spec.objective
    room = getattr(objective, "max_new_tokens", 0) if objective.kind == "grpo" else 0
    longest = min(spec.data.render.max_sequence_length or limit, limit - room)
    width = 2 if objective.kind in (*PAIRS, "kto") else 1
    try:
        dataset = DatasetStore(workspace).get(spec.data.dataset)
        how = (spec.data.render.template, spec.data.render.learn, spec.data.render.overlong)
        tokenizer = _tokenizer_of(workspace, spec)
        found = _lengths(workspace, dataset.id, spec.data.train_split, tokenizer, how, objective.kind, longest)
    except (TokenloomError, OSError, ValueError, KeyError):
        found = ()
    groups = list(found) or [longest * width]
    if objective.kind == "grpo":  # each prompt goes through with every answer that is tried
        groups = [(each + room) * objective.group_size for each in groups]
    return groups


def sampled_places(workspace: Workspace, spec: Any, limit: int) -> list[int]:
    """Places of each group of a sample that go through the model: the last token of a sequence is only told, never read."""
    kind = spec.objective.kind
    sequences = spec.objective.group_size if kind == "grpo" else 2 if kind in (*PAIRS, "kto") else 1
    return [max(tokens - sequences, 1) for tokens in sampled_lengths(workspace, spec, limit)]


def sampled_rows(workspace: Workspace, spec: Any) -> tuple[list[int], int]:
    """Tokens of each sampled row, uncut, and how many of them cannot be rendered or teach nothing; empty where the data cannot be read yet."""
    try:
        dataset = DatasetStore(workspace).get(spec.data.dataset)
        render = spec.data.render
        found, refused = _rows(
            workspace, dataset.id, spec.data.train_split, _tokenizer_of(workspace, spec), render.template, render.learn
        )
    except (TokenloomError, OSError, ValueError, KeyError):
        return [], 0
    return list(found), refused


@lru_cache(maxsize=64)
def _rows(
    workspace: Workspace, dataset: str, split: str, tokenizer: str, template: str, learn: Any
) -> tuple[tuple[int, ...], int]:
    examples = _within_budget(DatasetStore(workspace).get(dataset).sample(SAMPLED_ROWS, split))
    answers = Renderer(_load(workspace, tokenizer), template, learn=learn).encode_batch(examples)
    good = [each for each in answers if not isinstance(each, BadRow) and each[1].any()]
    return tuple(len(ids) for ids, _ in good), len(answers) - len(good)


@lru_cache(maxsize=64)
def _lengths(
    workspace: Workspace,
    dataset: str,
    split: str,
    tokenizer: str,
    how: tuple[str, Any, str],
    objective: str,
    longest: int,
) -> tuple[int, ...]:
    """``how``: template, what is learned, and what happens to longer rows."""
    template, learn, overlong = how
    examples = _within_budget(DatasetStore(workspace).get(dataset).sample(SAMPLED_ROWS, split))
    renderer = Renderer(_load(workspace, tokenizer), template, learn=learn)
    each = _measured(renderer, examples)
    if objective in PAIRS:
        worse = _measured(renderer, [replace(example, messages=example.rejected) for example in examples])
        return tuple(min(a, longest) + min(b, longest) for a, b in zip(each, worse, strict=False))
    if objective == "kto":
        return tuple(2 * min(length, longest) for length in each)
    return tuple(part for length in each for part in _parts(length, longest, overlong))


def _within_budget(examples: list[Example]) -> list[Example]:
    kept, used = [], 0
    for example in examples:
        used += sum(map(len, example.texts))
        kept.append(example)
        if used > SAMPLED_CHARACTERS:
            break
    return kept


def _measured(renderer: Renderer, examples: list[Example]) -> list[int]:
    """Tokens of each example that can be rendered."""
    return [len(each[0]) for each in renderer.encode_batch(examples) if not isinstance(each, BadRow)]


def _parts(length: int, longest: int, overlong: str) -> list[int]:
    """What a row of so many tokens becomes."""
    if length <= longest:
        return [length]
    if overlong == "split":
        return [longest] * (length // longest) + [length % longest] * (length % longest > 1)
    return [longest] if overlong == "truncate" else []


def _tokenizer_of(workspace: Workspace, spec: Any) -> str:
    """Id or folder of the tokenizer that the run will read with."""
    named = getattr(spec.model, "tokenizer", None)
    if named == "auto":
        newest = max(TokenizerStore(workspace).list(), key=lambda ref: str(ref.meta.get("created", "")))
        return str(newest.id)
    if named is not None:
        return str(named)
    return str(resolve_model(workspace, spec.model.source).folder or "")


def _load(workspace: Workspace, tokenizer: str) -> Tokenizer:
    folder = Path(tokenizer).expanduser()
    if (folder / "tokenizer.json").is_file():
        return load_tokenizer(folder)
    return TokenizerStore(workspace).get(tokenizer).load()
