"""A fork: a new run that begins at a checkpoint of another one, with its weights, its optimizer and its place in the data.

The checkpoint's files are linked into the new run's folder (copied where the file system has no links), so that either run may be deleted. What
the saved state belongs to must stay as it was: model, method, objective, optimizer. Everything else may differ.
"""

from __future__ import annotations

import copy
import os
import shutil
from pathlib import Path
from typing import Any

from tokenloom.jobs import queue
from tokenloom.jobs.foresight.checking import check_recipe
from tokenloom.jobs.runs import create_run, read_settings, read_spec
from tokenloom.jobs.supervisor import ensure_supervisor
from tokenloom.kit.atomic import read_manifest, verify_dir
from tokenloom.kit.errors import Conflict, DataError, SpecError
from tokenloom.kit.workspace import Workspace
from tokenloom.tracking import query
from tokenloom.tracking.artifacts import checkpoint_of, pin_checkpoint, resolve_model

FIXED = ("task", "seed", "model", "tuning", "optimizer.kind", "optimizer.groups", "objective.kind", "compute")
"""Settings that the saved state belongs to."""


def fork_run(workspace: Workspace, run_id: str, step: int, spec: Any) -> str:
    """Queue a run of ``spec`` that goes on from ``run_id``'s checkpoint ``step``; its id.

    :class:`SpecError` for a setting that cannot differ or a run that would be over at once, :class:`DataError` for a damaged checkpoint.
    """
    source = workspace.run(run_id) / "checkpoints" / f"step-{step}"
    if not source.is_dir():
        checkpoint_of(workspace, run_id, str(step))  # says which there are
    _require_kinship(read_spec(workspace.run(run_id)), spec, step)
    check_recipe(workspace, spec)
    if problems := verify_dir(source):
        raise DataError(f"The checkpoint {run_id}@{step} is damaged: {problems[0]}.", hint="Fork from another one.")
    try:
        new = create_run(
            workspace,
            spec,
            parent=run_id,
            origin=f"{run_id}@{step}",
            prepare=lambda folder: link_checkpoint(source, folder / "checkpoints" / source.name),
        )
    except FileNotFoundError:
        raise Conflict(
            f"The checkpoint {run_id}@{step} was deleted in this moment.", hint="Fork from another one."
        ) from None
    if base := read_manifest(source)["meta"].get("base"):
        pin_checkpoint(workspace, resolve_model(workspace, str(base)), by=new)
    queue.enqueue(workspace, new)
    ensure_supervisor(workspace)
    return new


def settings_at(workspace: Workspace, run_id: str, step: int) -> dict[str, Any]:
    """The recipe of a run with what was changed live up to ``step``: what a fork begins from."""
    folder = workspace.run(run_id)
    settings = copy.deepcopy(read_settings(folder))
    for event in query.events(folder, ["command"]):
        if event.get("command") == "set" and event.get("accepted") and int(event.get("step") or 0) <= step:
            _lay(settings, str(event["arguments"]["key"]), event["arguments"]["value"])
    return settings


def _lay(settings: Any, key: str, value: Any) -> None:
    """Set the value at a dotted name; numbers count the parts of a list."""
    *way, last = key.split(".")
    for name in way:
        settings = settings[int(name)] if isinstance(settings, list) else settings.setdefault(name, {})
    settings[int(last) if isinstance(settings, list) else last] = value


def _require_kinship(before: Any, after: Any, step: int) -> None:
    mistakes = [
        {
            "field": name,
            "message": "it cannot differ from the run that is forked: the saved state belongs to it",
            "fix": f"Leave it at {_short(_at(before, name))}, or begin a new run from the checkpoint's model alone.",
        }
        for name in FIXED
        if _at(before, name) != _at(after, name)
    ]
    if not mistakes and (before.loop.ema_decay is None) != (after.loop.ema_decay is None):
        fix = "Leave it empty." if before.loop.ema_decay is None else "Give one."
        mistakes.append({"field": "loop.ema_decay", "message": "the checkpoint was made otherwise", "fix": fix})
    if not mistakes and after.loop.max_steps is not None and after.loop.max_steps <= step:
        message = f"{after.loop.max_steps} is not more than the checkpoint's step {step}: nothing would be left to do"
        fix = f"Set it to more than {step}; it counts from the beginning of the first run."
        mistakes.append({"field": "loop.max_steps", "message": message, "fix": fix})
    if mistakes:
        first = mistakes[0]
        raise SpecError(f"{first['field']}: {first['message']}", hint=first["fix"], errors=mistakes)


def _at(spec: Any, name: str) -> Any:
    for part in name.split("."):
        spec = getattr(spec, part, None)
    return spec


def _short(value: Any) -> str:
    return str(value) if isinstance(value, str | int | float) else "what it was"


def link_checkpoint(source: Path, target: Path) -> None:
    """Put a checkpoint's files into a new run's folder, without a copy where the file system has links."""
    target.parent.mkdir()
    try:
        shutil.copytree(source, target, copy_function=os.link)
    except (OSError, shutil.Error):
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target)
