"""Run commands side by side, each line of theirs with the name of its lane before it. Fails if any of them fails.

``python scripts/lanes.py web='scripts/stories.sh && scripts/browser.sh' python='python -m pytest -q'``. Two run at a time, in the order
given; the next begins when one ends. One that fails does not end the others: all is told, and the end of what a failed one said is told
again last, where people look. When this is interrupted, all that the lanes started ends too.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from types import FrameType
from typing import IO

AT_ONCE = 2  # a third beside a browser makes its pages miss their moments on two cores
GRACE_SECONDS = 10.0
RETOLD_LINES = 80


class Lane:
    """One command in a session of its own, and its output as it comes."""

    def __init__(self, name: str, command: str, tell: threading.Lock) -> None:
        self.name = name
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            ["bash", "-c", command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        self._tell = tell
        self._last: deque[str] = deque(maxlen=RETOLD_LINES)
        self._reader = threading.Thread(target=self._read, args=(self.process.stdout,), daemon=True)
        self._reader.start()

    def wait(self) -> int:
        """Its exit status, when all that it printed is told."""
        status = self.process.wait()
        self._reader.join(GRACE_SECONDS)  # what it left behind may hold the pipe; its own words are all here
        took = time.monotonic() - self.began
        self.say(f"{'passed' if status == 0 else f'FAILED with {status}'} after {took:.0f} s")
        return status

    def retell(self) -> None:
        """The end of what it said once more, in one piece: with lanes side by side, it stands far up and torn apart."""
        last = "\n".join(f"{self.name} | {line}" for line in self._last)
        with self._tell:
            print(f"\nlanes: the end of what {self.name} said\n{last}", flush=True)

    def say(self, text: str) -> None:
        with self._tell:
            sys.stdout.write(f"{self.name} | {text}\n")
            sys.stdout.flush()

    def _read(self, output: IO[bytes]) -> None:
        for line in output:
            text = line.decode(errors="replace").rstrip("\r\n")
            self._last.append(text)
            self.say(text)


def main(arguments: list[str]) -> int:
    """0 if every lane passed, 1 if one failed, 128 + the signal where one came."""
    commands = dict(argument.split("=", 1) for argument in arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, _interrupt)
    tell = threading.Lock()
    lanes: list[Lane] = []
    try:
        statuses = _run_all(commands, lanes, tell)
    except _Interrupted as caught:
        end([lane.process.pid for lane in lanes if lane.process.poll() is None])
        return 128 + caught.number
    failed = [name for name, status in statuses.items() if status != 0]
    for lane in lanes:
        if lane.name in failed:
            lane.retell()
    print(f"lanes: {', '.join(failed)} failed" if failed else "lanes: all passed", flush=True)
    return 1 if failed else 0


def _run_all(commands: dict[str, str], lanes: list[Lane], tell: threading.Lock) -> dict[str, int]:
    """Exit status by name. ``lanes`` is filled as they begin, so that whoever is interrupted knows what to end."""
    waiting = list(commands.items())
    statuses: dict[str, int] = {}
    while len(statuses) < len(commands):
        while waiting and len(lanes) - len(statuses) < AT_ONCE:
            lanes.append(Lane(*waiting.pop(0), tell))
        for lane in lanes:
            if lane.name not in statuses and lane.process.poll() is not None:
                statuses[lane.name] = lane.wait()
        time.sleep(0.1)
    return statuses


def end(roots: list[int]) -> None:
    """End processes and all below them: asked first, then made to. A browser has a session of its own, so groups are not enough."""
    pids = [pid for root in roots for pid in (root, *below(root))]
    _send(pids, signal.SIGTERM)
    until = time.monotonic() + GRACE_SECONDS
    while time.monotonic() < until and any(_is_alive(pid) for pid in pids):
        time.sleep(0.1)
    _send([pid for pid in pids if _is_alive(pid)], signal.SIGKILL)


def below(root: int) -> list[int]:
    """Every process that descends from ``root``, as ``ps`` tells it."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    children: dict[int, list[int]] = {}
    for line in listed.splitlines():
        pid, parent = map(int, line.split())
        children.setdefault(parent, []).append(pid)
    found: list[int] = []
    waiting = [root]
    while waiting:
        waiting += (new := children.get(waiting.pop(), []))
        found += new
    return found


def _is_alive(pid: int) -> bool:
    told = subprocess.run(["ps", "-p", str(pid), "-o", "stat="], capture_output=True, text=True).stdout.strip()
    return told != "" and not told.startswith("Z")


def _send(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


class _Interrupted(Exception):
    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def _interrupt(number: int, _frame: FrameType | None) -> None:
    raise _Interrupted(number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
