"""When a run saves its whole state, and which checkpoints it keeps.

A scheduled checkpoint is written between two steps and made durable beside the training: writing to the disk's cache takes a fraction of what
hashing and waiting for the disk take. One at a time: the next one waits for it, as does everything that ends or pauses a run.
"""

from __future__ import annotations

import time
from contextlib import nullcontext, suppress
from pathlib import Path

from tokenloom.kit.errors import DiskFull
from tokenloom.training.distributed.shards import write_parts
from tokenloom.training.saving.beside import Beside
from tokenloom.training.saving.checkpoint import Checkpoint, Written, prune, training_tensors, write_checkpoint
from tokenloom.training.session import Session
from tokenloom.training.steering.standing import insist
from tokenloom.training.watching.rows import Pace


def wants_checkpoint(session: Session, pace: Pace) -> bool:
    policy, step = session.spec.checkpoints, session.state.step
    every = session.knob("checkpoints.every_steps", policy.every_steps)
    if step and every is not None and step % every == 0:
        return pace.saved_step != step
    if policy.every_seconds is None:
        return False
    return session.ranks.share(time.monotonic() - pace.saved_at >= policy.every_seconds)  # clocks differ


def save_beside(session: Session, pace: Pace, *, reason: str) -> bool:
    """A checkpoint that becomes durable while the run goes on, where the recipe allows it; else as :func:`save`."""
    if not session.spec.checkpoints.asynchronous:
        return save(session, pace, reason=reason)
    settle(session, pace)
    if pace.saved_step == session.state.step:
        return True

    def write() -> Written | None:
        with session.aside("saving"):
            return _write(session, pace)

    told = insist(session, lambda: (write(),))  # a tuple: the leader alone has something written
    if told is None:
        return False
    pace.saved_step, pace.saved_at = session.state.step, time.monotonic()
    session.beside = Beside(told[0], session.state.step, reason)
    return True


def save(session: Session, pace: Pace, *, reason: str, is_last: bool = False) -> bool:
    """A durable checkpoint; whether there is one. On a full disk the run pauses until someone makes room and resumes it, unless it is ending."""
    settle(session, pace, is_last=is_last)
    if pace.saved_step == session.state.step:
        return True

    def publish() -> Checkpoint:
        with session.aside("saving"):
            written = _write(session, pace)
            if written is None:
                return Checkpoint(session.state.step, session.folder / "checkpoints" / f"step-{session.state.step}")
            return written.publish()

    try:
        checkpoint = session.ranks.alike(publish) if is_last else insist(session, publish)
    except DiskFull as error:
        session.note(f"No checkpoint could be written: {error.message}", level="error")
        return False
    if checkpoint is None:
        return False
    pace.saved_step, pace.saved_at = session.state.step, time.monotonic()
    _tell(session, checkpoint, reason)
    return True


def settle(session: Session, pace: Pace, *, is_last: bool = False, wait: bool = True) -> None:
    """Take note of the checkpoint that is made durable beside the training; with ``wait`` it is waited for. All ranks learn at the same step how it went.

    Where the disk was full one of this step is made instead, unless the run ends with one anyway.
    """
    beside, ranks = session.beside, session.ranks
    if beside is None or not (wait or ranks.share(beside.is_done)):
        return
    session.beside = None
    try:
        with nullcontext() if beside.is_done else session.aside("saving"):
            checkpoint = ranks.alike(beside.result)
    except DiskFull as error:
        session.note(f"The checkpoint of step {beside.step} could not be written: {error.message}", level="error")
        pace.saved_step = -1
        if not is_last:
            save(session, pace, reason=beside.reason)
    else:
        _tell(session, checkpoint, beside.reason)


def leave(session: Session, pace: Pace) -> None:
    """The loop ends, maybe by an error of this rank alone: what is under way is waited for, without a word to the others."""
    if session.ranks.world == 1:
        settle(session, pace, is_last=True)
    elif session.beside is not None:
        beside, session.beside = session.beside, None
        with suppress(DiskFull):
            _tell(session, beside.result(), beside.reason)


def _tell(session: Session, checkpoint: Checkpoint | None, reason: str) -> None:
    """It is durable: said in the log, and older ones go."""
    if checkpoint is None or not session.ranks.is_leader:
        return
    session.event(
        "checkpoint", step=checkpoint.step, path=checkpoint.folder.name, bytes=checkpoint.num_bytes, reason=reason
    )
    policy = session.spec.checkpoints
    prune(session.folder, keep_last=policy.keep_last, keep={session.state.best_step} if policy.keep_best else set())


def _write(session: Session, pace: Pace) -> Written | None:
    session.state.pending = [taken.as_dict() for taken in pace.taken]
    return write_state(session, session.folder)


def write_state(session: Session, parent: Path) -> Written | None:
    """The whole state, below ``parent``. The leader writes (the others get ``None``); where state is spread, all ranks gather it first."""
    team = session.team
    team.collect()
    parts = write_parts(parent, session.optimizer, team) if team.is_sharded else None
    if not session.ranks.is_leader:
        return None

    def write_model(folder: Path) -> None:
        with session.evaluated():
            session.write_model(folder)

    return write_checkpoint(
        parent,
        session.state,
        model=session.model,
        tensors=training_tensors(None if parts else session.optimizer, session.average, session.loss_scale),
        parts=parts,
        write_model=write_model,
        meta={**session.meta, "compute": session.compute.as_dict(), "run": session.folder.name},
    )
