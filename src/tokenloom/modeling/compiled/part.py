"""A function of tensors that may be replaced by its compiled form.

Shapes: each tensor of ``rows`` has the same first dimension, T, whatever that is; all else about the tensors belongs to the form.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

PARTS: dict[str, Part] = {}
FEWEST_ROWS = 2  # a single row would be compiled for by itself


@dataclass(frozen=True)
class Form:
    """What a compiled form is for: of every tensor the format, and the shape without the rows; and the kind of device."""

    dtypes: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]
    device: str

    @classmethod
    def of(cls, tensors: Sequence[torch.Tensor], rows: frozenset[int]) -> Form:
        return cls(
            tuple(str(each.dtype).removeprefix("torch.") for each in tensors),
            tuple(tuple(each.shape[1:] if at in rows else each.shape) for at, each in enumerate(tensors)),
            tensors[0].device.type,
        )


@dataclass
class Part:
    """``plain`` is called until there is a compiled form for such tensors; ``formula`` is the same without writing into what it is given."""

    name: str
    plain: Callable[..., Any]
    formula: Callable[..., Any]
    rows: frozenset[int]
    compiled: dict[Form, Callable[..., Any]] = field(default_factory=dict)
    met: set[Form] | None = None
    """Forms that were asked for, while someone wants to know them."""

    def __call__(self, *tensors: torch.Tensor) -> Any:
        if self.met is None and not self.compiled:
            return self.plain(*tensors)
        form = Form.of(tensors, self.rows)
        if self.met is not None:
            self.met.add(form)
        kernel = self.compiled.get(form)
        if kernel is None or not self._fits(tensors):
            return self.plain(*tensors)
        return kernel(*tensors)

    def _fits(self, tensors: Sequence[torch.Tensor]) -> bool:
        """Whether they lie in memory as the compiled form expects."""
        return tensors[min(self.rows)].shape[0] >= FEWEST_ROWS and all(each.is_contiguous() for each in tensors)

    @property
    def source(self) -> str:
        """The formula as text: another one is another kernel."""
        return inspect.getsource(self.formula)


def part(*, rows: Sequence[int], formula: Callable[..., Any] | None = None) -> Callable[[Callable[..., Any]], Part]:
    """Make a function of tensors a :class:`Part`. ``rows``: places of the tensors whose first dimension is T."""

    def make(plain: Callable[..., Any]) -> Part:
        made = PARTS[plain.__name__] = Part(plain.__name__, plain, formula or plain, frozenset(rows))
        return made

    return make


def watch() -> None:
    """From now on each part remembers the forms that it meets."""
    for each in PARTS.values():
        each.met = set()


def end_watch() -> list[tuple[Part, Form]]:
    """What was met since :func:`watch`; nothing is remembered from now on."""
    found = [(each, form) for each in PARTS.values() for form in sorted(each.met or (), key=repr)]
    for each in PARTS.values():
        each.met = None
    return found
