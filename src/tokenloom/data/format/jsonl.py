"""JSON objects: one a line, or one after another, or in one array."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import IO, Any

import orjson

from tokenloom.data.format.lines import read_lines, read_text
from tokenloom.data.format.record import MAX_DEPTH, Record, bad, depth_of
from tokenloom.data.format.window import Window, path_of
from tokenloom.kit.errors import DataError
from tokenloom.spec.data import JsonlFormat

_MAX_OBJECT_CHARS = 64 << 20
_BYTE_ORDER_MARK = "\ufeff"
_NOT_A_NUMBER = re.compile(r"(?<![\w\"])-?(NaN|Infinity)(?![\w\"])")


def read_jsonl(stream: IO[bytes], spec: JsonlFormat, name: str, *, is_lines: bool) -> Iterator[Record]:
    """``is_lines``: one object a line; otherwise an array, or objects over several lines. A key in ``spec.records`` is looked up first."""
    encoding = spec.encoding or "utf-8"
    path = path_of(spec.records)
    if path:
        yield from _Values(read_text(stream, encoding)).records_below(path, name)
    elif is_lines:
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
        if text.startswith(_BYTE_ORDER_MARK):  # files that were put one behind another
            return _from_line(number, line, text.removeprefix(_BYTE_ORDER_MARK))
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
    if text.count('":') != _num_keys(value) and (twice := _named_twice(text)):
        return bad(number, line, f"it names “{twice[:60]}” twice", text)
    return Record(number, line, value)


def _why(text: str, message: str, column: int) -> str:
    if "recursion" in message or "depth" in message:
        return f"it is nested deeper than {MAX_DEPTH} levels"
    if "surrogate" in message:
        return "it holds half of a surrogate pair (\\ud800–\\udfff alone)"
    if _NOT_A_NUMBER.search(text):
        return "it holds NaN or Infinity, which JSON does not know"
    return f"invalid JSON at column {column}: {message.split(':')[0]}"


def _num_keys(value: Any) -> int:
    inside = value.values() if isinstance(value, dict) else value
    own = len(value) if isinstance(value, dict) else 0
    return own + sum(_num_keys(each) for each in inside if isinstance(each, dict | list))


def _named_twice(text: str) -> str:
    """The first name that stands twice in one object, whose earlier value the parser has forgotten; empty where there is none."""
    found: list[str] = []

    def look(pairs: list[tuple[str, Any]]) -> None:
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                found.append(name or "(an empty name)")
            seen.add(name)

    json.loads(text, object_pairs_hook=look)
    return found[0] if found else ""


def _holds_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any("\0" in key or _holds_nul(item) for key, item in value.items())
    return isinstance(value, list) and any(map(_holds_nul, value))


class _Values(Window):
    """Objects that need not keep to lines."""

    def __init__(self, blocks: Iterator[str]) -> None:
        super().__init__(blocks)
        self._decoder = json.JSONDecoder(parse_constant=_refuse_constant)

    def records(self) -> Iterator[Record]:
        self.grow(1)
        self.skip_blank()
        if self.text.startswith("[", self.place):
            self.place += 1
        yield from self._all()

    def records_below(self, path: list[str], name: str) -> Iterator[Record]:
        """Objects of the list under ``path``; what follows behind the list is looked at, so that nothing is lost unseen."""
        self.grow(1)
        if not self.enter(path) or not self.text.startswith("[", self.place):
            shown = ".".join(path)
            raise DataError(
                f"{name} holds no list under the key “{shown}”.",
                hint=f"Its keys are {', '.join(self.seen_keys[:20])}."
                if self.seen_keys
                else "Leave format.records empty.",
                field="format.records",
            )
        self.place += 1
        number = 0
        for record in self._all():
            number = record.number
            yield record
        self.place += 1
        if self._is_more(len(path)):
            shown = ".".join(path)
            yield bad(
                number + 1, self.line, f"a second object follows; only the list under {shown} of the first is read", ""
            )

    def _is_more(self, depth: int) -> bool:
        """Whether something stands behind the objects around the list."""
        return not self.reason and self.leave(depth) and self.find_next()

    def _all(self) -> Iterator[Record]:
        number = 0
        while self.find_next() and not self.text.startswith("]", self.place):
            number += 1
            line, self.mark = self.line, self.place
            value = self._next_value()
            if value is not None:
                yield self._checked(number, line, value[0], self.text[self.mark : self.place])
                self.line += self.text.count("\n", self.mark, self.place)
            else:
                yield bad(number, line, self.reason, self.text[self.mark : self.mark + 8192])
                if not self._resume(self.mark):
                    if self.is_whole and "{" not in self.text[self.mark + 1 :]:
                        return  # it is cut off here
                    yield bad(number + 1, line, "nothing behind a damaged object of an array can be read", "")
                    return
        if self.reason:
            yield bad(number + 1, self.line, self.reason, "")

    @staticmethod
    def _checked(number: int, line: int, value: Any, text: str) -> Record:
        record = _from_value(number, line, value, text)
        if record.row is None:
            return record
        try:
            orjson.dumps(value)
        except (TypeError, ValueError):
            return bad(number, line, "it holds half of a surrogate pair or a number that is too large", text)
        return record

    def _next_value(self) -> tuple[Any] | None:
        """The value at this place, with as much more text as it needs; None when it is damaged (see ``_reason``)."""
        wanted = 1 << 16
        while True:
            try:
                value, end = self._decoder.raw_decode(self.text, self.place)
            except RecursionError:
                self.reason = f"it is nested deeper than {MAX_DEPTH} levels"
                return None
            except ValueError as error:
                message = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
                self.reason = f"invalid JSON: {message}"
                if self.is_whole or len(self.text) - self.place > _MAX_OBJECT_CHARS:
                    return None
                wanted *= 4
                self.grow(wanted)
                continue
            if end < len(self.text) or self.is_whole:
                self.place, self.reason = end, ""
                return (value,)
            self.grow(1)  # a number may go on in the next block

    def _resume(self, start: int) -> bool:
        """Go on at the next line that begins as the damaged object's line did; only safe when each object begins a line."""
        line_start = self.text.rfind("\n", 0, start) + 1
        indent = self.text[line_start:start]
        if indent.strip():
            return False
        found = self.text.find(f"\n{indent}{{", start)
        if found < 0:
            self.place, self.reason = len(self.text), ""
            return self.is_whole
        self.place, self.reason = found, ""
        self.line += self.text.count("\n", start, found)
        return True


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
