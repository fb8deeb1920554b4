"""The gradient's way through the model at one step: norms, true updates and histograms by layer.

A probe looks on while a step is taken and changes nothing of it. Norms are over all weights. What a step really changed, the share of zeros and the histograms
stand on at most ``SAMPLE`` evenly spread elements of each tensor, so that memory stays flat whatever the model's size: exact for smaller tensors, within about
half a percent for larger ones. Numbers stay on the device until :meth:`FlowProbe.told`. Where weights are spread over ranks, all ranks look, and one tensor
after the other is made whole.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.nn.utils import get_total_norm

from tokenloom.spec.event import FLOW_BINS, FLOW_LEAST_EXPONENT, FLOW_PER_DECADE
from tokenloom.training.watching.layers import Layer, blocks_by_layer, trained_layers

SAMPLE = 16_384
SIDE = FLOW_BINS // 2
DIGITS = 5
Whole = Callable[[torch.Tensor], torch.Tensor]
SHARES = 10_000  # histogram counts are shares in ten-thousandths


@dataclass
class _Seen:
    """Of one layer, as 0-d tensors; histograms (``FLOW_BINS``,)."""

    grad_square: torch.Tensor
    weight_square: torch.Tensor
    update_square: torch.Tensor
    zeros: torch.Tensor
    weights: torch.Tensor
    gradients: torch.Tensor


def wants_flow(every: int | None, step: int) -> bool:
    """Whether ``step`` is one to look at: the first, and each ``every``-th."""
    return every is not None and (step == 1 or step % every == 0)


class FlowProbe:
    """Looks at one optimizer step: :meth:`watching` around the passes, :meth:`before` and :meth:`after` around the update."""

    def __init__(self, model: nn.Module, whole: Whole = lambda tensor: tensor) -> None:
        """``whole`` gives the tensor of which a part may lie here."""
        self._layers, self._whole = trained_layers(model), whole
        self._blocks = blocks_by_layer(model)
        self._seen: dict[str, _Seen] = {}
        self._old: dict[str, torch.Tensor] = {}
        self._activations: dict[str, tuple[torch.Tensor, torch.Tensor]] = {}

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Inside, the first output of each block is looked at."""
        hooks = [block.register_forward_hook(self._hook(name)) for name, block in self._blocks.items()]
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()

    @torch.no_grad()
    def before(self) -> None:
        """Gradients are whole and not clipped yet."""
        for layer in self._layers:
            self._old[layer.name] = joined(layer.parameters, self._whole)
            self._seen[layer.name] = _look(layer, self._old[layer.name], self._whole)

    @torch.no_grad()
    def after(self) -> None:
        """The optimizer has stepped, or the step was left out."""
        for layer in self._layers:
            changes = joined(layer.parameters, self._whole) - self._old.pop(layer.name)
            self._seen[layer.name].update_square = (changes.square() * _scales(layer)).sum()

    def told(self) -> dict[str, Any]:
        """What was seen, as a ``flow`` event tells it; waits for the device."""
        names = [layer.name for layer in self._layers]
        seen = [self._seen[name] for name in names]
        columns = {
            field: _floats([getattr(each, field) for each in seen]) for field in ("grad_square", "weight_square")
        }
        updates, zeros = _floats([each.update_square for each in seen]), _floats([each.zeros for each in seen])
        sizes = [layer.size for layer in self._layers]
        norms = [math.sqrt(square) for square in columns["weight_square"]]
        return {
            "layers": names,
            "paths": [layer.path for layer in self._layers],
            "sizes": sizes,
            "grad_norm": [rounded(math.sqrt(square)) for square in columns["grad_square"]],
            "weight_norm": [rounded(norm) for norm in norms],
            "update_ratio": [
                rounded(math.sqrt(a) / norm if norm else 0.0) for a, norm in zip(updates, norms, strict=True)
            ],
            "zero_share": [rounded(count / size) for count, size in zip(zeros, sizes, strict=True)],
            "weights": _packed([each.weights for each in seen]),
            "gradients": _packed([each.gradients for each in seen]),
            **self._told_activations(names),
        }

    def _told_activations(self, names: list[str]) -> dict[str, Any]:
        """Of the blocks' outputs in the first micro-batch; ``None`` where a layer is no block."""
        shown = [name for name in names if name in self._activations]
        if not shown:
            return {}
        facts = torch.stack([self._activations[name][0] for name in shown]).tolist()
        bins = _packed([self._activations[name][1] for name in shown])
        places = {name: place for place, name in enumerate(shown)}
        fields = ("activation_mean", "activation_std", "activation_zero_share")
        return {
            "activations": [bins[places[name]] if name in places else None for name in names],
            **{
                field: [rounded(facts[places[name]][at]) if name in places else None for name in names]
                for at, field in enumerate(fields)
            },
        }

    def _hook(self, name: str) -> Callable[..., None]:
        def look(_module: nn.Module, _inputs: Any, output: Any) -> None:
            hidden = output[0] if isinstance(output, tuple) else output
            if name in self._activations or not isinstance(hidden, torch.Tensor):
                return
            with torch.no_grad():
                values = sample(hidden).float()
                facts = torch.stack([values.mean(), values.std(), (values == 0).float().mean()])
                self._activations[name] = (facts, histogram(values))

        return look


def sample(tensor: torch.Tensor) -> torch.Tensor:
    """At most ``SAMPLE`` elements, evenly spread; a view where that is possible. An odd stride meets every column of a matrix."""
    flat = tensor.detach().reshape(-1)
    return flat[:: stride_of(len(flat))]


def stride_of(size: int) -> int:
    """Between two elements that are looked at, of ``size``."""
    stride = -(-size // SAMPLE)
    return stride | 1 if stride > 1 else 1


def joined(tensors: Iterable[torch.Tensor], whole: Whole) -> torch.Tensor:
    """The samples of all of these, end to end, in fp32; a copy."""
    return torch.cat([sample(whole(tensor.detach())) for tensor in tensors]).float()


def histogram(values: torch.Tensor, scales: torch.Tensor | None = None) -> torch.Tensor:
    """(``FLOW_BINS``,) sums of ``scales`` (else counts) in the bins of `spec.event`; what is no number counts as zero."""
    values = torch.nan_to_num(values.float(), nan=0.0)
    magnitude = ((values.abs().log10() - FLOW_LEAST_EXPONENT) * FLOW_PER_DECADE).floor().clamp(-1, SIDE - 1) + 1
    places = (values.sign() * magnitude + SIDE).long()
    if places.device.type == "cpu":
        return torch.bincount(places, scales, minlength=FLOW_BINS).float()
    weights = (
        torch.ones_like(values) if scales is None else scales
    )  # bincount waits for a CUDA device, and is not deterministic there
    return torch.stack([(weights * (places == each)).sum() for each in range(FLOW_BINS)])


def _look(layer: Layer, weights: torch.Tensor, whole: Whole) -> _Seen:
    """Norms over everything, zeros and histograms over the samples; each sample counts for its whole tensor."""
    gradients = [parameter.grad for parameter in layer.parameters if parameter.grad is not None]
    scales, reached = _scales(layer), [parameter for parameter in layer.parameters if parameter.grad is not None]
    unreached = float(layer.size - sum(parameter.numel() for parameter in reached))  # the loss does not depend on these
    nothing = torch.zeros((), device=weights.device)
    some = joined(gradients, whole) if gradients else weights[:0]
    counted = _scales(Layer(layer.name, layer.path, reached)) if gradients else scales[:0]
    return _Seen(
        grad_square=whole(get_total_norm(gradients)).float().square() if gradients else nothing,
        weight_square=whole(get_total_norm([each.detach() for each in layer.parameters])).float().square(),
        update_square=nothing,
        zeros=((some == 0) * counted).sum() + unreached,
        weights=histogram(weights, scales),
        gradients=histogram(some, counted),
    )


def _scales(layer: Layer) -> torch.Tensor:
    """For each sampled element of a layer, how many elements of its tensor it stands for."""
    sizes = [(size, -(-size // stride_of(size))) for size in (parameter.numel() for parameter in layer.parameters)]
    ratios = torch.tensor([size / taken for size, taken in sizes], device=layer.parameters[0].device)
    counts = torch.tensor([taken for _, taken in sizes], device=ratios.device)
    return ratios.repeat_interleave(counts, output_size=sum(taken for _, taken in sizes))


def _floats(tensors: list[torch.Tensor]) -> list[float]:
    return torch.stack(tensors).tolist()  # type: ignore[no-any-return]


def _packed(histograms: list[torch.Tensor]) -> list[list[int]]:
    """Each as the first bin that is not empty, then the shares up to the last one that is not, in ten-thousandths; empty: nothing."""
    packed = []
    for counts in torch.stack(histograms).tolist():
        total = sum(counts) or 1.0
        shares = [round(count / total * SHARES) or int(count > 0) for count in counts]
        filled = [place for place, share in enumerate(shares) if share]
        packed.append([filled[0], *shares[filled[0] : filled[-1] + 1]] if filled else [])
    return packed


def rounded(value: float) -> float:
    """Few digits: a run keeps thousands of these."""
    return float(f"{value:.{DIGITS}g}")
