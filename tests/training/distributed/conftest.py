from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))  # so that the two processes find what they are to do

from rank_kit import Pair


@pytest.fixture(scope="session")
def pair() -> Iterator[Pair]:
    """Two ranks that compute on the CPU and talk over Gloo."""
    made = Pair()
    yield made
    made.end()
