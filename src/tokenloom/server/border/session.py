"""The session of the person at this machine: one token per workspace, in a file that only its owner can read.

Programs send it as ``Authorization: Bearer``; a browser gets a cookie that is derived from it, so that the token itself does
not travel with every request.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from pathlib import Path

from starlette.datastructures import Headers

from tokenloom.kit.errors import ResourceError
from tokenloom.kit.ids import content_id
from tokenloom.kit.workspace import Workspace

FILE_NAME = "server.token"
_BYTES = 32


@dataclass(frozen=True, repr=False)
class Session:
    """What a caller must know. ``cookie`` is the cookie's name: browsers share cookies between ports, so it names the workspace."""

    token: str
    cookie: str

    @classmethod
    def of(cls, workspace: Workspace, token: str | None = None) -> Session:
        """The session of a workspace, with the token of its file unless one is given."""
        name = f"tokenloom_{content_id(str(workspace.root))[:8]}"
        return cls(token or stored_token(workspace), name)

    @property
    def cookie_value(self) -> str:
        return hmac.new(self.token.encode(), b"tokenloom session cookie", hashlib.sha256).hexdigest()

    def admits(self, headers: Headers) -> bool:
        """Whether a request carries the session, as a bearer token or as the cookie."""
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self.is_token(given.strip())
        return any(self._is_cookie(value) for value in _cookies(headers, self.cookie))

    def is_token(self, given: str) -> bool:
        return _same(given, self.token)

    def _is_cookie(self, given: str) -> bool:
        return _same(given, self.cookie_value)


def stored_token(workspace: Workspace) -> str:
    """The token in ``WORKSPACE/server.token``, made at first use."""
    path = workspace.root / FILE_NAME
    try:
        return _read(path) or _make(path)
    except OSError as error:
        raise ResourceError(
            f"The session token {path} cannot be used: {error.strerror}.",
            hint="Check the file's owner and permissions.",
        ) from None


def _read(path: Path) -> str:
    try:
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
        return path.read_text(encoding="ascii", errors="replace").strip()
    except FileNotFoundError:
        return ""


def _make(path: Path) -> str:
    """Create it unless another process was faster; then theirs counts."""
    temporary = path.with_name(f".tmp-{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        if path.exists() and not _read(path):
            path.unlink()
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return _read(path)


def _cookies(headers: Headers, name: str) -> list[str]:
    found = []
    for line in headers.getlist("cookie"):
        try:
            cookie: SimpleCookie = SimpleCookie(line[:8192])
        except CookieError:
            continue
        if name in cookie:
            found.append(cookie[name].value)
    return found


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())
