"""Training, storing, opening and using tokenizers."""

from tokenloom.data.tokenizer.load import load_tokenizer
from tokenloom.data.tokenizer.store import TokenizerRef, TokenizerStore
from tokenloom.data.tokenizer.tokenizer import Mark, Tokenizer, TokenView
from tokenloom.data.tokenizer.training import train_tokenizer

__all__ = ["Mark", "TokenView", "Tokenizer", "TokenizerRef", "TokenizerStore", "load_tokenizer", "train_tokenizer"]
