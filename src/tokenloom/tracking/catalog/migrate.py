"""Bringing a database to the newest schema: create, migrate under a lock after a backup, or refuse a newer one."""

from __future__ import annotations

import contextlib
import fcntl
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from tokenloom.kit.errors import Conflict
from tokenloom.tracking.catalog import schema

SCRIPTS = Path(__file__).parent / "migrations"
REVISIONS: tuple[str, ...] = ("0001", "0002")  # oldest first; each has a file in migrations/versions
_VERSION = sa.Table("alembic_version", sa.MetaData(), sa.Column("version_num", sa.String(32), primary_key=True))
_LOCK_NUMBER = 0x746C6F6F6D  # PostgreSQL advisory lock: "tloom"


def bring_up(engine: sa.Engine, database: Path) -> None:
    """Leave ``engine`` at the newest schema. The common case, nothing to do, costs one small query."""
    if _revision(engine) == REVISIONS[-1]:
        return
    with _exclusively(engine, database):
        revision = _revision(engine)  # another process may have done it meanwhile
        if revision is None:
            with engine.connect().execution_options(is_writing=True) as connection, connection.begin():
                recreate(connection)
        elif revision not in REVISIONS:
            raise Conflict(
                f"The catalog has the schema “{revision}”, which is newer than this Tokenloom knows.",
                hint="Update Tokenloom, or use another workspace.",
            )
        elif revision != REVISIONS[-1]:
            if engine.dialect.name == "sqlite":
                _back_up(database, revision)
            _upgrade(engine)


def recreate(connection: sa.Connection) -> None:
    """Drop all tables and create them anew in the newest schema."""
    schema.metadata.drop_all(connection)
    schema.metadata.create_all(connection)
    _VERSION.create(connection, checkfirst=True)
    connection.execute(_VERSION.delete())
    connection.execute(_VERSION.insert(), {"version_num": REVISIONS[-1]})


def _revision(engine: sa.Engine) -> str | None:
    with engine.connect() as connection, connection.begin():
        if not sa.inspect(connection).has_table(_VERSION.name):
            return None
        return connection.execute(sa.select(_VERSION.c.version_num)).scalar()


def _upgrade(engine: sa.Engine) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    with engine.connect().execution_options(is_writing=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _back_up(database: Path, revision: str) -> None:
    """A consistent copy beside the database, made by SQLite itself."""
    target = database.with_name(f"{database.name}.backup-{time.strftime('%Y%m%d-%H%M%S')}-{revision}")
    with contextlib.closing(sqlite3.connect(database)) as source, contextlib.closing(sqlite3.connect(target)) as copy:
        source.backup(copy)


@contextlib.contextmanager
def _exclusively(engine: sa.Engine, database: Path) -> Iterator[None]:
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            connection.execute(sa.select(sa.func.pg_advisory_lock(_LOCK_NUMBER)))
            try:
                yield
            finally:
                connection.execute(sa.select(sa.func.pg_advisory_unlock(_LOCK_NUMBER)))
    else:
        with database.with_name(f"{database.name}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
