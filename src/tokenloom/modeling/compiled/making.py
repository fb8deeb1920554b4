"""``python -m tokenloom.modeling.compiled.making FOLDER``: compile what stdin asks for, measure it, leave it in the folder.

A process of its own, with the lowest priority: compiling takes a core for a quarter of a minute a part, and libraries that a training does not need.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import signal
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import nn

from tokenloom.kit.atomic import atomic_write
from tokenloom.modeling.compiled.part import FEWEST_ROWS, PARTS, Form, Part
from tokenloom.modeling.compiled.taking import Verdict, kernel_path, key_of, load, read_verdict, verdict_path
from tokenloom.modeling.fused import gated, norm, rope  # noqa: F401  which fill PARTS
from tokenloom.tracking.lease import start_ticks

EXAMPLE_ROWS = 1024
MOST_ROWS = 1 << 30
CALLS = 15  # of each way, in turn
CALL_SECONDS = 0.01  # at least so long is measured at once
MODULE = "tokenloom.modeling.compiled.making"
_PR_SET_PDEATHSIG = 1


def main() -> int:
    """The orders are JSON: ``{"threads", "forms": [[part, form], …]}``."""
    _stay_behind()
    folder, orders = Path(sys.argv[1]), json.load(sys.stdin)
    torch.set_num_threads(orders["threads"])
    _sweep(folder)
    scratch = scratch_of(folder, os.getpid())
    scratch.mkdir()
    os.environ["TORCHINDUCTOR_CACHE_DIR"] = str(scratch)
    try:
        for name, told in orders["forms"]:
            make(PARTS[name], form_from(told), folder, scratch, orders["threads"])
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return 0


def scratch_of(folder: Path, pid: int) -> Path:
    """Where the compiling process ``pid`` keeps what it needs on the way."""
    return folder / f".making-{pid}"


def _sweep(folder: Path) -> None:
    """Remove what killed ones left."""
    for old in folder.glob(".making-*"):
        pid = old.name.rpartition("-")[2]
        if not pid.isdecimal() or start_ticks(int(pid)) is None:
            shutil.rmtree(old, ignore_errors=True)


def orders_for(wanted: Sequence[tuple[Part, Form]], threads: int) -> str:
    """What :func:`main` reads."""
    return json.dumps({"threads": threads, "forms": [[part.name, asdict(form)] for part, form in wanted]})


def form_from(told: dict[str, Any]) -> Form:
    return Form(tuple(told["dtypes"]), tuple(tuple(shape) for shape in told["shapes"]), told["device"])


def make(part: Part, form: Form, folder: Path, scratch: Path, threads: int) -> Verdict:
    """Compile and measure one form, unless the folder has it."""
    key = key_of(part, form, threads)
    known = read_verdict(folder, key)
    if known is not None:
        return known
    tensors = example(part, form)
    package = compiled(part, tensors, scratch / f"{key}.pt2")
    os.replace(package, kernel_path(folder, key))
    verdict = measure(part, load(kernel_path(folder, key)), lambda: example(part, form))
    atomic_write(verdict_path(folder, key), json.dumps(asdict(verdict)))
    return verdict


def example(part: Part, form: Form) -> list[torch.Tensor]:
    """Tensors of the form, with random numbers that neither vanish nor grow where a part writes over them again and again."""
    made = []
    for at, (dtype, shape) in enumerate(zip(form.dtypes, form.shapes, strict=True)):
        size = (EXAMPLE_ROWS, *shape) if at in part.rows else shape
        made.append((torch.rand(size, device=form.device) + 0.5).to(getattr(torch, dtype)))
    return made


def compiled(part: Part, tensors: list[torch.Tensor], package: Path) -> Path:
    """Compile the formula with the number of rows left open; the file that holds it."""
    count = torch.export.Dim("rows", min=FEWEST_ROWS, max=MOST_ROWS)
    dynamic = tuple({0: count} if at in part.rows else None for at in range(len(tensors)))
    exported = torch.export.export(_Module(part.formula), tuple(tensors), dynamic_shapes=(dynamic,))
    torch._inductor.aoti_compile_and_package(exported, package_path=str(package))
    return package


def measure(part: Part, kernel: Callable[..., Any], tensors: Callable[[], list[torch.Tensor]]) -> Verdict:
    """Median seconds of a call, both ways in turn, so that a neighbour disturbs both alike."""
    given = tensors()
    repeats = max(1, int(CALL_SECONDS / max(_seconds(part.plain, given, 1), 1e-6)))
    _seconds(kernel, given, repeats)
    both = [(_seconds(part.plain, given, repeats), _seconds(kernel, given, repeats)) for _ in range(CALLS)]
    return Verdict(statistics.median(plain for plain, _ in both), statistics.median(own for _, own in both))


class _Module(nn.Module):
    """The formula as export wants it."""

    def __init__(self, formula: Callable[..., Any]) -> None:
        super().__init__()
        self.formula = formula

    def forward(self, *tensors: torch.Tensor) -> Any:
        return self.formula(*tensors)


def _seconds(call: Callable[..., Any], tensors: list[torch.Tensor], repeats: int) -> float:
    """Of one call; of the processor on a CPU, where others may want it as well."""
    is_cpu = tensors[0].device.type == "cpu"
    clock = time.process_time if is_cpu else time.perf_counter
    _finish(tensors[0].device)
    started = clock()
    for _ in range(repeats):
        call(*tensors)
    _finish(tensors[0].device)
    return (clock() - started) / repeats


def _finish(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _stay_behind() -> None:
    """Let everyone else go first, and end when the process that asked ends."""
    os.nice(19)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
