"""Broken, invisible and variously written characters; white space and punctuation."""

from __future__ import annotations

import re
import unicodedata

import regex

from tokenloom.data.refining.building import Tools, builder
from tokenloom.data.refining.step import Edit, Step
from tokenloom.spec.steps import UnicodeStep, WhitespaceStep

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufff0-\ufffb]|\x0c(?!\n)")
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]")
_TERMINAL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_LINE_BREAKS = re.compile(r"\r\n?|[\u2028\u2029\x85]")
_ODD_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_RUNS, _RUNS_INSIDE = re.compile(r"[ \t]{2,}|\t"), re.compile(r"(?<=[^ \t\n])(?:[ \t]{2,}|\t)")
_LINE_ENDS = re.compile(r"[ \t]+(?=\n|$)")
_PUNCTUATION = str.maketrans(
    {
        "“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "″": '"',
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-", "…": "...", "⁄": "/", "•": "-", "·": ".",
    }
)  # fmt: skip


@builder.register
def _make_unicode(spec: UnicodeStep, tools: Tools) -> Step:
    return Characters(tools, spec)


@builder.register
def _make_whitespace(spec: WhitespaceStep, tools: Tools) -> Step:
    return Whitespace(tools, spec)


class Characters(Edit):
    """Mojibake is repaired by ftfy's rules (Speer, "ftfy", 2019), which change a text only where the repair is sure."""

    def __init__(self, tools: Tools, spec: UnicodeStep) -> None:
        super().__init__(tools.texts(spec))
        import ftfy

        self._spec, self._fix = spec, ftfy.fix_encoding

    def change(self, text: str) -> str:
        spec = self._spec
        if spec.control:
            text = _CONTROL.sub("", _TERMINAL.sub("", text))
        if text.isascii():
            return text
        if spec.mojibake:
            text = self._fix(text)
        if spec.control:
            text = _CONTROL.sub("", text)
        if spec.invisible:
            text = _INVISIBLE.sub("", text)
        return text if spec.form == "none" else unicodedata.normalize(spec.form, text)


class Whitespace(Edit):
    """Lines end with a line feed; runs of spaces become one."""

    def __init__(self, tools: Tools, spec: WhitespaceStep) -> None:
        super().__init__(tools.texts(spec))
        self._spec = spec
        self._runs = _RUNS_INSIDE if spec.keep_indent else _RUNS
        self._blank = re.compile(rf"\n{{{spec.max_blank_lines + 2},}}")
        self._blank_for = "\n" * (spec.max_blank_lines + 1)
        limit = spec.max_repeats
        self._repeats = None if limit is None else regex.compile(rf"([\p{{P}}\p{{S}}])\1{{{limit},}}")

    def change(self, text: str) -> str:
        spec = self._spec
        text = _ODD_SPACES.sub(" ", _LINE_BREAKS.sub("\n", text))
        if spec.punctuation == "ascii" and not text.isascii():
            text = text.translate(_PUNCTUATION)
        text = _LINE_ENDS.sub("", self._runs.sub(" ", text))
        if not spec.keep_indent:
            text = text.replace("\n ", "\n")
        text = self._blank.sub(self._blank_for, text)
        if self._repeats is not None:
            text = self._repeats.sub(lambda found: found[1] * (spec.max_repeats or 1), text)
        if not spec.strip:
            return text
        return text.strip() if not spec.keep_indent else text.rstrip().lstrip("\n")
