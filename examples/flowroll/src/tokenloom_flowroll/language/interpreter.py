"""Running a program on its inputs. There are no loops, so every program ends; sizes are bounded by the values."""

from __future__ import annotations

from collections.abc import Mapping

from tokenloom_flowroll.language.errors import Fault, FlowError
from tokenloom_flowroll.language.operations import SOURCES, STEPS
from tokenloom_flowroll.language.parser import parse
from tokenloom_flowroll.language.program import Line, Name, Program, Source, Step, Table
from tokenloom_flowroll.language.values import Grid, Value


def run(program: Program | str, bindings: Mapping[str, Value] | None = None) -> Value:
    """What ``program`` emits with its inputs bound (``{"x": Roll(...)}``); the first :class:`FlowError` stops it."""
    lines = (parse(program) if isinstance(program, str) else program).lines
    known = dict(bindings or {})
    for line in lines:
        if line.name in known:
            raise FlowError("NAME", line.number, f"{line.name} is set twice")
        value = _run_line(line, known)
        if not line.name:
            return value
        known[line.name] = value
    raise FlowError("SYNTAX", len(lines) or 1, "no emit")


def _run_line(line: Line, known: Mapping[str, Value]) -> Value:
    word = ""
    try:
        value = _look_up(line.source.letter, known, line) if isinstance(line.source, Name) else _literal(line.source)
        for step in line.steps:
            word = step.word
            value = _apply(step, value, known, line)
    except Fault as fault:
        raise FlowError(fault.kind, line.number, f"{word or line.source.word} {fault.what}") from None  # type: ignore[union-attr]  # a name cannot fault
    return value


def _literal(source: Source) -> Value:
    assert not isinstance(source, Name)
    return Grid(source.rows) if isinstance(source, Table) else SOURCES[source.word].apply(*source.numbers)


def _apply(step: Step, value: Value, known: Mapping[str, Value], line: Line) -> Value:
    operation = STEPS[step.word]
    if operation.has_name:
        return operation.apply(value, _look_up(step.name, known, line))
    return operation.apply(value, *step.numbers)


def _look_up(name: str, known: Mapping[str, Value], line: Line) -> Value:
    if name in known:
        return known[name]
    if not known:
        raise FlowError("NAME", line.number, f"{name} is unknown", hint="No name is set yet.")
    near = min(known, key=lambda letter: (abs(ord(letter) - ord(name)), letter))
    raise FlowError("NAME", line.number, f"{name} is unknown", hint=f"The nearest name is {near}.")
