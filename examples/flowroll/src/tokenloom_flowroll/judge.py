"""Judging answers by running them: on hidden inputs where there are inputs, by output where there are none.

Works on plain rows of a dataset. The hidden inputs are drawn from a seed that is in no file, so no answer can have seen
them; a program that only prints what the reference once printed fails.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from tokenloom.kit.errors import DataError
from tokenloom_flowroll.generator.arguments import random_value
from tokenloom_flowroll.generator.task import INPUT_NAMES
from tokenloom_flowroll.language.errors import FlowError
from tokenloom_flowroll.language.interpreter import run
from tokenloom_flowroll.language.parser import parse, parse_value
from tokenloom_flowroll.language.program import Program
from tokenloom_flowroll.language.values import Dims, Value

NUM_BINDINGS = 4
_HIDDEN_SALT = "hidden inputs of the judge"
_LOW, _HIGH = -20, 30  # wider than the 0 to 9 of the data: a program must work for numbers nobody showed
_TRIES = 50
_AS_WRITTEN = "Use rows as the generator wrote them."

Bindings = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What running an answer showed. ``exact`` implies ``correct``."""

    correct: bool
    exact: bool
    error_kind: str = ""
    """Kind of the answer's error; empty where it ran, right or wrong."""


def execution_check(row: Mapping[str, Any], answer: str) -> Verdict:
    """Run ``answer`` against the reference of a dataset's ``row``.

    The row needs ``prompt``, ``completion``, ``family``, ``dims`` and ``reference``; :class:`DataError` where one is
    missing or the reference does not run.
    """
    fields = _Fields.of(row)
    answer = answer.strip()
    exact = answer == fields.completion.strip()
    try:
        if fields.family == "predict":
            correct = parse_value(answer) == _reference_output(fields.reference, {})
        else:
            correct = _agree(parse(answer), fields)
    except FlowError as error:
        return Verdict(correct=False, exact=False, error_kind=error.kind)
    return Verdict(correct, exact and correct)


def hidden_bindings(prompt: str, dims: list[Dims], reference: Program) -> list[Bindings]:
    """4 sets of inputs on which ``reference`` runs, the same ones each time; one empty set where there are no inputs."""
    if not dims:
        return [{}]
    rng = Random(f"{_HIDDEN_SALT}\n{prompt}")
    return [_running_binding(rng, dims, reference) for _ in range(NUM_BINDINGS)]


def wilson_interval(num_correct: int, num: int, *, z: float = 1.959964) -> tuple[float, float]:
    """Interval of a share (95 % by default), sound for few tries and near 0 or 1 (Wilson 1927); (0, 1) for no tries."""
    if num == 0:
        return 0.0, 1.0
    share, square = num_correct / num, z * z
    centre = share + square / (2 * num)
    spread = z * math.sqrt(share * (1 - share) / num + square / (4 * num * num))
    scale = 1 + square / num
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


@dataclass(frozen=True, slots=True)
class _Fields:
    prompt: str
    completion: str
    family: str
    dims: list[Dims]
    reference: Program

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> _Fields:
        missing = [name for name in ("prompt", "completion", "family", "dims", "reference") if name not in row]
        if missing:
            raise DataError(
                f"The row has no field {', '.join(missing)}, so its answer cannot be judged.",
                hint="Evaluate on a FLOWROLL dataset, with its own columns kept.",
            )
        try:
            reference = parse(str(row["reference"]))
        except FlowError as error:
            raise _bad_reference(error) from None
        return cls(str(row["prompt"]), str(row["completion"]), row["family"], _dims_of(row["dims"]), reference)


def _dims_of(written: Any) -> list[Dims]:
    """Dims of x and y from a row: a list of at most two lists of one or two whole numbers above 0; nothing for none."""
    try:
        dims = [tuple(map(int, each)) for each in written or []]
    except (TypeError, ValueError):
        dims = [()]
    if len(dims) > len(INPUT_NAMES) or not all(len(each) in (1, 2) and min(each) > 0 for each in dims):
        raise DataError(f"The row's dims {written!r:.80} are not those of x and y.", hint=_AS_WRITTEN)
    return dims


def _agree(program: Program, fields: _Fields) -> bool:
    """Whether both programs give the same on every hidden input; :class:`FlowError` where ``program`` fails."""
    bindings = hidden_bindings(fields.prompt, fields.dims, fields.reference)
    outputs = [run(program, each) for each in bindings]
    return outputs == [_reference_output(fields.reference, each) for each in bindings]


def _running_binding(rng: Random, dims: list[Dims], reference: Program) -> Bindings:
    """Inputs on which the reference stays within ±9999, which nearly all are."""
    failure: FlowError | None = None
    for _ in range(_TRIES):
        bindings = {
            name: random_value(rng, each, low=_LOW, high=_HIGH) for name, each in zip(INPUT_NAMES, dims, strict=False)
        }
        try:
            run(reference, bindings)
        except FlowError as error:
            failure = error
        else:
            return bindings
    assert failure is not None
    raise _bad_reference(failure)


def _reference_output(reference: Program, bindings: Bindings) -> Value:
    try:
        return run(reference, bindings)
    except FlowError as error:
        raise _bad_reference(error) from None


def _bad_reference(error: FlowError) -> DataError:
    return DataError(f"The row's own reference does not run: {error.message}.", hint=_AS_WRITTEN)
