"""The tables of the catalog. Small relational things only; never one row per point.

Times are UTC seconds since 1970. NaN is stored as NULL, so that both databases sort and compare alike.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData()

runs = Table(
    "runs",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("task", Text, nullable=False),
    Column("project", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("parent", Text, nullable=False),
    Column("state", String(32), nullable=False),
    Column("state_time", Double, nullable=False),
    Column("reason", Text, nullable=False),
    Column("error", JSON),
    Column("created", Double, nullable=False),
    Column("started", Double),
    Column("ended", Double),
    Column("step", BigInteger),
    Column("total_steps", BigInteger),
    Column("ordinal", BigInteger),  # its number among the runs with curves: colour and dash
    Column("starred", Boolean, nullable=False),
    Column("archived", Boolean, nullable=False),
    Column("notes", Text, nullable=False),
    Column("folder", Text, nullable=False),  # relative to the workspace
    Column("index_cursor", Text, nullable=False),  # how far the logs are folded in
    Column("index_sizes", Text, nullable=False),  # sizes of the logs when they were last looked at
    Column("index_mtime", BigInteger, nullable=False),  # the folder's, in nanoseconds; 0 = look again
    Index("runs_by_created", "created", "id"),
    Index("runs_by_state", "state"),
)


def _of_run() -> Column[str]:
    return Column("run_id", String(64), ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)


run_params = Table(
    "run_params",
    metadata,
    _of_run(),
    Column("key", String(512), primary_key=True),  # dotted name of a leaf of spec.yaml
    Column("text", Text, nullable=False),
    Column("number", Double),
)

run_tags = Table(
    "run_tags",
    metadata,
    _of_run(),
    Column("tag", String(128), primary_key=True),
    Index("run_tags_by_tag", "tag"),
)

run_metrics = Table(
    "run_metrics",
    metadata,
    _of_run(),
    Column("key", String(512), primary_key=True),
    Column("last", Double),
    Column("last_step", BigInteger, nullable=False),
    Column("min", Double),
    Column("min_step", BigInteger, nullable=False),
    Column("max", Double),
    Column("max_step", BigInteger, nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("nan_count", BigInteger, nullable=False),
)


def _thing(noun: str) -> Table:
    return Table(
        noun,
        metadata,
        Column("id", String(64), primary_key=True),
        Column("name", Text, nullable=False),
        Column("version", Text, nullable=False),
        Column("created", Double, nullable=False),
        Column("run_id", Text, nullable=False),  # the run that made it, where one did
        Column("folder", Text, nullable=False),  # relative to the workspace
        Column("meta", JSON, nullable=False),
        Column("index_mtime", BigInteger, nullable=False),
        Index(f"{noun}_by_name", "name", "created"),
    )


datasets, tokenizers, models = _thing("datasets"), _thing("tokenizers"), _thing("models")
exports, evaluations, artifacts = _thing("exports"), _thing("evaluations"), _thing("artifacts")
THINGS: dict[str, Table] = {
    table.name: table for table in (datasets, tokenizers, models, exports, evaluations, artifacts)
}
