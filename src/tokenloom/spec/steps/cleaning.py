"""Steps that change texts."""

from __future__ import annotations

from typing import Literal

from pydantic import field_validator

from tokenloom.spec.base import setting
from tokenloom.spec.steps.base import StepSpec

PersonalKind = Literal["email", "phone", "card", "iban", "ip", "national_id", "credentials", "key", "secret"]
PERSONAL_KINDS: tuple[PersonalKind, ...] = (
    "email",
    "phone",
    "card",
    "iban",
    "ip",
    "national_id",
    "credentials",
    "key",
    "secret",
)


class HtmlStep(StepSpec):
    """Take HTML away: tags go, paragraphs become line breaks, entities become characters, scripts and styles vanish."""

    kind: Literal["html"] = "html"
    remove: list[str] = setting(default_factory=lambda: ["script", "style", "noscript", "template", "svg", "iframe"])
    """Elements whose content goes as well, for example `nav` or `footer` of web pages."""
    links: Literal["text", "address"] = "text"
    """`text` keeps what a link says; `address` also keeps where it leads, in parentheses."""

    @field_validator("remove")
    @classmethod
    def _are_tags(cls, tags: list[str]) -> list[str]:
        for tag in tags:
            if not tag.replace("-", "").isalnum():
                raise ValueError(f"“{tag}” is not the name of an HTML element; write for example nav")
        return [tag.lower() for tag in tags]


class UnicodeStep(StepSpec):
    """Repair broken characters: text decoded wrongly (`cafÃ©`), control and invisible characters, ligatures, several spellings of one character."""

    kind: Literal["unicode"] = "unicode"
    mojibake: bool = True
    """Whether text that was decoded with the wrong encoding is repaired, as `cafÃ©` to `café`."""
    control: bool = True
    """Whether control characters go, save line breaks and tabs."""
    invisible: bool = True
    """Whether invisible characters go: zero-width spaces, soft hyphens, byte-order marks, direction overrides."""
    form: Literal["NFC", "NFKC", "none"] = "NFC"
    """Unicode normal form. `NFC` writes é as one character; `NFKC` also turns ² into 2 and ﬁ into fi."""


class WhitespaceStep(StepSpec):
    """One kind of white space, and of punctuation if wanted."""

    kind: Literal["whitespace"] = "whitespace"
    keep_indent: bool = True
    """Whether spaces at the beginning of lines stay, as code needs them."""
    max_blank_lines: int = setting(1, ge=0, le=10, unit="lines")
    """Most empty lines that follow each other."""
    strip: bool = True
    """Whether white space at both ends goes."""
    punctuation: Literal["keep", "ascii"] = "keep"
    """`ascii` writes curly quotes, long dashes and … with the characters of a keyboard."""
    max_repeats: int | None = setting(None, ge=1, le=100)
    """Longest run of one punctuation mark: with 3, `!!!!!!` becomes `!!!`. Empty = any."""


class RedactStep(StepSpec):
    """Put marks such as `[EMAIL]` in the place of personal data and secrets."""

    kind: Literal["redact"] = "redact"
    what: list[PersonalKind] = setting(default_factory=lambda: list(PERSONAL_KINDS), min_length=1, simple=True)
    """What is looked for: e-mail addresses, phone numbers, card numbers and IBANs (with a right checksum), IP addresses, national identity
    numbers (with a right checksum), addresses with a password, known API keys and private keys, and other secrets that look random."""
    action: Literal["replace", "drop"] = "replace"
    """`replace` marks what is found; `drop` drops the row."""
    keep_private_ips: bool = True
    """Whether addresses of private networks such as 192.168.0.1 and of documentation stay."""
