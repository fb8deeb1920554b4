"""``tokenloom data …`` and ``tokenloom tokenizer …``."""

from tokenloom.cli.data.commands import app
from tokenloom.cli.data.history import card, diff
from tokenloom.cli.data.inspection import doctor, validate
from tokenloom.cli.data.mapping import map_rows
from tokenloom.cli.data.refine import refine
from tokenloom.cli.data.splits import split
from tokenloom.cli.data.statistics import stats

for command in (stats, validate, doctor, refine, split, diff, card):
    app.command()(command)
app.command("map")(map_rows)

__all__ = ["app"]
