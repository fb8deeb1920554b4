"""Compile without waiting: the run trains the plain way while a process beside it compiles, and switches between two steps.

What is compiled is what the run's first step met. Kernels stay in the workspace's cache, so the next run of the same shape takes them after one
step. Of several ranks the first on each machine compiles, and each takes the kernels when it sees them; the ranks' losses agree to rounding.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

from tokenloom.modeling.compiled import part as parts
from tokenloom.modeling.compiled.making import MODULE, orders_for, scratch_of
from tokenloom.modeling.compiled.part import Form, Part
from tokenloom.modeling.compiled.taking import Verdict, key_of, read_verdict, take, take_back

if TYPE_CHECKING:
    from tokenloom.training.session import Session

OTHERS_SECONDS = 1.0  # between looks for kernels that the first rank of this machine makes


@contextmanager
def compiling(session: Session) -> Iterator[Callable[[], None]]:
    """What the loop calls between two steps while the block lasts; it does nothing where nothing is to be compiled."""
    if session.kernels is None:
        yield lambda: None
        return
    work = Compiling(session, session.kernels)
    try:
        yield work.look
    finally:
        work.close()


class Compiling:
    """Asked by the loop between two steps; ``folder`` is where kernels are kept."""

    def __init__(self, session: Session, folder: Path) -> None:
        self._session, self._folder = session, folder
        self._wanted: list[tuple[Part, Form]] = []
        self._child: subprocess.Popen[str] | None = None
        self._errors: IO[str] | None = None
        self._began = self._next_look = time.monotonic()
        self._first_step = session.state.step
        self._is_over = False
        folder.mkdir(parents=True, exist_ok=True)
        parts.watch()

    def look(self) -> None:
        """Go on with whatever is next; costs nothing where nothing is."""
        if self._is_over or self._session.state.step == self._first_step:
            return
        if not self._wanted:
            self._wanted = parts.end_watch()
            self._begin()
        elif self._child is not None:
            status = self._child.poll()
            if status is not None:
                self._take() if status == 0 else self._give_up(self._last_words())
        elif time.monotonic() >= self._next_look:
            self._next_look = time.monotonic() + OTHERS_SECONDS
            if self._is_there():
                self._take()

    def close(self) -> None:
        """The run ends: nobody waits for the kernels any more, and the next run in this process begins the plain way."""
        self._is_over = True
        parts.end_watch()
        take_back()
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            shutil.rmtree(scratch_of(self._folder, self._child.pid), ignore_errors=True)
        if self._errors is not None:
            self._errors.close()

    def _begin(self) -> None:
        if not self._wanted:
            self._is_over = True
            self._session.note("Nothing of this model is compiled: it has none of the parts that could be.")
        elif self._is_there():
            self._take()
        elif self._session.ranks.is_head:
            try:
                self._start()
            except OSError as error:
                self._give_up(str(error))

    def _start(self) -> None:
        """The compiling process; it is not waited for."""
        self._errors = tempfile.TemporaryFile("w+", prefix="tokenloom-compiling-")  # noqa: SIM115  closed by close()
        self._child = subprocess.Popen(
            [sys.executable, "-m", MODULE, str(self._folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=self._errors,
            text=True,
        )
        assert self._child.stdin is not None
        with suppress(BrokenPipeError), self._child.stdin as orders:  # one that ended at once tells why itself
            orders.write(orders_for(self._wanted, self._session.compute.threads))

    def _is_there(self) -> bool:
        threads = self._session.compute.threads
        return all(read_verdict(self._folder, key_of(part, form, threads)) for part, form in self._wanted)

    def _take(self) -> None:
        self._is_over = True
        try:
            verdicts = take(self._folder, self._wanted, self._session.compute.threads)
        except (OSError, RuntimeError) as error:
            self._give_up(str(error))
            return
        best: dict[str, Verdict] = {}
        for part, verdict in verdicts:
            if verdict.is_worth_it and (part.name not in best or verdict.gain > best[part.name].gain):
                best[part.name] = verdict
        told = ", ".join(f"{name} {verdict.gain:.1f} times as fast" for name, verdict in best.items())
        seconds = time.monotonic() - self._began
        self._session.note(
            f"From the next step on compiled parts are used ({told})."
            if best
            else "The compiled parts are no faster on this machine, so none is used.",
            seconds=round(seconds, 1),
            parts={name: round(verdict.gain, 3) for name, verdict in best.items()},
        )

    def _give_up(self, reason: str) -> None:
        self._is_over = True
        self._session.note(
            f"The parts could not be compiled ({reason}). The run goes on without; `tokenloom doctor` tells whether a C++ compiler is there.",
            level="warning",
        )

    def _last_words(self) -> str:
        assert self._errors is not None and self._child is not None
        self._errors.seek(0)
        lines = [line.strip() for line in self._errors.read().splitlines() if line.strip()]
        return lines[-1][:200] if lines else f"the compiling process ended with {self._child.returncode}"
