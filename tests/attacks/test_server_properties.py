"""Random requests over the whole OpenAPI document: never a fault, never an undocumented status or form."""

from __future__ import annotations

import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from server_kit import TOKEN, Caller, a_run, write_log

from tokenloom.data.importing import import_dataset
from tokenloom.kit.workspace import Workspace
from tokenloom.server import openapi
from tokenloom.server.app import create_app
from tokenloom.spec.data import FileSource

TEXTS = (
    "",
    "0",
    "-1",
    "1e999",
    "nan",
    "null",
    "true",
    "%",
    "../..",
    "\0",
    "é🦊",
    "a" * 300,
    "9" * 40,
    "=1+1",
    "<script>",
    "{{7*7}}",
    "'\"--",
    "[]",
)
FOLDER = tempfile.TemporaryDirectory(prefix="tokenloom-")
BODY_NAMES = (
    *("task", "data", "model", "dataset", "source", "path", "upload", "spec", "preset", "yaml", "overrides"),
    *("command", "arguments", "name", "tags", "text", "template"),
)
leaf = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(TEXTS)
    | st.text(max_size=20)
)
anything = st.recursive(
    leaf,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@cache
def known() -> dict[str, str]:
    """A workspace with something in it, made once: its ids by the name of the parameter that takes them."""
    folder = Path(FOLDER.name)
    workspace = Workspace.open(folder / "workspace")
    run_id = a_run(workspace)
    write_log(workspace, run_id, rows=50, state="completed")
    (folder / "rows.jsonl").write_text("\n".join(json.dumps({"text": f"row {n}", "n": n}) for n in range(60)))
    dataset = import_dataset(workspace, name="rows", source=FileSource(path=str(folder / "rows.jsonl")))
    return {
        "workspace": str(workspace.root),
        "id": run_id,
        "dataset": dataset.id,
        "run": run_id,
        "runs": run_id,
        "keys": "train/loss",
    }


@cache
def caller() -> Caller:
    return Caller(create_app(Workspace(Path(known()["workspace"])), token=TOKEN, max_upload_bytes=1_000_000))


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    paths = openapi.document(create_app(Workspace(Path("unused")), token=TOKEN))["paths"]
    found = [
        (method.upper(), path, operation) for path, methods in paths.items() for method, operation in methods.items()
    ]
    return [each for each in found if not each[1].endswith(("/stream", "/generate"))]


@pytest.mark.parametrize(
    ("method", "template", "operation"), operations(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_no_request_finds_a_fault(
    method: str, template: str, operation: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tokenloom.jobs.control.ensure_supervisor", lambda _workspace: None)
    parameters = operation.get("parameters", [])

    @settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def probe(data: st.DataObject) -> None:
        def drawn(name: str) -> str:
            return str(
                data.draw(st.just(known().get(name, "abc")) | st.sampled_from(TEXTS) | st.text(max_size=12), label=name)
            )

        path, query, headers = template, [], {}
        for parameter in parameters:
            name, place = parameter["name"], parameter["in"]
            if place == "path":
                path = path.replace("{" + name + "}", quote(drawn(name).encode("utf-8", "replace"), safe=""))
            elif place == "query" and (parameter.get("required") or data.draw(st.booleans())):
                query.append((name, drawn(name).encode("utf-8", "replace").decode()))
            elif place == "header" and data.draw(st.booleans()):
                headers[name] = (
                    drawn(name)
                    .encode("ascii", "ignore")
                    .decode()
                    .replace("\0", "")
                    .replace("\n", "")
                    .replace("\r", "")
                    .strip()
                )
        content = None
        if "requestBody" in operation and method != "GET":
            kind = next(iter(operation["requestBody"]["content"]))
            headers["content-type"] = kind
            body = data.draw(anything | st.dictionaries(st.sampled_from(BODY_NAMES), anything, max_size=5))
            content = json.dumps(body).encode() if kind == "application/json" else data.draw(st.binary(max_size=50))
        if method == "DELETE" and (known()["id"] in path or known()["dataset"] in path):
            return  # later examples need it
        answer = caller()(method, path, params=query, headers=headers, content=content)
        documented = set(operation["responses"]) - {"4XX", "5XX"}
        assert answer.status_code < 500, answer.text
        assert 400 <= answer.status_code < 500 or str(answer.status_code) in documented, answer.status_code
        if answer.status_code >= 400 and method != "HEAD":
            assert answer.headers["content-type"] == "application/problem+json" and answer.json()["hint"]

    probe()
