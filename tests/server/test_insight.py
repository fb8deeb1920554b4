"""Gradient flow, profile and traces of a run over HTTP."""

from __future__ import annotations

import gzip

from server_kit import Caller, a_run, is_problem

from tokenloom.kit.workspace import Workspace
from tokenloom.tracking.log import LogWriter, log_path

FLOW = {
    "type": "flow",
    "layers": ["layer 0", "head"],
    "paths": ["model.layers.0", "lm_head"],
    "sizes": [4, 2],
    "grad_norm": [1.0, None],
    "weight_norm": [2.0, 2.0],
    "update_ratio": [0.01, 0.2],
    "zero_share": [0.0, 0.0],
    "weights": [[20, 10000], [20, 10000]],
    "gradients": [[20, 10000], []],
}


def test_flow_and_profile_of_a_run(call: Caller, workspace: Workspace) -> None:
    run = a_run(workspace)
    empty = call.get(f"/api/runs/{run}/flow")
    assert (empty["steps"], empty["flags"], empty["total"]) == ([], [], 0)
    assert call.get(f"/api/runs/{run}/profile")["parts"] == []
    with LogWriter(log_path(workspace.run(run))) as log:
        for step in (1, 100):
            log.event(FLOW | {"step": step})
            log.row(step, {"time/forward": 0.5, "time/backward": 1.0, "train/tokens_per_second": 10.0})
    flow = call.get(f"/api/runs/{run}/flow", params={"layer": "head"})
    assert (flow["steps"], flow["layers"]) == ([1, 100], ["layer 0", "head"])
    assert flow["values"]["grad_norm"] == [[1.0, 1.0], [None, None]]
    assert flow["histograms"]["weights"][0][20] == 1.0
    assert {(flag["layer"], flag["kind"]) for flag in flow["flags"]} == {("head", "exploding")}
    profile = call.get(f"/api/runs/{run}/profile")
    assert {part["name"]: part["seconds"] for part in profile["parts"]} == {"forward": 1.0, "backward": 2.0}


def test_a_trace_is_saved_as_a_file(call: Caller, workspace: Workspace) -> None:
    run = a_run(workspace)
    folder = workspace.run(run) / "artifacts" / "traces"
    folder.mkdir(parents=True)
    (folder / "steps-3-4.json.gz").write_bytes(gzip.compress(b"{}"))
    event = {"type": "profile", "step": 4, "first_step": 3, "steps": 2, "bytes": 22, "seconds": 0.1, "operators": []}
    with LogWriter(log_path(workspace.run(run))) as log:
        log.event(event | {"file": "artifacts/traces/steps-3-4.json.gz"})
    (trace,) = call.get(f"/api/runs/{run}/profile")["traces"]
    answer = call("GET", f"/api/runs/{run}/traces/{trace['name']}")
    assert gzip.decompress(answer.content) == b"{}"
    assert "attachment" in answer.headers["content-disposition"]


def test_what_is_not_there_is_a_problem(call: Caller, workspace: Workspace) -> None:
    run = a_run(workspace)
    for path in (
        f"{run}/traces/no.json.gz",
        f"{run}/traces/..%2f..%2fspec.yaml",
        f"{run}/flow?layer=x",
        "nothing/profile",
        "nothing/flow",
    ):
        assert is_problem(call("GET", f"/api/runs/{path}"), 404)
    assert is_problem(call("GET", f"/api/runs/{run}/flow?most=1"), 422)
