"""The whole way through HTTP alone, with the server killed and started again in the middle."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from worlds import questions, tiny_recipe

pytestmark = pytest.mark.e2e


class Server:
    """A real server process on a workspace, and a client that holds its token."""

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tokenloom.cli.main",
                "--workspace",
                str(self.workspace),
                "studio",
                "--port",
                "auto",
                "--no-browser",
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        found = re.search(r"(http://127\.0\.0\.1:\d+)/\?token=(\S+)", line)
        assert found, line
        self.url, token = found.groups()
        self.http = httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {token}"}, timeout=60)

    def kill(self) -> None:
        self.http.close()
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        self.http.close()
        self.process.terminate()
        self.process.wait(timeout=60)

    def get(self, path: str, **params: Any) -> Any:
        answer = self.http.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: dict[str, Any], status: int = 201) -> Any:
        answer = self.http.post(path, json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def command(self, run: str, command: str, **arguments: Any) -> Any:
        return self.post(f"/api/runs/{run}/commands?wait=2", {"command": command, "arguments": arguments}, 202)

    def stream(self, run: str, last_id: str = "") -> Iterator[tuple[str, str, Any]]:
        """(event, id, data) of a run's stream."""
        headers = {"Last-Event-ID": last_id} if last_id else {}
        with self.http.stream("GET", f"/api/runs/{run}/stream", headers=headers) as answer:
            assert answer.status_code == 200
            frame: dict[str, str] = {}
            for line in answer.iter_lines():
                if not line and "data" in frame:
                    yield frame.get("event", ""), frame.get("id", ""), json.loads(frame["data"])
                    frame = {}
                elif ": " in line and not line.startswith(":"):
                    key, _, value = line.partition(": ")
                    frame[key] = value

    def finish(self, run: str) -> dict[str, Any]:
        """Follow a run to its end; its result."""
        result = {}
        for event, _, data in self.stream(run):
            if event == "event" and data.get("type") == "result":
                result = data["result"]
        state = self.get(f"/api/runs/{run}")
        assert state["state"] == "completed", state
        return result


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "workspace")
    yield server
    server.stop()


def upload(server: Server, content: bytes, name: str) -> str:
    """Send a file in three pieces, as tus does; the address of the upload."""
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(content))}
    headers["Upload-Metadata"] = "filename " + base64.b64encode(name.encode()).decode()
    made = server.http.post("/api/uploads", headers=headers)
    assert made.status_code == 201, made.text
    place = made.headers["location"]
    third = len(content) // 3
    for start, end in ((0, third), (third, 2 * third), (2 * third, len(content))):
        piece = {
            "Tus-Resumable": "1.0.0",
            "Upload-Offset": str(start),
            "Content-Type": "application/offset+octet-stream",
        }
        answer = server.http.patch(place, content=content[start:end], headers=piece)
        assert answer.status_code == 204, answer.text
    return place.rsplit("/", 1)[-1]


def wait_for_rows(server: Server, run: str, cursor: str = "", *, count: int = 5) -> tuple[list[dict[str, Any]], str]:
    """Rows of the stream until ``count`` have come, and the cursor behind them."""
    rows: list[dict[str, Any]] = []
    for event, place, data in server.stream(run, cursor):
        cursor = place or cursor
        if event == "rows":
            rows += [row for row in data["rows"] if "train/loss" in row["values"]]
        if len(rows) >= count:
            return rows, cursor
    return rows, cursor


def test_from_a_file_to_an_answer(server: Server) -> None:
    content = "".join(json.dumps(row) + "\n" for row in questions(300)).encode()
    imported = server.post("/api/datasets", {"dataset": "animals", "upload": upload(server, content, "animals.jsonl")})
    assert server.finish(imported["id"])["splits"]["train"] > 200
    tokenizer = {"tokenizer": "small", "datasets": ["animals"], "model": {"kind": "bpe", "vocab_size": 320}}
    server.finish(server.post("/api/tokenizers", {"task": "tokenizer", **tokenizer})["id"])
    preview = server.http.post("/api/tokenizers/small/preview", json={"text": "3 red foxes"}).json()
    assert "".join(token["text"] for token in preview["tokens"]).strip() == "3 red foxes"

    recipe = tiny_recipe(loop={"max_steps": 1500}, evaluation={"every_steps": 500}, checkpoints={"every_steps": 50})
    run = server.post("/api/runs", recipe)["id"]
    rows, cursor = wait_for_rows(server, run)
    assert [row["step"] for row in rows][:5] == [1, 2, 3, 4, 5]

    assert server.command(run, "pause")["answer"]["accepted"] is True
    assert server.get(f"/api/runs/{run}")["state"] == "paused"
    refused = server.command(run, "set", key="optimizer.learning_rate", value=-1)
    assert refused["answer"]["accepted"] is False

    server.kill()
    server.start()
    assert server.get(f"/api/runs/{run}")["state"] == "paused", "a run does not notice that the server died"
    accepted = server.command(run, "set", key="optimizer.learning_rate", value=0.002)
    assert accepted["answer"]["message"].startswith("optimizer.learning_rate is now 0.002")
    assert server.command(run, "resume")["answer"]["accepted"] is True

    steps = [row["step"] for row in rows]
    for event, place, data in server.stream(run, cursor):
        cursor = place or cursor
        if event == "rows":
            steps += [row["step"] for row in data["rows"] if "train/loss" in row["values"]]
        if len(steps) > 400:
            break
    server.kill()
    server.start()
    for event, _, data in server.stream(run, cursor):
        if event == "rows":
            steps += [row["step"] for row in data["rows"] if "train/loss" in row["values"]]
    assert steps == list(range(1, 1501)), "no point lost, none doubled, over three servers"

    series = server.get("/api/series", runs=run, keys="train/loss", px=200)
    curve = series["curves"][0]
    assert min(curve["min"]) < 0.7 * max(curve["max"])
    rates = server.get("/api/series", runs=run, keys="train/learning_rate", px=200)["curves"][0]
    assert rates["last"][-1] < 0.002 < rates["max"][0]

    question = {"kind": "pretrained", "source": run}
    tuned = server.post(
        "/api/runs",
        tiny_recipe(task="finetune", model=question, loop={"max_steps": 300}, evaluation={"every_steps": 100})
        | {"model": question},
    )["id"]
    model = server.finish(tuned)["model"]
    measured = server.post(
        "/api/evaluations",
        {
            "task": "evaluate",
            "model": {"kind": "pretrained", "source": model},
            "data": {"dataset": "animals", "split": "test"},
        },
    )["id"]
    metrics = server.finish(measured)["metrics"]
    assert metrics["exact_match"] > 0.5
    assert server.get(f"/api/evaluations/{measured}/rows", limit=5)["items"][0]["reference"]

    exported = server.post("/api/exports", {"task": "export", "model": {"kind": "pretrained", "source": model}})["id"]
    assert server.finish(exported)["proof"]["passed"] is True
    card = server.http.get(f"/api/exports/{exported}/files/README.md")
    assert card.status_code == 200 and "attachment" in card.headers["content-disposition"]

    prompt = "Describe 4 animals: red, fox."
    body = {"task": "generate", "model": {"kind": "pretrained", "source": model}, "prompt": prompt}
    answer = server.http.post("/api/generate", json=body).json()
    assert answer["text"].strip() == "4 red foxs"
    listed = server.get("/api/runs", limit=50)
    assert {item["state"] for item in listed["items"]} == {"completed"}
