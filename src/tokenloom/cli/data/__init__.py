"""``tokenloom data …`` and ``tokenloom tokenizer …``."""

from tokenloom.cli.data.commands import app
from tokenloom.cli.data.inspection import doctor, validate
from tokenloom.cli.data.splits import split

for command in (validate, doctor, split):
    app.command()(command)

__all__ = ["app"]
