"""What keeps the catalog fast with a thousand runs: few statements, whatever the number of runs (benchmarks/tracking.py holds the times)."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import event

from tokenloom.kit.workspace import Workspace
from tokenloom.tracking.catalog import Catalog, Indexer
from tokenloom.tracking.catalog.database import upsert
from tokenloom.tracking.catalog.runs import list_runs
from tokenloom.tracking.catalog.schema import run_metrics, run_params, runs
from tokenloom.tracking.log import LogWriter, log_path


def statements(catalog: Catalog, work: Callable[[], object]) -> int:
    """How many statements ``work`` sends to the database."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(catalog.engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(catalog.engine, "before_cursor_execute", note)
    return len(sent)


def test_a_thousand_idle_runs_are_checked_without_reading_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TOKENLOOM_DATABASE_URL", raising=False)
    workspace = Workspace.open(tmp_path)
    template = workspace.root / "log"
    with LogWriter(template) as writer:
        writer.row(1, {"loss": 1.0})
    for number in range(1000):
        folder = workspace.run(f"run-{number:04}")
        folder.mkdir()
        (folder / "run.json").write_text('{"id": "x", "name": "n", "created": 1.0}')
        log_path(folder).write_bytes(template.read_bytes())
    with Catalog.open(workspace) as catalog:
        indexer = Indexer(catalog)
        assert len(indexer.refresh().updated) == 1000
        time.sleep(0.1)
        indexer.refresh()
        assert indexer.refresh().updated == []
        monkeypatch.setattr("tokenloom.tracking.catalog.indexer.advance", None)  # an idle run's log stays closed
        assert statements(catalog, indexer.refresh) <= 12  # whatever the number of runs


def test_the_first_page_of_a_thousand_runs_with_200_metrics(catalog: Catalog) -> None:
    base = {column.name: "" for column in runs.c} | {
        **dict.fromkeys(("error", "started", "ended", "step", "total_steps", "ordinal")),
        "state_time": 0.0,
        "starred": False,
        "archived": False,
        "index_mtime": 0,
    }
    count = 200 if catalog.engine.dialect.name == "sqlite" else 60  # filling PostgreSQL takes longer than the test
    names = [f"group{number % 10}/metric{number}" for number in range(count)]
    with catalog.write() as connection:
        upsert(
            connection, runs, [base | {"id": f"run-{n:04}", "name": f"n{n}", "created": float(n)} for n in range(1000)]
        )
        for first in range(0, 1000, 100):
            batch = range(first, first + 100)
            zero = {"min": 0.0, "min_step": 0, "max": 1.0, "max_step": 9, "last_step": 9, "count": 10, "nan_count": 0}
            rows = [
                {"run_id": f"run-{n:04}", "key": key, "last": (n * 7919 % 1000) / 1000, **zero}
                for n in batch
                for key in names
            ]
            connection.execute(run_metrics.insert(), rows)
            params = [{"run_id": f"run-{n:04}", "key": "lr", "text": str(n), "number": float(n)} for n in batch]
            connection.execute(run_params.insert(), params)
    page = list_runs(catalog, "metrics.group3/metric13<0.5 lr>=100", sort="-metrics.group3/metric3", limit=50)
    assert page.total == sum(1 for n in range(100, 1000) if n * 7919 % 1000 < 500)
    assert [run.metrics["group3/metric3"]["last"] for run in page.items[:3]] == [0.499, 0.498, 0.497]
    assert len(page.items[0].metrics) == count
    few = {"sort": "-metrics.group3/metric3", "metrics": names[:20]}
    all_of_them = statements(catalog, lambda: list_runs(catalog, "metrics.group3/metric13<0.5", limit=50, **few))
    assert (
        all_of_them
        == statements(catalog, lambda: list_runs(catalog, "metrics.group3/metric13<0.5", limit=1, **few))
        <= 6
    )
