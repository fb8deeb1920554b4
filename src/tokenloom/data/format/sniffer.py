"""What a file is, judged by its content: compression, encoding, format. The name is only a hint."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import orjson

from tokenloom.data.format.encoding import SAMPLE_BYTES, find_encoding, guessed, is_wide
from tokenloom.data.format.magic import Binary, binary_kind, refused_kind
from tokenloom.data.format.packing.streams import Packing, open_bytes, packing_of
from tokenloom.data.format.pattern import check_pattern
from tokenloom.data.format.tables.columns import names_of
from tokenloom.data.format.tables.dialect import find_dialect
from tokenloom.data.format.tables.fields import FieldError, split_fields
from tokenloom.data.format.tables.spreadsheet import find_table
from tokenloom.data.format.window import find_records
from tokenloom.kit.errors import DataError
from tokenloom.spec.data import (
    ArrowFormat,
    CsvFormat,
    JsonlFormat,
    MarkdownFormat,
    ParquetFormat,
    SpreadsheetFormat,
    TextFormat,
)

_TEXT_SUFFIXES = {
    ".txt", ".rst", ".py", ".js", ".ts", ".c", ".h", ".cpp", ".java", ".rs", ".go", ".html", ".xml", ".yaml", ".yml", ".toml",
}  # fmt: skip
_MARKDOWN_SUFFIXES = {".md", ".markdown", ".mdx"}
_JSON_SUFFIXES = {".jsonl", ".json", ".ndjson"}
_TABLE_SUFFIXES = {".csv", ".tsv", ".tab", *_JSON_SUFFIXES}
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
AnyFormat = CsvFormat | JsonlFormat | ParquetFormat | ArrowFormat | SpreadsheetFormat | MarkdownFormat | TextFormat
_BINARY: dict[Binary, tuple[type[AnyFormat], str]] = {
    "parquet": (ParquetFormat, "Parquet"),
    "arrow": (ArrowFormat, "Arrow"),
    "workbook": (SpreadsheetFormat, "a workbook"),
}


@dataclass(frozen=True)
class Sniffed:
    """``format`` with everything filled in; ``why`` says how it was recognised; ``notes`` what a user should know."""

    format: AnyFormat
    why: str
    packing: Packing = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Look:
    path: Path
    name: str
    sample: bytes
    packing: Packing
    is_whole: bool


def sniff(path: Path, name: str, wanted: Any = None, *, is_folder: bool = False) -> Sniffed:
    """Recognise the file, or fill in what the ``wanted`` format leaves open.

    Raises :class:`DataError` for an empty file, for binary content and for a format that the content contradicts.
    """
    look = _look(path, name)
    kind = binary_kind(look.sample, None if look.packing else path)
    named = next((told for kind, told in _BINARY.values() if isinstance(wanted, kind)), "")
    if kind in _BINARY and isinstance(wanted, _BINARY[kind][0] | None):
        return _binary(look, kind, wanted)
    if named:
        raise DataError(f"{name} is not {named}.", hint="Use format: auto, or the format that it has.")
    _refuse_binary(look, kind)
    encoding = getattr(wanted, "encoding", None) or find_encoding(look.sample)
    text = _decoded(look, encoding)
    if "\n" not in text:
        text = text.replace("\r", "\n")  # as reading has it
    if not text.strip():
        raise DataError(f"{name} holds nothing but blank space.", hint="Choose a file with some rows in it.")
    found = _recognise(look, text, encoding, is_folder) if wanted is None else _filled(look, text, encoding, wanted)
    guess = "" if getattr(wanted, "encoding", None) else guessed(encoding)
    return replace(found, notes=(_told(name, guess), *found.notes)) if guess else found


def _told(name: str, guess: str) -> str:
    return (
        f"{name} is not UTF-8. It is read as {guess}, a guess by its bytes: nothing in the file names its encoding. "
        "If its letters look wrong, set its encoding (format.encoding)."
    )


def _look(path: Path, name: str) -> _Look:
    with path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES)
    if not sample:
        raise DataError(f"{name} is empty (0 bytes).", hint="Choose a file with some rows in it.")
    packing = packing_of(sample)
    if packing:
        with open_bytes(path, name, packing) as packed:
            sample = packed.read(SAMPLE_BYTES)
        if not sample:
            raise DataError(f"{name} unpacks to nothing.", hint="Choose a file with some rows in it.")
        if packing_of(sample):
            raise DataError(f"{name} is packed twice, one within the other.", hint="Unpack it once, and import that.")
    return _Look(path, name, sample, packing, len(sample) < SAMPLE_BYTES)


def _binary(look: _Look, kind: Binary, wanted: Any) -> Sniffed:
    if look.packing:
        told = _BINARY[kind][1]
        raise DataError(
            f"{look.name} is {told} inside of {look.packing}.", hint="Unpack it first; it is compressed by itself."
        )
    if kind == "workbook":
        spec, why, notes = find_table(look.path, look.name, wanted or SpreadsheetFormat())
        return Sniffed(spec, why, notes=notes)
    if kind == "arrow":
        return Sniffed(ArrowFormat(), "it begins with the mark of Arrow")
    return Sniffed(ParquetFormat(), "it begins with the mark of Parquet")


def _refuse_binary(look: _Look, found: Binary) -> None:
    kind = refused_kind(look.sample, None if look.packing else look.path)
    if found and not kind:
        kind = "a ZIP archive" if found == "zip" else f"{_BINARY[found][1]}, not what the format says"
    controls = len(_CONTROL.findall(look.sample))
    if not kind and (is_wide(look.sample) or controls <= max(4, len(look.sample) // 20)):
        return
    told = f"it is {kind}" if kind else f"{controls / len(look.sample):.0%} of its first bytes are control characters"
    raise DataError(
        f"{look.name} is not text or a table: {told}.",
        hint="Save the data as CSV, JSONL, Parquet or plain text first.",
        first_bytes=look.sample[:16].hex(" "),
    )


def _filled(look: _Look, text: str, encoding: str, wanted: Any) -> Sniffed:
    """What the named format leaves open, found in the text."""
    if isinstance(wanted, CsvFormat):
        return _table(look, text, wanted.model_copy(update={"encoding": encoding}), "it was named")
    filled: dict[str, Any] = {"encoding": encoding}
    if isinstance(wanted, JsonlFormat) and wanted.records is None:
        filled["records"] = find_records(text.removeprefix("\ufeff")) or None
    if isinstance(wanted, TextFormat) and wanted.pattern:
        check_pattern(wanted.pattern)
    return Sniffed(wanted.model_copy(update=filled), "it was named", look.packing)


def _recognise(look: _Look, text: str, encoding: str, is_folder: bool) -> Sniffed:
    suffix = Path(look.name.removesuffix(".gz").removesuffix(".zst")).suffix.lower()
    start = text.removeprefix("\ufeff").lstrip()
    _refuse_page(look.name, suffix, start)
    is_json = _looks_like_json(start, is_named=suffix in _JSON_SUFFIXES)
    if is_json and not (_is_named_only(start) and find_dialect(text, CsvFormat(), is_whole=look.is_whole).is_regular):
        records = find_records(start)
        below = f"; its rows stand in the list under “{records}”" if records else ""
        found = JsonlFormat(encoding=encoding, records=records or None)
        return Sniffed(found, f"its content is JSON{below}", look.packing)
    if suffix in _MARKDOWN_SUFFIXES:
        unit: Literal["document", "section"] = "document" if is_folder or not _has_headings(text) else "section"
        by = "by section" if unit == "section" else "as a document"
        return Sniffed(
            MarkdownFormat(unit=unit, encoding=encoding), f"it is named as Markdown, read {by}", look.packing
        )
    if suffix not in _TEXT_SUFFIXES:
        dialect = find_dialect(text, CsvFormat(), is_whole=look.is_whole)
        if dialect.is_regular or suffix in (".csv", ".tsv", ".tab"):
            shown = {"\t": "tabs", ";": "semicolons", "|": "bars"}.get(dialect.delimiter, "commas")
            although = f", although its name ends in {suffix}" if suffix in _JSON_SUFFIXES else ""
            return _table(look, text, CsvFormat(encoding=encoding), f"its lines are fields between {shown}{although}")
    return _plain(look, text, encoding, is_folder)


def _plain(look: _Look, text: str, encoding: str, is_folder: bool) -> Sniffed:
    unit: Literal["line", "paragraph", "document"]
    unit = "document" if is_folder else "paragraph" if _BLANK_LINE.search(text.lstrip()) else "line"
    return Sniffed(TextFormat(unit=unit, encoding=encoding), f"it is plain text, read by {unit}", look.packing)


def _table(look: _Look, text: str, wanted: CsvFormat, why: str) -> Sniffed:
    dialect = find_dialect(text, wanted, is_whole=look.is_whole)
    spec = wanted.model_copy(update=dialect.settings())
    first = next((line for line in text.removeprefix("\ufeff").splitlines() if line.strip()), "")
    try:
        fields = split_fields(first, dialect.delimiter, dialect.quote)
    except FieldError:  # the header goes over several lines; reading it tells the same
        return Sniffed(spec, why, look.packing)
    line = text[: text.find(first)].count("\n") + 1
    _, notes = names_of(fields, look.name, f"line {line}", has_header=dialect.header)
    return Sniffed(spec, why, look.packing, notes)


def _has_headings(text: str) -> bool:
    return len(re.findall(r"^#{1,6} \S", text, re.MULTILINE)) > 1


def _refuse_page(name: str, suffix: str, start: str) -> None:
    if suffix in _TABLE_SUFFIXES and start[:64].lower().startswith(("<!doctype html", "<html")):
        raise DataError(
            f"{name} holds a web page, not the data that its name promises.",
            hint="Often a page that asks to log in was saved instead. Fetch the file again; to learn from the page, name it .html.",
        )


def _looks_like_json(start: str, *, is_named: bool) -> bool:
    if not start.startswith(("{", "[")):
        return is_named
    if is_named or start[1:].lstrip()[:1] in ('"', "{", "}"):
        return True
    return any(_is_json(line, dict) for line in _first_lines(start))


def _is_named_only(start: str) -> bool:
    """Whether none of the first lines is JSON, or begins like it."""
    return not any(line.startswith(("{", "[")) or _is_json(line, object) for line in _first_lines(start))


def _first_lines(start: str) -> list[str]:
    return [line.strip() for line in start.split("\n", 20)[:20] if line.strip()]


def _is_json(line: str, kind: type) -> bool:
    try:
        return isinstance(orjson.loads(line), kind)
    except orjson.JSONDecodeError:
        return False


def _decoded(look: _Look, encoding: str) -> str:
    try:
        return look.sample.decode(encoding, "replace")
    except LookupError:
        raise DataError(f"“{encoding}” is not an encoding.", hint="For example utf-8, utf-16 or cp1252.") from None
    except UnicodeError as error:
        raise DataError(
            f"{look.name} is not {encoding}: {error.reason if hasattr(error, 'reason') else error}.",
            hint="Leave encoding empty.",
        ) from None
