"""Which rows are learned from, validated on and tested on."""

from tokenloom.data.splitting.assigning import NAMES, Choice, assign_splits, split_column

__all__ = ["NAMES", "Choice", "assign_splits", "split_column"]
