"""The Python client: cheap to open, clear when misused, whole after any end of the program."""

from __future__ import annotations

import json
import math
import signal
import subprocess
import sys
import tracemalloc
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tokenloom.kit.errors import NotFound, ResourceError, RunError, SpecError
from tokenloom.tracking.client import git_commit, init, runs
from tokenloom.tracking.query import events, summary
from tokenloom.tracking.spectext import to_yaml


def states(folder: Path) -> list[tuple[str, str]]:
    return [(event["state"], event.get("reason", "")) for event in events(folder, {"state"})]


def program(workspace: Path, text: str) -> subprocess.CompletedProcess[str]:
    head = f"from tokenloom.tracking.client import init\nrun = init('p', 'n', workspace={str(workspace)!r})\n"
    return subprocess.run([sys.executable, "-c", head + text], capture_output=True, text=True)


def test_a_run_is_written_and_read_back(tmp_path):
    with init("words", "first", {"lr": 1e-5, "model": {"layers": 2}}, tmp_path) as run:
        run.log({"loss": 2.0})
        run.log({"loss": 1.0})
        run.log({"loss": 1.5}, step=10)
        run.log({"acc": 0.5})
        run.event("note", text="warm")
    (found,) = runs(tmp_path)
    assert (found.id, found.name, found.info["project"]) == (run.id, "first", "words")
    frame = found.metrics()
    assert frame.columns == ["key", "step", "time", "value"]
    assert frame.select("key", "step", "value").rows() == [
        ("acc", 11, 0.5),
        ("loss", 0, 2.0),
        ("loss", 1, 1.0),
        ("loss", 10, 1.5),
    ]
    assert found.metrics(["acc"]).height == 1
    assert yaml.safe_load((run.folder / "spec.yaml").read_text()) == {"lr": 1e-5, "model": {"layers": 2}}
    assert states(run.folder) == [("running", ""), ("completed", "")]
    environment = json.loads((run.folder / "environment.json").read_text())
    assert environment["python"] == sys.version.split()[0]
    assert environment["argv"] == sys.argv


def test_an_unknown_metric_is_answered_with_the_nearest(tmp_path):
    with init(workspace=tmp_path) as run:
        run.log({"train/loss": 1.0})
    with pytest.raises(NotFound, match="Did you mean “train/loss”"):
        run.metrics(["train/los"])


def test_runs_are_listed_newest_first(tmp_path):
    ids = []
    for name in "abc":
        with init(name=name, workspace=tmp_path) as run:
            ids.append(run.id)
    (tmp_path / "runs" / "stranger").mkdir()
    assert {run.id for run in runs(tmp_path)} == set(ids)
    assert [run.id for run in runs(tmp_path)] == sorted(ids, reverse=True)


def test_torch_scalars_are_numbers_and_longer_tensors_are_not(tmp_path):
    torch = pytest.importorskip("torch")
    with init(workspace=tmp_path) as run:
        run.log({"loss": torch.tensor(0.5), "bf16": torch.tensor(2.0, dtype=torch.bfloat16)})
        with pytest.raises(SpecError, match="“loss” is a Tensor"):
            run.log({"loss": torch.zeros(3), "bf16": 1.0})
    assert summary(run.folder)["loss"].last == 0.5


@pytest.mark.parametrize(
    ("ending", "code", "expected"),
    [
        ("run.log({'a': 1.0})", 0, [("running", ""), ("completed", "")]),
        ("raise ValueError('boom')", 1, [("running", ""), ("failed", "ValueError: boom")]),
        ("raise KeyboardInterrupt", -2, [("running", ""), ("stopped", "interrupted from the keyboard")]),
        ("run.finish('stopped', 'enough')", 0, [("running", ""), ("stopped", "enough")]),
        ("run.log({'a': 1.0}); import os, signal; os.kill(os.getpid(), signal.SIGKILL)", -9, [("running", "")]),
        ("import os; os.fork() or os._exit(0)\nimport time; time.sleep(0.2)", 0, [("running", ""), ("completed", "")]),
    ],
    ids=["end", "exception", "Ctrl-C", "finish", "SIGKILL", "fork"],
)
def test_the_state_at_the_end_of_the_program(tmp_path, ending, code, expected):
    assert program(tmp_path, ending).returncode == code
    (run,) = runs(tmp_path)
    assert states(run.folder) == expected


def test_an_exception_in_the_with_block_fails_the_run(tmp_path):
    with pytest.raises(ZeroDivisionError), init(workspace=tmp_path) as run:
        1 / 0  # noqa: B018
    assert states(run.folder)[-1] == ("failed", "ZeroDivisionError: division by zero")


def test_a_finished_run_refuses_to_log_and_an_odd_state_is_refused(tmp_path):
    run = init(workspace=tmp_path)
    with pytest.raises(SpecError, match="not a final state"):
        run.finish("done")
    run.finish()
    run.finish()
    with pytest.raises(RunError, match="not open"):
        run.log({"a": 1.0})
    assert len(states(run.folder)) == 2


def test_an_unusable_workspace_is_a_clear_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ResourceError, match="cannot be used"):
        init(workspace=tmp_path / "file" / "below")


def test_opening_a_run_loads_nothing_heavy(tmp_path):
    text = "run.log({'a': 1.0})\nimport sys\nprint(*sorted({name.partition('.')[0] for name in sys.modules}))"
    loaded = set(program(tmp_path, text).stdout.split())
    assert "tokenloom" in loaded
    assert not loaded & {"numpy", "sqlalchemy", "polars", "pydantic", "yaml", "torch", "alembic", "pyarrow"}


def test_a_long_run_does_not_grow_the_process(tmp_path):
    with init(workspace=tmp_path) as run:
        values = {"a": 1.0, "b": 2.0, "c": 3.0, "d": 4.0, "e": 5.0}
        run.log(values)
        tracemalloc.start()
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(20_000):
            run.log(values)
        after, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert after - before < 10_000  # bytes, for 100,000 points


@dataclass
class Config:
    rate: float = 0.1
    names: list[str] = field(default_factory=lambda: ["a"])


def test_config_may_be_a_dataclass_and_nothing_odd(tmp_path):
    with init(config=Config(), workspace=tmp_path) as run:
        pass
    assert yaml.safe_load((run.folder / "spec.yaml").read_text()) == {"rate": 0.1, "names": ["a"]}
    with pytest.raises(SpecError, match="config is a int"):
        init(config=3, workspace=tmp_path)


SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats() | st.text(max_size=20)
TREES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)


def tidy(value: object) -> object:
    """What UTF-8 can store, with NaN as a text so that it compares."""
    if isinstance(value, float):
        return "nan" if math.isnan(value) else value
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [tidy(item) for item in value]
    if isinstance(value, dict):
        return {tidy(key): tidy(item) for key, item in value.items()}
    return value


@settings(max_examples=150, deadline=None)
@given(config=st.dictionaries(st.text(max_size=8), TREES, max_size=4))
def test_the_configuration_survives_yaml(config):
    assert tidy(yaml.safe_load(to_yaml(config))) == tidy(config)


def test_the_commit_is_read_from_files(tmp_path):
    commit = "1" * 40
    (tmp_path / ".git" / "refs" / "heads").mkdir(parents=True)
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    assert git_commit(tmp_path) == ""
    (tmp_path / ".git" / "packed-refs").write_text(f"# pack-refs\n{commit} refs/heads/main\n")
    assert git_commit(tmp_path / "below") == commit
    (tmp_path / ".git" / "refs" / "heads" / "main").write_text("2" * 40 + "\n")
    assert git_commit(tmp_path) == "2" * 40
    (tmp_path / ".git" / "HEAD").write_text("3" * 40)
    assert git_commit(tmp_path) == "3" * 40


def test_sigterm_after_a_log_call_keeps_the_row(tmp_path):
    child = program(tmp_path, "run.log({'a': 7.0}); import os, signal; os.kill(os.getpid(), signal.SIGTERM)")
    assert child.returncode == -signal.SIGTERM
    (run,) = runs(tmp_path)
    assert summary(run.folder)["a"].last == 7.0
