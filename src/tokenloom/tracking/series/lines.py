"""One metric of one run along an axis, read as coarsely as a grid allows and never more coarsely than is exact.

A sealed block whose points all fall into one bucket is used through its summary; a block that an edge of a bucket or of
the range cuts through is read point by point. So every bucket has its true extremes, whatever the zoom.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tokenloom.tracking.decode import Floats
from tokenloom.tracking.series.bucket import LEVELS, Atoms, Buckets, Grid, fold, fold_points
from tokenloom.tracking.series.columns import Part, Points, RunTable, is_plain, joined

TOKENS_KEY = "train/tokens"
_MAX_CUT = 0.5  # share of blocks that edges may cut before reading all points is cheaper


@dataclass(slots=True)
class Piece:
    """Consecutive points of a line in x order: from index ``first`` up to ``stop`` of a part, or of plain arrays."""

    x: Floats
    part: Part | None
    plain: Floats | None
    first: int
    stop: int

    @property
    def count(self) -> int:
        return self.stop - self.first

    def values(self) -> Floats:
        if self.plain is not None:
            return self.plain
        assert self.part is not None
        return self.part.values()


@dataclass(slots=True)
class Line:
    """The pieces of one metric of one run that lie in the range."""

    run_id: str
    key: str
    pieces: list[Piece]

    @property
    def count(self) -> int:
        return sum(piece.count for piece in self.pieces)

    @property
    def bounds(self) -> tuple[float, float]:
        """Smallest and largest x; the line must have a point."""
        first, last = self.pieces[0], self.pieces[-1]
        return float(first.x[first.first]), float(last.x[last.stop - 1])

    @property
    def rhythm(self) -> tuple[int, int]:
        """First step and stride of the oldest sealed part; zeros when there is none."""
        for piece in self.pieces:
            if piece.part is not None and piece.part.stride:
                return piece.part.first, piece.part.stride
        return 0, 0

    def points(self) -> Buckets:
        """Every point as its own bucket."""
        if not self.pieces:
            return Buckets.of_points(np.empty(0), np.empty(0))
        x = np.concatenate([piece.x[piece.first : piece.stop] for piece in self.pieces])
        return Buckets.of_points(x, np.concatenate([piece.values()[piece.first : piece.stop] for piece in self.pieces]))

    def folded(self, grid: Grid) -> Buckets:
        """The buckets of ``grid``."""
        if len(self.pieces) == 1 and self.pieces[0].part is None:
            piece = self.pieces[0]
            return fold_points(piece.x[piece.first : piece.stop], piece.values()[piece.first : piece.stop], grid)
        return fold(Atoms.join([_atoms(piece, grid) for piece in self.pieces]), grid)


def line(table: RunTable, run_id: str, key: str, axis: str, start: float | None, stop: float | None) -> Line:
    """The points of ``key`` with ``start ≤ x ≤ stop`` along ``axis``."""
    if axis == "step" and (small := table.small(key)) is not None:
        piece = _piece(small[0], None, small[1], start, stop)
        return Line(run_id, key, [piece] if piece.count else [])
    parts = table.parts(key)
    along = _axis(table, axis)
    if is_plain(parts):
        pieces = [_piece(along(part), part, None, start, stop) for part in parts]
        if _is_rising(pieces):
            return Line(run_id, key, [piece for piece in pieces if piece.count])
    points = joined(parts)
    x = along(points)
    order = np.argsort(x, kind="stable")  # a clock that jumped, or a counter that went back
    piece = _piece(x[order], None, points.values[order], start, stop)
    return Line(run_id, key, [piece] if piece.count else [])


def _piece(x: Floats, part: Part | None, plain: Floats | None, start: float | None, stop: float | None) -> Piece:
    first = 0 if start is None else int(np.searchsorted(x, start, side="left"))
    last = len(x) if stop is None else int(np.searchsorted(x, stop, side="right"))
    return Piece(x, part, plain, first, max(first, last))


def _is_rising(pieces: list[Piece]) -> bool:
    newest = -np.inf
    for piece in pieces:
        if piece.x[0] < newest or (
            (piece.part is None or piece.part.stride is None) and np.any(piece.x[1:] < piece.x[:-1])
        ):
            return False
        newest = piece.x[-1]
    return True


def _axis(table: RunTable, axis: str) -> Callable[[Part | Points], Floats]:
    """What gives the x of points or of a part."""
    if axis == "step":
        return lambda source: _steps(source).astype(np.float64)
    if axis == "tokens":
        known = table.points(TOKENS_KEY)
        return lambda source: carried(known, _steps(source))
    since = table.first_time() if axis == "elapsed" else 0.0
    return lambda source: (source.times if isinstance(source, Points) else source.times()) - since


def _steps(source: Part | Points) -> npt.NDArray[np.int64]:
    return source.steps if isinstance(source, Points) else source.steps()


def carried(known: Points, steps: npt.NDArray[np.int64]) -> Floats:
    """Newest finite number of ``known`` at each of ``steps``; 0 before the first."""
    fine = np.isfinite(known.values)
    padded = np.concatenate([[0.0], known.values[fine]])
    return padded[np.searchsorted(known.steps[fine], steps, side="right")]


def _atoms(piece: Piece, grid: Grid) -> Atoms:
    level = _level(piece, grid)
    if level is None:
        inside = slice(piece.first, piece.stop)
        return Atoms.of_points(piece.x[inside], piece.values()[inside])
    size = LEVELS[level]
    whole = _whole_blocks(piece, grid, size)
    assert piece.part is not None
    summary = piece.part.summary(level)
    assert summary is not None
    blocks = Atoms(
        x=piece.x[whole * size],
        low=summary.low[whole],
        high=summary.high[whole],
        total=summary.total[whole],
        last=summary.last[whole],
        count=size - summary.nan[whole],
        nan=summary.nan[whole],
    )
    is_covered = np.zeros(piece.count, bool)
    offsets = (whole * size - piece.first)[:, None] + np.arange(size)
    is_covered[offsets.ravel()] = True
    if is_covered.all():
        return blocks
    rest = np.flatnonzero(~is_covered) + piece.first
    return _interleaved(blocks, whole * size, Atoms.of_points(piece.x[rest], piece.values()[rest]), rest)


def _level(piece: Piece, grid: Grid) -> int | None:
    """The coarsest level whose blocks fit the grid without a cut, else the finest with few; None for point by point."""
    if piece.part is None or piece.count < LEVELS[0]:
        return None
    spacing = (piece.x[piece.stop - 1] - piece.x[piece.first]) / (piece.count - 1)
    for level in reversed(range(len(LEVELS))):
        size = LEVELS[level]
        possible = piece.stop // size - -(-piece.first // size)
        if size * spacing > grid.width or possible < 1 or piece.part.summary(level) is None:
            continue
        whole = len(_whole_blocks(piece, grid, size))
        if whole == possible or (level == 0 and whole >= _MAX_CUT * possible):
            return level
    return None


def _whole_blocks(piece: Piece, grid: Grid, size: int) -> npt.NDArray[np.intp]:
    """Numbers of the blocks of ``size`` rows that lie in the range and in one bucket."""
    blocks = np.arange(-(-piece.first // size), piece.stop // size)
    first, last = piece.x[blocks * size], piece.x[blocks * size + size - 1]
    is_whole: npt.NDArray[np.bool_] = grid.bucket(first) == grid.bucket(last)
    return blocks[is_whole]


def _interleaved(
    blocks: Atoms, block_rows: npt.NDArray[np.intp], points: Atoms, point_rows: npt.NDArray[np.intp]
) -> Atoms:
    """Both in the order of their rows."""
    order = np.argsort(np.concatenate([block_rows, point_rows]), kind="stable")
    joint = Atoms.join([blocks, points])
    return Atoms(*(getattr(joint, name)[order] for name in Atoms.__slots__))
