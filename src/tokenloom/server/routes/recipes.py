"""``/api/schema/recipe``, ``/api/recipes``, ``/api/plans`` and ``/api/estimate``: what can be set, where to begin, what it will need."""

from __future__ import annotations

from typing import Annotated, Any

import yaml
from fastapi import APIRouter, Body, Response
from fastapi import Path as PathParameter
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tokenloom.jobs.plans import start_plan as queue_plan
from tokenloom.kit.errors import TokenloomError
from tokenloom.kit.registry import unknown_name
from tokenloom.server.answers import Page
from tokenloom.server.border.problems import FieldProblem
from tokenloom.server.openapi import spec_schemas, takes_spec
from tokenloom.server.studio import Here
from tokenloom.spec.base import DeferredModel, Spec
from tokenloom.spec.override import apply_overrides, parse_run_spec, to_yaml
from tokenloom.spec.presets import (
    folder_of_presets,
    load_plan,
    load_recipe,
    missing_for,
    plan_names,
    preset_names,
    preset_title,
)
from tokenloom.spec.problems import spec_error
from tokenloom.spec.recipe import TASKS
from tokenloom.spec.training.objective import shapes_for
from tokenloom.spec.training.schedule import Schedule, curve_of

router = APIRouter(tags=["recipes"])
MAX_OVERRIDES = 500


class PresetItem(DeferredModel):
    """A built-in recipe."""

    name: str
    title: str
    task: str


class Preset(PresetItem):
    """A built-in recipe with its settings, and its text with the comments."""

    spec: dict[str, Any]
    yaml: str
    shapes: list[str]
    """Shapes of datasets that its objective can learn from."""


class Draft(BaseModel):
    """A recipe that is being written: settings, or the name of a preset, or YAML; and overrides on top."""

    model_config = ConfigDict(extra="forbid")
    spec: dict[str, Any] | None = None
    preset: str | None = Field(None, max_length=200)
    yaml: str | None = Field(None, max_length=1 << 19)
    overrides: list[Annotated[str, Field(max_length=100_000)]] = Field(default_factory=list, max_length=MAX_OVERRIDES)
    """`dotted.key=value`, as on the command line."""


class Resolved(DeferredModel):
    """The recipe with every setting, or what is wrong with it."""

    valid: bool
    spec: dict[str, Any] | None = None
    yaml: str = ""
    message: str = ""
    hint: str = ""
    errors: list[FieldProblem] = []


class ScheduleQuestion(BaseModel):
    """What of a recipe decides the learning rate, and how many steps the run has."""

    model_config = ConfigDict(extra="forbid")
    schedule: dict[str, Any] = Field(default_factory=lambda: {"kind": "cosine"})
    """As in a recipe."""
    learning_rate: float = Field(3e-4, gt=0, le=10)
    steps: int = Field(1000, ge=1, le=1 << 40)


class _Scheduled(Spec):
    schedule: Schedule


class ScheduleCurve(DeferredModel):
    """Steps, counted from 0, and the learning rate of each."""

    steps: list[int]
    rates: list[float]


class PlanItem(DeferredModel):
    """A plan that can be started. ``missing`` says why it cannot, such as a plugin that is not installed."""

    name: str
    title: str
    about: str
    seconds: int
    watch: str
    stages: list[str]
    missing: str


class StartedPlan(DeferredModel):
    """The runs of a plan, by stage, and the one to watch."""

    watch: str
    runs: dict[str, str]


@router.get("/schema/recipe")
def get_recipe_schema() -> dict[str, Any]:
    """JSON Schema of every task's settings, with `ui` words for forms; `tasks` names the definition of each task."""
    schemas = spec_schemas()
    union = schemas.pop("RunSpec")
    tasks = {task: model.__name__ for task, model in TASKS.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_local({**union, "$defs": schemas}),
        "tasks": tasks,
    }


@router.get("/recipes")
def list_recipes() -> Page[PresetItem]:
    """Built-in recipes to begin with."""
    items = [
        PresetItem(name=name, title=preset_title(name), task=str(load_recipe(name).get("task")))
        for name in preset_names()
    ]
    return Page(items=items, total=len(items))


@router.post("/recipes/resolve")
def resolve_recipe(draft: Draft) -> Resolved:
    """Check a recipe and fill in every default. A mistake is an answer here, not a refusal: field, reason, fix."""
    try:
        spec = parse_run_spec(apply_overrides(_data(draft), draft.overrides))
    except TokenloomError as error:
        errors = [FieldProblem(**each) for each in error.details.get("errors", [])]
        return Resolved(valid=False, message=error.message, hint=error.hint, errors=errors)
    return Resolved(valid=True, spec=spec.model_dump(mode="json"), yaml=to_yaml(spec))


@router.post("/recipes/schedule")
def draw_schedule(question: ScheduleQuestion) -> ScheduleCurve:
    """The learning rate of a run before it starts: the numbers that training will use, at no more than 200 steps."""
    data = {"schedule": question.schedule}
    try:
        schedule = _Scheduled.model_validate(data).schedule
    except ValidationError as error:
        raise spec_error(error, _Scheduled, data) from None
    steps, rates = curve_of(schedule, peak=question.learning_rate, total=question.steps)
    return ScheduleCurve(steps=steps, rates=rates)


@router.get("/recipes/{name:path}")
def get_recipe(name: Annotated[str, PathParameter(max_length=200)]) -> Preset:
    """One built-in recipe."""
    spec = _preset(name)
    text = (folder_of_presets() / f"{name}.yaml").read_text(encoding="utf-8")
    shapes = list(shapes_for(spec.get("objective", {}).get("kind", "language")))
    return Preset(name=name, title=preset_title(name), task=str(spec.get("task")), spec=spec, yaml=text, shapes=shapes)


@router.get("/plans")
def list_plans() -> Page[PlanItem]:
    """Plans to begin with: what each makes, how long it takes, and whether it can start here."""
    items = []
    for name in plan_names():
        plan = load_plan(name)
        words = {key: getattr(plan, key) for key in ("title", "about", "seconds", "watch")}
        items.append(PlanItem(name=name, **words, stages=list(plan.stages), missing=missing_for(plan)))
    return Page(items=items, total=len(items))


@router.post("/plans/{name}", status_code=201)
def start_plan(
    name: Annotated[str, PathParameter(max_length=200, description="Name of a plan.")], response: Response, studio: Here
) -> StartedPlan:
    """Queue all runs of a plan; each starts when those before it have completed."""
    plan = load_plan(name)
    runs = queue_plan(studio.workspace, plan)
    studio.changed()
    response.headers["location"] = f"/api/runs/{runs[plan.watch]}"
    return StartedPlan(watch=runs[plan.watch], runs=runs)


@router.post("/estimate", openapi_extra=takes_spec("RunSpec"))
def estimate_run(spec: Annotated[dict[str, Any], Body()], studio: Here) -> dict[str, Any]:
    """Memory by part, steps, time with its bounds, disk and cost of a training recipe, and what would make it fit."""
    from tokenloom.jobs.foresight.estimating import estimate_recipe

    return estimate_recipe(studio.workspace, parse_run_spec(spec))


def _data(draft: Draft) -> dict[str, Any]:
    if draft.spec is not None:
        return draft.spec
    if draft.preset is not None:
        return _preset(draft.preset)
    try:
        data = yaml.safe_load(draft.yaml or "")
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise _not_yaml(str(error)) from None
    return data if isinstance(data, dict) else {}


def _preset(name: str) -> dict[str, Any]:
    """By exact name only: a file elsewhere is never read."""
    names = preset_names()
    if name not in names:
        raise unknown_name("recipe", name, names)
    return load_recipe(name)


def _not_yaml(reason: str) -> TokenloomError:
    from tokenloom.kit.errors import SpecError

    return SpecError(f"The text is not readable YAML: {reason}", hint="Check indentation and quotes.")


def _local(value: Any) -> Any:
    """References as JSON Schema has them, into ``$defs``."""
    if isinstance(value, dict):
        return {key: _local(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_local(item) for item in value]
    return value.replace("#/components/schemas/", "#/$defs/") if isinstance(value, str) else value
