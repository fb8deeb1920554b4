"""Gradient flow of a run, read from its log: matrices of layers by steps, histograms of one layer, and what is not as it should be.

Rules of the flags, one for each record of a layer:

- ``dead``: every gradient is exactly 0; the loss does not reach the layer.
- ``vanishing``: the root mean square of a block's gradient is below 1/1000 of the median of all blocks.
- ``exploding``: the gradient is no finite number, or its norm is more than 20 times the median of the layer's last 20 records (of at least 3).
- ``large_update``: a step changed the weights by more than a tenth of their norm; 1/1000 is usual.
"""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tokenloom.kit.registry import unknown_name
from tokenloom.spec.event import FLOW_BINS, FLOW_LEAST_EXPONENT, FLOW_PER_DECADE
from tokenloom.tracking import query

VALUES = (
    "grad_norm",
    "update_ratio",
    "weight_norm",
    "zero_share",
    "activation_mean",
    "activation_std",
    "activation_zero_share",
)
HISTOGRAMS = ("weights", "gradients", "activations")
MOST_STEPS = 200  # columns of a matrix; a longer run is thinned evenly
SHARES = 10_000
VANISHING, EXPLODING, LARGE_UPDATE = 1e-3, 20.0, 0.1
REMEMBERED, FEWEST = 20, 3

Record = dict[str, Any]


@dataclass
class Flag:
    """Something that is not as it should be, over all records of a layer; ``value`` and ``limit`` are those of the newest."""

    layer: str
    kind: str
    first_step: int
    last_step: int = 0
    records: int = 0
    is_now: bool = False
    """Whether the newest record says so."""
    value: float | None = None
    limit: float | None = None


@dataclass
class Flow:
    """``values``: name → one list a layer, one number a step, ``None`` where there is none. Histograms are shares by step, of ``layer`` alone."""

    steps: list[int]
    layers: list[str]
    paths: list[str]
    sizes: list[int]
    applied: list[bool]
    values: dict[str, list[list[float | None]]]
    flags: list[Flag]
    total: int
    """Records of the run; ``steps`` are at most `MOST_STEPS` of them."""
    layer: str = ""
    histograms: dict[str, list[list[float] | None]] = field(default_factory=dict)
    least_exponent: int = FLOW_LEAST_EXPONENT
    per_decade: int = FLOW_PER_DECADE
    bins: int = FLOW_BINS


def flow_of(run_folder: Path, *, layer: str = "", most: int = MOST_STEPS) -> Flow:
    """The gradient flow of a run; with ``layer`` the histograms of that one. :class:`NotFound` for a layer that was never seen."""
    records = flow_records(run_folder)
    layers = sorted({name: None for record in records for name in record["layers"]}, key=_depth)
    if layer and layer not in layers:
        raise unknown_name("layer", layer, layers)
    chosen = [records[place] for place in _evenly(len(records), most)]
    facts = {name: (path, size) for record in records for name, path, size in _columns(record, "paths", "sizes")}
    return Flow(
        steps=[int(record["step"]) for record in chosen],
        layers=layers,
        paths=[str(facts[name][0] or "") for name in layers],
        sizes=[int(facts[name][1] or 0) for name in layers],
        applied=[bool(record.get("applied", True)) for record in chosen],
        values={name: _matrix(chosen, layers, name) for name in VALUES if any(name in record for record in chosen)},
        flags=flags_of(records),
        total=len(records),
        layer=layer,
        histograms={} if not layer else {name: _histograms(chosen, layer, name) for name in HISTOGRAMS},
    )


def flow_records(run_folder: Path) -> list[Record]:
    """All ``flow`` events that hold, by step: what was told before a rewind to an earlier step is void."""
    kept: list[Record] = []
    for event in query.events(run_folder, ["flow", "rewind"]):
        if event["type"] == "rewind":
            kept = [each for each in kept if each["step"] <= event.get("step", -1)]
        elif isinstance(event.get("step"), int) and event.get("layers"):
            kept.append(event)
    return kept


def flags_of(records: list[Record]) -> list[Flag]:
    """What is not as it should be; what is so now comes first, then the newest."""
    found: dict[tuple[str, str], Flag] = {}
    norms: dict[str, list[float]] = defaultdict(list)
    for record in records:
        for layer, kind, value, limit in _problems(record, norms):
            flag = found.setdefault((layer, kind), Flag(layer, kind, int(record["step"])))
            flag.records += 1
            flag.last_step, flag.value, flag.limit = int(record["step"]), value, limit
            flag.is_now = record is records[-1]
        for layer, norm in _columns(record, "grad_norm"):
            if norm is not None:
                norms[layer] = [*norms[layer], float(norm)][-REMEMBERED:]
    return sorted(found.values(), key=lambda flag: (not flag.is_now, -flag.last_step, _depth(flag.layer)))


def _problems(record: Record, norms: dict[str, list[float]]) -> list[tuple[str, str, float | None, float | None]]:
    """(layer, kind, value, limit) of one record; ``norms`` are those of each layer's earlier ones."""
    found: list[tuple[str, str, float | None, float | None]] = []
    blocks = [
        norm / math.sqrt(size)
        for name, norm, size in _columns(record, "grad_norm", "sizes")
        if norm is not None and name.startswith("layer ")
    ]
    usual = statistics.median(blocks) if blocks else 0.0
    for name, norm, size, ratio, zeros in _columns(record, "grad_norm", "sizes", "update_ratio", "zero_share"):
        earlier = norms[name]
        limit = EXPLODING * statistics.median(earlier) if len(earlier) >= FEWEST else math.inf
        if norm is None:
            found.append((name, "exploding", None, None))
            continue
        if zeros == 1:
            found.append((name, "dead", 0.0, None))
        elif name.startswith("layer ") and norm / math.sqrt(size) < VANISHING * usual:
            found.append((name, "vanishing", norm / math.sqrt(size), VANISHING * usual))
        if norm > limit > 0:
            found.append((name, "exploding", norm, limit))
        if ratio is not None and ratio > LARGE_UPDATE:
            found.append((name, "large_update", ratio, LARGE_UPDATE))
    return found


def bin_edges() -> list[float]:
    """Lower edges of the bins above the middle one, rising; those below it are the same with a minus."""
    return [10 ** (FLOW_LEAST_EXPONENT + step / FLOW_PER_DECADE) for step in range(FLOW_BINS // 2)]


def _columns(record: Record, *names: str) -> list[tuple[Any, ...]]:
    """(layer, value of each name) by layer; ``None`` where the record has none."""
    nothing = [None] * len(record["layers"])
    return list(zip(record["layers"], *(record.get(name) or nothing for name in names), strict=False))


def _matrix(records: list[Record], layers: list[str], name: str) -> list[list[float | None]]:
    by_record = [dict(_columns(record, name)) for record in records]
    return [[each.get(layer) for each in by_record] for layer in layers]


def _histograms(records: list[Record], layer: str, name: str) -> list[list[float] | None]:
    return [_dense(dict(_columns(record, name)).get(layer)) for record in records]


def _dense(packed: list[int] | None) -> list[float] | None:
    """Shares of all bins; ``None`` where there is no histogram."""
    if packed is None:
        return None
    shares = [0.0] * FLOW_BINS
    for place, share in enumerate(packed[1:], packed[0] if packed else 0):
        if 0 <= place < FLOW_BINS:
            shares[place] = share / SHARES
    return shares


def _evenly(total: int, most: int) -> list[int]:
    """At most ``most`` places below ``total``, the first and the last among them."""
    return np.unique(np.linspace(0, total - 1, min(most, total)).round().astype(int)).tolist() if total else []


def _depth(layer: str) -> tuple[int, str]:
    """Place from the input to the output."""
    kind, _, number = layer.partition(" ")
    if kind == "layer" and number.isdigit():
        return int(number), layer
    return {"embedding": -1, "norm": 1 << 30}.get(layer, 1 << 31), layer
