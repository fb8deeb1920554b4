"""Parts that can be compiled: the formula is the plain way, a kernel is used where it fits and nowhere else, and one is really compiled."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tokenloom.modeling.compiled import part as parts
from tokenloom.modeling.compiled import taking
from tokenloom.modeling.compiled.making import MODULE, example, orders_for, scratch_of
from tokenloom.modeling.compiled.part import PARTS, Form, part
from tokenloom.modeling.fused.gated import gated
from tokenloom.modeling.fused.norm import scaled

FORMS = {
    "gated": ((6,), (6,)),
    "gated_again": ((6,), (6,)),
    "gated_gradient": ((6,),) * 4,
    "gelu_gated": ((6,), (6,)),
    "gelu_gated_again": ((6,), (6,)),
    "gelu_gated_gradient": ((6,),) * 4,
    "scaled": ((6,), (1,), (6,)),
    "norm_gradients": ((6,), (6,), (1,), (6,)),
    "turned": ((2, 4), (1, 4), (1, 4)),
}


@pytest.fixture(autouse=True)
def _plain_afterwards() -> Iterator[None]:
    yield
    taking.take_back()
    parts.end_watch()


def form_of(name: str, dtype: str = "float32") -> Form:
    return Form((dtype,) * len(FORMS[name]), FORMS[name], "cpu")


def as_list(made: torch.Tensor | tuple[torch.Tensor, ...]) -> list[torch.Tensor]:
    return list(made) if isinstance(made, tuple) else [made]


def test_every_part_is_looked_at_here() -> None:
    assert set(FORMS) == set(PARTS)


@pytest.mark.parametrize("name", sorted(FORMS))
def test_a_formula_gives_what_the_plain_way_gives_and_writes_into_nothing(name: str) -> None:
    torch.manual_seed(0)
    given = [tensor.double() - 1 for tensor in example(PARTS[name], form_of(name))]
    before = [tensor.clone() for tensor in given]
    by_formula = as_list(PARTS[name].formula(*given))
    assert all(torch.equal(now, then) for now, then in zip(given, before, strict=True))
    for one, other in zip(by_formula, as_list(PARTS[name].plain(*given)), strict=True):
        torch.testing.assert_close(one, other)


def test_a_kernel_is_used_for_tensors_of_its_form_alone() -> None:
    gated.compiled[form_of("gated")] = lambda gate, up: "compiled"
    rows = torch.randn(5, 6)
    assert gated(rows, rows) == "compiled"
    assert gated(torch.randn(3, 6), torch.randn(3, 6)) == "compiled"  # any number of rows
    for other in (rows.double(), torch.randn(5, 7), torch.randn(1, 6), torch.randn(6, 5).t()):
        assert torch.is_tensor(gated(other, other))
    taking.take_back()
    assert torch.is_tensor(gated(rows, rows))


def test_what_was_met_is_told_once_and_then_forgotten() -> None:
    parts.watch()
    for count in (2, 3):
        gated(torch.randn(count, 6), torch.randn(count, 6))
    assert parts.end_watch() == [(gated, form_of("gated"))]
    gated(torch.randn(2, 6), torch.randn(2, 6))
    assert parts.end_watch() == []


def test_a_name_depends_on_formula_tensors_and_threads() -> None:
    @part(rows=(0, 1))
    def other(gate: torch.Tensor, up: torch.Tensor) -> torch.Tensor:
        return gate + up

    del PARTS["other"]
    other.name = "gated"
    form = form_of("gated")
    keys = [taking.key_of(gated, form, 1), taking.key_of(gated, form, 2), taking.key_of(other, form, 1)]
    keys.append(taking.key_of(gated, form_of("gated", "bfloat16"), 1))
    assert len(set(keys)) == 4
    assert taking.key_of(gated, form_of("gated"), 1) == keys[0]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"plain": 1}', '{"plain": "x", "compiled": 1}'])
def test_a_verdict_that_is_not_whole_is_none(tmp_path: Path, content: str) -> None:
    taking.verdict_path(tmp_path, "k").write_text(content)
    assert taking.read_verdict(tmp_path, "k") is None


def test_a_missing_or_broken_kernel_leaves_all_parts_plain(tmp_path: Path) -> None:
    wanted = [(gated, form_of("gated")), (scaled, form_of("scaled"))]
    with pytest.raises(OSError, match="is not there"):
        taking.take(tmp_path, wanted, 1)
    for part_, form in wanted:
        key = taking.key_of(part_, form, 1)
        taking.verdict_path(tmp_path, key).write_text(json.dumps({"plain": 2.0, "compiled": 1.0}))
        taking.kernel_path(tmp_path, key).write_bytes(b"no package")
    with pytest.raises((OSError, RuntimeError)):
        taking.take(tmp_path, wanted, 1)
    assert not gated.compiled and not scaled.compiled


def test_a_part_is_compiled_measured_and_gives_the_same_numbers_for_any_number_of_rows(tmp_path: Path) -> None:
    """With the real compiler, in the real process."""
    left = scratch_of(tmp_path, 4194304)  # of a process that no longer is: no number of one is that high
    left.mkdir()
    form = form_of("scaled")
    command = [sys.executable, "-m", MODULE, str(tmp_path)]
    done = subprocess.run(command, input=orders_for([(scaled, form)], 1), text=True, capture_output=True)
    assert done.returncode == 0, done.stderr[-2000:]
    key = taking.key_of(scaled, form, 1)
    assert {path.name for path in tmp_path.iterdir()} == {f"{key}.pt2", f"{key}.json"}
    verdict = taking.read_verdict(tmp_path, key)
    assert verdict is not None and verdict.plain > 0 and verdict.compiled > 0
    kernel = taking.load(taking.kernel_path(tmp_path, key))
    for rows in (2, 17, 1500):
        given = torch.randn(rows, 6), torch.rand(rows, 1), torch.randn(6)
        torch.testing.assert_close(kernel(*given), scaled.plain(*given))


def test_an_order_for_an_unknown_part_fails_with_its_name(tmp_path: Path) -> None:
    orders = json.dumps({"threads": 1, "forms": [["nothing", {"dtypes": [], "shapes": [], "device": "cpu"}]]})
    done = subprocess.run([sys.executable, "-m", MODULE, str(tmp_path)], input=orders, text=True, capture_output=True)
    assert done.returncode != 0 and "nothing" in done.stderr and not list(tmp_path.iterdir())
