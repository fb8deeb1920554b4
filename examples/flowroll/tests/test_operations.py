"""Each operation on the examples of the language's table, and each error with its exact words."""

from __future__ import annotations

import pytest

from tokenloom_flowroll.language.errors import KINDS, Fault, FlowError
from tokenloom_flowroll.language.interpreter import run
from tokenloom_flowroll.language.operations import SOURCES, STEPS
from tokenloom_flowroll.language.parser import parse_value
from tokenloom_flowroll.language.values import Grid, Roll, format_dims

ROLL = "roll 3 1 4"
GRID = "grid 1 2 3 / 4 5 6"


@pytest.mark.parametrize(
    ("x", "flow", "output"),
    [
        (ROLL, "roll 3 1 4", "roll 3 1 4"),
        (ROLL, "ramp 2 5", "roll 2 3 4 5"),
        (ROLL, "ramp -1 -1", "roll -1"),
        (ROLL, "fill 3 7", "roll 7 7 7"),
        (ROLL, "x | add 2", "roll 5 3 6"),
        (GRID, "x | add -2", "grid -1 0 1 / 2 3 4"),
        (ROLL, "x | mul 3", "roll 9 3 12"),
        (GRID, "x | mul 0", "grid 0 0 0 / 0 0 0"),
        (ROLL, "x | rev", "roll 4 1 3"),
        (GRID, "x | rev", "grid 4 5 6 / 1 2 3"),
        (ROLL, "x | sort", "roll 1 3 4"),
        ("grid 3 1 / 2 0", "x | sort", "grid 1 3 / 0 2"),
        (ROLL, "x | take 2", "roll 3 1"),
        (GRID, "x | take 1", "grid 1 2 3"),
        (ROLL, "x | drop 2", "roll 4"),
        (ROLL, "x | drop 0", "roll 3 1 4"),
        (GRID, "x | drop 1", "grid 4 5 6"),
        (ROLL, "x | pad 5 0", "roll 3 1 4 0 0"),
        (ROLL, "x | pad 3 0", "roll 3 1 4"),
        (GRID, "x | pad 3 9", "grid 1 2 3 / 4 5 6 / 9 9 9"),
        (ROLL, "x | spin 1", "roll 1 4 3"),
        (ROLL, "x | spin 4", "roll 1 4 3"),
        (ROLL, "x | spin -1", "roll 4 3 1"),
        (GRID, "x | spin 1", "grid 4 5 6 / 1 2 3"),
        (ROLL, "x | tile 2", "roll 3 1 4 3 1 4"),
        (GRID, "x | tile 2", "grid 1 2 3 / 4 5 6 / 1 2 3 / 4 5 6"),
        (ROLL, "x | fold 3", "grid 3 1 4"),
        (ROLL, "x | fold 1", "grid 3 / 1 / 4"),
        (GRID, "x | flat", "roll 1 2 3 4 5 6"),
        (GRID, "x | turn", "grid 1 4 / 2 5 / 3 6"),
        (ROLL, "x | sum", "roll 8"),
        (GRID, "x | sum", "roll 6 15"),
        (ROLL, "x | plus x", "roll 6 2 8"),
        (GRID, "x | minus x", "grid 0 0 0 / 0 0 0"),
        (ROLL, "x | join x", "roll 3 1 4 3 1 4"),
        (GRID, "x | join x", "grid 1 2 3 / 4 5 6 / 1 2 3 / 4 5 6"),
    ],
)
def test_operation_does_what_the_table_says(x: str, flow: str, output: str) -> None:
    assert str(run(f"emit {flow}", {"x": parse_value(x)})) == output


ERRORS = [
    ("emit x | take 6 | fold 3\nemit x", "SYNTAX line 1: emit is not last"),
    ("a = x", "SYNTAX line 1: no emit"),
    ("", "SYNTAX line 1: no emit"),
    ("\n# nothing\n\n", "SYNTAX line 1: no emit"),
    ("emit", "SYNTAX line 1: a flow needs a source"),
    ("emit x |", "SYNTAX line 1: a step is missing after |"),
    ("emit x | take", "SYNTAX line 1: take needs 1 number, not nothing"),
    ("emit x | rev 2", "SYNTAX line 1: rev needs no number, not “2”"),
    ("emit x | pad 9", "SYNTAX line 1: pad needs 2 numbers, not “9”"),
    ("emit x | plus 3", "SYNTAX line 1: plus needs a name, not “3”"),
    ("emit x | add two", "SYNTAX line 1: add needs numbers, not “two”"),
    ("emit x|rev", "SYNTAX line 1: cannot read “x|rev”"),
    ("emit rev", "SYNTAX line 1: rev is a step, not a source"),
    ("emit x | ramp 1 2", "SYNTAX line 1: ramp is a source, not a step"),
    ("emit x y", "SYNTAX line 1: “y” after the name x"),
    ("rev | emit x", "SYNTAX line 1: a line begins with emit or with a name and =, not “rev |”"),
    ("ab = x\nemit x", "SYNTAX line 1: a name is one letter from a to z, not “ab”"),
    ("\n".join(f"{name} = x" for name in "abcdef") + "\nemit f", "SYNTAX line 7: more than 6 lines"),
    ("emit z", "NAME line 1: z is unknown"),
    ("emit x | plus z", "NAME line 1: z is unknown"),
    ("emit x | revv", "NAME line 1: revv is unknown"),
    ("emit ril 1 2", "NAME line 1: ril is unknown"),
    ("emitt x", "NAME line 1: emitt is unknown"),
    ("a = x\n\na = x | rev\nemit a", "NAME line 3: a is set twice"),
    ("x = roll 1\nemit x", "NAME line 1: x is set twice"),
    ("emit roll", "EMPTY line 1: roll gives nothing"),
    ("emit grid", "EMPTY line 1: grid gives nothing"),
    ("emit ramp 5 2", "EMPTY line 1: ramp 5 to 2"),
    ("emit fill 0 7", "EMPTY line 1: fill 0 times 7"),
    ("emit roll 10000", "RANGE line 1: roll gives 10000"),
    ("emit x | add -10002", "RANGE line 1: add gives -10001"),
    ("emit x | mul 5000", "RANGE line 1: mul gives 30000"),
    ("emit fill 2 9999 | sum", "RANGE line 1: sum gives 19998"),
    ("emit roll 1234567890123456789012", "RANGE line 1: roll with a number of 22 digits"),
    ("emit ramp 1 300", "SIZE line 1: ramp 1 to 300"),
    ("emit fill 257 0", "SIZE line 1: fill 257 times 0"),
    ("emit roll" + " 1" * 257, "SIZE line 1: roll gives 257 numbers"),
    ("emit x | tile 60", "SIZE line 1: tile 6 times 60"),
    ("emit x | tile 0", "SIZE line 1: tile 6 times 0"),
    ("emit x | pad 300 1", "SIZE line 1: pad 6 to 300"),
    ("emit y | pad 100 1", "SIZE line 1: pad 2 by 3 to 100"),
    ("a = fill 200 1\nemit a | join a", "SIZE line 2: join 200 with 200"),
    ("emit x | take 9", "SHORT line 1: take 9 from 6"),
    ("emit x | take 0", "SHORT line 1: take 0 from 6"),
    ("emit y | take 3", "SHORT line 1: take 3 from 2 by 3"),
    ("emit x | drop 6", "SHORT line 1: drop 6 from 6"),
    ("emit x | drop -1", "SHORT line 1: drop -1 from 6"),
    ("emit x | pad 3 0", "SHORT line 1: pad 6 to 3"),
    ("emit ramp 1 7 | fold 3", "UNEVEN line 1: fold 7 by 3"),
    ("emit x | fold 0", "UNEVEN line 1: fold 6 by 0"),
    ("emit grid 1 2 / 3", "UNEVEN line 1: grid rows of 2 and 1"),
    ("emit y | fold 3", "NEEDROLL line 1: fold on 2 by 3"),
    ("emit x | flat", "NEEDGRID line 1: flat on 6"),
    ("emit x | turn", "NEEDGRID line 1: turn on 6"),
    ("a = x | rev\nemit a | plus y", "DIMMATCH line 2: plus 6 with 2 by 3"),
    ("emit y | minus x", "DIMMATCH line 1: minus 2 by 3 with 6"),
    ("emit y | join x", "DIMMATCH line 1: join 2 by 3 with 6"),
    ("emit grid 1 2 | join y", "DIMMATCH line 1: join 1 by 2 with 2 by 3"),
    ("# a comment\n\nemit x | take 2 | plus x", "DIMMATCH line 3: plus 2 with 6"),
]


@pytest.mark.parametrize(("program", "message"), ERRORS)
def test_error_has_its_kind_line_and_words(program: str, message: str) -> None:
    with pytest.raises(FlowError) as caught:
        run(program, {"x": parse_value("roll 6 2 3 4 5 1"), "y": parse_value(GRID)})
    assert caught.value.message == message
    assert f"{caught.value.kind} line {caught.value.line}: {caught.value.what}" == message


def test_every_kind_of_error_is_reached() -> None:
    assert {message.split()[0] for _, message in ERRORS} == set(KINDS)


@pytest.mark.parametrize(
    ("program", "nearest"),
    [
        ("emit x | revv", "rev"),
        ("emit x | tke 2", "take"),
        ("emit rmap 1 2", "ramp"),
        ("emit b", "x"),
        ("emt x", "emit"),
    ],
)
def test_hint_of_an_unknown_word_names_the_nearest(program: str, nearest: str) -> None:
    with pytest.raises(FlowError) as caught:
        run(program, {"x": Roll((1, 2))})
    assert caught.value.hint.endswith(f" {nearest}.")


def test_first_error_stops() -> None:
    with pytest.raises(FlowError, match="SHORT line 1"):
        run("a = roll 1 | take 2\nb = q\nemit b")


def test_there_are_19_operations_and_none_twice() -> None:
    assert len(SOURCES) == 3
    assert len(STEPS) == 16
    assert not set(SOURCES) & set(STEPS)


def test_dims_are_rows_first() -> None:
    assert Roll((1, 2, 3)).dims == (3,)
    assert Grid(((1, 2, 3), (4, 5, 6))).dims == (2, 3)
    assert format_dims((2, 3)) == "2 by 3"


@pytest.mark.parametrize(
    "make", [lambda: Roll(()), lambda: Roll((10_000,)), lambda: Grid(((),)), lambda: Grid(((1,), (1, 2)))]
)
def test_no_invalid_value_can_exist(make: object) -> None:
    with pytest.raises(Fault):
        make()  # type: ignore[operator]
