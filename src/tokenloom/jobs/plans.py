"""Starting a plan: all its runs are queued at once, each waiting for those before it. Nobody has to stay and watch."""

from __future__ import annotations

from tokenloom.jobs.control import submit
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.override import parse_run_spec
from tokenloom.spec.presets import Plan, filled


def start_plan(workspace: Workspace, plan: Plan) -> dict[str, str]:
    """Queue every stage; run ids by stage name. Nothing is queued if one stage's spec has a mistake."""
    names = dict.fromkeys(plan.stages, "x")
    for stage in plan.stages.values():
        parse_run_spec(filled(stage, names))
    made: dict[str, str] = {}
    for name, stage in plan.stages.items():
        made[name] = submit(workspace, parse_run_spec(filled(stage, made)), after=tuple(made.values()))
    return made
