"""Start the worker of a run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tokenloom.jobs.launching.forked import ForkedWorker, fork_worker, is_loading
from tokenloom.kit.workspace import Workspace

Worker = subprocess.Popen[bytes] | ForkedWorker
# OpenMP's threads spin while they wait for each other. Where another program wants a core, the default (about 300,000 turns) made
# training 3 to 15 times slower; with few turns it is not, and an idle machine loses about 5 %.
WORKER_ENVIRONMENT = {"GOMP_SPINCOUNT": "5000"}


def worker_environment(base: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables of a worker: the caller's, and what it sets where the caller did not."""
    return {
        **WORKER_ENVIRONMENT,
        **(os.environ if base is None else base),
        "PYTHONUNBUFFERED": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }


def models_are_loading() -> bool:
    """Whether a fork server will be there in a moment."""
    return is_loading(worker_environment())


def launch_worker(workspace: Workspace, folder: Path) -> Worker:
    """A worker as its own process group, its output in a file, free of whoever started it."""
    arguments, environment = [str(workspace.root), folder.name], worker_environment()
    with (folder / "stdout.log").open("ab") as output:
        return fork_worker(arguments, environment, output.fileno()) or subprocess.Popen(
            [sys.executable, "-m", "tokenloom.worker", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            env=environment,
        )
