"""Who gets in: host × page × session over every operation of the API."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from server_kit import ORIGIN, TOKEN, Caller, is_problem

from tokenloom.kit.workspace import Workspace
from tokenloom.server import openapi
from tokenloom.server.app import create_app
from tokenloom.server.border.rules import RULES, Access, rule_for

HOSTS = (
    "evil.example",
    "127.0.0.1.evil.example",
    "169.254.169.254",
    "0.0.0.0",
    "2130706433",
    "localhost.",
    "127.0.0.1:7860@evil.example",
)
FOREIGN = ("http://evil.example", "null", "http://127.0.0.1:9999", "http://localhost:7860", "file://", "http://[::")


SITES = ("cross-site", "same-site", "anything")
STRANGERS = [*({"origin": origin} for origin in FOREIGN), *({"sec-fetch-site": site} for site in SITES)]


@pytest.fixture(scope="module")
def documented(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """Paths of the OpenAPI document, with their methods; it takes a second to put together."""
    app = create_app(Workspace.open(tmp_path_factory.mktemp("documented")), token=TOKEN)
    return dict(openapi.document(app)["paths"])


@pytest.fixture(scope="module")
def operations(documented: dict[str, dict[str, object]]) -> list[tuple[str, str, Access]]:
    """Method, an example path, and access of every operation in the OpenAPI document."""
    return list(_operations(documented))


def _operations(documented: dict[str, dict[str, object]]) -> Iterator[tuple[str, str, Access]]:
    for template, methods in documented.items():
        path = re.sub(r"\{step\}", "1", template)
        path = re.sub(r"\{\w+\}", "abc", path)
        for method in methods:
            yield method.upper(), path, RULES[rule_template(template)][method.upper()]


def rule_template(template: str) -> str:
    """The rule's spelling of an OpenAPI path, which does not mark parameters that hold slashes."""
    return next(rule for rule in RULES if rule.replace(":path}", "}") == template)


def test_every_operation_has_a_rule_and_every_rule_an_operation(documented: dict[str, dict[str, object]]) -> None:
    found = {(path, method.upper()) for path, methods in documented.items() for method in methods}
    pages = {"/", "/static/{name}", "/icon.svg", "/{page:path}", "/api/docs", "/api/openapi.json"}
    ruled = {
        (path.replace(":path}", "}"), method)
        for path, methods in RULES.items()
        if path not in pages
        for method in methods
    }
    assert found == ruled
    assert len(found) > 50


def test_a_route_without_a_rule_answers_nobody(app: FastAPI) -> None:
    app.add_api_route("/api/forgotten", lambda: "secret")
    assert is_problem(Caller(app)("GET", "/api/forgotten"), 404)


def test_without_a_session_every_operation_is_401(app: FastAPI, operations: list[tuple[str, str, Access]]) -> None:
    for token in (None, "wrong", TOKEN[:-1], TOKEN + "x", ""):
        stranger = Caller(app, token)
        for method, path, access in operations:
            answer = stranger(method, path)
            if access is Access.OPEN:
                assert answer.status_code == 200
            elif method == "HEAD":
                assert answer.status_code == 401
            else:
                assert is_problem(answer, 401, "unauthorized"), (method, path)


def test_a_foreign_host_is_421_for_every_operation_even_with_the_token(
    call: Caller, operations: list[tuple[str, str, Access]]
) -> None:
    for (method, path, _), host in itertools.product(operations, HOSTS):
        assert call(method, path, headers={"host": host}).status_code == 421, (method, path, host)


def test_a_foreign_page_is_403_for_every_write_and_stream(
    call: Caller, operations: list[tuple[str, str, Access]]
) -> None:
    guarded = [each for each in operations if each[0] not in ("GET", "HEAD") or each[2] is Access.STREAM]
    for (method, path, _), headers in itertools.product(guarded, STRANGERS):
        assert call(method, path, headers=headers).status_code == 403, (method, path, headers)
    reads = [each for each in operations if each not in guarded]
    assert len(reads) > len(STRANGERS)
    for (method, path, _), headers in zip(reads, itertools.cycle(STRANGERS), strict=False):  # each is really done
        assert call(method, path, headers=headers).status_code != 403, (method, path, headers)


def test_our_own_page_is_let_through(call: Caller, operations: list[tuple[str, str, Access]]) -> None:
    for method, path, access in operations:
        if access is Access.STREAM or path == "/api/generate":
            continue
        answer = call(method, path, headers={"origin": ORIGIN, "sec-fetch-site": "same-origin"})
        assert answer.status_code not in (401, 403, 421) and answer.status_code < 500, (method, path, answer.text)


def test_every_answer_has_the_security_headers(app: FastAPI, call: Caller) -> None:
    for answer in (call("GET", "/api/health"), call("GET", "/api/nope"), call("GET", "/"), call("POST", "/api/runs")):
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert len(answer.headers["x-request-id"]) == 16


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_bearer_scheme_ignores_case(app: FastAPI, scheme: str) -> None:
    assert Caller(app, None)("GET", "/api/runs", headers={"authorization": f"{scheme} {TOKEN}"}).status_code == 200


def test_a_token_in_the_address_becomes_a_cookie_and_leaves_the_address(app: FastAPI) -> None:
    stranger = Caller(app, None)
    answer = stranger("GET", f"/?token={TOKEN}")
    assert answer.status_code == 303 and answer.headers["location"] == "/"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie
    assert TOKEN not in cookie
    name_and_value = cookie.partition(";")[0]
    assert stranger("GET", "/api/runs", headers={"cookie": name_and_value}).status_code == 200
    assert stranger("GET", "/api/runs", headers={"cookie": name_and_value[:-1]}).status_code == 401
    assert stranger("GET", "/", headers={"cookie": name_and_value}).status_code == 200
    assert stranger("GET", "/?token=wrong").status_code == 401
    assert stranger("GET", "/").status_code == 401
    assert "<form" in stranger("GET", "/").text


def test_a_cookie_of_one_workspace_does_not_open_another(app: FastAPI, tmp_path: object) -> None:
    other = create_app(Workspace.open(f"{tmp_path}/other"), token="another token")
    cookie = Caller(app, None)("GET", f"/?token={TOKEN}").headers["set-cookie"].partition(";")[0]
    assert Caller(other, None)("GET", "/api/runs", headers={"cookie": cookie}).status_code == 401


def test_a_wrong_method_is_405_and_says_which_there_are(call: Caller) -> None:
    answer = call("PUT", "/api/runs")
    assert is_problem(answer, 405, "method")
    assert answer.headers["allow"] == "GET, POST"


def test_head_is_answered_where_get_is(call: Caller) -> None:
    assert call("HEAD", "/api/runs").status_code == 200
    assert call("HEAD", "/api/runs/abc/stream").status_code == 405


def test_a_prefix_of_a_proxy_is_part_of_every_address(workspace: Workspace) -> None:
    app = create_app(workspace, token=TOKEN, root_path="/studio")
    call = Caller(app)
    assert call("GET", "/studio/api/runs").status_code == 200
    answer = Caller(app, None)("GET", f"/studio/?token={TOKEN}")
    assert answer.headers["location"] == "/studio/" and "Path=/studio" in answer.headers["set-cookie"]
    assert Caller(app, None)("GET", "/studio/api/runs").status_code == 401


def test_rules_know_no_tricks_of_spelling() -> None:
    pages = RULES["/{page:path}"]
    assert rule_for("/api/runs/abc") == RULES["/api/runs/{id}"]
    for path in ("/api/runs/abc/stream/more", "/api", "/api/", "/api/runs/", "/api/nope", "/api//runs"):
        assert rule_for(path) == {}, path
    for path in ("/API/runs", "//api/runs", "/./api/runs", "/apis"):  # no route of the API: the pages' business
        assert rule_for(path) == pages, path
