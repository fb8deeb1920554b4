"""What the columns of a row mean: a text, a prompt with its answer, or a conversation; found by itself or named."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tokenloom.kit.errors import DataError
from tokenloom.kit.registry import nearest
from tokenloom.spec.base import Spec
from tokenloom.spec.data import ChatMapping, PromptMapping, TextMapping

Row = dict[str, Any]
Message = dict[str, str]

_CHAT_NAMES = ("messages", "conversations", "conversation", "dialogue", "dialog", "chat", "turns")
_PROMPT_NAMES = ("prompt", "instruction", "question", "query", "problem", "input", "source", "user", "task")
_ANSWER_NAMES = ("completion", "response", "answer", "output", "target", "solution", "reply", "assistant", "program")
_CONTEXT_NAMES = ("input", "context", "passage")
_SYSTEM_NAMES = ("system", "system_prompt")
_TEXT_NAMES = ("text", "content", "document", "body", "code", "article", "story")
_ROLES = {
    "system": "system", "developer": "system",
    "user": "user", "human": "user",
    "assistant": "assistant", "gpt": "assistant", "model": "assistant", "bot": "assistant", "chatgpt": "assistant",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Example:
    """What one row says to a model: exactly one of ``text`` and ``messages`` is set. ``row`` is its number in the source."""

    row: int
    text: str | None = None
    messages: list[Message] | None = None


class BadRow(Exception):
    """A row that cannot be used; the message is the reason shown to the user."""


@dataclass(frozen=True)
class Detected:
    """A mapping that was chosen, with the reason in words."""

    mapping: Spec
    reason: str


Reader = Callable[[int, Row], Example]


def shape_of(mapping: Spec) -> str:
    """``text``, ``prompt`` or ``chat``."""
    return str(getattr(mapping, "kind", ""))


def detect_mapping(columns: Sequence[str], samples: Sequence[Row]) -> Detected:
    """Choose a mapping by column names and by what stands in the first rows; :class:`DataError` when none fits."""
    by_name = {name.strip().lower(): name for name in reversed(columns)}
    for found in (
        _find_chat(columns, by_name, samples),
        _find_prompt(by_name, samples),
        _find_text(columns, by_name, samples),
    ):
        if found is not None:
            return found
    raise DataError(
        f"None of the columns {_listed(columns)} looks like a text, a prompt with an answer, or a conversation.",
        hint="Name them, for example --map prompt=COLUMN --map completion=COLUMN, or --map text=COLUMN.",
        columns=list(columns),
    )


def check_columns(mapping: Spec, columns: Sequence[str]) -> None:
    """:class:`DataError` naming the columns there are, and the nearest, when ``mapping`` names one that is missing."""
    for field, name in mapping.model_dump(exclude={"kind"}).items():
        if name is not None and name not in columns:
            near = nearest(str(name), columns, count=1)
            raise DataError(
                f"There is no column “{name}” for {field}; the columns are {_listed(columns)}.",
                hint=f"Did you mean “{near[0]}”?" if near else f"Name one of them: --map {field}=COLUMN.",
                field=field,
                columns=list(columns),
            )


@functools.singledispatch
def reader_of(mapping: Spec) -> Reader:
    """A function that turns (row number, row) into an :class:`Example` or raises :class:`BadRow`."""
    raise DataError(
        f"There is no reader for a mapping of kind {type(mapping).__name__}.", hint="Use text, prompt or chat."
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
    said = turn.get("role", turn.get("from"))
    role = _ROLES.get(said.strip().lower()) if isinstance(said, str) else None
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


def _listed(columns: Sequence[str]) -> str:
    shown = ", ".join(f"“{name[:60]}”" for name in columns[:20])
    return f"{shown} and {len(columns) - 20} more" if len(columns) > 20 else shown or "(none)"
