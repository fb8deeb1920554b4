"""The largest micro-batch that fits, found by trying: real steps of the real model on the longest rows, twice as many each time.

It runs in a worker of its own. On a CPU that worker may take no more memory than the machine has left (a limit that the kernel holds, so that an allocation
fails instead of the machine); on a GPU the allocator says when there is no more. What the next try would need is told from the last two, and a try
that would go over the margin is not made.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import torch

from tokenloom.kit.errors import ResourceError
from tokenloom.resources.machine import memory_limit
from tokenloom.resources.peak import forget_peak, peak_bytes, resident_bytes
from tokenloom.spec.recipe import ProbeSpec
from tokenloom.tasks.context import Context
from tokenloom.tasks.ending import Ending
from tokenloom.tasks.train import build_session
from tokenloom.training.loop import step_of
from tokenloom.training.session import Session
from tokenloom.training.steering.memory import is_out_of_memory
from tokenloom.training.step import Extras

LEAST_TOKENS = 256
FLAT_MEMORY, FLAT_SPEED = 1.02, 1.05  # a try that grows less than both brings nothing
REFINED = 2  # tries between the last that fitted and the first that did not
Row = dict[str, Any]


def probe_batch(spec: ProbeSpec, context: Context) -> Ending:
    """Result: the table of tries, the largest that fits, and what to set for the fastest one with the same tokens per step."""
    session = build_session(spec.recipe, context)
    limit = _limit(session, spec.memory_share)
    rows: list[Row] = []
    with _held_to(limit, session):
        for size in _sizes(session):
            context.is_cancelled()
            context.event(
                "progress", phase=f"trying {size} {unit_of(session)}", done=len(rows), total=None, unit="tries"
            )
            rows.append(_tried(session, size, limit, rows))
            context.event("probe", **rows[-1], limit_bytes=limit, unit=unit_of(session))
            if not rows[-1]["fits"] or _is_flat(rows):
                break
        rows += _between(session, context, limit, rows)
    rows.sort(key=lambda row: int(row["size"]))
    fitting = [row for row in rows if row["fits"]]
    if not fitting:
        raise ResourceError(
            f"Not even one sequence at once fits: {rows[0]['reason']}.",
            hint="Shorten the rows (data.render.max_sequence_length), train an adapter (tuning.kind=lora), or take a smaller model.",
        )
    context.result(
        kind="probe",
        field=field_of(session),
        unit=unit_of(session),
        limit_bytes=limit,
        rows=rows,
        largest=fitting[-1]["size"],
        suggestion=suggestion(session, fitting),
    )
    return Ending("completed")


def field_of(session: Session) -> str:
    return "micro_batch_tokens" if session.spec.batch.kind == "tokens" else "micro_batch_size"


def unit_of(session: Session) -> str:
    return "tokens" if session.spec.batch.kind == "tokens" else "sequences"


def suggestion(session: Session, fitting: list[Row]) -> dict[str, Any]:
    """The fastest size with the tokens per step that the recipe has, as the change that makes it so."""
    field, batch = field_of(session), session.spec.batch
    whole = int(getattr(batch, field)) * batch.gradient_accumulation_steps
    same = [row for row in fitting if row["size"] <= whole and whole % row["size"] == 0]
    best = max(same or fitting, key=lambda row: float(row["tokens_per_second"]))
    steps = max(1, round(whole / best["size"]))
    return {
        "size": best["size"],
        "accumulation": steps,
        "same_result": steps * best["size"] == whole,
        "peak_bytes": best["peak_bytes"],
        "tokens_per_second": best["tokens_per_second"],
        "change": f"batch.{field}={best['size']} batch.gradient_accumulation_steps={steps}",
    }


def _sizes(session: Session) -> Iterator[int]:
    """Twice as many each time, up to all that there is."""
    if session.spec.batch.kind == "tokens":
        size, most = LEAST_TOKENS, int(session.stream.lengths.sum())
    else:
        size, most = 1, session.stream.num_groups
    while True:
        yield min(size, most)
        if size >= most:
            return
        size *= 2


def _between(session: Session, context: Context, limit: int, rows: list[Row]) -> list[Row]:
    """Tries between the last that fitted and the first that did not."""
    found: list[Row] = []
    if rows[-1]["fits"] or len(rows) < 2:
        return found
    low, high = int(rows[-2]["size"]), int(rows[-1]["size"])
    for _ in range(REFINED):
        size = (low + high) // 2
        if size in (low, high):
            break
        context.is_cancelled()
        found.append(_tried(session, size, limit, [row for row in [*rows, *found] if row["fits"]]))
        context.event("probe", **found[-1], limit_bytes=limit, unit=unit_of(session))
        low, high = (size, high) if found[-1]["fits"] else (low, size)
    return found


def _tried(session: Session, size: int, limit: int, before: list[Row]) -> Row:
    """Two steps with so many at once; the second one is timed."""
    expected = _foretold(size, before)
    if expected > limit:
        return {"size": size, "fits": False, "peak_bytes": int(expected), "reason": "it would go over the margin"}
    session.stream.spec = session.spec.batch.model_copy(update={field_of(session): size})
    try:
        return {"size": size, "fits": True} | _measured(session)
    except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
        if not isinstance(error, MemoryError) and not is_out_of_memory(error):
            raise
        reason = str(error).splitlines()[0][:200] if str(error) else "out of memory"
    session.optimizer.zero_grad(set_to_none=True)
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    return {"size": size, "fits": False, "peak_bytes": int(max(expected, limit)), "reason": reason}


def _measured(session: Session) -> Row:
    _reset(session)
    seconds = tokens = 0.0
    for number in range(2):
        started = time.perf_counter()
        window = session.objective.prepared(session.stream.fullest(), number)
        result = step_of(session, window, Extras(number, session.noise, session.loss_scale))
        float(result.loss)  # waits for the device
        seconds, tokens = time.perf_counter() - started, float(window.num_tokens)
    return {
        "peak_bytes": _peak(session),
        "tokens": int(tokens),
        "tokens_per_second": round(tokens / max(seconds, 1e-9), 1),
    }


def _foretold(size: int, rows: list[Row]) -> float:
    """Bytes that a try would need, on the line through the two largest that fitted; 0 where there are not two."""
    known = sorted((row["size"], row["peak_bytes"]) for row in rows if row["fits"])[-2:]
    if len(known) < 2:
        return 0.0
    (small, less), (large, more) = known
    return float(more + max(more - less, 0) / (large - small) * (size - large))


def _is_flat(rows: list[Row]) -> bool:
    """Whether the last two tries brought neither more memory nor more speed: a larger batch goes through the model in pieces anyway."""
    if len(rows) < 3:
        return False
    return all(
        later["peak_bytes"] < FLAT_MEMORY * earlier["peak_bytes"]
        and later["tokens_per_second"] < FLAT_SPEED * earlier["tokens_per_second"]
        for earlier, later in zip(rows[-3:-1], rows[-2:], strict=True)
    )


def _reset(session: Session) -> None:
    if session.compute.torch_device.type == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats(session.compute.torch_device)
    else:
        forget_peak()


def _peak(session: Session) -> int:
    device = session.compute.torch_device
    return int(torch.cuda.max_memory_reserved(device)) if device.type == "cuda" else peak_bytes()


def _limit(session: Session, share: float) -> int:
    """Bytes that the process may have in all: a share of what it has and what is left."""
    device = session.compute.torch_device
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        return int((free + torch.cuda.memory_reserved(device)) * share)
    return int(min(psutil.virtual_memory().available + resident_bytes(), memory_limit()) * share)


@contextmanager
def _held_to(limit: int, session: Session) -> Iterator[None]:
    """On a CPU the kernel refuses what goes over the limit, where it can (Linux)."""
    if session.compute.torch_device.type == "cuda" or not sys.platform.startswith("linux"):
        yield
        return
    import resource

    before = resource.getrlimit(resource.RLIMIT_DATA)
    mapped = _data_bytes()
    most = mapped + max(limit - resident_bytes(), 0)
    if before[1] != resource.RLIM_INFINITY:
        most = min(most, before[1])
    resource.setrlimit(resource.RLIMIT_DATA, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


def _data_bytes() -> int:
    """Private memory that the process has asked for, used or not."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmData:")), resident_bytes())
