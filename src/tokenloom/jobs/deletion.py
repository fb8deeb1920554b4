"""Deleting: into the bin, in one step for every reader; runs and checkpoints only at rest, and never what something else stands on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tokenloom.jobs.keeping.bin import Binned, discard
from tokenloom.jobs.runs import last_state, read_info
from tokenloom.kit.atomic import read_manifest
from tokenloom.kit.errors import Conflict, DataError, NotFound
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.event import TERMINAL
from tokenloom.tracking.artifacts import checkpoint_steps, pinned_steps
from tokenloom.tracking.lease import read_lease

if TYPE_CHECKING:
    from tokenloom.data.dataset import Dataset
    from tokenloom.data.tokenizer.store import TokenizerRef


def delete_run(workspace: Workspace, run_id: str, *, for_good: bool = False) -> Binned:
    """Take a run's folder away. :class:`Conflict` while it lives or while an adapter needs it."""
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
    name = str(read_info(folder).get("name") or run_id)
    return discard(workspace, folder, "run", run_id, name, for_good=for_good)


def delete_checkpoint(workspace: Workspace, run_id: str, step: int, *, for_good: bool = False) -> Binned:
    """Take one checkpoint of a run at rest away."""
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
    folder = workspace.run(run_id)
    name = f"{read_info(folder).get('name') or run_id}, step {step}"
    place = folder / "checkpoints" / f"step-{step}"
    return discard(workspace, place, "checkpoint", f"{run_id}@{step}", name, for_good=for_good)


def delete_version(workspace: Workspace, thing: Dataset | TokenizerRef, *, for_good: bool = False) -> Binned:
    """Take one version of a dataset or tokenizer away. Readers that have its files open keep them until they close."""
    kind = "dataset" if thing.path.parent == workspace.datasets else "tokenizer"
    reference = f"{thing.name}@{thing.version}"
    return discard(workspace, thing.path, kind, reference, reference, for_good=for_good)


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
