"""``create_app``: routes, errors and the guard put together for one workspace."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection
from typing import Any

import anyio.to_thread
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from tokenloom import __version__
from tokenloom.kit.errors import TokenloomError
from tokenloom.kit.workspace import Workspace
from tokenloom.server import openapi, pages
from tokenloom.server.answers import JsonAnswer
from tokenloom.server.border import problems
from tokenloom.server.border.guard import LOOPBACK_HOSTS, Guard
from tokenloom.server.border.session import Session
from tokenloom.server.routes import ROUTERS
from tokenloom.server.studio import Studio
from tokenloom.server.uploads import Uploads

_NO_TELEMETRY: Any = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}


def create_app(
    workspace: Workspace,
    *,
    token: str | None,
    root_path: str = "",
    allowed_hosts: Collection[str] = LOOPBACK_HOSTS,
    max_upload_bytes: int | None = None,
) -> FastAPI:
    """The whole server for ``workspace``.

    ``token`` is what callers must know; ``None`` takes the one stored in the workspace. ``root_path`` is the prefix under which a
    proxy offers it. ``allowed_hosts`` are names without port. ``max_upload_bytes`` limits one upload.
    """
    app = FastAPI(
        title="Tokenloom",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        default_response_class=JsonAnswer,
        responses=openapi.REFUSALS,
        generate_unique_id_function=openapi.operation_id,
        telemetry=_NO_TELEMETRY,
        lifespan=_lifespan,
    )
    app.root_path = root_path.rstrip("/")
    app.state.studio = Studio(workspace, Uploads(workspace, max_bytes=max_upload_bytes))
    app.state.session = Session.of(workspace, token)
    app.include_router(pages.router)
    for router in ROUTERS:
        app.include_router(router, prefix="/api")
    app.include_router(pages.unknown)
    app.add_exception_handler(TokenloomError, problems.on_house_error)
    app.add_exception_handler(problems.Refusal, problems.on_refusal)
    app.add_exception_handler(RequestValidationError, problems.on_validation_error)
    app.add_exception_handler(HTTPException, problems.on_http_exception)
    app.add_middleware(Guard, session=app.state.session, allowed_hosts=allowed_hosts)
    app.openapi = lambda: openapi.document(app)  # type: ignore[method-assign]
    return app


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    studio: Studio = app.state.studio
    tasks = [asyncio.create_task(studio.supervise()), asyncio.create_task(_prepare(app))]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        studio.close()


async def _prepare(app: FastAPI) -> None:
    """Build and load what the first page asks for, while its browser still starts: the server answers before that, and the page need not wait."""
    await anyio.to_thread.run_sync(_build_routes, app)
    await app.state.studio.prepare()


def _build_routes(app: FastAPI) -> None:
    """FastAPI builds a route when something is first compared with it: here each is, with an address that none has."""
    nowhere = {"type": "http", "method": "GET", "path": "/api/~", "root_path": "", "headers": []}
    for route in app.router.routes:
        route.matches(dict(nowhere))
