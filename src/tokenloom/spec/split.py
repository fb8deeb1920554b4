"""Which rows are learned from, validated on and tested on."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from tokenloom.spec.base import Spec, setting


class _Shares(Spec):
    train: float = setting(0.9, ge=0, le=1, simple=True)
    """Share of rows to learn from."""
    validation: float = setting(0.05, ge=0, le=1, simple=True)
    """Share of rows that choose settings and the best checkpoint."""
    test: float = setting(0.05, ge=0, le=1, simple=True)
    """Share of rows kept for the last word."""

    @model_validator(mode="after")
    def _sum_is_one(self) -> _Shares:
        total = self.train + self.validation + self.test
        if abs(total - 1) > 1e-6:
            raise ValueError(
                f"the shares add up to {total:g}, not to 1; for example train=0.9, validation=0.05, test=0.05"
            )
        return self


class RatioSplit(_Shares):
    """Shares of the rows, drawn with a seed."""

    kind: Literal["ratio"] = "ratio"
    seed: int = 0
    """Another seed gives another draw."""
    method: Literal["hash", "random"] = "hash"
    """`hash` decides by each row's content, so a row keeps its split as data grows and equal rows stay together; `random` gives exact counts."""


class CountSplit(Spec):
    """So many rows for validation and test; the rest is learned from."""

    kind: Literal["count"] = "count"
    validation: int = setting(500, ge=0, unit="rows", simple=True)
    """Rows that choose settings and the best checkpoint."""
    test: int = setting(500, ge=0, unit="rows", simple=True)
    """Rows kept for the last word."""
    seed: int = 0
    """Another seed gives another draw. Equal rows always stay together, so a split may be a few rows larger."""


class StratifiedSplit(_Shares):
    """Shares of the rows that hold for every value of a column, too: each class is in every split."""

    kind: Literal["stratified"] = "stratified"
    column: str | None = setting(None, simple=True)
    """Column whose values keep their shares; empty means the column with the class."""
    seed: int = 0
    """Another seed gives another draw."""


class GroupedSplit(_Shares):
    """Shares of the rows, with all rows of one group in the same split: no author, patient or page is on both sides."""

    kind: Literal["grouped"] = "grouped"
    column: str = setting(simple=True)
    """Column that names the group. A group keeps its split as data grows; a row without a value is a group of its own."""
    seed: int = 0
    """Another seed gives another draw."""


class TimeSplit(_Shares):
    """The oldest rows to learn from, the newest to test on, as it will be in use."""

    kind: Literal["time"] = "time"
    column: str = setting(simple=True)
    """Column with the time: ISO 8601 such as `2026-03-01` or `2026-03-01T12:00:00Z`, or seconds or milliseconds since 1970."""


class ColumnSplit(Spec):
    """A column of the data names the split of each row."""

    kind: Literal["column"] = "column"
    column: str = "split"
    """Column that says train, validation or test."""


class FilesSplit(Spec):
    """The files are split already: the name of each file, or of a folder it lies in, says train, validation or test."""

    kind: Literal["files"] = "files"


Split = Annotated[
    RatioSplit | CountSplit | StratifiedSplit | GroupedSplit | TimeSplit | ColumnSplit | FilesSplit,
    Field(discriminator="kind"),
]


class SplitPart(Spec):
    """A split by itself."""

    split: Split
