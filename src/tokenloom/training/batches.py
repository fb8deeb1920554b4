"""From memory-mapped tokens to flat batches, as a pure function of (seed, position).

The order of data is an endless stream (`order`). A *group* is what one row became: one sequence, or several that belong together, as two answers to one
prompt. A *window* is what one optimizer step sees: one or more micro-batches. The only state to save is the position.

A sequence of L tokens gives L − 1 places: the input at i, the target at i + 1, learned where the token store says so. Places are laid
end to end without padding; what rounding adds at the end of a row (so that few shapes occur, which kernels like) is a
segment of its own that carries no label.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
import torch

from tokenloom.modeling.attention import SegmentPlan
from tokenloom.modeling.loss import IGNORE
from tokenloom.spec.training.batch import Batch, SequenceBatch
from tokenloom.training.distributed.dealing import deal, shortest
from tokenloom.training.order.buckets import Buckets
from tokenloom.training.order.shuffle import Shuffle

if TYPE_CHECKING:
    from tokenloom.training.order.mixture import Mixture

ROUND_TOKENS = 64
CPU_PIECE = 1024  # tokens: matrix products are as fast as with more, and what a layer touches stays in the cache
ROUND_ROWS = 64
TOKENS_AT_ONCE = 4096  # where no recipe says it: measuring


class Tokens(Protocol):
    """What the engine needs of a token store: flat arrays and where each sequence begins.

    ``width`` sequences in a row form a group; ``columns`` are numbers that stand beside the sequences, by name.
    """

    @property
    def tokens(self) -> np.ndarray: ...
    @property
    def learned(self) -> np.ndarray: ...
    @property
    def offsets(self) -> np.ndarray: ...
    @property
    def rows(self) -> np.ndarray: ...
    @property
    def columns(self) -> Mapping[str, np.ndarray]: ...
    @property
    def width(self) -> int: ...
    def __len__(self) -> int: ...


@dataclass(frozen=True)
class FlatTokens:
    """Tokens in memory: drawn while training, or another store's with more columns beside them."""

    tokens: np.ndarray
    learned: np.ndarray
    offsets: np.ndarray
    rows: np.ndarray
    columns: Mapping[str, np.ndarray]
    width: int = 1

    def __len__(self) -> int:
        return len(self.rows)


def with_columns(store: Tokens, columns: Mapping[str, np.ndarray]) -> FlatTokens:
    """The same tokens with more numbers beside each sequence."""
    whole = {**store.columns, **columns}
    return FlatTokens(store.tokens, store.learned, store.offsets, store.rows, whole, store.width)


@dataclass(frozen=True)
class FlatBatch:
    """One micro-batch. Shapes: T places in all, R labelled rows (rounded up; surplus targets are ignored), B sequences.

    inputs_T, positions_T int64 · targets_R int64 · label_rows_R int64 into T · owner_R int64: the sequence of each labelled row (surplus: 0) ·
    segments · sample_rows: dataset row of each group · num_labels: real labels · num_tokens: places that are not rounding ·
    columns: numbers beside the sequences, (B,) fp32.
    """

    inputs_T: torch.Tensor
    positions_T: torch.Tensor
    label_rows_R: torch.Tensor
    targets_R: torch.Tensor
    owner_R: torch.Tensor
    segments: SegmentPlan
    lengths: np.ndarray
    sample_rows: np.ndarray
    num_labels: int
    num_tokens: int
    columns: Mapping[str, torch.Tensor] = field(default_factory=dict)

    @property
    def num_sequences(self) -> int:
        return len(self.lengths)

    def per_sequence(self, values_R: torch.Tensor) -> torch.Tensor:
        """(B,) sums of a number of each labelled row over its sequence; surplus rows must be 0."""
        return values_R.new_zeros(self.num_sequences).index_add(0, self.owner_R, values_R)

    @cached_property
    def labels_B(self) -> torch.Tensor:
        """(B,) labels of each sequence, fp32."""
        return self.per_sequence((self.targets_R != IGNORE).float())

    def to(self, device: torch.device) -> FlatBatch:
        if device.type == "cpu":
            return self
        names = ("inputs_T", "positions_T", "label_rows_R", "targets_R", "owner_R")
        moved = {name: getattr(self, name).pin_memory().to(device, non_blocking=True) for name in names}
        columns = {name: column.to(device, non_blocking=True) for name, column in self.columns.items()}
        return replace(self, segments=self.segments.to(device), columns=columns, **moved)


class Counted(Protocol):
    """What units are counted by."""

    @property
    def num_labels(self) -> int: ...
    @property
    def num_sequences(self) -> int: ...
    @property
    def columns(self) -> Mapping[str, torch.Tensor]: ...


@dataclass(frozen=True)
class Outline:
    """What a window holds, without its tokens: for a rank that takes a share of it."""

    num_labels: int
    num_sequences: int
    num_tokens: int
    sample_rows: np.ndarray
    columns: Mapping[str, torch.Tensor] = field(default_factory=dict)


@dataclass(frozen=True)
class Window:
    """The micro-batches of one optimizer step, and the position after them.

    Where several ranks share the window, ``batches`` are one rank's, the last ``num_idle`` of them go along without counting, and ``whole`` is what all
    ranks have together.
    """

    batches: tuple[FlatBatch, ...]
    end: int
    whole: Outline | None = None
    num_idle: int = 0
    largest: int = 0
    """Tokens of the largest micro-batch that any of several ranks takes."""

    @property
    def counted(self) -> tuple[Counted, ...]:
        """Everything whose units count, on all ranks."""
        return self.batches if self.whole is None else (self.whole,)

    @property
    def num_labels(self) -> int:
        return sum(each.num_labels for each in self.counted)

    @property
    def num_tokens(self) -> int:
        return sum(batch.num_tokens for batch in self.batches) if self.whole is None else self.whole.num_tokens

    @property
    def sample_rows(self) -> np.ndarray:
        """Dataset rows of the whole window, in the order of the data."""
        return (
            np.concatenate([batch.sample_rows for batch in self.batches])
            if self.whole is None
            else self.whole.sample_rows
        )


@dataclass(frozen=True)
class Share:
    """Which part of each window is this process's: that of ``rank`` among ``world``. ``may_cut``: whether micro-batches may be dealt out in parts."""

    rank: int = 0
    world: int = 1
    may_cut: bool = True


class BatchStream:
    """Windows of a token store in seeded order: shuffled, or micro-batches of like length.

    ``piece_tokens``: micro-batches go through the model in pieces of about so many tokens. The window and its loss stay the same, since
    the loss is a sum over the window's units; only the memory for activations shrinks. ``mixture``: the store is several datasets behind
    each other, and it tells from which of them each place is; an epoch is one pass over the first.
    """

    def __init__(
        self,
        store: Tokens,
        spec: Batch,
        *,
        seed: int,
        piece_tokens: int | None = None,
        mixture: Mixture | None = None,
    ) -> None:
        self.store, self.spec, self.seed, self.piece_tokens, self.mixture = store, spec, seed, piece_tokens, mixture
        self.num_groups = len(store) // store.width
        self.lengths = _group_places(store)
        self.shuffle = Shuffle(self.num_groups, seed=seed, mixture=mixture)
        self.buckets = Buckets(spec, self.lengths, self.shuffle) if spec.order == "bucketed" else None
        self.share = Share()

    def window(self, position: int, *, accumulation: int | None = None) -> Window:
        """The window that begins at ``position``; of several ranks, this one's share of it."""
        micro = []
        for _ in range(accumulation or self.spec.gradient_accumulation_steps):
            groups, position = self._take(position)
            micro.append(groups)
        return self._dealt(micro, position)

    def _dealt(self, micro: list[list[int]], position: int) -> Window:
        """This rank's share of these micro-batches."""
        if self.share.world == 1:
            return Window(tuple(self._laid(piece) for groups in micro for piece in self._pieces(groups)), position)
        shares = deal(micro, self.lengths, self.share.world, may_cut=self.share.may_cut)
        pieces = [[piece for groups in share for piece in self._pieces(groups)] for share in shares]
        own = pieces[self.share.rank]
        idle = [shortest(micro, self.lengths)] * (max(map(len, pieces)) - len(own))
        every = sequences_of(self.store, [group for groups in micro for group in groups])
        largest = max(int(self.lengths[piece].sum()) for its in pieces for piece in its)
        return Window(tuple(map(self._laid, own + idle)), position, outline(self.store, every), len(idle), largest)

    def _laid(self, groups: list[int]) -> FlatBatch:
        return flat_batch(self.store, sequences_of(self.store, groups), round_to=self._round_to())

    def fullest(self) -> Window:
        """What takes the most memory: micro-batches of the longest groups, two for each rank where gradients are added up."""
        order = np.argsort(-self.lengths, kind="stable").tolist()
        if isinstance(self.spec, SequenceBatch):
            groups = order[: self.spec.micro_batch_size]
        else:
            ends = np.cumsum(self.lengths[order])
            groups = order[: max(1, int(np.searchsorted(ends, self.spec.micro_batch_tokens, side="right")))]
        return self._dealt([groups] * min(self.spec.gradient_accumulation_steps, 2 * self.share.world), 0)

    def num_steps(self, num_epochs: float) -> int:
        """Optimizer steps in ``num_epochs`` passes, found by walking through the lengths."""
        end, position, steps = round(num_epochs * self.shuffle.groups_of_epoch), 0, 0
        while self.shuffle.passed(position) < end:
            for _ in range(self.spec.gradient_accumulation_steps):
                _, position = self._take(position)
            steps += 1
        return max(steps, 1)

    def epoch(self, position: int) -> float:
        return self.shuffle.passed(position) / self.shuffle.groups_of_epoch

    def next_turn(self, position: int) -> int:
        """The first place from ``position`` on where rows may be drawn by other shares of the mixture."""
        return position if self.buckets is None else self.buckets.next_stretch(position)

    def _take(self, position: int) -> tuple[list[int], int]:
        """Group numbers of the next micro-batch and the position behind it."""
        if self.buckets is not None:
            return self.buckets.take(position)
        if isinstance(self.spec, SequenceBatch):
            end = position + self.spec.micro_batch_size
            return [self.shuffle.at(place) for place in range(position, end)], end
        taken: list[int] = []
        used = 0
        while True:
            group = self.shuffle.at(position)
            places = int(self.lengths[group])
            if taken and used + places > self.spec.micro_batch_tokens:
                return taken, position
            taken.append(group)
            used += places
            position += 1

    def _pieces(self, groups: list[int]) -> Iterator[list[int]]:
        if self.piece_tokens is None:
            yield groups
            return
        places = self.lengths[groups]
        count = max(1, round(int(places.sum()) / self.piece_tokens))
        ends = np.cumsum(places) * count / places.sum()
        numbers = np.ceil(ends - 1e-9).astype(int)
        for number in np.unique(numbers):
            yield [group for group, its in zip(groups, numbers, strict=True) if its == number]

    def _round_to(self) -> int:
        if self.piece_tokens is not None or isinstance(self.spec, SequenceBatch):
            return ROUND_TOKENS
        return self.spec.micro_batch_tokens


def sequences_of(store: Tokens, groups: list[int]) -> list[int]:
    """The sequences of these groups, in order."""
    return [group * store.width + place for group in groups for place in range(store.width)]


def in_order(store: Tokens, groups: np.ndarray, *, max_tokens: int) -> Iterator[FlatBatch]:
    """Flat batches of these groups in order, for measuring."""
    for taken in runs_of(store, groups, max_tokens=max_tokens):
        yield flat_batch(store, sequences_of(store, taken))


def runs_of(store: Tokens, groups: np.ndarray, *, max_tokens: int) -> Iterator[list[int]]:
    """These groups in order, as many at a time as fit."""
    places = _group_places(store)
    taken: list[int] = []
    used = 0
    for group in groups.tolist():
        if taken and used + int(places[group]) > max_tokens:
            yield taken
            taken, used = [], 0
        taken.append(group)
        used += int(places[group])
    if taken:
        yield taken


def outline(store: Tokens, sequences: list[int]) -> Outline:
    """What these sequences (whole groups) would give as a batch."""
    spans = [(int(store.offsets[each]), int(store.offsets[each + 1])) for each in sequences]
    return Outline(
        num_labels=sum(int(np.count_nonzero(store.learned[start + 1 : end])) for start, end in spans),
        num_sequences=len(sequences),
        num_tokens=sum(end - start - 1 for start, end in spans),
        sample_rows=np.asarray(store.rows)[sequences[:: store.width]],
    )


def _group_places(store: Tokens) -> np.ndarray:
    """Places of each group."""
    return (np.diff(store.offsets) - 1).reshape(-1, store.width).sum(1)


def flat_batch(store: Tokens, sequences: list[int], *, round_to: int = ROUND_TOKENS) -> FlatBatch:
    """Lay sequences (whole groups) end to end; ``round_to`` is the multiple that the row's length is rounded up to."""
    spans = [(int(store.offsets[each]), int(store.offsets[each + 1])) for each in sequences]
    lengths = np.array([end - start - 1 for start, end in spans], dtype=np.int64)
    used = int(lengths.sum())
    total = -(-used // round_to) * round_to
    inputs, positions = np.zeros(total, dtype=np.int64), np.zeros(total, dtype=np.int64)
    targets = np.full(total, IGNORE, dtype=np.int64)
    at = 0
    for (start, end), length in zip(spans, lengths.tolist(), strict=True):
        inputs[at : at + length] = store.tokens[start : end - 1]
        positions[at : at + length] = np.arange(length)
        labels = store.tokens[start + 1 : end].astype(np.int64)
        targets[at : at + length] = np.where(store.learned[start + 1 : end] != 0, labels, IGNORE)
        at += length
    rows = np.flatnonzero(targets != IGNORE)
    surplus = -len(rows) % ROUND_ROWS
    label_rows = np.concatenate([rows, np.zeros(surplus, dtype=np.int64)])
    row_targets = np.concatenate([targets[rows], np.full(surplus, IGNORE, dtype=np.int64)])
    owner = np.concatenate([np.repeat(np.arange(len(lengths)), lengths)[rows], np.zeros(surplus, dtype=np.int64)])
    whole = np.append(lengths, total - used) if total > used else lengths
    return FlatBatch(
        inputs_T=torch.from_numpy(inputs),
        positions_T=torch.from_numpy(positions),
        label_rows_R=torch.from_numpy(label_rows),
        targets_R=torch.from_numpy(row_targets),
        owner_R=torch.from_numpy(owner),
        segments=SegmentPlan.from_lengths(whole),
        lengths=lengths,
        sample_rows=np.asarray(store.rows)[sequences[:: store.width]],
        num_labels=len(rows),
        num_tokens=used,
        columns={name: torch.from_numpy(np.asarray(column)[sequences]) for name, column in store.columns.items()},
    )
