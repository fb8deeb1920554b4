"""Text cut by a regular expression that a user wrote: compiled in the sandbox first, run with a time limit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

import regex

from tokenloom.data.format.lines import MAX_LINE_BYTES, read_text
from tokenloom.data.format.record import Record, bad
from tokenloom.kit.errors import DataError
from tokenloom.kit.sandbox import sandbox_child

_SECONDS = 5.0  # for one search
_FIRST_CHARS = 1 << 16
_FLAGS = regex.MULTILINE


def check_pattern(pattern: str) -> None:
    """:class:`DataError` for an expression that is none, or that takes too much to compile."""
    try:
        told = sandbox_child(
            "tokenloom.data.format.pattern:probe", memory_bytes=1 << 30, cpu_seconds=5, pattern=pattern
        )
    except DataError:
        told = {"problem": "it takes too much memory or time to compile"}
    if told["problem"]:
        raise DataError(
            f"“{pattern[:200]}” is not a regular expression to cut text with: {told['problem']}.",
            hint=r"For example \n-{3,}\n between two rows, or named groups such as Q: (?P<prompt>.+)\nA: (?P<completion>.+).",
            field="format.pattern",
        )


def probe(pattern: str) -> dict[str, str]:
    """Compile it; runs inside ``sandbox_child``."""
    try:
        compiled = regex.compile(pattern, _FLAGS)
        if not compiled.groupindex and compiled.search("", timeout=_SECONDS):
            return {"problem": "it matches nothing at all, so that every character would be a row"}
    except (regex.error, OverflowError, RecursionError) as error:
        return {"problem": str(error)}
    except TimeoutError:
        return {"problem": "it takes too long"}
    return {"problem": ""}


def read_by_pattern(stream: IO[bytes], pattern: str, encoding: str) -> Iterator[Record]:
    """Rows between matches with the column ``text``; with named groups a row for each match, its groups as columns.

    Text that no match covers is a bad record then, so that nothing is lost unseen. A row of more than 64 MB is one, too.
    """
    check_pattern(pattern)
    compiled = regex.compile(pattern, _FLAGS)
    window = _Window(read_text(stream, encoding))
    number = 0
    try:
        for start, match in window.matches(compiled):
            between = window.text[start : match.start()] if match else window.text[start:]
            for record in _records(between, match if compiled.groupindex else None, bool(compiled.groupindex)):
                number += 1
                line = window.line_of(start + record.line)
                yield Record(number, line, record.row, record.reason, record.raw)
    except UnicodeError as error:
        yield bad(number + 1, window.line_of(window.place), f"bytes that cannot be decoded ({error})", "")


def _records(between: str, match: Any, is_matching: bool) -> Iterator[Record]:
    """Records with ``line`` as the number of characters from where ``between`` begins."""
    offset = len(between) - len(between.lstrip())
    text = between.strip("\r\n") if not is_matching else between.strip()
    if text.strip() and is_matching:
        yield bad(0, offset, "no match of the pattern covers this text", text)
    elif text.strip():
        yield _checked(offset, {"text": text})
    if match is not None:
        yield _checked(len(between), {name: value or "" for name, value in match.groupdict().items()})


def _checked(offset: int, row: dict[str, str]) -> Record:
    if any("\0" in value for value in row.values()):
        return bad(0, offset, "it holds NUL bytes", next(iter(row.values())))
    if sum(map(len, row.values())) > MAX_LINE_BYTES:
        return bad(0, offset, f"the row has more than {MAX_LINE_BYTES >> 20} MB", next(iter(row.values()))[:4096])
    return Record(0, offset, row)


class _Window:
    """Text that slides over the file: what lies behind the last match is forgotten."""

    def __init__(self, blocks: Iterator[str]) -> None:
        self.text, self.place = "", 0
        self._blocks = blocks
        self._line, self._counted = 1, 0  # the line in which the character at ``_counted`` stands
        self._is_whole = False

    def line_of(self, place: int) -> int:
        """The line of a place; places must be asked for in order."""
        if place > self._counted:
            self._line += self.text.count("\n", self._counted, place)
            self._counted = place
        return self._line

    def matches(self, compiled: Any) -> Iterator[tuple[int, Any]]:
        """(where the text before it begins, match), and at the end (where the rest begins, None)."""
        self._grow(_FIRST_CHARS)
        while True:
            match = self._search(compiled)
            if match is None:
                yield self.place, None
                if self._is_whole:
                    return
                self.place = len(self.text)
                self._grow(_FIRST_CHARS)
                continue
            yield self.place, match
            self.place = match.end()
            if len(self.text) - self.place < _FIRST_CHARS and not self._is_whole:
                self._grow(_FIRST_CHARS)

    def _search(self, compiled: Any) -> Any:
        """The next match that more text could not change; None where the file ends, or 64 MB hold none."""
        wanted = _FIRST_CHARS
        while True:
            try:
                match = compiled.search(self.text, self.place, partial=not self._is_whole, timeout=_SECONDS)
            except TimeoutError:
                raise DataError(
                    f"The pattern needs more than {_SECONDS:g} s for one row near line {self.line_of(self.place)}.",
                    hint="Write it without nested repetitions such as (a+)+.",
                    field="format.pattern",
                ) from None
            is_sure = self._is_whole or (match is not None and not match.partial and match.end() < len(self.text))
            if is_sure and match is not None and match.end() == match.start() == self.place:
                match = None if self.place >= len(self.text) else self._beyond(compiled)
            if is_sure or len(self.text) - self.place > MAX_LINE_BYTES:
                return match if match is not None and not match.partial else None
            wanted *= 4
            self._grow(wanted)

    def _beyond(self, compiled: Any) -> Any:
        """The next match that is not empty here, so that reading always goes forward."""
        return compiled.search(self.text, self.place + 1, timeout=_SECONDS)

    def _grow(self, chars: int) -> None:
        self.line_of(self.place)
        self._counted = max(0, self._counted - self.place)
        parts, size = [self.text[self.place :]], 0
        self.place = 0
        while size < chars:
            block = next(self._blocks, None)
            if block is None:
                self._is_whole = True
                break
            parts.append(block)
            size += len(block)
        self.text = "".join(parts)
