"""Fixtures shared by all rooms."""

from __future__ import annotations

import gc
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

from pathlib import Path

import pytest

from tokenloom.kit.workspace import Workspace

gc.disable()  # what is imported while tests are collected stays: looking for garbage meanwhile is a fifth of that time


def pytest_collection_finish() -> None:
    """From here on the collector looks at what the tests make, and never again at the libraries."""
    gc.freeze()
    gc.enable()


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An empty workspace of its own."""
    return Workspace.open(tmp_path / "workspace")
