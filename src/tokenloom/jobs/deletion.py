"""Deleting runs and checkpoints: only at rest, in one step for every reader, and never what something else stands on."""

from __future__ import annotations

import shutil
from pathlib import Path

from tokenloom.jobs.runs import last_state
from tokenloom.kit.atomic import read_manifest
from tokenloom.kit.errors import Conflict, DataError, NotFound
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.event import TERMINAL
from tokenloom.tracking.artifacts import checkpoint_steps, pinned_steps
from tokenloom.tracking.lease import read_lease


def delete_run(workspace: Workspace, run_id: str) -> int:
    """Remove a run's folder; the bytes that it held. :class:`Conflict` while it lives or while an adapter needs it."""
    folder = workspace.run(run_id)
    if not folder.is_dir():
        raise NotFound(f"There is no run {run_id}.", hint="`tokenloom runs list` shows the ids.")
    lease = read_lease(folder)
    state = last_state(folder)["state"]
    if (lease is not None and lease.is_alive) or (state not in TERMINAL and state != "interrupted"):
        raise Conflict(f"The run {run_id} is {state}.", hint="Stop it first.")
    needed = [
        other for step in checkpoint_steps(workspace, run_id) for other in dependents(workspace, f"{run_id}@{step}")
    ]
    if needed:
        raise Conflict(
            f"The run {run_id} is the base of {needed[0]}.", hint="Delete that run first, or export it merged."
        )
    return _remove(folder)


def delete_checkpoint(workspace: Workspace, run_id: str, step: int) -> int:
    """Remove one checkpoint of a run at rest; the bytes that it held."""
    if step not in checkpoint_steps(workspace, run_id):
        raise NotFound(
            f"The run {run_id} has no checkpoint at step {step}.", hint="`tokenloom checkpoints list` shows them."
        )
    lease = read_lease(workspace.run(run_id))
    if lease is not None and lease.is_alive:
        raise Conflict(f"The run {run_id} is at work.", hint="Pruning is its own matter until it has ended.")
    needed = dependents(workspace, f"{run_id}@{step}")
    if needed:
        raise Conflict(
            f"{run_id}@{step} is the base of {needed[0]}.", hint="Delete that run first, or export it merged."
        )
    return _remove(workspace.run(run_id) / "checkpoints" / f"step-{step}")


def dependents(workspace: Workspace, reference: str) -> list[str]:
    """What stands on ``RUN@STEP``: runs that train an adapter on it, and checkpoints of such runs."""
    run_id, _, step = reference.partition("@")
    pin = pinned_steps(workspace.run(run_id)).get(int(step))
    found = [pin] if pin else []
    for folder in workspace.runs.glob("*/checkpoints/step-*"):
        try:
            if read_manifest(folder)["meta"].get("base") == reference:
                found.append(f"{folder.parents[1].name}@{folder.name.removeprefix('step-')}")
        except DataError:  # a damaged checkpoint stands on nothing
            continue
    return found


def _remove(folder: Path) -> int:
    freed = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    doomed = folder.with_name(f".tmp-deleted-{folder.name}")
    folder.rename(doomed)
    shutil.rmtree(doomed)
    return freed
