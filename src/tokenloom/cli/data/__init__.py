"""``tokenloom data …`` and ``tokenloom tokenizer …``."""

from tokenloom.cli.data.commands import app
from tokenloom.cli.data.splits import split

app.command()(split)

__all__ = ["app"]
