"""Reading a row by its mapping: a text, a prompt with its answer, a conversation, a preference, a verdict or a class."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from tokenloom.data.mapping.example import BadRow, Example, Message, Row
from tokenloom.kit.errors import DataError
from tokenloom.kit.registry import nearest
from tokenloom.spec.base import Spec
from tokenloom.spec.data import (
    ChatMapping,
    FeedbackMapping,
    LabelMapping,
    PreferenceMapping,
    PromptMapping,
    TextMapping,
)

_ROLES = {
    "system": "system", "developer": "system",
    "user": "user", "human": "user",
    "assistant": "assistant", "gpt": "assistant", "model": "assistant", "bot": "assistant", "chatgpt": "assistant",
}  # fmt: skip
_GOOD = frozenset({"true", "1", "good", "yes", "up", "chosen", "desirable", "positive", "like", "👍"})
_BAD = frozenset({"false", "0", "-1", "bad", "no", "down", "rejected", "undesirable", "negative", "dislike", "👎"})


Reader = Callable[[int, Row], Example]


def shape_of(mapping: Spec) -> str:
    """``text``, ``prompt``, ``chat``, ``preference``, ``feedback`` or ``label``."""
    return str(getattr(mapping, "kind", ""))


def check_columns(mapping: Spec, columns: Sequence[str]) -> None:
    """:class:`DataError` naming the columns there are, and the nearest, when ``mapping`` names one that is missing."""
    for field, name in mapping.model_dump(exclude={"kind"}).items():
        if name is not None and name not in columns:
            near = nearest(str(name), columns, count=1)
            raise DataError(
                f"There is no column “{name}” for {field}; the columns are {listed(columns)}.",
                hint=f"Did you mean “{near[0]}”?" if near else f"Name one of them: --map {field}=COLUMN.",
                field=field,
                columns=list(columns),
            )


@functools.singledispatch
def reader_of(mapping: Spec) -> Reader:
    """A function that turns (row number, row) into an :class:`Example` or raises :class:`BadRow`."""
    raise DataError(
        f"There is no reader for a mapping of kind {type(mapping).__name__}.",
        hint="Use text, prompt, chat, preference, feedback or label.",
    )


@reader_of.register
def _text_reader(mapping: TextMapping) -> Reader:
    def read(number: int, row: Row) -> Example:
        return Example(number, text=_text(row, mapping.text, "text"))

    return read


@reader_of.register
def _prompt_reader(mapping: PromptMapping) -> Reader:
    def read(number: int, row: Row) -> Example:
        prompt = _text(row, mapping.prompt, "prompt")
        answer = _text(row, mapping.completion, "answer")
        context = _text(row, mapping.context, "context", needed=False)
        system = _text(row, mapping.system, "system message", needed=False)
        messages = [{"role": "system", "content": system}] if system.strip() else []
        asked = f"{prompt}\n\n{context}" if context.strip() else prompt
        return Example(
            number, messages=[*messages, {"role": "user", "content": asked}, {"role": "assistant", "content": answer}]
        )

    return read


@reader_of.register
def _chat_reader(mapping: ChatMapping) -> Reader:
    def read(number: int, row: Row) -> Example:
        turns = row.get(mapping.messages)
        if not isinstance(turns, list) or not turns:
            raise BadRow(f"the column {mapping.messages} holds no list of messages")
        messages = [_message(place, turn) for place, turn in enumerate(turns, start=1)]
        _check_order(messages)
        return Example(number, messages=messages)

    return read


@reader_of.register
def _preference_reader(mapping: PreferenceMapping) -> Reader:
    def read(number: int, row: Row) -> Example:
        system = _text(row, mapping.system, "system message", needed=False)
        prompt = _text(row, mapping.prompt, "prompt", needed=False)
        before = [{"role": "system", "content": system}] if system.strip() else []
        before += [{"role": "user", "content": prompt}] if prompt.strip() else []
        chosen = _conversation(row, mapping.chosen, before)
        rejected = _conversation(row, mapping.rejected, before)
        if chosen[:-1] != rejected[:-1]:
            raise BadRow("the chosen and the rejected answer do not answer the same prompt")
        if chosen[-1] == rejected[-1]:
            raise BadRow("the chosen and the rejected answer are the same")
        return Example(number, messages=chosen, rejected=rejected)

    return read


@reader_of.register
def _feedback_reader(mapping: FeedbackMapping) -> Reader:
    read_prompt = reader_of(PromptMapping(prompt=mapping.prompt, completion=mapping.completion, system=mapping.system))

    def read(number: int, row: Row) -> Example:
        verdict = verdict_of(row.get(mapping.verdict))
        if verdict is None:
            raise BadRow(f"the verdict {str(row.get(mapping.verdict))[:40]!r} is neither good nor bad")
        return Example(number, messages=read_prompt(number, row).messages, verdict=verdict)

    return read


@reader_of.register
def _label_reader(mapping: LabelMapping) -> Reader:
    def read(number: int, row: Row) -> Example:
        label = _text(row, mapping.label, "label").strip()
        return Example(number, text=_text(row, mapping.text, "text"), label=label)

    return read


def role_of(turn: Row) -> str | None:
    """``system``, ``user`` or ``assistant``, as OpenAI or ShareGPT name it; ``None`` for anything else."""
    said = turn.get("role", turn.get("from"))
    return _ROLES.get(said.strip().lower()) if isinstance(said, str) else None


def verdict_of(value: Any) -> bool | None:
    """Good or bad as people write it: true/false, 1/0, good/bad, yes/no, up/down; ``None`` for anything else."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    word = str(value).strip().lower()
    return True if word in _GOOD else False if word in _BAD else None


def _conversation(row: Row, column: str, before: list[Message]) -> list[Message]:
    """An answer below ``before``, or a whole conversation that brings its own beginning."""
    value = row.get(column)
    if not isinstance(value, list):
        messages = [*before, {"role": "assistant", "content": _text(row, column, column)}]
    else:
        turns = [_message(place, turn) for place, turn in enumerate(value, start=1)]
        if not turns:
            raise BadRow(f"the column {column} holds no messages")
        messages = turns if turns[0]["role"] != "assistant" else [*before, *turns]
    if messages[0]["role"] == "assistant":
        raise BadRow("there is no prompt before the answers")
    _check_order(messages)
    return messages


def _text(row: Row, column: str | None, noun: str, *, needed: bool = True) -> str:
    value = row.get(column) if column is not None else None
    if isinstance(value, list | dict):
        raise BadRow(f"the {noun} is a {'list' if isinstance(value, list) else 'nested object'}, not text")
    if isinstance(value, bool):
        value = "true" if value else "false"
    text = "" if value is None else str(value)
    if needed and not text.strip():
        raise BadRow(f"the {noun} is empty")
    return text


def _message(place: int, turn: Any) -> Message:
    if not isinstance(turn, dict):
        raise BadRow(f"message {place} is not an object with a role and a content")
    said, role = turn.get("role", turn.get("from")), role_of(turn)
    if said is None:
        raise BadRow(f"message {place} has no role; known are system, user and assistant")
    if role is None:
        raise BadRow(f"message {place} has the role {str(said)[:40]!r}; known are system, user and assistant")
    content = turn.get("content", turn.get("value"))
    if isinstance(content, list):
        content = _joined_parts(place, content)
    if not isinstance(content, str) or not content.strip():
        raise BadRow(f"message {place} ({role}) is empty")
    return {"role": role, "content": content}


def _joined_parts(place: int, parts: list[Any]) -> str:
    texts = []
    for part in parts:
        if not isinstance(part, dict) or part.get("type") != "text" or not isinstance(part.get("text"), str):
            raise BadRow(f"message {place} holds something other than text")
        texts.append(part["text"])
    return "".join(texts)


def _check_order(messages: list[Message]) -> None:
    """An optional system message, then user and assistant in turn, an answer last."""
    first = 1 if messages[0]["role"] == "system" else 0
    for place, message in enumerate(messages[first:]):
        wanted = "user" if place % 2 == 0 else "assistant"
        if message["role"] != wanted:
            raise BadRow(f"message {first + place + 1} is from the {message['role']} where the {wanted} should speak")
    if messages[-1]["role"] != "assistant":
        raise BadRow("the conversation ends without an answer")


def listed(columns: Sequence[str]) -> str:
    shown = ", ".join(f"“{name[:60]}”" for name in columns[:20])
    return f"{shown} and {len(columns) - 20} more" if len(columns) > 20 else shown or "(none)"
