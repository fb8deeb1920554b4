"""Train a tokenizer on the training splits of datasets."""

from __future__ import annotations

from tokenloom.data.dataset import DatasetStore
from tokenloom.data.tokenizer.training import train_tokenizer
from tokenloom.spec.recipe import TokenizerSpec
from tokenloom.tasks.context import Context
from tokenloom.tasks.ending import Ending


def make_tokenizer(spec: TokenizerSpec, context: Context) -> Ending:
    """Result: the tokenizer's id, name, version and size."""
    store = DatasetStore(context.workspace)
    made = train_tokenizer(
        context.workspace,
        name=spec.tokenizer,
        spec=spec.model,
        datasets=[store.get(name) for name in spec.datasets],
        progress=context.phase("tokenizer"),
        cancelled=context.is_cancelled,
    )
    size, wanted = int(made.meta["vocab_size"]), getattr(spec.model, "vocab_size", 0)
    if size < wanted and spec.model.kind != "character":
        context.note(f"The text gives only {size} tokens; {wanted} were asked for.", level="warning")
    context.result(**{**made.meta, "kind": "tokenizer"})
    return Ending()
