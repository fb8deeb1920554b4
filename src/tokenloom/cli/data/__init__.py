"""``tokenloom data …`` and ``tokenloom tokenizer …``."""

from tokenloom.cli.data.commands import app
from tokenloom.cli.data.history import card, diff
from tokenloom.cli.data.refine import refine
from tokenloom.cli.data.splits import split

for command in (split, refine, diff, card):
    app.command()(command)

__all__ = ["app"]
