"""Markdown: a document, or the sections below its headings. Reads line by line, so that a file of any size passes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from tokenloom.data.format.lines import MAX_LINE_BYTES, Line, read_lines
from tokenloom.data.format.record import Record, bad
from tokenloom.spec.data import MarkdownFormat

_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))??(?:[ \t]+#+)?[ \t]*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)$")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_NO_PARAGRAPH = re.compile(r" {0,3}([>#*+-]|\d+[.)]|\||<)|\s*$| {4}|\t")  # a line that an underline makes no heading of
_MOST_FRONT_LINES = 500


def read_markdown(stream: IO[bytes], spec: MarkdownFormat) -> Iterator[Record]:
    """Rows with ``text``, ``heading`` (empty before the first one) and ``front_matter`` where the file begins with it (source: CommonMark 0.31)."""
    lines = read_lines(stream, spec.encoding or "utf-8")
    front, rest = _front_matter(lines)
    number = 0
    for section in _sections(rest, spec.level if spec.unit == "section" else 0):
        if not section.reason and not any(line.strip() for line in section.lines):
            continue
        number += 1
        yield section.record(number, front)
        front = ""
    if front:
        yield Record(number + 1, 1, {"text": "", "heading": "", "front_matter": front})


class _Section:
    def __init__(self, line: int, heading: str = "") -> None:
        self.line, self.heading = line, heading
        self.lines: list[str] = []
        self.reason, self.size = "", 0

    def add(self, line: Line) -> None:
        self.reason = self.reason or line.reason
        self.size += len(line.text)
        if self.size > MAX_LINE_BYTES:
            self.lines, self.reason = self.lines[:1], f"the section has more than {MAX_LINE_BYTES >> 20} MB"
        else:
            self.lines.append(line.text)

    def record(self, number: int, front: str) -> Record:
        text = "\n".join(self.lines).strip("\n")
        if self.reason:
            return bad(number, self.line, self.reason, text)
        row = {"text": text, "heading": self.heading}
        return Record(number, self.line, row | ({"front_matter": front} if front else {}))


def _sections(lines: Iterator[Line], level: int) -> Iterator[_Section]:
    """Cut at headings of at most ``level``; 0 takes everything as one section, named by its first heading."""
    section = _Section(1)
    fence = ""
    for line in lines:
        text = line.text
        fence, was_fence = _fence_after(text, fence), fence
        found = None if fence or was_fence else _heading(text, section.lines)
        if found is None:
            section.add(line)
            continue
        depth, title, is_underline = found
        if not level:
            section.heading = section.heading or title
            section.add(line)
        elif depth > level:
            section.add(line)
        elif is_underline:
            above = section.lines.pop()
            yield section
            section = _Section(line.number - 1, title)
            section.add(Line(line.number - 1, above))
            section.add(line)
        else:
            yield section
            section = _Section(line.number, title)
            section.add(line)
    yield section


def _heading(text: str, above: list[str]) -> tuple[int, str, bool] | None:
    """(level, title, whether ``text`` is the line below the title) where ``text`` makes a heading."""
    if match := _HEADING.match(text):
        return len(match[1]), (match[2] or "").strip(), False
    underline = _UNDERLINE.match(text)
    if underline is None or not above or _NO_PARAGRAPH.match(above[-1]):
        return None
    if len(above) > 1 and not _NO_PARAGRAPH.match(above[-2]):  # the paragraph has more lines: rare, and no title
        return None
    return 1 if underline[1].startswith("=") else 2, above[-1].strip(), True


def _fence_after(text: str, fence: str) -> str:
    """The mark that closes the code block in which the next line stands; empty outside of one."""
    match = _FENCE.match(text)
    if match is None:
        return fence
    if not fence:
        return "" if match[1][0] == "`" and "`" in match[2] else match[1]
    is_end = match[1][0] == fence[0] and len(match[1]) >= len(fence) and not match[2].strip()
    return "" if is_end else fence


def _front_matter(lines: Iterator[Line]) -> tuple[str, Iterator[Line]]:
    """YAML between two lines of dashes at the very start, and the lines behind it."""
    first = next(lines, None)
    if first is None:
        return "", iter(())
    if first.text.rstrip() != "---":
        return "", _chained([first], lines)
    taken = [first]
    for line in lines:
        taken.append(line)
        if line.text.rstrip() in ("---", "..."):
            return "\n".join(each.text for each in taken[1:-1]), lines
        if len(taken) > _MOST_FRONT_LINES or line.reason:
            break
    return "", _chained(taken, lines)


def _chained(taken: list[Line], rest: Iterator[Line]) -> Iterator[Line]:
    yield from taken
    yield from rest
