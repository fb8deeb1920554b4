"""Commands against crashes, full disks and each other: each is obeyed once, none is lost, and the last word holds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from engine_kit import make_session, make_spec

from tokenloom.kit.errors import DiskFull
from tokenloom.tracking import query
from tokenloom.tracking.commands import append_command
from tokenloom.training import loop as loop_module
from tokenloom.training.loop import Ending, train
from tokenloom.training.saving import policy
from tokenloom.training.steering.control import Journal, was_paused, was_stopped


class Killed(BaseException):
    """Stands for SIGKILL."""


def within(seconds: float, work: Callable[[], Any]) -> Any:
    """The result of ``work``, which must not hang."""
    answers: list[Any] = []
    thread = threading.Thread(target=lambda: answers.append(work()), daemon=True)
    thread.start()
    thread.join(seconds)
    assert answers, "it hangs, or it failed"
    return answers[0]


def answers_of(folder: Path) -> dict[int, dict[str, Any]]:
    events = query.events(folder, ["command"])
    assert len({event["number"] for event in events}) == len(events), "answered twice"
    return {event["number"]: event for event in events}


def states_of(folder: Path) -> list[str]:
    return [event["state"] for event in query.events(folder, ["state"])]


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def full_disk(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Checkpoints cannot be written while the returned list says so."""
    is_full = [True]
    real = policy.write_checkpoint

    def saving(*arguments: Any, **options: Any) -> Any:
        if is_full[0]:
            raise DiskFull("The disk is full.", hint="Free some space.")
        return real(*arguments, **options)

    monkeypatch.setattr(policy, "write_checkpoint", saving)
    return is_full


def test_a_stop_during_a_disk_full_pause_ends_the_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full_disk(monkeypatch)
    session = make_session(folder)
    threading.Timer(
        0.0, lambda: (wait_until(lambda: "paused" in states_of(folder)), append_command(folder, "stop"))
    ).start()
    assert within(20, lambda: train(session)) == Ending("stopped", "by command")
    assert "no checkpoint was made" in answers_of(folder)[1]["message"]
    assert states_of(folder) == ["paused"]


def test_a_disk_that_is_full_at_the_very_end_never_counts_as_completed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full_disk(monkeypatch)
    session = make_session(
        folder, make_spec(checkpoints={"every_steps": None, "keep_best": False}, loop={"max_steps": 3})
    )
    threading.Timer(
        0.0, lambda: (wait_until(lambda: "paused" in states_of(folder)), append_command(folder, "stop"))
    ).start()
    assert within(20, lambda: train(session)).state == "stopped"


def test_after_room_was_made_the_run_goes_on_and_equals_an_undisturbed_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = make_session(tmp_path / "whole")
    train(whole)
    is_full = full_disk(monkeypatch)
    session = make_session(tmp_path / "full")

    def free() -> None:
        wait_until(lambda: "paused" in states_of(tmp_path / "full"))
        is_full[0] = False
        append_command(tmp_path / "full", "resume")

    threading.Thread(target=free).start()
    assert within(20, lambda: train(session)).state == "completed"
    for one, other in zip(whole.parameters, session.parameters, strict=True):
        assert torch.equal(one, other)


def test_a_row_that_does_not_fit_pauses_the_run_and_is_written_later(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make_session(folder, make_spec(loop={"max_steps": 3}))
    real, failed = session.log.row, []

    def row(step: int, values: dict[str, float]) -> None:
        if step == 2 and not failed:
            failed.append(step)
            raise DiskFull("The disk is full.", hint="Free some space.")
        real(step, values)

    monkeypatch.setattr(session.log, "row", row)
    threading.Timer(
        0.0, lambda: (wait_until(lambda: "paused" in states_of(folder)), append_command(folder, "resume"))
    ).start()
    assert within(20, lambda: train(session)).state == "completed"
    assert query.metrics_frame(folder, ["train/loss"])["step"].to_list() == [1, 2, 3]


def test_a_stop_whose_checkpoint_was_killed_is_obeyed_by_the_next_worker(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make_session(folder)
    append_command(folder, "stop")
    monkeypatch.setattr(policy, "write_checkpoint", lambda *_, **__: (_ for _ in ()).throw(Killed()))
    with pytest.raises(Killed):
        train(session)
    session.log.close()
    monkeypatch.undo()
    assert answers_of(folder) == {}
    assert train(make_session(folder)).state == "stopped"


def test_a_stop_that_was_answered_before_the_state_was_written_is_known() -> None:
    answer = {"type": "command", "command": "stop", "accepted": True, "number": 1}
    assert was_stopped([answer])
    assert not was_stopped([answer | {"accepted": False}, answer | {"command": "set"}])


def test_commands_that_waited_behind_a_later_one_are_not_lost_in_a_crash(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Paused: ``checkpoint`` (2) waits, ``set`` (3) is answered at once, then the process dies."""
    session = make_session(folder)
    append_command(folder, "pause")
    append_command(folder, "checkpoint")
    append_command(folder, "set", {"key": "optimizer.learning_rate", "value": 0.003})
    real = session.control.answer

    def dying(command: Any, *arguments: Any, **options: Any) -> None:
        real(command, *arguments, **options)
        if command.number == 3:
            raise Killed

    monkeypatch.setattr(session.control, "answer", dying)
    with pytest.raises(Killed):
        train(session)
    session.log.close()
    append_command(folder, "resume")
    train(make_session(folder))
    assert {number: event["accepted"] for number, event in answers_of(folder).items()} == dict.fromkeys(
        (1, 2, 3, 4), True
    )


def test_a_paused_run_whose_process_dies_comes_back_paused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = make_session(folder)
    append_command(folder, "pause")
    monkeypatch.setattr(session.control, "wait", lambda *_: (_ for _ in ()).throw(Killed()))
    with pytest.raises(Killed):
        train(session)
    session.log.close()
    again = make_session(folder)
    threading.Timer(0.3, lambda: append_command(folder, "stop")).start()
    assert within(20, lambda: train(again)).state == "stopped"
    assert again.state.step == 0, "nobody resumed it"


def test_resuming_from_outside_ends_the_pause() -> None:
    paused = {"type": "state", "state": "paused"}
    again = [{"type": "state", "state": state} for state in ("queued", "starting", "running")]
    assert was_paused([paused, *again])
    assert not was_paused([paused, {"type": "state", "state": "queued", "reason": "resumed"}, *again])


def test_a_second_pause_does_not_wait_behind_the_resume(folder: Path) -> None:
    for command in ("pause", "pause", "resume"):
        append_command(folder, command)
    assert within(20, lambda: train(make_session(folder))).state == "completed"
    assert all(event["accepted"] for event in answers_of(folder).values())


def test_a_newer_change_of_a_setting_is_not_undone_by_an_older_one_that_is_replayed() -> None:
    def change(step: int, value: float, key: str = "rate") -> dict[str, Any]:
        arguments = {"key": key, "value": value}
        return {"type": "command", "command": "set", "accepted": True, "step": step, "arguments": arguments}

    seen: list[float] = []
    journal = Journal([change(8, 1.0), change(9, 7.0, "other"), change(6, 2.0)], after_step=5)
    for step in range(5, 12):
        journal.replay(step, lambda event: seen.append(event["arguments"]["value"]))
    assert seen == [2.0, 7.0]
    journal = Journal([change(8, 1.0)], after_step=5)
    journal.supersede({"key": "rate", "value": 3.0}, 6)
    journal.replay(20, lambda event: pytest.fail("the newer word holds"))


def test_a_measurement_by_command_survives_a_crash_behind_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked for at step 6; the checkpoint stands at 4, the process dies at 7: the row at 6 is there, once."""
    session = make_session(
        folder,
        make_spec(
            evaluation={"every_steps": 100, "sample_tokens": 0}, checkpoints={"keep_best": False, "every_steps": 4}
        ),
    )
    real = loop_module.take_step

    def stepping(*arguments: Any, **options: Any) -> Any:
        if session.state.step == 5:
            append_command(folder, "evaluate")
        if session.state.step == 7:
            raise Killed
        return real(*arguments, **options)

    monkeypatch.setattr(loop_module, "take_step", stepping)
    with pytest.raises(Killed):
        train(session)
    session.log.close()
    monkeypatch.undo()
    train(make_session(folder, session.spec))
    assert query.metrics_frame(folder, ["val/loss"])["step"].to_list() == [0, 6, 12]


def test_every_skipped_step_is_named_also_between_rows(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = make_session(folder, make_spec(loop={"max_steps": 6, "log_every": 3}))
    real = session.path.loss
    monkeypatch.setattr(
        session.path, "loss", lambda batch, **_: real(batch) * (float("nan") if session.state.step == 1 else 1.0)
    )
    train(session)
    notes = [event["message"] for event in query.events(folder, ["note"])]
    assert [note for note in notes if note.startswith("Step 2 was skipped")]
    assert len(notes) == 1


def test_a_quota_that_is_full_while_its_disk_is_not_waits_to_be_resumed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_full = full_disk(monkeypatch)
    session = make_session(folder)
    paused, asked = session.control.wait, []

    def wait(*until: Any) -> Any:
        asked.append([each() for each in until])
        is_full[0] = False
        append_command(folder, "resume")
        return paused(*until)

    monkeypatch.setattr(session.control, "wait", wait)
    assert within(60, lambda: train(session)).state == "completed"
    assert asked == [[False]], "the disk has room all the while, and the run does not try again and again"
    told = next(event for event in query.events(folder, ["state"]) if event["state"] == "paused")
    assert "then resume the run" in told["error"]["hint"]
