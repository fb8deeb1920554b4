"""The loop as a whole: it learns, resumes to the bit, obeys, and refuses to apply what is not a number."""

from __future__ import annotations

import hashlib
import math
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from engine_kit import make_session, make_spec

from tokenloom.kit.errors import NotFinite
from tokenloom.tracking import query
from tokenloom.tracking.commands import append_command
from tokenloom.training import loop as loop_module
from tokenloom.training.loop import train
from tokenloom.training.saving.checkpoint import list_checkpoints
from tokenloom.training.watching.rows import Rewind


def weights_hash(session) -> str:
    digest = hashlib.sha256()
    for name, tensor in sorted(session.model.state_dict().items()):
        digest.update(name.encode() + tensor.numpy().tobytes())
    return digest.hexdigest()


def curve(folder: Path, key: str = "train/loss") -> list[tuple[int, float]]:
    frame = query.metrics_frame(folder, [key])
    return list(zip(frame["step"].to_list(), frame["value"].to_list(), strict=True))


def test_training_lowers_the_loss(folder: Path) -> None:
    session = make_session(folder, make_spec(loop={"max_steps": 40}))
    assert train(session).state == "completed"
    losses = [value for _, value in curve(folder)]
    assert len(losses) == 40
    assert losses[0] == pytest.approx(math.log(61), abs=0.3)
    assert losses[-1] < losses[0] * 0.7


@pytest.mark.parametrize("stop_at", [1, 3, 4, 7, 11])
def test_a_resumed_run_equals_the_unbroken_one(tmp_path: Path, stop_at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = make_session(tmp_path / "whole")
    train(whole)
    broken = make_session(tmp_path / "broken")

    class Killed(BaseException):
        pass

    real = loop_module.take_step

    def dying(*arguments, **options):
        if broken.state.step == stop_at:
            raise Killed
        return real(*arguments, **options)

    monkeypatch.setattr(loop_module, "take_step", dying)
    with pytest.raises(Killed):
        train(broken)
    broken.log.close()
    monkeypatch.setattr(loop_module, "take_step", real)
    resumed = make_session(tmp_path / "broken")
    assert resumed.state.step == (stop_at // 4) * 4 or resumed.state.step == 5 * (stop_at // 5)
    train(resumed)
    assert weights_hash(resumed) == weights_hash(whole)
    for key in ("train/loss", "train/grad_norm", "train/sample_digest", "val/loss"):
        assert curve(tmp_path / "broken", key) == curve(tmp_path / "whole", key), key


def test_commands_are_answered_and_change_the_run(folder: Path) -> None:
    session = make_session(folder)
    append_command(folder, "set", {"key": "optimizer.learning_rate", "value": 0.002})
    append_command(folder, "set", {"key": "optimizer.lerning_rate", "value": 0.002})
    append_command(folder, "checkpoint")
    append_command(folder, "dance")
    train(session)
    answers = {event["number"]: event for event in query.events(folder, ["command"])}
    assert [answers[number]["accepted"] for number in (1, 2, 3, 4)] == [True, False, True, False]
    assert "Did you mean optimizer.learning_rate?" in answers[2]["message"]
    rates = [value for _, value in curve(folder, "train/learning_rate")]
    assert max(rates) == pytest.approx(0.002)


def test_a_changed_learning_rate_is_replayed_after_a_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command came at step 6, the last checkpoint stands at 5, the crash at 9: both runs must end equal."""
    real = loop_module.take_step
    ends = []
    for name, dies in (("whole", False), ("broken", True)):
        session = make_session(tmp_path / name)

        def stepping(*arguments, session=session, name=name, dies=dies, **options):
            if session.state.step == 5 and not query.events(tmp_path / name, ["command"]):
                append_command(tmp_path / name, "set", {"key": "optimizer.learning_rate", "value": 0.001})
            if dies and session.state.step == 7:
                raise KeyboardInterrupt
            return real(*arguments, **options)

        monkeypatch.setattr(loop_module, "take_step", stepping)
        if dies:
            with pytest.raises(KeyboardInterrupt):
                train(session)
            session.log.close()
            monkeypatch.setattr(loop_module, "take_step", real)
            session = make_session(tmp_path / name)
        train(session)
        ends.append(weights_hash(session))
    assert ends[0] == ends[1]


def test_pause_saves_and_resume_goes_on(folder: Path) -> None:
    session = make_session(folder)
    append_command(folder, "pause")

    def resume_later() -> None:
        while not any(event["state"] == "paused" for event in query.events(folder, ["state"])):
            time.sleep(0.01)
        assert [each.step for each in list_checkpoints(folder)] == [0]
        append_command(folder, "resume")

    helper = threading.Thread(target=resume_later)
    helper.start()
    assert train(session).state == "completed"
    helper.join()
    assert [event["state"] for event in query.events(folder, ["state"])] == ["paused", "running"]


def test_stop_while_paused_ends_with_a_checkpoint(folder: Path) -> None:
    session = make_session(folder)
    append_command(folder, "pause")
    append_command(folder, "stop")
    assert train(session).state == "stopped"
    assert list_checkpoints(folder)


def test_a_signal_ends_with_a_durable_checkpoint(folder: Path) -> None:
    session = make_session(folder)
    session.control.signal = 15
    ending = train(session)
    assert (ending.state, ending.signal) == ("interrupted", 15)
    assert [each.step for each in list_checkpoints(folder)] == [0]


def test_nan_is_never_applied_and_shown_as_what_it_is(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = make_session(folder, make_spec(guard={"max_skipped_steps": 3}))
    before = weights_hash(session)
    real = session.path.loss

    def poisoned(batch):
        return real(batch) * math.nan if session.state.step < 2 else real(batch)

    monkeypatch.setattr(type(session.path), "loss", lambda self, batch, **_: poisoned(batch))
    hashes = []
    session.journal.replay = lambda step, change: hashes.append(weights_hash(session))
    train(session)
    assert hashes[0] == hashes[1] == hashes[2] == before
    assert hashes[3] != before
    assert [math.isnan(value) for _, value in curve(folder)][:3] == [True, True, False]
    notes = [event for event in query.events(folder, ["note"]) if "skipped" in event["message"]]
    assert len(notes) == 2
    assert set(notes[0]["details"]["rows"]) <= set(range(100, 140))


def test_the_guard_goes_back_and_then_gives_up(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = make_session(folder, make_spec(guard={"max_skipped_steps": 2, "max_rewinds": 1}))
    monkeypatch.setattr(type(session.path), "loss", lambda self, batch, **_: torch.tensor(math.inf, requires_grad=True))
    with pytest.raises(Rewind) as rewind:
        train(session)
    assert rewind.value.position == session.state.position
    session.state.rewinds, session.state.skipped_in_row = 1, 0
    with pytest.raises(
        NotFinite, match=r"each of the steps 3 to 4 had to be skipped .* also after going back once"
    ) as gone:
        train(session)
    assert "Fork it from a checkpoint" in gone.value.hint
    assert "optimizer.learning_rate (0.01 now)" in gone.value.hint
    assert "max_grad_norm" not in gone.value.hint  # it is limited already


def test_checkpoints_are_pruned_and_the_best_is_kept(folder: Path) -> None:
    session = make_session(folder, make_spec(loop={"max_steps": 30}, checkpoints={"every_steps": 2, "keep_last": 2}))
    train(session)
    steps = [each.step for each in list_checkpoints(folder)]
    assert steps[-2:] == [28, 30]
    assert session.state.best_step in steps
    assert len(steps) <= 3


def test_accumulation_is_exact_for_unequal_token_counts(tmp_path: Path) -> None:
    ends = []
    for name, batch in (
        ("one", {"kind": "sequences", "micro_batch_size": 8, "gradient_accumulation_steps": 1}),
        ("four", {"kind": "sequences", "micro_batch_size": 2, "gradient_accumulation_steps": 4}),
    ):
        session = make_session(tmp_path / name, make_spec(batch=batch, loop={"max_steps": 3}))
        train(session)
        ends.append(np.concatenate([p.detach().flatten().numpy() for p in session.parameters]))
    assert np.abs(ends[0] - ends[1]).max() < 2e-5
