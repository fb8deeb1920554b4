"""How ranks begin alike: the same checkpoint, the same number format, each on its own device."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from tokenloom.kit.atomic import MANIFEST, atomic_dir_commit, read_manifest, verify_dir
from tokenloom.kit.errors import DataError, ResourceError, SpecError
from tokenloom.spec.training.compute import ComputeSpec
from tokenloom.training.distributed.ranks import Ranks
from tokenloom.training.precision import Compute, choose_compute
from tokenloom.training.saving.checkpoint import Checkpoint

PIECE_BYTES = 16 << 20


def compute_of(ranks: Ranks, spec: ComputeSpec, *, width: int, saved: dict[str, Any] | None) -> Compute:
    """What the leader chooses, on each rank's own device; the ranks of a machine share its cores."""
    if ranks.talk is None:
        return choose_compute(spec, width=width, saved=saved)
    if spec.threads is None:
        spec = spec.model_copy(update={"threads": max((os.cpu_count() or 1) // ranks.local_world, 1)})
    told = ranks.share(choose_compute(spec, width=width, saved=saved).as_dict() if ranks.is_leader else None)
    compute = Compute(**told)
    if compute.torch_device.type == "cuda":
        if ranks.local_rank >= torch.cuda.device_count():
            raise ResourceError(
                f"Rank {ranks.rank} has no GPU of its own: this machine has {torch.cuda.device_count()}.",
                hint=f"Set distributed.ranks={torch.cuda.device_count() or 1}.",
            )
        compute = replace(compute, device=f"cuda:{ranks.local_rank}")
    return choose_compute(spec, saved=compute.as_dict())  # settings of this process: threads, tf32, determinism


def require_same(ranks: Ranks, **facts: str) -> None:
    """:class:`SpecError` on every rank where the machines would not train the same thing."""
    every = ranks.gather(facts)
    for name, value in every[0].items():
        for rank, told in enumerate(every):
            if told[name] != value:
                raise SpecError(
                    f"The processes do not train the same: {name} is {value[:80]} for rank 0 and {told[name][:80]} for rank {rank}.",
                    hint="Start the same recipe on every machine, with the same dataset and tokenizer (their ids must be equal).",
                )


def recipe_digest(spec: Any) -> str:
    """Hash of a recipe without what may differ between machines."""
    data = spec.model_dump(
        mode="json", exclude={"name": True, "tags": True, "project": True, "distributed": {"node_rank"}}
    )
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def same_checkpoint(ranks: Ranks, run_folder: Path, found: Checkpoint | None) -> Checkpoint | None:
    """The leader's ``found``, everywhere. A machine that does not see the leader's disk is sent the files."""
    if ranks.talk is None:
        return found
    step, files = ranks.share(None if found is None else [found.step, read_manifest(found.folder)["files"]]) or (-1, {})
    if step < 0:
        return None
    checkpoint = Checkpoint(step, run_folder / "checkpoints" / f"step-{step}")
    lacks = ranks.is_head and not _is_same(checkpoint.folder, files)
    if ranks.largest(int(lacks)) == [1]:
        _send(ranks, checkpoint, lacks=lacks)
    if problems := verify_dir(checkpoint.folder):
        raise DataError(f"The checkpoint step-{step} did not arrive whole: {problems[0]}.", hint="Start the run again.")
    return checkpoint


def _is_same(folder: Path, files: dict[str, Any]) -> bool:
    return (folder / MANIFEST).is_file() and read_manifest(folder)["files"] == files


def _send(ranks: Ranks, checkpoint: Checkpoint, *, lacks: bool) -> None:
    """The leader's checkpoint, file by file and piece by piece, to the machines that lack it."""
    manifest = ranks.share(read_manifest(checkpoint.folder) if ranks.is_leader else None)
    if not lacks:
        for name, entry in manifest["files"].items():
            for start in range(0, entry["bytes"], PIECE_BYTES):
                size = min(PIECE_BYTES, entry["bytes"] - start)
                ranks.send_bytes(_piece(checkpoint.folder / name, start, size) if ranks.is_leader else b"", size)
        ranks.gather(None)
        return
    with atomic_dir_commit(checkpoint.folder, meta=manifest["meta"]) as folder:
        for name, entry in manifest["files"].items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            with (folder / name).open("wb") as file:
                for start in range(0, entry["bytes"], PIECE_BYTES):
                    file.write(ranks.send_bytes(b"", min(PIECE_BYTES, entry["bytes"] - start)))
    ranks.gather(None)  # only now it lies there for all


def _piece(path: Path, start: int, size: int) -> bytes:
    with path.open("rb") as file:
        file.seek(start)
        return file.read(size)
