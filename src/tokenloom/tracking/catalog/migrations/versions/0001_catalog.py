"""The first catalog."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    _runs()
    _of_runs()
    for noun in ("datasets", "tokenizers", "models", "exports", "evaluations", "artifacts"):
        _things(noun)


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.String(64), primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("name", "task", "project", "source", "parent")),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("state_time", sa.Double, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("error", sa.JSON),
        sa.Column("created", sa.Double, nullable=False),
        sa.Column("started", sa.Double),
        sa.Column("ended", sa.Double),
        sa.Column("step", sa.BigInteger),
        sa.Column("total_steps", sa.BigInteger),
        sa.Column("starred", sa.Boolean, nullable=False),
        sa.Column("archived", sa.Boolean, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("notes", "folder", "index_cursor", "index_sizes")),
        sa.Column("index_mtime", sa.BigInteger, nullable=False),
    )
    op.create_index("runs_by_created", "runs", ["created", "id"])
    op.create_index("runs_by_state", "runs", ["state"])


def _of_run() -> sa.Column[str]:
    return sa.Column("run_id", sa.String(64), sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)


def _of_runs() -> None:
    op.create_table(
        "run_params",
        _of_run(),
        sa.Column("key", sa.String(512), primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("number", sa.Double),
    )
    op.create_table("run_tags", _of_run(), sa.Column("tag", sa.String(128), primary_key=True))
    op.create_index("run_tags_by_tag", "run_tags", ["tag"])
    pairs = [("last", "last_step"), ("min", "min_step"), ("max", "max_step")]
    op.create_table(
        "run_metrics",
        _of_run(),
        sa.Column("key", sa.String(512), primary_key=True),
        *(
            column
            for value, step in pairs
            for column in (sa.Column(value, sa.Double), sa.Column(step, sa.BigInteger, nullable=False))
        ),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("nan_count", sa.BigInteger, nullable=False),
    )


def _things(noun: str) -> None:
    op.create_table(
        noun,
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("created", sa.Double, nullable=False),
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("folder", sa.Text, nullable=False),
        sa.Column("meta", sa.JSON, nullable=False),
        sa.Column("index_mtime", sa.BigInteger, nullable=False),
    )
    op.create_index(f"{noun}_by_name", noun, ["name", "created"])
