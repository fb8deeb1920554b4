"""Rows tokenised once into flat memory-mapped files whose folder's name is the hash of everything they depend on.

``tokens/<id>/``: ``tokens.bin`` (uint16 below 65,536 tokens of vocabulary, else uint32), ``learned.bin`` (uint8 for each token: 1 = this token is a
target), ``offsets.bin`` (int64, sequences + 1), ``rows.bin`` (int64, ``_row`` of each sequence), ``header.json``.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import orjson

from tokenloom.data.dataset import Dataset
from tokenloom.data.ledger import Ledger, Loss
from tokenloom.data.mapping import BadRow, Example
from tokenloom.data.progress import Cancelled, Progress, report, stop_if
from tokenloom.data.template.renderer import Mask, Renderer
from tokenloom.data.tokenizer.fast import Ids
from tokenloom.data.tokenizer.tokenizer import Tokenizer
from tokenloom.data.versions import remove_stale
from tokenloom.kit.atomic import MANIFEST, atomic_dir_commit
from tokenloom.kit.errors import DataError
from tokenloom.kit.ids import content_id
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.data import RenderSpec

LAYOUT_VERSION = 1
HEADER = "header.json"
_BATCH_ROWS = 2048
_BATCH_CHARS = 8_000_000
_SAMPLE_ROWS = 400
_MAX_REASONS = 50
NOTHING_LEARNED, TOO_LONG, CUT = "nothing learned", "longer than max_sequence_length", "cut at max_sequence_length"
NOT_LEARNED, FIRST = "prompt and marks, not learned", "first token of a sequence"
Array = np.ndarray[Any, np.dtype[Any]]


class TokenStore:
    """A prepared split, opened by memory map: no token is read before it is used. ``len`` = number of sequences.

    Sequence ``i`` is ``tokens[offsets[i]:offsets[i + 1]]``; ``rows[i]`` is the ``_row`` that it came from.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.id = path.name
        try:
            self.header: dict[str, Any] = orjson.loads((path / HEADER).read_bytes())
            self.tokens = self._map("tokens", self.header["dtype"], self.header["num_tokens"])
            self.learned = self._map("learned", "uint8", self.header["num_tokens"])
            self.offsets = self._map("offsets", "int64", self.header["num_sequences"] + 1)
            self.rows = self._map("rows", "int64", self.header["num_sequences"])
        except (OSError, ValueError, KeyError) as error:
            raise DataError(
                f"The prepared tokens {path.name} are damaged ({error}).",
                hint="Delete that folder: they are made again when needed.",
            ) from None

    def __len__(self) -> int:
        return int(self.header["num_sequences"])

    @property
    def num_tokens(self) -> int:
        return int(self.header["num_tokens"])

    @property
    def num_learned(self) -> int:
        """Tokens that are targets."""
        return int(self.header["num_learned"])

    @property
    def longest(self) -> int:
        """Tokens of the longest sequence."""
        return int(self.header["longest"])

    @property
    def vocab_size(self) -> int:
        return int(self.header["vocab_size"])

    @cached_property
    def ledger(self) -> Ledger:
        """raw → read → mapped → split → rendered → kept → trained."""
        return Ledger.from_dict(self.header["ledger"])

    def sequence(self, number: int) -> tuple[Array, Array]:
        """Tokens and learned flags of one sequence, as views of the map."""
        start, end = int(self.offsets[number]), int(self.offsets[number + 1])
        return self.tokens[start:end], self.learned[start:end]

    def _map(self, name: str, dtype: str, length: int) -> Array:
        path = self.path / f"{name}.bin"
        if path.stat().st_size != length * np.dtype(dtype).itemsize:
            raise ValueError(f"{path.name} has the wrong size")
        return np.memmap(path, dtype=dtype, mode="r", shape=(length,)) if length else np.zeros(0, dtype=dtype)


def prepare_tokens(
    workspace: Workspace,
    dataset: Dataset,
    split: str,
    tokenizer: Tokenizer,
    render: RenderSpec | None = None,
    *,
    max_sequence_length: int,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> TokenStore:
    """The tokens of one split, from the cache where everything they depend on is the same, else made now.

    The shorter of ``render.max_sequence_length`` and ``max_sequence_length`` holds. Raises :class:`DataError` where nothing is left to
    learn, or under ``overlong: raise``; :class:`Interrupted` when cancelled, leaving nothing behind.
    """
    render = render or RenderSpec()
    longest = min(render.max_sequence_length or max_sequence_length, max_sequence_length)
    renderer = Renderer(tokenizer, render.template, render.learn, append_end=render.append_end)
    key = {
        "layout": LAYOUT_VERSION,
        "dataset": dataset.id,
        "split": dataset.check_split(split),
        "tokenizer": tokenizer.fingerprint,
        "template": renderer.template if dataset.shape != "text" else "",
        "learn": render.learn,
        "append_end": render.append_end,
        "overlong": render.overlong,
        "max_sequence_length": longest,
    }
    target = workspace.tokens / content_id(key)
    if (target / MANIFEST).is_file():
        with contextlib.suppress(DataError):  # damaged: made again below, in its place
            return TokenStore(target)
    remove_stale(workspace.tokens)
    try:
        with atomic_dir_commit(target, meta=key) as folder:
            _Preparation(dataset, split, renderer, render.overlong, longest).write(folder, progress, cancelled)
    except OSError:
        if not (target / MANIFEST).is_file():  # otherwise another process was first with the same tokens
            raise
    return TokenStore(target)


@dataclass
class _Tally:
    rows: int = 0
    tokens: int = 0
    sequences: int = 0
    rows_kept: int = 0
    tokens_kept: int = 0
    learned: int = 0
    longest: int = 0
    losses: dict[str, Loss] = field(default_factory=dict)
    unrenderable: dict[str, int] = field(default_factory=dict)

    def lose(self, reason: str, rows: int, tokens: int) -> None:
        loss = self.losses.setdefault(reason, Loss())
        loss.rows += rows
        loss.tokens += tokens


class _Files:
    """The open output files of one preparation."""

    def __init__(self, folder: Path, dtype: str, stack: contextlib.ExitStack) -> None:
        self.dtype = dtype
        self._open: dict[str, BinaryIO] = {
            name: stack.enter_context((folder / f"{name}.bin").open("wb", buffering=1 << 20))
            for name in ("tokens", "learned", "offsets", "rows")
        }
        self._end = 0
        self._write("offsets", np.zeros(1, dtype=np.int64))

    def append(self, sequences: list[tuple[Ids, Mask]], rows: list[int]) -> None:
        if not sequences:
            return
        lengths = np.array([len(ids) for ids, _ in sequences], dtype=np.int64)
        self._write("tokens", np.concatenate([ids for ids, _ in sequences]).astype(self.dtype))
        self._write("learned", np.concatenate([mask for _, mask in sequences]))
        self._write("offsets", self._end + np.cumsum(lengths))
        self._write("rows", np.array(rows, dtype=np.int64))
        self._end += int(lengths.sum())

    def _write(self, name: str, array: Array) -> None:
        self._open[name].write(np.ascontiguousarray(array).data)


class _Preparation:
    def __init__(self, dataset: Dataset, split: str, renderer: Renderer, overlong: str, longest: int) -> None:
        self.dataset, self.split, self.renderer = dataset, split, renderer
        self.overlong, self.longest = overlong, longest
        self.tally = _Tally()

    def write(self, folder: Path, progress: Progress | None, cancelled: Cancelled | None) -> None:
        dtype = "uint16" if self.renderer.tokenizer.vocab_size < 1 << 16 else "uint32"
        total = self.dataset.count(self.split)
        self._prove_tokenizer()
        with contextlib.ExitStack() as stack:
            files = _Files(folder, dtype, stack)
            for batch in _batches(self.dataset.examples(self.split)):
                stop_if(cancelled, "Preparing tokens")
                sequences: list[tuple[Ids, Mask]] = []
                rows: list[int] = []
                for example, answer in zip(batch, self.renderer.encode_batch(batch), strict=True):
                    kept = self._kept(example.row, answer)
                    sequences += kept
                    rows += [example.row] * len(kept)
                files.append(sequences, rows)
                report(progress, self.tally.rows, total, "rows")
        ledger = self._ledger()
        ledger.check()
        self._require_something()
        (folder / HEADER).write_text(json.dumps(self._header(dtype, ledger), indent=1))

    def _kept(self, row: int, answer: tuple[Ids, Mask] | BadRow) -> list[tuple[Ids, Mask]]:
        """The sequences that one row becomes, all losses counted."""
        tally = self.tally
        tally.rows += 1
        if isinstance(answer, BadRow):
            reason = str(answer)[:200]
            if reason not in tally.unrenderable and len(tally.unrenderable) >= _MAX_REASONS:
                reason = "other reasons"
            tally.unrenderable[reason] = tally.unrenderable.get(reason, 0) + 1
            return []
        ids, mask = answer
        tally.tokens += len(ids)
        kept = [each for each in self._fitted(row, ids, mask) if self._is_worth(*each)]
        if kept:
            tally.rows_kept += 1
        elif not (self.overlong == "drop" and len(ids) > self.longest):
            tally.lose(NOTHING_LEARNED, 1, 0)
        for ids, mask in kept:
            tally.sequences += 1
            tally.tokens_kept += len(ids)
            tally.learned += int(mask.sum())
            tally.longest = max(tally.longest, len(ids))
        return kept

    def _fitted(self, row: int, ids: Ids, mask: Mask) -> list[tuple[Ids, Mask]]:
        """The overlong policy."""
        if len(ids) <= self.longest:
            return [(ids, mask)]
        if self.overlong == "raise":
            raise DataError(
                f"Row {row} has {len(ids)} tokens; the limit is {self.longest}.",
                hint="Raise render.max_sequence_length, or choose overlong: split, truncate or drop.",
                row=row,
            )
        if self.overlong == "drop":
            self.tally.lose(TOO_LONG, 1, len(ids))
            return []
        if self.overlong == "truncate":
            self.tally.lose(CUT, 0, len(ids) - self.longest)
            return [(ids[: self.longest], mask[: self.longest])]
        starts = range(0, len(ids), self.longest)
        pieces = [(ids[start : start + self.longest], mask[start : start + self.longest].copy()) for start in starts]
        for _, piece_mask in pieces:
            piece_mask[:1] = 0
        return pieces

    def _is_worth(self, ids: Ids, mask: Mask) -> bool:
        if mask.any():
            return True
        self.tally.lose(NOTHING_LEARNED, 0, len(ids))
        return False

    def _ledger(self) -> Ledger:
        tally = self.tally
        ledger = self.dataset.ledger
        before = ledger.stages[-1].rows
        ledger.add(f"split {self.split}", tally.rows).lose("in other splits", rows=before - tally.rows)
        rendered = ledger.add("rendered", tally.rows - sum(tally.unrenderable.values()), tally.tokens)
        for reason, rows in tally.unrenderable.items():
            rendered.lose(reason, rows=rows)
        kept = ledger.add("kept", tally.rows_kept, tally.tokens_kept, sequences=tally.sequences)
        for reason, loss in tally.losses.items():
            kept.lose(reason, rows=loss.rows, tokens=loss.tokens)
        trained = ledger.add("trained", tally.rows_kept, tally.learned, sequences=tally.sequences)
        trained.lose(FIRST, tokens=tally.sequences)
        trained.lose(NOT_LEARNED, tokens=tally.tokens_kept - tally.sequences - tally.learned)
        return ledger

    def _require_something(self) -> None:
        tally = self.tally
        if tally.learned:
            return
        reasons = tally.unrenderable | {reason: loss.rows for reason, loss in tally.losses.items()}
        told = "; ".join(
            f"{rows} × {reason}" for reason, rows in sorted(reasons.items(), key=lambda pair: -pair[1])[:3]
        )
        raise DataError(
            f"The split {self.split} of {self.dataset.name} leaves nothing to learn: {tally.rows} rows, of which {told or 'none'}.",
            hint="Look at the template, the mapping and max_sequence_length.",
        )

    def _header(self, dtype: str, ledger: Ledger) -> dict[str, Any]:
        return {
            "layout": LAYOUT_VERSION,
            "dtype": dtype,
            "vocab_size": self.renderer.tokenizer.vocab_size,
            "num_sequences": self.tally.sequences,
            "num_tokens": self.tally.tokens_kept,
            "num_learned": self.tally.learned,
            "longest": self.tally.longest,
            "template": self.renderer.template,
            "ledger": ledger.as_dict(),
        }

    def _prove_tokenizer(self) -> None:
        """Let the fast path show itself equal on texts from all over the split, not only its beginning."""
        sample = self.dataset.sample(_SAMPLE_ROWS, self.split)
        self.renderer.tokenizer.prove_fast([text for example in sample for text in _texts(example)])


def _texts(example: Example) -> list[str]:
    return [example.text] if example.text is not None else [message["content"] for message in example.messages or []]


def _batches(examples: Iterator[Example]) -> Iterator[list[Example]]:
    """Lists of examples, each bounded in rows and characters."""
    batch: list[Example] = []
    size = 0
    for example in examples:
        batch.append(example)
        size += sum(map(len, _texts(example)))
        if len(batch) >= _BATCH_ROWS or size >= _BATCH_CHARS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
