"""Signals of a text's quality, each from 0 (poor) to 1 (good), or ``None`` where a text is too short to tell.

The limits follow the rules of Gopher (Rae et al., 2021, A1.1) and C4 (Raffel et al., 2020), softened to ramps.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection

from tokenloom.data.refining.steps.stopwords import STOP_WORDS
from tokenloom.data.refining.steps.tongue import language_of

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+")
_WIDE = re.compile(
    "[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]"
)  # no spaces between words
_FEW_WORDS = 10  # below it shares of words say little
_FEW_CHARACTERS = 20
_SEEN = 20_000  # characters; more change no share and cost time

WEIGHTS = {
    "length": 1.0,
    "repeated_lines": 1.0,
    "repeated_words": 1.0,
    "symbols": 1.0,
    "digits": 0.5,
    "word_length": 1.0,
    "stop_words": 1.0,
    "language": 1.0,
    "perplexity": 2.0,
}
"""How much each signal counts in the mean."""


def signals(text: str, languages: Collection[str] = ()) -> dict[str, float | None]:
    """All signals of a text save the perplexity; ``languages`` that count as good, empty for any."""
    text = text[:_SEEN].strip()
    language, confidence = language_of(text) if len(text) >= _FEW_CHARACTERS else ("", 0.0)
    words = _WORD.findall(text)
    wide = _WIDE.findall(text)
    is_wide = len(wide) > 0.3 * max(1, sum(map(len, words)))
    units = wide if is_wide else words
    visible = max(1, len(text) - sum(map(str.isspace, text)))
    return {
        "length": _rise(len(units), 0, 20),
        "repeated_lines": _repeated_lines(text),
        "repeated_words": _repeated_runs(units),
        "symbols": _fall(1 - sum(map(str.isalnum, text)) / visible, 0.2, 0.6) if text else 0.0,
        "digits": _fall(sum(map(str.isdigit, text)) / visible, 0.25, 0.9),
        "word_length": None if is_wide or len(words) < 3 else _word_length(text),
        "stop_words": None if is_wide else _stop_words(words, language),
        "language": None
        if not language
        else min(1.0, 2 * confidence)
        if not languages or language in languages
        else 0.0,
    }


def score(found: dict[str, float | None]) -> float:
    """The weighted mean of the signals, pulled down by the worst: mean × √worst. 0 to 1."""
    told = {name: value for name, value in found.items() if value is not None}
    if not told:
        return 0.0
    total = sum(WEIGHTS[name] for name in told)
    mean = sum(WEIGHTS[name] * value for name, value in told.items()) / total
    return float(round(mean * math.sqrt(min(told.values())), 4))


def _rise(value: float, none: float, full: float) -> float:
    """0 at ``none``, 1 at ``full``; a single word is worth something."""
    return math.sqrt(min(1.0, max(0.0, (value - none) / (full - none))))


def _fall(value: float, full: float, none: float) -> float:
    return min(1.0, max(0.0, (none - value) / (none - full)))


def _repeated_lines(text: str) -> float | None:
    """Characters in lines that stood before: good up to 5 %, poor from 50 %."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if len(lines) < 3:
        return None
    counts = Counter(lines)
    repeated = sum(len(line) * (count - 1) for line, count in counts.items())
    return _fall(repeated / sum(map(len, lines)), 0.05, 0.5)


def _repeated_runs(words: list[str]) -> float | None:
    """Runs of three words that stood before: good up to 10 %, poor from 70 %."""
    if len(words) < _FEW_WORDS:
        return None
    runs = list(zip(words, words[1:], words[2:], strict=False))
    return _fall(1 - len(set(runs)) / len(runs), 0.1, 0.7)


def _word_length(text: str) -> float:
    """Mean length of what stands between spaces: good from 3 to 10 characters, poor at 1 and at 25."""
    parts = text.split()
    mean = sum(map(len, parts)) / max(1, len(parts))
    return max(0.0, min(1.0, (mean - 1) / 2, (25 - mean) / 15))


def _stop_words(words: list[str], language: str) -> float | None:
    """Share of the commonest small words of the language: good from 15 %."""
    known = STOP_WORDS.get(language)
    if known is None or len(words) < _FEW_WORDS:
        return None
    share = sum(word.lower() in known for word in words) / len(words)
    return min(1.0, 0.25 + 5 * share)
