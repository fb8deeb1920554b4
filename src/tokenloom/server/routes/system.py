"""``/api/health``, ``/api/machine`` and the API's own description."""

from __future__ import annotations

import os
import platform
import shutil
from importlib.util import find_spec
from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import Response

from tokenloom import __version__
from tokenloom.server import openapi
from tokenloom.server.studio import Here

router = APIRouter(tags=["system"])


class Health(BaseModel):
    """That the server answers; it says nothing else to strangers."""

    status: Literal["ok"] = "ok"
    version: str = __version__


class Machine(BaseModel):
    """What the server's machine has."""

    workspace: str
    platform: str
    python: str
    cpus: int
    memory_bytes: int
    available_memory_bytes: int
    disk_bytes: int
    free_disk_bytes: int
    extras: dict[str, bool]
    """Whether optional libraries are installed."""


@router.get("/health")
def get_health() -> Health:
    """Whether the server answers."""
    return Health()


@router.get("/machine")
def get_machine(studio: Here) -> Machine:
    """Processors, memory and disk of the server's machine."""
    import psutil

    memory = psutil.virtual_memory()
    disk = shutil.disk_usage(studio.workspace.root)
    return Machine(
        workspace=str(studio.workspace.root),
        platform=f"{platform.system()} {platform.release()} {platform.machine()}",
        python=platform.python_version(),
        cpus=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        memory_bytes=memory.total,
        available_memory_bytes=memory.available,
        disk_bytes=disk.total,
        free_disk_bytes=disk.free,
        extras={name: find_spec(name) is not None for name in ("psycopg", "bitsandbytes", "onnx", "optuna")},
    )


@router.get("/openapi.json", include_in_schema=False)
def get_openapi(request: Request) -> Response:
    """The OpenAPI document."""
    text: Any = openapi.text(request.app)
    return Response(text, media_type="application/json")
