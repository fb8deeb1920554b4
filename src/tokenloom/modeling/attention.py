"""Attention over a flat row of segments, with no padding and no token seeing another segment.

A flat batch is one row of T tokens made of segments laid end to end. Segments are grouped by rounded length; each group is
one call of scaled-dot-product attention on an (N, H, L, K) block. The places that rounding adds stand *after* a segment's
tokens, so under the causal mask no real token ever sees them; where attention is bidirectional they are masked. The result equals that
of every segment alone.

Shapes: T tokens · H heads · K head size · N segments in a group · L rounded length.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch.nn.functional import scaled_dot_product_attention

FLAT = "tokenloom_flat"
FEW = 3  # different lengths that are worth a call each without rounding
SHORT = 128  # up to here two plain products beat the fused CPU kernel, whose backward is slow on short rows


@dataclass(frozen=True)
class Group:
    """``count`` segments of one rounded ``length``. ``sizes`` (N,) are their own lengths; ``None`` where nothing was rounded up."""

    count: int
    length: int
    sizes: torch.Tensor | None = None

    @property
    def rows(self) -> int:
        return self.count * self.length

    def to(self, device: torch.device) -> Group:
        return self if self.sizes is None else replace(self, sizes=self.sizes.to(device, non_blocking=True))


@dataclass(frozen=True)
class SegmentPlan:
    """How a flat row is cut for attention. Built once per batch on the CPU, used by every layer.

    The groups laid end to end are the grouped row. ``gather`` holds, for each of its S places, the token that stands there (where a length was rounded
    up, the first token of the segment); ``scatter`` (T,) holds, for each token, its place in the grouped row. ``offsets`` (segments + 1,) int32
    are the cumulative segment lengths that variable-length kernels want.
    """

    groups: tuple[Group, ...]
    gather: torch.Tensor
    scatter: torch.Tensor
    offsets: torch.Tensor
    longest: int
    in_order: bool = False
    """Whether the grouped row is the row itself, so that nothing has to be moved."""

    @classmethod
    def from_lengths(cls, lengths: np.ndarray) -> SegmentPlan:
        """Plan for segments of these lengths, in order; they cover the row without gaps."""
        starts = np.concatenate([[0], np.cumsum(lengths)])
        scatter = np.empty(int(starts[-1]), dtype=np.int64)
        groups, gather, base = [], [], 0
        for members, length in _grouped(lengths):
            group, tokens = _group(members, starts, length, scatter, base)
            groups.append(group)
            gather.append(tokens)
            base += group.rows
        return cls(
            tuple(groups),
            torch.from_numpy(np.concatenate(gather)),
            torch.from_numpy(scatter),
            torch.from_numpy(starts.astype(np.int32)),
            int(lengths.max()),
            in_order=bool((scatter == np.arange(base)).all()) if base == len(scatter) else False,
        )

    def to(self, device: torch.device) -> SegmentPlan:
        if device.type == "cpu":
            return self
        groups = tuple(group.to(device) for group in self.groups)
        moved = (each.to(device, non_blocking=True) for each in (self.gather, self.scatter, self.offsets))
        gather, scatter, offsets = moved
        return replace(self, groups=groups, gather=gather, scatter=scatter, offsets=offsets)

    def blocks(self, x: torch.Tensor) -> list[torch.Tensor]:
        """Tokens (T, …) as one block (N, L, …) a group."""
        grouped = x if self.in_order else _Regroup.apply(x, self.gather, self.scatter)
        parts = grouped.split([group.rows for group in self.groups])
        return [
            part.view(group.count, group.length, *x.shape[1:]) for part, group in zip(parts, self.groups, strict=True)
        ]

    def joined(self, blocks: list[torch.Tensor]) -> torch.Tensor:
        """Blocks as tokens (T, …) again, without what rounding added."""
        flat = [block.reshape(-1, *block.shape[2:]) for block in blocks]
        grouped = flat[0] if len(flat) == 1 else torch.cat(flat)
        return grouped if self.in_order else _Ungroup.apply(grouped, self.scatter)  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Rule:
    """How scores are made and what may be seen: what stands before a token, or (not ``is_causal``) all of its segment.

    ``slopes_H`` adds ALiBi's linear bias. With ``window`` a token sees itself and the window − 1 before it (Mistral), and behind it where not
    ``is_causal``. ``soft_cap`` bends scores to cap · tanh(score / cap) (Gemma 2).
    """

    scale: float | None = None
    slopes_H: torch.Tensor | None = None
    window: int | None = None
    soft_cap: float | None = None
    is_causal: bool = True


def rounded_length(length: int) -> int:
    """The block length for a segment: multiples of 32 up to 128, then four steps per octave; few shapes, little waste."""
    step = 32 if length <= 128 else 1 << max((length - 1).bit_length() - 3, 5)
    return -(-length // step) * step


def flat_attention(
    q_THK: torch.Tensor,
    k_TGK: torch.Tensor,
    v_TGK: torch.Tensor,
    plan: SegmentPlan,
    rule: Rule,
) -> torch.Tensor:
    """Attention of every segment with itself; (T, H, K)."""
    blocks = zip(plan.groups, *(plan.blocks(x) for x in (q_THK, k_TGK, v_TGK)), strict=True)
    return plan.joined([_attend(q, k, v, rule, group.sizes) for group, q, k, v in blocks])


def hugging_face_flat_attention(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float | None = None,
    segments: SegmentPlan | None = None,
    **options: Any,
) -> tuple[torch.Tensor, None]:
    """The same under transformers' attention interface: (1, H, T, K) in, (1, T, H, K) out; families that have them give ``sliding_window``
    and ``softcap``.
    """
    if segments is None:
        raise ValueError("the flat attention needs a SegmentPlan in `segments`")
    q, k, v = (x.squeeze(0).transpose(0, 1) for x in (query, key, value))
    window, soft_cap = options.get("sliding_window"), options.get("softcap")
    out = flat_attention(q, k, v, segments, Rule(scaling, None, window, soft_cap))
    return out.unsqueeze(0), None


def _grouped(lengths: np.ndarray) -> list[tuple[np.ndarray, int]]:
    """Which segments are attended to together, and the length of their blocks; in order of their first segments.

    Few different lengths are taken as they are. Else those of one rounded length go together, and one that is left alone keeps its own.
    """
    if len(np.unique(lengths)) <= FEW:
        keys = lengths
    else:
        keys = np.array([rounded_length(int(length)) for length in lengths])
    found = [np.flatnonzero(keys == key) for key in np.unique(keys)]
    found.sort(key=lambda members: int(members[0]))
    return [(members, int(lengths[members].max()) if len(members) == 1 else int(keys[members[0]])) for members in found]


def _group(
    members: np.ndarray, starts: np.ndarray, length: int, scatter: np.ndarray, base: int
) -> tuple[Group, np.ndarray]:
    """The group of these segments, and the tokens at its places; fills ``scatter`` for them."""
    sizes = starts[members + 1] - starts[members]
    places = np.arange(length)
    inside = places[None, :] < sizes[:, None]
    tokens = starts[members][:, None] + np.where(inside, places, 0)
    block = base + np.arange(len(members) * length).reshape(len(members), length)
    scatter[tokens[inside]] = block[inside]
    return Group(len(members), length, None if inside.all() else torch.from_numpy(sizes)), tokens.reshape(-1)


def _attend(
    q_NLHK: torch.Tensor,
    k_NLGK: torch.Tensor,
    v_NLGK: torch.Tensor,
    rule: Rule,
    sizes_N: torch.Tensor | None = None,
) -> torch.Tensor:
    q, k, v = (x.transpose(1, 2) for x in (q_NLHK, k_NLGK, v_NLGK))
    if k.shape[1] != q.shape[1]:
        k, v = (x.repeat_interleave(q.shape[1] // x.shape[1], dim=1) for x in (k, v))
    length = q.shape[2]
    is_short = rule.slopes_H is None and q.device.type == "cpu" and length <= SHORT
    if is_short or rule.soft_cap is not None:
        return _attend_plain(q, k, v, rule, sizes_N).transpose(1, 2)
    hidden = _hidden(length, rule, sizes_N, q.device)
    mask = None if hidden is None else ~hidden
    if rule.slopes_H is not None:
        mask = alibi_bias(rule.slopes_H, length, length, is_causal=rule.is_causal).to(q.dtype)
        mask = mask if hidden is None else mask.masked_fill(hidden, float("-inf"))
    is_causal = mask is None and rule.is_causal
    attended = scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=is_causal, scale=rule.scale)
    return attended.transpose(1, 2)


def _attend_plain(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, rule: Rule, sizes_N: torch.Tensor | None
) -> torch.Tensor:
    """By two matrix products and a softmax in fp32. (N, H, L, K) in and out."""
    length = q.shape[2]
    scores = (q @ k.transpose(2, 3)).float() * (rule.scale or q.shape[3] ** -0.5)
    if rule.soft_cap is not None:
        scores = torch.tanh(scores / rule.soft_cap) * rule.soft_cap
    hidden = _hidden(length, rule, sizes_N, q.device)
    if hidden is None and rule.is_causal:
        hidden = torch.ones(length, length, dtype=torch.bool, device=q.device).triu(1)
    if hidden is not None:
        scores = scores.masked_fill(hidden, float("-inf"))
    return scores.softmax(-1).to(v.dtype) @ v


def _hidden(length: int, rule: Rule, sizes_N: torch.Tensor | None, device: torch.device) -> torch.Tensor | None:
    """Booleans of what a query must not see, (length, length) or (N, 1, length, length); ``None`` where causality says it all, or where not
    ``is_causal`` and everything is seen.
    """
    hidden = hidden_by_window(length, rule.window, device, is_causal=rule.is_causal)
    if rule.is_causal or sizes_N is None:
        return hidden
    at = torch.arange(length, device=device)
    rounded = (at >= sizes_N[:, None])[:, None, None, :]
    # A rounded place would see nothing and softmax to NaN: let it see itself; nobody reads it.
    return (rounded if hidden is None else rounded | hidden) & (at[:, None] != at)


def hidden_by_window(
    length: int, window: int | None, device: torch.device, *, is_causal: bool = True
) -> torch.Tensor | None:
    """(length, length) booleans of what a query must not see: what lies ``window`` or more before it, and the future, or where not
    ``is_causal`` what lies so far behind it. ``None`` where the window is as long as the segment.
    """
    if window is None or window >= length:
        return None
    at = torch.arange(length, device=device)
    distance = at[:, None] - at[None, :]
    return (distance < 0) | (distance >= window) if is_causal else distance.abs() >= window


def alibi_bias(slopes_H: torch.Tensor, queries: int, keys: int, *, is_causal: bool = True) -> torch.Tensor:
    """(H, queries, keys): −slope · distance, −inf for the future where ``is_causal`` (Press et al. 2022)."""
    device = slopes_H.device
    at = torch.arange(keys - queries, keys, device=device)[:, None]
    distance = at - torch.arange(keys, device=device)[None, :]
    bias = -slopes_H[:, None, None] * distance.abs()
    return bias.masked_fill(distance < 0, float("-inf")) if is_causal else bias


class _Regroup(torch.autograd.Function):
    """Rows of the flat row in the order of the groups. What rounding added has no gradient, so that of each token is at its one place."""

    @staticmethod
    def forward(ctx: Any, flat: torch.Tensor, gather: torch.Tensor, scatter: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(scatter)
        return flat.index_select(0, gather)

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor, None, None]:
        return gradients[0].index_select(0, ctx.saved_tensors[0]), None, None


class _Ungroup(torch.autograd.Function):
    """Rows of the groups' outputs back in flat order; its gradient is a plain copy because no row is used twice."""

    @staticmethod
    def forward(ctx: Any, grouped: torch.Tensor, scatter: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(scatter)
        ctx.rows = grouped.shape[0]
        return grouped.index_select(0, scatter)

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor, None]:
        (scatter,) = ctx.saved_tensors
        gradient = gradients[0]
        full = gradient.new_zeros((ctx.rows, *gradient.shape[1:]))
        return full.index_copy_(0, scatter, gradient), None
