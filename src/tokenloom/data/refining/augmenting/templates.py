"""Texts put into other words around them."""

from __future__ import annotations

from tokenloom.data.refining.augmenting.base import Augment, Draw
from tokenloom.data.refining.building import Tools, builder
from tokenloom.data.refining.step import Step
from tokenloom.spec.steps.augmenting import AugmentTemplateStep


@builder.register
def _make(spec: AugmentTemplateStep, tools: Tools) -> Step:
    return Templates(tools, spec)


class Templates(Augment):
    """One template a text, drawn."""

    def __init__(self, tools: Tools, spec: AugmentTemplateStep) -> None:
        super().__init__(tools, spec)
        self._templates = spec.templates

    def change(self, text: str, draw: Draw) -> str:
        return draw.choice(self._templates).replace("{text}", text)
