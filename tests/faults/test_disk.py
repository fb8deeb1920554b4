"""A disk that fills up: the run pauses and says what it needs, nothing saved is lost, and with room again it ends as if nothing had happened."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tokenloom.data.dataset import DatasetStore
from tokenloom.jobs.control import send, submit
from tokenloom.jobs.runs import last_state
from tokenloom.jobs.watch import wait_for
from tokenloom.kit.atomic import verify_dir
from tokenloom.kit.errors import DiskFull
from tokenloom.kit.workspace import Workspace
from tokenloom.server.studio import Studio
from tokenloom.server.uploads import Uploads
from tokenloom.spec.override import parse_run_spec
from tokenloom.tracking import query
from tokenloom.tracking.artifacts import checkpoint_steps
from tokenloom.tracking.catalog.runs import list_runs
from tokenloom.tracking.catalog.substitute import Substitute, fresh_catalog
from worlds import curve, furnished, tiny_recipe, weights_of, work

DISK_BYTES = 24 << 20
KEYS = ("train/loss", "train/grad_norm", "train/tokens", "train/sample_digest", "val/loss")
RECIPE = tiny_recipe(
    loop={"max_steps": 300}, checkpoints={"every_steps": 25, "keep_last": 2}, evaluation={"every_steps": 150}
)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with room for a few checkpoints."""
    place = tmp_path / "disk"
    place.mkdir()
    options = f"size={DISK_BYTES}"
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip(f"mounting is not permitted here: {mounted.stderr.decode().strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, str]:
    """The same run where there is room."""
    workspace = furnished(tmp_path_factory.mktemp("room") / "workspace")
    run_id, _ = work(workspace, RECIPE)
    return workspace, run_id


def fill(place: Path, *, free: int) -> Path:
    """Take all room but ``free`` bytes; the file that takes it."""
    ballast = place / "ballast"
    with ballast.open("wb", buffering=0) as file:
        while (room := shutil.disk_usage(place).free - free) > 0:
            file.write(b"\0" * min(room, 1 << 20))
    return ballast


def wait_until(condition, *, seconds: float = 180.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@pytest.mark.parametrize("free", [0, 4096, 300_000])
def test_a_full_disk_pauses_the_run_which_ends_as_if_nothing_had_happened(
    small_disk: Path, unbroken: tuple[Workspace, str], free: int
) -> None:
    workspace = furnished(small_disk / "workspace")
    run_id = submit(workspace, parse_run_spec(RECIPE))
    folder = workspace.run(run_id)
    wait_until(lambda: checkpoint_steps(workspace, run_id))
    ballast = fill(small_disk, free=free)
    wait_until(lambda: last_state(folder)["state"] == "paused")

    standing = last_state(folder)
    reason = f"{standing['reason']} {standing['error']['hint']}"
    if free > 4096:  # a row of metrics still fits, a checkpoint does not
        assert re.match(r"A checkpoint needs about 0\.5 MB; the disk that holds \S+ has 0\.[23] MB\.", reason)
    assert "MB" in reason and "Free some space" in reason
    steps = checkpoint_steps(workspace, run_id)
    assert steps and verify_dir(folder / "checkpoints" / f"step-{steps[-1]}") == []
    assert list((folder / "checkpoints").glob(".tmp-*")) == [], "no half checkpoint takes what room there is"
    losses = curve(workspace, run_id, "train/loss")
    assert [step for step, _ in losses] == list(range(1, len(losses) + 1)), "the log is whole"

    ballast.unlink()
    assert wait_for(workspace, run_id) == "completed", "it goes on by itself"
    whole, other = unbroken
    assert weights_of(workspace, f"{run_id}@300") == weights_of(whole, f"{other}@300")
    for key in KEYS:
        assert curve(workspace, run_id, key) == curve(whole, other, key), key


def test_lists_are_read_on_a_full_disk_and_the_catalog_stays_where_it_is(small_disk: Path) -> None:
    workspace = furnished(small_disk / "workspace")
    with fresh_catalog(workspace) as catalog:
        assert list_runs(catalog).items == []
    run_id = submit(workspace, parse_run_spec(RECIPE))
    folder = workspace.run(run_id)
    wait_until(lambda: checkpoint_steps(workspace, run_id))
    ballast = fill(small_disk, free=0)
    wait_until(lambda: last_state(folder)["state"] == "paused")
    studio = Studio(workspace, Uploads(workspace))
    with fresh_catalog(workspace) as catalog:
        seen = [list_runs(catalog).items, studio.query(list_runs).items]
    assert [[(row.state, row.error and row.error["code"]) for row in rows] for rows in seen] == [
        [("paused", "disk_full")],
        [("paused", "disk_full")],
    ]
    assert list(small_disk.glob("workspace/*.damaged-*")) == []
    ballast.unlink()
    assert wait_for(workspace, run_id) == "completed"
    with fresh_catalog(workspace) as catalog:
        assert [row.state for row in list_runs(catalog).items] == ["completed"]
        assert not isinstance(catalog, Substitute)
    assert [row.state for row in studio.query(list_runs).items] == ["completed"]
    studio.close()


def test_a_stop_on_a_full_disk_says_what_is_missing_and_keeps_the_last_checkpoint(small_disk: Path) -> None:
    workspace = furnished(small_disk / "workspace")
    run_id = submit(workspace, parse_run_spec(RECIPE | {"loop": {"max_steps": 100_000}}))
    folder = workspace.run(run_id)
    wait_until(lambda: checkpoint_steps(workspace, run_id))
    fill(small_disk, free=0)
    wait_until(lambda: last_state(folder)["state"] == "paused")
    (small_disk / "ballast").unlink()
    fill(small_disk, free=60_000)  # enough to answer, not enough to save
    send(workspace, run_id, "stop")
    assert wait_for(workspace, run_id) == "stopped"
    (answer,) = query.events(folder, ["command"])
    assert answer["message"] == "stopped, but the disk is full: no checkpoint was made"
    steps = checkpoint_steps(workspace, run_id)
    assert steps and verify_dir(folder / "checkpoints" / f"step-{steps[-1]}") == []


def test_an_import_that_does_not_fit_leaves_nothing_behind(small_disk: Path, tmp_path: Path) -> None:
    workspace = furnished(small_disk / "workspace")
    source = tmp_path / "large.jsonl"
    with source.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps({"text": f"{row} " + "word " * 400}) + "\n" for row in range(3000))
    ballast = fill(small_disk, free=1 << 20)
    before = sorted(path.name for path in workspace.datasets.iterdir())
    recipe = {"task": "import", "dataset": "large", "source": {"kind": "file", "path": str(source)}}
    run_id = submit(workspace, parse_run_spec(recipe))
    assert wait_for(workspace, run_id) == "failed"
    error = last_state(workspace.run(run_id))["error"]
    assert error["code"] == "disk_full" and "MB free" in error["message"] and error["hint"]
    assert sorted(path.name for path in workspace.datasets.iterdir()) == before
    assert [dataset.name for dataset in DatasetStore(workspace).list()] == ["animals"]
    ballast.unlink()
    assert wait_for(workspace, submit(workspace, parse_run_spec(recipe))) == "completed"
    assert DatasetStore(workspace).get("large").count() == 3000


def test_a_run_that_cannot_even_be_written_down_is_refused_whole(small_disk: Path) -> None:
    workspace = furnished(small_disk / "workspace")
    fill(small_disk, free=0)
    with pytest.raises(DiskFull) as refused:
        submit(workspace, parse_run_spec(RECIPE))
    assert "MB free" in refused.value.message and refused.value.hint
    assert list(workspace.runs.iterdir()) == []


def test_metrics_that_were_logged_before_the_disk_was_full_are_there(small_disk: Path) -> None:
    import tokenloom

    run = tokenloom.init(name="script", workspace=small_disk / "workspace")
    for step in range(1000):
        run.log({"loss": float(step)}, step=step)
    ballast = fill(small_disk, free=0)
    written = 1000
    with pytest.raises(DiskFull):
        while True:
            run.log({"loss": float(written)}, step=written)
            written += 1
    run.event("note", level="error", message="the disk is full")  # what explains it has a reserve
    ballast.unlink()
    run.log({"loss": float(written)}, step=written)
    run.finish()
    frame = run.metrics()
    assert frame["value"].to_list() == [float(step) for step in range(written + 1)]
    notes = [event["message"] for event in query.events(run.folder, ["note"])]
    assert notes == ["the disk is full"]
