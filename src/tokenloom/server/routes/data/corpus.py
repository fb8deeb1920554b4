"""``/api/datasets/{dataset}/corpus`` and ``/map``: what the texts are made of, and rows as points of a plane."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from tokenloom.server.answers import Reference
from tokenloom.server.studio import Here
from tokenloom.spec.base import DeferredModel

router = APIRouter(tags=["datasets"])
Split = Annotated[str | None, Query(max_length=100, description="Only this split.")]


class LengthHistogram(DeferredModel):
    """How many rows have which length; there is one edge more than counts."""

    edges: list[int]
    counts: list[int]
    percentiles: dict[str, float]
    mean: float
    total: int


class Counted(DeferredModel):
    """A word, a run of words, or a token, and how often it stands there."""

    text: str
    count: int
    id: int | None = None


class WordFrequencies(DeferredModel):
    """Words of the sampled rows."""

    total: int
    distinct: int
    once: int
    """Words that stand there a single time."""
    top: list[Counted]
    pairs: list[Counted]
    triples: list[Counted]


class VocabularyGrowth(DeferredModel):
    """Different words among the first n, and Heaps' law V = K n^beta fitted to it."""

    words: list[int]
    distinct: list[int]
    k: float | None
    beta: float | None


class WordCoverage(DeferredModel):
    """What share of the text the k commonest words make."""

    words: list[int]
    share: list[float]


class TokenFacts(DeferredModel):
    """What a tokenizer makes of the rows."""

    sampled_rows: int
    template: str
    """The template that the rows were read with; empty where none could be, so that the texts alone were counted."""
    total_estimate: int
    per_row: dict[str, float]
    characters_per_token: float
    vocabulary_used: float
    unknown_rate: float
    lost_by_truncation: dict[str, float]
    """Share of tokens beyond each context length."""
    lost_by_padding: dict[str, float]
    """Share of padding where every row is padded to each context length."""
    top: list[Counted]
    unused: int
    vocab_size: int


class Corpus(DeferredModel):
    """Lengths of every row; words and tokens of a sample spread evenly."""

    rows: int
    sampled_rows: int
    lengths: dict[str, LengthHistogram]
    """`characters`, `words` and, with a tokenizer, `tokens`."""
    words: WordFrequencies
    growth: VocabularyGrowth
    coverage: WordCoverage
    tokens: TokenFacts | None


class CorpusMap(DeferredModel):
    """Rows as points within -1 and 1, near each other where they use the same words, or where a model sees the same in them; ``groups`` names
    each group by its words. Where it is not ``known``, a run with the task `map` makes it and everything else is empty."""

    known: bool = True
    model: str
    """The model that lays the rows out; empty: their words do."""
    max_tokens: int
    """Of each row, how many tokens the model reads at most; 0 without a model."""
    rows: list[int] = []
    x: list[float] = []
    y: list[float] = []
    group: list[int] = []
    groups: list[str] = []
    texts: list[str] = []
    sampled_rows: int = 0
    cut_rows: int = 0
    """Rows that were read only in part."""
    needs_download: bool = False
    """Whether the model would first be fetched from the Hugging Face Hub, which a run does only with `model.allow_download`."""


@router.get("/datasets/{dataset}/corpus")
def get_corpus(
    dataset: Reference,
    studio: Here,
    tokenizer: Annotated[str, Query(max_length=200, description="Count tokens with this tokenizer, too.")] = "",
    split: Split = None,
) -> Corpus:
    """Histograms of lengths, words and runs of words, growth of the vocabulary, coverage, tokens; kept once counted."""
    from tokenloom.data.corpus import corpus_report
    from tokenloom.data.dataset import DatasetStore
    from tokenloom.data.tokenizer.store import TokenizerStore

    chosen = TokenizerStore(studio.workspace).get(tokenizer).load() if tokenizer else None
    return Corpus(**corpus_report(studio.workspace, DatasetStore(studio.workspace).get(dataset), chosen, split))


@router.get("/datasets/{dataset}/map")
def get_corpus_map(
    dataset: Reference,
    studio: Here,
    split: Split = None,
    limit: Annotated[int, Query(ge=1, le=20_000, description="Most rows; more are sampled evenly.")] = 5_000,
    model: Annotated[str, Query(max_length=1000, description="Lay out by this model; empty: by words.")] = "",
    max_tokens: Annotated[int, Query(ge=1, le=1 << 20, description="Of each row, how much the model reads.")] = 256,
) -> CorpusMap:
    """Rows laid out in a plane by the words that they use (TF-IDF and its largest directions), or by a model, once a run has made that map."""
    from tokenloom.data.corpus import MapAsked, corpus_map, known_map, map_by_model
    from tokenloom.data.dataset import DatasetStore
    from tokenloom.jobs.foresight.hub import needs_download
    from tokenloom.spec.override import parse_run_spec

    found = DatasetStore(studio.workspace).get(dataset)
    if not model:
        return CorpusMap(**corpus_map(studio.workspace, found, MapAsked(split, limit)))
    spec = {"task": "map", "dataset": found.id, "model": {"kind": "pretrained", "source": model}}
    limits = {"split": split, "rows": limit, "max_tokens": max_tokens}
    asked = map_by_model(studio.workspace, parse_run_spec({**spec, **limits}))
    told = known_map(studio.workspace, found, asked)
    if told:
        return CorpusMap(**told)
    is_absent = needs_download(studio.workspace, model)
    return CorpusMap(known=False, model=asked.model, max_tokens=max_tokens, needs_download=is_absent)
