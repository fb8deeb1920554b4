"""The bin: what was deleted comes back as it was, or goes for good."""

from __future__ import annotations

import errno
import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from tokenloom.data.dataset import DatasetStore
from tokenloom.data.tokenizer.store import TokenizerStore
from tokenloom.jobs.deletion import delete_checkpoint, delete_run, delete_version
from tokenloom.jobs.keeping import bin as bin_room
from tokenloom.jobs.keeping.bin import contents, empty, restore
from tokenloom.jobs.keeping.disk import clean, usage
from tokenloom.jobs.registry import delete_model, register_model
from tokenloom.jobs.runs import record_state
from tokenloom.kit.atomic import verify_dir
from tokenloom.kit.errors import Conflict, DiskFull, NotFound
from tokenloom.kit.workspace import Workspace
from tokenloom.tracking.artifacts import checkpoint_steps, registered_models
from worlds import furnished, tiny_recipe, train_here

QUIET = {"every_steps": None, "sample_tokens": 0}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, str]:
    workspace = furnished(tmp_path_factory.mktemp("bin") / "workspace", count=80)
    steps = {"loop": {"max_steps": 4}, "checkpoints": {"every_steps": 2}}
    run_id = train_here(workspace, tiny_recipe(evaluation=QUIET, **steps))
    record_state(workspace.run(run_id), "completed")
    register_model(workspace, run_id, "animals-model")
    return workspace, run_id


def test_each_kind_comes_back_whole(trained: tuple[Workspace, str]) -> None:
    workspace, run_id = trained
    steps = checkpoint_steps(workspace, run_id)
    gone = [
        delete_checkpoint(workspace, run_id, steps[0]),
        delete_run(workspace, run_id),
        delete_version(workspace, DatasetStore(workspace).get("animals")),
        delete_version(workspace, TokenizerStore(workspace).list()[0]),
        delete_model(workspace, "animals-model"),
    ]
    assert [each.kind for each in gone] == ["checkpoint", "run", "dataset", "tokenizer", "model"]
    assert not workspace.run(run_id).exists() and DatasetStore(workspace).list() == []
    assert TokenizerStore(workspace).list() == [] and registered_models(workspace) == []
    assert {each.id for each in contents(workspace)} == {each.id for each in gone}
    area = next(area for area in usage(workspace)["areas"] if area["name"] == "bin")
    assert area["count"] == 5 and area["bytes"] >= sum(each.bytes for each in gone)
    with pytest.raises(NotFound, match="not here any more"):
        restore(workspace, gone[0].id)
    for each in reversed(gone):
        restore(workspace, each.id)
        assert verify_dir(workspace.root / each.place) == [] or each.kind == "run"
    assert checkpoint_steps(workspace, run_id) == steps and contents(workspace) == []
    assert DatasetStore(workspace).get("animals@1").count() > 0 and registered_models(workspace) != []


def test_a_place_or_a_name_that_is_taken_again_is_left_alone(trained: tuple[Workspace, str]) -> None:
    workspace, run_id = trained
    gone = delete_model(workspace, "animals-model")
    again = register_model(workspace, run_id, "animals-model")
    assert again["version"] == 1
    with pytest.raises(Conflict, match="animals-model@1"):
        restore(workspace, gone.id)
    empty(workspace, gone.id)
    assert [each["name"] for each in registered_models(workspace)] == ["animals-model"]


def test_another_disk_full_disks_and_old_things(
    trained: tuple[Workspace, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, _ = trained
    dataset, rename = DatasetStore(workspace).get("animals"), os.replace

    def elsewhere(source: Path, target: Path) -> None:
        if Path(source).parent != Path(target).parent:
            raise OSError(errno.EXDEV, "another disk")
        rename(source, target)

    monkeypatch.setattr(os, "replace", elsewhere)
    restore(workspace, delete_version(workspace, dataset).id)
    assert verify_dir(dataset.path) == [] and not list(workspace.datasets.glob(".tmp-*"))
    monkeypatch.undo()

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(bin_room, "atomic_write", full)
    with pytest.raises(DiskFull) as raised:
        delete_version(workspace, dataset)
    assert "--for-good" in raised.value.hint and dataset.path.is_dir() and contents(workspace) == []
    monkeypatch.undo()

    gone = delete_version(workspace, dataset)
    told = workspace.root / "bin" / gone.id / "told.json"
    told.write_text(json.dumps(json.loads(told.read_text()) | {"deleted": time.time() - 31 * 86_400}))
    assert bin_room.forget_old(workspace) == 1 and contents(workspace) == []


def test_what_was_written_into_the_bin_by_hand_leads_nowhere(tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path / "workspace")
    (workspace.root / "bin" / "evil" / "thing").mkdir(parents=True)
    told = {"kind": "run", "reference": "x", "name": "x", "place": "../outside", "bytes": 1, "deleted": time.time()}
    (workspace.root / "bin" / "evil" / "told.json").write_text(json.dumps(told))
    for wrong in ("evil", "../evil", "", "nothere"):
        with pytest.raises(NotFound, match="holds no"):
            restore(workspace, wrong)
    assert contents(workspace) == [] and clean(workspace, ["bin"])["bin"] > 0
    assert not (tmp_path / "outside").exists() and not list((workspace.root / "bin").iterdir())
