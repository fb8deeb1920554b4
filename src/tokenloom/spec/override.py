"""Reading specs: YAML files, dotted ``key=value`` overrides, and the list of every setting.

Two traps are handled here. An override of a union is laid on the branch that is chosen; when ``kind`` itself changes, the
branch starts afresh, since the old fields belong to another kind. And YAML 1.1 reads ``1e-3`` as text, so values are validated
leniently by type, never ``strict``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticUndefined

from tokenloom.kit.errors import NotFound, SpecError
from tokenloom.kit.registry import nearest
from tokenloom.spec.base import field_docs
from tokenloom.spec.problems import branch_of, models_in, spec_error
from tokenloom.spec.recipe import RUN_SPEC, TASKS

MAX_YAML_BYTES = 1 << 20


def parse_run_spec(data: Any) -> Any:
    """A validated spec from plain data; :class:`SpecError` with fields, reasons and fixes."""
    if not isinstance(data, dict):
        raise SpecError("A recipe is a table of settings.", hint="Start it with a line such as `task: pretrain`.")
    task = data.get("task")
    if not isinstance(task, str) or task not in TASKS:
        near = nearest(str(task), TASKS)
        hint = f"Did you mean task: {near[0]}?" if near else f"Set task to one of {', '.join(TASKS)}."
        message = f"there is no task “{task}”" if task else "a value is needed"
        problem = {"field": "task", "message": message, "fix": hint}
        raise SpecError(f"task: {message}", hint=hint, errors=[problem])
    data = with_kinds(TASKS[task], data)
    try:
        return RUN_SPEC.validate_python(data)
    except ValidationError as error:
        raise spec_error(error, TASKS[task], data) from None


def parse_part(model: type[BaseModel], field: str, data: Any) -> Any:
    """The one ``field`` of ``model`` from plain data, checked as in a whole recipe."""
    whole = with_kinds(model, {field: data})
    try:
        return getattr(model.model_validate(whole), field)
    except ValidationError as error:
        raise spec_error(error, model, whole) from None


def with_kinds(model: type[BaseModel], data: dict[str, Any]) -> dict[str, Any]:
    """``data`` with ``kind`` filled in where it was left out and the field's default says which branch is meant."""
    filled = dict(data)
    for name, field in model.model_fields.items():
        given = filled.get(name)
        if not isinstance(given, dict):
            continue
        default = None if field.is_required() else field.get_default(call_default_factory=True)
        if "kind" not in given and default is not None and hasattr(default, "kind"):
            given = {"kind": default.kind, **given}
        branch = branch_of(field.annotation, given)
        filled[name] = with_kinds(branch, given) if branch is not None else given
    return filled


def load_yaml(path: Path) -> dict[str, Any]:
    """A recipe file as plain data."""
    try:
        if path.stat().st_size > MAX_YAML_BYTES:
            raise SpecError(f"{path.name} is larger than a recipe can be (1 MiB).", hint="Is it a data file?")
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotFound(f"There is no file {path}.", hint="`tokenloom presets` lists the built-in recipes.") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise SpecError(f"{path.name} is not readable YAML: {error}", hint="Check indentation and quotes.") from None
    if not isinstance(data, dict):
        raise SpecError(f"{path.name} is not a table of settings.", hint="Start it with `task: pretrain`.")
    return data


def apply_overrides(data: dict[str, Any], overrides: Iterable[str]) -> dict[str, Any]:
    """``data`` with each ``dotted.key=value`` laid over it; the input stays as it is."""
    for text in overrides:
        name, equals, raw = text.partition("=")
        if not equals or not name:
            raise SpecError(
                f"“{text}” is not an override.", hint="Write key=value, for example optimizer.learning_rate=2e-4."
            )
        try:
            value = yaml.safe_load(raw) if raw else None
        except yaml.YAMLError:
            value = raw
        data = _laid_over(data, name.split("."), value)
    return data


def to_yaml(spec: BaseModel) -> str:
    """YAML text of a spec, in the order of its fields."""
    return str(yaml.safe_dump(spec.model_dump(mode="json"), sort_keys=False, allow_unicode=True, width=120))


def leaves(model: type[BaseModel], prefix: str = "") -> Iterator[dict[str, Any]]:
    """Every setting below ``model``: ``{name, type, unit, default, help}``, one entry per leaf and branch."""
    docs = field_docs(model)
    for name, field in model.model_fields.items():
        inner = models_in(field.annotation)
        dotted = f"{prefix}{name}"
        is_run = any(
            "task" in branch.model_fields for branch in inner
        )  # a whole recipe, whose settings stand with its task
        if inner and not is_run and not str(field.annotation).startswith("list"):
            for branch in inner:
                kind = branch.model_fields.get("kind")
                mark = f"[{kind.default}]" if kind is not None and len(inner) > 1 else ""
                yield from leaves(branch, f"{dotted}{mark}.")
            continue
        if name == "kind" and prefix:
            continue
        ui = field.json_schema_extra.get("ui", {}) if isinstance(field.json_schema_extra, dict) else {}
        default = field.get_default(call_default_factory=True) if not field.is_required() else PydanticUndefined
        yield {
            "name": dotted,
            "type": _type_name(field.annotation),
            "unit": ui.get("unit", "") if isinstance(ui, dict) else "",
            "default": "required" if default is PydanticUndefined else default,
            "help": docs.get(name, ""),
        }


def flatten(data: Any, prefix: str = "") -> dict[str, Any]:
    """Nested tables as ``{"optimizer.learning_rate": 0.001}``; lists stay whole."""
    if not isinstance(data, dict):
        return {prefix.rstrip("."): data}
    flat: dict[str, Any] = {}
    for key, value in data.items():
        flat |= flatten(value, f"{prefix}{key}.")
    return flat


def _laid_over(data: dict[str, Any], path: list[str], value: Any) -> dict[str, Any]:
    key, *rest = path
    result = dict(data)
    if rest:
        below = result.get(key)
        result[key] = _laid_over(below if isinstance(below, dict) else {}, rest, value)
    elif key == "kind" and result.get("kind") not in (None, value):
        result = {"kind": value}
    else:
        result[key] = value
    return result


def _type_name(annotation: Any) -> str:
    text = getattr(annotation, "__name__", None) if isinstance(annotation, type) else None
    return text or str(annotation).replace("typing.", "").replace("NoneType", "empty")
