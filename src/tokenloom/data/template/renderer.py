"""The one renderer: what a model sees of a row, to the byte and to the token, in training and in use.

A conversation is rendered by its template; the learned part of each answer is found by rendering up to it, with and without.
Prompt and answer are tokenised apart, so that the tokens of a prompt in training are those at generation. What a user wrote is kept apart
from what the template wrote: a special token's name in a message stays plain text.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np

from tokenloom.data.mapping import BadRow, Example, Message
from tokenloom.data.template.jinja import ChatTemplate, TemplateRefusal
from tokenloom.data.template.presets import AUTO, PRESETS, is_preset
from tokenloom.data.tokenizer.fast import Ids
from tokenloom.data.tokenizer.tokenizer import Mark, Tokenizer, TokenView
from tokenloom.kit.errors import DataError

Mask = np.ndarray[Any, np.dtype[np.uint8]]
_GUARDS = [chr(code) for code in range(0xFDD0, 0xFDF0)]  # Unicode noncharacters: never text


@dataclass(frozen=True)
class Piece:
    """A stretch of what the model sees; ``learned``: its tokens carry loss."""

    text: str
    learned: bool


@dataclass(frozen=True)
class _Part:
    """``content`` is ordinary text or one special token."""

    content: str | Mark
    learned: bool


class Renderer:
    """Turns examples into text and tokens. ``template``: ``auto``, a preset's name, or Jinja text over ``messages``."""

    def __init__(
        self,
        tokenizer: Tokenizer,
        template: str = AUTO,
        learn: Literal["responses", "all"] = "responses",
        *,
        append_end: bool = True,
    ) -> None:
        self.tokenizer = tokenizer
        self.learn = learn
        self.append_end = append_end
        self.name, self.template = _chosen(template, tokenizer)
        """``template``: the Jinja text in use; the same text in an exported tokenizer gives the same bytes."""

    def pieces(self, example: Example) -> list[Piece]:
        """The exact string that the model sees, cut where learning begins and ends. Raises :class:`BadRow`."""
        parts = self._parts(example)
        texts = [
            (part.content.text if isinstance(part.content, Mark) else part.content, part.learned) for part in parts
        ]
        grouped = itertools.groupby(texts, key=lambda pair: pair[1])
        return [Piece("".join(text for text, _ in group), learned) for learned, group in grouped]

    def encode(self, example: Example) -> tuple[Ids, Mask]:
        """Token ids (int32) and, for each, whether it is a target (1) or context (0); see :meth:`encode_batch`."""
        answer = self.encode_batch([example])[0]
        if isinstance(answer, BadRow):
            raise answer
        return answer

    def encode_batch(self, examples: Sequence[Example]) -> list[tuple[Ids, Mask] | BadRow]:
        """Ids and mask of each example, or the reason why a row cannot be used.

        The first token of a sequence is never a target: nothing stands before it from which it could be told.
        """
        rendered = [self._parts_or_reason(example) for example in examples]
        texts = [
            part.content
            for parts in rendered
            if isinstance(parts, list)
            for part in parts
            if isinstance(part.content, str)
        ]
        ids_of_texts = iter(self.tokenizer.encode_batch(texts))
        return [parts if isinstance(parts, BadRow) else _joined(parts, ids_of_texts) for parts in rendered]

    def views(self, example: Example) -> list[tuple[TokenView, bool]]:
        """Every token that the model sees of a row, to look at, and whether it is learned; the ids are those of :meth:`encode`."""
        views: list[tuple[TokenView, bool]] = []
        start = 0
        for part in self._parts(example):
            if isinstance(part.content, Mark):
                text = part.content.text
                views.append((TokenView(part.content.id, text, start, start + len(text), True), part.learned))
                start += len(text)
                continue
            for view in self.tokenizer.preview(part.content):
                views.append((replace(view, start=view.start + start, end=view.end + start), part.learned))
            start += len(part.content)
        return [(view, learned and place > 0) for place, (view, learned) in enumerate(views)]

    def prompt_text(self, messages: Sequence[Message]) -> str:
        """What the model reads before it answers: the conversation and the opening of the answer."""
        return "".join(
            part.content.text if isinstance(part.content, Mark) else part.content
            for part in self._prompt_parts(list(messages))
        )

    def prompt_ids(self, messages: Sequence[Message]) -> list[int]:
        """Tokens of :meth:`prompt_text`, equal to those that stood before the answer in training."""
        parts = self._prompt_parts(list(messages))
        ids_of_texts = iter(
            self.tokenizer.encode_batch([part.content for part in parts if isinstance(part.content, str)])
        )
        return [int(number) for number in _joined(parts, ids_of_texts)[0]]

    def text_ids(self, text: str) -> list[int]:
        """Tokens of a plain text to be continued: what the tokenizer puts first, then the text, no end token."""
        return [*self.tokenizer.prefix_ids, *(int(number) for number in self.tokenizer.encode(text))]

    @cached_property
    def _compiled(self) -> ChatTemplate:
        return ChatTemplate(self.template, self.name, is_ours=is_preset(self.template))

    @cached_property
    def stop_ids(self) -> list[int]:
        """Tokens that end an answer: the end mark that the template writes, and the tokenizer's end token."""
        asked = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]
        try:
            learned = [part.content for part in self._chat_parts(asked) if part.learned]
        except BadRow:
            learned = []
        last = [content for content in learned if isinstance(content, Mark) or content.strip()][-1:]
        marks = [content.id for content in last if isinstance(content, Mark)]
        end = self.tokenizer.eos_id
        return list(dict.fromkeys([*marks, *([] if end is None else [end])]))

    def _parts_or_reason(self, example: Example) -> list[_Part] | BadRow:
        try:
            return self._parts(example)
        except BadRow as reason:
            return reason

    def _parts(self, example: Example) -> list[_Part]:
        return self._text_parts(example.text) if example.text is not None else self._chat_parts(example.messages or [])

    def _text_parts(self, text: str) -> list[_Part]:
        strings = {number: name for name, number in self.tokenizer.special_tokens.items()}
        before = [_Part(Mark(strings.get(number, ""), number), False) for number in self.tokenizer.prefix_ids]
        after = []
        if self.append_end:
            end = self.tokenizer.require_eos()
            after = [_Part(Mark(self.tokenizer.eos_token or "", end), True)]
        return [*before, _Part(text, True), *after]

    def _chat_parts(self, messages: list[Message]) -> list[_Part]:
        messages, guard = self._guarded(messages)
        spans = self._spans(messages, self._render(messages, opening=False))
        if not any(learned for _, learned in spans):
            raise BadRow("nothing learned")
        return self._cut(spans, guard)

    def _prompt_parts(self, messages: list[Message]) -> list[_Part]:
        messages, guard = self._guarded(messages)
        try:
            spans = self._spans(messages, self._render(messages, opening=True))
        except BadRow as reason:
            raise DataError(
                f"The conversation cannot be rendered: {reason}.", hint="Change the messages or the template."
            ) from None
        return [_Part(part.content, False) for part in self._cut(spans, guard)]

    def _spans(self, messages: list[Message], full: str) -> list[tuple[str, bool]]:
        """``full`` cut into (text, learned); the answers are found as what an answer adds to its prompt."""
        spans: list[tuple[str, bool]] = []
        start = 0
        for place, message in enumerate(messages):
            if message["role"] != "assistant":
                continue
            prompt = self._render(messages[:place], opening=True)
            answered = self._render(messages[: place + 1], opening=False) if place + 1 < len(messages) else full
            if not (full.startswith(answered) and answered.startswith(prompt) and start <= len(prompt)):
                raise DataError(
                    f"The template {self.name} writes a prompt differently once its answer is there, so what is learned would not "
                    f"be what is asked later (seen at message {place + 1}).",
                    hint="Use another template, such as chatml, or one answer per conversation.",
                    template=self.name,
                )
            answer, rest = self._cut_after_end(answered[len(prompt) :])
            spans += [(full[start : len(prompt)], False), (answer, True)]
            start = len(answered) - len(rest)
        spans.append((full[start:], self.learn == "all"))
        return [(text, learned or self.learn == "all") for text, learned in spans if text]

    def _cut_after_end(self, answer: str) -> tuple[str, str]:
        """Spaces and line breaks after the last end mark are never generated, so they are not learned either."""
        kept = answer.rstrip()
        ends_in_mark = kept.endswith(tuple(self.tokenizer.special_tokens))
        return (kept, answer[len(kept) :]) if ends_in_mark else (answer, "")

    def _cut(self, spans: list[tuple[str, bool]], guard: str) -> list[_Part]:
        parts: list[_Part] = []
        for learned, group in itertools.groupby(spans, key=lambda span: span[1]):
            for content in self.tokenizer.split_marks("".join(text for text, _ in group)):
                parts.append(
                    _Part(content.replace(guard, "") if guard and isinstance(content, str) else content, learned)
                )
        return parts

    def _guarded(self, messages: list[Message]) -> tuple[list[Message], str]:
        """Break the names of special tokens in what users wrote by a character that is taken out again after the cut."""
        if not any(self.tokenizer.holds_mark(message["content"]) for message in messages):
            return messages, ""
        every = "".join(message["content"] for message in messages)
        guard = next((each for each in _GUARDS if each not in every), "")
        if not guard:
            raise BadRow("it holds special tokens and every Unicode noncharacter")
        return [message | {"content": self._broken(message["content"], guard)} for message in messages], guard

    def _broken(self, text: str, guard: str) -> str:
        parts = self.tokenizer.split_marks(text)
        if not any(isinstance(part, Mark) for part in parts):
            return text
        for name in sorted(self.tokenizer.special_tokens, key=len, reverse=True):
            text = text.replace(name, guard.join(name) if len(name) > 1 else guard + name)
        return text

    def _render(self, messages: list[Message], *, opening: bool) -> str:
        try:
            return self._compiled.render(
                messages=messages,
                add_generation_prompt=opening,
                tools=None,
                documents=None,
                **self.tokenizer.template_context,
            )
        except TemplateRefusal as reason:
            raise BadRow(f"the template {self.name} refuses it: {reason}") from None


def _joined(parts: list[_Part], ids_of_texts: Any) -> tuple[Ids, Mask]:
    arrays = [
        np.array([part.content.id], dtype=np.int32) if isinstance(part.content, Mark) else next(ids_of_texts)
        for part in parts
    ]
    ids = np.concatenate(arrays) if arrays else np.zeros(0, dtype=np.int32)
    mask = np.repeat(np.array([part.learned for part in parts], dtype=np.uint8), [len(array) for array in arrays])
    mask[:1] = 0
    return ids, mask


def _chosen(template: str, tokenizer: Tokenizer) -> tuple[str, str]:
    """Name and Jinja text; :class:`DataError` when a preset's marks are not tokens of this tokenizer."""
    if template == AUTO:
        if tokenizer.chat_template:
            return f"of {tokenizer.name}", tokenizer.chat_template
        template = "plain"
    if "{" in template:
        return "given as text", template
    preset = PRESETS[template]
    missing = [mark for mark in preset.marks if mark not in tokenizer.special_tokens]
    if missing:
        raise DataError(
            f"The template {preset.name} needs the special tokens {' '.join(missing)}, which the tokenizer {tokenizer.name} lacks.",
            hint=f"Use template: auto or plain, or train a tokenizer with template: {preset.name}.",
        )
    if preset.uses_end:
        tokenizer.require_eos()
    return preset.name, preset.text
