"""A reproduction: the same run a second time, from its beginning, with every live change made again at its step, and compared.

Recipe, seed, dataset, tokenizer, base model, number format and threads are those that the run had, by id, whatever their names mean today. The
new run compares itself when it ends (`tasks.repeating`).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tokenloom.jobs import queue
from tokenloom.jobs.foresight.checking import check_recipe
from tokenloom.jobs.recovery.forking import link_checkpoint
from tokenloom.jobs.runs import create_run, last_state, read_info, read_spec
from tokenloom.jobs.supervisor import ensure_supervisor
from tokenloom.kit.atomic import atomic_write, read_manifest
from tokenloom.kit.errors import Conflict
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.event import TERMINAL
from tokenloom.tracking import query
from tokenloom.tracking.artifacts import checkpoint_of, checkpoint_steps
from tokenloom.tracking.series.repetition import ORIGINAL, read_original

AGAIN = ("set", "evaluate")
"""Commands that change what a run computes or writes down."""


def reproduce_run(workspace: Workspace, run_id: str) -> str:
    """Queue the same run again; the id of the new one.

    :class:`Conflict` for a run that trains nothing, has not ended, or left no checkpoint; :class:`SpecError` where its data is gone.
    """
    folder = workspace.run(run_id)
    meta = _require_ended(workspace, run_id)
    spec = _pinned(read_spec(folder), meta).model_copy(update={"name": f"{read_info(folder).get('name', '')} again"})
    check_recipe(workspace, spec)
    begin = _beginning(workspace, run_id)
    original = json.dumps(_original(workspace, run_id, meta), indent=1)

    def prepare(new: Path) -> None:
        atomic_write(new / ORIGINAL, original)
        if begin is not None:
            link_checkpoint(begin, new / "checkpoints" / begin.name)

    new = create_run(workspace, spec, parent=run_id, origin=_forked(workspace, run_id), prepare=prepare)
    queue.enqueue(workspace, new)
    ensure_supervisor(workspace)
    return new


def _require_ended(workspace: Workspace, run_id: str) -> dict[str, Any]:
    """What the run's newest checkpoint says of where it comes from."""
    folder = workspace.run(run_id)
    state = last_state(folder)["state"]
    if read_info(folder).get("task") not in ("pretrain", "finetune"):
        raise Conflict(f"The run {run_id} trains nothing.", hint="Only trainings can be reproduced.")
    if state not in TERMINAL:
        raise Conflict(f"The run {run_id} is {state}.", hint="Wait for its end, or stop it.")
    steps = checkpoint_steps(workspace, run_id)
    if not steps:
        raise Conflict(
            f"The run {run_id} left no checkpoint, so nothing tells which data and numbers it had.",
            hint="Start its recipe again: tokenloom train.",
        )
    return dict(read_manifest(folder / "checkpoints" / f"step-{steps[-1]}")["meta"])


def _pinned(spec: Any, meta: dict[str, Any]) -> Any:
    """The recipe with everything that it names by the id that it had."""
    mixed = meta.get("mix") or [part.dataset for part in spec.data.mix]
    mix = [part.model_copy(update={"dataset": name}) for part, name in zip(spec.data.mix, mixed, strict=True)]
    data = spec.data.model_copy(update={"dataset": meta["dataset"], "mix": mix})
    if spec.model.kind == "transformer":
        named = {"tokenizer": meta["tokenizer"]}
    else:
        named = {"source": meta.get("began_as") or spec.model.source}
    return spec.model_copy(update={"data": data, "model": spec.model.model_copy(update=named)})


def _forked(workspace: Workspace, run_id: str) -> str:
    return str(read_info(workspace.run(run_id)).get("origin", ""))


def _beginning(workspace: Workspace, run_id: str) -> Path | None:
    """The checkpoint that the run began with, where it is a fork."""
    source, _, step = _forked(workspace, run_id).partition("@")
    return checkpoint_of(workspace, source, step).folder if source else None


def _original(workspace: Workspace, run_id: str, meta: dict[str, Any]) -> dict[str, Any]:
    """What the repetition must know of the run, also when that is deleted meanwhile."""
    folder = workspace.run(run_id)
    commands = [
        {key: event.get(key) for key in ("type", "step", "command", "accepted", "arguments")}
        for event in query.events(folder, ["command"])
        if event.get("accepted") and event.get("command") in AGAIN
    ]
    before = read_original(folder)  # it may be a repetition itself
    last = checkpoint_steps(workspace, run_id)[-1]
    files = read_manifest(folder / "checkpoints" / f"step-{last}")["files"]
    return {
        "run": run_id,
        "commands": [*before.get("commands", []), *commands],
        "compute": meta["compute"],
        "last_step": last if last_state(folder)["state"] == "stopped" else before.get("last_step"),
        "weights": {"step": last, "files": {name: each["sha256"] for name, each in weight_files(files).items()}},
    }


def weight_files(files: dict[str, Any]) -> dict[str, Any]:
    """Of a manifest's files, those that hold the model's weights."""
    return {name: each for name, each in files.items() if name.endswith(".safetensors") and "/" not in name}
