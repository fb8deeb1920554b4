"""``tokenloom data …`` and ``tokenloom tokenizer …``."""

from tokenloom.cli.data.commands import app

__all__ = ["app"]
