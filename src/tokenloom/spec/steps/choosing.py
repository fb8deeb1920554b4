"""Steps that keep, drop or move rows."""

from __future__ import annotations

from typing import Literal

from pydantic import field_validator, model_validator

from tokenloom.spec.base import Spec, setting
from tokenloom.spec.split import RatioSplit, Split
from tokenloom.spec.steps.base import StepSpec


class LengthStep(StepSpec):
    """Drop rows that are too short or too long."""

    kind: Literal["length"] = "length"
    min_characters: int | None = setting(None, ge=1, unit="characters", simple=True)
    """Rows with fewer characters are dropped; empty = no limit."""
    max_characters: int | None = setting(None, ge=1, unit="characters", simple=True)
    """Rows with more characters are dropped; empty = no limit."""
    min_words: int | None = setting(None, ge=1, unit="words")
    """Rows with fewer words are dropped; empty = no limit."""
    max_words: int | None = setting(None, ge=1, unit="words")
    """Rows with more words are dropped; empty = no limit."""

    @model_validator(mode="after")
    def _some_limit(self) -> LengthStep:
        pairs = ((self.min_characters, self.max_characters), (self.min_words, self.max_words))
        if all(limit is None for pair in pairs for limit in pair):
            raise ValueError("no limit is set; for example min_characters=20")
        if any(low is not None and high is not None and low > high for low, high in pairs):
            raise ValueError("the smallest length is more than the largest, so every row would be dropped; swap them")
        return self


class PatternStep(StepSpec):
    """Drop or keep rows by a regular expression, or take what it finds out of the text."""

    kind: Literal["pattern"] = "pattern"
    pattern: str = setting(min_length=1, max_length=10_000, simple=True)
    """Regular expression as Python's `regex` writes it, for example `(?i)lorem ipsum`. It is stopped where it runs too long."""
    action: Literal["drop", "keep", "replace"] = setting("drop", simple=True)
    """`drop` rows in which it is found; `keep` only those; `replace` what it finds by the replacement."""
    replacement: str = ""
    """What stands instead, for `replace`; groups are `\\1` or `\\g<name>`. Empty takes the find away."""
    ignore_case: bool = False
    """Whether capitals count as their small letters."""

    @model_validator(mode="after")
    def _compiles(self) -> PatternStep:
        import regex

        try:
            compiled = regex.compile(self.pattern)
        except (regex.error, OverflowError, RecursionError) as error:
            raise ValueError(f"pattern is no regular expression: {error}") from None
        if self.action == "replace":
            try:
                compiled.sub(self.replacement, "")
                regex.compile(f"(?:{self.pattern})|").sub(self.replacement, "")
            except (regex.error, IndexError) as error:
                raise ValueError(f"replacement does not fit the pattern: {error}") from None
        return self


class LanguageStep(StepSpec):
    """Keep rows in the named languages; recognised on this machine, without a network."""

    kind: Literal["language"] = "language"
    keep: list[str] = setting(min_length=1, max_length=150, simple=True)
    """Languages as two-letter codes (ISO 639-1), for example `en`."""
    min_confidence: float = setting(0.5, ge=0, le=1)
    """Rows in a kept language are dropped where the recognition is less sure than this."""
    min_characters: int = setting(20, ge=1, unit="characters")
    """Shorter rows stay, because their language cannot be told."""

    @field_validator("keep")
    @classmethod
    def _are_codes(cls, codes: list[str]) -> list[str]:
        for code in codes:
            if not 2 <= len(code) <= 3 or not code.isalpha():
                raise ValueError(f"“{code}” is not a language code; write for example en, de or fr")
        return [code.lower() for code in codes]


class QualityStep(StepSpec):
    """Give each row a score from 0 (poor) to 1 (good) in the column `quality`, and drop rows below a threshold."""

    kind: Literal["quality"] = "quality"
    threshold: float = setting(0.0, ge=0, le=1, simple=True)
    """Rows with a lower score are dropped; 0 drops none and only stores the scores."""
    languages: list[str] = setting(default_factory=list, max_length=150)
    """Languages that count as good, as two-letter codes; empty = any that is recognised surely."""
    perplexity_model: str | None = None
    """Model that judges how well a text can be predicted: a model of this workspace, or a local folder. Empty = without it."""


class DuplicatesStep(StepSpec):
    """Drop rows that say exactly what another row says. The copy that stays is the first one, of a test or validation split before train."""

    kind: Literal["duplicates"] = "duplicates"
    ignore_case: bool = False
    """Whether texts that differ only in capitals and white space are the same."""


class NearDuplicatesStep(StepSpec):
    """Drop rows that say nearly what another row says (MinHash over runs of words). One row of each group stays, of a test or validation split before train."""

    kind: Literal["near_duplicates"] = "near_duplicates"
    threshold: float = setting(0.8, ge=0.3, le=1, simple=True)
    """Similarity from which rows are near-duplicates: the share of their runs of words that they have in common (Jaccard)."""
    words: int = setting(3, ge=1, le=13, unit="words")
    """Words in a run. Longer runs ask for more literal copies."""
    keep: Literal["first", "longest"] = "first"
    """Which row of a group stays."""


class RowsStep(Spec):
    """Drop single rows by their number."""

    kind: Literal["rows"] = "rows"
    drop: list[int] = setting(min_length=1, max_length=1_000_000, simple=True)
    """Numbers of the rows (`_row`)."""


class LeakageStep(StepSpec):
    """Drop training rows that also stand, exactly or nearly, in validation or test: they would make a measurement too good."""

    kind: Literal["leakage"] = "leakage"
    threshold: float = setting(0.8, ge=0.3, le=1, simple=True)
    """Similarity from which a training row counts as leaked; 1 = only rows whose words are all the same."""
    words: int = setting(3, ge=1, le=13, unit="words")
    """Words in a run, as for near-duplicates."""


class ResplitStep(Spec):
    """Divide all rows anew into train, validation and test."""

    kind: Literal["resplit"] = "resplit"
    split: Split = RatioSplit()
    """How the rows are divided."""
