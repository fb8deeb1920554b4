"""JSON objects: one a line, or one after another, or in one array."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import IO, Any

import orjson

from tokenloom.data.format.lines import read_lines, read_text
from tokenloom.data.format.record import MAX_DEPTH, Record, bad, depth_of
from tokenloom.spec.data import JsonlFormat

_MAX_OBJECT_CHARS = 64 << 20
_BLANK = re.compile(r"[\s,]*")
_NOT_A_NUMBER = re.compile(r"(?<![\w\"])-?(NaN|Infinity)(?![\w\"])")


def read_jsonl(stream: IO[bytes], spec: JsonlFormat, name: str, *, is_lines: bool) -> Iterator[Record]:
    """``is_lines``: one object a line; otherwise an array, or objects over several lines."""
    encoding = spec.encoding or "utf-8"
    if is_lines:
        number = 0
        for line in read_lines(stream, encoding):
            if line.reason or line.text.strip():
                number += 1
                yield (
                    bad(number, line.number, line.reason, line.raw)
                    if line.reason
                    else _from_line(number, line.number, line.text)
                )
    else:
        yield from _Values(read_text(stream, encoding)).records()


def is_one_per_line(start: str) -> bool:
    """Whether the first line that is not blank is a whole JSON value other than a list of objects."""
    first = next((line for line in start.splitlines() if line.strip()), "").strip()
    if first.endswith((",", "[", "{")):
        return False
    try:
        value = orjson.loads(first)
    except orjson.JSONDecodeError:
        return not first.startswith("[")
    return not (isinstance(value, list) and (not value or isinstance(value[0], dict)))


def _from_line(number: int, line: int, text: str) -> Record:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        return bad(number, line, _why(text, error.msg, error.colno), text)
    except RecursionError:
        return bad(number, line, f"it is nested deeper than {MAX_DEPTH} levels", text)
    return _from_value(number, line, value, text)


def _from_value(number: int, line: int, value: Any, text: str) -> Record:
    if not isinstance(value, dict):
        kind = {list: "a list", str: "a text", bool: "true or false", type(None): "null"}.get(type(value), "a number")
        return bad(number, line, f"it is {kind}, not an object with named fields", text)
    if not value:
        return bad(number, line, "it is an empty object", text)
    if text.count("{") + text.count("[") > MAX_DEPTH and depth_of(value) > MAX_DEPTH:
        return bad(number, line, f"it is nested deeper than {MAX_DEPTH} levels", text)
    if "\0" in text or ("\\u0000" in text and _holds_nul(value)):
        return bad(number, line, "it holds NUL characters", text)
    return Record(number, line, value)


def _why(text: str, message: str, column: int) -> str:
    if "recursion" in message or "depth" in message:
        return f"it is nested deeper than {MAX_DEPTH} levels"
    if "surrogate" in message:
        return "it holds half of a surrogate pair (\\ud800–\\udfff alone)"
    if _NOT_A_NUMBER.search(text):
        return "it holds NaN or Infinity, which JSON does not know"
    return f"invalid JSON at column {column}: {message.split(':')[0]}"


def _holds_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any("\0" in key or _holds_nul(item) for key, item in value.items())
    return isinstance(value, list) and any(map(_holds_nul, value))


class _Values:
    """Objects that need not keep to lines, parsed from a window of text that slides over the file."""

    def __init__(self, blocks: Iterator[str]) -> None:
        self._blocks = blocks
        self._decoder = json.JSONDecoder(parse_constant=_refuse_constant)
        self._text, self._start, self._place, self._line = "", 0, 0, 1
        self._is_whole, self._reason = False, ""

    def records(self) -> Iterator[Record]:
        self._grow(1)
        self._skip(_BLANK)
        if self._text.startswith("[", self._place):
            self._place += 1
        number = 0
        while self._skip_to_next():
            number += 1
            line, self._start = self._line, self._place
            value = self._next_value()
            if value is not None:
                yield self._checked(number, line, value[0], self._text[self._start : self._place])
                self._line += self._text.count("\n", self._start, self._place)
            else:
                yield bad(number, line, self._reason, self._text[self._start : self._start + 8192])
                if not self._resume(self._start):
                    yield bad(number + 1, line, "nothing behind a damaged object of an array can be read", "")
                    return
        if self._reason:
            yield bad(number + 1, self._line, self._reason, "")

    @staticmethod
    def _checked(number: int, line: int, value: Any, text: str) -> Record:
        record = _from_value(number, line, value, text)
        try:
            orjson.dumps(value)
        except (TypeError, ValueError):
            return bad(number, line, "it holds half of a surrogate pair or a number that is too large", text)
        return record

    def _skip_to_next(self) -> bool:
        """Move to where the next value begins; False at the end of the array or file."""
        while True:
            self._skip(_BLANK)
            if self._place < len(self._text):
                return not self._text.startswith("]", self._place)
            if self._is_whole:
                return False
            self._grow(1)

    def _next_value(self) -> tuple[Any] | None:
        """The value at this place, with as much more text as it needs; None when it is damaged (see ``_reason``)."""
        wanted = 1 << 16
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._place)
            except RecursionError:
                self._reason = f"it is nested deeper than {MAX_DEPTH} levels"
                return None
            except ValueError as error:
                message = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
                self._reason = f"invalid JSON: {message}"
                if self._is_whole or len(self._text) - self._place > _MAX_OBJECT_CHARS:
                    return None
                wanted *= 4
                self._grow(wanted)
                continue
            if end < len(self._text) or self._is_whole:
                self._place, self._reason = end, ""
                return (value,)
            self._grow(1)  # a number may go on in the next block

    def _resume(self, start: int) -> bool:
        """Go on at the next line that begins as the damaged object's line did; only safe when each object begins a line."""
        line_start = self._text.rfind("\n", 0, start) + 1
        indent = self._text[line_start:start]
        if indent.strip():
            return False
        found = self._text.find(f"\n{indent}{{", start)
        if found < 0:
            self._place, self._reason = len(self._text), ""
            return self._is_whole
        self._place, self._reason = found, ""
        self._line += self._text.count("\n", start, found)
        return True

    def _skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self._text, self._place)
        end = found.end() if found else self._place
        self._line += self._text.count("\n", self._place, end)
        self._place = end

    def _grow(self, chars: int) -> None:
        """Forget what lies behind and take in at least ``chars`` more."""
        kept = max(0, self._text.rfind("\n", 0, self._place))
        parts, size = [self._text[kept:]], 0
        self._place -= kept
        self._start -= kept
        try:
            while size < chars:
                block = next(self._blocks, None)
                if block is None:
                    self._is_whole = True
                    break
                parts.append(block)
                size += len(block)
        except UnicodeError as error:
            self._is_whole = True
            self._reason = f"bytes that cannot be decoded ({error})"
        self._text = "".join(parts)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
