"""A place to fetch to, and a small server on this machine that can be told to misbehave."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tokenloom.data.progress import Watch
from tokenloom.data.source import Place
from tokenloom.kit.workspace import Workspace


@pytest.fixture
def place(workspace: Workspace) -> Place:
    return Place(workspace, Watch())


@dataclass
class Site:
    """Pages by path; ``cut`` bytes after which a path breaks off, once for each entry; ``asked`` is what came in."""

    url: str = ""
    pages: dict[str, bytes] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    cut: dict[str, list[int]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    etags: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, str, str]] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    """Answers from the ``site`` that a subclass names."""

    site: Site

    def do_GET(self) -> None:
        path, begin, tag = self.path, self.headers.get("Range", ""), self.site.etags.get(self.path, "")
        self.site.asked.append((path, begin, self.headers.get("Host", "")))
        if path in self.site.redirects:
            self._start(302, {"Location": self.site.redirects[path], "Content-Length": "0"})
        elif path not in self.site.pages:
            self._start(404, {"Content-Length": "0"})
        elif tag and self.headers.get("If-None-Match") == tag:
            self._start(304, {"ETag": tag})
        else:
            self._send(path, tag, self._first_byte(begin, tag))

    def _first_byte(self, begin: str, tag: str) -> int:
        start = int(begin.removeprefix("bytes=").rstrip("-")) if begin else 0
        return 0 if tag and self.headers.get("If-Range") not in (None, tag) else start

    def _send(self, path: str, tag: str, start: int) -> None:
        content = self.site.pages[path]
        extra = {"Content-Length": str(len(content) - start), **({"ETag": tag} if tag else {}), **self.site.headers}
        if start:
            extra["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        self._start(206 if start else 200, extra)
        cuts = self.site.cut.get(path, [])
        end = start + cuts.pop(0) if cuts else len(content)
        with contextlib.suppress(OSError):
            self.wfile.write(content[start:end])
            if end < len(content):
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)

    def _start(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A server on loopback that the setting allows by its port."""
    found = Site()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Here", (Handler,), {"site": found}))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_address[1]}"
    monkeypatch.setenv("TOKENLOOM_ALLOWED_HOSTS", found.url.removeprefix("http://"))
    yield found
    server.shutdown()
    server.server_close()
    thread.join()
