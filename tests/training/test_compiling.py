"""Compiling beside the training: the run goes on meanwhile, takes what is faster, and goes on without where nothing comes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from engine_kit import make_session, make_spec
from pydantic import ValidationError

from tokenloom.modeling.compiled import taking
from tokenloom.modeling.compiled.part import PARTS
from tokenloom.tracking import query
from tokenloom.training.loop import train
from tokenloom.training.session import Session
from tokenloom.training.steering import compiling

COMPUTE = {"device": "cpu", "precision": "fp32", "threads": 1, "deterministic": False, "compile": True}
MET = {name for name in PARTS if not name.startswith("gelu_")}
"""The model has SwiGLU and meets no part of GeGLU."""
VERDICTS = """
import json, sys
from pathlib import Path
for name, _ in json.load(sys.stdin)["forms"]:
    Path(sys.argv[1], f"{name}.json").write_text(json.dumps({"plain": 3.0, "compiled": COMPILED}))
"""


@pytest.fixture
def session(folder: Path, tmp_path: Path) -> Session:
    """One that wants compiled parts, and trains as long as it takes until they are there."""
    session = make_session(
        folder,
        make_spec(
            compute=COMPUTE,
            loop={"max_steps": 100_000},
            schedule={"kind": "constant"},
            evaluation={"every_steps": None},
        ),
    )
    session.kernels = tmp_path / "kernels"
    return session


def told(folder: Path) -> list[dict[str, Any]]:
    return [event for event in query.events(folder, {"note"}) if "compiled" in event["message"]]


def child(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Let the compiling process run this instead, which takes no minutes; kernels have their parts' names."""
    for module in (compiling, taking):
        monkeypatch.setattr(module, "key_of", lambda part, *_: part.name)
    real = compiling.subprocess.Popen
    monkeypatch.setattr(
        compiling.subprocess,
        "Popen",
        lambda command, **options: real([sys.executable, "-c", code, command[-1]], **options),
    )


def end_when(session: Session, monkeypatch: pytest.MonkeyPatch, *, after: int) -> None:
    """End the run that many steps after compiling is over."""
    real = compiling.Compiling.look

    def look(self: compiling.Compiling) -> None:
        real(self)
        if self._is_over:
            session.total_steps = min(session.total_steps, session.state.step + after)

    monkeypatch.setattr(compiling.Compiling, "look", look)


def losses(folder: Path) -> list[float]:
    return query.metrics_frame(folder, ["train/loss"])["value"].to_list()


def test_kernels_are_taken_between_two_steps_and_change_no_loss(
    session: Session, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []

    def kernel(path: Path) -> Any:
        name = path.stem

        def compute(*tensors: Any) -> Any:
            calls.append(name)
            return PARTS[name].formula(*tensors)

        return compute

    monkeypatch.setattr(taking, "load", kernel)
    child(monkeypatch, VERDICTS.replace("COMPILED", "1.0"))
    end_when(session, monkeypatch, after=8)
    assert train(session).state == "completed"
    [note] = told(folder)
    assert note["message"].startswith("From the next step on compiled parts are used (")
    assert "gated 3.0 times as fast" in note["message"] and set(note["details"]["parts"]) == MET
    assert set(calls) == MET
    assert not any(
        part.compiled or part.met is not None for part in PARTS.values()
    )  # the next run begins the plain way
    compared = losses(folder)[:300]
    other = make_session(
        tmp_path / "plain",
        make_spec(loop={"max_steps": len(compared)}, schedule={"kind": "constant"}, evaluation={"every_steps": None}),
    )
    train(other)
    assert compared[: note["step"]] == losses(tmp_path / "plain")[: note["step"]]
    assert compared == pytest.approx(losses(tmp_path / "plain"), rel=1e-2)


def test_kernels_that_are_there_are_taken_after_one_step(
    session: Session, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "load", lambda path: PARTS[path.name.rpartition("-")[0]].formula)
    monkeypatch.setattr(compiling, "read_verdict", lambda *_: taking.Verdict(2.0, 1.0))
    monkeypatch.setattr(taking, "read_verdict", lambda *_: taking.Verdict(2.0, 1.0))
    session.total_steps = 5
    assert train(session).state == "completed"
    assert [note["step"] for note in told(folder)] == [1]


def test_kernels_that_are_no_faster_are_left_alone(
    session: Session, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child(monkeypatch, VERDICTS.replace("COMPILED", "3.0"))
    end_when(session, monkeypatch, after=2)
    train(session)
    assert [note["message"] for note in told(folder)] == [
        "The compiled parts are no faster on this machine, so none is used."
    ]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("raise RuntimeError('no C++ compiler found')", "RuntimeError: no C++ compiler found"),
        ("import os; os.kill(os.getpid(), 9)", "the compiling process ended with -9"),
    ],
)
def test_where_compiling_fails_the_run_goes_on_and_says_why(
    session: Session, folder: Path, monkeypatch: pytest.MonkeyPatch, code: str, reason: str
) -> None:
    child(monkeypatch, code)
    end_when(session, monkeypatch, after=2)
    assert train(session).state == "completed"
    [note] = told(folder)
    assert note["level"] == "warning" and f"could not be compiled ({reason})" in note["message"]
    assert "tokenloom doctor" in note["message"]


def test_a_process_that_cannot_be_started_is_told(
    session: Session, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(compiling.subprocess, "Popen", refuse)
    end_when(session, monkeypatch, after=2)
    assert train(session).state == "completed"
    assert "Cannot allocate memory" in told(folder)[0]["message"]


def test_another_rank_takes_what_the_first_of_its_machine_has_made(
    session: Session, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It compiles nothing itself, and looks now and then."""
    there: list[bool] = []
    monkeypatch.setattr(type(session.ranks), "is_head", False)
    monkeypatch.setattr(compiling, "OTHERS_SECONDS", 0.0)
    monkeypatch.setattr(compiling.subprocess, "Popen", lambda *_, **__: pytest.fail("it compiled"))
    monkeypatch.setattr(
        compiling, "read_verdict", lambda *_: taking.Verdict(1.0, 1.0) if session.state.step > 5 else None
    )
    monkeypatch.setattr(taking, "read_verdict", lambda *_: there.append(True) or taking.Verdict(1.0, 1.0))
    session.total_steps = 9
    assert train(session).state == "completed"
    assert [note["step"] for note in told(folder)] == [6] and there


def test_a_run_that_ends_first_leaves_no_process_behind(
    session: Session, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[Any] = []
    real = compiling.subprocess.Popen

    def waiting(command: list[str], **options: Any) -> Any:
        begun.append(real([sys.executable, "-c", "import signal; signal.pause()"], **options))
        return begun[-1]

    monkeypatch.setattr(compiling.subprocess, "Popen", waiting)
    session.total_steps = 4
    assert train(session).state == "completed"
    assert len(begun) == 1 and begun[0].poll() == -9 and told(folder) == []


def test_deterministic_mode_never_switches() -> None:
    with pytest.raises(ValidationError, match=r"set compute\.deterministic to false"):
        make_spec(compute=COMPUTE | {"deterministic": True})
    assert not make_spec().compute.compile


@pytest.mark.slow
def test_a_run_compiles_for_real(session: Session, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    end_when(session, monkeypatch, after=8)
    assert train(session).state == "completed"
    [note] = told(folder)
    made = sorted(path.suffix for path in session.kernels.iterdir()).count(".pt2")
    assert note["level"] == "info" and made == len(MET)
