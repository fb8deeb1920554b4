"""Conditions on rows as people write them: ``column=value``, ``column~text``, ``column>=3``, ``column<=9``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from tokenloom.kit.errors import SpecError

_FILTER = re.compile(r"(?P<column>[^=<>~]+)(?P<op>>=|<=|=|~)(?P<value>.*)", re.DOTALL)


def parse_filters(texts: Iterable[str]) -> dict[str, Any]:
    """Conditions by column, as :meth:`Dataset.rows` wants them; several of one column are laid together."""
    wanted: dict[str, Any] = {}
    for text in texts:
        match = _FILTER.fullmatch(text)
        if match is None:
            raise SpecError(
                f"“{text[:200]}” is not a filter.", hint="Write column=value, column~text, column>=3 or column<=9."
            )
        column, operator, value = match["column"].strip(), match["op"], match["value"]
        if operator == "=":
            wanted[column] = value
            continue
        limits = wanted[column] if isinstance(wanted.get(column), dict) else {}
        wanted[column] = limits | {{"~": "contains", ">=": "min", "<=": "max"}[operator]: _bound(operator, value)}
    return wanted


def holds(value: Any, wanted: Any) -> bool:
    """Whether a value meets a condition of :func:`parse_filters`."""
    if isinstance(value, bool):
        value = str(value).lower()
    if not isinstance(wanted, dict):
        return value is not None and str(value) == wanted
    if "contains" in wanted and wanted["contains"].lower() not in str("" if value is None else value).lower():
        return False
    if "min" not in wanted and "max" not in wanted:
        return True
    try:
        number = float(value)
    except (TypeError, ValueError):
        return False
    return bool(wanted.get("min", number) <= number <= wanted.get("max", number))


def _bound(operator: str, value: str) -> str | float:
    if operator == "~":
        return value
    try:
        return float(value)
    except ValueError:
        raise SpecError(f"“{value[:80]}” is not a number.", hint="Compare with a number, or use = for texts.") from None
