"""Drawn tasks are what the plan asked for: valid, varied, proved by running, never the same question twice."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter

import pytest

from tokenloom.kit.errors import DataError
from tokenloom_flowroll.generator.arguments import MAX_OUTER
from tokenloom_flowroll.generator.documents import draw_language_documents
from tokenloom_flowroll.generator.edges import edges_of, pair_edge
from tokenloom_flowroll.generator.phrases import COMBINATIONS, CONNECTORS, GRID_DIMS, GRID_PHRASES, PHRASES, ROLL_DIMS
from tokenloom_flowroll.generator.task import LEVELS, Task
from tokenloom_flowroll.generator.tasks import draw_tasks, even_quotas, planned, seen_structure_tasks
from tokenloom_flowroll.judge import hidden_bindings
from tokenloom_flowroll.language.errors import FlowError
from tokenloom_flowroll.language.interpreter import run
from tokenloom_flowroll.language.operations import SOURCES, STEPS
from tokenloom_flowroll.language.parser import parse
from tokenloom_flowroll.language.program import Program

PER_LEVEL = 120


@pytest.fixture(scope="module")
def tasks() -> list[Task]:
    """Every family of every level, from both sides of the split."""
    quotas = even_quotas(PER_LEVEL)
    return draw_tasks("train", 0, 3, quotas=quotas) + draw_tasks("test", 0, 3, quotas=quotas)


def num_steps(program: Program) -> int:
    return sum(len(line.steps) for line in program.lines)


def test_reference_is_canonical_and_runs_on_hidden_inputs(tasks: list[Task]) -> None:
    for task in tasks:
        program = parse(task.reference)
        assert str(program) == task.reference
        for bindings in hidden_bindings(task.prompt, list(task.dims), program):
            assert run(program, bindings).dims[0] <= MAX_OUTER


def test_number_of_steps_and_lines_is_that_of_the_level(tasks: list[Task]) -> None:
    steps = {1: {1, 2}, 2: {2, 3}, 3: {4}, 4: {5, 6, 7}}
    for task in tasks:
        program = parse(task.reference)
        level = task.level - (task.family == "fix")
        if task.family == "predict":
            assert num_steps(program) == level - 1
        else:
            assert num_steps(program) in steps[level], task
        if level == 4 and task.family in ("transform", "combine", "dimmatch"):
            assert 4 <= len(program.lines) <= 6
        if level == 3 and task.family == "combine":
            assert len(program.lines) == 3


def test_no_operation_follows_itself(tasks: list[Task]) -> None:
    for task in tasks:
        pairs = [edge.split(">") for edge in edges_of(parse(task.reference)) if not edge.endswith(":right")]
        assert all(producer != consumer for producer, consumer in pairs)


def test_signature_is_the_programs_edges_and_the_pair_of_dims(tasks: list[Task]) -> None:
    for task in tasks:
        edges = edges_of(parse(task.reference))
        if "dimmatch" in (task.family, task.base):
            edges.add(pair_edge(*task.dims))
            assert task.dims[0] != task.dims[1]
        assert set(task.edges) == edges


def test_instructions_state_dims_first_and_are_unique(tasks: list[Task]) -> None:
    assert len({task.instruction for task in tasks}) == len(tasks)
    for task in tasks:
        assert task.instruction[0].isupper()
        if task.dims:
            assert task.instruction.startswith("X ")
        if len(task.dims) == 2:
            assert " and y " in task.instruction.partition(".")[0]


def test_numbers_follow_a_space(tasks: list[Task]) -> None:
    for task in tasks:
        assert not re.search(r"[^ \d-]\d", task.instruction), task.instruction


def test_fix_shows_a_program_that_truly_raises_its_error(tasks: list[Task]) -> None:
    fixes = [task for task in tasks if task.family == "fix"]
    kinds = Counter(task.error.split()[0] for task in fixes)
    assert len(kinds) >= 4
    for task in fixes:
        program = parse(task.reference)
        assert task.prompt == f"{task.instruction}\n{task.broken}\n{task.error}"
        for bindings in hidden_bindings(task.prompt, list(task.dims), program):
            with pytest.raises(FlowError) as caught:
                run(task.broken, bindings)
            assert caught.value.message == task.error


def test_hint_for_a_misspelt_word_names_the_word_that_was_meant(tasks: list[Task]) -> None:
    for task in tasks:
        if task.error.startswith("NAME"):
            with pytest.raises(FlowError) as caught:
                parse(task.broken)
            word, meant = caught.value.what.split()[0], caught.value.hint.split()[-1].strip(".")
            assert task.broken.replace(f"| {word}", f"| {meant}") == task.reference


def test_predict_asks_for_the_printed_value(tasks: list[Task]) -> None:
    for task in tasks:
        if task.family == "predict":
            assert task.prompt.endswith(f"\n{task.reference}")
            assert task.completion == str(run(task.reference))


def test_level_one_literals_are_short(tasks: list[Task]) -> None:
    for task in tasks:
        if task.level == 1 and task.reference.startswith("emit roll"):
            assert len(parse(task.reference).lines[0].source.numbers) == 3  # type: ignore[union-attr]


def test_answers_fit_the_decoding_limit(tasks: list[Task]) -> None:
    """72 tokens, where a word, a digit, a mark and a line break are one each."""
    longest = max(len(re.findall(r"[a-z]+|\d|[^\sa-z\d]|\n", task.completion)) for task in tasks)
    assert 40 < longest < 72


def test_quotas_are_met_exactly_and_plans_add_up() -> None:
    quotas = even_quotas(10)
    drawn = Counter((task.level, task.family) for task in draw_tasks("validation", 0, 1, quotas=quotas))
    assert drawn == Counter(quotas)
    assert all(sum(count for (level, _), count in quotas.items() if level == each) == 10 for each in LEVELS)
    for count in (0, 1, 7, 1000, 24_000):
        assert sum(planned(count).values()) == count
    assert sum(count for (level, _), count in planned(24_000).items() if level == 1) == 17_280


def test_mix_and_least_quota_go_together() -> None:
    drawn = Counter(
        (task.level, task.family) for task in draw_tasks("train", 50, 1, mix={1: 1}, quotas={(2, "fix"): 5})
    )
    assert drawn[2, "fix"] == 5
    assert drawn[1, "build"] + drawn[1, "transform"] == 50


def test_same_seed_same_tasks_whatever_the_hash_seed() -> None:
    code = (
        "from tokenloom_flowroll.generator.tasks import draw_tasks\n"
        "from tokenloom_flowroll.generator.documents import draw_language_documents\n"
        "import hashlib\n"
        "text = repr([t.as_row() for t in draw_tasks('train', 300, 5)] + draw_language_documents(300, 5))\n"
        "print(hashlib.sha256(text.encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1
    assert draw_tasks("train", 50, 5) != draw_tasks("train", 50, 6)


def test_too_many_tasks_are_refused_rather_than_repeated() -> None:
    with pytest.raises(DataError, match="no more test tasks of level 2, family predict"):
        draw_tasks("test", 0, 0, quotas={(2, "predict"): 5_000})


def test_seen_structure_leaves_out_the_instructions_of_training() -> None:
    train = draw_tasks("train", 1_000, 0)
    seen = seen_structure_tasks(even_quotas(20), 0, exclude={task.instruction for task in train})
    assert len(seen) == 80
    assert all(task.part == "train" for task in seen)
    assert not {task.instruction for task in train} & {task.instruction for task in seen}


def test_documents_are_programs_and_tell_the_truth() -> None:
    documents = draw_language_documents(1_000, 0)
    one_operation = [text for text in documents if "# gives" not in text and num_steps(parse(text)) <= 1]
    assert 530 <= len(one_operation) <= 560
    words = {step.word for text in one_operation for step in parse(text).lines[0].steps}
    assert words == set(STEPS)
    for text in documents:
        if "# gives " in text:
            inputs = dict(re.findall(r"^# ([xy]) = (.*)$", text, re.MULTILINE))
            bindings = {name: run(f"emit {value}") for name, value in inputs.items()}
            assert str(run(text, bindings)) == text.rpartition("# gives ")[2]


def test_every_operation_has_its_own_words() -> None:
    """No phrase asks for two operations, on the same kind of value, with the same arguments."""
    for table in (PHRASES, GRID_PHRASES):
        assert set(table) == {*SOURCES, *STEPS}
        said = [phrase.format("3", "7") for phrases in table.values() for phrase in phrases]
        assert len(said) == len(set(said))
        assert all(3 <= len(phrases) <= 4 for phrases in table.values())
    assert len(CONNECTORS) == 5
    assert len(ROLL_DIMS) == len(GRID_DIMS) == 3
    assert set(COMBINATIONS) == {"plus", "minus"}


def test_arguments_in_english_are_in_another_order_for_pad_and_fill() -> None:
    for word in ("pad", "fill"):
        assert all(phrase.index("{1}") < phrase.index("{0}") for phrase in PHRASES[word] + GRID_PHRASES[word])
