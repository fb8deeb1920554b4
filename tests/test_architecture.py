"""Wings and floors, as a fresh interpreter sees them."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def loaded_after(statement: str) -> set[str]:
    code = f"{statement}\nimport sys; print('\\n'.join(sys.modules))"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


@pytest.mark.parametrize(
    "statement",
    [
        "import tokenloom.cli.contents, tokenloom.server.app",
        "import tokenloom.jobs.supervisor, tokenloom.jobs.control",
        "import tokenloom.data.importing, tokenloom.data.tokens, tokenloom.data.tokenizer.training",
        "import tokenloom.spec.recipe, tokenloom_flowroll.specs",
        "from tokenloom.kit.plugins import load_plugins, BUILDERS; assert not [p.error for p in load_plugins(BUILDERS) if p.error]",
    ],
)
def test_the_light_wing_never_loads_torch(statement: str) -> None:
    assert loaded_after(statement) & {"torch", "transformers", "peft"} == set()


def test_the_help_loads_next_to_nothing() -> None:
    modules = loaded_after("import tokenloom.cli.main, tokenloom.cli.contents")
    assert modules & {"sqlalchemy", "polars", "pydantic", "fastapi", "numpy", "yaml", "tokenizers"} == set()


def test_the_server_answers_before_it_has_loaded_what_only_some_pages_need() -> None:
    modules = loaded_after("import tokenloom.server.serve")
    assert modules & {"sqlalchemy", "polars", "pyarrow", "tokenizers", "tiktoken", "jinja2", "psutil", "torch"} == set()


def test_the_front_door_is_light() -> None:
    modules = loaded_after("import tokenloom; tokenloom.init")
    assert modules & {"sqlalchemy", "polars", "pydantic", "torch", "fastapi", "dataclasses", "hashlib"} == set()


def test_importing_only_data_does_not_wait_for_models() -> None:
    """A worker that imports files must not load torch before it knows its task."""
    modules = loaded_after("import tokenloom.worker.__main__, tokenloom.tasks.run")
    assert modules & {"torch", "transformers"} == set()


def test_help_answers_quickly_enough_to_feel_instant() -> None:
    """A loose bound against accidents; the promise of 0.2 s is measured by benchmarks/start.py."""
    started = time.monotonic()
    subprocess.run([sys.executable, "-m", "tokenloom.cli.main", "--help"], check=True, capture_output=True)
    assert time.monotonic() - started < 3.0


def test_no_host_and_no_machine_path_in_the_repository() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    forbidden = [
        "pypi" + ".org",
        "npmjs" + ".org",
        "pythonhosted" + ".org",
        "/ro" + "ot/",
        "/wo" + "rk/",
        "/opt/" + "wheels",
    ]
    found = []
    for name in filter(None, listed):
        path = ROOT / name
        if path.suffix in (".png", ".svg", ".woff2", ".parquet") or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="ignore")
        found += [f"{name}: {word}" for word in forbidden if word in text]
    assert found == []
