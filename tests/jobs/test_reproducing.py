"""A reproduction repeats a run, live changes included, and tells whether it came out the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tokenloom.data.importing import import_dataset
from tokenloom.jobs import queue
from tokenloom.jobs.recovery.forking import fork_run, settings_at
from tokenloom.jobs.recovery.reproducing import reproduce_run
from tokenloom.jobs.runs import read_spec
from tokenloom.kit.errors import Conflict, NotFound
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.data import FileSource, RatioSplit
from tokenloom.spec.override import parse_run_spec
from tokenloom.tracking import query
from tokenloom.tracking.commands import append_command
from tokenloom.tracking.log import LogWriter, log_path
from tokenloom.tracking.series.repetition import compared, rows_of
from tokenloom.training import loop
from tokenloom.worker.__main__ import main as work_on
from worlds import curve, furnished, new_run, questions, tiny_recipe, weights_of


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return furnished(tmp_path_factory.mktemp("again") / "workspace", count=120)


@pytest.fixture(scope="module")
def other_rows(workspace: Workspace) -> str:
    """A second dataset, of the same shape."""
    source = workspace.root / "others.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in questions(40, seed=7)))
    split = RatioSplit(train=1.0, validation=0.0, test=0.0)
    return import_dataset(workspace, name="others", source=FileSource(path=str(source)), split=split).id


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs are queued and nobody takes them up."""
    for room in ("forking", "reproducing"):
        monkeypatch.setattr(f"tokenloom.jobs.recovery.{room}.ensure_supervisor", lambda _workspace: None)


def recipe(**changes: Any) -> dict[str, Any]:
    settings = {
        "loop": {"max_steps": 8},
        "batch": {"gradient_accumulation_steps": 2},
        "evaluation": {"every_steps": 4, "sample_tokens": 0},
        "checkpoints": {"every_steps": 3, "keep_last": 9},
    }
    return tiny_recipe(**(settings | changes))


KNOBS = {
    1: ("optimizer.learning_rate", 0.004),
    2: ("batch.gradient_accumulation_steps", 3),
    4: ("loop.max_grad_norm", 0.05),
    5: ("optimizer.weight_decay", 0.3),
    6: ("evaluation.every_steps", 1),
    7: ("checkpoints.every_steps", 1),
}
"""At each of these steps one setting is turned."""


def turned(
    workspace: Workspace,
    run_id: str,
    monkeypatch: pytest.MonkeyPatch,
    knobs: dict[int, tuple[str, float]] = KNOBS,
    **at: Any,
) -> int:
    """Train, with the commands of ``knobs`` (and those in ``at``) sent at their steps; the worker's exit code."""
    folder, real = workspace.run(run_id), loop.obey

    def obey(session: Any, pace: Any) -> Any:
        step = session.state.step
        if step in knobs and step not in sent:
            sent.add(step)
            append_command(folder, "set", dict(zip(("key", "value"), knobs[step], strict=True)))
        if step == at.get("stop_at"):
            append_command(folder, "stop")
        return real(session, pace)

    sent: set[int] = set()
    monkeypatch.setattr(loop, "obey", obey)
    try:
        return work_on([str(workspace.root), run_id])
    finally:
        monkeypatch.setattr(loop, "obey", real)


def again(workspace: Workspace, run_id: str) -> tuple[str, dict[str, Any]]:
    new = reproduce_run(workspace, run_id)
    queue.dequeue(workspace, new)
    assert work_on([str(workspace.root), new]) == 0
    (told,) = query.events(workspace.run(new), ["reproduction"])
    return new, told


def test_every_live_change_is_made_again_at_its_step(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = new_run(workspace, recipe(name="first"))
    assert turned(workspace, run_id, monkeypatch) == 0
    rates = [value for _, value in curve(workspace, run_id, "train/learning_rate")]
    new, told = again(workspace, run_id)
    assert told["verdict"] == "identical" and told["same_weights"] is True and told["steps"] >= 8, told
    assert told["of"] == run_id and told["unequal_steps"] == []
    assert [value for _, value in curve(workspace, new, "train/learning_rate")] == rates
    assert curve(workspace, new, "val/loss") == curve(workspace, run_id, "val/loss")
    assert weights_of(workspace, f"{new}@8") == weights_of(workspace, f"{run_id}@8")
    notes = [event for event in query.events(workspace.run(new), ["note"]) if "is repeated" in event["message"]]
    assert [(each["step"], each["message"].split(" ")[0]) for each in notes] == [(s, k) for s, (k, _) in KNOBS.items()]
    assert again(workspace, new)[1]["verdict"] == "identical", "a repetition can itself be repeated"


def test_a_stopped_run_is_repeated_as_far_as_it_went(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = new_run(workspace, recipe(loop={"max_steps": 50}))
    turned(workspace, run_id, monkeypatch, stop_at=7)
    new, told = again(workspace, run_id)
    assert told["verdict"] == "identical" and told["same_weights"] is True
    assert curve(workspace, new, "train/loss")[-1][0] == 7


def test_a_fork_is_repeated_from_where_it_began(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = new_run(workspace, recipe())
    assert turned(workspace, run_id, monkeypatch) == 0
    settings = settings_at(workspace, run_id, 3) | {"loop": {"max_steps": 10}}
    fork = fork_run(workspace, run_id, 3, parse_run_spec(settings))
    queue.dequeue(workspace, fork)
    assert work_on([str(workspace.root), fork]) == 0
    new, told = again(workspace, fork)
    assert told["verdict"] == "identical" and told["same_weights"] is True
    assert [step for step, _ in curve(workspace, new, "train/loss")] == list(range(4, 11))
    for step in (3, 6, 8, 9):
        if (folder := workspace.run(run_id) / "checkpoints" / f"step-{step}").is_dir():
            folder.rename(folder.with_name(f"gone-{step}"))
    with pytest.raises(NotFound, match="no checkpoint “3”"):
        reproduce_run(workspace, fork)


@pytest.mark.parametrize(
    "batch",
    [{"kind": "tokens", "micro_batch_tokens": 256}, {"kind": "sequences", "micro_batch_size": 6, "order": "bucketed"}],
    ids=["drawn", "bucketed"],
)
def test_shares_of_a_mixture_that_were_changed_are_changed_again(
    workspace: Workspace, other_rows: str, batch: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also by a fork, which begins with the shares of its source and has its own from there on."""
    data = {"dataset": "animals", "mix": [{"dataset": other_rows, "share": 0.2}]}
    changes = {2: ("data.mix.0.share", 0.8), 5: ("data.mix.0.share", 0.0)}
    run_id = new_run(workspace, recipe(data=data) | {"batch": batch})
    assert turned(workspace, run_id, monkeypatch, changes) == 0
    shares = curve(workspace, run_id, "train/mixed_share")
    plain = new_run(workspace, recipe(data=data) | {"batch": batch})
    assert work_on([str(workspace.root), plain]) == 0
    assert shares != curve(workspace, plain, "train/mixed_share"), "the changes are seen in what is drawn"
    new, told = again(workspace, run_id)
    assert told["verdict"] == "identical" and told["same_weights"] is True, told
    assert curve(workspace, new, "train/mixed_share") == shares
    assert curve(workspace, new, "train/sample_digest") == curve(workspace, run_id, "train/sample_digest")

    settings = settings_at(workspace, run_id, 3) | {"loop": {"max_steps": 10}}
    assert settings["data"]["mix"][0]["share"] == 0.8
    settings["data"]["mix"][0]["share"] = 0.5
    fork = fork_run(workspace, run_id, 3, parse_run_spec(settings))
    queue.dequeue(workspace, fork)
    assert turned(workspace, fork, monkeypatch, {6: ("data.mix.0.share", 0.1)}) == 0
    new, told = again(workspace, fork)
    assert told["verdict"] == "identical" and told["same_weights"] is True, told
    assert curve(workspace, new, "train/mixed_share") == curve(workspace, fork, "train/mixed_share")


def test_names_that_mean_something_else_by_now_do_not_matter(workspace: Workspace, tmp_path: Path) -> None:
    run_id = new_run(workspace, recipe(model={"tokenizer": "auto"}))
    assert work_on([str(workspace.root), run_id]) == 0
    from tokenloom.data.tokenizer.training import train_tokenizer
    from tokenloom.spec.tokenizer import BpeTokenizer

    (tmp_path / "other.csv").write_text("text\n" + "quite another text with more words\n" * 60)
    import_dataset(workspace, name="animals", source=FileSource(path=str(tmp_path / "other.csv")))
    train_tokenizer(workspace, name="newer", spec=BpeTokenizer(vocab_size=300), datasets=["animals"])
    new, told = again(workspace, run_id)
    assert told["verdict"] == "identical"
    spec = read_spec(workspace.run(new))
    assert spec.data.dataset != "animals" and spec.model.tokenizer not in ("auto", "newer")


def test_what_differs_is_told(tmp_path: Path) -> None:
    for name, loss in (("one", 2.0), ("other", 2.0 + 1e-6), ("far", 3.0)):
        (tmp_path / name).mkdir()
        with LogWriter(log_path(tmp_path / name)) as log:
            log.row(1, {"train/loss": 4.0, "train/tokens_per_second": loss})
            log.row(2, {"train/loss": 9.0})
            log.event({"type": "rewind", "time": 0.0, "step": 1})
            log.row(2, {"train/loss": loss})
    rows = {name: rows_of(tmp_path / name) for name in ("one", "other", "far")}
    assert compared(rows["one"], rows["one"]) == {"steps": 2, "unequal_steps": [], "largest_difference": 0.0}
    near, far = compared(rows["one"], rows["other"]), compared(rows["one"], rows["far"])
    assert near["unequal_steps"] == far["unequal_steps"] == [2]
    assert near["largest_difference"] == pytest.approx(5e-7) and far["largest_difference"] == 0.5


def test_what_cannot_be_repeated_is_refused(workspace: Workspace) -> None:
    waiting = new_run(workspace, recipe())
    with pytest.raises(Conflict, match="is queued"):
        reproduce_run(workspace, waiting)
    importing = new_run(workspace, {"task": "generate", "model": {"source": "x"}, "prompt": "y"})
    with pytest.raises(Conflict, match="trains nothing"):
        reproduce_run(workspace, importing)
    failed = new_run(workspace, recipe(data={"dataset": "animals", "train_split": "night"}))
    assert work_on([str(workspace.root), failed]) != 0
    with pytest.raises(Conflict, match="left no checkpoint"):
        reproduce_run(workspace, failed)
