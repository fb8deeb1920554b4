"""What every step that looks at texts has."""

from __future__ import annotations

from typing import Literal

from tokenloom.spec.base import Spec

Where = Literal["all", "prompts", "answers"]


class StepSpec(Spec):
    """What every step that looks at texts has."""

    where: Where = "all"
    """Which of a row's texts: all; `prompts` (what is asked: prompt, context, system and user messages); or `answers` (completion, chosen,
    rejected, assistant messages). Rows of plain text have one text, which is always meant."""
