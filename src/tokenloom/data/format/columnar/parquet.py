"""Parquet: looked at in the sandbox first, then read in small batches that cannot fill the memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tokenloom.data.format.columnar.values import num_chars, record_of, twice_named, unlike
from tokenloom.data.format.record import Record
from tokenloom.kit.errors import DataError
from tokenloom.kit.sandbox import sandbox_child

_MAX_ROW_GROUP = 2 << 30  # declared bytes of one column of one row group, unpacked
_MAX_RATIO, _MIN_LIMIT = 400, 2 << 30  # a file may unpack to 400 times its size, or to 2 GB
_MAX_ROWS = 2_000_000_000
_FIRST_BATCH, _LARGEST_BATCH, _BATCH_CHARS = 256, 4096, 8 << 20


def read_parquet(path: Path, name: str, notes: list[str] | None = None) -> Iterator[Record]:
    """Rows as dicts; times and decimals become text; ``notes`` is told of names that stand twice. Raises :class:`DataError` for a damaged file or a bomb."""
    probed = sandbox_child("tokenloom.data.format.columnar.parquet:probe", memory_bytes=4 << 30, path=str(path))
    if probed["problem"]:
        raise DataError(
            f"{name} {probed['problem']}.",
            hint="Copy it again, or write it once more in smaller row groups or as JSONL.",
        )
    limit = max(_MIN_LIMIT, _MAX_RATIO * path.stat().st_size)
    try:
        with pq.ParquetFile(path) as file:
            original = list(file.schema_arrow.names)
            names = unlike(original)
            if notes is not None:
                notes += twice_named(original, names, name)
            yield from _rows(file, names, name, limit)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DataError(
            f"{name} cannot be read as Parquet: {str(error)[:300]}.", hint="Write the file again."
        ) from None


def probe(path: str) -> dict[str, Any]:
    """Look at the metadata and read a first row; runs inside ``sandbox_child``."""
    try:
        return _probed(path)
    except (pa.ArrowException, OSError, ValueError) as error:
        return {"rows": 0, "problem": f"is a damaged Parquet file ({str(error)[:200].rstrip('.')})"}


def _probed(path: str) -> dict[str, Any]:
    with pq.ParquetFile(path) as file:
        meta = file.metadata
        sizes = [
            meta.row_group(group).column(column).total_uncompressed_size
            for group in range(meta.num_row_groups)
            for column in range(meta.num_columns)
        ]
        problem = ""
        if meta.num_rows < 0 or meta.num_rows > _MAX_ROWS:
            problem = f"says that it has {meta.num_rows} rows"
        elif max(sizes, default=0) > _MAX_ROW_GROUP or min(sizes, default=0) < 0:
            problem = f"has a block that unpacks to {max(sizes) / 1e9:.1f} GB"
        elif meta.num_columns > 10_000:
            problem = f"has {meta.num_columns} columns"
        else:
            next(file.iter_batches(1), None)
        return {"rows": meta.num_rows, "problem": problem}


def _rows(file: pq.ParquetFile, names: list[str], name: str, limit: int) -> Iterator[Record]:
    number = unpacked = 0
    size = _FIRST_BATCH
    for group in range(file.num_row_groups):
        for batch in file.iter_batches(size, row_groups=[group]):
            for row in batch.rename_columns(names).to_pylist():
                number += 1
                unpacked += sum(map(num_chars, row.values()))
                yield record_of(number, row)
            if unpacked > limit:
                raise DataError(
                    f"{name} unpacks to more than {limit / 1e9:.1f} GB, far more than its own size.",
                    hint="If you trust it, write it again as JSONL.",
                )
        size = max(1, min(_LARGEST_BATCH, _BATCH_CHARS // max(1, unpacked // max(1, number))))
