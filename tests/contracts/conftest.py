"""Both databases for the same tests: SQLite in the workspace, and a PostgreSQL that the tests start themselves."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tokenloom.kit.ids import new_id
from tokenloom.kit.workspace import Workspace
from tokenloom.tracking.catalog import Catalog
from tokenloom.tracking.log import LogWriter, log_path

_SKIP = "TOKENLOOM_SKIP_POSTGRES"


def _program(name: str) -> str:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}")) or (
        [shutil.which(name)] if shutil.which(name) else []
    )
    if not found:
        pytest.fail(
            f"PostgreSQL's {name} is not on this machine. Install Debian's package `postgresql`"
            f" (apt-get install postgresql), or set {_SKIP}=1 to leave these tests out."
        )
    return str(found[-1])


def _unprivileged() -> str | None:
    """PostgreSQL refuses root: the user that runs it then."""
    if os.getuid() != 0:
        return None
    names = {user.pw_name for user in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    if os.environ.get(_SKIP) == "1":
        pytest.skip(f"{_SKIP}=1")
    user = _unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="tokenloom-pg-"))
    if user:
        shutil.chown(folder, user)
    data = folder / "data"

    def call(*command: str) -> None:
        done = subprocess.run(
            command, user=user, cwd=folder, capture_output=True, text=True, env={"PATH": os.environ["PATH"]}
        )
        assert done.returncode == 0, f"{command[0]} failed: {done.stdout[-2000:]}{done.stderr[-2000:]}"

    call(_program("initdb"), "-D", str(data), "-U", "loom", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    options = f"-k {folder} -c listen_addresses='' -c fsync=off -c full_page_writes=off -c max_connections=30"
    call(_program("pg_ctl"), "-D", str(data), "-o", options, "-l", str(folder / "log"), "-w", "start")
    try:
        yield f"postgresql://loom@/postgres?host={folder}"
    finally:
        call(_program("pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """URL of an empty database; empty text for the workspace's own SQLite file."""
    if request.param == "sqlite":
        return ""
    url = str(request.getfixturevalue("postgres_url"))
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return url


@pytest.fixture
def catalog(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Catalog]:
    monkeypatch.delenv("TOKENLOOM_DATABASE_URL", raising=False)
    with Catalog.open(Workspace.open(tmp_path / "workspace"), database_url) as opened:
        yield opened


_COUNTER = iter(range(1, 1_000_000))


def _make_run(
    catalog: Catalog,
    *,
    rows: list[tuple[int, dict[str, float]]] | None = None,
    spec: str = "",
    state: str = "",
    **info: Any,
) -> str:
    run_id = str(info.pop("id", "")) or new_id()
    folder = catalog.workspace.run(run_id)
    folder.mkdir()
    content = {"id": run_id, "name": "", "task": "pretrain", "created": float(next(_COUNTER))} | info
    (folder / "run.json").write_text(json.dumps(content))
    (folder / "spec.yaml").write_text(spec)
    with LogWriter(log_path(folder)) as writer:
        for step, values in rows or []:
            writer.row(step, values)
        if state:
            writer.event({"type": "state", "state": state})
    return run_id


@pytest.fixture(scope="session")
def make_run() -> Callable[..., str]:
    """Writes the folder of a run with its files and its log, and gives its id."""
    return _make_run
