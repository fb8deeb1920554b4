"""A file as lines of text: damaged ones are told apart from good ones, and no line can fill the memory."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

MAX_LINE_BYTES = 64 << 20
_BLOCK = 1 << 20
_KEPT = 4096
_BYTEWISE = ("utf-16", "utf-32", "utf_16", "utf_32")


@dataclass(frozen=True, slots=True)
class Line:
    """``text`` without its line break, or the ``reason`` why there is none and the ``raw`` bytes' beginning."""

    number: int
    text: str = ""
    reason: str = ""
    raw: bytes = b""


def read_lines(stream: IO[bytes], encoding: str) -> Iterator[Line]:
    """Lines from 1 on; a byte order mark is taken away."""
    if encoding.lower().startswith(_BYTEWISE):
        yield from _wide_lines(stream, encoding)
        return
    decode = codecs.lookup("utf-8" if encoding.lower().replace("_", "-") == "utf-8-sig" else encoding).decode
    number = 0
    while raw := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(raw) > MAX_LINE_BYTES:
            _skip_line(stream, raw)
            yield Line(number, "", f"the line is longer than {MAX_LINE_BYTES >> 20} MB", raw[:_KEPT])
            continue
        if number == 1:
            raw = raw.removeprefix(codecs.BOM_UTF8)
        yield _line(number, raw.rstrip(b"\r\n") if raw.endswith((b"\n", b"\r")) else raw, decode)


def read_text(stream: IO[bytes], encoding: str) -> Iterator[str]:
    """The same file as blocks of text; raises UnicodeError at the first damaged byte."""
    decoder = codecs.getincrementaldecoder(encoding)()
    first = True
    while block := stream.read(_BLOCK):
        text = decoder.decode(block)
        yield text.removeprefix("\ufeff") if first else text
        first = False
    yield decoder.decode(b"", True)


def _line(number: int, raw: bytes, decode: codecs._Decoder) -> Line:
    if b"\0" in raw:
        return Line(number, "", "it holds NUL bytes", raw[:_KEPT])
    try:
        return Line(number, decode(raw)[0])
    except UnicodeDecodeError as error:
        return Line(number, "", not_decodable(error), raw[:_KEPT])


def not_decodable(error: UnicodeDecodeError) -> str:
    """The reason in words: which bytes, and where."""
    shown = error.object[error.start : error.end].hex(" ")
    return f"bytes that are not {error.encoding} ({shown} at byte {error.start + 1})"


def _wide_lines(stream: IO[bytes], encoding: str) -> Iterator[Line]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    pending, number, done = "", 0, False
    while not done:
        block = stream.read(_BLOCK)
        done = not block
        pending += decoder.decode(block, done)
        *whole, pending = pending.split("\n")
        for text in [*whole, pending] if done and pending else whole:
            number += 1
            yield _checked(number, text.rstrip("\r").removeprefix("\ufeff") if number == 1 else text.rstrip("\r"))
        if len(pending) * 2 > MAX_LINE_BYTES:
            number += 1
            yield Line(number, "", f"the line is longer than {MAX_LINE_BYTES >> 20} MB", pending[:_KEPT].encode())
            pending = ""


def _checked(number: int, text: str) -> Line:
    if "\ufffd" in text or "\0" in text:
        return Line(
            number, "", "it holds NUL bytes" if "\0" in text else "bytes that cannot be decoded", text[:_KEPT].encode()
        )
    return Line(number, text)


def _skip_line(stream: IO[bytes], raw: bytes) -> None:
    while raw and not raw.endswith(b"\n"):
        raw = stream.readline(_BLOCK)
