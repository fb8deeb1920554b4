"""The ten ways in which a flow can fail, and the one shape in which a failure is told: ``KIND line N: what``."""

from __future__ import annotations

from tokenloom.kit.errors import DataError

KINDS = ("SYNTAX", "NAME", "EMPTY", "RANGE", "SIZE", "SHORT", "UNEVEN", "NEEDROLL", "NEEDGRID", "DIMMATCH")


class Fault(DataError):
    """A broken rule of a value or an operation, raised where the line is not known yet."""

    def __init__(self, kind: str, what: str) -> None:
        super().__init__(f"{kind}: {what}", kind=kind)
        self.kind = kind
        self.what = what


class FlowError(DataError):
    """A program that failed: ``message`` is exactly ``KIND line N: what``; ``hint`` may say what was probably meant."""

    def __init__(self, kind: str, line: int, what: str, *, hint: str = "") -> None:
        super().__init__(f"{kind} line {line}: {what}", hint=hint, kind=kind, line=line)
        self.kind = kind
        self.line = line
        self.what = what
