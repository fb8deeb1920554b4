"""Rows of embeddings for new tokens."""

from tokenloom.modeling.vocabulary.growing import grow_vocabulary

__all__ = ["grow_vocabulary"]
