"""Ids, registries, paths, workspaces, JSON at the border, plugins and the sandbox."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest

from tokenloom.kit import plugins
from tokenloom.kit.errors import (
    Conflict,
    DataError,
    Denied,
    MissingExtra,
    NotFound,
    ResourceError,
    SpecError,
    TokenloomError,
)
from tokenloom.kit.ids import content_id, digest_of_ids, is_id, new_id
from tokenloom.kit.jsonsafe import parse_json, to_json_safe
from tokenloom.kit.paths import safe_join
from tokenloom.kit.registry import Registry
from tokenloom.kit.sandbox import sandbox_child
from tokenloom.kit.workspace import Workspace


def test_ids_sort_by_time_and_never_repeat() -> None:
    first = new_id()
    time.sleep(0.002)
    ids = [new_id() for _ in range(2000)]
    assert first < min(ids)
    assert len(set(ids)) == 2000
    assert all(is_id(each) and len(each) == 16 for each in ids)


@pytest.mark.parametrize("text", ["", "..", "a/b", "A", "ä", "a" * 65, "-x", "a\0"])
def test_what_is_no_id(text: str) -> None:
    assert not is_id(text)


def test_content_ids_depend_on_content_alone() -> None:
    assert content_id({"a": 1, "b": 2}) == content_id({"b": 2, "a": 1})
    assert content_id({"a": 1}) != content_id({"a": 2})
    assert content_id("\ud800") != content_id("x")  # a lone surrogate is content, too


def test_digest_of_ids_is_order_sensitive_and_exact_as_a_float() -> None:
    assert digest_of_ids([1, 2]) != digest_of_ids([2, 1])
    assert int(float(digest_of_ids(range(100)))) == digest_of_ids(range(100))


def test_a_registry_suggests_and_refuses_doubles() -> None:
    registry: Registry[int] = Registry("optimizer")
    registry.register("adamw")(1)
    with pytest.raises(NotFound) as missing:
        registry["adamv"]
    assert missing.value.hint == "Did you mean “adamw”?"
    with pytest.raises(Conflict):
        registry.register("adamw")(2)
    assert list(registry) == ["adamw"]


@pytest.mark.parametrize("name", ["..", "../x", "a/../../x", "/etc/passwd", "a//b", "", ".", "a\\b", "a\0b", "link/x"])
def test_safe_join_never_leaves_its_root(tmp_path: Path, name: str) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "link").symlink_to(tmp_path)
    with pytest.raises(Denied):
        safe_join(root, name)


def test_safe_join_allows_plain_names(tmp_path: Path) -> None:
    assert safe_join(tmp_path, "a/b.txt") == tmp_path / "a" / "b.txt"


def test_a_workspace_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ResourceError, match="cannot be used") as error:
        Workspace.open(tmp_path / "file" / "inside")
    assert "--workspace" in error.value.hint


def test_workspace_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKENLOOM_WORKSPACE", str(tmp_path / "w"))
    assert Workspace.open().root == tmp_path / "w"
    assert (tmp_path / "w" / "runs").is_dir()
    with pytest.raises(NotFound):
        Workspace.open().run("../x")


def test_json_leaves_clean_and_enters_within_limits() -> None:
    assert to_json_safe({"a": float("nan"), 1: [float("inf"), "\ud800"]}) == {"a": None, "1": [None, "?"]}
    assert parse_json(b'{"a": "[[[["}') == {"a": "[[[["}
    for bad in (b"[" * 65 + b"]" * 65, b"{", b"\xff", b'{"a": NaN}', b" " * (2 << 20)):
        with pytest.raises(SpecError):
            parse_json(bad)


def test_errors_carry_what_why_and_what_to_do() -> None:
    error = MissingExtra("onnx", "ONNX export")
    assert 'pip install "tokenloom[onnx]"' in error.hint
    assert error.as_dict()["code"] == "missing_extra"
    assert (error.status, error.exit_code) == (501, 2)
    kinds = {TokenloomError}
    queue = [TokenloomError]
    while queue:
        for each in queue.pop().__subclasses__():
            kinds.add(each)
            queue.append(each)
    assert all(400 <= kind.status <= 599 and kind.exit_code for kind in kinds)


def test_a_broken_plugin_is_named_and_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    class Point:
        name, value = "broken", "nowhere.at.all"

        def load(self):
            raise ImportError("no module named nowhere")

    monkeypatch.setattr(plugins, "entry_points", lambda group: [Point()])
    plugins.load_plugins.cache_clear()
    found = plugins.load_plugins("tokenloom.specs")
    plugins.load_plugins.cache_clear()
    assert found[0].error == "ImportError: no module named nowhere"


def grab(gigabytes: int) -> int:
    return len(bytearray(gigabytes << 30))


def spin() -> None:
    while True:
        pass


def call_out(port: int) -> None:
    socket.create_connection(("127.0.0.1", port), timeout=1)


def abort() -> None:
    import os

    os.abort()


def add(a: int, b: int) -> int:
    return a + b


@pytest.fixture
def importable(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    return Path(__file__).stem


def test_the_sandbox_answers_and_limits(importable: str) -> None:
    assert sandbox_child(f"{importable}:add", a=2, b=3) == 5
    with pytest.raises(DataError, match="more memory"):
        sandbox_child(f"{importable}:grab", gigabytes=3)
    with pytest.raises(DataError, match="ended with status"):
        sandbox_child(f"{importable}:abort")
    with pytest.raises(DataError, match=r"status|working"):
        sandbox_child(f"{importable}:spin", cpu_seconds=1, wall_seconds=10)


def test_the_sandbox_has_no_network(importable: str) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        with pytest.raises(DataError, match="no network"):
            sandbox_child(f"{importable}:call_out", port=server.getsockname()[1])
