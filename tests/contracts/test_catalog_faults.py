"""What happens to the catalog's file, and what the catalog says about it. Never a traceback, never a lost run."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from tokenloom.kit.errors import Conflict, DiskFull, MissingExtra, ResourceError
from tokenloom.kit.workspace import Workspace
from tokenloom.tracking.catalog import Catalog, Indexer, migrate, schema
from tokenloom.tracking.catalog.database import explained
from tokenloom.tracking.catalog.runs import get_run, list_runs
from tokenloom.tracking.client import init


@pytest.fixture(autouse=True)
def _own_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TOKENLOOM_DATABASE_URL", raising=False)


@pytest.fixture
def filled(tmp_path: Path) -> Workspace:
    """A workspace with three finished runs in its catalog, closed."""
    for number in range(3):
        with init(name=f"run {number}", config={"n": number, "text": "x" * 3000}, workspace=tmp_path) as run:
            for step in range(50):
                run.log({f"metric {key}": float(step) for key in range(30)})
    with Catalog.open(tmp_path) as catalog:
        assert len(Indexer(catalog).refresh().updated) == 3
    return Workspace.open(tmp_path)


def assert_recovers(workspace: Workspace) -> None:
    with Catalog.rebuild(workspace) as catalog:
        assert len(Indexer(catalog).reindex().updated) == 3
        assert get_run(catalog, list_runs(catalog).items[0].id).metrics["metric 3"]["count"] == 50
    assert list(workspace.root.glob("tokenloom.db.damaged-*"))


@pytest.mark.parametrize("keep", [1, 99, 100, 4096, 20_000, -1])
def test_a_truncated_catalog_is_refused_with_a_way_out(filled, keep):
    size = filled.database.stat().st_size
    with filled.database.open("r+b") as file:
        file.truncate(size + keep if keep < 0 else keep)
    with pytest.raises(ResourceError, match="is damaged") as caught:
        Catalog.open(filled)
    assert "tokenloom reindex" in caught.value.hint
    assert caught.value.details["is_damaged"] is True
    assert_recovers(filled)


def test_a_zeroed_catalog_is_refused_with_a_way_out(filled):
    filled.database.write_bytes(bytes(filled.database.stat().st_size))
    with pytest.raises(ResourceError, match="is damaged"):
        Catalog.open(filled)
    assert_recovers(filled)


def test_zeroed_pages_inside_are_reported_when_they_are_met(filled):
    content = bytearray(filled.database.read_bytes())
    content[4096:] = bytes(len(content) - 4096)
    filled.database.write_bytes(content)
    with pytest.raises(ResourceError, match="is damaged"), Catalog.open(filled) as catalog:
        list_runs(catalog)
    assert_recovers(filled)


def test_an_empty_or_missing_file_is_a_new_catalog(filled):
    filled.database.write_bytes(b"")
    for _ in range(2):
        with Catalog.open(filled) as catalog:
            assert len(Indexer(catalog).refresh().updated) == 3
        filled.database.unlink()


def test_a_backup_is_offered(filled):
    shutil.copy(filled.database, f"{filled.database}.backup-20200101-000000-0001")
    filled.database.write_bytes(b"garbage" * 100)
    with pytest.raises(ResourceError) as caught:
        Catalog.open(filled)
    assert "backup-20200101-000000-0001" in caught.value.hint


def test_a_newer_catalog_is_refused_and_untouched(filled):
    with sqlite3.connect(filled.database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(Conflict, match="newer than this Tokenloom"):
        Catalog.open(filled)
    with sqlite3.connect(filled.database) as connection:
        assert connection.execute("SELECT count(*) FROM runs").fetchone() == (3,)
    connection.close()


NEXT_MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("runs", sa.Column("mood", sa.Text, server_default="fine"))
"""


@pytest.fixture
def next_schema(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """As if the next version of Tokenloom had one more migration."""
    scripts = tmp_path_factory.mktemp("next") / "migrations"
    shutil.copytree(migrate.SCRIPTS, scripts)
    (scripts / "versions" / "0003_mood.py").write_text(NEXT_MIGRATION)
    monkeypatch.setattr(migrate, "SCRIPTS", scripts)
    monkeypatch.setattr(migrate, "REVISIONS", ("0001", "0002", "0003"))
    return scripts


def test_an_older_catalog_is_migrated_after_a_backup(filled, next_schema):
    with Catalog.open(filled) as catalog:
        with catalog.read() as connection:
            assert connection.execute(sa.text("SELECT mood FROM runs")).scalars().all() == ["fine"] * 3
        assert list_runs(catalog).total == 3
    (backup,) = filled.root.glob("tokenloom.db.backup-*-0002")
    connection = sqlite3.connect(backup)
    assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0002",)
    assert connection.execute("SELECT count(*) FROM runs").fetchone() == (3,)
    connection.close()


def test_a_failed_migration_changes_nothing(filled, next_schema):
    (next_schema / "versions" / "0003_mood.py").write_text(NEXT_MIGRATION + '    op.execute("SELECT * FROM nowhere")\n')
    with pytest.raises(ResourceError):
        Catalog.open(filled)
    connection = sqlite3.connect(filled.database)
    assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0002",)
    assert "mood" not in [row[1] for row in connection.execute("PRAGMA table_info(runs)")]
    connection.close()


def test_several_processes_open_a_new_catalog_at_once(tmp_path):
    text = "import sys; from tokenloom.tracking.catalog import Catalog; Catalog.open(sys.argv[1]).close()"
    children = [
        subprocess.Popen([sys.executable, "-c", text, str(tmp_path)], stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    assert [(child.wait(), child.stderr.read()) for child in children if child.stderr] == [(0, "")] * 4


def test_all_migrations_together_give_the_tables_of_the_schema(tmp_path, database_url):
    """On both databases: a new catalog is created from the schema, an old one by migrations; they must agree."""
    from alembic import command
    from alembic.autogenerate import compare_metadata
    from alembic.config import Config
    from alembic.migration import MigrationContext

    with Catalog.open(tmp_path, database_url) as catalog:
        with catalog.write() as connection:
            schema.metadata.drop_all(connection)
            connection.execute(sa.text("DELETE FROM alembic_version"))
            config = Config()
            config.set_main_option("script_location", str(migrate.SCRIPTS))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        with catalog.read() as connection:
            assert (
                connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() == migrate.REVISIONS[-1]
            )
            options = {"compare_type": True, "include_name": lambda name, kind, _: name != "alembic_version"}
            assert compare_metadata(MigrationContext.configure(connection, opts=options), schema.metadata) == []


def test_a_locked_catalog_is_waited_for(filled):
    holder = sqlite3.connect(filled.database, isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    threading.Timer(2.0, lambda: (holder.execute("ROLLBACK"), holder.close())).start()
    began = time.monotonic()
    with Catalog.open(filled) as catalog:
        list_runs(catalog)  # readers do not wait
        assert time.monotonic() - began < 2.0
        catalog.reset()
    assert time.monotonic() - began >= 2.0


def test_a_catalog_that_stays_locked_is_a_conflict(filled):
    holder = sqlite3.connect(filled.database, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with Catalog.open(filled, busy_seconds=0.1) as catalog:
        with pytest.raises(Conflict, match="busy"):
            catalog.reset()
        assert list_runs(catalog).total == 3
    holder.close()


def test_a_write_that_fails_is_undone(filled):
    with Catalog.open(filled) as catalog:
        with pytest.raises(ZeroDivisionError), catalog.write() as connection:
            connection.execute(schema.runs.delete())
            raise ZeroDivisionError
        assert list_runs(catalog).total == 3


def test_a_full_disk_is_a_clear_error_and_loses_nothing(filled, tmp_path_factory):
    """SQLite's own page limit stands in for the disk: the same error comes from the same place."""
    from tokenloom.kit.errors import DiskFull

    with Catalog.open(filled) as catalog:
        with catalog.engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        with pytest.raises(DiskFull), catalog.write() as connection:
            for number in range(2000):
                row = {"run_id": list_id(connection), "key": f"k{number}", "text": "x" * 4000, "number": None}
                connection.execute(schema.run_params.insert(), row)
    with Catalog.open(filled) as catalog:
        assert list_runs(catalog).total == 3


def list_id(connection: sa.Connection) -> str:
    return str(connection.execute(sa.select(schema.runs.c.id)).scalar())


@pytest.mark.parametrize(("free", "kind"), [(0, DiskFull), (1 << 30, ResourceError)])
def test_side_files_without_room_are_no_damage(filled, monkeypatch, free, kind):
    usage = shutil.disk_usage(filled.root)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=free))
    error = explained(sa.exc.OperationalError("", {}, sqlite3.OperationalError("disk I/O error")), filled.database)
    assert type(error) is kind
    assert bool(error.details.get("is_damaged")) is (kind is ResourceError)


def test_postgres_that_cannot_be_reached_does_not_show_the_password(tmp_path):
    with pytest.raises(ResourceError) as caught:
        Catalog.open(tmp_path, "postgresql://me:SECRET@127.0.0.1:1/db")
    assert "SECRET" not in str(caught.value)
    assert "reachable" in caught.value.hint


def test_without_the_driver_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingExtra, match=r"\[postgres\]"):
        Catalog.open(tmp_path, "postgresql://me@localhost/db")


@pytest.mark.parametrize("url", ["mysql://x", "sqlite:///elsewhere.db", "postgresql://[", "nonsense"])
def test_an_odd_url_is_refused(tmp_path, url):
    with pytest.raises(ResourceError):
        Catalog.open(tmp_path, url)


def test_the_url_comes_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("TOKENLOOM_DATABASE_URL", "mysql://x")
    with pytest.raises(ResourceError, match="database URL"):
        Catalog.open(tmp_path)


def test_sigkill_while_indexing_leaves_a_sound_catalog(filled):
    text = (
        "import sys; from tokenloom.tracking.catalog import Catalog, Indexer\n"
        "indexer = Indexer(Catalog.open(sys.argv[1]))\n"
        "print('go', flush=True)\n"
        "while True: indexer.reindex()"
    )
    for delay in (0.005, 0.02, 0.05):
        child = subprocess.Popen([sys.executable, "-c", text, str(filled.root)], stdout=subprocess.PIPE)
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(delay)
        child.kill()
        child.wait()
        with Catalog.open(filled) as catalog:
            Indexer(catalog).refresh()
            assert [run.metrics["metric 7"]["count"] for run in list_runs(catalog).items] == [50] * 3
