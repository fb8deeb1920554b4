"""From the spec of a step to the step."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from tokenloom.data.progress import UNWATCHED, Watch
from tokenloom.data.refining.step import Step
from tokenloom.data.refining.texts import Texts
from tokenloom.kit.errors import SpecError
from tokenloom.kit.plugins import BUILDERS, load_plugins
from tokenloom.spec.base import Spec

Judge = Callable[[Sequence[str]], list[float]]
"""Perplexity of each text under some model."""


class Filler(Protocol):
    """A masked language model on this machine, as steps that add rows use it."""

    @property
    def kind(self) -> Literal["masked"]: ...

    def fill(self, places: Sequence[tuple[str, str]], most: int) -> list[list[tuple[str, float]]]:
        """Whole words that may stand between each pair of texts, the ``most`` likeliest first, with their probabilities."""
        ...


class Writer(Protocol):
    """A causal or encoder-decoder language model on this machine, as steps that add rows use it."""

    @property
    def kind(self) -> Literal["causal", "seq2seq"]: ...

    def write(self, text: str, *, most_words: int, temperature: float, top_k: int, seed: int) -> str:
        """What comes after ``text`` (causal), or what it becomes (seq2seq; ``most_words`` 0: as long as it needs)."""
        ...


@dataclass(frozen=True)
class Tools:
    """What steps work with beside their settings. ``mapping``: what the columns mean; ``columns``: names that are taken.

    ``folder``: where large scratch files may lie; ``judge_of``: loads a model that judges texts, where models can be loaded at all.
    """

    mapping: Spec
    columns: Sequence[str] = ()
    earlier: Sequence[str] = ()
    """Kinds of the steps that made the dataset which is refined."""
    folder: Path | None = None
    watch: Watch = UNWATCHED
    is_preview: bool = False
    judge_of: Callable[[str], Judge] | None = None
    writer_of: Callable[[str], Filler | Writer] | None = None
    """Opens a language model by folder or reference, where models can be loaded at all."""
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    """Numbers for rows that steps add: above all that are there."""

    def texts(self, spec: Spec) -> Texts:
        """The texts that a step with these settings is about."""
        return Texts(self.mapping, getattr(spec, "where", "all"))


@functools.singledispatch
def builder(spec: Spec, tools: Tools) -> Step:
    """Make the step that ``spec`` describes; plugins register a function for their own spec class."""
    raise SpecError(
        f"Nothing here can do a step of kind “{getattr(spec, 'kind', type(spec).__name__)}”.",
        hint="Install the plugin that offers it; `tokenloom plugins` shows which are there.",
    )


def build_step(spec: Spec, tools: Tools) -> Step:
    """:func:`builder`, with the built-in steps and, where the kind is not built in, plugins loaded."""
    import tokenloom.data.refining.steps  # noqa: F401  registers the built-in steps

    if builder.dispatch(type(spec)) is builder.dispatch(object):
        load_plugins(BUILDERS)
    return builder(spec, tools)
