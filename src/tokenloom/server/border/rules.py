"""Who may call what: one line per route. What is not listed here does not exist for anyone.

A test compares this table with the OpenAPI document in both directions.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache


class Access(Enum):
    """What a method of a route asks of a caller, beside the right host."""

    OPEN = "open"  # anyone on this machine
    READ = "read"  # a session
    STREAM = "stream"  # a session, and the page must be ours
    ACT = "act"  # a session, the page must be ours, and a body is small JSON
    BYTES = "bytes"  # as ACT, but the body is streamed to its route, which limits it


OPEN, READ, STREAM, ACT, BYTES = Access.OPEN, Access.READ, Access.STREAM, Access.ACT, Access.BYTES

RULES: dict[str, dict[str, Access]] = {
    "/": {"GET": OPEN},  # the login page without a session
    "/static/{name}": {"GET": OPEN},  # style of the built-in pages
    "/icon.svg": {"GET": OPEN},
    "/api/health": {"GET": OPEN},
    "/api/openapi.json": {"GET": READ},
    "/api/docs": {"GET": READ},
    "/api/machine": {"GET": READ},
    "/api/machine/use": {"GET": READ},
    "/api/cost": {"GET": READ, "PUT": ACT},
    "/api/schema/recipe": {"GET": READ},
    "/api/recipes": {"GET": READ},
    "/api/recipes/resolve": {"POST": ACT},
    "/api/recipes/schedule": {"POST": ACT},
    "/api/recipes/{name:path}": {"GET": READ},
    "/api/plans": {"GET": READ},
    "/api/plans/{name}": {"POST": ACT},
    "/api/estimate": {"POST": ACT},
    "/api/architecture": {"GET": READ, "POST": ACT},
    "/api/uploads": {"GET": READ, "POST": ACT, "OPTIONS": ACT},
    "/api/uploads/{id}": {"GET": READ, "HEAD": READ, "PATCH": BYTES, "DELETE": ACT},
    "/api/datasets": {"GET": READ, "POST": ACT},
    "/api/datasets/preview": {"POST": ACT},
    "/api/datasets/{dataset}": {"GET": READ, "DELETE": ACT},
    "/api/datasets/{dataset}/refine": {"POST": ACT},
    "/api/datasets/{dataset}/refine/preview": {"POST": ACT},
    "/api/datasets/{dataset}/rows": {"GET": READ},
    "/api/datasets/{dataset}/columns": {"GET": READ},
    "/api/datasets/{dataset}/rendered": {"GET": READ},
    "/api/datasets/{dataset}/stats": {"GET": READ},
    "/api/datasets/{dataset}/corpus": {"GET": READ},
    "/api/datasets/{dataset}/map": {"GET": READ},
    "/api/datasets/{dataset}/validation": {"GET": READ},
    "/api/datasets/{dataset}/doctor": {"GET": READ},
    "/api/datasets/{dataset}/report": {"GET": READ},
    "/api/datasets/{dataset}/quarantine": {"GET": READ},
    "/api/datasets/{dataset}/quarantine/file": {"GET": READ},
    "/api/datasets/{dataset}/split/preview": {"POST": ACT},
    "/api/datasets/{dataset}/diff": {"GET": READ},
    "/api/datasets/{dataset}/card": {"GET": READ, "PUT": ACT},
    "/api/datasets/{dataset}/card/file": {"GET": READ},
    "/api/lineage": {"GET": READ},
    "/api/disk": {"GET": READ},
    "/api/disk/clean": {"POST": ACT},
    "/api/disk/quota": {"PUT": ACT},
    "/api/bin": {"GET": READ},
    "/api/bin/{id}": {"DELETE": ACT},
    "/api/bin/{id}/restore": {"POST": ACT},
    "/api/tokenizers": {"GET": READ, "POST": ACT},
    "/api/tokenizers/{tokenizer}": {"GET": READ, "DELETE": ACT},
    "/api/tokenizers/{tokenizer}/preview": {"POST": ACT},
    "/api/tokenizers/{tokenizer}/fit": {"GET": READ},
    "/api/tokenizers/{tokenizer}/compare": {"GET": READ},
    "/api/tokenizers/{tokenizer}/candidates": {"GET": READ},
    "/api/runs": {"GET": READ, "POST": ACT},
    "/api/runs/names": {"GET": READ},
    "/api/runs/{id}": {"GET": READ, "PATCH": ACT, "DELETE": ACT},
    "/api/runs/{id}/spec": {"GET": READ},
    "/api/runs/{id}/commands": {"GET": READ, "POST": ACT},
    "/api/runs/{id}/drill": {"POST": ACT},
    "/api/runs/{id}/reproduce": {"POST": ACT},
    "/api/runs/{id}/stream": {"GET": STREAM},
    "/api/runs/{id}/flow": {"GET": READ},
    "/api/runs/{id}/profile": {"GET": READ},
    "/api/runs/{id}/traces/{name}": {"GET": READ},
    "/api/runs/{id}/events": {"GET": READ},
    "/api/runs/{id}/logs": {"GET": READ},
    "/api/runs/{id}/summary": {"GET": READ},
    "/api/stream": {"GET": STREAM},
    "/api/series": {"GET": READ},
    "/api/checkpoints": {"GET": READ},
    "/api/checkpoints/{id}/{step}": {"DELETE": ACT},
    "/api/models": {"GET": READ, "POST": ACT},
    "/api/models/{model}": {"DELETE": ACT},
    "/api/evaluations": {"GET": READ, "POST": ACT},
    "/api/evaluations/{id}": {"GET": READ},
    "/api/evaluations/{id}/rows": {"GET": READ},
    "/api/exports": {"GET": READ, "POST": ACT},
    "/api/exports/{id}": {"GET": READ},
    "/api/exports/{id}/files/{name:path}": {"GET": READ},
    "/api/generate": {"POST": ACT},
    "/{page:path}": {"GET": READ},  # pages of the studio; never below /api
}


def _pattern(template: str) -> re.Pattern[str]:
    text = re.sub(r"\{\w+:path\}", ".+", re.sub(r"\{\w+\}", "[^/]+", template))
    return re.compile(r"(?!/api(?:/|$))" + text if template.startswith("/{") else text)


_COMPILED = [(_pattern(template), methods) for template, methods in RULES.items()]


@lru_cache(maxsize=1024)
def rule_for(path: str) -> dict[str, Access]:
    """Access by method for a path; empty where there is no such route. Of several routes that fit, the first listed says for each method."""
    found: dict[str, Access] = {}
    for pattern, methods in _COMPILED:
        if pattern.fullmatch(path):
            found = {**methods, **found}
    return found
