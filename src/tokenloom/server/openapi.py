"""The OpenAPI document: what FastAPI finds, plus the run specs and the one form of every refusal. Same input, same bytes."""

from __future__ import annotations

import json
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from tokenloom.server.border.problems import MEDIA_TYPE, Problem

REFUSALS: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": "Refused; the problem says why and what to do."},
    "5XX": {"description": "The machine cannot do it, such as a full disk or a missing extra."},
}
_REF = "#/components/schemas/{model}"


def operation_id(route: APIRoute) -> str:
    """The name of the route's function: short, and the name of the generated client function."""
    return route.name


def takes_spec(name: str) -> dict[str, Any]:
    """``openapi_extra`` of a route whose body is one of the specs."""
    return takes({"$ref": _REF.format(model=name)})


def takes(schema: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def document(app: FastAPI) -> dict[str, Any]:
    """The whole document, cached on the app."""
    if app.openapi_schema is None:
        app.openapi_schema = _completed(
            get_openapi(
                title=app.title,
                version=app.version,
                description="Everything the studio can do. Errors are problem+json; lists are paged by cursor.",
                routes=app.routes,
            )
        )
    return app.openapi_schema


def text(app: FastAPI) -> str:
    return json.dumps(document(app), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _completed(found: dict[str, Any]) -> dict[str, Any]:
    schemas = found.setdefault("components", {}).setdefault("schemas", {})
    for name, schema in spec_schemas().items():
        assert name not in schemas, f"two schemas are called {name}"
        schemas[name] = schema
    problem = Problem.model_json_schema(ref_template=_REF)
    schemas |= problem.pop("$defs", {}) | {"Problem": problem}
    refusal = {MEDIA_TYPE: {"schema": {"$ref": _REF.format(model="Problem")}}}
    for operation in operations(found):
        operation["summary"] = operation["description"].split(". ")[0].splitlines()[0].rstrip(".")
        for status in REFUSALS:
            operation["responses"][status]["content"] = refusal
    found["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    found["security"] = [{"token": []}]
    return found


def operations(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for path in found["paths"].values() for operation in path.values()]


def spec_schemas() -> dict[str, Any]:
    """JSON Schemas of the run specs and of all they are made of, by name; ``RunSpec`` is the union."""
    from tokenloom.spec.recipe import RUN_SPEC

    schema = RUN_SPEC.json_schema(ref_template=_REF)
    return {**schema.pop("$defs"), "RunSpec": {"title": "RunSpec", **schema}}
