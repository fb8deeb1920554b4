"""Trouble that one row shows by itself: broken letters, markup, answers that say nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import polars as pl

from tokenloom.data.inspecting.finding import MAX_EXAMPLES, MAX_FIXED, Finding, Severity, drop_rows, excerpt

_CLEAN: tuple[dict[str, Any], ...] = ({"kind": "unicode"},)
SHORT = 3
"""Fewer characters than these make a very short answer."""
_OFTEN = 0.5  # a share of rows from which on short answers are what the task is about


@dataclass(frozen=True)
class Mark:
    """One check of each row: ``where`` holds for a row in trouble; ``shows`` finds the place in its text."""

    id: str
    title: str
    severity: Severity
    where: pl.Expr
    why: str
    advice: str
    fix: tuple[dict[str, Any], ...] = ()
    shows: re.Pattern[str] | None = None
    needs: str = "said"
    most: float = 1.0
    """Share of rows above which it is no trouble but the nature of the data."""
    drops: bool = False
    """Whether the fix is to leave the rows out."""


def _pattern(id: str, title: str, severity: Severity, pattern: str, **words: Any) -> Mark:
    return Mark(id, title, severity, pl.col("said").str.contains(pattern), shows=re.compile(pattern), **words)


MARKS = (
    _pattern(
        "mojibake", "Letters that were read in the wrong encoding", "warning",
        "\u00c3[\u0080-\u00bf\u0192\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u201a\u201e\u2026\u2122\u0161\u203a\u0153]|"
        "\u00e2\u20ac[\u2122\u0153\u009d\u201c\u201d\u2013\u2014\u00a6\u02dc]|\u00c2[\u0080-\u00bf]|\u00ef\u00bb\u00bf",
        why="The model learns to write “Ã©” where “é” belongs.",
        advice="Mend the letters, or import the file once more with its true encoding.", fix=_CLEAN,
    ),
    _pattern(
        "replacement", "Letters that were lost (�)", "warning", "\ufffd",
        why="What stood there cannot be known any more, and the model learns to write “�”.",
        advice="Import the file with its true encoding, or leave these rows out.",
        fix=({"kind": "pattern", "pattern": "\ufffd", "action": "drop"},),
    ),
    _pattern(
        "control", "Control characters", "warning", "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f]",
        why="They are no text; each becomes a rare token and may end up in answers.",
        advice="Remove them.", fix=_CLEAN,
    ),
    _pattern(
        "invisible", "Invisible or text-turning characters", "note", "[\u00ad\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]",
        why="Two texts that look the same become different tokens, and text can be shown other than it reads.",
        advice="Remove them.", fix=_CLEAN,
    ),
    _pattern(
        "markup", "Remains of HTML", "warning",
        r"(?i)</?(?:p|div|br|span|a|td|tr|li|ul|b|i|em|strong|h[1-6])(?:\s[^<>]*)?/?>|&(?:amp|lt|gt|nbsp|quot|#\d+);",
        why="Tags and entities cost tokens and turn up in answers, unless markup is what the model shall learn.",
        advice="Strip the markup, if it is not wanted.", fix=({"kind": "html"},), most=0.9,
    ),
    _pattern(
        "spaces", "Long runs of spaces or blank lines", "note", r"[ \t\u00a0]{4,}\S|\n[ \t]*\n[ \t]*\n[ \t]*\n|[ \t]+\n[ \t]*\n",
        why="They cost tokens and say nothing, unless they indent code.",
        advice="Normalise white space, if the rows are no code.", fix=({"kind": "whitespace"},), most=0.5,
    ),
    Mark(
        "echo", "Answers that repeat their prompt", "warning",
        pl.col("answer").str.strip_chars() == pl.col("prompt").str.strip_chars(),
        why="The model learns to say the question again.", advice="Leave these rows out.", needs="answer", drops=True,
    ),
    Mark(
        "short_answer", f"Answers of fewer than {SHORT} characters", "note",
        pl.col("answer").str.strip_chars().str.len_chars() < SHORT,
        why="They carry next to nothing to learn, unless the task is about such answers.",
        advice="Look at them; leave them out if they are no answers.", needs="answer", most=_OFTEN, drops=True,
    ),
)  # fmt: skip


class Marked:
    """Counts every mark over the blocks of a dataset."""

    def __init__(self, shape_has_answers: bool) -> None:
        self.marks = [mark for mark in MARKS if mark.needs == "said" or shape_has_answers]
        self._counts = dict.fromkeys((mark.id for mark in self.marks), 0)
        self._rows: dict[str, list[int]] = {mark.id: [] for mark in self.marks}
        self._texts: dict[str, list[dict[str, Any]]] = {mark.id: [] for mark in self.marks}
        self._seen = 0

    def look(self, block: pl.DataFrame) -> None:
        """A block as :func:`views.view` gives it."""
        self._seen += block.height
        hits = block.select(mark.where.fill_null(False).alias(mark.id) for mark in self.marks)
        for mark in self.marks:
            hit = hits[mark.id]
            if count := int(hit.sum()):
                self._keep(mark, block.filter(hit), count)

    def _keep(self, mark: Mark, found: pl.DataFrame, count: int) -> None:
        self._counts[mark.id] += count
        rows = self._rows[mark.id]
        if len(rows) <= MAX_FIXED:
            rows += found["row"].head(MAX_FIXED + 1 - len(rows)).to_list()
        texts = self._texts[mark.id]
        for row, text in found.select("row", mark.needs).head(MAX_EXAMPLES - len(texts)).iter_rows():
            texts.append({"row": row, "text": excerpt(text, mark.shows)})

    def findings(self) -> list[Finding]:
        """What was found, of each mark that is trouble here."""
        return [
            self._finding(mark) for mark in self.marks if 0 < self._counts[mark.id] <= mark.most * max(1, self._seen)
        ]

    def _finding(self, mark: Mark) -> Finding:
        rows = self._rows[mark.id]
        fix = drop_rows(rows) if mark.drops else [dict(step) for step in mark.fix]
        return Finding(
            mark.id, mark.title, mark.severity, self._counts[mark.id], self._seen,
            why=mark.why, advice=mark.advice, rows=rows, examples=self._texts[mark.id], fix=fix,
        )  # fmt: skip
