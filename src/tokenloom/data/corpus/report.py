"""The corpus views of one version, made once and kept by content."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from tokenloom.data.corpus.asked import MapAsked
from tokenloom.data.dataset import Dataset
from tokenloom.data.progress import UNWATCHED, Watch
from tokenloom.data.statistics import token_statistics
from tokenloom.kit.atomic import atomic_write
from tokenloom.kit.errors import DataError
from tokenloom.kit.ids import content_id
from tokenloom.kit.workspace import Workspace

if TYPE_CHECKING:
    import polars as pl

    from tokenloom.data.corpus.words import Words
    from tokenloom.data.inspecting.views import Blocks
    from tokenloom.data.tokenizer.tokenizer import Tokenizer

VERSION = 2
"""Of these views; another number makes every one anew."""
SAMPLED_ROWS, _SAMPLED_CHARS = 50_000, 20_000_000
_MAPPED_CHARS = 4_000
_TOKENISED_ROWS, _TOKENISED_CHARS, _TOP_TOKENS = 5_000, 8_000_000, 200
_SHOWN = 160


@dataclass(frozen=True)
class Embedded:
    """What a model makes of texts: float32 ``vectors`` (N, H), and how many texts were longer than it was let read."""

    vectors: np.ndarray[Any, np.dtype[np.float32]]
    cut: int


Embed = Callable[[Sequence[str], Watch], Embedded]


def corpus_report(
    workspace: Workspace,
    dataset: Dataset,
    tokenizer: Tokenizer | None = None,
    split: str | None = None,
    watch: Watch = UNWATCHED,
) -> dict[str, Any]:
    """``{rows, sampled_rows, lengths, words, growth, coverage, tokens}``. Lengths are of every row; words of up to 50,000 and tokens of up to
    5,000 rows, spread evenly, as ``sampled_rows`` says."""
    if split is not None:
        dataset.check_split(split)
    fingerprint = None if tokenizer is None else tokenizer.fingerprint
    key = ["corpus", VERSION, split, fingerprint]
    return _kept(workspace, dataset, key, lambda: _counted(dataset, tokenizer, split, watch))


def corpus_map(
    workspace: Workspace,
    dataset: Dataset,
    asked: MapAsked | None = None,
    embed: Embed | None = None,
    watch: Watch = UNWATCHED,
) -> dict[str, Any]:
    """``{rows, x, y, group, groups, texts, sampled_rows, model, max_tokens, cut_rows}`` of up to 20,000 rows; see :mod:`.mapping`.

    By words, or by the model that ``asked`` names, through ``embed``. :class:`DataError` where the model gives no numbers.
    """
    asked = asked or MapAsked()
    if asked.split is not None:
        dataset.check_split(asked.split)
    return _kept(workspace, dataset, asked.key, lambda: _mapped(dataset, asked, embed, watch))


def known_map(workspace: Workspace, dataset: Dataset, asked: MapAsked) -> dict[str, Any] | None:
    """The map, where it was made before."""
    if asked.split is not None:
        dataset.check_split(asked.split)
    return _read(_path(workspace, dataset, asked.key))


def _counted(dataset: Dataset, tokenizer: Tokenizer | None, split: str | None, watch: Watch) -> dict[str, Any]:
    from tokenloom.data.corpus.lengths import histogram, row_lengths
    from tokenloom.data.corpus.words import coverage, frequencies, growth, words_of
    from tokenloom.data.inspecting.views import Blocks

    blocks = Blocks(dataset)
    lengths = row_lengths(blocks, split, watch)
    sample = _within(_sampled(blocks, split, SAMPLED_ROWS)["said"], _SAMPLED_CHARS)
    words = words_of(sample)
    told: dict[str, Any] = {
        "rows": len(lengths["characters"]),
        "sampled_rows": len(sample),
        "lengths": {name: histogram(each) for name, each in lengths.items()},
        "words": frequencies(words),
        "growth": growth(words),
        "coverage": coverage(words),
        "tokens": None,
    }
    if tokenizer is not None and told["rows"]:
        told["tokens"] = _tokens(tokenizer, _within(sample, _TOKENISED_CHARS))
        facts, token_lengths = token_statistics(dataset, tokenizer, split, int(lengths["characters"].sum()))
        told["tokens"] |= facts
        told["lengths"]["tokens"] = histogram(token_lengths)
    return told


def _tokens(tokenizer: Tokenizer, sample: pl.Series) -> dict[str, Any]:
    """The commonest tokens of the texts, and how many never occur."""
    texts = sample.gather_every(max(1, len(sample) // _TOKENISED_ROWS)).to_list()
    coded = tokenizer.encode_batch(texts)
    ids = np.concatenate(coded) if coded else np.zeros(0, np.int32)
    counts = np.bincount(ids, minlength=tokenizer.vocab_size)
    top = [int(each) for each in np.argsort(-counts, kind="stable")[:_TOP_TOKENS] if counts[each]]
    return {
        "top": [{"id": each, "text": tokenizer.decode([each]), "count": int(counts[each])} for each in top],
        "unused": int((counts == 0).sum()),
        "vocab_size": tokenizer.vocab_size,
    }


def _mapped(dataset: Dataset, asked: MapAsked, embed: Embed | None, watch: Watch) -> dict[str, Any]:
    from tokenloom.data.corpus.mapping import laid_out
    from tokenloom.data.corpus.words import words_of
    from tokenloom.data.inspecting.views import Blocks

    sample = _sampled(Blocks(dataset), asked.split, asked.rows)
    by = {"model": asked.model, "max_tokens": asked.max_tokens, "cut_rows": 0}
    if sample.is_empty():
        return {"rows": [], "x": [], "y": [], "group": [], "groups": [], "texts": [], "sampled_rows": 0, **by}
    words = words_of(sample["said"].str.slice(0, _MAPPED_CHARS))
    vectors, by["cut_rows"] = _vectors(sample["said"], words, asked, embed, watch)
    points, groups, names = laid_out(vectors, words)
    return {
        **by,
        "rows": sample["row"].to_list(),
        "x": [round(float(each), 4) for each in points[:, 0]],
        "y": [round(float(each), 4) for each in points[:, 1]],
        "group": groups.tolist(),
        "groups": names,
        "texts": sample["said"].str.slice(0, _SHOWN).to_list(),
        "sampled_rows": sample.height,
    }


def _vectors(
    said: pl.Series, words: Words, asked: MapAsked, embed: Embed | None, watch: Watch
) -> tuple[np.ndarray[Any, np.dtype[np.float32]], int]:
    """What rows are laid out by, and how many of them were cut."""
    from tokenloom.data.corpus.mapping import comparable, word_vectors

    if embed is None:
        return word_vectors(words, len(said)), int((said.str.len_chars() > _MAPPED_CHARS).sum())
    found = embed(said.to_list(), watch)
    if broken := int((~np.isfinite(found.vectors).all(axis=1)).sum()):
        raise DataError(
            f"The model {asked.model} gives no numbers (NaN or infinity) for {broken} of {len(said)} rows.",
            hint="Its weights are damaged, or it needs another number format: set compute.precision=fp32.",
        )
    return comparable(found.vectors), found.cut


def _sampled(blocks: Blocks, split: str | None, count: int) -> pl.DataFrame:
    """Rows of a split, spread evenly over the file, as :func:`views.view` gives them."""
    import polars as pl

    from tokenloom.data.inspecting.views import view

    share = 1.0 if split is None else blocks.dataset.count(split) / max(1, blocks.total)
    if blocks.total * share <= count:
        parts = [view(blocks.dataset, frame) for frame in blocks]
        found = pl.concat(parts)
    else:
        found = blocks.spread(round(count / max(share, 1e-9)), groups=64)
    found = found if split is None else found.filter(pl.col("split") == split)
    step = -(-found.height // count) if found.height > count else 1
    return found.gather_every(step)


def _within(texts: pl.Series, chars: int) -> pl.Series:
    """Fewer of them, spread evenly, where all together are too long."""
    total = int(texts.str.len_chars().sum() or 0)
    return texts.gather_every(1 + total // chars)


def _kept(workspace: Workspace, dataset: Dataset, key: list[Any], make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    path = _path(workspace, dataset, key)
    if (known := _read(path)) is not None:
        return known
    told = make()
    atomic_write(path, orjson.dumps(told))
    return told


def _path(workspace: Workspace, dataset: Dataset, key: list[Any]) -> Path:
    return workspace.cache / "corpus" / dataset.id / f"{content_id(key)}.json"


def _read(path: Path) -> dict[str, Any] | None:
    try:
        known: dict[str, Any] = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return None
    return known
