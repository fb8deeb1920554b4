"""The corpus views of one version, made once and kept by content."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from tokenloom.data.dataset import Dataset
from tokenloom.data.progress import UNWATCHED, Watch
from tokenloom.data.statistics import statistics
from tokenloom.kit.atomic import atomic_write
from tokenloom.kit.ids import content_id
from tokenloom.kit.workspace import Workspace

if TYPE_CHECKING:
    import polars as pl

    from tokenloom.data.inspecting.views import Blocks
    from tokenloom.data.tokenizer.tokenizer import Tokenizer

VERSION = 1
"""Of these views; another number makes every one anew."""
SAMPLED_ROWS, _SAMPLED_CHARS = 50_000, 20_000_000
MAPPED_ROWS = 20_000
_TOKENISED_ROWS, _TOKENISED_CHARS, _TOP_TOKENS = 5_000, 8_000_000, 200
_SHOWN = 160


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


def corpus_map(workspace: Workspace, dataset: Dataset, split: str | None = None, limit: int = 5_000) -> dict[str, Any]:
    """``{rows, x, y, group, groups, texts, sampled_rows}`` of up to ``limit`` rows, at most 20,000; see :mod:`.mapping`."""
    if split is not None:
        dataset.check_split(split)
    limit = max(1, min(limit, MAPPED_ROWS))
    return _kept(workspace, dataset, ["map", VERSION, split, limit], lambda: _mapped(dataset, split, limit))


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
        told["tokens"], token_lengths = _tokens(dataset, tokenizer, split, _within(sample, _TOKENISED_CHARS))
        told["lengths"]["tokens"] = histogram(token_lengths)
    return told


def _tokens(
    dataset: Dataset, tokenizer: Tokenizer, split: str | None, sample: pl.Series
) -> tuple[dict[str, Any], np.ndarray[Any, np.dtype[np.int64]]]:
    """What the tokenizer makes of it: the statistics of :mod:`tokenloom.data.statistics` and its commonest tokens."""
    texts = sample.gather_every(max(1, len(sample) // _TOKENISED_ROWS)).to_list()
    coded = tokenizer.encode_batch(texts)
    ids = np.concatenate(coded) if coded else np.zeros(0, np.int32)
    counts = np.bincount(ids, minlength=tokenizer.vocab_size)
    top = [int(each) for each in np.argsort(-counts, kind="stable")[:_TOP_TOKENS] if counts[each]]
    told = statistics(dataset, tokenizer, split)["tokens"]
    told["top"] = [{"id": each, "text": tokenizer.decode([each]), "count": int(counts[each])} for each in top]
    told["unused"] = int((counts == 0).sum())
    told["vocab_size"] = tokenizer.vocab_size
    return told, np.array([len(each) for each in coded], np.int64)


def _mapped(dataset: Dataset, split: str | None, limit: int) -> dict[str, Any]:
    from tokenloom.data.corpus.mapping import laid_out
    from tokenloom.data.corpus.words import words_of
    from tokenloom.data.inspecting.views import Blocks

    sample = _sampled(Blocks(dataset), split, limit)
    if sample.is_empty():
        return {"rows": [], "x": [], "y": [], "group": [], "groups": [], "texts": [], "sampled_rows": 0}
    points, groups, names = laid_out(words_of(sample["said"].str.slice(0, 4_000)), sample.height)
    return {
        "rows": sample["row"].to_list(),
        "x": [round(float(each), 4) for each in points[:, 0]],
        "y": [round(float(each), 4) for each in points[:, 1]],
        "group": groups.tolist(),
        "groups": names,
        "texts": sample["said"].str.slice(0, _SHOWN).to_list(),
        "sampled_rows": sample.height,
    }


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
    path = workspace.cache / "corpus" / dataset.id / f"{content_id(key)}.json"
    try:
        known: dict[str, Any] = orjson.loads(path.read_bytes())
        return known
    except (OSError, orjson.JSONDecodeError):
        told = make()
        atomic_write(path, orjson.dumps(told))
        return told
