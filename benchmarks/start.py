"""How long a person waits: the help, the first logged point, the server's first answer, a run's first step.

Every figure is a fresh process, median of ``--repeats``. Prints one JSON document. Peers: TensorBoard's page for the same purpose is timed by
`benchmarks/tracking.py`; here the yardstick is a bare interpreter (``python -c pass``) and one that imports torch.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from _machine import machine

PROMISES_SECONDS = {
    "help": 0.2,
    "first_point": 0.05,
    "server": 1.5,
    "first_step": 5.0,
    "first_step_again": 5.0,
    "first_step_beside_a_studio": 5.0,
}
POINT = (
    "import time; t = time.perf_counter(); import tokenloom, sys; r = tokenloom.init(workspace=sys.argv[1]); "
    "r.log({'x': 1.0}, step=1); print(time.perf_counter() - t)"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "workspace"
        measures: dict[str, Callable[[], float]] = {
            "bare_interpreter": lambda: timed([sys.executable, "-c", "pass"]),
            "import_torch": lambda: timed([sys.executable, "-c", "import torch"]),
            "help": lambda: timed([tokenloom(), "--help"]),
            "first_point": lambda: float(output([sys.executable, "-c", POINT, str(workspace)])),
            "server": lambda: server_seconds(workspace),
            "first_step": lambda: first_step_alone(workspace),
            "first_step_again": lambda: first_step_seconds(workspace),
            "first_step_beside_a_studio": lambda: first_step_beside_a_studio(workspace),
        }
        furnish(workspace)
        medians = {name: statistics.median(measure() for _ in range(repeats)) for name, measure in measures.items()}
    holds = {name: medians[name] <= promise for name, promise in PROMISES_SECONDS.items()}
    print(
        json.dumps(
            {"median_seconds": medians, "promise_seconds": PROMISES_SECONDS, "holds": holds, "machine": machine()},
            indent=1,
        )
    )


def tokenloom() -> str:
    return str(Path(sys.executable).with_name("tokenloom"))


def timed(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def output(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def server_seconds(workspace: Path) -> float:
    """From the command to the first answer of ``/api/health``."""
    started = time.perf_counter()
    command = [tokenloom(), "--workspace", str(workspace), "studio", "--port", "auto", "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        url = server.stdout.readline().split("?")[0]
        urllib.request.urlopen(f"{url}api/health", timeout=10).read()
        seconds = time.perf_counter() - started
        server.send_signal(signal.SIGTERM)
    return seconds


def first_step_seconds(workspace: Path) -> float:
    """From the command to the first optimizer step in the run's log: queue, supervisor, worker, torch, tokens, model, validation."""
    from tokenloom.tracking import query

    recipe = [
        "cpu/tiny-pretrain",
        "data.dataset=d",
        "model.hidden_size=64",
        "model.num_heads=4",
        "loop.max_steps=100000",
        "evaluation.sample_tokens=0",
    ]
    started = time.perf_counter()
    run_id = output([tokenloom(), "--workspace", str(workspace), "train", *recipe, "--detach"]).strip()
    while "train/loss" not in query.summary(workspace / "runs" / run_id):
        time.sleep(0.01)
    seconds = time.perf_counter() - started
    subprocess.run(
        [tokenloom(), "--workspace", str(workspace), "runs", "stop", run_id, "--now"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return seconds


def first_step_alone(workspace: Path) -> float:
    """The same where nothing is loaded: what an earlier command loaded has ended before."""
    from tokenloom.jobs.launching.launch import worker_environment
    from tokenloom.kit.forkserver import address_for

    address = address_for(worker_environment())
    while address is not None and address.exists():
        time.sleep(0.2)
    return first_step_seconds(workspace)


def first_step_beside_a_studio(workspace: Path) -> float:
    """The same where a studio that is open has the models loaded."""
    from tokenloom.jobs.launching.keeper import ForkServerKeeper

    fork_server = ForkServerKeeper()
    while not fork_server.keep():
        time.sleep(0.1)
    try:
        return first_step_seconds(workspace)
    finally:
        fork_server.release()


def furnish(workspace: Path) -> None:
    """A small dataset and a tokenizer to train on."""
    text = workspace.parent / "text.txt"
    text.write_text(
        "".join(f"line {number} of a small text about {number * 7 % 13} things\n" for number in range(2_000))
    )
    environment = {**os.environ, "TOKENLOOM_WORKSPACE": str(workspace)}
    for command in (
        ["data", "import", str(text), "--name", "d", "--unit", "line"],
        ["tokenizer", "train", "t", "--data", "d", "--vocab-size", "400"],
    ):
        subprocess.run(
            [tokenloom(), *command], check=True, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )


if __name__ == "__main__":
    main()
