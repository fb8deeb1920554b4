"""Opening the database, reading and writing it, and saying what is wrong with it in words that help.

SQLite: WAL, one writer at a time (BEGIN IMMEDIATE behind a busy timeout), readers never wait. PostgreSQL: plain
transactions. One database belongs to one workspace.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from tokenloom.kit.atomic import disk_full_as_error
from tokenloom.kit.errors import Conflict, DiskFull, MissingExtra, ResourceError, TokenloomError
from tokenloom.kit.workspace import Workspace
from tokenloom.tracking.catalog import migrate

ENVIRONMENT_VARIABLE = "TOKENLOOM_DATABASE_URL"
BUSY_SECONDS = 60.0
LEAST_FREE_BYTES = 1 << 20  # a disk that has less is full
_HEADER = b"SQLite format 3\0"


class Catalog:
    """An open catalog. Safe to use from several threads; each ``read``/``write`` is one transaction."""

    def __init__(self, workspace: Workspace, engine: sa.Engine) -> None:
        self.workspace = workspace
        self.engine = engine
        self._writing = threading.RLock()

    @classmethod
    def open(
        cls,
        workspace: Workspace | Path | str | None = None,
        url: str | None = None,
        *,
        busy_seconds: float = BUSY_SECONDS,
    ) -> Catalog:
        """Open the catalog of a workspace: at ``url``, else ``$TOKENLOOM_DATABASE_URL``, else ``WORKSPACE/tokenloom.db``.

        A missing database is created, an older schema migrated after a backup. Raises Conflict for a newer schema or a
        database that stays locked, ResourceError for one that is damaged or cannot be reached, MissingExtra
        without the PostgreSQL driver.
        """
        place = workspace if isinstance(workspace, Workspace) else Workspace.open(workspace)
        url = url or os.environ.get(ENVIRONMENT_VARIABLE) or ""
        if url.startswith(("postgresql", "postgres")):
            catalog = cls(place, _postgres(url))
        elif url:
            raise ResourceError("The database URL is of no kind that we know.", hint="Use postgresql://user@host/name.")
        else:
            _check_file(place.database)
            catalog = cls(place, sqlite_engine(place.database, busy_seconds))
        try:
            with catalog._explained():
                migrate.bring_up(catalog.engine, place.database)
        except BaseException:
            catalog.close()
            raise
        return catalog

    @classmethod
    def rebuild(cls, workspace: Workspace | Path | str | None = None) -> Catalog:
        """Set a damaged SQLite catalog aside and open an empty one; ``Indexer(catalog).reindex()`` fills it."""
        place = workspace if isinstance(workspace, Workspace) else Workspace.open(workspace)
        aside = f"{place.database}.damaged-{time.time_ns()}"
        for suffix in ("", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                os.replace(f"{place.database}{suffix}", f"{aside}{suffix}")
        return cls.open(place)

    @contextlib.contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A transaction that only reads one consistent state."""
        with self._explained(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A transaction that may write; committed on a clean exit, else undone. One at a time."""
        with self._writing, self._explained(), self.engine.connect() as connection:
            writing = connection.execution_options(is_writing=True)
            with writing.begin():
                yield writing

    def reset(self) -> None:
        """Empty every table, in the newest schema."""
        with self.write() as connection:
            migrate.recreate(connection)

    def close(self) -> None:
        self.engine.dispose()

    def __enter__(self) -> Catalog:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except exc.DBAPIError as error:
            raise explained(error, self.workspace.database) from error


def upsert(connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    """Insert ``rows``, or overwrite those that are there already (by primary key)."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]
    statement = insert(table)
    keys = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    if changed:
        connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), rows)
    else:
        connection.execute(statement.on_conflict_do_nothing(index_elements=keys), rows)


def explained(error: exc.DBAPIError, database: Path) -> TokenloomError:
    """What a database error means for a person."""
    text = str(error.orig).strip()
    low = text.lower()
    is_full = "disk i/o error" in low and _is_full(database)  # what SQLite says where its side files find no room
    if not is_full and ("malformed" in low or "not a database" in low or "disk i/o error" in low):
        return damaged(database, text)
    if "locked" in low or "deadlock" in low:
        return Conflict("The catalog stayed busy for too long.", hint="Another program is writing it; try again.")
    if is_full or "disk is full" in low or "no space left" in low:
        return DiskFull(
            "The disk that holds the catalog is full.", hint="Free some space; nothing that was saved is lost."
        )
    if "readonly" in low or "read-only" in low or "unable to open" in low:
        return ResourceError(
            f"The catalog {database} cannot be written: {text}.", hint="Check the folder's permissions."
        )
    if isinstance(error, exc.IntegrityError):
        return Conflict(
            f"The catalog refuses this: {text}.", hint="It is there already, or what it belongs to is gone."
        )
    return ResourceError(f"The catalog cannot answer: {text[:300]}.", hint="Is the database running and reachable?")


def _is_full(database: Path) -> bool:
    try:
        return shutil.disk_usage(database.parent).free < LEAST_FREE_BYTES
    except OSError:
        return False


def damaged(database: Path, reason: str) -> ResourceError:
    """The error for a SQLite file that cannot be trusted, with the two ways out."""
    backups = sorted(database.parent.glob(f"{database.name}.backup-*"))
    offer = f", or put back the backup {backups[-1].name}" if backups else ""
    return ResourceError(
        f"The catalog {database} is damaged: {reason}. Your runs are not: it is only an index of them.",
        hint=f"Rebuild it from the run folders with `tokenloom reindex`{offer}.",
        is_damaged=True,
        backups=[path.name for path in backups],
    )


def _check_file(database: Path) -> None:
    """Refuse a file that is not a whole SQLite database before SQLite touches it. Missing or empty means new."""
    if not database.exists() or database.stat().st_size == 0:
        return
    try:
        with database.open("rb") as file:
            header = file.read(100)
    except OSError as error:
        raise ResourceError(
            f"The catalog {database} cannot be read: {error.strerror}.", hint="Check its permissions."
        ) from None
    if not header.startswith(_HEADER) or len(header) < 100:
        raise damaged(database, "it does not begin like a SQLite database")
    page = int.from_bytes(header[16:18], "big")
    needed = int.from_bytes(header[28:32], "big") * (65536 if page == 1 else page)
    log = database.with_name(f"{database.name}-wal")
    if (not log.exists() or log.stat().st_size == 0) and database.stat().st_size < needed:
        raise damaged(database, f"it has {database.stat().st_size} of {needed} bytes")


def sqlite_engine(database: Path, busy_seconds: float) -> sa.Engine:
    """Of a file; a transaction that may write is told by the option ``is_writing``."""
    with disk_full_as_error(database.parent):
        engine = sa.create_engine(f"sqlite:///{database}", connect_args={"timeout": busy_seconds})

    @sa.event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        is_writing = connection.get_execution_options().get("is_writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")

    return engine


def _postgres(url: str) -> sa.Engine:
    try:
        import psycopg  # noqa: F401
    except ImportError:
        raise MissingExtra("postgres", "A PostgreSQL catalog") from None
    try:
        parsed = sa.make_url(url).set(drivername="postgresql+psycopg")
    except exc.ArgumentError:
        raise ResourceError("The database URL cannot be read.", hint="Use postgresql://user@host/name.") from None
    return sa.create_engine(parsed, pool_pre_ping=True, connect_args={"connect_timeout": 10})
