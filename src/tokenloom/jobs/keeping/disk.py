"""What takes how much of the disk, what of it can be made again, and a limit for the whole workspace."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tokenloom.data.dataset import DatasetStore
from tokenloom.data.tokenizer.store import TokenizerStore
from tokenloom.data.versions import stale_in
from tokenloom.jobs.keeping.bin import contents
from tokenloom.jobs.runs import last_state, read_info
from tokenloom.kit.atomic import atomic_write, read_manifest
from tokenloom.kit.errors import DataError, ResourceError, SpecError
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.event import TERMINAL

QUOTA = "quota.json"
CLEANABLE = {
    "tokens": "Prepared tokens: made again when a run needs them.",
    "uploads": "Uploaded files whose dataset is made: importing them once more would need the file again.",
    "cache": "Everything else that is kept only to be quick.",
    "leftovers": "What killed processes left behind more than an hour ago.",
    "bin": "What was deleted: it cannot be brought back afterwards.",
}
"""What :func:`clean` removes, and what that costs."""
_MOST_ITEMS = 200


def usage(workspace: Workspace) -> dict[str, Any]:
    """Bytes by area and item, largest first; ``free`` on the disk, and ``quota`` where one is set."""
    areas = [
        _area("datasets", _datasets(workspace)),
        _area("tokenizers", _tokenizers(workspace)),
        _area("tokens", _folders(workspace.tokens)),
        _area("uploads", [*_folders(workspace.root / "uploads"), *_blobs(workspace)]),
        _area("runs", _runs(workspace)),
        _area("models", _models(workspace)),
        _area("exports", _folders(workspace.exports)),
        _area("cache", _folders(workspace.cache)),
        _area("bin", [_item(workspace.root / "bin" / each.id, each.name) for each in contents(workspace)]),
    ]
    total = sum(area["bytes"] for area in areas)
    free = shutil.disk_usage(workspace.root).free
    return {"areas": areas, "bytes": total, "free": free, "quota": quota(workspace), "cleanable": _cleanable(workspace)}


def clean(workspace: Workspace, what: Iterable[str]) -> dict[str, int]:
    """Remove what can be made again, or was deleted; bytes freed of each kind. :class:`SpecError` for a kind that there is not."""
    chosen = list(dict.fromkeys(what))
    if unknown := [kind for kind in chosen if kind not in CLEANABLE]:
        raise SpecError(f"“{unknown[0][:60]}” cannot be cleaned.", hint=f"There is: {', '.join(CLEANABLE)}.")
    return {kind: sum(_remove(path) for path in _removable(workspace, kind)) for kind in chosen}


def quota(workspace: Workspace) -> int | None:
    """Most bytes that the workspace may take; ``None`` without a limit."""
    try:
        found = json.loads((workspace.root / QUOTA).read_text())["bytes"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return int(found) if isinstance(found, int) and found > 0 else None


def set_quota(workspace: Workspace, limit: int | None) -> None:
    """Keep a limit, or none. What is there already stays, whatever the limit."""
    atomic_write(workspace.root / QUOTA, json.dumps({"bytes": limit}))


def check_quota(workspace: Workspace, more: int = 0) -> None:
    """:class:`ResourceError` where ``more`` bytes would go beyond the limit, with what takes the most."""
    limit = quota(workspace)
    if limit is None:
        return
    found = usage(workspace)
    if found["bytes"] + more > limit:
        largest = max(found["areas"], key=lambda area: area["bytes"])
        raise ResourceError(
            f"The workspace holds {found['bytes'] / 1e9:.2f} GB, and its limit is {limit / 1e9:.2f} GB.",
            hint=f"Most of it: {largest['name']}, {largest['bytes'] / 1e9:.2f} GB. `tokenloom disk` shows what can be removed.",
        )


def _area(name: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    ordered = sorted(items, key=lambda item: -item["bytes"])
    return {
        "name": name,
        "bytes": sum(item["bytes"] for item in items),
        "count": len(items),
        "items": ordered[:_MOST_ITEMS],
    }


def _item(path: Path, name: str = "", **more: Any) -> dict[str, Any]:
    return {"id": path.name, "name": name or path.name, "bytes": size_of(path), **more}


def size_of(path: Path) -> int:
    """Bytes that a file or a folder takes on the disk; what vanishes meanwhile counts nothing."""
    if not path.is_dir():
        return _blocks(path)
    return sum(_blocks(Path(folder) / name) for folder, _, names in os.walk(path) for name in names)


def _blocks(path: Path) -> int:
    try:
        return path.lstat().st_blocks * 512
    except OSError:
        return 0


def _datasets(workspace: Workspace) -> list[dict[str, Any]]:
    return [_item(each.path, f"{each.name}@{each.version}") for each in DatasetStore(workspace).list()]


def _tokenizers(workspace: Workspace) -> list[dict[str, Any]]:
    return [_item(ref.path, f"{ref.name}@{ref.version}") for ref in TokenizerStore(workspace).list()]


def _runs(workspace: Workspace) -> list[dict[str, Any]]:
    found = []
    for folder in _visible(workspace.runs):
        info = read_info(folder)
        item = _item(folder, str(info.get("name") or folder.name), checkpoints=size_of(folder / "checkpoints"))
        found.append(item | {"state": str(last_state(folder)["state"])})
    return found


def _models(workspace: Workspace) -> list[dict[str, Any]]:
    return [_item(folder, _model_name(folder)) for folder in _visible(workspace.models)]


def _model_name(folder: Path) -> str:
    try:
        meta = read_manifest(folder)["meta"]
    except DataError:
        return folder.name
    return f"{meta.get('name', folder.name)}@{meta.get('version', 1)}"


def _folders(root: Path) -> list[dict[str, Any]]:
    return [_item(path) for path in _visible(root)]


def _blobs(workspace: Workspace) -> list[dict[str, Any]]:
    return [_item(path, path.name[:12]) for path in _blob_files(workspace)]


def _blob_files(workspace: Workspace) -> list[Path]:
    return sorted(path for path in workspace.blobs.glob("[!.]*/**/*") if path.is_file())


def _visible(root: Path) -> list[Path]:
    return sorted(path for path in root.glob("[!.]*")) if root.is_dir() else []


def _cleanable(workspace: Workspace) -> list[dict[str, Any]]:
    return [
        {
            "kind": kind,
            "bytes": sum(map(size_of, _removable(workspace, kind))),
            "cost": cost,
            "held_by": _held_by(workspace, kind),
        }
        for kind, cost in CLEANABLE.items()
    ]


def _removable(workspace: Workspace, kind: str) -> list[Path]:
    found: dict[str, Callable[[], list[Path]]] = {
        "tokens": lambda: _visible(workspace.tokens),
        "uploads": lambda: _imported_blobs(workspace),
        "cache": lambda: _visible(workspace.cache),
        "leftovers": lambda: _leftovers(workspace),
        "bin": lambda: _visible(workspace.root / "bin"),
    }
    return [] if _held_by(workspace, kind) else found[kind]()


def _remove(path: Path) -> int:
    freed = size_of(path)
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
    return freed - size_of(path)


def _leftovers(workspace: Workspace) -> list[Path]:
    roots = [
        workspace.datasets,
        workspace.tokenizers,
        workspace.tokens,
        workspace.blobs,
        workspace.models,
        workspace.exports,
    ]
    return [path for root in roots if root.is_dir() for path in stale_in(root)]


def _imported_blobs(workspace: Workspace) -> list[Path]:
    """Uploaded files but those that wait for their import: an upload is kept until a run has completed with it."""
    waiting = set()
    for path in workspace.root.glob("uploads/*/info.json"):
        try:
            told = json.loads(path.read_text())
        except (OSError, ValueError):
            continue
        run = workspace.runs / str(told.get("run") or "-")
        if not run.is_dir() or last_state(run)["state"] != "completed":
            waiting.add(str(told.get("sha256") or ""))
    return [path for path in _blob_files(workspace) if path.name not in waiting]


def _held_by(workspace: Workspace, kind: str) -> str:
    """Why nothing of ``kind`` may be removed now; empty where it may."""
    opened = [folder for folder in _visible(workspace.runs) if _is_open(folder)]
    if kind == "tokens" and opened:
        return f"In use as long as “{read_info(opened[0]).get('name') or opened[0].name}” has not ended."
    if kind in ("uploads", "cache") and any(read_info(folder).get("task") == "import" for folder in opened):
        return "In use as long as an import has not ended."
    return ""


def _is_open(folder: Path) -> bool:
    return last_state(folder)["state"] not in TERMINAL
