"""Run folders: making one, reading one, and writing a state into its log from outside."""

from __future__ import annotations

import contextlib
import json
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from tokenloom.kit.atomic import atomic_write, disk_full_as_error
from tokenloom.kit.errors import Conflict, NotFound
from tokenloom.kit.ids import is_content_id, new_id
from tokenloom.kit.registry import unknown_name
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.event import TERMINAL
from tokenloom.spec.override import parse_run_spec, to_yaml
from tokenloom.tracking import query
from tokenloom.tracking.artifacts import checkpoint_steps
from tokenloom.tracking.client import environment
from tokenloom.tracking.log import LogWriter, log_path
from tokenloom.tracking.ordinals import next_ordinal

JOBS_LOG = "jobs"
_TRIES = 200


def create_run(
    workspace: Workspace,
    spec: Any,
    *,
    parent: str = "",
    after: Sequence[str] = (),
    origin: str = "",
    prepare: Callable[[Path], None] = lambda _folder: None,
) -> str:
    """Publish a run folder with its spec, in state ``queued``; the id. It appears whole or not at all.

    ``after``: runs that must have completed before this one starts. ``origin``: ``RUN@STEP`` that a fork goes on from.
    ``prepare``: puts into the folder what the run begins with.
    """
    run_id = new_id()
    hidden = workspace.runs / f".tmp-{run_id}"
    with _removed_on_error(hidden), disk_full_as_error(workspace.root):
        hidden.mkdir(parents=True)
        atomic_write(hidden / "spec.yaml", to_yaml(spec))
        info = {
            "id": run_id,
            "name": spec.name or default_name(workspace, spec),
            "project": spec.project,
            "task": spec.task,
            "created": time.time(),
            "parent": parent,
            "origin": origin,
            "after": list(after),
            "ordinal": next_ordinal(workspace, spec.task),
            "tags": list(spec.tags),
            "environment": environment(),
        }
        atomic_write(hidden / "run.json", json.dumps(info, indent=1))
        if spec.tags:  # tags are annotations from the first moment: people change them later
            atomic_write(hidden / "annotations.json", json.dumps({"tags": sorted(set(spec.tags))}))
        (hidden / "commands.log").touch()
        record_state(hidden, "queued")
        prepare(hidden)
        hidden.rename(workspace.runs / run_id)
    return run_id


@contextlib.contextmanager
def _removed_on_error(folder: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def default_name(workspace: Workspace, spec: Any) -> str:
    """A readable name from the task and what it works on; a dataset that was given by its id is called by its name."""
    whose = getattr(spec, "recipe", spec)
    about = [getattr(whose, name, None) for name in ("dataset", "tokenizer", "data", "model")]
    words = [getattr(each, "dataset", None) or getattr(each, "source", None) or each for each in about if each]
    text = next((word for word in words if isinstance(word, str)), "")
    if is_content_id(text):
        from tokenloom.data.dataset import DatasetStore

        with contextlib.suppress(NotFound):
            text = DatasetStore(workspace).get(text).name
    return f"{spec.task} {text}".strip()


def find_run(workspace: Workspace, reference: str) -> str:
    """The id of a run by id, by a unique beginning of it, or by name (the newest of that name)."""
    if not reference:
        raise NotFound("No run was named.", hint="Give an id or a name; `tokenloom runs list` shows them.")
    ids = sorted(path.name for path in workspace.runs.iterdir() if path.is_dir() and not path.name.startswith("."))
    if reference in ids:
        return reference
    starts = [each for each in ids if each.startswith(reference) and len(reference) >= 6]
    if len(starts) == 1:
        return starts[0]
    named = {read_info(workspace.runs / each).get("name", ""): each for each in ids}
    if reference in named:
        return named[reference]
    if len(starts) > 1:
        raise Conflict(f"“{reference}” is the beginning of {len(starts)} run ids.", hint=f"For example {starts[0]}.")
    raise unknown_name("run", reference, [*ids, *named])


def read_info(folder: Path) -> dict[str, Any]:
    """``run.json``; empty where it cannot be read."""
    try:
        return dict(json.loads((folder / "run.json").read_text()))
    except (OSError, ValueError):
        return {}


def read_spec(folder: Path) -> Any:
    """The validated spec of a run."""
    return parse_run_spec(yaml.safe_load((folder / "spec.yaml").read_text(encoding="utf-8")))


def read_settings(folder: Path) -> dict[str, Any]:
    """``spec.yaml`` as plain data: of any run, of a script's own, too; empty where it cannot be read."""
    try:
        settings = yaml.safe_load((folder / "spec.yaml").read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError, RecursionError):
        return {}
    return settings if isinstance(settings, dict) else {}


def last_state(folder: Path) -> dict[str, Any]:
    """The newest ``state`` event of a run: the later of what worker and supervisor wrote. A final one stays, whatever the clocks say."""
    states = query.events(folder, ["state"])
    final = [event for event in states if event.get("state") in TERMINAL]
    return (final or states or [{"type": "state", "state": "queued", "time": 0.0}])[-1]


def progress_of(workspace: Workspace, run_id: str) -> int:
    """Step of the newest checkpoint, −1 before the first."""
    steps = checkpoint_steps(workspace, run_id)
    return steps[-1] if steps else -1


def record_state(folder: Path, state: str, reason: str = "", **more: Any) -> None:
    """Append a state to ``log.jobs.bin``."""
    newest = float(
        last_state(folder).get("time", 0.0)
    )  # a clock that was set back must not hide this behind older states
    record_event(
        folder, {"type": "state", "time": max(time.time(), newest + 1e-6), "state": state, "reason": reason, **more}
    )


def record_event(folder: Path, event: dict[str, Any]) -> None:
    """Append an event to ``log.jobs.bin``, with the time of now where it brings none; waits its turn while another process of ours writes there."""
    event = {"time": time.time(), **event}
    for attempt in range(_TRIES):
        try:
            with LogWriter(log_path(folder, JOBS_LOG)) as log:
                log.event(event)
            return
        except Conflict:
            if attempt == _TRIES - 1:
                raise
            time.sleep(0.01)
