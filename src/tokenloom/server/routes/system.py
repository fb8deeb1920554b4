"""``/api/health``, ``/api/machine`` and the API's own description."""

from __future__ import annotations

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


class Finding(BaseModel):
    """One line of the doctor's report; ``fix`` is a command or a step, empty where nothing is to be done."""

    what: str
    status: Literal["ok", "missing", "problem"]
    found: str
    fix: str


class Machine(BaseModel):
    """What the server's machine has, and what is missing."""

    workspace: str
    system: str
    processor: str
    cores: int
    memory_bytes: int
    free_disk_bytes: int
    features: list[str]
    gpus: list[dict[str, Any]]
    findings: list[Finding]


@router.get("/health")
def get_health() -> Health:
    """Whether the server answers."""
    return Health()


@router.get("/machine")
def get_machine(studio: Here) -> Machine:
    """Processor, memory, disk and GPUs of the server's machine, and what the doctor finds."""
    from tokenloom.resources.doctor import examine
    from tokenloom.resources.machine import free_disk, this_machine

    root = studio.workspace.root
    findings = [Finding(**finding.__dict__) for finding in examine(studio.workspace)]
    return Machine(workspace=str(root), free_disk_bytes=free_disk(root), findings=findings, **this_machine().as_dict())


@router.get("/openapi.json", include_in_schema=False)
def get_openapi(request: Request) -> Response:
    """The OpenAPI document."""
    text: Any = openapi.text(request.app)
    return Response(text, media_type="application/json")
