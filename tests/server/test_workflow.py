"""The main job over HTTP alone, with real workers: upload, import, tokenizer, pretraining, evaluation, export, text."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from server_kit import sse_frames

from tokenloom.kit.workspace import Workspace

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
MODEL = {"kind": "transformer", "num_layers": 1, "hidden_size": 32, "num_heads": 2, "max_sequence_length": 64}


@pytest.fixture
def client(workspace: Workspace, tmp_path: Path) -> Iterator[httpx.Client]:
    with (tmp_path / "out").open("wb") as output, (tmp_path / "err").open("wb") as errors:
        command = [
            sys.executable,
            "-m",
            "tokenloom.server",
            "--workspace",
            str(workspace.root),
            "--port",
            "auto",
            "--no-browser",
        ]
        server = subprocess.Popen(command, stdout=output, stderr=errors)
    while not (tmp_path / "out").read_text().endswith("\n"):
        assert server.poll() is None, (tmp_path / "err").read_text()
        time.sleep(0.05)
    base, _, token = (tmp_path / "out").read_text().strip().partition("?token=")
    with httpx.Client(base_url=base, headers={"authorization": f"Bearer {token}"}, timeout=180) as client:
        yield client
    server.terminate()
    assert server.wait(15) == 143
    assert "Traceback" not in (tmp_path / "err").read_text()


def finished(client: httpx.Client, answer: httpx.Response) -> str:
    """Follow a started run to its end over the stream; its id."""
    assert answer.status_code == 201, answer.text
    run_id = answer.json()["id"]
    with client.stream("GET", f"/api/runs/{run_id}/stream") as stream:
        frames = list(sse_frames(stream.iter_lines()))
    assert frames[-1]["event"] == "end" and frames[-1]["data"]["state"] == "completed", frames[-1]
    return str(run_id)


def test_the_main_job_over_http(client: httpx.Client) -> None:
    rows = [json.dumps({"prompt": f"{a} + {b} =", "completion": str(a + b)}) for a in range(20) for b in range(20)]
    content = "\n".join([*rows, "{broken"]).encode()
    place = client.post("/api/uploads", headers={"upload-length": str(len(content))}).headers["location"]
    headers = {"content-type": "application/offset+octet-stream", "upload-offset": "0"}
    client.patch(place, headers=headers, content=content).raise_for_status()
    finished(client, client.post("/api/datasets", json={"dataset": "sums", "upload": place.rpartition("/")[2]}))
    dataset = client.get("/api/datasets/sums").json()
    assert dataset["rows"] == 400 and dataset["quarantined"] == 1

    finished(
        client,
        client.post(
            "/api/tokenizers", json={"tokenizer": "digits", "datasets": ["sums"], "model": {"vocab_size": 300}}
        ),
    )
    spec: dict[str, Any] = {
        "task": "pretrain",
        "model": MODEL,
        "data": {"dataset": "sums"},
        "loop": {"max_steps": 12},
        "checkpoints": {"every_steps": 6},
        "evaluation": {"every_steps": 6, "max_sequences": 8, "sample_tokens": 4},
        "compute": {"device": "cpu", "precision": "fp32", "threads": 1},
    }
    run_id = finished(client, client.post("/api/runs", json=spec))
    run = client.get(f"/api/runs/{run_id}").json()
    assert (run["state"], run["step"]) == ("completed", 12)
    curve = client.get("/api/series", params={"runs": run_id, "keys": "train/loss"}).json()["curves"][0]
    assert len(curve["value"]) == 12 and all(value > 0 for value in curve["value"])
    assert [
        each["step"] for each in client.get("/api/checkpoints", params={"run": run_id, "verify": True}).json()["items"]
    ] == [6, 12]

    asked = {
        "model": {"source": run_id},
        "data": {"dataset": "sums", "max_rows": 8},
        "generation": {"max_new_tokens": 4},
    }
    evaluation = finished(client, client.post("/api/evaluations", json=asked))
    assert client.get(f"/api/evaluations/{evaluation}").json()["metrics"]
    assert len(client.get(f"/api/evaluations/{evaluation}/rows").json()["items"]) == 8

    export = finished(client, client.post("/api/exports", json={"model": {"source": run_id}}))
    files = client.get(f"/api/exports/{export}").json()["files"]
    assert (
        client.get(f"/api/exports/{export}/files/config.json").json()["hidden_size"] == 32
        and "model.safetensors" in files
    )

    prompt = {"model": {"source": run_id}, "prompt": "3 + 4 =", "generation": {"max_new_tokens": 6}}
    whole = client.post("/api/generate", json=prompt).json()
    assert whole["state"] == "completed" and whole["tokens"] > 0
    with client.stream("POST", "/api/generate", json=prompt, headers={"accept": "text/event-stream"}) as stream:
        events = [frame["data"] for frame in sse_frames(stream.iter_lines()) if frame["event"] == "event"]
    assert "".join(event["text"] for event in events if event["type"] == "text") == whole["text"]

    failed = client.post("/api/generate", json=prompt | {"model": {"source": "nothere"}})
    assert failed.status_code == 404 and "nothere" in failed.json()["detail"]


def test_a_run_is_paused_resumed_and_stopped_over_http(
    client: httpx.Client, workspace: Workspace, tmp_path: Path
) -> None:
    (tmp_path / "text.txt").write_text("\n\n".join(f"line {n} of a text to learn" for n in range(500)))
    finished(client, client.post("/api/datasets", json={"dataset": "text", "path": str(tmp_path / "text.txt")}))
    finished(
        client,
        client.post("/api/tokenizers", json={"tokenizer": "t", "datasets": ["text"], "model": {"vocab_size": 300}}),
    )
    compute = {"device": "cpu", "precision": "fp32", "threads": 1}
    spec = {
        "task": "pretrain",
        "model": MODEL,
        "data": {"dataset": "text"},
        "loop": {"max_steps": 100_000},
        "compute": compute,
    }
    run_id = client.post("/api/runs", json=spec).json()["id"]
    with client.stream("GET", f"/api/runs/{run_id}/stream") as stream:
        next(frame for frame in sse_frames(stream.iter_lines()) if frame["event"] == "rows")
    for command, state in (("pause", "paused"), ("resume", "running"), ("stop", "stopped")):
        sent = client.post(f"/api/runs/{run_id}/commands?wait=2", json={"command": command})
        assert sent.status_code == 202 and sent.json()["answer"]["accepted"], sent.text
        for _ in range(1200):
            if client.get(f"/api/runs/{run_id}").json()["state"] == state:
                break
            time.sleep(0.05)
        assert client.get(f"/api/runs/{run_id}").json()["state"] == state
    assert [each["command"] for each in client.get(f"/api/runs/{run_id}/commands").json()["items"]] == [
        "pause",
        "resume",
        "stop",
    ]
    assert client.delete(f"/api/runs/{run_id}").status_code == 200
