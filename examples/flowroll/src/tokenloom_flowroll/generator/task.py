"""A finished task and its row in a dataset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tokenloom.kit.ids import content_id
from tokenloom_flowroll.generator.draft import Draft
from tokenloom_flowroll.generator.edges import edges_of
from tokenloom_flowroll.generator.split import Part
from tokenloom_flowroll.language.values import Dims

INPUT_NAMES = ("x", "y")

FAMILIES = ("build", "transform", "combine", "dimmatch", "predict", "fix")

LEVELS: dict[int, tuple[str, ...]] = {
    1: ("build", "transform"),
    2: ("transform", "combine", "dimmatch", "predict", "fix"),
    3: ("transform", "combine", "dimmatch", "predict", "fix"),
    4: FAMILIES,
}
"""The families that each level has."""


@dataclass(frozen=True, slots=True)
class Task:
    """One question with an answer that can be run."""

    instruction: str
    """What is asked, unique in a data set; for predict it holds the program."""
    reference: str
    """A right program, in canonical spelling; for predict the program asked about."""
    dims: tuple[Dims, ...]
    """Dims of x and y, as many as there are inputs."""
    level: int
    family: str
    part: Part
    edges: tuple[str, ...]
    """The signature: data-flow edges, for DIMMATCH (and a fix of one) also the pair of input dims; sorted."""
    base: str = ""
    """For fix: the family of the task that was broken."""
    broken: str = ""
    error: str = ""
    value: str = ""
    """For predict: what the program gives."""

    @property
    def prompt(self) -> str:
        """All that the model sees: for fix also the broken program and its error message."""
        return f"{self.instruction}\n{self.broken}\n{self.error}" if self.broken else self.instruction

    @property
    def completion(self) -> str:
        """The answer to learn: the program, or for predict the value."""
        return self.value or self.reference

    def as_row(self) -> dict[str, Any]:
        """The JSON row; everything that judging needs is in it."""
        return {
            "id": content_id(self.prompt),
            "prompt": self.prompt,
            "completion": self.completion,
            "level": self.level,
            "family": self.family,
            "dims": [list(dims) for dims in self.dims],
            "reference": self.reference,
            "edges": list(self.edges),
            "base": self.base,
            "split": self.part,
        }


def signature(draft: Draft) -> set[str]:
    """The edges of a draft's reference, with the pair of dims where its family has one."""
    edges = edges_of(draft.program)
    if draft.pair:
        edges.add(draft.pair)
    return edges


def finished(draft: Draft, level: int, part: Part, edges: set[str]) -> Task:
    """The task of a draft whose part is known."""
    return Task(
        instruction=draft.instruction,
        reference=str(draft.program),
        dims=tuple([value.dims for value in draft.inputs.values()]),
        level=level,
        family=draft.family,
        part=part,
        edges=tuple(sorted(edges)),
        base=draft.base,
        broken=draft.broken_text,
        error=draft.error,
        value=str(draft.output) if draft.family == "predict" else "",
    )
