"""Which map of a dataset's rows is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tokenloom.kit.ids import content_id
from tokenloom.kit.workspace import Workspace

if TYPE_CHECKING:
    from tokenloom.spec.recipe import MapSpec

MAPPED_ROWS = 20_000
_VERSION = 2


@dataclass(frozen=True)
class MapAsked:
    """``model``: reference of the model that lays the rows out, ``fingerprint``: what its files are, ``max_tokens``: how much of a row it reads at
    most; without a model rows are laid out by their words."""

    split: str | None = None
    limit: int = 5_000
    model: str = ""
    fingerprint: str = ""
    max_tokens: int = 0

    @property
    def rows(self) -> int:
        """Most rows that are laid out."""
        return max(1, min(self.limit, MAPPED_ROWS))

    @property
    def key(self) -> list[Any]:
        """All that the map depends on beside the dataset."""
        return ["map", _VERSION, self.split, self.rows, self.model, self.fingerprint, self.max_tokens]


def map_by_model(workspace: Workspace, spec: MapSpec) -> MapAsked:
    """What a run of ``spec`` makes; :class:`NotFound` where there is no such model."""
    from tokenloom.tracking.artifacts import model_fingerprint, resolve_model

    ref = resolve_model(workspace, spec.model.source)
    fingerprint = content_id(model_fingerprint(ref, spec.model.revision), spec.model.without_adapter)
    return MapAsked(spec.split, spec.rows, ref.reference, fingerprint, spec.max_tokens)
