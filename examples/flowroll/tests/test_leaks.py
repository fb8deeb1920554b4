"""Nothing that is held out shows in training, and test is out of training's reach; read from the texts alone."""

from __future__ import annotations

from typing import Any

import pytest

from tokenloom_flowroll.audit import audit_parts, edges_in_row
from tokenloom_flowroll.data import PARTS, Amounts, rows_of
from tokenloom_flowroll.generator.split import SPLIT, EdgeSplit
from tokenloom_flowroll.generator.tasks import draw_tasks, even_quotas
from tokenloom_flowroll.language.operations import SOURCES, STEPS

FEW = Amounts(tasks=4_000, documents=3_000, test_per_level=60, validation_per_level=30, seed=11)


@pytest.fixture(scope="module")
def parts() -> dict[str, list[dict[str, Any]]]:
    return {part: list(rows_of(part, FEW)) for part in PARTS}


def test_no_train_text_shows_a_held_out_edge_and_no_instruction_is_shared(
    parts: dict[str, list[dict[str, Any]]],
) -> None:
    audit = audit_parts(parts)
    assert audit.problems == []
    assert audit.rows == {"pretrain": 3_000, "train": 4_000, "validation": 120, "test": 240, "seen": 240}


def test_every_operation_keeps_six_train_edges(parts: dict[str, list[dict[str, Any]]]) -> None:
    found = audit_parts({"train": parts["train"]}).train_edges_per_operation()
    assert min(found.values()) >= 6, found


def test_every_test_task_has_a_composition_training_never_showed(parts: dict[str, list[dict[str, Any]]]) -> None:
    shown = {edge for part in ("pretrain", "train") for row in parts[part] for edge in edges_in_row(row)}
    for row in parts["test"]:
        new = {edge for edge in row["edges"] if SPLIT.part_of_edge(edge) == "test"}
        assert new
        assert not new & shown


def test_a_fix_of_dimmatch_holds_its_pair_of_dims_out() -> None:
    """The leak of the prototype: such tasks were placed without the pair of dims."""
    fixes = [
        task for task in draw_tasks("train", 0, 2, quotas={(3, "fix"): 300, (4, "fix"): 300}) if task.base == "dimmatch"
    ]
    assert len(fixes) > 100
    for task in fixes:
        pairs = [edge for edge in task.edges if " with " in edge]
        assert len(pairs) == 1
        assert SPLIT.part_of_edge(pairs[0]) == "train"


def test_only_dimmatch_speaks_of_agreeing_so_no_fix_hides_its_base() -> None:
    words = ("longer one", "shorter one", "the shape of", "same shape", "so that it fits", " to match ")
    for task in draw_tasks("train", 1_000, 4, quotas=even_quotas(200)):
        speaks = any(word in task.instruction for word in words)
        assert speaks == ("dimmatch" in (task.family, task.base)), task.instruction


def test_the_audit_sees_a_leak() -> None:
    keeping = {"add": "add 2", "mul": "mul 2", "rev": "rev", "sort": "sort", "spin": "spin 1"}
    pairs = [(a, b) for a in keeping for b in keeping if a != b and SPLIT.part_of_edge(f"{a}>{b}") != "train"]
    assert len(pairs) >= 2
    for first, second in pairs:
        one, two = keeping[first], keeping[second]
        for text in (
            f"emit x | {one} | {two}",
            f"# note\na = x | {one}\nemit a | {two}",
            f"emit x | {one} | {two} | zzz",
            f"emit x | {one.replace(first, first + first[-1])} | {two}",
        ):
            assert audit_parts({"pretrain": [{"text": text}]}).problems, text


def test_the_audit_sees_a_shared_instruction_and_a_wrong_answer(parts: dict[str, list[dict[str, Any]]]) -> None:
    row = parts["test"][0]
    assert any("is asked in" in problem for problem in audit_parts({"test": [row, dict(row)]}).problems)
    wrong = row | {"completion": row["completion"] + " | tile 2"}
    assert any("not judged right" in problem for problem in audit_parts({"test": [wrong]}).problems)


def test_edges_are_shared_out_as_promised() -> None:
    split = EdgeSplit("any salt")
    parts = [split.part_of_edge(f"edge {number}") for number in range(20_000)]
    assert parts.count("train") / 20_000 == pytest.approx(0.80, abs=0.01)
    assert parts.count("validation") / 20_000 == pytest.approx(0.06, abs=0.01)
    assert parts.count("test") / 20_000 == pytest.approx(0.14, abs=0.01)


def test_part_of_a_program_follows_its_edges() -> None:
    split = EdgeSplit("any salt")
    of = {split.part_of_edge(f"edge {number}"): f"edge {number}" for number in range(200)}
    assert split.part_of([]) == "train"
    assert split.part_of([of["train"]]) == "train"
    assert split.part_of([of["train"], of["test"]]) == "test"
    assert split.part_of([of["validation"], of["train"]]) == "validation"
    assert split.part_of([of["validation"], of["test"]]) is None


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_whole_data_set_is_sound(seed: int) -> None:
    audit = audit_parts({part: rows_of(part, Amounts(seed=seed)) for part in PARTS})
    assert audit.problems == []
    assert min(audit.train_edges_per_operation().values()) >= 6
    assert audit.rows["train"] == 24_000


@pytest.mark.slow
def test_the_salt_is_the_first_that_passes_its_rule() -> None:
    """Every operation keeps 6 train edges and every family of every level has test tasks, by structure alone."""
    tasks = draw_tasks("train", 16_000, 0)
    flows = {edge for task in tasks for edge in task.edges if ">" in edge}
    ends = [edge.removesuffix(":right").split(">") for edge in flows]
    assert min(sum(word in pair for pair in ends) for word in (*SOURCES, *STEPS)) >= 6
    assert len(draw_tasks("test", 0, 0, quotas=even_quotas(200))) == 800
    assert SPLIT.salt == "tokenloom-flowroll-1"
