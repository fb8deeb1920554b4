"""What the first preview of a process would wait for, loaded before it is asked for."""

from __future__ import annotations

from tokenloom.data.refining.building import Tools
from tokenloom.data.refining.item import Item
from tokenloom.data.refining.running import Running
from tokenloom.spec.data import TextMapping
from tokenloom.spec.steps import (
    HtmlStep,
    NearDuplicatesStep,
    QualityStep,
    RedactStep,
    UnicodeStep,
    WhitespaceStep,
)


def load_for_previews() -> None:
    """Take one row through the steps that need something loaded, and load what reads rows: about a second of work, once."""
    import tokenloom.data.table  # noqa: F401

    steps = [UnicodeStep(), HtmlStep(), WhitespaceStep(), RedactStep(), NearDuplicatesStep(), QualityStep()]
    with Running(steps, Tools(TextMapping(text="text"), is_preview=True), 1) as running:
        for _ in running.through([Item(1, "train", {"text": "<p>Just one row, so that all is ready.</p>"})]):
            pass
