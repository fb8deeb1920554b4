"""Steps that keep or drop each row by itself: length, pattern, language, number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import regex

from tokenloom.data.refining.building import Tools, builder
from tokenloom.data.refining.item import Fate, Item
from tokenloom.data.refining.step import Filter, PlainStep, Step
from tokenloom.data.refining.steps.tongue import known_languages, language_of
from tokenloom.kit.errors import DataError, SpecError
from tokenloom.kit.registry import nearest
from tokenloom.spec.steps import LanguageStep, LengthStep, PatternStep, RowsStep

PATTERN_SECONDS = 0.5
"""How long a pattern may run on one row."""
_MOST_SLOW = 20  # rows on which it may run too long before the step is given up


@builder.register
def _make_length(spec: LengthStep, tools: Tools) -> Step:
    return Length(tools, spec)


@builder.register
def _make_pattern(spec: PatternStep, tools: Tools) -> Step:
    return Pattern(tools, spec)


@builder.register
def _make_language(spec: LanguageStep, tools: Tools) -> Step:
    return Language(tools, spec)


@builder.register
def _make_rows(spec: RowsStep, tools: Tools) -> Step:
    return Rows(spec)


class Length(Filter):
    def __init__(self, tools: Tools, spec: LengthStep) -> None:
        super().__init__(tools.texts(spec))
        self._spec = spec

    def reason(self, item: Item) -> str:
        texts, spec = self.texts.of(item.row), self._spec
        size = sum(map(len, texts))
        if spec.min_characters is not None and size < spec.min_characters:
            return f"shorter than {spec.min_characters} characters ({size})"
        if spec.max_characters is not None and size > spec.max_characters:
            return f"longer than {spec.max_characters} characters ({size})"
        if spec.min_words is None and spec.max_words is None:
            return ""
        words = sum(len(text.split()) for text in texts)
        if spec.min_words is not None and words < spec.min_words:
            return f"fewer than {spec.min_words} words ({words})"
        if spec.max_words is not None and words > spec.max_words:
            return f"more than {spec.max_words} words ({words})"
        return ""


class Pattern(PlainStep):
    """A row on which the pattern runs too long is dropped with that reason; where that is no exception, the step ends with an error."""

    def __init__(self, tools: Tools, spec: PatternStep) -> None:
        self.texts, self._spec = tools.texts(spec), spec
        self._pattern = regex.compile(spec.pattern, regex.IGNORECASE if spec.ignore_case else 0)
        self._num_slow = 0

    def apply(self, items: Sequence[Item]) -> list[Fate]:
        return [self._fate(item) for item in items]

    def _fate(self, item: Item) -> Fate:
        before = self.texts.of(item.row)
        try:
            if self._spec.action == "replace":
                replacement = self._spec.replacement
                after = [self._pattern.sub(replacement, text, timeout=PATTERN_SECONDS) for text in before]
                return Fate(item if after == before else item.with_row(self.texts.put(item.row, after)))
            is_found = any(self._pattern.search(text, timeout=PATTERN_SECONDS) for text in before)
        except TimeoutError:
            return self._slow(item)
        if is_found == (self._spec.action == "keep"):
            return Fate(item)
        return Fate(None, "the pattern is found in it" if is_found else "the pattern is not found in it")

    def _slow(self, item: Item) -> Fate:
        self._num_slow += 1
        if self._num_slow >= _MOST_SLOW:
            raise DataError(
                f"The pattern {self._spec.pattern[:200]!r} ran longer than {PATTERN_SECONDS} seconds on {_MOST_SLOW} rows, "
                f"the last is row {item.number}.",
                hint="Write it without repetitions inside repetitions, such as (a+)+, or make them possessive: (a++)+.",
                row=item.number,
            )
        return Fate(None, f"the pattern ran longer than {PATTERN_SECONDS} seconds on it")

    def facts(self) -> dict[str, Any]:
        return {"too_slow": self._num_slow} if self._num_slow else {}


class Language(Filter):
    def __init__(self, tools: Tools, spec: LanguageStep) -> None:
        super().__init__(tools.texts(spec))
        check_languages(spec.keep)
        self._spec, self._keep = spec, frozenset(spec.keep)
        self._found: Counter[str] = Counter()

    def reason(self, item: Item) -> str:
        text = self.texts.whole(item.row).strip()
        if len(text) < self._spec.min_characters:
            self._found["too short to tell"] += 1
            return ""
        language, confidence = language_of(text)
        self._found[language] += 1
        if language not in self._keep:
            return f"another language ({language}, sure to {confidence:.2f})"
        if confidence < self._spec.min_confidence:
            return f"the language is not sure ({language}, sure to {confidence:.2f})"
        return ""

    def facts(self) -> dict[str, Any]:
        return {"languages": dict(self._found.most_common(40))}


class Rows(PlainStep):
    def __init__(self, spec: RowsStep) -> None:
        self._drop, self._found = frozenset(spec.drop), 0

    def apply(self, items: Sequence[Item]) -> list[Fate]:
        fates = [Fate(None, "chosen by its number") if item.number in self._drop else Fate(item) for item in items]
        self._found += sum(fate.item is None for fate in fates)
        return fates

    def facts(self) -> dict[str, Any]:
        return {"not_found": len(self._drop) - self._found}


def check_languages(codes: Sequence[str]) -> None:
    """:class:`SpecError` naming the first code that cannot be recognised, and the nearest."""
    for code in codes:
        if code not in known_languages():
            near = nearest(code, known_languages(), count=1)
            raise SpecError(
                f"The language “{code}” cannot be recognised here.",
                hint=f"Did you mean “{near[0]}”?" if near else "Use a two-letter code such as en, de or fr.",
            )
