"""Arrow: IPC files (Feather is one) and IPC streams. Every block is opened in the sandbox first, then read piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from tokenloom.data.format.columnar.values import num_chars, record_of, twice_named, unlike
from tokenloom.data.format.record import Record
from tokenloom.kit.errors import DataError
from tokenloom.kit.sandbox import sandbox_child

_MAX_RATIO, _MIN_LIMIT = 400, 2 << 30  # a file may unpack to 400 times its size, or to 2 GB
_MAX_BLOCK = 2 << 30  # bytes of one block, unpacked
_MAX_COLUMNS = 10_000
_PIECE_CHARS, _FIRST_PIECE, _LARGEST_PIECE = 8 << 20, 256, 4096
_BYTES_PER_SECOND = 50 << 20  # slower reading than this is stopped


def read_arrow(path: Path, name: str, notes: list[str] | None = None) -> Iterator[Record]:
    """Rows as dicts; times and decimals become text; ``notes`` is told of names that stand twice. Raises :class:`DataError` for a damaged file or a bomb."""
    limit = max(_MIN_LIMIT, _MAX_RATIO * path.stat().st_size)
    seconds = 30 + path.stat().st_size // _BYTES_PER_SECOND
    probed = sandbox_child(
        "tokenloom.data.format.columnar.arrow:probe",
        memory_bytes=6 << 30,
        cpu_seconds=seconds,
        wall_seconds=2.0 * seconds,
        path=str(path),
        limit=limit,
    )
    if probed["problem"]:
        raise DataError(f"{name} {probed['problem']}.", hint="Write it again in smaller blocks, or as JSONL.")
    number = unpacked = 0
    size = _FIRST_PIECE
    try:
        for block in _blocks(path):
            names = unlike(block.schema.names)
            if notes is not None and number == 0:
                notes += twice_named(block.schema.names, names, name)
            block = block.rename_columns(names)
            for start in range(0, block.num_rows, size):
                for row in block.slice(start, size).to_pylist():
                    number += 1
                    unpacked += sum(map(num_chars, row.values()))
                    yield record_of(number, row)
                if unpacked > limit:
                    raise DataError(f"{name} unpacks to more than {limit / 1e9:.1f} GB, far more than its own size.")
            size = max(1, min(_LARGEST_PIECE, _PIECE_CHARS // max(1, unpacked // max(1, number))))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DataError(f"{name} cannot be read as Arrow: {str(error)[:300]}.", hint="Write the file again.") from None


def probe(path: str, limit: int) -> dict[str, Any]:
    """Read every block once, counting what it unpacks to; runs inside ``sandbox_child``."""
    rows = total = 0
    problem = ""
    try:
        for block in _blocks(Path(path)):
            block.validate()
            rows += block.num_rows
            total += block.nbytes
            if block.num_columns > _MAX_COLUMNS:
                problem = f"has {block.num_columns} columns"
            elif block.nbytes > _MAX_BLOCK:
                problem = f"has a block that unpacks to {block.nbytes / 1e9:.1f} GB"
            elif total > limit:
                problem = f"unpacks to more than {limit / 1e9:.1f} GB, far more than its own size"
            if problem:
                break
    except (pa.ArrowException, OSError, ValueError) as error:
        problem = f"is a damaged Arrow file ({str(error)[:200]})"
    return {"rows": rows, "problem": problem}


def _blocks(path: Path) -> Iterator[Any]:
    """Record batches one after another."""
    with path.open("rb") as file:
        mark = file.read(6)
    with pa.OSFile(str(path)) as source:
        if mark == b"ARROW1":
            reader = pa.ipc.open_file(source)
            yield from (reader.get_batch(place) for place in range(reader.num_record_batches))
        else:
            yield from pa.ipc.open_stream(source)
