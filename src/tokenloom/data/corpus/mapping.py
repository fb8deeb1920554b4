"""Rows as points of a plane: near each other where they use the same words, or where a model sees the same in them.

Vectors of rows are either TF-IDF of words hashed into a fixed number of signed places (Weinberger et al., "Feature hashing for large scale multitask
learning", 2009) or a model's states. The plane is their directions of largest variance (of words: latent semantic analysis; Deerwester et al., 1990);
k-means groups are found in sixteen of them and named by their words. Legend: N rows, H places of a vector, D directions.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tokenloom.data.corpus.words import Words

HASHED, DIRECTIONS, GROUPS = 1024, 16, 10
_ROUNDS, _NAMED = 25, 3
_POWERS = 6
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
Matrix = np.ndarray[Any, np.dtype[np.float32]]
Numbers = np.ndarray[Any, np.dtype[np.int64]]


def laid_out(vectors_NH: Matrix, words: Words, seed: int = 0) -> tuple[Matrix, Numbers, list[str]]:
    """For each vector its point (N, 2) within ±1, the number of its group, and the groups' names: their commonest own words."""
    count = len(vectors_NH)
    centred = vectors_NH - vectors_NH.mean(axis=0)
    directions_HD = _directions(centred, seed)
    signs = np.sign(directions_HD[np.abs(directions_HD).argmax(axis=0), range(directions_HD.shape[1])])
    points_ND = (centred @ (directions_HD * signs)).astype(np.float32)
    groups = _grouped(points_ND, min(GROUPS, max(1, count // 10)), seed)
    plane = np.zeros((count, 2), np.float32)
    plane[:, : points_ND.shape[1]] = points_ND[:, :2]
    return plane / max(float(np.abs(plane).max(initial=0.0)), 1e-9), groups, _names(words, groups)


def comparable(states_NH: Matrix) -> Matrix:
    """States of a model as vectors of unit length, every place of the same variance: a few places of most models are so large that they would decide
    alone (Timkey and van Schijndel, "All bark and no bite: rogue dimensions in transformer language models", 2021)."""
    centred = states_NH - states_NH.mean(axis=0)
    even = centred / np.maximum(centred.std(axis=0), 1e-9)
    lengths = np.linalg.norm(even, axis=1, keepdims=True)
    unit: Matrix = (even / np.maximum(lengths, 1e-9)).astype(np.float32)
    return unit


def _directions(centred_NH: Matrix, seed: int) -> Matrix:
    """The (H, D) directions of largest variance, the largest first; of wide vectors by subspace iteration (Halko et al., "Finding structure with
    randomness", 2011)."""
    width = centred_NH.shape[1]
    if width <= HASHED:
        values, vectors = np.linalg.eigh(centred_NH.T @ centred_NH)
        return vectors[:, np.argsort(values)[::-1][:DIRECTIONS]]
    basis = np.random.default_rng(seed).standard_normal((width, 2 * DIRECTIONS)).astype(np.float32)
    for _ in range(_POWERS):
        basis = np.linalg.qr(centred_NH.T @ (centred_NH @ basis))[0]
    seen = centred_NH @ basis
    values, vectors = np.linalg.eigh(seen.T @ seen)
    return basis @ vectors[:, np.argsort(values)[::-1][:DIRECTIONS]]  # type: ignore[no-any-return]


def word_vectors(words: Words, count: int) -> Matrix:
    """TF-IDF (N, H) of unit length for ``count`` texts."""
    pairs, times = np.unique(words.owners * len(words.names) + words.codes, return_counts=True)
    owners, codes = pairs // max(1, len(words.names)), pairs % max(1, len(words.names))
    idf = np.log((1 + count) / (1 + np.bincount(codes, minlength=len(words.names))))
    value = (1 + np.log(times)) * idf[codes]
    mixed = (codes.astype(np.uint64) + np.uint64(1)) * _FACTOR
    place = (mixed >> np.uint64(54)).astype(np.int64)
    sign = np.where((mixed >> np.uint64(53)) & np.uint64(1), 1.0, -1.0)
    flat = np.bincount(owners * HASHED + place, weights=value * sign, minlength=count * HASHED)
    weights_NH = flat.reshape(count, HASHED).astype(np.float32)
    lengths = np.linalg.norm(weights_NH, axis=1, keepdims=True)
    unit: Matrix = weights_NH / np.maximum(lengths, 1e-9)
    return unit


def _grouped(points: Matrix, groups: int, seed: int) -> Numbers:
    """k-means (Lloyd, 1982) from k-means++ seeds (Arthur and Vassilvitskii, 2007)."""
    draw = np.random.default_rng(seed)
    centres = points[draw.integers(len(points))][None]
    while len(centres) < groups:
        distance = _distances(points, centres).min(axis=1)
        total = float(distance.sum())
        chosen = draw.choice(len(points), p=distance / total) if total > 0 else draw.integers(len(points))
        centres = np.vstack([centres, points[chosen]])
    nearest: Numbers = _distances(points, centres).argmin(axis=1)
    for _ in range(_ROUNDS):
        for group in range(groups):
            if (nearest == group).any():
                centres[group] = points[nearest == group].mean(axis=0)
        moved = _distances(points, centres).argmin(axis=1)
        if np.array_equal(moved, nearest):
            break
        nearest = moved
    return nearest


def _distances(points: Matrix, centres: Matrix) -> np.ndarray[Any, np.dtype[np.float64]]:
    squared = (points**2).sum(axis=1)[:, None] - 2 * points @ centres.T + (centres**2).sum(axis=1)[None]
    distances: np.ndarray[Any, np.dtype[np.float64]] = np.maximum(squared.astype(np.float64), 0.0)
    return distances


def _names(words: Words, groups: Numbers) -> list[str]:
    """Words that stand in many rows of a group and in few others."""
    pairs = np.unique(words.owners * len(words.names) + words.codes)
    owners, codes = pairs // max(1, len(words.names)), pairs % max(1, len(words.names))
    rows_of_all = np.bincount(codes, minlength=len(words.names))
    named = []
    for group in range(int(groups.max(initial=-1)) + 1):
        size = max(1, int((groups == group).sum()))
        rows = np.bincount(codes[groups[owners] == group], minlength=len(words.names))
        others = (rows_of_all - rows) / max(1, len(groups) - size)
        best = np.argsort(-(rows / size - others), kind="stable")[:_NAMED]
        named.append(", ".join(words.names[each] for each in best if rows[each]) or "–")
    return named
