"""Models of a hub: fetched from the mirror that HF_ENDPOINT names, with the token of HF_TOKEN, and refused in words."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from transformers import AutoModelForCausalLM, Qwen2Config

from worlds import word_tokenizer

COMMIT = "0123456789abcdef0123456789abcdef01234567"
TOKEN = "hf_" + "aBcD" * 8


class Hub(BaseHTTPRequestHandler):
    """What of a hub's interface a download needs: an open repository and a gated one, one that brings code, and none else."""

    files: dict[str, bytes] = {}
    tokens: list[str] = []

    def do_HEAD(self) -> None:
        self._answer(is_head=True)

    def do_GET(self) -> None:
        self._answer(is_head=False)

    def log_message(self, *_: Any) -> None: ...

    def _answer(self, *, is_head: bool) -> None:
        parts = self.path.partition("?")[0].strip("/").removeprefix("api/models/").split("/")
        name, token = "/".join(parts[:2]), self.headers.get("authorization", "")
        self.tokens.append(token)
        if name == "some/gated" and token != f"Bearer {TOKEN}":
            self._send(401, b"", {"X-Error-Code": "GatedRepo", "X-Error-Message": "gated"}, is_head)
        elif name not in ("some/open", "some/gated", "some/coded"):
            self._send(404, b"", {"X-Error-Code": "RepoNotFound", "X-Error-Message": "none"}, is_head)
        elif "/tree/" in self.path:
            tree = [{"type": "file", "path": each, "size": len(self._files(name)[each])} for each in self._files(name)]
            body = [each | {"oid": hashlib.sha256(each["path"].encode()).hexdigest()[:40]} for each in tree]
            self._send(200, json.dumps(body).encode(), {"Content-Type": "application/json"}, is_head)
        elif self.path.startswith("/api/"):
            siblings = [{"rfilename": each} for each in self._files(name)]
            about = {"id": name, "sha": COMMIT, "siblings": siblings}
            self._send(200, json.dumps(about).encode(), {"Content-Type": "application/json"}, is_head)
        elif (content := self._files(name).get("/".join(parts[4:]))) is None:
            self._send(404, b"", {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": COMMIT}, is_head)
        else:
            etag = hashlib.sha256(content).hexdigest()
            self._send(200, content, {"ETag": f'"{etag}"', "X-Repo-Commit": COMMIT}, is_head)

    def _files(self, name: str) -> dict[str, bytes]:
        if name != "some/coded":
            return self.files
        config = json.loads(self.files["config.json"]) | {
            "model_type": "own-kind",
            "auto_map": {"AutoConfig": "own.Config", "AutoModelForCausalLM": "own.Model"},
        }
        return self.files | {"config.json": json.dumps(config).encode(), "own.py": b"raise SystemExit(66)"}

    def _send(self, status: int, body: bytes, headers: dict[str, str], is_head: bool) -> None:
        self.send_response(status)
        for key, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(key, value)
        self.end_headers()
        if not is_head:
            self.wfile.write(body)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[str]:
    folder = tmp_path / "tiny"
    size = word_tokenizer(folder, ["[PAD]", "[UNK]", "[CLS]", "[SEP]"], ["cat", "dog"], "[CLS] $A [SEP]")
    shape = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = Qwen2Config(vocab_size=size, num_key_value_heads=2, **shape)
    AutoModelForCausalLM.from_config(config).save_pretrained(folder)
    Hub.files = {path.name: path.read_bytes() for path in folder.iterdir()}
    Hub.tokens = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def opened(tmp_path: Path, hub: str, *asked: dict[str, Any], **environment: str) -> list[dict[str, Any]]:
    """What a process of its own makes of these models; the hub's address is read when its library is imported."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("HF_")}
    script = Path(__file__).with_name("hub_child.py")
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "workspace"), *map(json.dumps, asked)],
        env={**clean, "HF_ENDPOINT": hub, "HF_HOME": str(tmp_path / "home"), "HF_HUB_DISABLE_XET": "1", **environment},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def test_models_come_from_a_mirror_and_gated_ones_with_a_token(tmp_path: Path, hub: str) -> None:
    fetch = {"allow_download": True}
    gated, absent, coded, unasked, first, again = opened(
        tmp_path,
        hub,
        {"source": "some/gated", **fetch},
        {"source": "some/absent", **fetch},
        {"source": "some/coded", **fetch},
        {"source": "some/open"},
        {"source": "some/open", **fetch},
        {"source": "some/open"},
    )
    assert gated["code"] == "denied" and "is gated" in gated["message"]
    assert f"{hub}/some/gated" in gated["hint"] and "HF_TOKEN" in gated["hint"]
    assert absent["code"] == "not_found" and "or it is private" in absent["message"]
    assert coded["code"] == "denied" and "model.trust_remote_code=some/coded" in coded["hint"]
    assert unasked["code"] == "not_found" and "model.allow_download=true" in unasked["hint"]
    assert first == again == {"opened": "Qwen2ForCausalLM", "tokens": 6}
    assert not any(Hub.tokens)
    (allowed,) = opened(tmp_path, hub, {"source": "some/gated", **fetch}, HF_TOKEN=TOKEN)
    assert allowed == first and f"Bearer {TOKEN}" in Hub.tokens


def test_offline_nothing_is_asked_and_a_hub_that_is_away_is_told(tmp_path: Path, hub: str) -> None:
    (offline,) = opened(tmp_path, hub, {"source": "some/open", "allow_download": True}, HF_HUB_OFFLINE="1")
    assert offline["code"] == "resource" and "may not be asked" in offline["message"]
    assert "HF_HUB_OFFLINE" in offline["hint"] and "HF_ENDPOINT" in offline["hint"] and not Hub.tokens
    fetch = {"source": "some/open", "allow_download": True}
    assert "opened" in opened(tmp_path, hub, fetch)[0]
    here, away = opened(tmp_path, "http://127.0.0.1:9", fetch, {"source": "some/absent", "allow_download": True})
    assert "opened" in here, "what was fetched once is used where the hub is away"
    assert away["code"] == "resource" and "http://127.0.0.1:9 does not answer" in away["message"]
