"""JSON text that slides over a file: walking to a key in it with bounded memory, and finding the key whose list holds the rows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

_BLANK = re.compile(r"[\s,]*")
_STRUCTURE = re.compile(r'["\[\]{}]')
_STRING_END = re.compile(r'[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_SCALAR_END = re.compile(r"[\s,\]}]")
_OBJECTS = re.compile(r"\[\s*\{")
_MESSAGE = re.compile(r'\[\s*\{\s*"(role|from|content|value)"\s*:')
_KNOWN = (
    "data",
    "rows",
    "records",
    "items",
    "examples",
    "results",
    "instances",
    "entries",
    "samples",
    "documents",
    "train",
)
_DEEPEST = 3


class _Ended(Exception):
    """The text ends before what was looked for."""


class Window:
    """``text`` from about ``place`` on; ``line`` is that of ``place``, ``reason`` set where the file cannot be decoded further."""

    def __init__(self, blocks: Iterator[str]) -> None:
        self.text, self.mark, self.place, self.line = "", 0, 0, 1
        self.is_whole, self.reason = False, ""
        self.seen_keys: list[str] = []
        self._blocks = blocks

    def grow(self, chars: int) -> None:
        """Forget what lies behind ``mark`` and ``place``, and take in at least ``chars`` more."""
        kept = max(0, self.text.rfind("\n", 0, self.place))
        parts, size = [self.text[kept:]], 0
        self.place -= kept
        self.mark -= kept
        try:
            while size < chars:
                block = next(self._blocks, None)
                if block is None:
                    self.is_whole = True
                    break
                parts.append(block)
                size += len(block)
        except UnicodeError as error:
            self.is_whole = True
            self.reason = f"bytes that cannot be decoded ({error})"
        self.text = "".join(parts)

    def skip_blank(self) -> None:
        """Over white space and commas."""
        found = _BLANK.match(self.text, self.place)
        self._go_to(found.end() if found else self.place)

    def find_next(self) -> bool:
        """Move to where the next value or bracket begins; False at the end of the file."""
        while True:
            self.skip_blank()
            if self.place < len(self.text):
                return True
            if self.is_whole:
                return False
            self.grow(1)

    def enter(self, path: list[str]) -> bool:
        """Move to the value under ``path``, from an object at ``place``; False where there is none."""
        try:
            return all(self._enter_key(key) for key in path)
        except _Ended:
            return False

    def leave(self, depth: int) -> bool:
        """Over the rest of ``depth`` objects; False where the file ends within one."""
        try:
            for _ in range(depth):
                while not self._at("}"):
                    self._string()
                    self._expect(":")
                    self._skip_value()
                self._go_to(self.place + 1)
        except _Ended:
            return False
        return True

    def record_lists(
        self, deepest: int = _DEEPEST, above: tuple[str, ...] = ()
    ) -> Iterator[tuple[tuple[str, ...], bool]]:
        """(path, whether it looks like chat messages) of each list of objects in the object at ``place``, with the text there is."""
        try:
            self._expect("{")
            while not self._at("}"):
                path = (*above, self._string())
                self._expect(":")
                self.find_next()
                if _OBJECTS.match(self.text, self.place):
                    yield path, bool(_MESSAGE.match(self.text, self.place))
                if self.text.startswith("{", self.place) and deepest > 1:
                    yield from self.record_lists(deepest - 1, path)
                else:
                    self._skip_value()
            self._go_to(self.place + 1)
        except _Ended:
            self.place = len(self.text)

    def _enter_key(self, key: str) -> bool:
        self._expect("{")
        while not self._at("}"):
            name = self._string()
            self.seen_keys.append(name)
            self._expect(":")
            if name == key:
                return self.find_next()
            self._skip_value()
        return False

    def _at(self, mark: str) -> bool:
        if not self.find_next():
            raise _Ended
        return self.text.startswith(mark, self.place)

    def _expect(self, mark: str) -> None:
        if not self._at(mark):
            raise _Ended
        self._go_to(self.place + 1)

    def _string(self) -> str:
        self._expect('"')
        self.mark = self.place  # moves along when the window does
        self._skip_string()
        try:
            return str(json.loads(f'"{self.text[self.mark : self.place]}', strict=False))
        except ValueError:
            raise _Ended from None

    def _skip_string(self) -> None:
        """From behind an opening quote to behind the closing one."""
        wanted = 1 << 12
        while (found := _STRING_END.match(self.text, self.place)) is None:
            if self.is_whole:
                raise _Ended
            wanted *= 4
            self.grow(wanted)
        self._go_to(found.end())

    def _skip_value(self) -> None:
        if not self.find_next():
            raise _Ended
        if self.text[self.place] not in '"[{':
            self._skip_scalar()
            return
        depth = 0
        while True:
            found = _STRUCTURE.search(self.text, self.place)
            if found is None:
                self._go_to(len(self.text))
                if self.is_whole:
                    raise _Ended
                self.grow(1)
                continue
            self._go_to(found.end())
            if found[0] == '"':
                self._skip_string()
            else:
                depth += 1 if found[0] in "[{" else -1
            if depth <= 0:
                return

    def _skip_scalar(self) -> None:
        while (found := _SCALAR_END.search(self.text, self.place)) is None:
            if self.is_whole:
                raise _Ended
            self.grow(1)
        self._go_to(found.start())

    def _go_to(self, place: int) -> None:
        self.line += self.text.count("\n", self.place, place)
        self.place = place


def path_of(records: str | None) -> list[str]:
    """Keys of a dotted path; a mere dot, or nothing, is none."""
    return [key for key in (records or "").split(".") if key]


def find_records(text: str) -> str:
    """Dotted key of the list that holds the rows, from the beginning of a JSON file; empty where the file is rows itself.

    A list of chat messages is no list of rows; a key of an uncommon name counts only where it is the only one and the file is written over
    several lines, since a single row may hold lists of its own.
    """
    window = Window(iter([text]))
    window.grow(len(text))
    window.find_next()
    if not window.text.startswith("{", window.place):
        return ""
    found = [path for path, is_chat in window.record_lists() if not is_chat]
    window.skip_blank()
    if window.place < len(window.text):  # another object follows
        return ""
    known = sorted((len(path), _KNOWN.index(path[-1].lower()), path) for path in found if path[-1].lower() in _KNOWN)
    if known:
        return ".".join(known[0][2])
    first = text.strip().split("\n", 1)[0].strip()
    is_spread = len(first) < 200 and len(first) < len(text.strip())
    return ".".join(found[0]) if len(found) == 1 and is_spread else ""
