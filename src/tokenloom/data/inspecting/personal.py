"""Rows that hold personal data or secrets, as the redacting step would find them; what is found is shown by its kind alone."""

from __future__ import annotations

from collections import Counter
from typing import Any

import polars as pl

from tokenloom.data.inspecting.finding import MAX_EXAMPLES, MAX_ROWS, Finding, excerpt
from tokenloom.data.refining.personal.redacting import find_personal

_HINT = (
    r"[\w.+-]@[\w-]+\.\w|(?:\d[ ().-]?){8}|(?i:secret|token|passw|api[_ -]?key|credential)|[A-Za-z0-9+/_-]{24}"
    r"|-----BEGIN|://[^\s/]+:[^\s/]+@|\b[A-Z]{2}\d{2}"
)
"""Holds wherever a finder could find something; most rows are passed over by it a hundred times faster than by the finders."""
_TRIED = 40_000  # rows that the finders read; of more an even part
_CHARS = 4_000  # of each row


class Personal:
    """Counts rows by what was found in them; ``total`` rows will be looked at."""

    def __init__(self, total: int) -> None:
        self._share = _TRIED / max(1, total)
        self._count, self._seen, self._is_sampled = 0, 0, False
        self._kinds: Counter[str] = Counter()
        self._rows: list[int] = []
        self._texts: list[dict[str, Any]] = []

    def look(self, block: pl.DataFrame) -> None:
        """A block as :func:`views.view` gives it."""
        self._seen += block.height
        likely = block.filter(pl.col("said").str.contains(_HINT)).select("row", pl.col("said").str.slice(0, _CHARS))
        step = max(1, round(likely.height / max(1.0, self._share * block.height)))
        self._is_sampled |= step > 1
        for row, said in likely.gather_every(step).iter_rows():
            found = find_personal(said)
            if not found:
                continue
            self._count += step
            self._kinds.update({each.kind for each in found})
            if len(self._rows) < MAX_ROWS:
                self._rows.append(row)
            if len(self._texts) < MAX_EXAMPLES:
                for each in reversed(found):
                    said = said[: each.start] + each.mark + said[each.end :]
                self._texts.append({"row": row, "text": excerpt(said[max(0, found[0].start - 60) :])})

    def findings(self) -> list[Finding]:
        """One, where something was found."""
        if not self._count:
            return []
        return [
            Finding(
                "personal", "Rows with personal data or secrets", "warning", min(self._count, self._seen), self._seen,
                why="A model can be made to repeat what it has learned, also an address or a key.",
                advice="Mark them before training; the parent version keeps them.",
                rows=self._rows, examples=self._texts, fix=[{"kind": "redact"}],
                details={"kinds": dict(self._kinds.most_common()), "is_estimate": self._is_sampled},
            )
        ]  # fmt: skip
