"""``/api/health``, ``/api/machine`` and the API's own description."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from tokenloom import __version__
from tokenloom.server import openapi
from tokenloom.server.studio import Here
from tokenloom.spec.base import DeferredModel

router = APIRouter(tags=["system"])


class Health(DeferredModel):
    """That the server answers; it says nothing else to strangers."""

    status: Literal["ok"] = "ok"
    version: str = __version__


class Finding(DeferredModel):
    """One line of the doctor's report; ``fix`` is a command or a step, empty where nothing is to be done."""

    what: str
    status: Literal["ok", "missing", "problem"]
    found: str
    fix: str


class Machine(DeferredModel):
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


class MachineUse(DeferredModel):
    """What all programs use of the machine at this moment. Percent of all cores; bytes; bytes a second."""

    cpu_percent: float
    memory_bytes: int
    memory_total_bytes: int
    disk_bytes: int
    disk_total_bytes: int
    traffic: dict[str, float]
    """`disk_read_`, `disk_write_`, `network_received_` and `network_sent_bytes_per_second`, where the system counts them."""
    gpus: list[dict[str, float]]
    """Of each: `use_percent`, `memory_bytes`, `memory_total_bytes`, `power_watts`, `temperature_celsius`, where it tells them."""


class Price(BaseModel):
    """What an hour of this machine costs."""

    model_config = ConfigDict(extra="forbid")
    per_hour: float | None = Field(None, ge=0, le=1e6, allow_inf_nan=False)
    currency: str = Field("EUR", min_length=1, max_length=8, pattern=r"^[A-Za-z€$£¥]+$")


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


@router.get("/machine/use")
def get_machine_use(studio: Here) -> MachineUse:
    """What is in use of processor, memory, disk, network and each GPU right now."""
    from tokenloom.resources.monitor import machine_use

    return MachineUse(**machine_use(studio.workspace.root))


@router.get("/cost")
def get_cost(studio: Here) -> Price:
    """What an hour of this machine costs; empty where nobody has said so."""
    from tokenloom.resources.cost import prices

    return Price(**asdict(prices(studio.workspace)))


@router.put("/cost")
def set_cost(price: Price, studio: Here) -> Price:
    """Say what an hour of this machine costs; runs and estimates are priced with it."""
    from tokenloom.resources.cost import set_prices

    return Price(**asdict(set_prices(studio.workspace, per_hour=price.per_hour, currency=price.currency)))


@router.get("/openapi.json", include_in_schema=False)
def get_openapi(request: Request) -> Response:
    """The OpenAPI document."""
    text: Any = openapi.text(request.app)
    return Response(text, media_type="application/json")
