"""Where a model comes from, read from the run folders."""

from __future__ import annotations

from typing import Any

from tokenloom.kit.workspace import Workspace
from tokenloom.tracking import query


def recipe_of(workspace: Workspace, reference: str) -> str:
    """The recipe of the run that made ``RUN@STEP``; empty for models from elsewhere."""
    path = workspace.runs / reference.partition("@")[0] / "spec.yaml"
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def lineage_of(meta: dict[str, Any]) -> dict[str, Any]:
    """Ids of what a checkpoint was made from."""
    return {name: meta.get(name, "") for name in ("run", "dataset", "tokenizer", "base")}


def evaluations_of(workspace: Workspace, reference: str) -> list[dict[str, Any]]:
    """Results of the evaluations of this very model."""
    found = []
    for folder in sorted(workspace.runs.iterdir()):
        spec = folder / "spec.yaml"
        if not spec.is_file() or "task: evaluate" not in spec.read_text(encoding="utf-8"):
            continue
        results = [event["result"] for event in query.events(folder, ["result"])]
        found += [each for each in results if each.get("kind") == "evaluation" and each.get("model") == reference]
    return found
