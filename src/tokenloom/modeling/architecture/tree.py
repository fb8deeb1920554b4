"""From modules to a tree of plain data: parameters, shapes, bytes and arithmetic of each, with blocks that repeat told once.

Arithmetic is counted while a batch goes through (torch's FlopCounterMode: a multiplication with its addition is two operations); training takes three times the
forward pass, one for the loss and two for the gradients.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from tokenloom.modeling.transformer import _Base

TRAINING_PASSES = 3
Shape = list[int]


@dataclass
class Passed:
    """What was seen of each module while a batch went through: shapes in and out, bytes of what its leaves gave, operations."""

    inputs: dict[str, Shape] = field(default_factory=dict)
    outputs: dict[str, Shape] = field(default_factory=dict)
    flops: dict[str, int] = field(default_factory=dict)


def pass_through(model: nn.Module, batch: int, sequence: int) -> Passed:
    """Send (batch, sequence) token ids through a model on the meta device."""
    seen = Passed()
    handles = [module.register_forward_hook(_noting(seen, name)) for name, module in model.named_modules()]
    ids = torch.zeros(batch, sequence, dtype=torch.long, device="meta")
    counter = FlopCounterMode(display=False)
    with torch.no_grad(), counter:
        model(input_ids=ids, use_cache=False, **_mask(model, batch, sequence))
    for handle in handles:
        handle.remove()
    root = type(model).__name__
    for full, counts in counter.get_flop_counts().items():
        if full == root or full.startswith(f"{root}."):
            seen.flops[full[len(root) + 1 :]] = int(sum(counts.values()))
    return seen


def _mask(model: nn.Module, batch: int, sequence: int) -> dict[str, torch.Tensor]:
    """transformers makes its mask from what the numbers are, which nobody knows here; a whole one is taken as it is."""
    if isinstance(model, _Base):
        return {}
    return {"attention_mask": torch.zeros(batch, 1, sequence, sequence, device="meta")}


def _noting(seen: Passed, name: str) -> Any:
    def note(_: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        before, after = _first_shape(inputs), _first_shape(output)
        if before is not None:
            seen.inputs[name] = before
        if after is not None:
            seen.outputs[name] = after

    return note


def _first_shape(value: Any) -> Shape | None:
    if isinstance(value, torch.Tensor):
        return list(value.shape)
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return next((found for each in value if (found := _first_shape(each)) is not None), None)
    return None


@dataclass(frozen=True)
class Reader:
    """Reads a tree off a model. ``compute_bytes`` of a number that a layer gives, ``state_bytes`` of the optimizer for a trained weight."""

    seen: Passed
    blocks: nn.ModuleList
    head: nn.Module | None
    compute_bytes: int = 2
    state_bytes: float = 8.0

    def read(self, model: nn.Module) -> dict[str, Any]:
        return self._node(model, "", "model", set())

    def _node(self, module: nn.Module, path: str, name: str, counted: set[int]) -> dict[str, Any]:
        """One module; ``counted`` are the parameters that stand somewhere before, as a head that is tied to the embedding."""
        own = [each for each in module.parameters(recurse=False) if id(each) not in counted]
        is_shared = len(own) < len(list(module.parameters(recurse=False)))
        counted.update(id(each) for each in own)
        children = self._children(module, path, counted)
        numbers = {
            "parameters": sum(each.numel() for each in own),
            "trained": sum(each.numel() for each in own if each.requires_grad),
            "weight_bytes": sum(each.numel() * each.element_size() for each in own),
            "activation_bytes": 0 if children else self._given(path),
        }
        for child in children:
            for key in numbers:
                numbers[key] += child[key]
        return {
            "name": name,
            "path": path,
            "kind": type(module).__name__,
            "role": self._role(module, name),
            "times": 1,
            "is_shared": is_shared,
            "input_shape": self.seen.inputs.get(path),
            "output_shape": self.seen.outputs.get(path),
            **numbers,
            "training_bytes": int(numbers["trained"] * (4 + self.state_bytes)),
            "flops": self.seen.flops.get(path, 0),
            "children": children,
        }

    def _children(self, module: nn.Module, path: str, counted: set[int]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for name, child in module.named_children():
            below = f"{path}.{name}" if path else name
            if isinstance(child, nn.Identity) or not (
                any(True for _ in child.parameters()) or below in self.seen.outputs
            ):
                continue
            if isinstance(child, nn.ModuleList):
                found += folded(
                    [self._node(each, f"{below}.{at}", f"{name}.{at}", counted) for at, each in child.named_children()]
                )
            elif isinstance(child, nn.ModuleDict | nn.ParameterDict):
                found += self._unnamed(child, below, name, counted)
            else:
                found.append(self._node(child, below, name, counted))
        return found

    def _unnamed(self, holder: nn.Module, path: str, name: str, counted: set[int]) -> list[dict[str, Any]]:
        """What an adapter keeps by the name of the adapter (``lora_A.default``) goes by the name of its holder."""
        return [
            self._node(child, f"{path}.{key}", name, counted)
            for key, child in holder.named_children()
            if not isinstance(child, nn.Identity)
        ]

    def _given(self, path: str) -> int:
        shape = self.seen.outputs.get(path)
        return 0 if shape is None else self.compute_bytes * _product(shape)

    def _role(self, module: nn.Module, name: str) -> str:
        """What it is for, by what it is and what it is called."""
        kind, word = type(module).__name__.lower(), name.lower()
        if module is self.head:
            return "head"
        if any(module is block for block in self.blocks):
            return "block"
        if word.startswith(("lora_", "ia3_", "adapter", "prompt_encoder")) or kind == "bottleneck":
            return "adapter"
        if isinstance(module, nn.Embedding):
            return "embedding"
        if "norm" in kind or "norm" in word:
            return "norm"
        if "attn" in word or "attention" in word or "attention" in kind:
            return "attention"
        if word in ("mlp", "ffn", "feed_forward", "feedforward") or "mlp" in kind:
            return "feed_forward"
        return "linear" if isinstance(module, nn.Linear) or kind in ("conv1d", "linear") else "other"


SUMS = ("parameters", "trained", "weight_bytes", "activation_bytes", "training_bytes", "flops")


def folded(nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Neighbours that are built alike as one node with ``times``; its numbers are those of all of them, its children those of one."""
    found: list[dict[str, Any]] = []
    for node in nodes:
        if found and signature(found[-1]) == signature(node):
            last = found[-1]
            last["times"] += 1
            last["last"] = node["name"]
            for key in SUMS:
                last[key] += node[key]
        else:
            found.append(node)
    return found


def signature(node: dict[str, Any]) -> tuple[Any, ...]:
    """What makes two nodes alike: kind, size and children, whatever their names count."""
    times = node["times"]
    numbers = tuple(node[key] // times for key in ("parameters", "trained", "flops"))
    return (node["kind"], *numbers, tuple(signature(child) for child in node["children"]))


def _product(shape: Shape) -> int:
    total = 1
    for each in shape:
        total *= each
    return total
