"""Numbers that prove themselves: payment cards, bank accounts and national identity numbers."""

from __future__ import annotations

from datetime import date

IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28, "CH": 21, "CR": 22,
    "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22,
    "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30,
    "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31,
    "MU": 30, "NL": 18, "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SC": 31, "SE": 24,
    "SI": 19, "SK": 24, "SM": 27, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
}  # fmt: skip
_VERHOEFF_TABLE = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678", "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
_VERHOEFF_TURN = (
    "0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip
_FISCAL_ODD = dict(
    zip(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        (
            1,
            0,
            5,
            7,
            9,
            13,
            15,
            17,
            19,
            21,
            1,
            0,
            5,
            7,
            9,
            13,
            15,
            17,
            19,
            21,
            2,
            4,
            18,
            20,
            11,
            3,
            6,
            8,
            12,
            14,
            16,
            10,
            22,
            25,
            24,
            23,
        ),
        strict=True,
    )
)


def luhn(digits: str) -> bool:
    """ISO/IEC 7812."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def is_card(digits: str) -> bool:
    """A number that a payment network issues: right beginning, length and checksum."""
    size, two, four = len(digits), int(digits[:2]), int(digits[:4])
    known = (
        (digits[0] == "4" and size in (16, 19))
        or ((51 <= two <= 55 or 2221 <= four <= 2720) and size == 16)
        or (two in (34, 37) and size == 15)
        or ((four == 6011 or two == 65 or 644 <= int(digits[:3]) <= 649) and size in (16, 19))
        or (3528 <= four <= 3589 and size == 16)
        or (two in (36, 38, 39) and size == 14)
        or (two == 62 and 16 <= size <= 19)
    )
    return known and len(set(digits)) > 1 and luhn(digits)


def is_iban(text: str) -> bool:
    """ISO 13616: the length of its country, and 1 modulo 97."""
    if IBAN_LENGTHS.get(text[:2]) != len(text):
        return False
    return int("".join(str(int(letter, 36)) for letter in text[4:] + text[:4])) % 97 == 1


def is_us_social_security(area: str, group: str, serial: str) -> bool:
    """Numbers that were ever issued; the United States give no checksum, so only the written form 123-45-6789 counts."""
    return area not in ("000", "666") and area < "900" and group != "00" and serial != "0000"


def is_spanish(text: str) -> bool:
    """DNI and NIE: eight digits (the first may be X, Y, Z) and the letter of their remainder by 23."""
    digits = text[:-1].translate(str.maketrans("XYZ", "012"))
    return digits.isdigit() and "TRWAGMYFPDXBNJZSQVHLCKE"[int(digits) % 23] == text[-1]


def is_italian(text: str) -> bool:
    """Codice fiscale: 15 letters and digits, and the letter of their weighted sum by 26."""
    total = sum(
        _FISCAL_ODD[each] if place % 2 == 0 else int(each, 36) - (10 if each.isalpha() else 0)
        for place, each in enumerate(text[:15])
    )
    return chr(ord("A") + total % 26) == text[15]


def is_french(digits: str) -> bool:
    """NIR (social security): 13 digits and 97 minus their remainder by 97."""
    return 97 - int(digits[:13]) % 97 == int(digits[13:15]) and 1 <= int(digits[3:5]) <= 12


def is_polish(digits: str) -> bool:
    """PESEL: a date of birth and a weighted checksum."""
    century, month = divmod(int(digits[2:4]), 20)
    years = (1900, 2000, 2100, 2200, 1800)
    weights = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)
    total = sum(weight * int(digit) for weight, digit in zip(weights, digits[:10], strict=True))
    return _is_date(years[century] + int(digits[:2]), month, int(digits[4:6])) and (10 - total % 10) % 10 == int(
        digits[10]
    )


def is_brazilian(digits: str) -> bool:
    """CPF: nine digits and two weighted checksums."""
    if len(set(digits)) == 1:
        return False
    for size in (9, 10):
        total = sum((size + 1 - place) * int(digit) for place, digit in enumerate(digits[:size]))
        if total * 10 % 11 % 10 != int(digits[size]):
            return False
    return True


def is_chinese(text: str) -> bool:
    """Resident identity number: region, date of birth, and a checksum by ISO 7064 mod 11-2."""
    total = sum(pow(2, 17 - place, 11) * int(digit) for place, digit in enumerate(text[:17]))
    is_born = _is_date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    return is_born and "10X98765432"[total % 11] == text[17].upper()


def is_swedish(digits: str) -> bool:
    """Personnummer: a date of birth and a Luhn digit (ten digits, without the century)."""
    return _is_date(2000, int(digits[2:4]), int(digits[4:6])) and luhn(digits)


def is_finnish(birth: str, serial: str, letter: str) -> bool:
    """Henkilötunnus: a date of birth and the letter of its remainder by 31."""
    is_born = _is_date(2000, int(birth[2:4]), int(birth[:2]))
    return is_born and "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(birth + serial) % 31] == letter


def is_indian(digits: str) -> bool:
    """Aadhaar: twelve digits with a Verhoeff checksum, the first at least 2."""
    state = 0
    for place, digit in enumerate(reversed(digits)):
        state = int(_VERHOEFF_TABLE[state][int(_VERHOEFF_TURN[place % 8][int(digit)])])
    return digits[0] > "1" and state == 0


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
