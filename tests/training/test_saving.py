"""Checkpoints that become durable beside the training, and settings of saving and measuring that change while it goes on."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
import torch
from engine_kit import make_session, make_spec

from tokenloom.kit.atomic import DirCommit, verify_dir
from tokenloom.kit.errors import DiskFull
from tokenloom.tracking import query
from tokenloom.tracking.commands import append_command
from tokenloom.training.loop import train
from tokenloom.training.saving.checkpoint import list_checkpoints


class Killed(BaseException):
    """Stands for SIGKILL."""


def saving(**changes: Any) -> Any:
    return make_spec(checkpoints={"every_steps": 4, "keep_last": 3, "keep_best": False} | changes)


def same_weights(one: Any, other: Any) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one.parameters, other.parameters, strict=True))


def saved_steps(folder: Path) -> list[int]:
    return [event["step"] for event in query.events(folder, ["checkpoint"])]


@pytest.mark.parametrize("asynchronous", [True, False])
def test_every_checkpoint_is_sound_and_told_with_its_step(tmp_path: Path, asynchronous: bool) -> None:
    session = make_session(tmp_path / "run", saving(asynchronous=asynchronous))
    assert train(session).state == "completed"
    assert saved_steps(tmp_path / "run") == [4, 8, 12]
    assert [verify_dir(each.folder) for each in list_checkpoints(tmp_path / "run")] == [[], [], []]
    assert session.beside is None


def test_the_run_goes_on_while_a_checkpoint_is_made_durable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk does not answer before three more steps were taken: it cannot have been waited for."""
    session = make_session(tmp_path / "run", saving(every_steps=5))
    went_on, real = threading.Event(), DirCommit.publish
    took = type(session).set_rates

    def slow(commit: DirCommit, meta: dict[str, Any]) -> None:
        if meta["step"] == 5:
            assert went_on.wait(60)
        real(commit, meta)

    def rates(its: Any) -> float:
        if its.state.step == 8:
            assert its.beside is not None
            assert saved_steps(tmp_path / "run") == [], "told only once it is durable"
            went_on.set()
        return took(its)

    monkeypatch.setattr(DirCommit, "publish", slow)
    monkeypatch.setattr(type(session), "set_rates", rates)
    assert train(session).state == "completed"
    assert saved_steps(tmp_path / "run") == [5, 10, 12]


def test_a_disk_that_fills_up_meanwhile_pauses_the_run_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = make_session(tmp_path / "whole", saving())
    train(whole)
    folder, real, is_full = tmp_path / "run", DirCommit.publish, [True]

    def publish(commit: DirCommit, meta: dict[str, Any]) -> None:
        if is_full[0]:
            commit.discard()
            raise DiskFull("The disk is full.", hint="Free some space.")
        real(commit, meta)

    monkeypatch.setattr(DirCommit, "publish", publish)
    session = make_session(folder, saving())
    paused = session.control.wait

    def free(*until: Any) -> Any:
        if is_full[0]:
            is_full[0] = False
            append_command(folder, "resume")
        return paused(*until)

    monkeypatch.setattr(session.control, "wait", free)
    assert train(session).state == "completed"
    assert [event["state"] for event in query.events(folder, ["state"])] == ["paused", "running"]
    assert same_weights(whole, session)
    assert saved_steps(folder)[-1] == 12


def test_killed_before_it_is_durable_the_one_before_it_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = make_session(tmp_path / "whole", saving())
    train(whole)
    session, real = make_session(tmp_path / "run", saving()), DirCommit.publish
    took = type(session).set_rates

    def never(commit: DirCommit, meta: dict[str, Any]) -> None:
        if meta["step"] == 8:
            raise OSError("the process is gone")  # its temporary folder stays behind, as after SIGKILL
        real(commit, meta)

    def rates(its: Any) -> float:
        if its.state.step == 9:
            its.beside = None
            raise Killed
        return took(its)

    monkeypatch.setattr(DirCommit, "publish", never)
    monkeypatch.setattr(type(session), "set_rates", rates)
    with pytest.raises((Killed, OSError)):
        train(session)
    session.log.close()
    monkeypatch.undo()
    again = make_session(tmp_path / "run", saving())
    assert again.state.step == 4
    train(again)
    assert same_weights(whole, again)
    assert not list((tmp_path / "run" / "checkpoints").glob(".tmp-*"))


def test_measuring_and_saving_are_turned_while_the_run_trains(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    session = make_session(folder, saving(every_steps=None))
    append_command(folder, "set", {"key": "evaluation.every_steps", "value": 3})
    append_command(folder, "set", {"key": "checkpoints.every_steps", "value": 6})
    append_command(folder, "set", {"key": "evaluation.every_steps", "value": 0.5})
    train(session)
    assert query.metrics_frame(folder, ["val/loss"])["step"].to_list() == [0, 3, 6, 9, 12]
    assert saved_steps(folder) == [6, 12]
    assert [event["accepted"] for event in query.events(folder, ["command"])] == [True, True, False]


def test_weight_decay_is_turned_for_what_follows_the_recipe_alone(tmp_path: Path) -> None:
    groups = [{"pattern": "*embed*", "weight_decay": 0.2}]
    spec = make_spec(optimizer={"learning_rate": 0.01, "weight_decay": 0.01, "groups": groups})
    session = make_session(tmp_path / "run", spec)
    append_command(tmp_path / "run", "set", {"key": "optimizer.weight_decay", "value": 0.5})
    append_command(tmp_path / "run", "set", {"key": "optimizer.weight_decay", "value": -1})
    train(session)
    decays = {group["names"][0]: group["weight_decay"] for group in session.optimizer.param_groups}
    assert sorted(set(decays.values())) == [0.0, 0.2, 0.5]
    assert decays["model.embed_tokens.weight"] == 0.2
    assert [event["accepted"] for event in query.events(tmp_path / "run", ["command"])] == [True, False]


def test_where_no_thread_can_be_started_a_checkpoint_is_made_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make_session(tmp_path / "run", saving(asynchronous=True))
    real = threading.Thread.start

    def start(thread: threading.Thread) -> None:
        if thread.name.startswith("checkpoint-"):
            raise RuntimeError("can't start new thread")
        real(thread)

    monkeypatch.setattr(threading.Thread, "start", start)
    assert train(session).state == "completed"
    assert all(not verify_dir(each.folder) for each in list_checkpoints(tmp_path / "run"))
    assert list_checkpoints(tmp_path / "run")
