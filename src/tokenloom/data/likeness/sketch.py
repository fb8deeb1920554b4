"""MinHash sketches of many texts at once.

A text is the set of its runs of ``words`` consecutive words (letters and digits, in lower case; a character of a script without spaces
is a word). The share of places at which the sketches of two texts agree estimates the Jaccard similarity of those sets: shared runs
divided by all runs (Broder, "On the resemblance and containment of documents", 1997). Legend: C characters, W words, S shingles
(runs of words), P places of a sketch, N texts.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

Sketches = np.ndarray[Any, np.dtype[np.uint16]]
"""Shape (texts, places)."""
_U64 = np.ndarray[Any, np.dtype[np.uint64]]
_Int = np.ndarray[Any, np.dtype[np.int64]]

_PIECE = 1 << 20  # characters hashed at once: about 40 MB of temporary arrays
_BLOCK = 1 << 9  # shingles whose P values stand in the processor's cache together
_WORD, _ALONE = 1, 2
_FIRST_ALONE = 0x2E80  # CJK radicals; from here on scripts mostly write without spaces
_HANGUL = range(0xAC00, 0xD7B0)  # which has spaces
_MATHEMATICAL = range(0x1D400, 0x1D800)  # letters
_THAI_TO_KHMER = (
    range(0x0E00, 0x1000),
    range(0x1000, 0x10A0),
    range(0x1780, 0x1800),
)  # Thai, Lao, Tibetan; Myanmar; Khmer
_MULTIPLIER = 0x9E3779B97F4A7C15  # of Fibonacci hashing, odd


class Sketcher:
    """Makes sketches of ``places`` numbers; equal settings give comparable sketches, on any machine."""

    def __init__(self, places: int = 128, words: int = 3, seed: int = 0) -> None:
        self.places, self.words = places, words
        draw = np.random.default_rng(seed)
        self._factors = draw.integers(0, 1 << 32, places, dtype=np.uint32) | np.uint32(1)
        self._offsets = draw.integers(0, 1 << 32, places, dtype=np.uint32)

    def __call__(self, texts: Sequence[str]) -> Sketches:
        """One sketch a text. Texts without any word are told apart by their characters; empty texts all have the same sketch."""
        lowest = np.full((len(texts), self.places), np.iinfo(np.uint32).max, np.uint32)
        waiting: list[tuple[int, str]] = []
        size = 0
        for place, text in enumerate(texts):
            for start in range(0, max(1, len(text)), _PIECE):
                piece = text[start : start + _PIECE]
                if size + len(piece) > _PIECE:
                    self._take(waiting, lowest)
                    waiting, size = [], 0
                waiting.append((place, piece))
                size += len(piece)
        if waiting:
            self._take(waiting, lowest)
        return (lowest ^ (lowest >> np.uint32(16))).astype(np.uint16)

    def _take(self, pieces: list[tuple[int, str]], lowest: np.ndarray[Any, np.dtype[np.uint32]]) -> None:
        """Lower the values of the texts that ``pieces`` belong to."""
        hashes, counts = shingles([text for _, text in pieces], self.words)
        owners = np.repeat(np.array([place for place, _ in pieces]), counts)
        values = (hashes >> np.uint64(32)).astype(np.uint32)
        for start in range(0, len(values), _BLOCK):
            owner = owners[start : start + _BLOCK]
            block_PS = values[start : start + _BLOCK] * self._factors[:, None]
            block_PS += self._offsets[:, None]
            first = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])
            who = owner[first]
            lowest[who] = np.minimum(lowest[who], np.minimum.reduceat(block_PS, first, axis=1).T)


def shingles(texts: Sequence[str], words: int) -> tuple[_U64, _Int]:
    """Hashes of the runs of ``words`` words of all texts one after another, and how many each text has (at least one)."""
    lowered = [text.lower() for text in texts]
    letters_C = np.frombuffer("\n".join(lowered).encode("utf-32-le", "surrogatepass"), np.uint32)
    lengths_N = np.array([len(text) for text in lowered])
    begins_N = np.r_[0, np.cumsum(lengths_N + 1)[:-1]]
    hashes_W, owners_W = _words(letters_C, begins_N)
    counts_N = np.bincount(owners_W, minlength=len(texts)) if len(owners_W) else np.zeros(len(texts), np.int64)
    whole_N = _whole(letters_C, begins_N, lengths_N, hashes_W, counts_N)
    return _runs(hashes_W, counts_N, whole_N, words)


def _words(letters_C: np.ndarray[Any, np.dtype[np.uint32]], begins_N: _Int) -> tuple[_U64, _Int]:
    """A hash for each word, and the text that it stands in."""
    kinds_C = kinds_of_characters()[letters_C]
    is_word_C = kinds_C > 0
    starts_C = is_word_C & (kinds_C == _ALONE)
    starts_C[1:] |= is_word_C[1:] & (kinds_C[:-1] != _WORD)
    if len(starts_C):
        starts_C[0] = is_word_C[0]
    chosen = np.flatnonzero(is_word_C)
    starts = np.flatnonzero(starts_C[chosen])
    if not len(starts):
        return np.zeros(0, np.uint64), np.zeros(0, np.int64)
    hashes_W = _polynomial(letters_C[chosen], starts)
    owners_W = np.searchsorted(begins_N, chosen[starts], side="right") - 1
    return hashes_W, owners_W


def _polynomial(letters: np.ndarray[Any, np.dtype[np.uint32]], starts: _Int) -> _U64:
    """Hash of each stretch of ``letters`` that begins at ``starts`` and ends at the next: Σ mixed letter · factor^place."""
    lengths = np.diff(np.r_[starts, len(letters)])
    places = np.arange(len(letters)) - np.repeat(starts, lengths)
    terms = mixed(letters.astype(np.uint64) + np.uint64(1)) * _powers()[places % len(_powers())]
    return mixed(np.add.reduceat(terms, starts))


def _whole(
    letters_C: np.ndarray[Any, np.dtype[np.uint32]], begins_N: _Int, lengths_N: _Int, hashes_W: _U64, counts_N: _Int
) -> _U64:
    """A hash of each text as a whole: of all its words in order, or of its characters where it has no word."""
    whole = np.zeros(len(begins_N), np.uint64)
    has_words = counts_N > 0
    if has_words.any():
        first_W = np.r_[0, np.cumsum(counts_N)[:-1]][has_words]
        places = np.arange(len(hashes_W)) - np.repeat(first_W, counts_N[has_words])
        whole[has_words] = mixed(np.add.reduceat(hashes_W * _powers()[places % len(_powers())], first_W))
    for place in np.flatnonzero(~has_words & (lengths_N > 0)):
        letters = letters_C[begins_N[place] : begins_N[place] + lengths_N[place]]
        whole[place] = _polynomial(letters, np.zeros(1, np.int64))[0]
    return whole


def _runs(hashes_W: _U64, counts_N: _Int, whole_N: _U64, words: int) -> tuple[_U64, _Int]:
    counts = np.maximum(counts_N - words + 1, 1)
    begins = np.r_[0, np.cumsum(counts)[:-1]]
    runs_S = np.empty(int(counts.sum()), np.uint64)
    is_long = counts_N >= words
    first_W = np.r_[0, np.cumsum(counts_N)[:-1]]
    into_S = np.ones(len(runs_S), bool)
    into_S[begins[~is_long]] = False
    runs_S[~into_S] = whole_N[~is_long]
    length = counts[is_long]
    place_S = np.arange(int(length.sum())) - np.repeat(np.cumsum(length) - length, length)
    from_W = np.repeat(first_W[is_long], length) + place_S
    value = np.zeros(len(from_W), np.uint64)
    for each in range(words):
        value = mixed(value * np.uint64(_MULTIPLIER) + hashes_W[from_W + each])
    runs_S[into_S] = value
    return runs_S, counts


def mixed(values: _U64) -> _U64:
    """The splitmix64 finaliser: every bit of the answer depends on every bit of the value."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


@functools.cache
def _powers() -> _U64:
    powers = [1]
    for _ in range(4095):
        powers.append(powers[-1] * _MULTIPLIER % (1 << 64))
    return np.array(powers, np.uint64)


@functools.cache
def kinds_of_characters() -> np.ndarray[Any, np.dtype[np.uint8]]:
    """For each code point: part of a word (1), a word by itself (2), or neither (0)."""
    codes = np.arange(0x110000)
    is_letter = np.frombuffer(bytes(map(str.isalnum, map(chr, range(len(codes))))), np.bool_)
    is_alone = (codes >= _FIRST_ALONE) & ~_within(codes, _HANGUL) & ~_within(codes, _MATHEMATICAL)
    for scripts in _THAI_TO_KHMER:
        is_alone |= _within(codes, scripts)
    return np.where(is_letter, np.where(is_alone, _ALONE, _WORD), 0).astype(np.uint8)


def _within(codes: _Int, span: range) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return (codes >= span.start) & (codes < span.stop)
