"""Rows as points of a plane: near each other where they use the same words.

TF-IDF of words hashed into a fixed number of signed places (Weinberger et al., "Feature hashing for large scale multitask learning", 2009), then
the directions of largest variance (latent semantic analysis; Deerwester et al., 1990) and k-means groups in sixteen of them. Legend: N rows, H
hashed places, D directions.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tokenloom.data.corpus.words import Words

HASHED, DIRECTIONS, GROUPS = 1024, 16, 10
_ROUNDS, _NAMED = 25, 3
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
Matrix = np.ndarray[Any, np.dtype[np.float32]]
Numbers = np.ndarray[Any, np.dtype[np.int64]]


def laid_out(words: Words, count: int, seed: int = 0) -> tuple[Matrix, Numbers, list[str]]:
    """For ``count`` texts their points (N, 2) within ±1, the number of each one's group, and the groups' names: their commonest own words."""
    weights_NH, idf = _weights(words, count)
    centred = weights_NH - weights_NH.mean(axis=0)
    values, vectors = np.linalg.eigh(centred.T @ centred)
    directions_HD = vectors[:, np.argsort(values)[::-1][:DIRECTIONS]]
    signs = np.sign(directions_HD[np.abs(directions_HD).argmax(axis=0), range(directions_HD.shape[1])])
    points_ND = (centred @ (directions_HD * signs)).astype(np.float32)
    groups = _grouped(points_ND, min(GROUPS, max(1, count // 10)), seed)
    plane = points_ND[:, :2]
    return plane / max(float(np.abs(plane).max(initial=0.0)), 1e-9), groups, _names(words, groups, idf)


def _weights(words: Words, count: int) -> tuple[Matrix, np.ndarray[Any, np.dtype[np.float64]]]:
    """TF-IDF (N, H) of unit length, and the idf of each word."""
    pairs, times = np.unique(words.owners * len(words.names) + words.codes, return_counts=True)
    owners, codes = pairs // max(1, len(words.names)), pairs % max(1, len(words.names))
    idf = np.log((1 + count) / (1 + np.bincount(codes, minlength=len(words.names)))) + 0.0
    value = (1 + np.log(times)) * idf[codes]
    mixed = (codes.astype(np.uint64) + np.uint64(1)) * _FACTOR
    place = (mixed >> np.uint64(54)).astype(np.int64)
    sign = np.where((mixed >> np.uint64(53)) & np.uint64(1), 1.0, -1.0)
    flat = np.bincount(owners * HASHED + place, weights=value * sign, minlength=count * HASHED)
    weights_NH = flat.reshape(count, HASHED).astype(np.float32)
    lengths = np.linalg.norm(weights_NH, axis=1, keepdims=True)
    return weights_NH / np.maximum(lengths, 1e-9), idf


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


def _names(words: Words, groups: Numbers, idf: np.ndarray[Any, np.dtype[np.float64]]) -> list[str]:
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
