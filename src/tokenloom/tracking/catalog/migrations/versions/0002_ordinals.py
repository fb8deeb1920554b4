"""Runs with curves are numbered: their colour and dash."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("runs", sa.Column("ordinal", sa.BigInteger))
    op.execute("UPDATE runs SET index_mtime = 0")  # look at every folder again
