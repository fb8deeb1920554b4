"""Who is next: runs that wait for a device. Rebuilt from the runs whose newest state is "queued"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from tokenloom.kit.errors import NotFound
from tokenloom.tracking.catalog import schema
from tokenloom.tracking.catalog.database import Catalog, upsert

WAITING, CLAIMED = "waiting", "claimed"
_JOBS = schema.jobs
_ORDER = (_JOBS.c.priority.desc(), _JOBS.c.position, _JOBS.c.run_id)


@dataclass(frozen=True, slots=True)
class Job:
    """One run in the queue; larger ``priority`` first, then smaller ``position``."""

    run_id: str
    priority: int
    position: float
    device: str
    state: str


def enqueue(catalog: Catalog, run_id: str, *, priority: int = 0, device: str = "") -> Job:
    """Put an indexed run at the end of its priority; a run that is already there starts over. ``device=""``: any."""
    with catalog.write() as connection:
        last = connection.execute(sa.select(sa.func.max(_JOBS.c.position))).scalar() or 0.0
        job = Job(run_id, priority, float(last) + 1.0, device, WAITING)
        upsert(connection, _JOBS, [_row(job)])
    return job


def claim(catalog: Catalog, device: str) -> Job | None:
    """Take the first waiting run that may use ``device``, so that no one else gets it; None when there is none."""
    with catalog.write() as connection:
        fitting = (_JOBS.c.state == WAITING) & _JOBS.c.device.in_(["", device])
        first = sa.select(_JOBS).where(fitting).order_by(*_ORDER).limit(1).with_for_update(skip_locked=True)
        row = connection.execute(first).first()
        if row is None:
            return None
        change = _JOBS.update().where(_JOBS.c.run_id == row.run_id).values(state=CLAIMED, device=device)
        connection.execute(change)
        return Job(row.run_id, row.priority, row.position, device, CLAIMED)


def release(catalog: Catalog, run_id: str) -> None:
    """The run has left the queue (it ended, or was taken out)."""
    with catalog.write() as connection:
        connection.execute(_JOBS.delete().where(_JOBS.c.run_id == run_id))


def move(catalog: Catalog, run_id: str, *, priority: int | None = None, to_front: bool = False) -> Job:
    """Change a waiting run's priority, or put it before all others of its priority."""
    with catalog.write() as connection:
        row = connection.execute(sa.select(_JOBS).where(_JOBS.c.run_id == run_id)).first()
        if row is None:
            raise NotFound(f"The run {run_id} is not in the queue.", hint="`tokenloom runs list` shows the states.")
        lowest = connection.execute(sa.select(sa.func.min(_JOBS.c.position))).scalar() or 0.0
        position = float(lowest) - 1.0 if to_front else row.position
        job = Job(run_id, row.priority if priority is None else priority, position, row.device, row.state)
        upsert(connection, _JOBS, [_row(job)])
    return job


def list_jobs(catalog: Catalog) -> list[Job]:
    """The queue in the order in which it will run; claimed ones first."""
    query = sa.select(_JOBS).order_by(sa.case((_JOBS.c.state == CLAIMED, 0), else_=1), *_ORDER)
    with catalog.read() as connection:
        return [Job(row.run_id, row.priority, row.position, row.device, row.state) for row in connection.execute(query)]


def restore(catalog: Catalog) -> None:
    """Queue every run whose newest state is "queued" and that is not there yet, oldest first."""
    runs = schema.runs
    missing = sa.select(runs.c.id).where(
        runs.c.state == "queued", runs.c.state_time > 0, runs.c.id.not_in(sa.select(_JOBS.c.run_id))
    )
    with catalog.read() as connection:
        found = connection.execute(missing.order_by(runs.c.created, runs.c.id)).scalars().all()
    for run_id in found:
        enqueue(catalog, run_id)


def _row(job: Job) -> dict[str, Any]:
    return {name: getattr(job, name) for name in job.__slots__}
