"""Personal data and secrets: what must be found, and what must never be taken for it."""

from __future__ import annotations

import pytest

from tokenloom.data.refining.building import Tools, build_step
from tokenloom.data.refining.item import Item
from tokenloom.data.refining.personal import checksums
from tokenloom.spec.data import TextMapping
from tokenloom.spec.steps import RedactStep

FOUND = [
    ("write to jane.doe+news@mail.example.org today", "write to [EMAIL] today"),
    ("<jane@example.co.uk>, and o'brien@firm.ie.", "<[EMAIL]>, and [EMAIL]."),
    ("Call +49 170 1234567 now", "Call [PHONE] now"),
    ("+1 (415) 555-2671 or (212) 555-0199", "[PHONE] or [PHONE]"),
    ("phone: 030 1234 5678", "phone: [PHONE]"),
    ("reach me at 415-555-2671.", "reach me at [PHONE]."),
    ("tel. 01 44 55 66 77", "tel. [PHONE]"),
    ("card 4111 1111 1111 1111 expires", "card [CARD] expires"),
    ("5500-0000-0000-0004", "[CARD]"),
    ("amex 378282246310005", "amex [CARD]"),
    ("IBAN DE89 3704 0044 0532 0130 00 please", "IBAN [IBAN] please"),
    ("pay GB82WEST12345698765432", "pay [IBAN]"),
    ("server 8.8.8.8 and 2001:4860:4860::8888 answer", "server [IP] and [IP] answer"),
    ("SSN 536-90-4399", "SSN [ID]"),
    ("DNI 12345678Z", "DNI [ID]"),
    ("NIE X1234567L", "NIE [ID]"),
    ("RSSMRA85T10A562S", "[ID]"),
    ("NIR 1 85 05 78 006 084 91", "NIR [ID]"),
    ("PESEL: 44051401359", "PESEL: [ID]"),
    ("CPF 111.444.777-35", "CPF [ID]"),
    ("id 11010519491231002X", "id [ID]"),
    ("personnummer 811218-9876", "personnummer [ID]"),
    ("hetu 131052-308T", "hetu [ID]"),
    ("aadhaar 2341 2341 2346", "aadhaar [ID]"),
    ("clone https://jane:s3cr3t@git.example.com/x.git", "clone https://[CREDENTIALS]@git.example.com/x.git"),
    ("postgres://app:pa55@db:5432/main", "postgres://[CREDENTIALS]@db:5432/main"),
    ("key AKIAIOSFODNN7EXAMPLE.", "key [KEY]."),
    ("ghp_16C7e42F292c6912E7710c838347Ae178B4a", "[KEY]"),
    ("use sk-proj-abcDEF1234567890abcdEFGH1234567890", "use [KEY]"),
    ("hf_aBcDeFgHiJkLmNoPqRsTuVwXyZ01234567", "[KEY]"),
    ("eyJhbGciOiJIUzI1NiIsInR5cCI6.eyJzdWIiOiIxMjM0NTY3ODkw.dozjgNryP4J3jVmNHl0w5N_XgL0n", "[KEY]"),
    ("-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nabc\n-----END RSA PRIVATE KEY-----\nend", "[KEY]\nend"),
    ('password = "hunter2!xyz9"', 'password = "[SECRET]"'),
    ("api_key: 9f8a7b6c5d4e3f2a1b0c", "api_key: [SECRET]"),
    ("Q7x9Zk2mP4vR8sT1wY6bN3cF5gH0jL2dA7eU", "[SECRET]"),
]

LEFT = [
    "12 + 7 = 19 and 1234567890123 - 7",
    "What is 3 +12345678?",
    "x = +491701234567 * 2 if n>+12345678 else 0",
    "the year 2026-11-27, at 12:34:56",
    "version 1.2.3.4 and v10.20.30.40, numpy==1.26.4.0",
    "192.168.0.1 and 127.0.0.1 and ::1 are private",
    "std::vector<int>, a::b, Foo::Bar::Baz, dead::beef",
    "@property and user@localhost and logo@2x.png",
    "git@github.com:user/repo.git",
    "ISBN 978-3-16-148410-0, DOI 10.1000/182",
    "order 4111 1111 1111 1112 has a wrong checksum",
    "number 1234567812345678",
    "DE89370400440532013001 is no account",
    "000-12-3456 and 666-12-3456 were never given out",
    "12345678A has the wrong letter",
    "CPF 111.444.777-34",
    "commit da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "uuid 123e4567-e89b-12d3-a456-426614174000",
    "password: your_password_here and api_key=<YOUR_API_KEY>",
    'token = os.environ["TOKEN"] and password=********',
    "the secret is patience; a token of love",
    "getUserAccountInformationById2024WithRetries",
    "/usr/local/lib/python3/site-packages/numpy/core/x86_64",
    "https://example.com/path?q=1&r=2",
    "AKIAAAAAAAAAAAAAAAAA",
    "1,234,567.89 and 3.14159265358979 and 1e-10",
    "π ≈ 3.141592653589793238462643383279",
    "the ratio 4-5-6-7-8-9-10-11-12",
    "coordinates 52.520008, 13.404954",
    "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17",
    "SELECT * FROM t WHERE id = 4155552671",
    "roll the dice: 3, 5, 6 → 14; 100-200-3000",
]


def redact(text: str, **settings: object) -> str:
    step = build_step(RedactStep(**settings), Tools(TextMapping()))
    [fate] = step.apply([Item(1, "train", {"text": text})])
    assert fate.item is not None
    return str(fate.item.row["text"])


@pytest.mark.parametrize(("text", "wanted"), FOUND)
def test_it_is_marked(text: str, wanted: str) -> None:
    assert redact(text) == wanted


@pytest.mark.parametrize("text", LEFT)
def test_it_is_left_alone(text: str) -> None:
    assert redact(text) == text


def test_only_the_wanted_kinds_are_marked_and_counted() -> None:
    text = "a@b.org 8.8.8.8 4111111111111111"
    assert redact(text, what=["email"]) == "[EMAIL] 8.8.8.8 4111111111111111"
    assert redact("10.0.0.1", keep_private_ips=False) == "[IP]"
    step = build_step(RedactStep(), Tools(TextMapping()))
    step.apply([Item(1, "train", {"text": text}), Item(2, "train", {"text": "c@d.org"})])
    assert step.facts() == {"found": {"email": 2, "ip": 1, "card": 1}}


def test_rows_can_be_dropped_instead() -> None:
    step = build_step(RedactStep(action="drop"), Tools(TextMapping()))
    kept, lost = step.apply([Item(1, "train", {"text": "nothing"}), Item(2, "train", {"text": "a@b.org, 8.8.8.8"})])
    assert kept.item is not None and lost.item is None
    assert lost.reason == "personal data or a secret (email, ip)"


def test_marks_are_stable() -> None:
    """A text that was redacted is not changed by redacting it again."""
    for text, wanted in FOUND:
        assert redact(wanted) == wanted, text


@pytest.mark.parametrize(
    "digits", ["4111111111111111", "378282246310005", "30569309025904"[:14].replace("305693", "365693")]
)
def test_cards_need_network_length_and_checksum(digits: str) -> None:
    changed = digits[:-1] + str((int(digits[-1]) + 1) % 10)
    assert not checksums.is_card(changed)
    assert checksums.luhn(digits) == checksums.is_card(digits)


def test_every_single_wrong_digit_breaks_an_iban_and_an_aadhaar() -> None:
    iban, aadhaar = "DE89370400440532013000", "234123412346"
    assert checksums.is_iban(iban) and checksums.is_indian(aadhaar)
    for place in range(4, len(iban)):
        wrong = iban[:place] + str((int(iban[place]) + 3) % 10) + iban[place + 1 :]
        assert not checksums.is_iban(wrong)
    for place in range(1, len(aadhaar)):
        wrong = aadhaar[:place] + str((int(aadhaar[place]) + 5) % 10) + aadhaar[place + 1 :]
        assert not checksums.is_indian(wrong)


def test_long_hostile_texts_take_no_time_that_grows_with_their_square() -> None:
    """Each of these would hang a pattern that tries every way; a test run that hangs fails."""
    for part in ("a.", "1 ", "+1", "a@", "x:", "A1", "(1)", "://a:", "password", "1-", "0:", "eyJa."):
        redact(part * 20_000)
