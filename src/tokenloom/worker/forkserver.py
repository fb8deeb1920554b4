"""The fork server: loads torch and the models once, then forks a worker for each that asks.

``python -m tokenloom.worker.forkserver SOCKET`` is started by `jobs.launching`. Loading takes a worker 4 to 10 seconds; a fork takes
milliseconds and shares the memory. The server itself trains nothing and starts no thread, which is what makes a fork of it safe. It ends
when nobody has been connected for a while; its workers go on.

A connection is one worker: the request comes in one message with the file for its output, and ``{"pid": …}`` and, at its end,
``{"status": …}`` go back. A connection without a request keeps the server alive.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tokenloom.kit.forkserver import MESSAGE_BYTES
from tokenloom.kit.loading import loading

LINGER_SECONDS = 30.0
NOT_BORN = 70  # EX_SOFTWARE
LOADED = (
    "tokenloom.worker.running",
    "tokenloom.worker.__main__",
    "tokenloom.tasks.run",
    "tokenloom.tasks.train",
    "tokenloom.tasks.evaluate",
    "tokenloom.tasks.generate",
    "tokenloom.tasks.export",
)
LOADED_AT_REST = ("peft",)  # what only some runs need, loaded when nobody has asked for anything for a while
REST_SECONDS = 5


@dataclass(frozen=True)
class Order:
    """What one worker is to do, and in which surroundings."""

    arguments: list[str]
    environment: dict[str, str]
    folder: str


class ForkServer:
    """Waits at ``listener`` and forks. ``serve`` returns in the server when its time is over, and in each child with its order."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self._selector = selectors.DefaultSelector()
        self._connections: set[socket.socket] = set()
        self._workers: dict[int, socket.socket] = {}
        self._wakes, self._woken = socket.socketpair()
        for waited in (listener, self._wakes):
            waited.setblocking(False)
            self._selector.register(waited, selectors.EVENT_READ)
        self._woken.setblocking(False)

    def serve(self) -> Order | None:
        """Answer until nobody has been connected for `LINGER_SECONDS`."""
        signal.set_wakeup_fd(self._woken.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        wanted, quiet = time.monotonic(), 0
        while time.monotonic() - wanted < LINGER_SECONDS:
            waiting = self._selector.select(1.0)
            for key, _ in waiting:
                order = self._answer(key.fileobj)
                if order is not None:
                    return order
            self._reap()
            quiet = 0 if waiting else quiet + 1
            if quiet == REST_SECONDS:
                load(LOADED_AT_REST)
            if self._connections:
                wanted = time.monotonic()
        return None

    def _answer(self, waited: object) -> Order | None:
        if waited is self._listener:
            with contextlib.suppress(OSError):
                connection, _ = self._listener.accept()
                self._connections.add(connection)
                self._selector.register(connection, selectors.EVENT_READ)
        elif waited is self._wakes:
            with contextlib.suppress(BlockingIOError):
                self._wakes.recv(4096)
        elif isinstance(waited, socket.socket):
            return self._hear(waited)
        return None

    def _hear(self, connection: socket.socket) -> Order | None:
        """A request, or that its sender is gone. The child comes back from here with its order."""
        files: list[int] = []
        try:
            message, files, _, _ = socket.recv_fds(connection, MESSAGE_BYTES, 1)
            if message:
                order = Order(**json.loads(message))
                return self._fork(connection, order, files[0])
        except (OSError, ValueError, TypeError, IndexError):
            pass  # whoever sent this does not get a worker from here
        finally:
            for file in files:
                os.close(file)
        self._forget(connection)
        return None

    def _fork(self, connection: socket.socket, order: Order, output: int) -> Order | None:
        pid = os.fork()
        if pid == 0:
            try:
                self._become(order, connection, output)
            except BaseException:  # noqa: BLE001  never back into the server's loop
                os._exit(NOT_BORN)
            return order
        self._workers[pid] = connection
        return None

    def _become(self, order: Order, connection: socket.socket, output: int) -> None:
        """Make this child what a process of its own would be: its own session, files, signals, variables and place. Then say so."""
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((nothing, 0), (output, 1), (output, 2)):
            os.dup2(source, target)
        os.close(nothing)
        os.environ.clear()
        os.environ.update(order.environment)
        with contextlib.suppress(OSError):
            os.chdir(order.folder)
        _tell(connection, {"pid": os.getpid()})
        self._selector.close()
        for each in (self._listener, self._wakes, self._woken, *self._connections):
            each.close()

    def _reap(self) -> None:
        while self._workers:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            connection = self._workers.pop(pid, None)
            if connection is not None and connection in self._connections:
                _tell(connection, {"status": os.waitstatus_to_exitcode(status)})

    def _forget(self, connection: socket.socket) -> None:
        self._connections.discard(connection)
        self._selector.unregister(connection)
        connection.close()


def _tell(connection: socket.socket, what: dict[str, int]) -> None:
    with contextlib.suppress(OSError):  # who asked is gone; the worker goes on
        connection.send(json.dumps(what).encode())


def listen(address: Path) -> socket.socket:
    """A listener that appears at ``address`` at once and whole, in place of what a dead server left."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    new = address.with_suffix(f".{os.getpid()}")
    listener.bind(str(new))
    listener.listen(64)
    new.rename(address)
    return listener


def main(arguments: list[str]) -> int:
    """Load, listen, fork; in a child, work. Returns at once where another server is at this address."""
    address = Path(arguments[0])
    lock = address.with_suffix(".lock").open("w")
    if not _is_alone(lock):
        return 0
    load(LOADED)
    order = ForkServer(listen(address)).serve()
    if order is None:
        for left in (address, address.with_suffix(".lock"), address.with_suffix(".log")):
            left.unlink(missing_ok=True)
        return 0
    lock.close()  # the child's copy; the server's own holds
    return _work(order)


def load(names: Sequence[str]) -> None:
    """Import modules for good: the collector never looks at them again, so that their pages stay shared."""
    with loading():
        for name in names:
            importlib.import_module(name)
    gc.freeze()


def _is_alone(lock: IO[str]) -> bool:
    """Whether no other server loads or serves at this address. Whoever only looks holds the lock for a moment, which is waited for."""
    for _ in range(10):
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        time.sleep(0.1)
    return False


def _work(order: Order) -> int:
    from tokenloom.worker.__main__ import main as work

    sys.argv = ["tokenloom.worker", *order.arguments]
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True, write_through=True)  # type: ignore[union-attr]
    with contextlib.suppress(OSError):
        Path("/proc/self/comm").write_text("tokenloom-run")  # what `top` calls it
    return work(order.arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
