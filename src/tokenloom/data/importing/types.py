"""Types of columns: reading a text as a value of a type, and finding by all values which type a column of texts has.

A value is put into one of a few classes by one regular expression; the type follows from the counts at the end. What could be more
than one thing (`1,234`, `3/4/2026`) and what only looks like a number (`007`, card and telephone numbers) stays text, with the reason.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tokenloom.data.mapping import BadRow
from tokenloom.data.mapping.reading import listed
from tokenloom.kit.errors import DataError
from tokenloom.kit.registry import nearest
from tokenloom.spec.base import Spec

_LARGEST = 1 << 63
_LONG_DIGITS = 16  # from which on a float does not hold every digit
_MOST_CHARS = 40  # of a value that can be anything else than text
_DECIDED_AFTER, _MOST_OTHER = 1_000, 0.05
_SHOWN = 40
NUMERIC = ("integer", "number", "decimal_comma")
DATES = ("date", "day_first_date", "month_first_date")
WORDS = {
    "text": "text",
    "integer": "whole numbers",
    "number": "numbers",
    "decimal_comma": "numbers with a decimal comma",
    "boolean": "true/false",
    "date": "dates",
    "day_first_date": "dates, day first",
    "month_first_date": "dates, month first",
}
_ONE = {
    "integer": "a whole number",
    "number": "a number",
    "decimal_comma": "a number with a decimal comma",
    "boolean": "true or false",
    "date": "a date",
    "day_first_date": "a date with the day first",
    "month_first_date": "a date with the month first",
}
_NAMED_LIKE = re.compile(
    r"(^|[\W_])(phone|telephone|tel|mobile|fax|zip|zipcode|postcode|postal|plz|isbn|iban|ssn|telefon)([\W_]|$)",
    re.IGNORECASE,
)
_INTEGER = re.compile(r"[-+]?\d+", re.ASCII)
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", re.ASCII)
_COMMA = re.compile(r"[-+]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?", re.ASCII)
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[ T](\d{1,2}:\d{2}(?::\d{2})?))?", re.ASCII)
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:[ T](\d{1,2}:\d{2}(?::\d{2})?))?", re.ASCII)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}([.,]\d{1,6})?)?([zZ]|[-+]\d{2}:?\d{2})?)?", re.ASCII)
_TRUE, _FALSE = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0"})
_CLASSES = re.compile(
    r"(?P<zero>-?0\d+)|(?P<long>-?\d{16,})|(?P<plus>\+\d[\d ()/-]*)|(?P<whole>-?\d+)"
    r"|(?P<point>-?(?:\d+\.\d+|\.\d+|\d+(?:\.\d+)?[eE][-+]?\d+))"
    r"|(?P<grouped>-?\d{1,3},\d{3})|(?P<comma>-?(?:\d{1,3}(?:\.\d{3})+|\d+),\d+)"
    r"|(?P<truth>(?i:true|false))|(?P<yes>(?i:yes|no))"
    rf"|(?P<iso>{_ISO.pattern})|(?P<dotted>{_DOTTED.pattern})|(?P<slashed>{_SLASHED.pattern})",
    re.ASCII,
)
_GROUPS = {  # classes that a column may hold together, and the type that they make
    "integer": {"whole"},
    "number": {"whole", "point"},
    "decimal_comma": {"whole", "grouped", "comma"},
    "boolean": {"truth"},
    "boolean ": {"yes"},
    "date": {"iso", "dotted"},
    "day_first_date": {"day_first", "either_first"},
    "month_first_date": {"month_first", "either_first"},
}


def read_value(value: Any, type: str) -> Any:
    """``value`` as a value of ``type``: int, float, bool, or ISO 8601 text for dates; None where nothing stands.

    Raises ValueError where it does not fit.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None if type != "text" else value
    return _READERS[type](value)


def checked(row: dict[str, Any], types: Mapping[str, str]) -> None:
    """:class:`BadRow` where a value does not fit the type that was chosen for its column."""
    for name, type in types.items():
        try:
            read_value(row.get(name), type)
        except ValueError:
            shown = str(row[name])[:_SHOWN]
            raise BadRow(f"a value of the column “{name}” is not {_ONE[type]} ({shown!r})") from None


def roles_of(mapping: Spec) -> list[str]:
    """Columns that a mapping reads: they stay as they are written, since a model reads them as text."""
    return [str(name) for field, name in mapping.model_dump().items() if field != "kind" and name is not None]


def check_types(types: Mapping[str, str], names: Sequence[str]) -> None:
    """:class:`DataError` where a type is chosen for a column that is not there."""
    for name in types:
        if name not in names:
            near = nearest(name, names, count=1)
            raise DataError(
                f"There is no column “{name}” to give a type; the columns are {listed(names)}.",
                hint=f"Did you mean “{near[0]}”?" if near else "Take it out of columns.types.",
                field=f"columns.types.{name}",
                columns=list(names),
            )


def _integer(value: Any) -> int:
    if isinstance(value, bool):
        raise ValueError
    if isinstance(value, float):
        if not value.is_integer():
            raise ValueError
        value = int(value)
    if isinstance(value, str) and not _INTEGER.fullmatch(value := value.strip()):
        raise ValueError
    number = int(value) if isinstance(value, int | str) else _refused()
    if not -_LARGEST <= number < _LARGEST:
        raise ValueError
    return number


def _number(value: Any) -> float:
    if isinstance(value, bool) or (isinstance(value, str) and not _NUMBER.fullmatch(value.strip())):
        raise ValueError
    number = float(value) if isinstance(value, int | float | str) else _refused()
    if not math.isfinite(number):
        raise ValueError
    return number


def _decimal_comma(value: Any) -> float:
    if not isinstance(value, str):
        return _number(value)
    if not _COMMA.fullmatch(value := value.strip()):
        raise ValueError
    return float(value.replace(".", "").replace(",", "."))


def _boolean(value: Any) -> bool:
    word = str(value).strip().lower()
    if isinstance(value, bool | int | str) and word in _TRUE | _FALSE:
        return word in _TRUE
    raise ValueError


def _date(value: Any) -> str:
    text = str(value).strip()
    if _ISO.fullmatch(text):
        found = datetime.fromisoformat(text.replace(",", "."))
        return text[:10] if len(text) == 10 else found.isoformat()
    return _by_place(_DOTTED, text, day=1)


def _day_first(value: Any) -> str:
    return _by_place(_SLASHED, str(value).strip(), day=1)


def _month_first(value: Any) -> str:
    return _by_place(_SLASHED, str(value).strip(), day=2)


def _by_place(pattern: re.Pattern[str], text: str, day: int) -> str:
    match = pattern.fullmatch(text)
    if match is None:
        raise ValueError
    hour, minute, second, *_ = [*(int(each) for each in (match[4] or "").split(":") if each), 0, 0, 0]
    found = datetime(int(match[3]), int(match[3 - day]), int(match[day]), hour, minute, second)
    return found.isoformat() if match[4] else found.date().isoformat()


def _refused() -> Any:
    raise ValueError


_READERS: dict[str, Callable[[Any], Any]] = {
    "text": lambda value: value,
    "integer": _integer,
    "number": _number,
    "decimal_comma": _decimal_comma,
    "boolean": _boolean,
    "date": _date,
    "day_first_date": _day_first,
    "month_first_date": _month_first,
}


def class_of(value: Any) -> str:
    """The class of one value that stands there, such as ``whole`` or ``iso``; ``other`` for any other text."""
    if not isinstance(value, str):
        if isinstance(value, bool):
            return "truth"
        return "whole" if isinstance(value, int) else "point" if isinstance(value, float) else "other"
    text = value.strip()
    match = _CLASSES.fullmatch(text) if len(text) <= _MOST_CHARS else None
    found = str(match.lastgroup) if match else "other"
    if found == "slashed":
        return _slashed(text)
    if found in ("iso", "dotted"):
        try:
            _date(text)
        except ValueError:
            return "other"
    return found


def _slashed(text: str) -> str:
    fits = []
    for name, read in (("day_first", _day_first), ("month_first", _month_first)):
        try:
            read(text)
        except ValueError:
            continue
        fits.append(name)
    return "either_first" if len(fits) == 2 else fits[0] if fits else "other"


@dataclass(frozen=True)
class Found:
    """The type of a column, and why it is no other one; empty where nothing is to be said."""

    type: str
    why: str = ""


class Finder:
    """What the values of one column look like. Ends early where it plainly is text."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._counts: Counter[str] = Counter()
        self._first: dict[str, tuple[int, str]] = {}
        self.is_text = False

    def see(self, number: int, value: Any) -> None:
        """Take in the value of row ``number``; nothing where it is empty."""
        if self.is_text or value is None or (isinstance(value, str) and not value.strip()):
            return
        kind = class_of(value)
        self._counts[kind] += 1
        if kind not in self._first:
            self._first[kind] = (number, str(value)[:_SHOWN])
        if kind == "other":
            total = self._counts.total()
            self.is_text = total >= _DECIDED_AFTER and self._counts[kind] > _MOST_OTHER * total

    def found(self) -> Found:
        """The type that every value fits, else text with the reason why it nearly was another one."""
        total = self._counts.total()
        if total == 0 or self.is_text:
            return Found("text")
        for reserved, words in (
            ("zero", "begin with a zero and may be marks rather than amounts"),
            ("long", f"have {_LONG_DIGITS} digits or more, which a number does not hold exactly"),
            ("plus", "begin with a plus, as telephone numbers do"),
        ):
            if self._counts[reserved] and not self._counts["other"]:
                return Found("text", f"{self._told(reserved)} {words}")
        type = self._type()
        if type == "text":
            return Found("text", self._nearly(total))
        if type in NUMERIC and _NAMED_LIKE.search(self._name):
            return Found("text", f"its values are {WORDS[type]}, but it is named like a number that is no amount")
        return Found(type)

    def _type(self) -> str:
        there = set(self._counts)
        fits = next((type.strip() for type, classes in _GROUPS.items() if there <= classes), "text")
        if fits == "decimal_comma" and "comma" not in there:
            return "text"  # 1,234 may be a thousand
        if fits in DATES[1:] and there == {"either_first"}:
            return "text"
        return fits

    def _nearly(self, total: int) -> str:
        """Why a column that is mostly something else stays text."""
        if set(self._counts) <= _GROUPS["decimal_comma"]:
            return f"{self._told('grouped')} may be thousands or fractions; choose integer, number or decimal_comma"
        if set(self._counts) == {"either_first"}:
            return "its dates may have the day or the month first; choose day_first_date or month_first_date"
        covered = {type: sum(self._counts[each] for each in classes) for type, classes in _GROUPS.items()}
        type = max(covered, key=lambda each: covered[each])
        missing = total - covered[type]
        if covered[type] < (1 - _MOST_OTHER) * total:
            return ""
        kinds = [kind for kind in self._counts if kind not in _GROUPS[type]]
        row, shown = min(self._first[kind] for kind in kinds)
        are = "is" if missing == 1 else "are"
        return f"its values are {WORDS[type.strip()]} but for {missing:,} of {total:,} that {are} not, first “{shown}” in row {row:,}"

    def _told(self, kind: str) -> str:
        row, shown = self._first[kind]
        count = self._counts[kind]
        return f"{count:,} value{'s' if count > 1 else ''}, first “{shown}” in row {row:,},"
