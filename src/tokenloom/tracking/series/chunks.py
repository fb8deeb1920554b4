"""Sealed pieces of one log on disk: made when there is enough, found again, checked, joined when there are many.

``chunks/<rank>/`` is a cache: every file is a function of the log bytes that it covers (with the rewinds among them
applied), so two processes that seal the same range write the same file, and any of them may be deleted.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

from tokenloom.kit.atomic import atomic_write
from tokenloom.kit.errors import TokenloomError
from tokenloom.tracking.decode import RowBlock, scan
from tokenloom.tracking.records import START
from tokenloom.tracking.series.group import Group, rewind_step
from tokenloom.tracking.series.segment import Rows, Segment, encode

SEAL_ROWS = 4_096  # a tail of so many rows of one kind is sealed
FULL_ROWS = 65_536  # a segment of so many rows is never joined with others
JOIN_COUNT = 16
_NAME = re.compile(r"(\d{1,18})-(\d{1,18})\.seg")
_STALE_SECONDS = 600.0  # a reader of another process may still hold a file that was joined


def chunk_folder(log: Path) -> Path:
    """``chunks/0`` beside ``log.0.bin``."""
    return log.parent / "chunks" / log.name.removeprefix("log.").removesuffix(".bin")


def load(log: Path) -> list[Segment]:
    """Sound segments that cover the log from its beginning without a gap; damaged and superseded files are removed."""
    folder = chunk_folder(log)
    by_start: dict[int, list[tuple[int, Path]]] = {}
    try:
        names = os.listdir(folder)  # noqa: PTH208  asked for many runs at once
    except OSError:
        return []
    for name in names:
        if match := _NAME.fullmatch(name):
            by_start.setdefault(int(match[1]), []).append((int(match[2]), folder / name))
    chain: list[Segment] = []
    position = START
    while position in by_start:
        segment = next(_sound(log, sorted(by_start.pop(position), reverse=True)), None)
        if segment is None:
            break
        chain.append(segment)
        position = segment.end
    if len(names) > len(chain):
        _remove_stale(folder, chain)
    return chain


def seal(log: Path, start: int, end: int) -> Segment:
    """Write and open the segment of the log's bytes ``[start, end)``, both at the end of a record."""
    groups: dict[tuple[str, ...], Group] = {}
    rewinds: list[tuple[int, int]] = []
    for block in scan(log, start, stop=end):
        if isinstance(block, RowBlock):
            groups.setdefault(block.keys, Group.empty(block.keys)).pending.append(block)
        elif (step := rewind_step(block)) is not None:
            rewinds.append((block.end, step))
            for group in groups.values():
                group.settle().keep(group.steps <= step)
    rows = [
        Rows(each.keys, each.steps, each.times, each.ends, each.values)
        for each in groups.values()
        if len(each.settle().steps)
    ]
    path = chunk_folder(log) / f"{start}-{end}.seg"
    atomic_write(path, encode(start, end, _mark(log, end), rewinds, rows))
    return Segment(path)


def to_join(chain: list[Segment]) -> list[Segment]:
    """The small segments at the end of the chain once there are enough of them to make one large one."""
    small: list[Segment] = []
    for segment in reversed(chain):
        if max((group.rows for group in segment.groups), default=0) >= FULL_ROWS:
            break
        small.insert(0, segment)
    return small if len(small) >= JOIN_COUNT else []


def seal_end(groups: list[Group]) -> int:
    """Offset up to which a tail may be sealed now; 0 when it is too short.

    The largest group gives whole multiples of 4,096 rows, so that its blocks keep their step across segments.
    """
    largest = max((group.settle() for group in groups), key=lambda each: len(each.ends), default=None)
    if largest is None or len(largest.ends) < SEAL_ROWS:
        return 0
    rows = min(len(largest.ends) // SEAL_ROWS * SEAL_ROWS, FULL_ROWS)
    return int(largest.ends[rows - 1])


def _sound(log: Path, candidates: list[tuple[int, Path]]) -> Iterator[Segment]:
    """Segments that belong to this log, the longest first."""
    for end, path in candidates:
        with contextlib.suppress(OSError, TokenloomError):
            segment = Segment(path)
            if end == segment.end and end <= log.stat().st_size and segment.mark == _mark(log, end):
                yield segment
                continue
        path.unlink(missing_ok=True)


def _mark(log: Path, end: int) -> int:
    """The CRC of the record that ends at ``end``: tells this log from another."""
    with log.open("rb") as file:
        file.seek(end - 4)
        return int.from_bytes(file.read(4), "little")


def _remove_stale(folder: Path, chain: list[Segment]) -> None:
    used = {segment.path.name for segment in chain}
    for path in folder.iterdir():
        with contextlib.suppress(OSError):
            if path.name not in used and time.time() - path.stat().st_mtime > _STALE_SECONDS:
                path.unlink()
