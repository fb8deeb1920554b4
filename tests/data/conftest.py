"""Small datasets and tokenizers for this room."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from tokenloom.data.dataset import Dataset
from tokenloom.data.importing import import_dataset
from tokenloom.data.tokenizer import Tokenizer, TokenizerRef, train_tokenizer
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.data import FileSource
from tokenloom.spec.tokenizer import BpeTokenizer

Import = Callable[..., Dataset]

WORDS = [
    "the",
    "quick",
    "brown",
    "fox",
    "jumps",
    "over",
    "12",
    "lazy",
    "dogs",
    "and",
    "adds",
    "7",
    "to",
    "every",
    "roll",
    "while",
    "flowers",
    "grow",
    "in",
    "the",
    "rain",
]


def sentences(count: int, seed: int = 0) -> list[str]:
    """Distinct sentences with words, digits and punctuation, the same every time."""
    return [
        " ".join(WORDS[(seed + number * step + step * step) % len(WORDS)] for step in range(5 + number % 7))
        + f" {number}."
        for number in range(count)
    ]


def write_jsonl(path: Path, rows: list[Any]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


@pytest.fixture
def do_import(workspace: Workspace, tmp_path: Path) -> Import:
    """Import content (bytes, text or rows) as a file; further arguments go to ``import_dataset``."""

    def run(
        content: bytes | str | list[Any], file: str = "data.jsonl", *, name: str = "data", **settings: Any
    ) -> Dataset:
        path = tmp_path / file
        if isinstance(content, list):
            write_jsonl(path, content)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return import_dataset(workspace, name=name, source=FileSource(path=str(path)), **settings)

    return run


@pytest.fixture(scope="session")
def tokenizer_refs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, TokenizerRef]:
    """One small tokenizer for each template preset."""
    workspace = Workspace.open(tmp_path_factory.mktemp("tokenizers"))
    texts = sentences(300)
    return {
        name: train_tokenizer(workspace, name=name, spec=BpeTokenizer(vocab_size=420, template=name), texts=texts)
        for name in ("chatml", "alpaca", "plain", "marks")
    }


@pytest.fixture(scope="session")
def tokenizers(tokenizer_refs: dict[str, TokenizerRef]) -> dict[str, Tokenizer]:
    return {name: ref.load() for name, ref in tokenizer_refs.items()}
