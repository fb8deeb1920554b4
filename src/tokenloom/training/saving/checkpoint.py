"""Checkpoints: whole, verified, without pickle.

A checkpoint is a folder ``checkpoints/step-N`` that is also a model folder (config, safetensors, tokenizer), with the engine's own state
below ``training/``: ``optimizer.safetensors`` (each tensor of the optimizer under ``parameter|name``; several files where ranks wrote it),
``random.safetensors`` (generator
states as bytes), ``weights.safetensors`` (those that take the steps, where the model's files hold their average), ``scale.safetensors`` (the loss
scale of fp16) and ``state.json``. It is written (:func:`write_checkpoint`), then published (:meth:`Written.publish`): either all of it is there
and its hashes match, or it does not count.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import nn

from tokenloom.kit.atomic import DirCommit, disk_full_as_error, read_manifest, remove_leftovers, verify_dir
from tokenloom.kit.errors import DataError, DiskFull
from tokenloom.modeling.writing import full_disk_as_os_error
from tokenloom.tracking.artifacts import pinned_steps
from tokenloom.training.distributed.shards import adopt_parts, read_optimizer
from tokenloom.training.optim.averaging import Average
from tokenloom.training.optim.state import optimizer_tensors, restore_optimizer
from tokenloom.training.scaling import LossScale
from tokenloom.training.state import TrainState

_NAME = re.compile(r"step-(\d+)")
STATE = "training"
Tensors = dict[str, torch.Tensor]


@dataclass(frozen=True)
class Checkpoint:
    """A published checkpoint: its step, folder and size."""

    step: int
    folder: Path

    @property
    def num_bytes(self) -> int:
        return sum(entry["bytes"] for entry in read_manifest(self.folder)["files"].values())

    @property
    def meta(self) -> dict[str, Any]:
        return dict(read_manifest(self.folder)["meta"])


def list_checkpoints(run_folder: Path) -> list[Checkpoint]:
    """All published checkpoints, oldest first; whether they are sound is not looked at."""
    found = []
    for folder in (run_folder / "checkpoints").glob("step-*"):
        match = _NAME.fullmatch(folder.name)
        if match and folder.is_dir():
            found.append(Checkpoint(int(match.group(1)), folder))
    return sorted(found, key=lambda each: each.step)


def newest_sound(run_folder: Path, on_damage: Callable[[Checkpoint, list[str]], None]) -> Checkpoint | None:
    """The newest checkpoint whose files match their hashes; damaged newer ones are reported."""
    for checkpoint in reversed(list_checkpoints(run_folder)):
        problems = verify_dir(checkpoint.folder)
        if not problems:
            return checkpoint
        on_damage(checkpoint, problems)
    return None


def set_aside(checkpoint: Checkpoint) -> None:
    """Rename a damaged checkpoint to ``damaged-N``: it must no longer be what ``RUN`` means."""
    aside = checkpoint.folder.with_name(f"damaged-{checkpoint.step}")
    shutil.rmtree(aside, ignore_errors=True)
    checkpoint.folder.rename(aside)


@dataclass(frozen=True)
class Written:
    """A checkpoint whose files are written and wait to be made durable and published (:meth:`publish`, in any thread)."""

    commit: DirCommit
    step: int
    meta: dict[str, Any]
    no_room: Callable[[], DiskFull]

    def publish(self) -> Checkpoint:
        """Write through to the disk, hash, rename; durable on return."""
        try:
            self.commit.publish(self.meta)
        except DiskFull:
            raise self.no_room() from None
        return Checkpoint(self.step, self.commit.target)


def write_checkpoint(
    run_folder: Path,
    state: TrainState,
    *,
    model: nn.Module,
    tensors: dict[str, Tensors],
    write_model: Callable[[Path], None],
    meta: dict[str, Any],
    parts: Path | None = None,
) -> Written:
    """Write the whole state to what will be ``step-N``. ``write_model`` writes the model folder's own files, ``tensors`` are the engine's by
    file (:func:`training_tensors`), ``parts`` holds the files of an optimizer that is spread over ranks, which are moved in. On return nothing of
    the state is needed any more; nothing is durable before :meth:`Written.publish`.
    """
    parent = run_folder / "checkpoints"
    parent.mkdir(exist_ok=True)
    remove_leftovers(parent)
    commit = DirCommit(parent / f"step-{state.step}")
    try:
        with disk_full_as_error(parent), full_disk_as_os_error():
            write_model(commit.folder)
            inner = commit.folder / STATE
            inner.mkdir()
            for name, content in {**tensors, "random": _random_states()}.items():
                save_file(content, inner / f"{name}.safetensors")
            if parts is not None:
                adopt_parts(parts, inner)
            (inner / "state.json").write_text(json.dumps(state.as_dict(), indent=1))
    except BaseException as error:
        commit.discard()
        if isinstance(error, DiskFull):
            raise _no_room(run_folder, model) from None
        raise
    whole = {**meta, "step": state.step, "state": state.as_dict()}
    return Written(commit, state.step, whole, lambda: _no_room(run_folder, model))


def training_tensors(
    optimizer: torch.optim.Optimizer | None, average: Average | None, scale: LossScale | None
) -> dict[str, Tensors]:
    """The engine's own tensors, by the name of their file; without an ``optimizer`` that the ranks write by themselves."""
    found = {} if optimizer is None else {"optimizer": optimizer_tensors(optimizer)}
    if average is not None:
        found["weights"] = average.stepping()
    if scale is not None:
        found["scale"] = scale.tensors()
    return found


def load_training_state(
    checkpoint: Checkpoint,
    *,
    optimizer: torch.optim.Optimizer,
    average: Average | None = None,
    scale: LossScale | None = None,
) -> TrainState:
    """Put optimizer, average, loss scale and random generators back and return the loop's state; the model's weights are loaded by the caller."""
    inner = checkpoint.folder / STATE
    try:
        state = TrainState.from_dict(json.loads((inner / "state.json").read_text()))
        tensors = read_optimizer(inner)
        random = load_file(inner / "random.safetensors")
        if average is not None:
            average.restore(load_file(inner / "weights.safetensors"))
        if scale is not None:
            scale.restore(load_file(inner / "scale.safetensors"))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise DataError(
            f"The state in {checkpoint.folder.name} is not readable: {error}.", hint="Use another checkpoint."
        ) from error
    restore_optimizer(optimizer, tensors)
    torch.set_rng_state(random["cpu"])
    if "cuda" in random and torch.cuda.is_available():
        torch.cuda.set_rng_state(random["cuda"])
    return state


def prune(run_folder: Path, *, keep_last: int, keep: set[int]) -> list[int]:
    """Delete all but the ``keep_last`` newest, the steps in ``keep`` and those on which adapters stand; the steps that went."""
    checkpoints = list_checkpoints(run_folder)
    keep = keep | pinned_steps(run_folder).keys()
    gone = [each for each in checkpoints[:-keep_last] if each.step not in keep]
    for checkpoint in gone:
        # Renamed first: a reader sees a whole checkpoint or none.
        doomed = checkpoint.folder.with_name(f".tmp-pruned-{checkpoint.step}")
        checkpoint.folder.rename(doomed)
        shutil.rmtree(doomed, ignore_errors=True)
    return [each.step for each in gone]


def _no_room(run_folder: Path, model: nn.Module) -> DiskFull:
    """The size of the last checkpoint, or before the first one weights and the optimizer's two averages, against what is free."""
    known = list_checkpoints(run_folder)
    weights = sum(parameter.numel() * parameter.element_size() for parameter in model.parameters())
    needs, has = (known[-1].num_bytes if known else 3 * weights), shutil.disk_usage(run_folder).free
    return DiskFull(
        f"A checkpoint needs about {needs / 1e6:.1f} MB; the disk that holds {run_folder} has {has / 1e6:.1f} MB.",
        hint="Free some space there and resume the run: nothing that was saved is lost.",
        needs_bytes=needs,
        has_bytes=has,
    )


def _random_states() -> dict[str, torch.Tensor]:
    states = {"cpu": torch.get_rng_state()}
    if torch.cuda.is_available():
        states["cuda"] = torch.cuda.get_rng_state()
    return states
