"""Which text encoding a file has, judged by its bytes."""

from __future__ import annotations

import re

from charset_normalizer import from_bytes

SAMPLE_BYTES = 256 * 1024
_BOMS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe\0\0": "utf-32",
    b"\0\0\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
_LEGACY_LETTER = re.compile(
    rb"(?<=[A-Za-z ,.'\"(\-])[\x80-\x9f\xa0-\xfc](?=[A-Za-z ,.;:!?'\")\-\r\n\t])|^[\xc0-\xdc](?=[a-z])"
)


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


def is_wide(sample: bytes) -> bool:
    """Whether it is UTF-16 or UTF-32, so that its zero bytes are no damage."""
    return sample.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")) or bool(_wide_encoding(sample))


def _invalid_utf8(sample: bytes) -> int:
    """Bytes that cannot be UTF-8; a character cut off at the end of the sample does not count."""
    decoded = sample.decode("utf-8", "surrogateescape")
    cut = 3 if len(sample) >= SAMPLE_BYTES else 0
    return sum(1 for character in (decoded[: len(decoded) - cut]) if "\udc80" <= character <= "\udcff")


def _wide_encoding(sample: bytes) -> str:
    """UTF-16 without a mark: for Western text every other byte is zero."""
    even, odd = sample[0:4096:2].count(0), sample[1:4096:2].count(0)
    half = max(1, min(len(sample), 4096) // 2)
    if half < 4 or len(sample) % 2:
        half = half if len(sample) > SAMPLE_BYTES // 2 else max(half, 8)
    if odd / half > 0.4 and even / half < 0.05:
        return "utf-16-le"
    if even / half > 0.4 and odd / half < 0.05:
        return "utf-16-be"
    return ""
