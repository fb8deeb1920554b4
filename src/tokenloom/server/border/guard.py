"""The one gate before every route: host, page, session, rule, body; then the headers of every answer.

A pure ASGI middleware, so that nothing (a mount, an error page, a stream) can stand beside it. Deny by default: a path
without a rule is refused even if some route would answer it.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

import anyio.to_thread
from starlette._utils import get_route_path
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tokenloom.kit.errors import SpecError, TokenloomError
from tokenloom.kit.ids import new_id
from tokenloom.kit.jsonsafe import MAX_BYTES, parse_json, to_json_safe
from tokenloom.server.border import problems
from tokenloom.server.border.problems import REQUEST_ID, Refusal
from tokenloom.server.border.rules import Access, rule_for
from tokenloom.server.border.session import Session

logger = logging.getLogger("tokenloom.server")

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
BODY_SECONDS = 30.0
MAX_INTEGER = 2**63
_INLINE_BYTES = 16 << 10  # larger bodies are parsed off the event loop
_SAFE_METHODS = frozenset({"GET", "HEAD"})

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "cache-control": "no-store",
}


class Guard:
    """Admits a request or answers it with a problem; nothing behind it sees a request that it did not admit."""

    def __init__(
        self, app: ASGIApp, *, session: Session, allowed_hosts: Collection[str], body_seconds: float = BODY_SECONDS
    ) -> None:
        self.app = app
        self.session = session
        self.allowed_hosts = frozenset(host.lower() for host in allowed_hosts)
        self.body_seconds = body_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:  # no route speaks WebSocket
            await send({"type": "websocket.close", "code": 1008})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = _Answer(send, new_id())
        scope[REQUEST_ID] = answer.request_id
        try:
            scope, receive = await self._admitted(scope, receive)
            await self.app(scope, receive, answer.send)
        except Refusal as refusal:
            await problems.of_refusal(answer.request_id, refusal)(scope, receive, answer.send)
        except TokenloomError as error:
            await problems.of_error(answer.request_id, error)(scope, receive, answer.send)
        except Exception:
            logger.exception("request %s failed: %s %s", answer.request_id, scope["method"], scope["path"])
            if not answer.is_started:
                await _fault(answer.request_id)(scope, receive, answer.send)

    async def _admitted(self, scope: Scope, receive: Receive) -> tuple[Scope, Receive]:
        headers, method = Headers(scope=scope), scope["method"]
        host = self._check_host(headers)
        methods = rule_for(get_route_path(scope))
        access = methods.get(method) or (_read_as_get(methods) if method == "HEAD" else None)
        if method not in _SAFE_METHODS or access is Access.STREAM:
            _check_page(headers, host)
        if access is not Access.OPEN and not self.session.admits(headers):
            raise Refusal(401, "unauthorized", "This needs a session.", hint=_SESSION_HINT, headers=_CHALLENGE)
        if access is None:
            raise _no_route(scope["path"], method, methods)
        if method == "HEAD" and "HEAD" not in methods:
            scope = {**scope, "method": "GET"}
        if access is Access.BYTES or not _has_body(headers):
            return scope, receive
        return await self._with_json_body(scope, receive, headers)

    def _check_host(self, headers: Headers) -> str:
        """The Host header, where its name is one of ours: a page of another name must not reach this server (DNS rebinding)."""
        hosts = headers.getlist("host")
        if len(hosts) != 1 or _host_name(hosts[0]) not in self.allowed_hosts:
            raise Refusal(
                421,
                "host",
                "This server does not answer under that host name.",
                hint="Use the address that it printed.",
            )
        return hosts[0].lower()

    async def _with_json_body(self, scope: Scope, receive: Receive, headers: Headers) -> tuple[Scope, Receive]:
        _check_json_header(headers)
        try:
            async with asyncio.timeout(self.body_seconds):
                body = await _read_body(receive)
        except TimeoutError:
            raise Refusal(408, "timeout", "The body did not arrive in time.", hint="Send it in one go.") from None
        if len(body) > _INLINE_BYTES:
            body = await anyio.to_thread.run_sync(clean_body, body)
        else:
            body = clean_body(body)
        kept = [
            (name, value) for name, value in scope["headers"] if name not in (b"content-length", b"transfer-encoding")
        ]
        kept.append((b"content-length", str(len(body)).encode()))
        return {**scope, "headers": kept}, _replay(body, receive)


class _Answer:
    """Puts the security headers and the request id on whatever is sent, and a problem in place of any other refusal."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self.request_id = request_id
        self.is_started = False
        self._is_replaced = False

    async def send(self, message: Message) -> None:
        if self._is_replaced:  # the body of a refusal that was not ours
            return
        if message["type"] == "http.response.start":
            self.is_started = True
            headers = MutableHeaders(scope=message)
            kind = headers.get("content-type", "")
            if message["status"] >= 400 and kind and not kind.startswith((problems.MEDIA_TYPE, "text/html")):
                self._is_replaced = True
                await self._refuse(message["status"])
                return
            self._complete(headers)
        await self._send(message)

    async def _refuse(self, status: int) -> None:
        """Such as a library's plain text about a range that cannot be served."""
        hint = "GET /api/openapi.json says what each route takes."
        response = problems.problem_response(
            self.request_id, status, "request", "The request cannot be served.", hint=hint
        )
        self._complete(response.headers)
        await self._send({"type": "http.response.start", "status": status, "headers": response.raw_headers})
        await self._send({"type": "http.response.body", "body": response.body})

    def _complete(self, headers: MutableHeaders) -> None:
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        headers["x-request-id"] = self.request_id


def clean_body(body: bytes) -> bytes:
    """The JSON document again, without lone surrogates; :class:`SpecError` for what no route should have to think about."""
    if not body:
        return body
    document = parse_json(body)
    _check_numbers(document)
    return json.dumps(to_json_safe(document)).encode()


def _check_numbers(value: Any) -> None:
    if isinstance(value, int) and not -MAX_INTEGER <= value < MAX_INTEGER:
        raise SpecError("A whole number in the body does not fit into 64 bits.", hint="Send a smaller number.")
    if isinstance(value, float) and not math.isfinite(value):
        raise SpecError("A number in the body is too large.", hint="Send a finite number.")
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            _check_numbers(each)


async def _read_body(receive: Receive) -> bytes:
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refusal(400, "disconnected", "The body broke off.", hint="Send it again.")
        part = message.get("body", b"")
        parts.append(part)
        size += len(part)
        if size > MAX_BYTES:
            raise _too_large()
        if not message.get("more_body", False):
            return b"".join(parts)


def _replay(body: bytes, receive: Receive) -> Receive:
    pending = [body]

    async def replayed() -> Message:
        if pending:
            return {"type": "http.request", "body": pending.pop(), "more_body": False}
        return await receive()

    return replayed


def _check_json_header(headers: Headers) -> None:
    declared = headers.get("content-length", "")
    if declared.isdigit() and int(declared[:20]) > MAX_BYTES:
        raise _too_large()
    media_type, _, parameters = headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if media_type.strip().lower() != "application/json" or charset not in ("", "utf-8"):
        raise Refusal(
            415, "media_type", "A body here is JSON in UTF-8.", hint="Send it with Content-Type: application/json."
        )


def _check_page(headers: Headers, host: str) -> None:
    """Refuse what a page of another site made the browser send. Programs send neither header."""
    origin = headers.get("origin")
    is_ours = origin is None or origin.lower() in (f"http://{host}", f"https://{host}")
    if not is_ours or headers.get("sec-fetch-site", "none").lower() not in ("same-origin", "none"):
        raise Refusal(
            403, "origin", "This request comes from a page of another site.", hint="Use the studio's own pages."
        )


def _has_body(headers: Headers) -> bool:
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


def _read_as_get(methods: dict[str, Access]) -> Access | None:
    access = methods.get("GET")
    return None if access is Access.STREAM else access


def _host_name(host: str) -> str:
    """Name or address without the port; empty for what is no host."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
    except ValueError:
        return ""
    return (parts.hostname or "") if parts.netloc == host and "@" not in host else ""


def _no_route(path: str, method: str, methods: dict[str, Access]) -> Refusal:
    if methods:
        allowed = ", ".join(methods)
        message = f"{method[:20]} is not possible on {path[:200]}."
        return Refusal(405, "method", message, hint=f"There is: {allowed}.", headers={"allow": allowed})
    return Refusal(
        404, "not_found", f"There is no route {path[:200]}.", hint="GET /api/openapi.json lists every route."
    )


def _too_large() -> Refusal:
    hint = "Send large content as an upload: POST /api/uploads."
    return Refusal(
        413, "too_large", f"The body is larger than {MAX_BYTES} bytes.", hint=hint, headers={"connection": "close"}
    )


def _fault(request_id: str) -> Any:
    return problems.problem_response(
        request_id,
        500,
        "fault",
        "The server made a mistake; nothing that was saved is lost.",
        hint=f"Try again; if it stays, report the request id {request_id}: the server's log says more.",
    )


_SESSION_HINT = "Open the address that the server printed, or send its token as “Authorization: Bearer …”."
_CHALLENGE = {"www-authenticate": "Bearer"}
