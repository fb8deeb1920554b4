"""The catalog: a small relational index of the run folders, in SQLite or PostgreSQL, that can always be rebuilt."""

from __future__ import annotations

from tokenloom.tracking.catalog.database import Catalog
from tokenloom.tracking.catalog.indexer import Indexer

__all__ = ["Catalog", "Indexer"]
