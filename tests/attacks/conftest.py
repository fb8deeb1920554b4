"""Attack tests borrow the server's callers."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

sys.path.insert(0, str(Path(__file__).parents[1] / "server"))

from server_kit import TOKEN, Caller, close_loop

from tokenloom.kit.workspace import Workspace
from tokenloom.server.app import create_app


@pytest.fixture(scope="session", autouse=True)
def loop_of_the_callers() -> Iterator[None]:
    yield
    close_loop()


@pytest.fixture
def app(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    for place in ("tokenloom.jobs.control", "tokenloom.server.studio"):
        monkeypatch.setattr(f"{place}.ensure_supervisor", lambda _workspace: None)
    return create_app(workspace, token=TOKEN)


@pytest.fixture
def call(app: FastAPI) -> Caller:
    return Caller(app)
