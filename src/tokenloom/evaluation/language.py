"""Likelihood: loss, perplexity, bits per byte and token accuracy over the learned tokens of a split."""

from __future__ import annotations

import math
from collections.abc import Callable

from tokenloom.data.tokenizer.tokenizer import Tokenizer
from tokenloom.data.tokens import TokenStore
from tokenloom.kit.errors import Interrupted
from tokenloom.training.objective.language import Language
from tokenloom.training.paths import FlatPath, PaddedPath
from tokenloom.training.precision import Compute
from tokenloom.training.validate import evenly, validate


def language_metrics(
    store: TokenStore,
    path: FlatPath | PaddedPath,
    compute: Compute,
    tokenizer: Tokenizer,
    *,
    max_sequences: int | None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> dict[str, float]:
    """``loss`` in nats per token; ``bits_per_byte`` = total bits / UTF-8 bytes of the learned text, comparable across tokenizers."""
    result = validate(store, Language(path), compute, max_groups=max_sequences, is_cancelled=is_cancelled)
    if result is None:
        raise Interrupted("The measurement was stopped before its end.")
    learned_bytes = sum(_bytes_of(store, number, tokenizer) for number in evenly(len(store), max_sequences).tolist())
    bits = result.loss * result.units / math.log(2)
    return {
        "loss": result.loss,
        "perplexity": result.metrics["val/perplexity"],
        "bits_per_byte": bits / learned_bytes if learned_bytes else math.nan,
        "token_accuracy": result.metrics["val/token_accuracy"],
        "tokens": result.units,
    }


def _bytes_of(store: TokenStore, number: int, tokenizer: Tokenizer) -> int:
    """UTF-8 bytes of the learned tokens of a sequence; special tokens count none, the first token is never learned."""
    tokens, learned = store.sequence(number)
    ids = [int(token) for token, is_learned in zip(tokens[1:], learned[1:], strict=True) if is_learned]
    return len(tokenizer.decode(ids).encode("utf-8", "surrogatepass"))
