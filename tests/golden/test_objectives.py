"""Each objective's loss equals that of a published reference implementation on the same batch (`trl_losses.py`), flat and padded."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import objective_kit as kit
import pytest
import torch

from tokenloom.modeling.transformer import Transformer
from tokenloom.spec.model import PretrainedModel
from tokenloom.spec.training.objective import (
    DistillationObjective,
    DpoObjective,
    GrpoObjective,
    KtoObjective,
    OrpoObjective,
)
from tokenloom.training.batches import FlatTokens, flat_batch
from tokenloom.training.objective.base import Objective, Supplies
from tokenloom.training.objective.distillation import Distillation
from tokenloom.training.objective.feedback import Kto
from tokenloom.training.objective.grpo import Grpo
from tokenloom.training.objective.preference import Dpo, Orpo
from tokenloom.training.objective.reference import with_reference
from tokenloom.training.paths import FlatPath, PaddedPath
from tokenloom.training.precision import Compute

TRL: dict[str, float] = json.loads((Path(__file__).parent / "trl_losses.json").read_text())["losses"]
COMPUTE = Compute("cpu", "fp32", 1)
Paths = type[FlatPath] | type[PaddedPath]


def way(kind: Paths, model: Transformer) -> FlatPath | PaddedPath:
    model.eval()
    return FlatPath(model) if kind is FlatPath else PaddedPath(model, "a test")


def mean_loss(objective: Objective, store: FlatTokens) -> float:
    """Over the whole batch, once at once and once in two micro-batches, which must agree."""
    whole = flat_batch(store, list(range(len(store))))
    at_once = float(objective.part(whole).loss) / objective.units(whole)
    half = len(store) // 2
    halves = [flat_batch(store, list(range(half))), flat_batch(store, list(range(half, len(store))))]
    in_parts = sum(float(objective.part(batch).loss) for batch in halves) / sum(map(objective.units, halves))
    if not isinstance(objective, Kto):  # its drift is that of a micro-batch
        assert in_parts == pytest.approx(at_once, rel=1e-5)
    return at_once


@pytest.fixture(params=[FlatPath, PaddedPath])
def kind(request: pytest.FixtureRequest) -> Paths:
    return request.param


def referred(store: FlatTokens, folder: Path) -> FlatTokens:
    return with_reference(
        store, folder / "artifacts" / "reference.safetensors", lambda: FlatPath(kit.reference()), COMPUTE
    )


@pytest.mark.parametrize("loss", ["sigmoid", "hinge", "ipo"])
def test_dpo(loss: str, kind: Paths, tmp_path: Path) -> None:
    store = referred(kit.store(kit.BETTER, kit.WORSE), tmp_path)
    objective = Dpo(DpoObjective(beta=kit.BETA, loss=loss), Supplies(way(kind, kit.policy())))
    assert mean_loss(objective, store) == pytest.approx(TRL[f"dpo {loss}"], rel=1e-4)


def test_kto(kind: Paths, tmp_path: Path) -> None:
    store = referred(kit.store(kit.BETTER, kit.strangers(), value=kit.VERDICTS), tmp_path)
    objective = Kto(KtoObjective(beta=kit.BETA, good_weight=1.5, bad_weight=0.5), Supplies(way(kind, kit.policy())))
    assert mean_loss(objective, store) == pytest.approx(TRL["kto"], rel=1e-4)


def test_orpo(kind: Paths) -> None:
    objective = Orpo(OrpoObjective(odds_weight=kit.BETA), Supplies(way(kind, kit.policy())))
    assert mean_loss(objective, kit.store(kit.BETTER, kit.WORSE)) == pytest.approx(TRL["orpo"], rel=1e-4)


def test_grpo(kind: Paths) -> None:
    store = kit.store(kit.BETTER, advantage=kit.ADVANTAGES, reward=kit.ADVANTAGES)
    before = lambda: way(kind, kit.reference())  # noqa: E731
    objective = Grpo(GrpoObjective(kl_weight=kit.BETA), way(kind, kit.policy()), None, before)  # type: ignore[arg-type]
    assert mean_loss(objective, store) == pytest.approx(TRL["grpo"], rel=1e-4)


def test_distillation(kind: Paths) -> None:
    spec = DistillationObjective(
        teacher=PretrainedModel(source="none"), temperature=kit.TEMPERATURE, teacher_weight=1.0
    )
    objective = Distillation(spec, way(kind, kit.policy()), way(kind, kit.reference()))
    found = mean_loss(objective, kit.store(kit.BETTER))
    assert found / kit.TEMPERATURE**2 == pytest.approx(TRL["distillation"], rel=1e-4)


def test_similarities_of_places_are_nothing_for_the_same_model_and_something_for_another(kind: Paths) -> None:
    spec = DistillationObjective(teacher=PretrainedModel(source="none"), hidden_weight=1.0)
    batch = flat_batch(kit.store(kit.BETTER), [0, 1, 2, 3])
    same = Distillation(spec, way(kind, kit.policy()), way(kind, kit.policy())).part(batch)
    other = Distillation(spec, way(kind, kit.policy()), way(kind, kit.reference())).part(batch)
    assert float(same.sums["hidden_distance"]) == pytest.approx(0, abs=1e-8)
    assert float(other.sums["hidden_distance"]) > 0.1


def test_the_reference_is_computed_once(tmp_path: Path) -> None:
    store = kit.store(kit.BETTER, kit.WORSE)
    first = referred(store, tmp_path)

    def forbidden() -> FlatPath:
        raise AssertionError("it was computed again")

    file = tmp_path / "artifacts" / "reference.safetensors"
    again = with_reference(store, file, forbidden, COMPUTE)
    assert np.array_equal(first.columns["reference"], again.columns["reference"])
    with pytest.raises(AssertionError):  # of other tokens: never taken
        with_reference(kit.store(kit.BETTER), file, forbidden, COMPUTE)


def test_an_objective_gives_the_gradient_of_its_own_loss(tmp_path: Path) -> None:
    """The chunked log-probabilities against plain autograd, for the weights of body and head alike."""
    store = referred(kit.store(kit.BETTER, kit.WORSE), tmp_path)
    batch = flat_batch(store, list(range(len(store))))
    gradients = []
    for path in (FlatPath(kit.policy().eval()), PaddedPath(kit.policy().eval(), "a test")):
        Dpo(DpoObjective(beta=kit.BETA), Supplies(path)).part(batch).loss.backward()
        gradients.append([parameter.grad for parameter in path.model.parameters()])
    for flat, padded in zip(*gradients, strict=True):
        assert torch.allclose(flat, padded, rtol=1e-4, atol=1e-6)
