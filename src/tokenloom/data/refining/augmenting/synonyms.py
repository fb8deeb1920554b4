"""Words replaced by synonyms of their commonest sense."""

from __future__ import annotations

from pathlib import Path

from tokenloom.data.refining.augmenting.base import Augment, Draw, chosen, words_of
from tokenloom.data.refining.augmenting.wordnet import DEFAULT, synonyms
from tokenloom.data.refining.building import Tools, builder
from tokenloom.data.refining.step import Step
from tokenloom.spec.steps.augmenting import AugmentSynonymsStep


@builder.register
def _make(spec: AugmentSynonymsStep, tools: Tools) -> Step:
    return Synonyms(tools, spec)


class Synonyms(Augment):
    """Only words that stand in the dictionary as they are written; a capital at the beginning stays one."""

    def __init__(self, tools: Tools, spec: AugmentSynonymsStep) -> None:
        super().__init__(tools, spec)
        self._strength = spec.strength
        self._of = synonyms(Path(spec.dictionary).expanduser() if spec.dictionary else DEFAULT)

    def change(self, text: str, draw: Draw) -> str:
        pieces, places = words_of(text)
        able = [place for place in places if len(pieces[place]) > 3 and pieces[place].lower() in self._of]
        for place in chosen(able, self._strength, draw) if able else []:
            word = pieces[place]
            other = draw.choice(self._of[word.lower()])
            pieces[place] = other.capitalize() if word[0].isupper() else other
        return "".join(pieces)
