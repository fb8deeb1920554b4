"""What to begin with: the built-in recipes, commented YAML files under ``recipes/``, and plans, found by name.

A plan is several runs that build on each other, started by one click or one command. It is a YAML file under ``recipes/plans``: a title, a
sentence, and named stages, each a run spec. ``$stage`` as a value stands for what that stage makes: of a training stage its run, a model.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from pydantic import Field, TypeAdapter

from tokenloom.kit.errors import SpecError, TokenloomError
from tokenloom.kit.registry import unknown_name
from tokenloom.spec.base import Spec
from tokenloom.spec.override import load_yaml, parse_run_spec

_PACKAGED = Path(__file__).parents[1] / "recipes"  # in a wheel
_SOURCE = Path(__file__).parents[3] / "recipes"  # in a checkout


def folder_of_presets() -> Path:
    return _PACKAGED if _PACKAGED.is_dir() else _SOURCE


def preset_names() -> list[str]:
    """Names such as ``cpu/tiny-pretrain``: the path below ``recipes/`` without its ending. Plans are no recipes."""
    root = folder_of_presets()
    names = (path.relative_to(root).with_suffix("").as_posix() for path in root.rglob("*.yaml"))
    return sorted(name for name in names if not name.startswith("plans/"))


def preset_title(name: str) -> str:
    """The first comment line of a preset: what it is for."""
    first = (folder_of_presets() / f"{name}.yaml").read_text(encoding="utf-8").split("\n", 1)[0]
    return first.removeprefix("#").strip()


def is_placeholder(value: str) -> bool:
    """Whether it stands in a preset for something that a person has to name, such as ``YOUR-DATASET``."""
    return re.fullmatch(r"YOUR-[A-Z-]+", value) is not None


def load_recipe(reference: str) -> dict[str, Any]:
    """Plain data of a recipe file, or of a preset by name."""
    path = Path(reference).expanduser()
    if path.suffix in (".yaml", ".yml", ".json") or path.is_file():
        return load_yaml(path)
    names = preset_names()
    if reference not in names:
        raise unknown_name("recipe", reference, names)
    return load_yaml(folder_of_presets() / f"{reference}.yaml")


class Plan(Spec):
    """Runs in their order, and the one that is worth watching."""

    title: str
    """What a person gets, in a few words."""
    about: str
    """One or two sentences for the card."""
    seconds: int = Field(gt=0)
    """Roughly how long on two CPU cores."""
    watch: str
    """Name of the stage whose run is opened."""
    stages: dict[str, dict[str, Any]] = Field(min_length=1)
    """Run specs by name, in the order in which they start."""


_PLAN = TypeAdapter(Plan)


def plan_names() -> list[str]:
    return sorted(path.stem for path in (folder_of_presets() / "plans").glob("*.yaml"))


def load_plan(name: str) -> Plan:
    """A built-in plan; :class:`NotFound` offers the nearest names."""
    if name not in plan_names():
        raise unknown_name("plan", name, plan_names())
    return _read_plan(name)


@cache
def _read_plan(name: str) -> Plan:
    """Plans are files of the package: read once."""
    return _PLAN.validate_python(load_yaml(folder_of_presets() / "plans" / f"{name}.yaml"))


def missing_for(plan: Plan) -> str:
    """Why this plan cannot start here, such as a plugin that is not installed; empty if it can."""
    return _missing_for(plan.model_dump_json())


@lru_cache(maxsize=64)
def _missing_for(plan: str) -> str:
    """The same by the plan's JSON: nothing that it depends on changes while a process lives."""
    stages = Plan.model_validate_json(plan).stages
    names = dict.fromkeys(stages, "x")
    try:
        for stage in stages.values():
            parse_run_spec(filled(stage, names))
    except TokenloomError as error:
        return f"{error.message} {error.hint}".strip()
    return ""


def filled(value: Any, made: dict[str, str]) -> Any:
    """``value`` with every ``$stage`` replaced by what that stage makes; :class:`SpecError` for one that does not stand before."""
    if isinstance(value, dict):
        return {key: filled(item, made) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, made) for item in value]
    if not isinstance(value, str) or not value.startswith("$"):
        return value
    if value[1:] not in made:
        raise SpecError(f"The plan has no stage {value[1:]} before this one.", hint=f"There is: {', '.join(made)}.")
    return made[value[1:]]
