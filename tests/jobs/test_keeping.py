"""What was made from what, and the room that a workspace takes."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from tokenloom.cli import main
from tokenloom.data.blobs import BlobStore
from tokenloom.data.dataset import DatasetStore
from tokenloom.jobs.keeping.disk import check_quota, clean, quota, set_quota, usage
from tokenloom.jobs.keeping.lineage import Lineage, key_of
from tokenloom.jobs.registry import register_model
from tokenloom.jobs.runs import create_run, record_state
from tokenloom.kit.errors import NotFound, ResourceError, SpecError
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.override import parse_run_spec
from worlds import furnished, tiny_recipe, train_here

QUIET = {"every_steps": None, "sample_tokens": 0}


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, str, str]:
    """A workspace with a pretrained run, an adapter on it and a registered model."""
    workspace = furnished(tmp_path_factory.mktemp("keeping") / "workspace", count=80)
    base = train_here(workspace, tiny_recipe(loop={"max_steps": 2}, evaluation=QUIET))
    recipe = tiny_recipe(task="finetune", tuning={"kind": "lora", "rank": 2}, loop={"max_steps": 2}, evaluation=QUIET)
    tuned = train_here(workspace, recipe | {"model": {"kind": "pretrained", "source": base}})
    register_model(workspace, base, "animals-model")
    return workspace, base, tuned


def test_everything_hangs_together(lived_in: tuple[Workspace, str, str]) -> None:
    workspace, base, tuned = lived_in
    dataset = DatasetStore(workspace).get("animals")
    told = Lineage(workspace).around(key_of(workspace, "dataset", "animals"))
    edges = {(edge["from"].partition(":")[0], edge["to"].partition(":")[0]) for edge in told["edges"]}
    assert edges == {
        ("dataset", "tokenizer"),
        ("dataset", "run"),
        ("tokenizer", "run"),
        ("run", "run"),
        ("run", "model"),
    }
    assert {"from": f"run:{base}", "to": f"run:{tuned}"} in told["edges"] and told["left_out"] == 0
    above = Lineage(workspace).around(f"run:{tuned}")
    assert {node["kind"] for node in above["nodes"]} == {"run", "dataset", "tokenizer"}
    assert f"dataset:{dataset.id}" in {node["key"] for node in above["nodes"]}
    assert key_of(workspace, "model", "animals-model") in Lineage(workspace).nodes
    with pytest.raises(NotFound, match="nothing called"):
        Lineage(workspace).around("run:nope")


def test_bytes_are_told_by_area_and_prepared_tokens_can_go(lived_in: tuple[Workspace, str, str]) -> None:
    workspace, base, _ = lived_in
    for folder in workspace.runs.glob("[!.]*"):
        record_state(folder, "completed")
    told = usage(workspace)
    areas = {area["name"]: area for area in told["areas"]}
    assert told["bytes"] == sum(area["bytes"] for area in areas.values()) and areas["tokens"]["bytes"] > 0
    run = next(item for item in areas["runs"]["items"] if item["id"] == base)
    assert 0 < run["checkpoints"] <= run["bytes"] and areas["datasets"]["items"][0]["name"] == "animals@1"
    freed = clean(workspace, ["tokens"])
    assert (
        freed == {"tokens": areas["tokens"]["bytes"]} and usage(workspace)["bytes"] == told["bytes"] - freed["tokens"]
    )
    train_here(workspace, tiny_recipe(loop={"max_steps": 1}, evaluation=QUIET))  # made again
    with pytest.raises(SpecError, match="cannot be cleaned"):
        clean(workspace, ["datasets"])


def test_what_is_in_use_or_waits_for_its_import_stays(tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path)
    waiting, done = (BlobStore(workspace).put([text * 5000]) for text in (b"a", b"b"))
    spec = parse_run_spec({"task": "import", "dataset": "d", "source": {"kind": "file", "path": "x"}})
    run = create_run(workspace, spec)
    for number, (blob, made_by) in enumerate(((waiting, ""), (done, run))):
        folder = workspace.root / "uploads" / f"u{number}"
        folder.mkdir(parents=True)
        (folder / "info.json").write_text(json.dumps({"sha256": blob.sha256, "run": made_by}))
    (workspace.tokens / "some").mkdir()
    (workspace.tokens / "some" / "tokens.bin").write_bytes(b"x" * 9000)
    assert clean(workspace, ["uploads", "tokens"]) == {"uploads": 0, "tokens": 0}  # the run is still open
    record_state(workspace.run(run), "completed")
    assert clean(workspace, ["uploads", "tokens"])["tokens"] > 0
    assert waiting.path.is_file() and not done.path.exists()


def test_only_old_leftovers_are_removed(tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path)
    old, young = workspace.datasets / ".tmp-old", workspace.datasets / ".tmp-young"
    for folder in (old, young):
        folder.mkdir()
        (folder / "spool").write_bytes(b"x" * 5000)
    for path in (old, old / "spool"):
        os.utime(path, (time.time() - 7200, time.time() - 7200))
    assert clean(workspace, ["leftovers"])["leftovers"] > 0 and young.is_dir() and not old.exists()


@pytest.mark.parametrize("words", ["0.01", "0", "0KB", "much", "-1GB"])
def test_a_limit_that_is_no_size_is_refused(
    lived_in: tuple[Workspace, str, str],
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    workspace, _, _ = lived_in
    monkeypatch.setattr("sys.argv", ["tokenloom", "--workspace", str(workspace.root), "disk", f"--quota={words}"])
    with pytest.raises(SystemExit) as ended:
        main.main()
    assert ended.value.code == 2 and "is not a size" in capfd.readouterr().err
    assert quota(workspace) is None


def test_a_limit_is_kept_and_says_what_takes_the_room(lived_in: tuple[Workspace, str, str]) -> None:
    workspace, _, _ = lived_in
    check_quota(workspace, 10**15)  # no limit yet
    set_quota(workspace, usage(workspace)["bytes"] + 1000)
    check_quota(workspace)
    with pytest.raises(ResourceError, match="its limit is") as caught:
        check_quota(workspace, 10_000)
    assert "runs" in caught.value.hint
    set_quota(workspace, None)
    assert quota(workspace) is None
