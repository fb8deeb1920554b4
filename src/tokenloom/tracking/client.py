"""``tokenloom.init``: log an experiment from any Python program, no server and no database needed.

Opening a run writes three small files and one log; it imports neither numpy nor anything larger, so that the first
point is on disk within milliseconds. The run appears in the studio at the catalog's next refresh.
"""

from __future__ import annotations

import atexit
import json
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from tokenloom.kit.errors import NotFound, ResourceError, RunError, SpecError
from tokenloom.kit.ids import new_id
from tokenloom.kit.jsonsafe import to_json_safe
from tokenloom.kit.workspace import Workspace
from tokenloom.tracking.log import LogWriter, log_path
from tokenloom.tracking.ordinals import next_ordinal
from tokenloom.tracking.spectext import to_yaml

if TYPE_CHECKING:
    import polars

FINAL_STATES = ("completed", "failed", "stopped")


class Run:
    """One run of the client: opened by :func:`init` for writing, by :func:`runs` for reading."""

    def __init__(self, folder: Path, writer: LogWriter | None = None) -> None:
        self.id = folder.name
        self.folder = folder
        self._writer = writer
        self._next_step = 0
        self._pid = os.getpid()
        self._error_before = getattr(sys, "last_value", None)

    @property
    def info(self) -> dict[str, Any]:
        """``run.json``: id, name, task, project, created, …"""
        return read_info(self.folder)

    @property
    def name(self) -> str:
        return str(self.info.get("name") or self.id)

    def log(self, values: Mapping[str, float], step: int | None = None) -> None:
        """Append one row; without ``step`` it is the last step + 1. On return it survives the death of the process.

        Values are numbers: int, float, bool, numpy scalars, 0-d tensors; NaN and Inf are kept as they are.
        :class:`SpecError` names the key that holds anything else.
        """
        if step is None:
            step = self._next_step
        writer = self._writer or self._refuse()
        writer.row(step, values)
        self._next_step = step + 1

    def event(self, type: str, **data: Any) -> None:
        """Append an event, such as ``run.event("note", text="warmed up")``."""
        (self._writer or self._refuse()).event({**data, "type": type})

    def finish(self, state: str = "completed", reason: str = "") -> None:
        """Record the final state, make the log durable and close it. A second call does nothing."""
        if state not in FINAL_STATES:
            raise SpecError(f"“{state}” is not a final state.", hint=f"Use one of: {', '.join(FINAL_STATES)}.")
        writer, self._writer = self._writer, None
        if writer is None or os.getpid() != self._pid:
            return
        atexit.unregister(self._finish_at_exit)
        try:
            writer.event({"type": "state", "state": state, "reason": reason})
        finally:
            writer.close()

    def metrics(self, keys: list[str] | None = None) -> polars.DataFrame:
        """All points as a long table: key, step, time, value."""
        from tokenloom.tracking.series.frames import metrics_frame

        return metrics_frame(self.folder, keys)

    def __enter__(self) -> Run:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.finish()
        elif issubclass(kind, KeyboardInterrupt):
            self.finish("stopped", "interrupted from the keyboard")
        else:
            self.finish("failed", f"{kind.__name__}: {error}")

    def __repr__(self) -> str:
        return f"Run(id={self.id!r}, name={self.name!r})"

    def _refuse(self) -> LogWriter:
        raise RunError(f"The run {self.id} is not open for logging.", hint="Start a new one with tokenloom.init().")

    def _finish_at_exit(self) -> None:
        error = getattr(sys, "last_value", None)
        if error is None or error is self._error_before:
            self.finish()
        elif isinstance(error, KeyboardInterrupt):
            self.finish("stopped", "interrupted from the keyboard")
        else:
            self.finish("failed", f"{type(error).__name__}: {error}")


def init(
    project: str = "",
    name: str = "",
    config: Mapping[str, Any] | object | None = None,
    workspace: Path | str | None = None,
) -> Run:
    """Open a new run for logging. It finishes by ``finish()``, at the end of a ``with``, or when the program ends.

    ``config`` is a mapping, a dataclass or a namespace; its leaves become the run's parameters.
    """
    run_id = new_id()
    here = Workspace.open(workspace)
    folder = here.runs / run_id
    created = time.time()
    try:
        folder.mkdir(parents=True)
        (folder / "spec.yaml").write_text(to_yaml(_as_mapping(config)), encoding="utf-8")
        _write_json(folder / "environment.json", environment())
        info = {"id": run_id, "name": name, "project": project, "task": "log", "created": created, "source": "client"}
        info["ordinal"] = next_ordinal(here, "log")
        _write_json(folder / "run.json", info | {"process": {"pid": os.getpid(), "host": os.uname().nodename}})
    except OSError as error:
        raise ResourceError(
            f"The run folder {folder} cannot be written: {error.strerror}.", hint="Choose another workspace."
        ) from None
    run = Run(folder, LogWriter(log_path(folder)))
    run.event("state", state="running", time=created)
    atexit.register(run._finish_at_exit)
    return run


def runs(workspace: Path | str | None = None) -> list[Run]:
    """All runs of a workspace, newest first."""
    folders = [path for path in Workspace.open(workspace).runs.iterdir() if (path / "run.json").is_file()]
    return [Run(folder) for folder in sorted(folders, key=lambda folder: folder.name, reverse=True)]


def read_info(run_folder: Path) -> dict[str, Any]:
    """``run.json`` of a run; :class:`NotFound` when there is none that can be read."""
    try:
        info = json.loads((run_folder / "run.json").read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        hint = "`tokenloom runs list` shows the ids."
        raise NotFound(f"There is no run {run_folder.name} ({error}).", hint=hint) from None
    return info if isinstance(info, dict) else {}


def environment(start: Path | None = None) -> dict[str, Any]:
    """What a later reader needs to know of this process, found without starting another one."""
    return {
        "python": sys.version.split()[0],
        "executable": sys.executable,
        "platform": f"{sys.platform} {os.uname().release} {os.uname().machine}",
        "cpus": os.cpu_count(),
        "argv": sys.argv,
        "cwd": str(Path.cwd()),
        "git_commit": git_commit(start or Path.cwd()),
        "modules": {name: version for name, module in list(sys.modules.items()) if (version := _version(name, module))},
    }


def _version(name: str, module: object) -> str:
    """Version of a loaded top-level package; empty for its parts and for what has none."""
    version = getattr(module, "__dict__", {}).get("__version__") if "." not in name else None  # no lazy attributes
    return version if isinstance(version, str) else ""


def git_commit(start: Path) -> str:
    """Commit of the working tree around ``start``, read from its files; empty when there is none."""
    for folder in (start, *start.parents):
        git = folder / ".git"
        if git.is_file():  # a worktree or submodule points elsewhere
            git = folder / git.read_text(encoding="utf-8", errors="replace").partition(":")[2].strip()
        if git.is_dir():
            return _head_commit(git)
    return ""


def _head_commit(git: Path) -> str:
    try:
        head = (git / "HEAD").read_text(encoding="utf-8").strip()
        if not head.startswith("ref: "):
            return head
        name = head.removeprefix("ref: ")
        shared = git / (git / "commondir").read_text().strip() if (git / "commondir").is_file() else git
        for root in (git, shared):
            if (root / name).is_file():
                return (root / name).read_text(encoding="utf-8").strip()
        packed = (shared / "packed-refs").read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return ""
    return next((line.split()[0] for line in packed if line.endswith(f" {name}")), "")


def _as_mapping(config: object) -> dict[str, Any]:
    if config is None:
        return {}
    if isinstance(config, Mapping):
        return dict(config)
    for method in ("model_dump", "to_dict"):
        if callable(getattr(config, method, None)):
            return dict(getattr(config, method)())
    if hasattr(config, "__dict__"):
        return vars(config)
    raise SpecError(f"config is a {type(config).__name__}.", hint="Give a dict, a dataclass or a namespace.")


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(to_json_safe(content), indent=1), encoding="utf-8")
