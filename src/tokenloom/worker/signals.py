"""Signals to a process that may stand in a collective, where Python's own handlers would wait until it returns.

The signals are blocked, which child processes inherit, and a thread takes them one by one. A launcher passes SIGTERM and SIGINT on under other numbers, so
that a rank can tell "end well" (from a person, or passed on) from "end now": a plain SIGTERM by the launcher itself, which means that another rank is lost.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable

PASSED_ON = {signal.SIGTERM: signal.SIGUSR1, signal.SIGINT: signal.SIGUSR2}
MEANT = {passed: number for number, passed in PASSED_ON.items()}
TAKEN = {*PASSED_ON, *MEANT}
LOOK_SECONDS = 1.0


def block() -> None:
    """In this thread, and all threads and processes that it starts."""
    signal.pthread_sigmask(signal.SIG_BLOCK, TAKEN)


def take(heard: Callable[[int, int], None], *, orphaned: Callable[[], None] = lambda: None) -> Callable[[], None]:
    """Call ``heard(number, sender's pid)`` for each signal, and ``orphaned`` once the parent is gone, from a thread; what is returned ends it."""
    parent, done = os.getppid(), threading.Event()

    def listen() -> None:
        while not done.is_set():
            number, sender = _next()
            if os.getppid() != parent:
                orphaned()
            elif number:
                heard(number, sender)

    thread = threading.Thread(target=listen, name="signals", daemon=True)
    thread.start()
    return done.set


def _next() -> tuple[int, int]:
    """A signal and who sent it; zeros where none came. Systems without ``sigtimedwait`` (macOS) do not tell who, so a rank there ends well or by SIGKILL."""
    if not hasattr(signal, "sigtimedwait"):
        return int(signal.sigwait(TAKEN)), 0
    found = signal.sigtimedwait(TAKEN, LOOK_SECONDS)
    return (0, 0) if found is None else (found.si_signo, found.si_pid)
