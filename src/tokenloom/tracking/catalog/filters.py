"""The filter line of the runs table, compiled to SQL with bound parameters.

``loss`` finds a word in names, tags, notes and the like. ``key op value`` compares, with ``= != < <= > >=`` and ``~`` for
"contains"; ``!`` before a term turns it round; all terms must hold. Keys: ``state task project name id parent source
step created started ended starred archived tag``, ``params.NAME``, ``metrics.NAME`` (its last value, or
``metrics.NAME.min`` / ``.max`` / ``.last``); a bare NAME is a metric or a parameter. Quote what has spaces::

    state=running metrics.val/loss.min<2.5 params.optimizer.kind=adamw !tag=draft "warm restart"
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from tokenloom.kit.errors import SpecError
from tokenloom.tracking.catalog.schema import run_metrics, run_params, run_tags, runs

MAX_CHARACTERS, MAX_TERMS = 1_000, 20
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_TERM = re.compile(
    rf"\s*(?P<not>!)?(?:(?P<key>{_QUOTED}|[^\s\"=!<>~]+)\s*(?P<op>!=|<=|>=|=|<|>|~)\s*(?P<value>{_QUOTED}|[^\s\"]+)"
    rf"|(?P<word>{_QUOTED}|[^\s\"=!<>~]+))(?=\s|$)"
)
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_TEXTS = {
    name: runs.c[name] for name in ("id", "name", "task", "project", "state", "parent", "source", "notes", "reason")
}
_NUMBERS = {name: runs.c[name] for name in ("step", "total_steps", "created", "started", "ended")}
_FLAGS = {name: runs.c[name] for name in ("starred", "archived")}
STATISTICS = ("last", "min", "max")


def compile_filter(text: str) -> list[sa.ColumnElement[bool]]:
    """Conditions that must all hold; :class:`SpecError` says where the text stops making sense."""
    if len(text) > MAX_CHARACTERS:
        raise SpecError(f"The filter has {len(text)} characters; the limit is {MAX_CHARACTERS}.", hint="Shorten it.")
    conditions = []
    position = 0
    text = text.replace("\0", "").encode("utf-8", "replace").decode().rstrip()
    while position < len(text):
        match = _TERM.match(text, position)
        if match is None:
            raise _unclear(text, position)
        condition = _condition(match)
        conditions.append(sa.not_(condition) if match["not"] else condition)
        position = match.end()
    if len(conditions) > MAX_TERMS:
        raise SpecError(f"The filter has {len(conditions)} terms; the limit is {MAX_TERMS}.", hint="Shorten it.")
    return conditions


def metric_name(text: str) -> tuple[str, str]:
    """``("val/loss", "min")`` for ``val/loss.min``; the statistic is ``last`` where none is named."""
    name, _, statistic = text.rpartition(".")
    return (name, statistic) if name and statistic in STATISTICS else (text, "last")


def bound(value: Any) -> Any:
    """``value`` as a parameter; numbers as doubles, so that a fraction compares with a whole-number column."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return sa.literal(float(value), sa.Double) if is_number else value


def _condition(match: re.Match[str]) -> sa.ColumnElement[bool]:
    if match["word"] is not None:
        return _word(_unquoted(match["word"]))
    key, sign, value = _unquoted(match["key"]), match["op"], _unquoted(match["value"])
    if key in _TEXTS:
        return _text_condition(_TEXTS[key], sign, value)
    if key in _NUMBERS:
        return _number_condition(_NUMBERS[key], sign, value, key)
    if key in _FLAGS:
        return _flag_condition(_FLAGS[key], sign, value, key)
    if key in ("tag", "tags"):
        found = _any_row(run_tags, _text_condition(run_tags.c.tag, "~" if sign == "~" else "=", value))
        return sa.not_(found) if sign == "!=" else found
    if key.startswith("params."):
        return _param(key.removeprefix("params."), sign, value)
    if key.startswith("metrics."):
        return _metric(key.removeprefix("metrics."), sign, value)
    if _as_number(value) is None or sign == "~":
        return _param(key, sign, value)
    return sa.or_(_param(key, sign, value), _metric(key, sign, value))


def _word(word: str) -> sa.ColumnElement[bool]:
    columns = [
        _TEXTS[name].icontains(word, autoescape=True) for name in ("id", "name", "task", "project", "notes", "state")
    ]
    return sa.or_(*columns, _any_row(run_tags, run_tags.c.tag.icontains(word, autoescape=True)))


def _param(name: str, sign: str, value: str) -> sa.ColumnElement[bool]:
    number = _as_number(value)
    if sign in ("<", "<=", ">", ">=") or (number is not None and sign in ("=", "!=")):
        condition = _number_condition(run_params.c.number, sign, value, name)
    else:
        condition = _text_condition(run_params.c.text, sign, value)
    return _any_row(run_params, sa.and_(run_params.c.key == name, condition))


def _metric(text: str, sign: str, value: str) -> sa.ColumnElement[bool]:
    name, statistic = metric_name(text)
    exact = sa.and_(run_metrics.c.key == name, _number_condition(run_metrics.c[statistic], sign, value, text))
    if name == text:
        return _any_row(run_metrics, exact)
    literal = sa.and_(run_metrics.c.key == text, _number_condition(run_metrics.c.last, sign, value, text))
    return _any_row(run_metrics, sa.or_(exact, literal))  # a metric may really be called “x.min”


def _text_condition(column: sa.ColumnElement[str], sign: str, value: str) -> sa.ColumnElement[bool]:
    if sign == "~":
        return column.icontains(value, autoescape=True)
    condition: sa.ColumnElement[bool] = _COMPARE[sign](column, value)
    return condition


def _number_condition(column: sa.ColumnElement[Any], sign: str, value: str, key: str) -> sa.ColumnElement[bool]:
    number = _as_number(value)
    if number is None or sign == "~":
        raise SpecError(
            f"“{key}” is a number and cannot be compared with {sign} “{value:.40}”.", hint="Write e.g. val/loss<2.5."
        )
    condition: sa.ColumnElement[bool] = _COMPARE[sign](column, bound(number))
    return condition


def _flag_condition(column: sa.ColumnElement[bool], sign: str, value: str, key: str) -> sa.ColumnElement[bool]:
    words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if sign not in ("=", "!=") or value.lower() not in words:
        raise SpecError(f"“{key}” is true or false.", hint=f"Write {key}=true.")
    is_wanted = words[value.lower()] is (sign == "=")
    return column.is_(True) if is_wanted else column.is_(False)


def _any_row(table: sa.Table, condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    # Correlated by hand: the outer query may have the same table as its sort column.
    return sa.exists().where(table.c.run_id == runs.c.id, condition).correlate_except(table)


def _as_number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if number == number and abs(number) != float("inf") else None


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1]) if text.startswith('"') else text


def _unclear(text: str, position: int) -> SpecError:
    return SpecError(
        f"The filter is unclear from “{text[position:].strip():.40}” on.",
        hint='Write words, or terms such as state=running, val/loss<2, tag="a b", !name~draft.',
        position=position,
    )
