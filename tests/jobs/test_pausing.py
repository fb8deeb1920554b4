"""A true pause: the model can be asked meanwhile or leaves the memory, and the run goes on with the very bits it stopped with."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tokenloom.jobs.runs import last_state
from tokenloom.kit.workspace import Workspace
from tokenloom.tracking import query
from tokenloom.tracking.commands import append_command
from tokenloom.training import loop
from tokenloom.worker.__main__ import main as work_on
from worlds import curve, furnished, new_run, tiny_recipe, weights_of


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return furnished(tmp_path_factory.mktemp("pause") / "workspace", count=120)


@pytest.fixture(scope="module")
def unbroken(workspace: Workspace) -> str:
    run_id = new_run(workspace, recipe())
    assert work_on([str(workspace.root), run_id]) == 0
    return run_id


def recipe() -> dict[str, Any]:
    settings: dict[str, Any] = {
        "loop": {"max_steps": 8, "ema_decay": 0.9},
        "evaluation": {"every_steps": None, "sample_tokens": 6},
        "checkpoints": {"every_steps": None},
    }
    return tiny_recipe(**settings)


def trained(workspace: Workspace, monkeypatch: pytest.MonkeyPatch, *commands: tuple[str, dict[str, Any]]) -> str:
    """A run to which all these commands are sent at step 4."""
    run_id = new_run(workspace, recipe())
    real, told = loop.obey, []

    def obey(session: Any, pace: Any) -> Any:
        if session.state.step == 4 and not told:
            told.extend(append_command(workspace.run(run_id), name, arguments) for name, arguments in commands)
        return real(session, pace)

    monkeypatch.setattr(loop, "obey", obey)
    assert work_on([str(workspace.root), run_id]) == 0
    return run_id


def events(workspace: Workspace, run_id: str, kind: str) -> list[dict[str, Any]]:
    return query.events(workspace.run(run_id), [kind])


def is_as(workspace: Workspace, run_id: str, other: str) -> bool:
    is_same = weights_of(workspace, f"{run_id}@8") == weights_of(workspace, f"{other}@8")
    return is_same and curve(workspace, run_id, "train/loss") == curve(workspace, other, "train/loss")


def test_a_paused_run_can_be_asked_and_goes_on_unchanged(
    workspace: Workspace, unbroken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [
        ("pause", {}),
        ("sample", {"prompt": "Describe 4 animals"}),
        ("sample", {"prompt": ""}),
        ("sample", {}),
        ("resume", {}),
    ]
    run_id = trained(workspace, monkeypatch, *asked)
    answers = events(workspace, run_id, "command")
    assert [(each["command"], each["accepted"], each["step"]) for each in answers] == [
        ("pause", True, 4),
        ("sample", True, 4),
        ("sample", False, 4),
        ("sample", True, 4),
        ("resume", True, 4),
    ]
    wrote = [each for each in events(workspace, run_id, "sample") if each["step"] == 4]
    assert [each["asked"] for each in wrote] == [True, False]
    assert wrote[0]["samples"][0]["prompt"] == "Describe 4 animals"
    assert answers[1]["message"] == wrote[0]["samples"][0]["text"]
    paused, resumed = events(workspace, run_id, "certificate")
    assert (paused["moment"], resumed["moment"], resumed["unequal"]) == ("paused", "resumed", [])
    assert paused["hashes"] == resumed["hashes"] and set(paused["hashes"]) == {
        "weights",
        "optimizer",
        "random",
        "place",
    }
    assert is_as(workspace, run_id, unbroken)


def test_a_released_run_leaves_its_process_and_comes_back_with_the_same_bits(
    workspace: Workspace, unbroken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = trained(workspace, monkeypatch, ("pause", {"release": True}))
    state = last_state(workspace.run(run_id))
    assert state["state"] == "interrupted" and "memory is released" in state["reason"]
    assert work_on([str(workspace.root), run_id]) == 0
    paused, resumed = events(workspace, run_id, "certificate")
    assert resumed["unequal"] == [] and resumed["hashes"] == paused["hashes"] and resumed["step"] == 4
    assert is_as(workspace, run_id, unbroken)


def test_a_paused_run_can_be_asked_and_then_leave_the_memory(
    workspace: Workspace, unbroken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [("pause", {}), ("sample", {"prompt": "Describe 4 animals"}), ("pause", {}), ("pause", {"release": True})]
    run_id = trained(workspace, monkeypatch, *asked)
    told = [(each["command"], each["accepted"], each["message"]) for each in events(workspace, run_id, "command")]
    assert told[2] == ("pause", True, "the run is paused already") and told[3][:2] == ("pause", True)
    assert last_state(workspace.run(run_id))["state"] == "interrupted"
    append_command(workspace.run(run_id), "resume")
    assert work_on([str(workspace.root), run_id]) == 0
    certificates = events(workspace, run_id, "certificate")
    assert [each["moment"] for each in certificates] == ["paused", "paused", "resumed"]
    assert certificates[-1]["unequal"] == []
    assert is_as(workspace, run_id, unbroken)


def test_a_run_that_was_changed_meanwhile_is_told_by_its_certificate(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoil(session: Any, command: Any) -> None:
        with torch.no_grad():
            next(iter(session.model.parameters())).add_(1e-3)
        session.control.answer(command, session.state.step)

    monkeypatch.setattr(loop, "obey_sample", spoil)
    run_id = trained(workspace, monkeypatch, ("pause", {}), ("sample", {}), ("resume", {}))
    assert events(workspace, run_id, "certificate")[-1]["unequal"] == ["weights"]
    assert any("does not go on with the bits" in each["message"] for each in events(workspace, run_id, "note"))
