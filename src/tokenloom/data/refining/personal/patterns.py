"""Personal data: e-mail addresses, telephone numbers, cards, accounts, addresses of machines, national identity numbers."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator

from tokenloom.data.refining.personal import checksums
from tokenloom.data.refining.personal.found import Found

_EMAIL = re.compile(
    r"(?<![\w.+%-])(?P<name>[A-Za-z0-9_](?:[A-Za-z0-9._%+'-]{0,62}[A-Za-z0-9_+-])?)@"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}(?P<top>[A-Za-z]{2,24})(?![\w@])"
)
_FILES = frozenset(
    [
        "png",
        "jpg",
        "jpeg",
        "gif",
        "svg",
        "webp",
        "bmp",
        "ico",
        "css",
        "js",
        "ts",
        "tsx",
        "jsx",
        "py",
        "json",
        "xml",
        "html",
        "md",
        "txt",
        "so",
        "dll",
        "exe",
        "zip",
    ]
)

_SEPARATED = r"[ .\-/\u00a0]"
_PHONE_WORLD = re.compile(
    rf"(?<![\w.+)=*/^<>-])(?<![\d=*/^<>] )(?:\+|00(?=[1-9]))[1-9]\d{{0,2}}(?:{_SEPARATED}?\(?\d{{1,5}}\)?){{1,6}}(?![\w.]?\d)"
)
_PHONE_AMERICA = re.compile(
    r"(?<![\w.$€£+-])(?:1[ .-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}([ .-]))[2-9]\d{2}(?(1)\1|[ .-])\d{4}(?![\w-])(?!\.\d)"
)
_PHONE_NAMED = re.compile(
    rf"(?i)(?<!\w)(?:tel(?:efon|ephone|éfono|efono|\.)?|phone|mobile|cell|fax|call(?: me| us)?(?: at| on)?|whatsapp|handy|mobil)(?: ?(?:number|no\.?|nr\.?))?"
    rf"(?: is)? ?[:.]? ?(?P<number>\(?\+?\d(?:{_SEPARATED}?\(?\d\)?){{6,14}})(?![\w]?\d)"
)
_CARD = re.compile(r"(?<![\w.+-])(?:\d[ -]?){13,18}\d(?![\w-])(?!\.\d)")
_CARD_FORMS = re.compile(r"\d+|\d{4}([ -])\d{4}\1\d{4}\1\d{2,7}|\d{4}([ -])\d{6}\2\d{4,5}")
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}(?!\w)")
_IP4 = re.compile(r"(?<![\w.-])(?:\d{1,3}\.){3}\d{1,3}(?![\w-])(?!\.\d)")
_IP6 = re.compile(r"(?<![\w:.])(?=[0-9A-Fa-f:]*\d)(?:[0-9A-Fa-f]{0,4}:){3,7}[0-9A-Fa-f]{0,4}(?![\w:])")
_VERSION = re.compile(
    r"(?:\bv|\bversions?|\brelease|\bver\.?|\brev\.?|==|>=|<=|~=|\bsection|\bchapter|§)\W{0,2}$", re.IGNORECASE
)

_NATIONAL: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], bool]], ...] = (
    (
        re.compile(r"(?<![\w-])(\d{3})-(\d{2})-(\d{4})(?![\w-])"),
        lambda m: checksums.is_us_social_security(m[1], m[2], m[3]),
    ),
    (re.compile(r"(?<!\w)(?:\d{8}|[XYZ]\d{7})[- ]?[A-HJ-NP-TV-Z](?!\w)"), lambda m: checksums.is_spanish(_bare(m[0]))),
    (re.compile(r"(?<!\w)[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z](?!\w)"), lambda m: checksums.is_italian(m[0])),
    (
        re.compile(r"(?<![\w.])[12] ?\d{2} ?(?:0\d|1[0-2]) ?\d{2} ?\d{3} ?\d{3} ?\d{2}(?![\w])(?!\.\d)"),
        lambda m: checksums.is_french(_bare(m[0])),
    ),
    (re.compile(r"(?i)\bpesel\D{1,12}(?P<id>\d{11})(?!\w)"), lambda m: checksums.is_polish(m["id"])),
    (re.compile(r"(?<![\w.-])\d{3}\.\d{3}\.\d{3}-\d{2}(?![\w-])"), lambda m: checksums.is_brazilian(_bare(m[0]))),
    (re.compile(r"(?<![\w.])[1-8]\d{5}(?:19|20)\d{9}[\dXx](?!\w)(?!\.\d)"), lambda m: checksums.is_chinese(m[0])),
    (re.compile(r"(?<![\w-])(?:19|20)?(\d{6})[-+](\d{4})(?![\w-])"), lambda m: checksums.is_swedish(m[1] + m[2])),
    (
        re.compile(r"(?<![\w-])(\d{6})[-+A-FU-Y](\d{3})([0-9A-FHJ-NPR-Y])(?![\w-])"),
        lambda m: checksums.is_finnish(m[1], m[2], m[3]),
    ),
    (
        re.compile(r"(?<![\w.-])[2-9]\d{3}([ -])\d{4}\1\d{4}(?![\w-])(?![ -]\d)"),
        lambda m: checksums.is_indian(_bare(m[0])),
    ),
)


def emails(text: str) -> Iterator[Found]:
    if "@" not in text:
        return
    for match in _EMAIL.finditer(text):
        is_address_of_code = match["name"] == "git" and text[match.end() : match.end() + 1] in (":", "/")
        if match["top"].lower() not in _FILES and not is_address_of_code and ".." not in match["name"]:
            yield Found(match.start(), match.end(), "email", "[EMAIL]")


def phones(text: str) -> Iterator[Found]:
    for match in _PHONE_WORLD.finditer(text):
        if 8 <= _num_digits(match[0]) <= 15 and match[0].count("(") == match[0].count(")"):
            yield Found(match.start(), match.end(), "phone", "[PHONE]")
    for match in _PHONE_AMERICA.finditer(text):
        yield Found(match.start(), match.end(), "phone", "[PHONE]")
    for match in _PHONE_NAMED.finditer(text):
        yield Found(match.start("number"), match.end("number"), "phone", "[PHONE]")


def cards(text: str) -> Iterator[Found]:
    for match in _CARD.finditer(text):
        if _CARD_FORMS.fullmatch(match[0]) and checksums.is_card(_bare(match[0])):
            yield Found(match.start(), match.end(), "card", "[CARD]")


def ibans(text: str) -> Iterator[Found]:
    for match in _IBAN.finditer(text):
        end = _iban_end(match)
        if end is not None:
            yield Found(match.start(), end, "iban", "[IBAN]")


def ip_finder(keep_private: bool) -> Callable[[str], Iterator[Found]]:
    """A finder of IPv4 and IPv6 addresses; version numbers such as ``v1.2.3.4`` are none."""

    def find(text: str) -> Iterator[Found]:
        for match in (*_IP4.finditer(text), *(_IP6.finditer(text) if ":" in text else ())):
            if _is_address(match[0], keep_private) and not _VERSION.search(
                text[max(0, match.start() - 12) : match.start()]
            ):
                yield Found(match.start(), match.end(), "ip", "[IP]")

    return find


def national_ids(text: str) -> Iterator[Found]:
    for pattern, is_right in _NATIONAL:
        for match in pattern.finditer(text):
            if is_right(match):
                start = match.start("id") if "id" in match.re.groupindex else match.start()
                yield Found(start, match.end(), "national_id", "[ID]")


def _iban_end(match: re.Match[str]) -> int | None:
    """Where the account number ends, which may be before the end of the match: words in capitals may follow it."""
    bare = _bare(match[0])
    size = checksums.IBAN_LENGTHS.get(bare[:2], 0)
    if not size or len(bare) < size or not checksums.is_iban(bare[:size]):
        return None
    seen = 0
    for place, letter in enumerate(match[0]):
        seen += letter != " "
        if seen == size:
            rest = match[0][place + 1 : place + 2]
            return match.start() + place + 1 if rest in ("", " ") else None
    return None


def _is_address(text: str, keep_private: bool) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return address.is_global or not keep_private


def _num_digits(text: str) -> int:
    return sum(map(str.isdigit, text))


def _bare(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())
