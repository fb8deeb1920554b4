"""Datasets to refine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tokenloom.data.dataset import Dataset
from tokenloom.data.importing import import_dataset
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.data import FileSource
from tokenloom.spec.split import ColumnSplit


@pytest.fixture
def messy(workspace: Workspace, tmp_path: Path) -> Dataset:
    """60 questions: every tenth is a copy of row 1, every seventh has HTML, row 5 has an address, row 8 an empty answer but for tags."""
    import json

    lines = []
    for number in range(1, 61):
        prompt = (
            "What is the capital of France?" if number % 10 == 1 else f"Which town lies {number} miles from the river?"
        )
        answer = "Paris, of course." if number % 10 == 1 else f"The town of number {number}, as everybody knows."
        if number % 7 == 0:
            answer = f"<p>{answer}</p>"
        answer = {5: "Write to jane@example.org for it.", 8: "<b> </b>"}.get(number, answer)
        split = "test" if number in (11, 20) else "validation" if number in (30, 40) else "train"
        lines.append(
            json.dumps({"prompt": prompt, "completion": answer, "id": number, "tags": [number, "x"], "part": split})
        )
    path = tmp_path / "messy.jsonl"
    path.write_text("\n".join([*lines, "{broken"]))
    return import_dataset(workspace, name="messy", source=FileSource(path=str(path)), split=ColumnSplit(column="part"))
