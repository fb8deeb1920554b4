"""What a file is, judged by its content: compression, encoding, format. The name is only a hint."""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal, cast

import orjson
from charset_normalizer import from_bytes

from tokenloom.data.format.dialect import find_dialect
from tokenloom.kit.errors import DataError
from tokenloom.spec.data import CsvFormat, JsonlFormat, ParquetFormat, TextFormat

_SAMPLE_BYTES = 256 * 1024
_MAX_UNPACKED = 1 << 30  # a gzip file may unpack to this, or to 200 times its size
_MAX_RATIO = 200
_MAGIC = {
    b"PK\x03\x04": "a ZIP archive or an Excel/Word file", b"%PDF": "a PDF", b"\x89PNG": "a PNG image", b"\xff\xd8\xff": "a JPEG image",
    b"SQLite format 3": "an SQLite database", b"\x7fELF": "a program", b"7z\xbc\xaf": "a 7z archive", b"\x28\xb5\x2f\xfd": "zstd-compressed",
    b"BZh": "bzip2-compressed", b"\xfd7zXZ": "xz-compressed", b"ARROW1": "an Arrow file", b"\xd0\xcf\x11\xe0": "an old Excel/Word file",
    b"Rar!": "a RAR archive", b"GGUF": "a model in GGUF", b"\x80\x04\x95": "a Python pickle", b"\x80\x02}": "a Python pickle",
}  # fmt: skip
_BOMS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe\0\0": "utf-32",
    b"\0\0\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
_TEXT_SUFFIXES = {
    ".txt",
    ".md",
    ".rst",
    ".py",
    ".js",
    ".ts",
    ".c",
    ".h",
    ".cpp",
    ".java",
    ".rs",
    ".go",
    ".html",
    ".xml",
    ".yaml",
    ".yml",
    ".toml",
}
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_LEGACY_LETTER = re.compile(
    rb"(?<=[A-Za-z ,.'\"(\-])[\x80-\x9f\xa0-\xfc](?=[A-Za-z ,.;:!?'\")\-\r\n\t])|^[\xc0-\xdc](?=[a-z])"
)
AnyFormat = CsvFormat | JsonlFormat | ParquetFormat | TextFormat


@dataclass(frozen=True)
class Sniffed:
    """``format`` with everything filled in; ``why`` says how it was recognised; ``is_packed``: gzip."""

    format: AnyFormat
    why: str
    is_packed: bool = False


@dataclass(frozen=True)
class _Look:
    name: str
    sample: bytes
    is_packed: bool
    is_whole: bool


def sniff(path: Path, name: str, wanted: Any = None, *, is_folder: bool = False) -> Sniffed:
    """Recognise the file, or fill in what the ``wanted`` format leaves open.

    Raises :class:`DataError` for an empty file, for binary content and for a format that the content contradicts.
    """
    look = _look(path, name)
    is_parquet = look.sample.startswith(b"PAR1")
    if is_parquet and isinstance(wanted, ParquetFormat | None):
        return Sniffed(ParquetFormat(), "it begins with the Parquet mark", look.is_packed)
    if isinstance(wanted, ParquetFormat):
        raise DataError(f"{name} is not a Parquet file.", hint="Use format: auto, or the format that it has.")
    _refuse_binary(look)
    encoding = getattr(wanted, "encoding", None) or find_encoding(look.sample)
    text = _decoded(look, encoding)
    if not text.strip():
        raise DataError(f"{name} holds nothing but blank space.", hint="Choose a file with some rows in it.")
    if wanted is None:
        return _recognise(look, text, encoding, is_folder)
    filled = {"encoding": encoding}
    if isinstance(wanted, CsvFormat):
        filled |= find_dialect(text, wanted, is_whole=look.is_whole).settings()
    return Sniffed(wanted.model_copy(update=filled), "it was named", look.is_packed)


def open_bytes(path: Path, name: str, *, is_packed: bool) -> IO[bytes]:
    """The file's bytes, unpacked when it is gzip; a file that unpacks to far more than its size is refused."""
    if not is_packed:
        return path.open("rb")
    limit = max(_MAX_UNPACKED, _MAX_RATIO * path.stat().st_size)
    return io.BufferedReader(_Unpacked(gzip.open(path, "rb"), name, limit), 1 << 20)


def find_encoding(sample: bytes) -> str:
    """``utf-8`` where it is, or where a few damaged bytes are the exception; else UTF-16/32 by its marks, else a legacy encoding."""
    for mark, encoding in _BOMS.items():
        if sample.startswith(mark):
            return encoding
    wide = _wide_encoding(sample)
    if wide:
        return wide
    invalid = _invalid_utf8(sample)
    if not invalid:
        return "utf-8"
    legacy = len(_LEGACY_LETTER.findall(sample))
    multibyte = len(re.findall(rb"[\xc2-\xf4][\x80-\xbf]+", sample))
    if multibyte > invalid or legacy * 2 < invalid:
        return "utf-8"
    best = from_bytes(sample[: 64 * 1024]).best()
    if best is None or "cp1252" in (best.encoding, *best.could_be_from_charset) or best.encoding in ("ascii", "utf_8"):
        return "cp1252"
    return str(best.encoding)


def _look(path: Path, name: str) -> _Look:
    with path.open("rb") as file:
        sample = file.read(_SAMPLE_BYTES)
        is_whole = len(sample) < _SAMPLE_BYTES
    if not sample:
        raise DataError(f"{name} is empty (0 bytes).", hint="Choose a file with some rows in it.")
    if not sample.startswith(b"\x1f\x8b"):
        return _Look(name, sample, False, is_whole)
    try:
        with gzip.open(path, "rb") as packed:
            sample = packed.read(_SAMPLE_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(
            f"{name} is a damaged gzip file ({error}).", hint="Copy it again, or unpack it yourself."
        ) from None
    if not sample:
        raise DataError(f"{name} unpacks to nothing.", hint="Choose a file with some rows in it.")
    return _Look(name, sample, True, len(sample) < _SAMPLE_BYTES)


def _refuse_binary(look: _Look) -> None:
    kind = next((kind for magic, kind in _MAGIC.items() if look.sample.startswith(magic)), "")
    wide = look.sample.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")) or bool(_wide_encoding(look.sample))
    controls = len(_CONTROL.findall(look.sample))
    if not kind and (wide or controls <= max(4, len(look.sample) // 20)):
        return
    told = f"it is {kind}" if kind else f"{controls / len(look.sample):.0%} of its first bytes are control characters"
    raise DataError(
        f"{look.name} is not text or a table: {told}.",
        hint="Save the data as CSV, JSONL, Parquet or plain text first.",
        first_bytes=look.sample[:16].hex(" "),
    )


def _recognise(look: _Look, text: str, encoding: str, is_folder: bool) -> Sniffed:
    suffix = Path(look.name.removesuffix(".gz")).suffix.lower()
    start = text.lstrip()
    if _looks_like_json(start, is_named=suffix in (".jsonl", ".json", ".ndjson")):
        return Sniffed(JsonlFormat(encoding=encoding), "its content is JSON", look.is_packed)
    dialect = None if suffix in _TEXT_SUFFIXES else find_dialect(text, CsvFormat(), is_whole=look.is_whole)
    if dialect is not None and (dialect.is_regular or suffix in (".csv", ".tsv", ".tab")):
        found = CsvFormat(encoding=encoding, **dialect.settings())
        shown = {"\t": "tabs", ";": "semicolons", "|": "bars"}.get(found.delimiter or ",", "commas")
        return Sniffed(found, f"its lines are fields between {shown}", look.is_packed)
    unit: Literal["line", "paragraph", "document"]
    unit = "document" if is_folder else "paragraph" if re.search(r"\S.*\n[ \t\r]*\n", text) else "line"
    return Sniffed(TextFormat(unit=unit, encoding=encoding), f"it is plain text, read by {unit}", look.is_packed)


def _looks_like_json(start: str, *, is_named: bool) -> bool:
    if not start.startswith(("{", "[")):
        return is_named
    lines = [line for line in start.split("\n", 20)[:20] if line.strip()]
    if is_named or start[1:].lstrip()[:1] in ('"', "{", "}"):
        return True
    return any(_is_json(line) for line in lines)


def _is_json(line: str) -> bool:
    try:
        return isinstance(orjson.loads(line), dict)
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


def _invalid_utf8(sample: bytes) -> int:
    """Bytes that cannot be UTF-8; a character cut off at the end of the sample does not count."""
    decoded = sample.decode("utf-8", "surrogateescape")
    cut = 3 if len(sample) >= _SAMPLE_BYTES else 0
    return sum(1 for character in (decoded[: len(decoded) - cut]) if "\udc80" <= character <= "\udcff")


def _wide_encoding(sample: bytes) -> str:
    """UTF-16 without a mark: for Western text every other byte is zero."""
    even, odd = sample[0:4096:2].count(0), sample[1:4096:2].count(0)
    half = max(1, min(len(sample), 4096) // 2)
    if half < 4 or len(sample) % 2:
        half = half if len(sample) > _SAMPLE_BYTES // 2 else max(half, 8)
    if odd / half > 0.4 and even / half < 0.05:
        return "utf-16-le"
    if even / half > 0.4 and odd / half < 0.05:
        return "utf-16-be"
    return ""


class _Unpacked(io.RawIOBase):
    """Counts what comes out of a gzip stream and stops at ``limit``."""

    def __init__(self, packed: gzip.GzipFile, name: str, limit: int) -> None:
        self._packed, self._name, self._limit, self._count = packed, name, limit, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        read = cast(Callable[[Any], int], self._packed.readinto)
        try:
            got = read(buffer)
        except (OSError, EOFError, zlib.error) as error:
            raise DataError(f"{self._name} is a damaged gzip file ({error}).", hint="Copy it again.") from None
        self._count += got
        if self._count > self._limit:
            raise DataError(
                f"{self._name} unpacks to more than {self._limit / 1e6:,.0f} MB, far more than its own size.",
                hint="Unpack it yourself if you trust it.",
            )
        return got

    def close(self) -> None:
        self._packed.close()
        super().close()
