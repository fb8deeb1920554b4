"""Which rows are learned from, validated on and tested on."""

from tokenloom.data.splitting.assigning import NAMES, Choice, assign_splits, split_column
from tokenloom.data.splitting.said import Said

__all__ = ["NAMES", "Choice", "Said", "assign_splits", "split_column"]
