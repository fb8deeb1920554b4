"""Words left out, swapped, said twice (Wei & Zou, “EDA”, 2019, without its synonyms)."""

from __future__ import annotations

from tokenloom.data.refining.augmenting.base import Augment, Draw, chosen, words_of
from tokenloom.data.refining.building import Tools, builder
from tokenloom.data.refining.step import Step
from tokenloom.spec.steps.augmenting import AugmentEditsStep


@builder.register
def _make(spec: AugmentEditsStep, tools: Tools) -> Step:
    return Edits(tools, spec)


class Edits(Augment):
    """Each touched word gets one edit, drawn from those that are allowed. A text never loses its last word."""

    def __init__(self, tools: Tools, spec: AugmentEditsStep) -> None:
        super().__init__(tools, spec)
        self._edits, self._strength = spec.edits, spec.strength

    def change(self, text: str, draw: Draw) -> str:
        pieces, places = words_of(text)
        if len(places) < 2:
            return text
        words = [pieces[place] for place in places]
        for at in reversed(chosen(range(len(places)), self._strength, draw)):
            edit = draw.choice(self._edits)
            if edit == "delete" and sum(map(bool, words)) > 1:
                words[at] = ""
            elif edit == "swap":
                other = at - 1 if at else 1
                words[at], words[other] = words[other], words[at]
            elif edit == "insert":
                words[at] = f"{draw.choice([word for word in words if word]).split()[-1]} {words[at]}".strip()
        for place, word in zip(places, words, strict=True):
            pieces[place] = word
        return "".join(_without_gaps(pieces)).strip() if "" in pieces else "".join(pieces)


def _without_gaps(pieces: list[str]) -> list[str]:
    """Where a word was left out, the space before it goes, too."""
    left: list[str] = []
    for piece in pieces:
        if piece == "" and left and left[-1] == " ":
            left.pop()
        else:
            left.append(piece)
    return left
