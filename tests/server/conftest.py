"""The app of an empty workspace, and someone to call it. No test here starts a worker unless it says so."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

sys.path.insert(0, str(Path(__file__).parent))

from server_kit import TOKEN, Caller, close_loop

from tokenloom.kit.workspace import Workspace
from tokenloom.server.app import create_app


@pytest.fixture(autouse=True)
def no_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("tokenloom.jobs.control", "tokenloom.server.studio"):
        monkeypatch.setattr(f"{place}.ensure_supervisor", lambda _workspace: None)


@pytest.fixture(autouse=True)
def no_built_studio(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whether the studio was built here must not matter; the tests that want one lay their own."""
    monkeypatch.setattr("tokenloom.server.pages.STUDIO", tmp_path / "no-studio")


@pytest.fixture(scope="session", autouse=True)
def loop_of_the_callers() -> Iterator[None]:
    yield
    close_loop()


@pytest.fixture
def app(workspace: Workspace) -> FastAPI:
    return create_app(workspace, token=TOKEN)


@pytest.fixture
def call(app: FastAPI) -> Caller:
    return Caller(app)
