"""Two processes that stay for a whole test session and do together what they are told: starting Python and torch anew for each test would take longer."""

from __future__ import annotations

import multiprocessing
import os
import socket
import traceback
from collections.abc import Callable
from contextlib import closing
from multiprocessing.connection import Connection
from typing import Any

import pytest

WORLD = 2
ANSWER_SECONDS = 60


def free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _serve(rank: int, port: int, wire: Connection) -> None:
    """Do each (function, arguments) that comes with the ranks as first argument, and send back what it gives."""
    os.environ |= {
        "RANK": str(rank),
        "WORLD_SIZE": str(WORLD),
        "LOCAL_RANK": str(rank),
        "LOCAL_WORLD_SIZE": str(WORLD),
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
    }
    import torch

    from tokenloom.training.distributed.talk import join

    torch.set_num_threads(1)
    ranks = join(backend="gloo", timeout_seconds=ANSWER_SECONDS, device="cpu")
    while (work := wire.recv()) is not None:
        function, inputs = work
        try:
            wire.send((True, function(ranks, *inputs)))
        except BaseException:
            wire.send((False, traceback.format_exc()))
    ranks.leave()
    os._exit(0)  # taking torch apart takes seconds


class Pair:
    """``pair(function, *inputs)`` → [what rank 0 gives, what rank 1 gives]."""

    def __init__(self) -> None:
        context, port = multiprocessing.get_context("spawn"), free_port()
        self._wires, self._processes = [], []
        for rank in range(WORLD):
            here, there = context.Pipe()
            process = context.Process(target=_serve, args=(rank, port, there), daemon=True)
            process.start()
            self._wires.append(here)
            self._processes.append(process)

    def __call__(self, function: Callable[..., Any], *inputs: Any) -> list[Any]:
        for wire in self._wires:
            wire.send((function, inputs))
        answers = []
        for rank, wire in enumerate(self._wires):
            if not wire.poll(2 * ANSWER_SECONDS):
                pytest.fail(f"rank {rank} does not answer")
            answers.append(wire.recv())
        broken = [f"rank {rank}: {what}" for rank, (is_good, what) in enumerate(answers) if not is_good]
        assert not broken, "\n".join(broken)
        return [what for _, what in answers]

    def end(self) -> None:
        for wire in self._wires:
            wire.send(None)
        for process in self._processes:
            process.join(10)
            if process.is_alive():
                process.kill()
