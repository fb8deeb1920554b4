"""Alembic's entry: migrate the connection that :mod:`tokenloom.tracking.catalog.migrate` hands over."""

from __future__ import annotations

from alembic import context

from tokenloom.tracking.catalog import schema

context.configure(connection=context.config.attributes["connection"], target_metadata=schema.metadata)
context.run_migrations()
