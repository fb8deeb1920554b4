"""What the small files of a run say: ``run.json``, the leaves of ``spec.yaml``, ``annotations.json``. Knows no database."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokenloom.kit.jsonsafe import to_json_safe

ANNOTATIONS = "annotations.json"
MAX_LEAVES, MAX_TEXT, MAX_KEY, MAX_SPEC_BYTES = 5_000, 4_096, 512, 1 << 20


@dataclass(frozen=True, slots=True)
class Annotations:
    """What people wrote about a run. An empty ``name`` leaves the one it was started with."""

    name: str = ""
    tags: tuple[str, ...] = ()
    notes: str = ""
    starred: bool = False
    archived: bool = False


def clean(text: object) -> str:
    """``text`` that every database stores: no NUL, no lone surrogates."""
    return str(to_json_safe(str(text))).replace("\0", "")


def clean_json(value: Any) -> Any:
    """``value`` as JSON that every database stores: no NaN, no NUL, no lone surrogates."""
    return _without_nul(to_json_safe(value))


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object; empty when the file is missing or is something else."""
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def read_annotations(run_folder: Path) -> Annotations:
    """The annotations of a run; empty ones where there are none."""
    content = read_json(run_folder / ANNOTATIONS)
    tags = content.get("tags")
    return Annotations(
        name=clean(content.get("name") or ""),
        tags=tuple(sorted({clean(tag) for tag in tags})) if isinstance(tags, list) else (),
        notes=clean(content.get("notes") or ""),
        starred=bool(content.get("starred")),
        archived=bool(content.get("archived")),
    )


def read_parameters(run_folder: Path) -> dict[str, tuple[str, float | None]]:
    """Leaves of the run's spec by dotted name: their text, and their number where they are one."""
    import yaml

    path = run_folder / "spec.yaml"
    try:
        if path.stat().st_size > MAX_SPEC_BYTES:
            return {}
        spec = yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  a safe loader
    except (OSError, yaml.YAMLError, ValueError, RecursionError):
        return {}
    leaves: dict[str, tuple[str, float | None]] = {}
    if isinstance(spec, dict):
        _flatten(spec, "", leaves)
    return leaves


def number(value: object) -> float | None:
    """``value`` as a finite float, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, dict):
        return {key.replace("\0", ""): _without_nul(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_nul(item) for item in value]
    return value


def _flatten(value: Any, name: str, leaves: dict[str, tuple[str, float | None]]) -> None:
    if len(leaves) >= MAX_LEAVES:
        return
    if isinstance(value, dict) and value:
        for key, item in value.items():
            _flatten(item, f"{name}.{key}" if name else str(key), leaves)
        return
    text = value if isinstance(value, str) else json.dumps(to_json_safe(value), default=str)
    leaves[clean(name)[:MAX_KEY]] = (clean(text)[:MAX_TEXT], number(value))
