"""What holds for any program: spelling, leniency, limits, and that a printed value runs."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tokenloom_flowroll.audit import edges_in_text
from tokenloom_flowroll.generator.edges import edges_of
from tokenloom_flowroll.language.errors import KINDS, FlowError
from tokenloom_flowroll.language.interpreter import run
from tokenloom_flowroll.language.operations import SOURCES, STEPS
from tokenloom_flowroll.language.parser import parse, parse_value
from tokenloom_flowroll.language.program import Line, Literal, Name, Program, Source, Step, Table
from tokenloom_flowroll.language.values import MAX_MAGNITUDE, MAX_NUMBERS, Grid, Roll, Value, count_of

NUMBERS = st.integers(-12, 300) | st.integers(-20_000, 20_000)
SMALL = st.integers(0, 6)
NAMES = st.sampled_from("abcxyz")
NUMBER_ROWS = st.lists(NUMBERS, min_size=1, max_size=6).map(tuple)


@st.composite
def values(draw: st.DrawFn) -> Value:
    rows, columns = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    row = st.tuples(*[st.integers(-99, 99)] * columns)
    return Roll(draw(row)) if draw(st.booleans()) else Grid(draw(st.tuples(*[row] * rows)))


@st.composite
def sources(draw: st.DrawFn) -> Source:
    word = draw(st.sampled_from(["name", "name", "roll", "ramp", "fill", "grid"]))
    if word == "name":
        return Name(draw(NAMES))
    if word == "grid":
        return Table(tuple(draw(st.lists(NUMBER_ROWS, min_size=1, max_size=3))))
    return Literal(word, draw(NUMBER_ROWS if word == "roll" else st.tuples(NUMBERS, NUMBERS)))


@st.composite
def steps(draw: st.DrawFn) -> Step:
    word = draw(st.sampled_from(sorted(STEPS)))
    if STEPS[word].has_name:
        return Step(word, name=draw(NAMES))
    return Step(word, tuple(draw(SMALL | NUMBERS) for _ in range(STEPS[word].num_numbers)))


@st.composite
def programs(draw: st.DrawFn) -> Program:
    names = [*draw(st.lists(NAMES, max_size=5)), ""]
    return Program(tuple(Line(name, draw(sources()), tuple(draw(st.lists(steps(), max_size=5)))) for name in names))


@given(programs())
def test_printed_program_parses_to_itself(program: Program) -> None:
    assert parse(str(program)) == program


@given(programs(), st.data())
def test_spaces_blank_lines_and_comments_change_nothing(program: Program, data: st.DataObject) -> None:
    gaps = st.sampled_from([" ", "  ", "    "])
    loose = "".join(data.draw(gaps) if letter == " " else letter for letter in str(program))
    loose = "\n# note | rev\n\n".join(f"  {line} # emit z" for line in loose.split("\n"))
    assert parse(loose) == program
    assert str(parse(str(parse(loose)))) == str(program)


@given(values())
def test_printed_value_is_read_back_and_runs_as_a_source(value: Value) -> None:
    assert parse_value(str(value)) == value
    assert run(f"emit {value}") == value


@settings(max_examples=300)
@given(programs(), values(), values())
def test_a_run_ends_in_a_valid_value_or_a_told_error(program: Program, x: Value, y: Value) -> None:
    try:
        value = run(program, {"x": x, "y": y})
    except FlowError as error:
        assert error.kind in KINDS
        assert 1 <= error.line <= len(program.lines)
        assert len(error.message) < 200
        return
    numbers = value.numbers if isinstance(value, Roll) else [number for row in value.rows for number in row]
    assert 1 <= len(numbers) == count_of(value.dims) <= MAX_NUMBERS
    assert all(abs(number) <= MAX_MAGNITUDE for number in numbers)


@given(programs(), values())
def test_running_is_pure(program: Program, x: Value) -> None:
    def outcome() -> str:
        try:
            return str(run(program, bindings))
        except FlowError as error:
            return error.message

    bindings = {"x": x}
    assert outcome() == outcome()
    assert bindings == {"x": x}


@given(st.text(alphabet="abxyz emitrolgdpsuw|=/#-0123456789\n\t\x00é", max_size=80))
def test_any_text_parses_or_is_told_why_not(text: str) -> None:
    try:
        program = parse(text)
    except FlowError as error:
        assert error.kind in ("SYNTAX", "NAME", "RANGE")
    else:
        assert parse(str(program)) == program


@given(programs())
def test_edges_read_from_text_are_those_of_the_tree(program: Program) -> None:
    text = str(program)
    from_tree = {edge for edge in edges_of(program) if not edge.startswith("grid>")}
    assert {edge for edge in edges_in_text(text) if not edge.startswith("grid>")} == from_tree


def test_absurdly_long_answers_are_refused_at_once() -> None:
    for text in (
        "emit roll " + "9" * 100_000,
        "emit x" + " | rev" * 50_000 + " | q",
        "z" * 200_000,
        "emit " + "|" * 9_999,
    ):
        try:
            run(text, {"x": Roll((1,))})
        except FlowError as error:
            assert len(error.message) < 200


def test_words_of_the_language_are_known_to_the_strategies() -> None:
    assert {"roll", "ramp", "fill"} == set(SOURCES)
