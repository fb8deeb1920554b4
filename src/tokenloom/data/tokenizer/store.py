"""The tokenizers of a workspace, by name, version and id."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokenloom.data.tokenizer.load import load_tokenizer
from tokenloom.data.tokenizer.tokenizer import Tokenizer
from tokenloom.data.versions import VersionedFolders
from tokenloom.kit.workspace import Workspace


@dataclass(frozen=True)
class TokenizerRef:
    """One published tokenizer; ``path`` is a folder in Hugging Face layout."""

    id: str
    name: str
    version: int
    path: Path
    meta: dict[str, Any]

    def load(self) -> Tokenizer:
        return load_tokenizer(self.path)


class TokenizerStore:
    """Reads ``tokenizers/`` of a workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._folders = VersionedFolders(workspace.tokenizers, "tokenizer")

    def list(self) -> list[TokenizerRef]:
        """All, by name, newest version first."""
        return [self._ref(meta) for meta in self._folders.metas()]

    def get(self, ref: str) -> TokenizerRef:
        """By name (newest version), ``name@2`` or id; NotFound with near names."""
        return self._ref(self._folders.find(ref))

    def _ref(self, meta: dict[str, Any]) -> TokenizerRef:
        return TokenizerRef(meta["id"], meta["name"], int(meta["version"]), self._folders.root / meta["id"], meta)
