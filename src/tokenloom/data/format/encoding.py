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
_EAST_ASIAN = {"cp932": "Shift-JIS", "euc_jp": "EUC-JP", "gb18030": "GB18030", "big5": "Big5", "cp949": "EUC-KR"}
_SCRIPT = {"cp932": "\u3040-\u30ff", "euc_jp": "\u3040-\u30ff", "cp949": "\uac00-\ud7a3"}
_COMMON_LEADS = {"gb18030": (0xB0, 0xD7), "big5": (0xA4, 0xC6)}
_IDEOGRAPHS = "\u4e00-\u9fff"
_LEAST_LETTERS, _LEAST_SCRIPT, _LEAST_HANGUL = 8, 0.15, 0.7
_CYRILLIC = {"cp1251": "Windows-1251", "koi8_r": "KOI8-R", "cp866": "cp866"}
_COMMON_CYRILLIC, _LEAST_COMMON, _LEAST_IN_WORDS = "оеаинтсрвл", 0.5, 0.9
_WESTERN, _CENTRAL = "éèàêçôûîâùëïüöäßñóíáúãõåæøìòœ", "ąćęłńóśźżáčďéěíňřšťúůýžöüőűäôľĺŕ"
_LIKE_WESTERN = ("cp1252", "cp1250", "cp1258", "ascii", "utf_8")  # what short Western text is taken for
_LEAST_WESTERN = 0.9
_HUNGARIAN = frozenset("áéíóöőúüű")
_JUDGED_BYTES = 64 * 1024
_LEGACY_LETTER = re.compile(
    rb"(?<=[A-Za-z ,.'\"(\-])[\x80-\x9f\xa0-\xfc](?=[A-Za-z ,.;:!?'\")\-\r\n\t])|^[\xc0-\xdc](?=[a-z])"
)


def find_encoding(sample: bytes) -> str:
    """``utf-8`` where it is, or where a few damaged bytes are the exception; else UTF-16/32 by its marks, else a legacy encoding.

    A legacy encoding is a guess: nothing in the file says it (:func:`guessed`).
    """
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
    if multibyte > invalid:
        return "utf-8"
    eastern = _east_asian(sample[:_JUDGED_BYTES])
    if eastern:
        return eastern
    if legacy * 2 < invalid:
        return _cyrillic(sample[:_JUDGED_BYTES]) or "utf-8"
    return _european(sample[:_JUDGED_BYTES])


def guessed(encoding: str) -> str:
    """What to call an encoding that :func:`find_encoding` can only guess; empty for those of Unicode, which prove themselves."""
    if encoding.startswith("utf"):
        return ""
    known = _EAST_ASIAN.get(encoding) or _CYRILLIC.get(encoding)
    is_same = known is not None and known.replace("-", "_").lower() == encoding
    return known or encoding if is_same or known is None else f"{known} ({encoding})"


def is_wide(sample: bytes) -> bool:
    """Whether it is UTF-16 or UTF-32, so that its zero bytes are no damage."""
    return sample.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")) or bool(_wide_encoding(sample))


def _east_asian(sample: bytes) -> str:
    """The legacy encoding of Chinese, Japanese or Korean in which every byte makes sense and whose script is seen; else empty.

    Cyrillic and Western text breaks the pairs of bytes sooner or later, or makes letters of the wrong script.
    """
    is_cut = len(sample) == _JUDGED_BYTES
    head = (sample[: sample.rfind(b"\n") + 1] or sample[:-1]) if is_cut else sample
    best = from_bytes(head, cp_isolation=list(_EAST_ASIAN)).best()
    if best is None or best.encoding not in _EAST_ASIAN:
        return ""
    encoding = str(best.encoding)
    letters = [letter for letter in str(best) if letter > "\x7f" and letter.isalpha()]
    seen = len(re.findall(f"[{_SCRIPT.get(encoding, _IDEOGRAPHS)}]", "".join(letters)))
    least = _LEAST_HANGUL if encoding == "cp949" else _LEAST_SCRIPT
    if len(letters) < _LEAST_LETTERS or seen < least * len(letters):
        return ""
    return encoding if encoding in _SCRIPT or best.coherence > 0 or _are_common(letters, encoding) else ""


def _european(sample: bytes) -> str:
    """Of Western and Central Europe by their letters, since short texts share most of them; of other languages what charset-normalizer says."""
    central, western = (sample.decode(encoding, "replace").lower() for encoding in ("cp1250", "cp1252"))
    letters = {letter for letter in central if letter > "\x7f" and letter.isalpha()}
    count = sum(map(western.count, _WESTERN))
    is_hungarian = "ő" in letters and letters <= _HUNGARIAN
    if is_hungarian or sum(map(central.count, _CENTRAL)) > count:
        return "cp1250"
    all_letters = sum(1 for letter in western if letter > "\x7f" and letter.isalpha())
    best = None if count >= _LEAST_WESTERN * all_letters else from_bytes(sample).best()
    if best is None or "cp1252" in best.could_be_from_charset or best.encoding in _LIKE_WESTERN:
        return "cp1252"
    return str(best.encoding)


def _cyrillic(sample: bytes) -> str:
    """The legacy encoding in which the bytes are words of Cyrillic whose commonest letters are those of Slavic languages; else empty.

    In the wrong one of them the letters are rare ones, capitals or signs; Western letters stand alone, not in words.
    """
    for encoding in _CYRILLIC:
        text = sample.decode(encoding, "replace")
        letters = sum(1 for letter in text if (letter > "\x7f" and letter.isalpha()) or letter == "\ufffd")
        in_words = sum(map(len, re.findall("[Ѐ-ӿ]{2,}", text)))
        common = sum(map(text.count, _COMMON_CYRILLIC))
        if letters >= _LEAST_LETTERS and in_words >= _LEAST_IN_WORDS * letters and common >= _LEAST_COMMON * letters:
            return encoding
    return ""


def _are_common(letters: list[str], encoding: str) -> bool:
    """Whether nearly all ideographs are of the commoner ones, which stand first in GB 2312 and in Big5."""
    first, last = _COMMON_LEADS[encoding]
    leads = [letter.encode(encoding)[0] for letter in letters if re.match(f"[{_IDEOGRAPHS}]", letter)]
    return sum(first <= lead <= last for lead in leads) >= 0.9 * len(leads)


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
