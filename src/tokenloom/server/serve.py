"""The server as a process: one per workspace, on loopback, gone cleanly on a signal."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import ipaddress
import json
import logging
import os
import resource
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import IO

import uvicorn
from fastapi import FastAPI

from tokenloom.kit.errors import ResourceError, SpecError
from tokenloom.kit.workspace import Workspace
from tokenloom.server.app import create_app
from tokenloom.server.border.guard import LOOPBACK_HOSTS
from tokenloom.server.border.session import stored_token

DEFAULT_PORT = 7860
LOCK = "server.lock"
AUTO_PORTS = 50  # ports that are tried after the default one
GRACE_SECONDS = 3
MAX_DESCRIPTORS = 65_536


def serve(
    workspace: Workspace,
    *,
    host: str = "127.0.0.1",
    port: str = "auto",
    root_path: str = "",
    opens_browser: bool = False,
) -> int:
    """Serve until a signal; 128 + its number then. Prints the address on one line when it answers.

    Raises :class:`ResourceError` where another server has the workspace or the port is taken, :class:`SpecError` for an
    address that is not loopback.
    """
    address = loopback_address(host)
    with server_lock(workspace) as lock:
        listener = listen(address, port)
        url = f"http://{f'[{address}]' if ':' in address else host}:{listener.getsockname()[1]}{root_path.rstrip('/')}/"
        _write_owner(lock, host, url)
        token = stored_token(workspace)
        app = create_app(
            workspace, token=token, root_path=root_path, allowed_hosts=LOOPBACK_HOSTS | {host.strip("[]").lower()}
        )
        return _run(app, listener, f"{url}?token={token}", opens_browser)


def loopback_address(host: str) -> str:
    """The numeric loopback address that ``host`` means; anything that others could reach is refused."""
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host.strip("[]"))
    except ValueError:
        address = None
    if address is None or not address.is_loopback:
        raise SpecError(
            f"The server does not listen on {host}: there are no accounts yet, and others could reach it.",
            hint="Use --host 127.0.0.1, and a tunnel such as `ssh -L 7860:127.0.0.1:7860 HOST` from elsewhere.",
        )
    return str(address)


@contextlib.contextmanager
def server_lock(workspace: Workspace) -> Iterator[IO[str]]:
    """Hold the workspace's server lock; the kernel lets go of it when its holder dies, so a stale one never stands in the way."""
    path = workspace.root / LOCK
    try:
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise ResourceError(f"{path} cannot be written: {error.strerror}.", hint="Check its permissions.") from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _taken(path) from None
        yield file
        file.truncate(0)


def listen(address: str, port: str) -> socket.socket:
    """A bound socket: on ``port``, or for ``auto`` (or 0) on the default one or the next that is free."""
    if port in ("auto", "0"):
        candidates = [*range(DEFAULT_PORT, DEFAULT_PORT + AUTO_PORTS), 0]
    elif port.isdigit() and int(port) < 65536:
        candidates = [int(port)]
    else:
        raise SpecError(f"“{port}” is not a port.", hint="Give a number from 1 to 65535, or auto.")
    for number in candidates:
        found = _bound(address, number)
        if found is not None:
            return found
    raise ResourceError(
        f"The port {candidates[0]} of {address} is taken.",
        hint="Use --port auto for the next free one, or stop what listens there.",
    )


def _bound(address: str, port: int) -> socket.socket | None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    # asyncio turns Nagle off only where the protocol is named: without it every answer waits 40 ms for an acknowledgement
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            return None
        raise ResourceError(
            f"The server cannot listen on {address} port {port}: {error.strerror}.", hint="Choose another port."
        ) from None
    return listener


def _taken(path: Path) -> ResourceError:
    try:
        owner = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        owner = {}
    who = f"pid {owner.get('pid', 'unknown')} on {owner.get('machine', 'this machine')}, host {owner.get('host', 'unknown')}"
    return ResourceError(
        f"Another server has this workspace: {who}, at {owner.get('url', 'an unknown address')}.",
        hint="Use that one, stop it, or choose another workspace with --workspace DIR.",
    )


def _write_owner(lock: IO[str], host: str, url: str) -> None:
    """For people and for a second server. The address is without the token."""
    lock.truncate(0)
    lock.write(json.dumps({"pid": os.getpid(), "machine": socket.gethostname(), "host": host, "url": url}))
    lock.flush()


class _Server(uvicorn.Server):
    """Says when it answers, and lets live streams end before it waits for open requests."""

    def __init__(self, config: uvicorn.Config, app: FastAPI, address: str, opens_browser: bool) -> None:
        super().__init__(config)
        self._app, self._address, self._opens_browser = app, address, opens_browser

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        sys.stdout.write(f"{self._address}\n")
        sys.stdout.flush()
        if self._opens_browser and (
            sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
        ):
            threading.Thread(target=webbrowser.open, args=(self._address,), daemon=True).start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._app.state.studio.end_streams()
        await super().shutdown(sockets)


def _allow_many_connections() -> None:
    """Idle and slow clients each hold a descriptor; the usual soft limit of 1024 is soon used up."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_DESCRIPTORS if most == resource.RLIM_INFINITY else min(most, MAX_DESCRIPTORS)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def _run(app: FastAPI, listener: socket.socket, address: str, opens_browser: bool) -> int:
    received: list[int] = []
    _allow_many_connections()

    def remember(number: int, _frame: FrameType | None) -> None:
        received.append(number)

    for number in (signal.SIGTERM, signal.SIGINT):  # uvicorn hands its signals to these when it has ended
        signal.signal(number, remember)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,  # an address may hold the token
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=GRACE_SECONDS,
        ws="none",
    )
    _Server(config, app, address, opens_browser).run(sockets=[listener])
    return 128 + received[0] if received else 0
