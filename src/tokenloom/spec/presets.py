"""The built-in recipes: commented YAML files under ``recipes/``, found by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tokenloom.kit.registry import unknown_name
from tokenloom.spec.override import load_yaml

_PACKAGED = Path(__file__).parents[1] / "recipes"  # in a wheel
_SOURCE = Path(__file__).parents[3] / "recipes"  # in a checkout


def folder_of_presets() -> Path:
    return _PACKAGED if _PACKAGED.is_dir() else _SOURCE


def preset_names() -> list[str]:
    """Names such as ``cpu/tiny-pretrain``: the path below ``recipes/`` without its ending."""
    root = folder_of_presets()
    return sorted(path.relative_to(root).with_suffix("").as_posix() for path in root.rglob("*.yaml"))


def preset_title(name: str) -> str:
    """The first comment line of a preset: what it is for."""
    first = (folder_of_presets() / f"{name}.yaml").read_text(encoding="utf-8").split("\n", 1)[0]
    return first.removeprefix("#").strip()


def load_recipe(reference: str) -> dict[str, Any]:
    """Plain data of a recipe file, or of a preset by name."""
    path = Path(reference).expanduser()
    if path.suffix in (".yaml", ".yml", ".json") or path.is_file():
        return load_yaml(path)
    names = preset_names()
    if reference not in names:
        raise unknown_name("recipe", reference, names)
    return load_yaml(folder_of_presets() / f"{reference}.yaml")
