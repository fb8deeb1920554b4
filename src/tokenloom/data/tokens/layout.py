"""Which sequences a row becomes, by what is to be learned from it.

The sequences of one row form a *group*, which is trained, drawn and dropped as a whole. Where a place rather than a token carries what is learned (a
class, a score), a *closing* token is put behind the sequence: the model never reads it, its place is the one behind the whole text.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from tokenloom.data.mapping import BadRow, Example
from tokenloom.data.template.renderer import Mask, Renderer
from tokenloom.data.tokenizer.fast import Ids
from tokenloom.kit.errors import DataError

Sequences = list[tuple[Ids, Mask]]


@dataclass(frozen=True)
class Group:
    """The sequences of one row, and the number that stands beside each of them."""

    sequences: Sequences
    values: tuple[float, ...] = ()


class Layout(ABC):
    """``width``: sequences of a group · ``closes``: whether a closing token is added · ``has_values``: whether numbers stand beside them."""

    name: ClassVar[str]
    width: ClassVar[int] = 1
    closes: ClassVar[bool] = False
    has_values: ClassVar[bool] = False

    def key(self) -> dict[str, Any]:
        """What of it the tokens depend on."""
        return {"name": self.name}

    @abstractmethod
    def groups(self, examples: Sequence[Example], renderer: Renderer) -> list[Group | BadRow]:
        """A group for each example, or why there is none."""


class LanguageLayout(Layout):
    """One sequence; the renderer says which of its tokens are learned. Of a preference, the better answer."""

    name = "language"

    def groups(self, examples: Sequence[Example], renderer: Renderer) -> list[Group | BadRow]:
        return [_alone(answer) for answer in renderer.encode_batch(examples)]


class PairLayout(Layout):
    """The better answer, then the worse one, each behind the same prompt."""

    name = "pair"
    width = 2

    def groups(self, examples: Sequence[Example], renderer: Renderer) -> list[Group | BadRow]:
        worse = [replace(each, messages=each.rejected) for each in examples]
        pairs = zip(renderer.encode_batch(examples), renderer.encode_batch(worse), strict=True)
        return [self._pair(chosen, rejected) for chosen, rejected in pairs]

    def _pair(self, chosen: tuple[Ids, Mask] | BadRow, rejected: tuple[Ids, Mask] | BadRow) -> Group | BadRow:
        for side in (chosen, rejected):
            if isinstance(side, BadRow):
                return side
        return Group([chosen, rejected])  # type: ignore[list-item]


class ScoredPairLayout(PairLayout):
    """A pair whose sequences are scored at their ends."""

    name = "scored pair"
    closes = True

    def _pair(self, chosen: tuple[Ids, Mask] | BadRow, rejected: tuple[Ids, Mask] | BadRow) -> Group | BadRow:
        group = super()._pair(chosen, rejected)
        return group if isinstance(group, BadRow) else Group([closed(ids) for ids, _ in group.sequences])


class JudgedLayout(Layout):
    """A prompt with its answer, then the same prompt with the answer of another row, from which the drift is estimated; value: 1 good, 0 bad."""

    name = "judged"
    width = 2
    has_values = True

    def groups(self, examples: Sequence[Example], renderer: Renderer) -> list[Group | BadRow]:
        others = [examples[place - 1] for place in range(len(examples))]  # the first one takes the last one's answer
        strange = [
            replace(each, messages=[*(each.messages or [])[:-1], (other.messages or [])[-1]])
            for each, other in zip(examples, others, strict=True)
        ]
        answers = zip(examples, renderer.encode_batch(examples), renderer.encode_batch(strange), strict=True)
        return [self._group(*each) for each in answers]

    def _group(self, example: Example, own: Any, strange: Any) -> Group | BadRow:
        for side in (own, strange):
            if isinstance(side, BadRow):
                return side
        return Group([own, strange], (float(bool(example.verdict)),) * 2)


class LabelLayout(Layout):
    """A text, scored at its end; value: the number of its class in ``labels``."""

    name = "label"
    closes = True
    has_values = True

    def __init__(self, labels: Sequence[str]) -> None:
        self.labels = list(labels)
        self._numbers = {label: number for number, label in enumerate(self.labels)}

    def key(self) -> dict[str, Any]:
        return {"name": self.name, "labels": self.labels}

    def groups(self, examples: Sequence[Example], renderer: Renderer) -> list[Group | BadRow]:
        return [
            self._group(example, answer)
            for example, answer in zip(examples, renderer.encode_batch(examples), strict=True)
        ]

    def _group(self, example: Example, answer: tuple[Ids, Mask] | BadRow) -> Group | BadRow:
        if isinstance(answer, BadRow):
            return answer
        number = self._numbers.get(example.label or "")
        if number is None:
            return BadRow(f"the label “{example.label}” is not one of the labels that are learned")
        return Group([closed(answer[0])], (float(number),))


class PromptLayout(Layout):
    """The prompt alone, up to the opening of the answer: what comes then is drawn while training."""

    name = "prompt"
    closes = True

    def groups(self, examples: Sequence[Example], renderer: Renderer) -> list[Group | BadRow]:
        return [self._group(example, renderer) for example in examples]

    def _group(self, example: Example, renderer: Renderer) -> Group | BadRow:
        try:
            return Group([closed(np.array(renderer.prompt_ids((example.messages or [])[:-1]), dtype=np.int32))])
        except DataError as reason:
            return BadRow(reason.message)


def closed(ids: Ids) -> tuple[Ids, Mask]:
    """``ids`` with the closing token, whose place is all that is learned."""
    mask = np.zeros(len(ids) + 1, dtype=np.uint8)
    mask[-1] = 1
    return np.append(ids, np.int32(0)).astype(np.int32), mask


def _alone(answer: tuple[Ids, Mask] | BadRow) -> Group | BadRow:
    return answer if isinstance(answer, BadRow) else Group([answer])
