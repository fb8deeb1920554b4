"""Many rows: the counts stay exact, and time and memory stay bounded."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from big import big_dataset

from tokenloom.data.inspecting import inspect_dataset
from tokenloom.kit.workspace import Workspace

MEASURED = """
import json, resource, sys
from tokenloom.data.dataset import DatasetStore
from tokenloom.data.inspecting import inspect_dataset
from tokenloom.kit.workspace import Workspace
space = Workspace.open(sys.argv[1])
told = inspect_dataset(space, DatasetStore(space).get(sys.argv[2]))
most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"bytes": most, "found": {each["id"]: each["count"] for each in told["findings"]}}))
"""


def test_fifty_thousand_rows_are_counted_exactly(workspace: Workspace) -> None:
    dataset = big_dataset(workspace, 50_000)
    found = {each["id"]: each for each in inspect_dataset(workspace, dataset)["findings"]}
    assert found["duplicates"]["count"] == 55 and found["mojibake"]["count"] == 50 and found["leakage"]["count"] == 5
    assert found["mojibake"]["rows"][:3] == [501, 1501, 2501] and len(found["mojibake"]["rows"]) == 50
    assert found["missing"]["details"]["columns"] == {"topic": 5_000}


@pytest.mark.slow
def test_a_million_rows_within_a_gigabyte(workspace: Workspace) -> None:
    """In a process of its own, whose memory nothing else has raised."""
    dataset = big_dataset(workspace, 1_000_000)
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(workspace.root), dataset.id], capture_output=True, text=True, check=True
    )
    told = json.loads(done.stdout)
    assert told["found"]["duplicates"] == 1_100 and told["found"]["leakage"] == 100
    assert told["bytes"] < 1_000_000_000
