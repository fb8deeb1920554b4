"""Plain text: every line, paragraph or document is a row with the column ``text``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from tokenloom.data.format.lines import MAX_LINE_BYTES, not_decodable, read_lines
from tokenloom.data.format.record import Record, bad
from tokenloom.spec.data import TextFormat


def read_plain(stream: IO[bytes], spec: TextFormat) -> Iterator[Record]:
    """Blank lines only separate; they are no rows."""
    encoding = spec.encoding or "utf-8"
    if spec.unit == "document":
        yield _document(stream, encoding)
    elif spec.unit == "line":
        yield from _lines(stream, encoding)
    else:
        yield from _paragraphs(stream, encoding)


def _document(stream: IO[bytes], encoding: str) -> Record:
    raw = stream.read(MAX_LINE_BYTES + 1)
    if len(raw) > MAX_LINE_BYTES:
        return bad(
            1, 1, f"the document has more than {MAX_LINE_BYTES >> 20} MB; read it by paragraph or line", raw[:4096]
        )
    try:
        text = raw.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return bad(1, line, not_decodable(error), raw[max(0, error.start - 1000) : error.start + 1000])
    except UnicodeError as error:
        return bad(1, 1, f"bytes that cannot be decoded ({error})", raw[:4096])
    if "\0" in text:
        return bad(1, 1, "it holds NUL bytes", raw[:4096])
    return Record(1, 1, {"text": text})


def _lines(stream: IO[bytes], encoding: str) -> Iterator[Record]:
    number = 0
    for line in read_lines(stream, encoding):
        if line.reason or line.text.strip():
            number += 1
            yield (
                bad(number, line.number, line.reason, line.raw)
                if line.reason
                else Record(number, line.number, {"text": line.text})
            )


def _paragraphs(stream: IO[bytes], encoding: str) -> Iterator[Record]:
    """Lines up to the next blank one; a damaged line spoils its paragraph, and so does a paragraph of more than 64 MB."""
    number, first, size, reason = 0, 0, 0, ""
    lines: list[str] = []
    for line in read_lines(stream, encoding):
        if line.reason or line.text.strip():
            first = first or line.number
            size += len(line.text)
            reason = reason or line.reason
            if size > MAX_LINE_BYTES:
                lines, reason = lines[:1], f"the paragraph has more than {MAX_LINE_BYTES >> 20} MB"
            else:
                lines.append(line.text)
        elif first:
            number += 1
            yield _paragraph(number, first, lines, reason)
            lines, first, size, reason = [], 0, 0, ""
    if first:
        yield _paragraph(number + 1, first, lines, reason)


def _paragraph(number: int, line: int, lines: list[str], reason: str) -> Record:
    text = "\n".join(lines)
    return bad(number, line, reason, text) if reason else Record(number, line, {"text": text})
