"""Where rows come from, by the type of a source's spec."""

import importlib

from tokenloom.data.source.opening import Files as Files
from tokenloom.data.source.opening import Place as Place
from tokenloom.data.source.opening import Rows as Rows
from tokenloom.data.source.opening import SourceFile as SourceFile
from tokenloom.data.source.opening import fetch_source as fetch_source
from tokenloom.data.source.opening import open_source as open_source
from tokenloom.data.source.opening import opened as opened

for _name in ("local", "web", "buckets", "hub", "earlier", "made"):  # each registers its kinds
    importlib.import_module(f"{__name__}.{_name}")
