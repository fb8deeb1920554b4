"""From text to a program, lenient about extra spaces, blank lines, comments and ``grid`` as a source; nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tokenloom.kit.registry import nearest
from tokenloom_flowroll.language.errors import Fault, FlowError
from tokenloom_flowroll.language.operations import SOURCES, STEPS
from tokenloom_flowroll.language.program import MAX_LINES, Line, Literal, Name, Program, Source, Step, Table
from tokenloom_flowroll.language.values import Grid, Roll, Value

_NUMBER = re.compile(r"-?[0-9]+")
_WORD = re.compile(r"[A-Za-z]+")
_MAX_DIGITS = 18  # longer ones are out of range anyway, and turning them into integers costs time
_SOURCE_WORDS = (*SOURCES, "grid")


def parse(text: str) -> Program:
    """The program that ``text`` spells; :class:`FlowError` SYNTAX, NAME (unknown word) or RANGE (absurd number)."""
    lines: list[Line] = []
    last = 1
    for number, written in enumerate(text.split("\n"), start=1):
        words = [word for word in written.partition("#")[0].split(" ") if word]
        if not words:
            continue
        if lines and not lines[-1].name:
            raise FlowError("SYNTAX", lines[-1].number, "emit is not last")
        if len(lines) == MAX_LINES:
            raise FlowError("SYNTAX", number, f"more than {MAX_LINES} lines")
        lines.append(_line(words, number))
        last = number
    if not lines or lines[-1].name:
        raise FlowError("SYNTAX", last, "no emit")
    return Program(tuple(lines))


def parse_value(text: str) -> Value:
    """The value that ``text`` spells (``roll 3 1 4`` or ``grid 1 2 / 3 4``); :class:`FlowError` otherwise."""
    words = [word for word in text.split(" ") if word]
    if not words or words[0] not in ("roll", "grid"):
        raise FlowError("SYNTAX", 1, f"a value begins with roll or grid, not {_quoted(words)}")
    source = _source(words, 1)
    try:
        return Grid(source.rows) if isinstance(source, Table) else Roll(_numbers(words[1:], 1, "roll"))
    except Fault as fault:
        raise FlowError(fault.kind, 1, f"{words[0]} {fault.what}") from None


def is_name(word: str) -> bool:
    """Whether ``word`` can name a value: one letter from a to z."""
    return len(word) == 1 and "a" <= word <= "z"


def _line(words: list[str], number: int) -> Line:
    head = words[0]
    if head == "emit":
        return _flow("", words[1:], number)
    if words[1:2] == ["="]:
        if is_name(head):
            return _flow(head, words[2:], number)
        raise FlowError("SYNTAX", number, f"a name is one letter from a to z, not {_quoted([head])}")
    if _WORD.fullmatch(head) and not is_name(head) and head not in STEPS and head not in _SOURCE_WORDS:
        raise _unknown(head, number, ("emit",))
    raise FlowError("SYNTAX", number, f"a line begins with emit or with a name and =, not {_quoted(words[:2])}")


def _flow(name: str, words: list[str], number: int) -> Line:
    segments = _split(words, "|")
    source = _source(segments[0], number)
    return Line(name, source, tuple([_step(segment, number) for segment in segments[1:]]), number)


def _source(words: list[str], number: int) -> Source:
    if not words:
        raise FlowError("SYNTAX", number, "a flow needs a source")
    head, rest = words[0], words[1:]
    if is_name(head):
        if rest:
            raise FlowError("SYNTAX", number, f"{_quoted(rest)} after the name {head}")
        return Name(head)
    if head == "grid":
        return Table(tuple([_numbers(row, number, head) for row in _split(rest, "/")]))
    if head not in SOURCES:
        if head in STEPS:
            raise FlowError("SYNTAX", number, f"{head} is a step, not a source")
        raise _unknown(head, number, _SOURCE_WORDS)
    return Literal(head, _arguments(head, SOURCES[head].num_numbers, rest, number))


def _step(words: list[str], number: int) -> Step:
    if not words:
        raise FlowError("SYNTAX", number, "a step is missing after |")
    head, rest = words[0], words[1:]
    if head not in STEPS:
        if head in _SOURCE_WORDS or is_name(head):
            raise FlowError("SYNTAX", number, f"{head} is a source, not a step")
        raise _unknown(head, number, STEPS)
    if STEPS[head].has_name:
        if len(rest) != 1 or not is_name(rest[0]):
            raise FlowError("SYNTAX", number, f"{head} needs a name, not {_quoted(rest)}")
        return Step(head, name=rest[0])
    return Step(head, _arguments(head, STEPS[head].num_numbers, rest, number))


def _arguments(head: str, expected: int, words: list[str], number: int) -> tuple[int, ...]:
    if expected >= 0 and len(words) != expected:
        raise FlowError("SYNTAX", number, f"{head} needs {_counted(expected)}, not {_quoted(words)}")
    return _numbers(words, number, head)


def _numbers(words: list[str], number: int, head: str) -> tuple[int, ...]:
    for word in words:
        if not _NUMBER.fullmatch(word):
            raise FlowError("SYNTAX", number, f"{head} needs numbers, not {_quoted([word])}")
        if len(word) > _MAX_DIGITS:
            raise FlowError("RANGE", number, f"{head} with a number of {len(word)} digits")
    return tuple(map(int, words))


def _unknown(word: str, number: int, words: Iterable[str]) -> FlowError:
    """NAME for what reads like a word, with the nearest right one; SYNTAX for anything else."""
    if not _WORD.fullmatch(word):
        return FlowError("SYNTAX", number, f"cannot read {_quoted([word])}")
    near = nearest(word[:40].lower(), words, count=1) or [min(words, key=lambda known: (known[0] != word[0], known))]
    return FlowError("NAME", number, f"{word[:40]} is unknown", hint=f"The nearest word is {near[0]}.")


def _split(words: list[str], mark: str) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for word in words:
        if word == mark:
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


def _counted(expected: int) -> str:
    return {0: "no number", 1: "1 number"}.get(expected, f"{expected} numbers")


def _quoted(words: list[str]) -> str:
    """What stands there, cut short: an error must not repeat a long text."""
    text = " ".join(words)
    return f"“{text[:40]}{'…' if len(text) > 40 else ''}”" if text else "nothing"
