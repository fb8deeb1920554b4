"""A script that is killed leaves a run that says so, in time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from tokenloom.jobs.orphans import is_orphan, settle_orphans
from tokenloom.jobs.runs import last_state
from tokenloom.kit.workspace import Workspace
from tokenloom.tracking import query

SCRIPT = """
import os, sys, tokenloom
run = tokenloom.init(project="p", workspace=sys.argv[1])
run.log({"loss": 1.0}, step=1)
print(run.id, flush=True)
sys.stdin.read()
"""


def test_a_killed_script_is_settled_and_a_living_one_is_left_alone(workspace: Workspace) -> None:
    scripts = [
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT, str(workspace.root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    dead, living = (script.stdout.readline().strip() for script in scripts if script.stdout)
    os.kill(scripts[0].pid, signal.SIGKILL)
    scripts[0].wait()
    assert settle_orphans(workspace) == [dead]
    assert (last_state(workspace.run(dead))["state"], last_state(workspace.run(living))["state"]) == (
        "failed",
        "running",
    )
    assert query.summary(workspace.run(dead))["loss"].last == 1.0, "what it had logged stays"
    assert settle_orphans(workspace) == [] and not is_orphan(workspace.run(living))
    assert scripts[1].stdin is not None
    scripts[1].stdin.close()
    assert scripts[1].wait(timeout=60) == 0
    assert last_state(workspace.run(living))["state"] == "completed"
