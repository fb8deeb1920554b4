"""Optimizer state that is spread over ranks, as files that any number of ranks can read.

Each tensor is gathered whole by one rank, dealt out by size, and each rank writes its own file: `optimizer-00001-of-00004.safetensors` and so on. So no rank
holds the whole state, writing goes on in parallel, and a run may go on with another number of processes, or with one. No pickle.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save_file

from tokenloom.kit.atomic import disk_full_as_error
from tokenloom.modeling.writing import full_disk_as_os_error
from tokenloom.training.distributed.team import Team
from tokenloom.training.optim.state import named_parameters

FOLDER = ".shards"  # in the run's folder, until a checkpoint takes the files in
WHOLE, PARTS = "optimizer.safetensors", "optimizer-*-of-*.safetensors"


def write_parts(run_folder: Path, optimizer: torch.optim.Optimizer, team: Team) -> Path:
    """Each rank of the leader's machine writes its part; the folder that holds them all. :class:`DiskFull` at the rank that has no room."""
    ranks, folder = team.ranks, run_folder / FOLDER
    if ranks.is_leader:
        shutil.rmtree(folder, ignore_errors=True)
    writers = ranks.share(ranks.local_world)
    own = _own_tensors(optimizer, team, writers)
    if ranks.rank < writers:
        name = f"optimizer-{ranks.rank + 1:05d}-of-{writers:05d}.safetensors"
        with disk_full_as_error(run_folder), full_disk_as_os_error():
            folder.mkdir(exist_ok=True)
            save_file(own, folder / name)
    return folder


def _own_tensors(optimizer: torch.optim.Optimizer, team: Team, writers: int) -> dict[str, torch.Tensor]:
    """What this rank writes: the tensors go to the rank that has the least so far, and all ranks agree on who that is."""
    loads = [0] * writers
    found = {}
    for name, parameter in named_parameters(optimizer).items():
        for key, value in optimizer.state.get(parameter, {}).items():
            if value is None:
                continue
            tensor = team.whole(torch.as_tensor(value).detach())
            writer = min(range(writers), key=lambda rank: loads[rank])
            loads[writer] += tensor.nbytes
            if writer == team.ranks.rank:
                found[f"{name}|{key}"] = tensor.cpu().contiguous().clone()
    return found


def read_optimizer(folder: Path) -> dict[str, torch.Tensor]:
    """The optimizer's tensors of a checkpoint, whichever way it was written. :class:`FileNotFoundError` where there are none."""
    files = [folder / WHOLE] if (folder / WHOLE).is_file() else sorted(folder.glob(PARTS))
    if not files:
        raise FileNotFoundError(f"{WHOLE} is missing")
    found: dict[str, Any] = {}
    for file in files:
        with safe_open(file, framework="pt") as opened:
            found |= {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118  no mapping
    return found


def adopt_parts(source: Path, folder: Path) -> None:
    """Move the written parts into a checkpoint that is being made."""
    for file in sorted(source.glob(PARTS)):
        file.rename(folder / file.name)
    shutil.rmtree(source, ignore_errors=True)
