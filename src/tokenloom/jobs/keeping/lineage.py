"""Which dataset, tokenizer, run and model was made from which, read from manifests and specs."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from pathlib import Path
from typing import Any

import yaml

from tokenloom.data.dataset import Dataset, DatasetStore
from tokenloom.data.tokenizer.store import TokenizerStore
from tokenloom.jobs.runs import last_state, read_info
from tokenloom.kit.atomic import read_manifest
from tokenloom.kit.errors import DataError, NotFound
from tokenloom.kit.workspace import Workspace
from tokenloom.tracking.artifacts import ModelRef, checkpoint_steps, registered_models, resolve_model

MOST_NODES = 400
Node = dict[str, Any]
Edge = tuple[str, str]
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Lineage:
    """Nodes by ``kind:id`` and edges from what was used to what it made."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.nodes: dict[str, Node] = {}
        self.edges: set[Edge] = set()
        self._datasets = DatasetStore(workspace)
        self._add_datasets()
        self._add_tokenizers()
        self._add_runs()
        self._add_models()

    def around(self, focus: str) -> dict[str, Any]:
        """Everything that ``focus`` (``kind:id``) was made from and everything made of it, at most 400 things, nearest first.

        Raises :class:`NotFound` where there is no such thing.
        """
        if focus not in self.nodes:
            raise NotFound(
                f"There is nothing called {focus} in this workspace.",
                hint="Name dataset:ID, tokenizer:ID, run:ID or model:ID.",
            )
        above, below = self._reached(focus, backwards=True), self._reached(focus, backwards=False)
        chosen = list(dict.fromkeys([focus, *above, *below]))
        kept = set(chosen[:MOST_NODES])
        return {
            "focus": focus,
            "nodes": [self.nodes[key] for key in chosen[:MOST_NODES]],
            "edges": [{"from": old, "to": new} for old, new in sorted(self.edges) if old in kept and new in kept],
            "left_out": len(chosen) - len(kept),
        }

    def _reached(self, focus: str, *, backwards: bool) -> list[str]:
        beside: dict[str, list[str]] = defaultdict(list)
        for old, new in sorted(self.edges):
            beside[new if backwards else old].append(old if backwards else new)
        found, waiting = [focus], [focus]
        while waiting:
            for key in beside[waiting.pop(0)]:
                if key not in found:
                    found.append(key)
                    waiting.append(key)
        return found

    def _add(self, kind: str, identity: str, name: str, detail: str, created: Any) -> str:
        key = f"{kind}:{identity}"
        self.nodes[key] = {
            "key": key,
            "kind": kind,
            "id": identity,
            "name": name,
            "detail": detail,
            "created": str(created or ""),
        }
        return key

    def _link(self, old: str, new: str) -> None:
        if old in self.nodes and new in self.nodes and old != new:
            self.edges.add((old, new))

    def _add_datasets(self) -> None:
        versions = self._datasets.list()
        for each in versions:
            name, rows = f"{each.name}@{each.version}", f"{each.count():,} rows"
            self._add("dataset", each.id, name, rows, each.meta.get("created"))
        for each in versions:
            for parent in each.meta.get("parents") or []:
                key = f"dataset:{parent['id']}"
                if key not in self.nodes:
                    self._add("dataset", parent["id"], f"{parent['name']}@{parent['version']}", "deleted", "")
                self._link(key, f"dataset:{each.id}")

    def _add_tokenizers(self) -> None:
        for ref in TokenizerStore(self.workspace).list():
            size = f"{int(ref.meta.get('vocab_size', 0)):,} tokens"
            key = self._add("tokenizer", ref.id, f"{ref.name}@{ref.version}", size, ref.meta.get("created"))
            for identity in (ref.meta.get("trained_on") or {}).get("datasets", []):
                self._link(f"dataset:{identity}", key)

    def _add_runs(self) -> None:
        """Training runs alone: those that have a checkpoint."""
        folders = [path.parent for path in sorted(self.workspace.runs.glob("[!.]*/checkpoints"))]
        folders = [folder for folder in folders if checkpoint_steps(self.workspace, folder.name)]
        for folder in folders:
            info = read_info(folder)
            told = f"{info.get('task', '')}, {last_state(folder)['state']}"
            self._add("run", folder.name, str(info.get("name") or folder.name), told, info.get("created"))
        for folder in folders:
            self._link_run(folder)

    def _link_run(self, folder: Path) -> None:
        key = f"run:{folder.name}"
        newest = checkpoint_steps(self.workspace, folder.name)[-1]
        with contextlib.suppress(DataError):
            meta = read_manifest(folder / "checkpoints" / f"step-{newest}")["meta"]
            self._link(f"dataset:{meta.get('dataset', '')}", key)
            self._link(f"tokenizer:{meta.get('tokenizer', '')}", key)
        spec = _spec_of(folder)
        for name in _datasets_of(spec):
            if dataset := self._dataset(name):
                self._link(f"dataset:{dataset.id}", key)
        source = (spec.get("model") or {}).get("source")
        if isinstance(source, str):
            self._link(self._key_of(source), key)

    def _add_models(self) -> None:
        for entry in registered_models(self.workspace):
            name, made_of = f"{entry.get('name', '')}@{entry.get('version', 1)}", str(entry.get("model", ""))
            key = self._add("model", entry["id"], name, made_of, entry.get("created"))
            self._link(self._key_of(made_of), key)

    def _key_of(self, reference: str) -> str:
        """The node of a model reference; of a registered model its entry, else its run."""
        ref: ModelRef | None = None
        with contextlib.suppress(NotFound, DataError):
            ref = resolve_model(self.workspace, reference)
        if ref is None:
            return ""
        if ref.run:
            return f"run:{ref.run}"
        return f"model:{ref.folder.name}" if ref.folder is not None else ""

    def _dataset(self, reference: str) -> Dataset | None:
        with contextlib.suppress(NotFound):
            return self._datasets.get(reference)
        return None


def key_of(workspace: Workspace, kind: str, reference: str) -> str:
    """``kind:id`` of a thing by its id, or of a dataset, tokenizer or model by its name."""
    if kind == "dataset":
        return f"dataset:{DatasetStore(workspace).get(reference).id}"
    if kind == "tokenizer":
        return f"tokenizer:{TokenizerStore(workspace).get(reference).id}"
    if kind == "model":
        ref = resolve_model(workspace, reference)
        return f"model:{ref.folder.name}" if ref.folder is not None else f"model:{reference}"
    return f"{kind}:{reference}"


def _spec_of(folder: Path) -> dict[str, Any]:
    try:
        found = yaml.load((folder / "spec.yaml").read_text("utf-8"), Loader=_LOADER)  # noqa: S506  the safe loader, in C where it is there
    except (OSError, yaml.YAMLError, UnicodeDecodeError):
        return {}
    return found if isinstance(found, dict) else {}


def _datasets_of(spec: dict[str, Any]) -> list[str]:
    """Datasets that are mixed in, and those whose words were taken; the main one is in the checkpoint, by its version."""
    mixed = [part.get("dataset") for part in (spec.get("data") or {}).get("mix") or []]
    return [str(name) for name in [*mixed, *(spec.get("datasets") or [])] if name]
