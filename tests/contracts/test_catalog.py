"""What the catalog promises on SQLite and on PostgreSQL alike: an index that follows the folders."""

from __future__ import annotations

import math
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tokenloom.kit.atomic import atomic_dir_commit
from tokenloom.kit.errors import NotFound, SpecError
from tokenloom.kit.ids import new_id
from tokenloom.tracking import query
from tokenloom.tracking.catalog import Catalog, Indexer, schema
from tokenloom.tracking.catalog.annotations import annotate
from tokenloom.tracking.catalog.runs import RunRow, get_run, list_runs
from tokenloom.tracking.catalog.things import find_thing, list_things
from tokenloom.tracking.log import LogWriter, log_path


def contents(catalog: Catalog) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, without what only says how it was indexed."""
    hidden = {"index_mtime", "index_sizes", "position"}
    with catalog.read() as connection:
        return {
            table.name: sorted(
                connection.execute(sa.select(*(c for c in table.c if c.name not in hidden))).all(), key=repr
            )
            for table in schema.metadata.sorted_tables
        }


def test_a_run_is_indexed_from_its_files(catalog, make_run):
    run_id = make_run(
        catalog,
        rows=[(1, {"loss": 3.0, "lr": 0.1}), (2, {"loss": 1.0, "lr": 0.2}), (3, {"loss": 2.0, "lr": math.nan})],
        spec="model: {kind: llama, num_layers: 2}\noptimizer: {learning_rate: 1.0e-3, betas: [0.9, 0.95]}\nseed: null\n",
        state="running",
        name="first",
        project="words",
        total_steps=10,
    )
    assert Indexer(catalog).refresh().updated == [run_id]
    run = get_run(catalog, run_id)
    assert isinstance(run, RunRow)
    assert (run.name, run.project, run.task, run.state, run.step, run.total_steps) == (
        ("first", "words", "pretrain", "running", 3, 10)
    )
    assert run.folder == f"runs/{run_id}"
    assert run.started is not None and run.ended is None
    assert run.params == {
        "model.kind": "llama",
        "model.num_layers": 2.0,
        "optimizer.learning_rate": 0.001,
        "optimizer.betas": "[0.9, 0.95]",
        "seed": "null",
    }
    loss, rate = run.metrics["loss"], run.metrics["lr"]
    assert (loss["last"], loss["min"], loss["min_step"], loss["max"], loss["count"]) == (2.0, 1.0, 2, 3.0, 3)
    assert (rate["last"], rate["min"], rate["max"], rate["last_step"]) == (None, 0.1, 0.2, 3)


def test_only_news_is_read_and_an_idle_catalog_does_nothing(catalog, monkeypatch, make_run):
    run_id = make_run(catalog, rows=[(1, {"loss": 3.0})])
    indexer = Indexer(catalog)
    indexer.refresh()
    time.sleep(0.06)  # until the folder's time is settled
    indexer.refresh()
    assert indexer.refresh().updated == []
    with LogWriter(log_path(catalog.workspace.run(run_id))) as writer:
        before = writer.offset
        writer.row(2, {"loss": 1.0, "new": 5.0})
    offsets = []
    from tokenloom.tracking.series import digest

    real = digest.scan
    monkeypatch.setattr(digest, "scan", lambda path, offset=0: offsets.append(offset) or real(path, offset))
    assert indexer.refresh().updated == [run_id]
    assert offsets == [before]
    assert get_run(catalog, run_id).metrics["loss"]["count"] == 2
    assert get_run(catalog, run_id).metrics["new"]["last"] == 5.0


def test_a_rewind_takes_back_what_came_after_it(catalog, make_run):
    run_id = make_run(
        catalog,
        rows=[(step, {"loss": float(-step), "only": 1.0} if step == 9 else {"loss": -step}) for step in range(10)],
    )
    indexer = Indexer(catalog)
    indexer.refresh()
    assert get_run(catalog, run_id).metrics["loss"]["min"] == -9.0
    with LogWriter(log_path(catalog.workspace.run(run_id))) as writer:
        writer.event({"type": "rewind", "step": 4})
        writer.row(5, {"loss": 7.0})
    indexer.refresh()
    run = get_run(catalog, run_id)
    assert "only" not in run.metrics
    assert run.step == 5
    loss = run.metrics["loss"]
    assert (loss["count"], loss["last"], loss["min"], loss["max"]) == (6, 7.0, -4.0, 7.0)


def test_states_follow_the_newest_event_of_any_process(catalog, make_run):
    run_id = make_run(catalog)
    folder = catalog.workspace.run(run_id)
    indexer = Indexer(catalog)
    indexer.refresh()
    with LogWriter(log_path(folder)) as trainer, LogWriter(log_path(folder, "jobs")) as jobs:
        jobs.event({"type": "state", "state": "queued", "time": 10.0})
        trainer.event({"type": "state", "state": "running", "time": 20.0})
        jobs.event({"type": "state", "state": "starting", "time": 15.0})
        indexer.refresh()
        run = get_run(catalog, run_id)
        assert (run.state, run.started, run.ended) == ("running", 20.0, None)
        jobs.event(
            {"type": "state", "state": "failed", "time": 30.0, "reason": "died", "error": {"code": "run", "x": 1}}
        )
        trainer.event({"type": "progress", "phase": "train", "done": 3, "total": 250, "unit": "steps"})
    indexer.refresh()
    run = get_run(catalog, run_id)
    assert (run.state, run.reason, run.ended, run.error) == ("failed", "died", 30.0, {"code": "run", "x": 1})
    assert run.total_steps == 250


def test_a_deleted_run_leaves_the_catalog(catalog, make_run):
    kept, gone = make_run(catalog, rows=[(1, {"a": 1.0})]), make_run(catalog, rows=[(1, {"a": 1.0})], spec="x: 1")
    indexer = Indexer(catalog)
    indexer.refresh()
    shutil.rmtree(catalog.workspace.run(gone))
    assert indexer.refresh().removed == [gone]
    with pytest.raises(NotFound):
        get_run(catalog, gone)
    assert [run.id for run in list_runs(catalog).items] == [kept]
    assert all(row[0] == kept for row in contents(catalog)["run_metrics"] + contents(catalog)["run_params"])


def test_an_unreadable_run_is_named_and_the_others_are_indexed(catalog, make_run):
    good, bad = make_run(catalog, rows=[(1, {"a": 1.0})]), make_run(catalog)
    log_path(catalog.workspace.run(bad)).write_bytes(b"this is not a log at all")
    (catalog.workspace.runs / "half").mkdir()
    report = Indexer(catalog).refresh()
    assert good in report.updated
    assert "not a run log" in report.unreadable[bad]
    assert "half" not in report.updated


def test_annotations_are_written_to_the_folder_first_and_survive_reindex(catalog, make_run):
    run_id = make_run(catalog, name="plain", state="completed")
    Indexer(catalog).refresh()
    annotate(catalog, run_id, tags=["b", " a ", "b", ""], notes="good\0", starred=True, name="Best")
    annotate(catalog, run_id, archived=True)
    for _ in range(2):
        run = get_run(catalog, run_id)
        assert (run.tags, run.notes, run.starred, run.archived, run.name) == (["a", "b"], "good", True, True, "Best")
        Indexer(catalog).reindex()
    annotate(catalog, run_id, name="", tags=[])
    assert (get_run(catalog, run_id).name, get_run(catalog, run_id).tags) == ("plain", [])
    with pytest.raises(SpecError, match="limit is 300"):
        annotate(catalog, run_id, name="x" * 301)
    with pytest.raises(NotFound):
        annotate(catalog, new_id(), notes="x")


def test_reindex_gives_the_same_catalog_as_following(catalog, make_run):
    indexer = Indexer(catalog)
    ids = [make_run(catalog, spec="a: {b: 1}", rows=[(1, {"x": 1.0})], state="queued") for _ in range(3)]
    indexer.refresh()
    annotate(catalog, ids[0], tags=["t"])
    for step in range(2, 6):
        with LogWriter(log_path(catalog.workspace.run(ids[1]))) as writer:
            writer.row(step, {"x": 10.0 - step})
            writer.event({"type": "artifact", "kind": "report", "path": f"artifacts/r{step}.json", "step": step})
        indexer.refresh()
    followed = contents(catalog)
    indexer.reindex()
    assert contents(catalog) == followed
    assert len(followed["artifacts"]) == 4


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parts=st.lists(
        st.tuples(
            st.sampled_from(["0", "1", "jobs"]),
            st.lists(
                st.tuples(st.integers(0, 20), st.floats(-5, 5) | st.just(math.nan) | st.just(math.inf))
                | st.integers(0, 20),
                max_size=8,
            ),
        ),
        max_size=5,
    )
)
def test_following_in_pieces_equals_counting_at_once(catalog, parts, make_run):
    """Rows and rewinds in any order over several logs: the index always equals the summary of the whole run."""
    run_id = make_run(catalog)
    folder = catalog.workspace.run(run_id)
    for rank, entries in parts:
        with LogWriter(log_path(folder, rank)) as writer:
            for entry in entries:
                if isinstance(entry, int):
                    writer.event({"type": "rewind", "step": entry})
                else:
                    writer.row(entry[0], {f"m{rank}": entry[1], f"n{entry[0] % 2}{rank}": 1.0})
        Indexer(catalog).refresh([run_id])
    Indexer(catalog).refresh([run_id])
    expected = {  # + 0.0: SQLite keeps no negative zero, PostgreSQL does
        key: (each.last + 0.0, each.min + 0.0, each.max + 0.0, each.count, each.last_step, each.min_step, each.max_step)
        for key, each in query.summary(folder).items()
    }
    names = ("last", "min", "max", "count", "last_step", "min_step", "max_step")
    found = {
        key: tuple(row[name] + 0.0 if isinstance(row[name], float) else row[name] for name in names)
        for key, row in get_run(catalog, run_id).metrics.items()
    }
    assert {key: repr(row).replace("None", "nan") for key, row in found.items()} == {
        k: repr(r) for k, r in expected.items()
    }


def make_dataset(workspace_folder: Path, thing_id: str, **meta: Any) -> None:
    with atomic_dir_commit(workspace_folder / thing_id, meta=meta) as folder:
        (folder / "data.txt").write_text("x")


def test_things_follow_their_manifests(catalog):
    datasets = catalog.workspace.datasets
    make_dataset(datasets, "d1", name="faq", version="1", created=1.0, rows=10)
    make_dataset(datasets, "d2", name="faq", version="2", created=2.0, rows=20, odd="\0\ud800")
    make_dataset(catalog.workspace.models, "m1", name="tiny", run_id="r1")
    (datasets / "unfinished").mkdir()
    Indexer(catalog).refresh()
    assert [thing.id for thing in list_things(catalog, "datasets")] == ["d2", "d1"]
    assert find_thing(catalog, "datasets", "faq").id == "d2"
    assert find_thing(catalog, "datasets", "faq@1").meta["rows"] == 10
    assert find_thing(catalog, "datasets", "d1").version == "1"
    assert [thing.id for thing in list_things(catalog, "models", run_id="r1")] == ["m1"]
    with pytest.raises(NotFound, match="Did you mean “faq”"):
        find_thing(catalog, "datasets", "fqa")
    with pytest.raises(NotFound):
        list_things(catalog, "users")
    make_dataset(datasets, "d1", name="faq", version="1", created=1.0, rows=11)
    shutil.rmtree(datasets / "d2")
    Indexer(catalog).refresh()
    assert [(thing.id, thing.meta["rows"]) for thing in list_things(catalog, "datasets")] == [("d1", 11)]


def test_two_indexers_do_not_count_the_same_rows_twice(catalog, make_run):
    from concurrent.futures import ThreadPoolExecutor

    run_id = make_run(catalog)
    with LogWriter(log_path(catalog.workspace.run(run_id))) as writer, ThreadPoolExecutor(3) as pool:
        pending = []
        for step in range(200):
            writer.row(step, {"x": 1.0})
            if step % 10 == 0:
                pending.append(pool.submit(Indexer(catalog).refresh, [run_id]))
        for each in pending:
            each.result()
    Indexer(catalog).refresh()
    assert get_run(catalog, run_id).metrics["x"]["count"] == 200


def test_hostile_texts_are_stored_as_they_can_be(catalog, make_run):
    run_id = make_run(
        catalog, name="\0'; DROP TABLE runs; --\ud800", project="<script>", spec="'a\\0b': 'x'\n? [1, 2]\n: y\n"
    )
    folder = catalog.workspace.run(run_id)
    (folder / "annotations.json").write_text(
        '{"tags": ["\\u0000t", 3, "' + "x" * 200 + '"], "notes": 5, "starred": "yes"}'
    )
    with LogWriter(log_path(folder)) as writer:
        writer.event({"type": "state", "state": "failed\0" * 20, "reason": "\0", "error": {"a\0": ["\0", math.nan]}})
    Indexer(catalog).refresh()
    run = get_run(catalog, run_id)
    assert run.name.startswith("'; DROP TABLE runs; --")
    assert run.error == {"a": ["", None]}
    assert "t" in run.tags
    assert len(run.state) <= 32
