"""Every error as ``application/problem+json`` (RFC 9457): the same what, why and what to do as in the terminal."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from tokenloom.kit.errors import TokenloomError
from tokenloom.kit.jsonsafe import to_json_safe
from tokenloom.spec.base import DeferredModel

MEDIA_TYPE = "application/problem+json"
REQUEST_ID = "tokenloom.request_id"
_MAX_ECHO = 200  # characters of a wrong value that an answer repeats


class FieldProblem(DeferredModel):
    """One setting or parameter that cannot be used."""

    field: str
    message: str
    fix: str


class Problem(DeferredModel):
    """What every refused request is answered with."""

    type: str
    title: str
    status: int
    detail: str
    """What happened and why."""
    code: str
    """Stable word for programs."""
    hint: str
    """What to do next."""
    errors: list[FieldProblem] = []
    """The fields that are wrong, where some are."""
    details: dict[str, Any] = {}
    request_id: str


class Refusal(Exception):
    """A refusal that only HTTP knows, such as a wrong host or a body that is too large."""

    def __init__(
        self, status: int, code: str, message: str, *, hint: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.hint = status, code, message, hint
        self.headers = dict(headers or {})


def problem_response(
    request_id: str,
    status: int,
    code: str,
    message: str,
    *,
    hint: str = "",
    errors: Sequence[Mapping[str, str]] = (),
    details: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer; free of NaN, lone surrogates and anything that JSON does not know."""
    document = {
        "type": "about:blank",
        "title": _title(status),
        "status": status,
        "detail": message,
        "code": code,
        "hint": hint,
        "errors": [dict(each) for each in errors],
        "details": dict(details or {}),
        "request_id": request_id,
    }
    content = json.dumps(to_json_safe(document), ensure_ascii=False, default=str).encode()
    return Response(content, status, media_type=MEDIA_TYPE, headers=dict(headers or {}))


def of_refusal(request_id: str, refusal: Refusal) -> Response:
    return problem_response(
        request_id, refusal.status, refusal.code, refusal.message, hint=refusal.hint, headers=refusal.headers
    )


def of_error(request_id: str, error: TokenloomError) -> Response:
    """An error of the house; its own status, its fields under ``errors``, the rest under ``details``."""
    details = dict(error.details)
    errors = details.pop("errors", [])
    return problem_response(
        request_id, error.status, error.code, error.message, hint=error.hint, errors=errors, details=details
    )


async def on_house_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, TokenloomError)
    return of_error(request_id_of(request), error)


async def on_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return of_refusal(request_id_of(request), error)


async def on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = error.status_code
    code = HTTPStatus(status).name.lower() if status in HTTPStatus._value2member_map_ else "error"
    hint = "GET /api/openapi.json lists every route."
    return problem_response(request_id_of(request), status, code, f"{error.detail}.", hint=hint, headers=error.headers)


async def on_validation_error(request: Request, error: Exception) -> Response:
    """FastAPI's complaints about parameters and bodies, field by field."""
    assert isinstance(error, RequestValidationError)
    problems = [_field_problem(each) for each in error.errors()]
    first = problems[0]
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    message = f"{first['field']}: {first['message']}{more}"
    return problem_response(request_id_of(request), 422, "request", message, hint=first["fix"], errors=problems)


def request_id_of(request: Request) -> str:
    return str(request.scope.get(REQUEST_ID, ""))


def _field_problem(each: Any) -> dict[str, str]:
    place, *path = [str(part) for part in each["loc"]] or ["body"]
    field = ".".join(path) or place
    message = str(each["msg"])
    message = message[:1].lower() + message[1:]
    given = each.get("input")
    if each["type"] != "missing" and isinstance(given, str | int | float | bool):
        message += f", not {str(given)[:_MAX_ECHO]!r}"
    return {"field": field, "message": message, "fix": f"Correct {field} in the {place}."}


def _title(status: int) -> str:
    return HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "Error"
