"""Resume at any place equals the unbroken run, and every item of the saved state is needed for that.

Broken at step 1, inside an accumulation window, inside an epoch, at its end, between two rows of metrics, with full tuning and with LoRA
(with dropout, so that the random generator matters). Then each item of a checkpoint is dropped or zeroed in turn: the resumed run must differ.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from engine_kit import make_session, make_spec
from safetensors.torch import load_file, save_file

from tokenloom.kit.ids import sha256_of
from tokenloom.spec.training.tuning import LoraTuning
from tokenloom.tracking import query
from tokenloom.tracking.commands import append_command
from tokenloom.tracking.reader import Row, RunReader
from tokenloom.tracking.series.repetition import UNLIKE
from tokenloom.training import loop as loop_module
from tokenloom.training.loop import train
from tokenloom.training.saving.checkpoint import list_checkpoints
from tokenloom.training.state import TrainState
from tokenloom.training.watching.rows import Rewind

LORA = LoraTuning(rank=4, dropout=0.2)
EXEMPT = {"train_seconds"}  # a report for people: nothing is computed from it
MIXED = {"dataset": "none", "mix": [{"dataset": "other", "share": 0.3}]}
EPOCH_OF_FIVE = {"kind": "sequences", "micro_batch_size": 4, "gradient_accumulation_steps": 2}  # 40 sequences


class Killed(BaseException):
    """Stands for SIGKILL: nothing runs behind it."""


def spec_of(**changes: Any) -> Any:
    settings = {
        "batch": EPOCH_OF_FIVE,
        "loop": {"max_steps": 14, "log_every": 3},
        "evaluation": {"every_steps": 5, "sample_tokens": 0},
        "checkpoints": {"every_steps": 5, "keep_last": 3},
    }
    return make_spec(**(settings | changes))


def story(session: Any) -> dict[str, Any]:
    """Everything that a run leaves behind and that must not depend on how often it was broken."""
    digest = hashlib.sha256()
    for name, tensor in sorted(session.model.state_dict().items()):
        digest.update(name.encode() + tensor.numpy().tobytes())
    state = {name: value for name, value in session.state.as_dict().items() if name not in EXEMPT}
    return {"weights": digest.hexdigest(), "rows": rows_of(session.folder), "state": state}


def rows_of(folder: Path) -> list[tuple[int, str, str]]:
    """Every row of metrics that is not void, in order: a doubled one shows."""
    kept: list[tuple[int, str, str]] = []
    for record in RunReader(folder).read(limit=1 << 20)[0]:
        if isinstance(record, Row):
            kept += [
                (record.step, key, value.hex())
                for key, value in record.values.items()
                if not any(part in key for part in UNLIKE)
            ]
        elif record.data.get("type") == "rewind":
            kept = [each for each in kept if each[0] <= record.data["step"]]
    return kept


def run(folder: Path, spec: Any, lora: LoraTuning | None = None) -> Any:
    session = make_session(folder, spec, lora=lora)
    train(session)
    return session


def die_at(
    monkeypatch: pytest.MonkeyPatch, folder: Path, spec: Any, lora: LoraTuning | None, step: int, batch: int = 0
) -> None:
    """Run until ``batch`` micro-batches of the step behind ``step`` have gone through the model, then die."""
    session = make_session(folder, spec, lora=lora)
    path, real, seen = session.path, session.path.loss, [0]

    def dying(micro_batch: Any, **how: float) -> torch.Tensor:
        if session.state.step == step:
            if seen[0] == batch:
                raise Killed
            seen[0] += 1
        return real(micro_batch)

    monkeypatch.setattr(path, "loss", dying)
    with pytest.raises(Killed):
        train(session)
    session.log.close()


PLACES = {
    "before the first step": (0, 0),
    "step 1": (1, 0),
    "mid-accumulation": (2, 1),
    "mid-epoch": (3, 0),
    "epoch end": (5, 0),
    "between two rows": (10, 0),
    "last step": (13, 1),
}


@pytest.mark.parametrize("lora", [None, LORA], ids=["full", "lora"])
@pytest.mark.parametrize("place", PLACES)
def test_a_broken_run_equals_the_unbroken_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, lora: LoraTuning | None
) -> None:
    step, batch = PLACES[place]
    spec = spec_of(checkpoints={"every_steps": 1, "keep_last": 2})
    whole = story(run(tmp_path / "whole", spec, lora))
    die_at(monkeypatch, tmp_path / "broken", spec, lora, step, batch)
    resumed = make_session(tmp_path / "broken", spec, lora=lora)
    assert resumed.state.step == step
    train(resumed)
    assert story(resumed) == whole


@pytest.mark.parametrize(
    "kind", [EPOCH_OF_FIVE, {"kind": "tokens", "micro_batch_tokens": 64}], ids=lambda kind: kind["kind"]
)
def test_micro_batches_of_like_length_go_on_where_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: dict[str, Any]
) -> None:
    """With a mixture whose share is turned while a stretch that is sorted by length has begun."""
    spec = spec_of(batch=kind | {"order": "bucketed"}, data=MIXED, checkpoints={"every_steps": 1, "keep_last": 2})
    real = loop_module.obey

    def turning(session: Any, pace: Any) -> Any:
        if session.state.step == 2 and len(session.state.mix) == 1:
            append_command(session.folder, "set", {"key": "data.mix.0.share", "value": 0.7})
        return real(session, pace)

    monkeypatch.setattr(loop_module, "obey", turning)
    whole = story(run(tmp_path / "whole", spec))
    (_, (turn, _)) = whole["state"]["mix"]
    assert 16 < turn < whole["state"]["position"], "behind the stretch that had begun"
    die_at(monkeypatch, tmp_path / "broken", spec, None, 6)
    resumed = make_session(tmp_path / "broken", spec)
    assert resumed.state.step == 6
    train(resumed)
    assert story(resumed) == whole


def test_a_signal_in_the_middle_of_a_measurement_loses_no_measurement(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The measurement is given up for a quick checkpoint, and made when the run goes on."""
    whole = story(run(tmp_path / "whole", spec_of()))
    session = make_session(tmp_path / "broken", spec_of())
    real = session.path.scores

    def interrupting(batch: Any) -> Any:
        session.control.signal = 15 if session.state.step == 10 else 0
        return real(batch)

    monkeypatch.setattr("tokenloom.training.validate.TOKENS_AT_ONCE", 32)
    monkeypatch.setattr(session.path, "scores", interrupting)
    assert train(session).state == "interrupted"
    assert session.state.step == 10
    assert not any(step == 10 and key == "val/loss" for step, key, _ in rows_of(tmp_path / "broken"))
    session.log.close()
    resumed = run(tmp_path / "broken", spec_of())
    assert {each[:2] for each in story(resumed)["rows"]} == {each[:2] for each in whole["rows"]}
    assert story(resumed)["weights"] == whole["weights"]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A LoRA run with a changed setting and an early best, dead at step 11, and the story of the same run unbroken.

    The learning rate is changed at step 3 so that the validation loss is best at step 5.
    """
    root = tmp_path_factory.mktemp("matrix")

    def start(name: str, dies: bool) -> Any:
        session = make_session(root / name, spec_of(data=MIXED), lora=LORA)
        session.state.piece_tokens = 32  # as if memory had forced it
        real, folder = session.path.loss, root / name

        def loss(batch: Any, **how: float) -> torch.Tensor:
            if session.state.step == 5 and not query.events(folder, ["command"]):
                append_command(folder, "set", {"key": "optimizer.learning_rate", "value": 2.0})
                append_command(folder, "set", {"key": "batch.gradient_accumulation_steps", "value": 1})
                append_command(folder, "set", {"key": "data.mix.0.share", "value": 0.6})
            if dies and session.state.step == 11:
                raise Killed
            return real(batch)

        session.path.loss = loss
        return session

    unbroken = start("whole", dies=False)
    train(unbroken)
    broken = start("broken", dies=True)
    with pytest.raises(Killed):
        train(broken)
    broken.log.close()
    assert [each.step for each in list_checkpoints(root / "broken")][-1] == 10
    expected = story(unbroken)
    assert expected["state"]["best_step"] == 5, "otherwise dropping the best would change nothing"
    return root / "broken", expected


def edited(checkpoint: Path, edit: Callable[[Path], None]) -> None:
    """Change files of a checkpoint behind its manifest's back, then seal it again."""
    edit(checkpoint)
    manifest = json.loads((checkpoint / "manifest.json").read_text())
    for name in manifest["files"]:
        path = checkpoint / name
        manifest["files"][name] = {"bytes": path.stat().st_size, "sha256": sha256_of(path)}
    (checkpoint / "manifest.json").write_text(json.dumps(manifest))


def zeroed(file: str, part: str) -> Callable[[Path], None]:
    def edit(checkpoint: Path) -> None:
        tensors = load_file(checkpoint / file)
        hit = [name for name in tensors if name.endswith(part)]
        assert hit, f"nothing in {file} ends with {part}"
        save_file(
            tensors | {name: torch.zeros_like(tensors[name]) for name in hit}, checkpoint / file, {"format": "pt"}
        )

    return edit


def reseeded(checkpoint: Path) -> None:
    generator = torch.Generator().manual_seed(99)
    save_file({"cpu": generator.get_state()}, checkpoint / "training" / "random.safetensors")


def dropped(item: str) -> Callable[[Path], None]:
    """The item of the loop's state as it is at the very start."""

    def edit(checkpoint: Path) -> None:
        path = checkpoint / "training" / "state.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | {item: TrainState().as_dict()[item]}))

    return edit


GUARDED = {  # seen only where the guard acts: below, and in test_divergence
    "skipped_in_row",
    "rewinds",
    "first_usual",
    "lowest_usual",
    "has_diverged",
    "is_worse",
}
OPTIMIZER = "training/optimizer.safetensors"
ITEMS: dict[str, Callable[[Path], None]] = {
    "weights": zeroed("adapter_model.safetensors", "lora_B.weight"),
    "optimizer mean": zeroed(OPTIMIZER, "|exp_avg"),
    "optimizer square": zeroed(OPTIMIZER, "|exp_avg_sq"),
    "optimizer steps": zeroed(OPTIMIZER, "|step"),
    "random generator": reseeded,
    **{name: dropped(name) for name in TrainState().as_dict() if name not in {*EXEMPT, *GUARDED}},
}


def resumed_from_copy(template: Path, target: Path, edit: Callable[[Path], None]) -> dict[str, Any]:
    shutil.copytree(template, target)
    edited(target / "checkpoints" / "step-10", edit)
    session = make_session(target, spec_of(data=MIXED), lora=LORA)
    train(session)
    return story(session)


def test_the_whole_state_resumes_exactly(template: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    broken, expected = template
    assert resumed_from_copy(broken, tmp_path / "run", lambda _: None) == expected


@pytest.mark.parametrize("item", ITEMS)
def test_dropping_any_item_of_the_state_shows(template: tuple[Path, dict[str, Any]], tmp_path: Path, item: str) -> None:
    broken, expected = template
    assert resumed_from_copy(broken, tmp_path / "run", ITEMS[item]) != expected


@pytest.mark.parametrize("item", sorted(EXEMPT))
def test_the_exempt_items_change_nothing_that_is_computed(
    template: tuple[Path, dict[str, Any]], tmp_path: Path, item: str
) -> None:
    broken, expected = template
    assert resumed_from_copy(broken, tmp_path / "run", dropped(item)) == expected


@pytest.mark.parametrize("item", ["", "skipped_in_row", "rewinds"])
def test_what_the_guard_counts_survives_a_resume(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, item: str) -> None:
    """Two bad steps before the checkpoint, one behind it, three make the guard act: forgetting the count, it does not."""
    spec = spec_of(
        guard={"max_skipped_steps": 3, "max_rewinds": 1},
        loop={"max_steps": 6},
        checkpoints={"every_steps": 2},
        evaluation={"every_steps": None, "sample_tokens": 0},
    )
    session = make_session(tmp_path / "run", spec)
    session.state.rewinds = 1
    bad = torch.tensor(float("nan"), requires_grad=True)
    monkeypatch.setattr(type(session.path), "loss", lambda self, batch, **_: bad * 1)
    real = loop_module.take_step

    def dying(*arguments: Any, **options: Any) -> Any:
        if session.state.step == 2:
            raise Killed
        return real(*arguments, **options)

    monkeypatch.setattr(loop_module, "take_step", dying)
    with pytest.raises(Killed):
        train(session)
    session.log.close()
    monkeypatch.setattr(loop_module, "take_step", real)
    if item:
        edited(tmp_path / "run" / "checkpoints" / "step-2", dropped(item))
    resumed = make_session(tmp_path / "run", spec)
    if item == "rewinds":
        with pytest.raises(Rewind):
            train(resumed)
        return
    with pytest.raises(
        Exception, match=rf"each of the steps {3 if item else 1} to {5 if item else 3} had to be skipped"
    ):
        train(resumed)
    assert resumed.state.step == (5 if item else 3)
