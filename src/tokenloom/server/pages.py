"""Pages for a browser: the studio where it is built, else a plain page that says what is here; and the way in."""

from __future__ import annotations

import base64
import hashlib
import html
import mimetypes
import re
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.convertors import Convertor, register_url_convertor
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from tokenloom.kit.errors import NotFound
from tokenloom.kit.paths import safe_join
from tokenloom.server import openapi
from tokenloom.server.border.guard import CONTENT_SECURITY_POLICY
from tokenloom.server.border.session import Session

_PACKAGED = Path(__file__).parents[1] / "studio_dist"  # in a wheel
_SOURCE = Path(__file__).parents[3] / "web" / "dist"  # in a checkout
STUDIO = _PACKAGED if _PACKAGED.is_dir() else _SOURCE
_ENCODINGS = {"br": ".br", "gzip": ".gz"}  # the smaller first
STATIC = Path(__file__).parent / "static"


class _OutsideTheApi(Convertor[str]):
    """Any path that does not lead into ``/api``: pages stand before all routes of the API, so that a file is found at the first look."""

    regex = "(?!api(?:/|$)).*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("page", _OutsideTheApi())
router = APIRouter(include_in_schema=False)
unknown = APIRouter(include_in_schema=False)  # what no route of the API has answered


@router.get("/", name="front_page")
def front_page(request: Request, token: Annotated[str, Query(max_length=200)] = "") -> Response:
    """The way in: a token becomes a cookie and leaves the address; without a session there is only the login page."""
    session: Session = request.app.state.session
    if token:
        if not session.is_token(token):
            return _page("Not this token", _LOGIN.format(note="That token is not the one of this server."), status=401)
        answer = RedirectResponse(f"{request.app.root_path}/", status_code=303)
        answer.set_cookie(
            session.cookie,
            session.cookie_value,
            path=request.app.root_path or "/",
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return answer
    if not session.admits(request.headers):
        return _page("Tokenloom", _LOGIN.format(note="This browser has no session yet."), status=401)
    return _studio(request) or _page("Tokenloom", _WELCOME.format(workspace=html.escape(_workspace(request))))


@router.get("/static/{name}", name="static_file")
def static_file(name: str) -> Response:
    """Style of the built-in pages."""
    if name != "page.css":
        raise NotFound(f"There is no file {name[:100]}.", hint="Only page.css is here.")
    return FileResponse(STATIC / name, media_type="text/css")


@router.get("/api/docs", name="docs_page")
def docs_page(request: Request) -> Response:
    """All operations as a plain table; no script, no other host."""
    document = openapi.document(request.app)
    rows = "".join(
        f"<tr><td>{method.upper()}</td><td><code>{html.escape(path)}</code></td>"
        f"<td>{html.escape(operation.get('description') or operation.get('summary', ''))}</td></tr>"
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    )
    return _page("The API of Tokenloom", _DOCS.format(rows=rows), depth="../")


@router.get("/icon.svg", name="icon")
def icon(request: Request) -> Response:
    """The studio's icon, also for a page without a session; nothing where the studio is not built."""
    found = _file(request, "icon.svg")
    return found if found is not None else Response(status_code=204)


@router.get("/{page:page}", name="studio_page")
async def studio_page(request: Request, page: str) -> Response:
    """A file of the built studio, or its index for every deep link. On the event loop: it only looks into memory."""
    if (STUDIO / "index.html").is_file():
        file = _file(request, page)
        if file is not None:
            return file
        if "." not in page.rsplit("/", 1)[-1]:
            found = _studio(request)
            assert found is not None
            return found
    raise _no_page(page)


@unknown.get("/{page:path}")
async def no_page(page: str) -> Response:
    """Nothing of the API is here."""
    raise _no_page(page)


def _no_page(page: str) -> NotFound:
    return NotFound(f"There is no page /{page[:200]}.", hint="Begin at the front page.")


def _studio(request: Request) -> Response | None:
    """The built studio's index; ``<base>`` makes its relative links work below any prefix and any deep link.

    The widgets put two small style sheets into the page (touch, scroll lock): they carry a nonce that only this answer knows.
    """
    index = STUDIO / "index.html"
    if not index.is_file():
        return None
    content = _content(index)
    nonce = secrets.token_urlsafe(16)
    head = f'<head><base href="{html.escape(request.app.root_path)}/"><meta property="csp-nonce" nonce="{nonce}">'
    policy = CONTENT_SECURITY_POLICY.replace("style-src 'self'", f"style-src 'self' 'nonce-{nonce}'")
    policy = policy.replace("script-src 'self'", f"script-src 'self'{_inline_scripts(content)}")
    text = content.decode().replace("<head>", head, 1)
    return HTMLResponse(text, headers={"content-security-policy": policy})


@lru_cache(maxsize=4)
def _inline_scripts(content: bytes) -> str:
    """The scripts that stand in the index itself, as sources that a policy allows: each by its hash, no other."""
    hashes = (hashlib.sha256(text).digest() for text in re.findall(rb"<script>(.*?)</script>", content, re.DOTALL))
    return "".join(f" 'sha256-{base64.b64encode(each).decode()}'" for each in hashes)


def _file(request: Request, page: str) -> Response | None:
    """A file of the built studio, compressed where the build left that beside it and the browser takes it."""
    path = safe_join(STUDIO, page)
    if not path.is_file() or path.suffix in _ENCODINGS.values():
        return None
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    caching = "public, max-age=31536000, immutable" if page.startswith("assets/") else "no-cache"
    headers = {"cache-control": caching, "vary": "accept-encoding"}
    accepted = request.headers.get("accept-encoding", "")
    for encoding, ending in _ENCODINGS.items():
        packed = path.with_name(path.name + ending)
        if encoding in accepted and packed.is_file():
            return Response(_content(packed), media_type=kind, headers=headers | {"content-encoding": encoding})
    return Response(_content(path), media_type=kind, headers=headers)


def _content(path: Path) -> bytes:
    """A file of the build, kept in memory (all of it is 2 MB): a page asks for a dozen at once, each a turn of the event loop."""
    stat = path.stat()
    return _read(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=512)
def _read(path: Path, _changed: int, _size: int) -> bytes:
    return path.read_bytes()


def _workspace(request: Request) -> str:
    return str(request.app.state.studio.workspace.root)


def _page(title: str, body: str, *, status: int = 200, depth: str = "") -> HTMLResponse:
    values: dict[str, Any] = {"title": html.escape(title), "body": body, "depth": depth}
    return HTMLResponse(_FRAME.format(**values), status)


_FRAME = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="{depth}static/page.css">
</head>
<body>
<main>
<h1>{title}</h1>
{body}
</main>
</body>
</html>
"""

_LOGIN = """<p>{note} Open the address that the server printed when it started, or paste its token here.</p>
<form method="get" action="./">
<label for="token">Token</label>
<input id="token" name="token" type="password" autocomplete="off" required>
<button type="submit">Open</button>
</form>
<p>The token is in the file <code>server.token</code> of the workspace.</p>"""

_WELCOME = """<p>The server runs for the workspace <code>{workspace}</code>. The pages of the studio are not built into this installation;
everything works from the command line and over HTTP.</p>
<h2>Use it</h2>
<ul>
<li><code>tokenloom --help</code> lists the commands, <code>tokenloom presets</code> the recipes to begin with.</li>
<li><a href="api/docs">api/docs</a> lists every route, <a href="api/openapi.json">api/openapi.json</a> describes them for programs.</li>
<li><a href="api/runs">api/runs</a> shows the runs, <a href="api/datasets">api/datasets</a> the datasets,
<a href="api/models">api/models</a> the models.</li>
</ul>
<p>Programs send the token of the file <code>server.token</code> as <code>Authorization: Bearer …</code>.</p>"""

_DOCS = """<p>Errors are problem+json with what happened and what to do. Lists are paged by cursor.
<a href="openapi.json">openapi.json</a> has all parameters and forms.</p>
<table>
<thead><tr><th>Method</th><th>Path</th><th>What it does</th></tr></thead>
<tbody>{rows}</tbody>
</table>"""
