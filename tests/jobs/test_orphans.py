"""A script that is killed leaves a run that says so, in time."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys

import pytest

from tokenloom.jobs import orphans
from tokenloom.jobs.orphans import is_orphan, recover_lost, settle_orphans
from tokenloom.jobs.runs import last_state, record_state
from tokenloom.kit.workspace import Workspace
from tokenloom.tracking import query
from tokenloom.tracking.lease import Lease, boot_id, my_lease, write_lease

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


def test_a_worker_that_is_gone_without_a_supervisor_is_seen_by_whoever_looks(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[Workspace] = []
    monkeypatch.setattr(orphans, "ensure_supervisor", woken.append)
    dead = Lease(
        os.getpid(), 1, boot_id(), socket.gethostname()
    )  # the number of a process that lives, of an earlier one
    elsewhere = Lease(dead.pid, 1, "another boot", "another machine")
    for name, lease, state in (
        ("lost", dead, "running"),
        ("living", my_lease(), "running"),
        ("elsewhere", elsewhere, "running"),
        ("ended", dead, "completed"),
    ):
        folder = workspace.runs / name
        folder.mkdir(parents=True)
        record_state(folder, state)
        write_lease(folder, lease)
    assert recover_lost(workspace) == ["lost"]
    assert woken == [workspace]
