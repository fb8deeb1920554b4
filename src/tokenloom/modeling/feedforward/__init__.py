"""Feed-forward parts of our transformer: dense ones, and a mixture of them."""

from tokenloom.modeling.feedforward.dense import FEED_FORWARDS
from tokenloom.modeling.feedforward.experts import Experts, Router

__all__ = ["FEED_FORWARDS", "Experts", "Router"]
