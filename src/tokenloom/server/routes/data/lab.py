"""``/api/tokenizers/{tokenizer}/…``: how well a vocabulary fits a dataset, beside another one, and which words it lacks."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from tokenloom.server.answers import Reference
from tokenloom.server.studio import Here, Studio
from tokenloom.spec.base import DeferredModel

router = APIRouter(tags=["tokenizers"])
DatasetName = Annotated[str, Query(min_length=1, max_length=200, description="Dataset by name, name@version or id.")]
SplitName = Annotated[str | None, Query(max_length=100, description="Only this split.")]


class CutWord(DeferredModel):
    """A word that costs more than one token."""

    word: str
    count: int
    tokens: int
    pieces: list[str]


class Fit(DeferredModel):
    """What a tokenizer makes of an even sample of a dataset."""

    vocab_size: int
    texts: int
    characters: int
    bytes: int
    words: int
    tokens: int
    tokens_per_word: float
    """Fertility: near 1 is a good fit."""
    characters_per_token: float
    bytes_per_token: float
    unknown_rate: float
    vocabulary_used: int
    """Tokens that occur at all."""
    whole_words: float
    """Share of the words in running text that are one token."""
    cut_most: list[CutWord]


class NamedFit(Fit):
    """A fit, the name of its tokenizer, and the size of the embedding that a model needs for it."""

    name: str
    embedding_parameters: int


class Difference(DeferredModel):
    """The beginning of a text in the pieces of both tokenizers."""

    text: str
    first: list[str]
    second: list[str]


class Comparison(DeferredModel):
    """Two tokenizers on the same texts."""

    first: NamedFit
    second: NamedFit
    hidden_size: int
    length: float
    """Tokens of the second for each token of the first."""
    differences: list[Difference]


class Candidate(DeferredModel):
    """A word that is worth a token."""

    text: str
    count: int
    pieces: list[str]
    saved: int
    """Tokens fewer in the sample."""


class Candidates(DeferredModel):
    """Words that are worth a token, and the measured effect of all of them."""

    candidates: list[Candidate]
    tokens_before: int
    tokens_after: int
    new_tokens: int


@router.get("/tokenizers/{tokenizer}/fit")
def measure_tokenizer(tokenizer: Reference, studio: Here, dataset: DatasetName, split: SplitName = None) -> Fit:
    """Tokens a word and a character, unknown tokens, words in one token and words that are cut most."""
    from tokenloom.data.tokenizer.lab import measure

    return Fit(**measure(_tokenizer(studio, tokenizer), _texts(studio, dataset, split)))


@router.get("/tokenizers/{tokenizer}/compare")
def compare_tokenizers(
    tokenizer: Reference,
    studio: Here,
    other: Annotated[str, Query(min_length=1, max_length=200, description="The second tokenizer.")],
    dataset: DatasetName,
    split: SplitName = None,
    hidden_size: Annotated[int, Query(ge=1, le=100_000, description="Width of the model, for its embedding.")] = 768,
) -> Comparison:
    """Both on the same texts: lengths, fit, embedding, and where they differ most."""
    from tokenloom.data.tokenizer.lab import compare

    first, second = _tokenizer(studio, tokenizer), _tokenizer(studio, other)
    return Comparison(**compare(first, second, _texts(studio, dataset, split), hidden_size=hidden_size))


@router.get("/tokenizers/{tokenizer}/candidates")
def find_candidate_tokens(
    tokenizer: Reference,
    studio: Here,
    dataset: DatasetName,
    split: SplitName = "train",
    count: Annotated[int, Query(ge=1, le=2000)] = 100,
    min_frequency: Annotated[int, Query(ge=1, le=1_000_000)] = 5,
) -> Candidates:
    """Words of the dataset that a token of their own would shorten most, and what all of them would do to its length."""
    from tokenloom.data.tokenizer.lab import find_candidates

    texts = _texts(studio, dataset, split)
    found = find_candidates(_tokenizer(studio, tokenizer), texts, count=count, min_frequency=min_frequency)
    return Candidates(**found)


def _tokenizer(studio: Studio, reference: str) -> Any:
    from tokenloom.data.tokenizer.store import TokenizerStore

    ref = TokenizerStore(studio.workspace).get(reference)
    loaded = ref.load()
    loaded.name = f"{ref.name}@{ref.version}"
    return loaded


def _texts(studio: Studio, dataset: str, split: str | None) -> list[str]:
    from tokenloom.data.dataset import DatasetStore
    from tokenloom.data.tokenizer.lab import texts_of

    return texts_of(DatasetStore(studio.workspace).get(dataset), split)
