"""Pydantic's complaints in our words: the dotted field, what is wrong, and what to write instead.

The dotted name is the same in YAML, on the command line and in the form.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from tokenloom.kit.errors import SpecError
from tokenloom.kit.registry import nearest

FORMS = ("list[", "literal[")


def spec_error(error: ValidationError, root: type[BaseModel], data: Any) -> SpecError:
    """A :class:`SpecError` with one entry ``{field, message, fix}`` per complaint."""
    problems = [_problem(each, root, data) for each in _of_one_form(error.errors(include_url=False))]
    first = problems[0]
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    where = first["field"] or "the settings"
    return SpecError(f"{where}: {first['message']}{more}", hint=first["fix"], errors=problems)


def _of_one_form(errors: Sequence[Any]) -> list[Any]:
    """``errors`` with one for each setting that may be a list or a word, which pydantic tells of twice: as what was meant, so without the form in ``loc``."""
    found, last = [], {_before_form(each["loc"]): each for each in errors if _before_form(each["loc"]) is not None}
    for each in errors:
        place = _before_form(each["loc"])
        if place is None:
            found.append(each)
        elif last[place] is each:  # it tells of the word, those before it of the list
            lists = [other for other in errors if _before_form(other["loc"]) == place and other is not each]
            is_list = bool(lists) and lists[0]["type"] != "list_type"
            chosen = lists if is_list else [{**each, "type": "form_error"}]
            found += [{**other, "loc": place + other["loc"][len(place) + 1 :]} for other in chosen]
    return found


def _before_form(loc: tuple[str | int, ...]) -> tuple[str | int, ...] | None:
    """What stands in ``loc`` before the form that pydantic tried, such as ``list[str]``; ``None`` where it names none."""
    forms = (number for number, part in enumerate(loc) if isinstance(part, str) and part.startswith(FORMS))
    number = next(forms, None)
    return None if number is None else loc[:number]


def fields_at(root: type[BaseModel], data: Any, path: Sequence[str | int]) -> list[str]:
    """Names of the fields allowed at ``path``, following the branch that ``data`` chose at each union."""
    annotation, at = _at(root, data, path)
    model = branch_of(annotation, at)
    return list(model.model_fields) if model else []


def kinds_at(root: type[BaseModel], data: Any, path: Sequence[str | int]) -> list[str]:
    """The kinds that the union at ``path`` offers."""
    branches = models_in(_at(root, data, path)[0])
    return [str(branch.model_fields["kind"].default) for branch in branches if "kind" in branch.model_fields]


def _at(root: type[BaseModel], data: Any, path: Sequence[str | int]) -> tuple[Any, Any]:
    """What type is declared at ``path`` (for a place in a list, that of its items), and what stands there."""
    annotation: Any = root
    for key in path:
        if isinstance(key, str):
            model = branch_of(annotation, data)
            field = model.model_fields.get(key) if model else None
            annotation = field.annotation if field else None
        data = _inside(data, key)
    return annotation, data


def branch_of(annotation: Any, data: Any) -> type[BaseModel] | None:
    """The model class of a field; of a union the one whose ``kind`` the data names, else the first."""
    models = models_in(annotation)
    kind = data.get("kind") if isinstance(data, dict) else None
    for model in models:
        field = model.model_fields.get("kind")
        if kind is not None and field is not None and field.default == kind:
            return model
    return models[0] if models else None


def models_in(annotation: Any) -> list[type[BaseModel]]:
    """Every model class inside a type such as ``Annotated[A | B, …] | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    origin = typing.get_origin(annotation)
    if origin in (typing.Union, types.UnionType, typing.Annotated, list):
        return [model for part in typing.get_args(annotation) for model in models_in(part)]
    return []


def _problem(error: Any, root: type[BaseModel], data: Any) -> dict[str, str]:
    path = _path_in_data(error["loc"], root, data)
    field = ".".join(str(part) for part in path)
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown(path, root, data)
    if kind == "union_tag_not_found":
        kinds = ", ".join(kinds_at(root, data, path))
        return {
            "field": f"{field}.kind".lstrip("."),
            "message": "a kind is needed",
            "fix": f"Set kind to one of: {kinds}.",
        }
    if kind == "union_tag_invalid":
        tag, tags = str(context.get("tag", "")), str(context.get("expected_tags", "")).replace("'", "")
        near = nearest(tag, tags.split(", "))
        fix = f"Did you mean kind: {near[0]}? There is: {tags}." if near else f"Choose a kind: {tags}."
        return {"field": f"{field}.kind".lstrip("."), "message": f"there is no kind “{tag}”", "fix": fix}
    if kind == "too_short":
        return {
            "field": field,
            "message": "it is an empty list",
            "fix": f"Name at least {context['min_length']}, or leave {field} out.",
        }
    if kind == "missing":
        return {"field": field, "message": "a value is needed", "fix": f"Add {field}=VALUE."}
    if kind == "form_error":
        word = str(context["expected"]).strip("'")
        given = error["input"]
        example = f", or a list of names: [{given}]" if isinstance(given, str) else ", or a list of names"
        return {"field": field, "message": f"it is neither {word} nor a list", "fix": f"Set it to {word}{example}."}
    message = str(error["msg"]).removeprefix("Value error, ")
    message = message[:1].lower() + message[1:]
    reason, _, fix = message.partition("; ")
    given = error.get("input")
    if not fix and isinstance(given, str | int | float | bool):
        reason += f", not {given!r}"
    return {"field": field, "message": reason, "fix": fix[:1].upper() + fix[1:] or _range_of(context, field)}


def _unknown(path: list[str | int], root: type[BaseModel], data: Any) -> dict[str, str]:
    *parents, name = path
    known = fields_at(root, data, parents)
    near = nearest(str(name), known)
    prefix = ".".join(str(part) for part in parents)
    prefix = f"{prefix}." if prefix else ""
    fix = f"Did you mean {prefix}{near[0]}?" if near else f"There is: {', '.join(known)}."
    return {"field": f"{prefix}{name}", "message": "there is no such setting here", "fix": fix}


def _path_in_data(loc: tuple[str | int, ...], root: type[BaseModel], data: Any) -> list[str | int]:
    """``loc`` without the union tags that pydantic puts between the keys."""
    path: list[str | int] = []
    may_be_tag = True  # at most one tag stands before each key
    for part in loc:
        annotation, at = _at(root, data, path)
        if may_be_tag and _is_tag(part, at, branch_of(annotation, at)):
            may_be_tag = False
            continue
        may_be_tag = True
        path.append(part)
    return path


def _is_tag(part: str | int, at: Any, model: type[BaseModel] | None) -> bool:
    if not isinstance(at, dict) or not isinstance(part, str) or part in at:
        return False
    return part in (at.get("kind"), at.get("task")) or (model is not None and part not in model.model_fields)


def _inside(at: Any, part: str | int) -> Any:
    if isinstance(at, dict):
        return at.get(part)
    return at[part] if isinstance(at, list) and isinstance(part, int) else None


def _range_of(context: dict[str, Any], field: str) -> str:
    limits = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
    words = [f"{text} {context[key]}" for key, text in limits.items() if key in context]
    if "expected" in context:
        words.append(f"one of {context['expected']}")
    return f"Set {field} to {' and '.join(words)}." if words else f"`--explain` shows what {field} accepts."
