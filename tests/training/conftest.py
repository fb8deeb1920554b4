from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A run folder."""
    path = tmp_path / "run"
    path.mkdir()
    return path
