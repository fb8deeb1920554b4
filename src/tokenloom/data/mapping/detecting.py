"""Finding what columns mean by their names and by what stands in the first rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tokenloom.data.mapping.example import Row
from tokenloom.data.mapping.reading import listed, verdict_of
from tokenloom.kit.errors import DataError
from tokenloom.spec.base import Spec
from tokenloom.spec.data import (
    ChatMapping,
    FeedbackMapping,
    LabelMapping,
    PreferenceMapping,
    PromptMapping,
    TextMapping,
)

_CHAT_NAMES = ("messages", "conversations", "conversation", "dialogue", "dialog", "chat", "turns")
_PROMPT_NAMES = ("prompt", "instruction", "question", "query", "problem", "input", "source", "user", "task")
_ANSWER_NAMES = ("completion", "response", "answer", "output", "target", "solution", "reply", "assistant", "program")
_CONTEXT_NAMES = ("input", "context", "passage")
_SYSTEM_NAMES = ("system", "system_prompt")
_TEXT_NAMES = ("text", "content", "document", "body", "code", "article", "story")
_CHOSEN_NAMES = ("chosen", "preferred", "accepted", "winner", "better", "best")
_REJECTED_NAMES = ("rejected", "dispreferred", "declined", "loser", "worse", "worst")
_VERDICT_NAMES = ("verdict", "label", "feedback", "is_good", "good", "thumbs", "liked", "desirable")
_LABEL_NAMES = ("label", "labels", "class", "sentiment", "intent", "emotion", "category", "topic", "stars", "rating")
_FEWEST_PER_LABEL = 2  # rows of the samples, on average: otherwise it is no class but a name
_LABEL_TEXT_NAMES = (*_TEXT_NAMES, "sentence", "review", "message", "comment", "question", "title")


@dataclass(frozen=True)
class Detected:
    """A mapping that was chosen, with the reason in words."""

    mapping: Spec
    reason: str


def detect_mapping(columns: Sequence[str], samples: Sequence[Row]) -> Detected:
    """Choose a mapping by column names and by what stands in the first rows; :class:`DataError` when none fits."""
    by_name = {name.strip().lower(): name for name in reversed(columns)}
    for found in (
        _find_preference(by_name, samples),
        _find_chat(columns, by_name, samples),
        _find_feedback(by_name, samples),
        _find_prompt(by_name, samples),
        _find_label(by_name, samples),
        _find_text(columns, by_name, samples),
    ):
        if found is not None:
            return found
    raise DataError(
        f"None of the columns {listed(columns)} looks like a text, a prompt with an answer, or a conversation.",
        hint="Choose a shape and its columns; in a terminal, for example, `--map prompt=COLUMN --map completion=COLUMN` or `--map text=COLUMN`.",
        columns=list(columns),
    )


def _find_chat(columns: Sequence[str], by_name: dict[str, str], samples: Sequence[Row]) -> Detected | None:
    likely = [by_name[name] for name in _CHAT_NAMES if name in by_name]
    for column in dict.fromkeys([*likely, *columns]):
        keys = {key for row in samples for turn in _list(row.get(column)) if isinstance(turn, dict) for key in turn}
        style = "OpenAI" if {"role", "content"} <= keys else "ShareGPT" if {"from", "value"} <= keys else ""
        if style:
            return Detected(
                ChatMapping(messages=column), f"the column “{column}” holds lists of messages in the {style} form"
            )
    return None


def _find_preference(by_name: dict[str, str], samples: Sequence[Row]) -> Detected | None:
    chosen = next((by_name[name] for name in _CHOSEN_NAMES if name in by_name), None)
    rejected = next((by_name[name] for name in _REJECTED_NAMES if name in by_name), None)
    if chosen is None or rejected is None:
        return None
    prompt = _first(_PROMPT_NAMES, by_name, samples)
    system = _first(_SYSTEM_NAMES, by_name, samples)
    reason = f"the columns “{chosen}” and “{rejected}” are named like a better and a worse answer"
    return Detected(PreferenceMapping(prompt=prompt, chosen=chosen, rejected=rejected, system=system), reason)


def _find_feedback(by_name: dict[str, str], samples: Sequence[Row]) -> Detected | None:
    answer = _first(_ANSWER_NAMES, by_name, samples)
    prompt = _first([name for name in _PROMPT_NAMES if by_name.get(name) != answer], by_name, samples)
    for name in _VERDICT_NAMES:
        verdict = by_name.get(name)
        if prompt is None or answer is None or verdict is None or verdict in (prompt, answer):
            continue
        if samples and all(verdict_of(row.get(verdict)) is not None for row in samples):
            reason = f"“{verdict}” says of each answer in “{answer}” whether it is good"
            return Detected(FeedbackMapping(prompt=prompt, completion=answer, verdict=verdict), reason)
    return None


def _find_label(by_name: dict[str, str], samples: Sequence[Row]) -> Detected | None:
    label = _first(_LABEL_NAMES, by_name, samples)
    text = _first([name for name in _LABEL_TEXT_NAMES if by_name.get(name) != label], by_name, samples)
    if label is None or text is None:
        return None
    found = [str(row.get(label) if row.get(label) is not None else "").strip() for row in samples]
    if not all(found) or not 1 < len(set(found)) <= max(len(found) // _FEWEST_PER_LABEL, 2):
        return None
    reason = f"“{label}”, with {len(set(found))} different values in the first rows, is named like the class of the text in “{text}”"
    return Detected(LabelMapping(text=text, label=label), reason)


def _find_prompt(by_name: dict[str, str], samples: Sequence[Row]) -> Detected | None:
    answer = _first(_ANSWER_NAMES, by_name, samples)
    prompt = _first([name for name in _PROMPT_NAMES if by_name.get(name) != answer], by_name, samples)
    if prompt is None or answer is None:
        return None
    context = _first([name for name in _CONTEXT_NAMES if by_name.get(name) not in (prompt, answer)], by_name, samples)
    system = _first(_SYSTEM_NAMES, by_name, samples)
    below = f" and “{context}” below the prompt" if context else ""
    reason = f"the columns “{prompt}” and “{answer}” are named like a prompt and its answer{below}"
    return Detected(PromptMapping(prompt=prompt, completion=answer, context=context, system=system), reason)


def _find_text(columns: Sequence[str], by_name: dict[str, str], samples: Sequence[Row]) -> Detected | None:
    named = _first(_TEXT_NAMES, by_name, samples)
    if named is not None:
        return Detected(TextMapping(text=named), f"the column “{named}” is named like a text")
    texts = [name for name in columns if any(isinstance(row.get(name), str) and row[name].strip() for row in samples)]
    if len(texts) == 1:
        return Detected(TextMapping(text=texts[0]), f"“{texts[0]}” is the only column that holds text")
    return None


def _first(names: Sequence[str], by_name: dict[str, str], samples: Sequence[Row]) -> str | None:
    """The first known name whose column holds plain values in the samples."""
    for name in names:
        column = by_name.get(name)
        if column is not None and not any(isinstance(row.get(column), list | dict) for row in samples):
            return column
    return None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
