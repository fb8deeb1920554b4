"""Making the tokens of a split: rendered, laid out, kept or lost by a stated policy, and every row and token accounted for."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from tokenloom.data.ahead import one_ahead
from tokenloom.data.dataset import Dataset
from tokenloom.data.ledger import Ledger, Loss
from tokenloom.data.mapping import BadRow, Example
from tokenloom.data.progress import UNWATCHED, Watch, report, stop_if
from tokenloom.data.template.renderer import Mask, Renderer
from tokenloom.data.tokenizer.fast import Ids
from tokenloom.data.tokenizer.tokenizer import Tokenizer
from tokenloom.data.tokens.layout import Group, LanguageLayout, Layout, closed
from tokenloom.data.tokens.store import HEADER, Array, TokenStore
from tokenloom.data.versions import remove_stale
from tokenloom.kit.atomic import MANIFEST, atomic_dir_commit
from tokenloom.kit.errors import DataError
from tokenloom.kit.ids import content_id
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.data import RenderSpec

LAYOUT_VERSION = 2
_BATCH_ROWS = 2048
_BATCH_CHARS = 8_000_000
_SAMPLE_ROWS = 400
_MAX_REASONS = 50
NOTHING_LEARNED, TOO_LONG, CUT = "nothing learned", "longer than max_sequence_length", "cut at max_sequence_length"
LEFT_OUT = "left out by the recipe"
NOT_LEARNED, FIRST = "prompt and marks, not learned", "first token of a sequence"


def prepare_tokens(
    workspace: Workspace,
    dataset: Dataset,
    split: str,
    tokenizer: Tokenizer,
    render: RenderSpec | None = None,
    *,
    max_sequence_length: int,
    layout: Layout | None = None,
    watch: Watch = UNWATCHED,
) -> TokenStore:
    """The tokens of one split, from the cache where everything they depend on is the same, else made now.

    ``layout`` says which sequences a row becomes; without it, one. The shorter of ``render.max_sequence_length`` and
    ``max_sequence_length`` holds. Raises :class:`DataError` where nothing is left to learn, or under ``overlong: raise``;
    :class:`Interrupted` when cancelled, leaving nothing behind.
    """
    render, layout = render or RenderSpec(), layout or LanguageLayout()
    longest = min(render.max_sequence_length or max_sequence_length, max_sequence_length)
    renderer = Renderer(tokenizer, render.template, render.learn, append_end=render.append_end and not layout.closes)
    key = {
        "version": LAYOUT_VERSION,
        "layout": layout.key(),
        "dataset": dataset.id,
        "split": dataset.check_split(split),
        "tokenizer": tokenizer.fingerprint,
        "template": renderer.template if dataset.shape != "text" else "",
        "learn": render.learn,
        "append_end": renderer.append_end,
        "overlong": render.overlong,
        "leave_out": sorted(set(render.leave_out)),
        "max_sequence_length": longest,
    }
    target = workspace.tokens / content_id(key)
    if (target / MANIFEST).is_file():
        with contextlib.suppress(DataError):  # damaged: made again below, in its place
            return TokenStore(target)
    remove_stale(workspace.tokens)
    try:
        with atomic_dir_commit(target, meta=key) as folder:
            _Preparation(dataset, split, renderer, layout, render, longest).write(folder, watch)
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

    def __init__(self, folder: Path, dtype: str, stack: contextlib.ExitStack, *, has_values: bool) -> None:
        self.dtype = dtype
        names = ["tokens", "learned", "offsets", "rows", *(["values"] if has_values else [])]
        self._open: dict[str, BinaryIO] = {
            name: stack.enter_context((folder / f"{name}.bin").open("wb", buffering=1 << 20)) for name in names
        }
        self._end = 0
        self._write("offsets", np.zeros(1, dtype=np.int64))

    def append(self, groups: list[Group], rows: list[int]) -> None:
        sequences = [each for group in groups for each in group.sequences]
        if not sequences:
            return
        lengths = np.array([len(ids) for ids, _ in sequences], dtype=np.int64)
        self._write("tokens", np.concatenate([ids for ids, _ in sequences]).astype(self.dtype))
        self._write("learned", np.concatenate([mask for _, mask in sequences]))
        self._write("offsets", self._end + np.cumsum(lengths))
        self._write("rows", np.repeat(rows, [len(group.sequences) for group in groups]).astype(np.int64))
        if "values" in self._open:
            self._write("values", np.array([value for group in groups for value in group.values], dtype=np.float32))
        self._end += int(lengths.sum())

    def _write(self, name: str, array: Array) -> None:
        self._open[name].write(np.ascontiguousarray(array).data)


class _Preparation:
    def __init__(
        self, dataset: Dataset, split: str, renderer: Renderer, layout: Layout, render: RenderSpec, longest: int
    ) -> None:
        self.dataset, self.split, self.renderer, self.layout = dataset, split, renderer, layout
        self.overlong, self.longest = render.overlong, longest
        self.left_out = frozenset(render.leave_out)
        self.tally = _Tally()

    def write(self, folder: Path, watch: Watch) -> None:
        dtype = "uint16" if self.renderer.tokenizer.vocab_size < 1 << 16 else "uint32"
        total = self.dataset.count(self.split)
        self._prove_tokenizer()
        with contextlib.ExitStack() as stack:
            files = _Files(folder, dtype, stack, has_values=self.layout.has_values)
            read = one_ahead(_batches(self.dataset.examples(self.split)))
            for batch in stack.enter_context(contextlib.closing(read)):
                stop_if(watch.cancelled, "Preparing tokens")
                groups: list[Group] = []
                rows: list[int] = []
                for example, answer in zip(batch, self.layout.groups(batch, self.renderer), strict=True):
                    kept = self._kept(example.row, answer)
                    groups += kept
                    rows += [example.row] * len(kept)
                files.append(groups, rows)
                report(watch.progress, self.tally.rows, total, "rows")
        ledger = self._ledger()
        ledger.check()
        self._require_something()
        (folder / HEADER).write_text(json.dumps(self._header(dtype, ledger), indent=1))

    def _kept(self, row: int, answer: Group | BadRow) -> list[Group]:
        """The groups that one row becomes, all losses counted."""
        tally = self.tally
        tally.rows += 1
        if row in self.left_out:
            answer = BadRow(LEFT_OUT)
        if isinstance(answer, BadRow):
            reason = str(answer)[:200]
            if reason not in tally.unrenderable and len(tally.unrenderable) >= _MAX_REASONS:
                reason = "other reasons"
            tally.unrenderable[reason] = tally.unrenderable.get(reason, 0) + 1
            return []
        tally.tokens += _num_tokens(answer)
        fitted = self._fitted(row, answer)
        kept = [group for group in fitted if self._is_worth(group)]
        if kept:
            tally.rows_kept += 1
        elif fitted:
            tally.lose(NOTHING_LEARNED, 1, 0)
        for ids, mask in (each for group in kept for each in group.sequences):
            tally.sequences += 1
            tally.tokens_kept += len(ids)
            tally.learned += int(mask.sum())
            tally.longest = max(tally.longest, len(ids))
        return kept

    def _fitted(self, row: int, group: Group) -> list[Group]:
        """The overlong policy. A group that is more than one text cannot be split: it is dropped instead."""
        longest = max(len(ids) for ids, _ in group.sequences)
        if longest <= self.longest:
            return [group]
        if self.overlong == "raise":
            raise DataError(
                f"Row {row} has {longest} tokens; the limit is {self.longest}.",
                hint="Raise render.max_sequence_length, or choose overlong: split, truncate or drop.",
                row=row,
            )
        if self.overlong == "truncate":
            cut = [self._truncated(*each) for each in group.sequences]
            self.tally.lose(CUT, 0, _num_tokens(group) - sum(len(ids) for ids, _ in cut))
            return [replace(group, sequences=cut)]
        if self.overlong == "drop" or self.layout.width > 1 or self.layout.closes:
            self.tally.lose(TOO_LONG, 1, _num_tokens(group))
            return []
        return self._pieces(*group.sequences[0])

    def _truncated(self, ids: Ids, mask: Mask) -> tuple[Ids, Mask]:
        return closed(ids[: self.longest - 1]) if self.layout.closes else (ids[: self.longest], mask[: self.longest])

    def _pieces(self, ids: Ids, mask: Mask) -> list[Group]:
        starts = range(0, len(ids), self.longest)
        pieces = [(ids[start : start + self.longest], mask[start : start + self.longest].copy()) for start in starts]
        for _, piece_mask in pieces:
            piece_mask[:1] = 0
        return [Group([piece]) for piece in pieces]

    def _is_worth(self, group: Group) -> bool:
        if all(mask.any() for _, mask in group.sequences):
            return True
        self.tally.lose(NOTHING_LEARNED, 0, _num_tokens(group))
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
            "layout": self.layout.name,
            "width": self.layout.width,
            "has_values": self.layout.has_values,
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
        self.renderer.tokenizer.prove_fast([text for example in sample for text in example.texts])


def _num_tokens(group: Group) -> int:
    return sum(len(ids) for ids, _ in group.sequences)


def _batches(examples: Iterator[Example]) -> Iterator[list[Example]]:
    """Lists of examples, each bounded in rows and characters."""
    batch: list[Example] = []
    size = 0
    for example in examples:
        batch.append(example)
        size += sum(map(len, example.texts))
        if len(batch) >= _BATCH_ROWS or size >= _BATCH_CHARS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
