"""A run's late failures in its first minute: all that it will do, done once before the first step, and then undone.

Two steps on the fullest micro-batch, a validation, a checkpoint in a folder of its own, reading it back, a sample. Afterwards weights, optimizer,
averages, random numbers and the place in the data are what they were, to the bit: a run that was rehearsed equals one that was not. Of several ranks all
rehearse together, and the leader reads back what was written.
"""

from __future__ import annotations

import hashlib
import random
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch.distributed.tensor import DTensor

from tokenloom.kit.atomic import verify_dir
from tokenloom.kit.errors import DataError, Interrupted, NotFinite, RunError, TokenloomError
from tokenloom.resources.peak import forget_peak
from tokenloom.spec.model import PretrainedModel
from tokenloom.tasks.context import Context
from tokenloom.tasks.models import open_model
from tokenloom.training.batches import TOKENS_AT_ONCE
from tokenloom.training.loop import step_of
from tokenloom.training.optim.averaging import Ema
from tokenloom.training.optim.state import optimizer_tensors
from tokenloom.training.precision import gemm_rate, product_dtype
from tokenloom.training.saving.checkpoint import Checkpoint
from tokenloom.training.saving.policy import write_state
from tokenloom.training.session import Samples, Session
from tokenloom.training.steering.memory import fitting
from tokenloom.training.step import Extras, StepResult
from tokenloom.training.validate import validate
from tokenloom.training.watching.memory import measured_peak

FOLDER = ".tmp-rehearsal"
STEPS = 2
LONG_SECONDS = 300.0  # an estimated run from here on is rehearsed by itself
LEAST_STEPS = 100  # of a run that is rehearsed by itself: two steps more are little beside them
REACHED = 0.3  # share of plain matrix products that training reaches, roughly
WORDS = {
    "steps": "two steps on the longest batch",
    "validation": "a validation",
    "save": "saving a checkpoint",
    "reload": "reading the checkpoint back",
    "sample": "writing a sample",
}


@dataclass
class Rehearsal:
    """Stages that went well: ``stage``, ``seconds`` and the most memory so far, in bytes."""

    stages: list[dict[str, Any]] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return sum(float(stage["seconds"]) for stage in self.stages)


def wants_rehearsal(session: Session) -> bool:
    """Whether this run is to be rehearsed: only a fresh one, and by itself only one that will take minutes."""
    wish, ranks = session.spec.loop.rehearsal, session.ranks
    if session.is_resumed or wish == "never":
        return False
    return wish == "always" or ranks.share(_is_long(session) if ranks.is_leader else None)


def rehearse(session: Session, context: Context) -> Rehearsal:
    """Do everything once and undo it. :class:`TokenloomError` that names the stage where something fails; no step has been spent then."""
    found = Rehearsal()
    folder, ranks = session.folder / FOLDER, session.ranks
    ranks.heads_first(lambda: _make(folder, is_anew=ranks.is_head))
    try:
        with _undone(session, folder), session.control.together():
            for number, (stage, act) in enumerate(_stages(session, context, folder).items()):
                context.is_cancelled()
                context.event(
                    "progress", phase=f"rehearsal: {WORDS[stage]}", done=number, total=len(WORDS), unit="stages"
                )
                started = time.monotonic()
                with _named(session, stage, found):
                    act()
                if stage != "reload":  # a second model is opened there, which training never does
                    session.memory["measured_bytes"] = max(
                        measured_peak(session), session.memory.get("measured_bytes", 0)
                    )
                else:
                    forget_peak()
                seconds = round(time.monotonic() - started, 3)
                found.stages.append(
                    {"stage": stage, "seconds": seconds, "measured_bytes": session.memory["measured_bytes"]}
                )
        ranks.gather(None)  # every rank has its weights back
    finally:
        if ranks.is_head:
            shutil.rmtree(folder, ignore_errors=True)
    _tell(session, found)
    return found


def _make(folder: Path, *, is_anew: bool) -> None:
    if is_anew:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)


def _tell(session: Session, found: Rehearsal, failed: str = "") -> None:
    session.event(
        "rehearsal",
        stages=found.stages,
        seconds=round(found.seconds, 3),
        measured_bytes=session.memory.get("measured_bytes", 0),
        predicted_bytes=session.memory.get("predicted_bytes", 0),
        failed=failed,
    )


@contextmanager
def _named(session: Session, stage: str, found: Rehearsal) -> Iterator[None]:
    """Errors of a stage, with its name before them."""
    try:
        yield
    except Interrupted:
        raise
    except (TokenloomError, RuntimeError, ValueError, OSError, MemoryError) as error:
        _tell(session, found, failed=stage)
        what = error.message if isinstance(error, TokenloomError) else f"{type(error).__name__}: {error}"
        hint = (
            error.hint
            if isinstance(error, TokenloomError)
            else "Change the recipe, or set loop.rehearsal=never to start without."
        )
        raise RunError(
            f"The rehearsal failed at {WORDS[stage]}, before the first step: {what}", hint=hint, stage=stage
        ) from error


def _stages(session: Session, context: Context, folder: Path) -> dict[str, Callable[[], None]]:
    saved: list[Checkpoint] = []

    def save() -> None:
        written = write_state(session, folder)
        if written is not None:
            saved.append(written.publish())

    return {
        "steps": lambda: _steps(session),
        "validation": lambda: _validation(session),
        "save": lambda: session.ranks.alike(save),
        "reload": lambda: _reload(session, context, saved),
        "sample": lambda: _sample(session),
    }


def _steps(session: Session) -> None:
    session.model.train()
    for number in range(STEPS):
        result = _step(session, number)
        if session.loss_scale is None and not bool(result.applied):
            raise NotFinite(
                "Loss or gradient of the longest batch is not a finite number.",
                hint="Look at the longest rows of the data; lower optimizer.learning_rate.",
            )
        if session.average is not None:
            session.average.update(number + 1)


def _step(session: Session, number: int) -> StepResult:
    extras = Extras(number, session.noise, session.loss_scale, team=session.team)
    _, result = fitting(
        session,
        lambda: session.objective.prepared(session.stream.fullest(), number),
        lambda window: step_of(session, window, extras),
    )
    return result


def _validation(session: Session) -> None:
    store = session.validation
    if store is None:
        return
    groups = len(store) // store.width
    places = int(store.offsets[-1]) / max(groups, 1)
    with session.evaluated():
        validate(
            store,
            session.objective,
            session.compute,
            max_groups=max(1, min(groups, int(TOKENS_AT_ONCE / max(places, 1)))),
            team=session.team,
        )


def _reload(session: Session, context: Context, saved: list[Checkpoint]) -> None:
    """Every trained weight and all that the optimizer keeps stands in the files bit for bit; with room for a second model, it can be opened, too."""
    wanted = _digests_in_memory(session)
    session.ranks.heads_first(lambda: _compare(session, context, saved[-1], wanted) if saved else None)


def _digests_in_memory(session: Session) -> set[str]:
    """What the files must hold. Of what is spread over ranks, one tensor after the other is made whole."""
    team, optimizer = session.team, session.optimizer
    kept: Iterable[Any] = _values(optimizer) if team.is_sharded else optimizer_tensors(optimizer).values()
    with session.evaluated():
        found = {_digest(team.whole(parameter.detach())) for parameter in session.parameters}
    return found | {_digest(team.whole(torch.as_tensor(value).detach())) for value in kept}


def _values(optimizer: torch.optim.Optimizer) -> Iterator[Any]:
    for state in optimizer.state.values():
        yield from (value for value in state.values() if value is not None)


def _compare(session: Session, context: Context, saved: Checkpoint, wanted: set[str]) -> None:
    if problems := verify_dir(saved.folder):
        raise DataError(f"What was written is not what is read: {problems[0]}.", hint="Look at the disk.")
    if missing := wanted - _digests_of_files(saved.folder):
        raise DataError(
            f"{len(missing)} of {len(wanted)} tensors are not in the checkpoint as they were in memory.",
            hint="Report this: a run that is resumed from it would differ.",
        )
    size = sum(each.numel() * each.element_size() for each in session.model.parameters())
    if psutil.virtual_memory().available > 2 * size:
        model = session.spec.model
        trust = getattr(model, "trust_remote_code", None)
        allow = bool(getattr(model, "allow_download", False))
        open_model(
            context.workspace, PretrainedModel(source=str(saved.folder), trust_remote_code=trust, allow_download=allow)
        )


def _digests_of_files(folder: Path) -> set[str]:
    found = set()
    for file in folder.rglob("*.safetensors"):
        with safe_open(file, "pt") as content:
            found |= {_digest(content.get_tensor(name)) for name in content.keys()}  # noqa: SIM118  no mapping
    return found


def _digest(tensor: torch.Tensor) -> str:
    flat = tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8)
    return hashlib.sha256(str(tensor.dtype).encode() + flat.numpy().tobytes()).hexdigest()


def _sample(session: Session) -> None:
    if session.spec.evaluation.sample_tokens:
        nothing: Samples = []
        with session.evaluated():
            session.team.write_alone(session.sample, nothing)


@contextmanager
def _undone(session: Session, folder: Path) -> Iterator[None]:
    """What the block does to weights, optimizer, averages and random numbers is undone. The weights wait on disk, where they cost no memory.

    Where one of several ranks fails the run ends, and nothing is undone.
    """
    before = folder / f"before-{session.ranks.rank}.safetensors"
    save_file({str(n): _here(p).cpu().contiguous() for n, p in enumerate(session.parameters)}, before)
    kept = {p: {k: _copied(v) for k, v in state.items()} for p, state in session.optimizer.state.items()}
    groups = [{k: v for k, v in group.items() if k != "params"} for group in session.optimizer.param_groups]
    scale = None if session.loss_scale is None else {k: v.clone() for k, v in session.loss_scale.tensors().items()}
    dice = (torch.get_rng_state(), random.getstate(), np.random.get_state(), _cuda_dice())
    was_training, is_over = session.model.training, session.ranks.world == 1
    try:
        yield
        is_over = True
    finally:
        if is_over:
            _put_back(session, before, kept, groups)
            if scale is not None and session.loss_scale is not None:
                session.loss_scale.restore(scale)
            session.model.train(was_training)
            torch.set_rng_state(dice[0])
            random.setstate(dice[1])
            np.random.set_state(dice[2])
            if dice[3] is not None:
                torch.cuda.set_rng_state_all(dice[3])


def _put_back(session: Session, before: Path, kept: dict[Any, Any], groups: list[dict[str, Any]]) -> None:
    """Weights as in the file ``before``, and the optimizer's state, settings and average."""
    session.optimizer.zero_grad(set_to_none=True)
    saved = load_file(before)
    with torch.no_grad():
        for number, parameter in enumerate(session.parameters):
            _here(parameter).copy_(saved[str(number)])
    session.optimizer.state.clear()
    session.optimizer.state.update(kept)
    for group, values in zip(session.optimizer.param_groups, groups, strict=True):
        group.update(values)
    if isinstance(session.average, Ema):
        session.average.begin()


def _here(parameter: torch.Tensor) -> torch.Tensor:
    """The part of a weight that lies at this rank: all of it, where it is not spread."""
    parameter = parameter.detach()
    return parameter.to_local() if isinstance(parameter, DTensor) else parameter


def _copied(value: Any) -> Any:
    return value.detach().clone() if isinstance(value, torch.Tensor) else value


def _cuda_dice() -> list[torch.Tensor] | None:
    return torch.cuda.get_rng_state_all() if torch.cuda.is_available() else None


def _is_long(session: Session) -> bool:
    """A rough guess from the arithmetic of training (6 operations per weight and token) and a twentieth of a second of matrix products."""
    weights = sum(parameter.numel() for parameter in session.model.parameters())
    share = session.total_steps * session.accumulation * _micro(session)
    work = 6.0 * weights * share
    if session.total_steps < LEAST_STEPS or work < 1e12:  # seconds on any machine
        return False
    with torch.random.fork_rng():
        rate = gemm_rate(session.compute.torch_device, product_dtype(session.compute.precision), 512, seconds=0.05)
    return work / (rate * REACHED) > LONG_SECONDS


def _micro(session: Session) -> float:
    """Tokens of a micro-batch, on average."""
    batch = session.spec.batch
    if batch.kind == "tokens":
        return float(batch.micro_batch_tokens)
    return float(batch.micro_batch_size * session.stream.lengths.mean())
