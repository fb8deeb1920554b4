"""Secrets: addresses with a password, keys in the forms that services give out, private keys, and other strings that look random."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator

from tokenloom.data.refining.personal.found import Found

_ADDRESS = re.compile(
    r"(?<![\w+.-])[A-Za-z][A-Za-z0-9+.-]{1,20}://(?P<who>[^\s/?#@:\"'<>]{0,200}:[^\s/?#@\"'<>]{1,200})@(?=[\w\[])"
)
_PRIVATE_KEY = re.compile(
    r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----|\Z)",
    re.DOTALL,
)
_KNOWN = re.compile(
    "|".join(
        (
            r"(?:AKIA|ASIA|AIDA|AROA)[A-Z2-7]{16}",  # Amazon
            r"gh[pousr]_[A-Za-z0-9]{36,251}",  # GitHub
            r"github_pat_[A-Za-z0-9_]{60,100}",
            r"glpat-[A-Za-z0-9_-]{20,}",  # GitLab
            r"xox[abeoprs]-[A-Za-z0-9-]{10,250}",  # Slack
            r"xapp-\d-[A-Z0-9]+-\d+-[a-f0-9]{32,}",
            r"[rs]k_(?:live|test)_[A-Za-z0-9]{16,200}",  # Stripe
            r"whsec_[A-Za-z0-9+/=]{24,}",
            r"AIza[A-Za-z0-9_-]{35}",  # Google
            r"ya29\.[A-Za-z0-9_-]{20,}",
            r"GOCSPX-[A-Za-z0-9_-]{28}",
            r"sk-(?:proj-|ant-|svcacct-|or-v1-)?[A-Za-z0-9_-]{24,250}",  # model services
            r"hf_[A-Za-z0-9]{30,40}",  # Hugging Face
            r"npm_[A-Za-z0-9]{36}",
            r"pypi-AgE[A-Za-z0-9_-]{50,}",
            r"SG\.[A-Za-z0-9_-]{20,24}\.[A-Za-z0-9_-]{39,50}",  # SendGrid
            r"key-[a-f0-9]{32}",  # Mailgun
            r"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}",  # Shopify
            r"do[opr]_v1_[a-f0-9]{64}",  # DigitalOcean
            r"dapi[a-f0-9]{32}",  # Databricks
            r"\d{8,10}:AA[A-Za-z0-9_-]{33}",  # Telegram
            r"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",  # JSON web token
            r"AGE-SECRET-KEY-1[A-Z0-9]{58}",
        )
    )
)
_KNOWN_WHOLE = re.compile(rf"(?<![A-Za-z0-9_-])(?:{_KNOWN.pattern})(?![A-Za-z0-9_-])")
_NAMED = re.compile(
    r"""(?i)(?<![a-z])(?:api[_ -]?key|secret(?:[_ -]?(?:access)?[_ -]?key)?|access[_ -]?(?:key|token)|auth[_ -]?token|bearer|"""
    r"""client[_ -]?secret|private[_ -]?key|account[_ -]?key|passw(?:or)?d|passphrase|pwd|token)"""
    r"""(?:["']?\s{0,3}(?:[:=]|:=|=>)\s{0,3}|\s)["']?(?P<value>[^\s"',;`<>()\[\]{}]{8,200})"""
)
_SAID = re.compile(r"[:=]\s{0,3}[\"']?$")
_PLACEHOLDER = re.compile(
    r"(?i)your|example|changeme|placeholder|redacted|dummy|sample|insert|xxx|\*\*\*|\.\.\.|^\$|env|^none$|^null$|^true$|^false$|"
    r"password|secret|token"
)
_RANDOM = re.compile(r"(?<![A-Za-z0-9_+/=.:-])[A-Za-z0-9_+/-]{32,120}={0,2}(?![A-Za-z0-9_+/=-])")
_WORD_INSIDE = re.compile(r"[a-z]{6}|[A-Z]{6}|[A-Z]?[a-z]{4}[A-Z][a-z]{4}")
_HEX = re.compile(r"[0-9a-fA-F_-]+")


def credentials(text: str) -> Iterator[Found]:
    if "://" not in text:
        return
    for match in _ADDRESS.finditer(text):
        yield Found(match.start("who"), match.end("who"), "credentials", "[CREDENTIALS]")


def keys(text: str) -> Iterator[Found]:
    if "PRIVATE KEY" in text:
        for match in _PRIVATE_KEY.finditer(text):
            yield Found(match.start(), match.end(), "key", "[KEY]")
    for match in _KNOWN_WHOLE.finditer(text):
        if entropy(match[0][-16:]) >= 2.5:  # not a row of the same letters, as documentation writes it
            yield Found(match.start(), match.end(), "key", "[KEY]")


def secrets(text: str) -> Iterator[Found]:
    """What a word such as `password:` announces and looks random, and long strings that can only be random."""
    for match in _NAMED.finditer(text):
        value = match["value"].rstrip(".!?")
        if _is_secret(value, is_said=_SAID.search(text[match.start() : match.start("value")]) is not None):
            yield Found(match.start("value"), match.start("value") + len(value), "secret", "[SECRET]")
    for match in _RANDOM.finditer(text):
        if _is_random(match[0]):
            yield Found(match.start(), match.end(), "secret", "[SECRET]")


def entropy(text: str) -> float:
    """Shannon entropy of the characters, bits each."""
    total = len(text)
    return -sum(count / total * math.log2(count / total) for count in Counter(text).values()) if total else 0.0


def _is_secret(value: str, *, is_said: bool) -> bool:
    if len(value) < 8 or _PLACEHOLDER.search(value):
        return False
    has_digit, has_letter = any(map(str.isdigit, value)), any(map(str.isalpha, value))
    if not (has_digit and has_letter):
        return False
    return entropy(value) >= (2.5 if is_said else 3.5) and (is_said or len(value) >= 20)


def _is_random(text: str) -> bool:
    """Capitals, small letters and digits well mixed, and no word inside: neither a hash nor a long name nor a path."""
    if (
        _HEX.fullmatch(text)
        or text.count("/") > 3
        or text.count("-") > 4
        or text.count("_") > 4
        or _WORD_INSIDE.search(text)
    ):
        return False
    kinds = (sum(map(str.isupper, text)), sum(map(str.islower, text)), sum(map(str.isdigit, text)))
    return min(kinds) >= 3 and kinds[2] < 0.5 * len(text) and entropy(text) >= 4.2
