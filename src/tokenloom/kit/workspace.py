"""The folder that holds everything: where each kind of thing lives, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from tokenloom.kit.errors import NotFound, ResourceError
from tokenloom.kit.ids import is_id
from tokenloom.kit.paths import safe_join

ENVIRONMENT_VARIABLE = "TOKENLOOM_WORKSPACE"


class Workspace(NamedTuple):  # no dataclass: what those import is a quarter of the time to a run's first point
    """Paths of one workspace. Folders of things are named by their ids, never by users' names."""

    root: Path

    @classmethod
    def open(cls, root: Path | str | None = None) -> Workspace:
        """The workspace at ``root``, else at ``$TOKENLOOM_WORKSPACE``, else ``~/tokenloom``; made if missing."""
        chosen = Path(root or os.environ.get(ENVIRONMENT_VARIABLE) or "~/tokenloom").expanduser()
        workspace = cls(chosen.absolute())
        try:
            for folder in workspace.folders():
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ResourceError(
                f"The workspace {workspace.root} cannot be used: {error.strerror}.",
                hint="Choose another folder with --workspace DIR or TOKENLOOM_WORKSPACE.",
            ) from None
        return workspace

    def folders(self) -> list[Path]:
        return [
            self.datasets,
            self.blobs,
            self.tokens,
            self.tokenizers,
            self.runs,
            self.models,
            self.exports,
            self.cache,
        ]

    @property
    def database(self) -> Path:
        return self.root / "tokenloom.db"

    @property
    def datasets(self) -> Path:
        return self.root / "datasets"

    @property
    def blobs(self) -> Path:
        return self.root / "blobs"

    @property
    def tokens(self) -> Path:
        return self.root / "tokens"

    @property
    def tokenizers(self) -> Path:
        return self.root / "tokenizers"

    @property
    def runs(self) -> Path:
        return self.root / "runs"

    @property
    def models(self) -> Path:
        return self.root / "models"

    @property
    def exports(self) -> Path:
        return self.root / "exports"

    @property
    def cards(self) -> Path:
        """Texts about datasets; made with the first."""
        return self.root / "cards"

    @property
    def cache(self) -> Path:
        return self.root / "cache"

    def run(self, run_id: str) -> Path:
        """Folder of a run (it need not exist yet)."""
        if not is_id(run_id):
            raise NotFound(f"“{run_id}” is not a run id.", hint="`tokenloom runs list` shows the ids.")
        return safe_join(self.runs, run_id)
