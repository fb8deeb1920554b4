"""``tokenloom data …`` and ``tokenloom tokenizer …``."""

from tokenloom.cli.data.commands import app
from tokenloom.cli.data.refine import refine
from tokenloom.cli.data.splits import split

app.command()(split)
app.command()(refine)

__all__ = ["app"]
