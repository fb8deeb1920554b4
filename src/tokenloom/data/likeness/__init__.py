"""Near-duplicate texts among millions, with bounded memory."""

from tokenloom.data.likeness.clusters import Clusters
from tokenloom.data.likeness.index import NEAR, LikenessIndex, Match, joined

__all__ = ["NEAR", "Clusters", "LikenessIndex", "Match", "joined"]
