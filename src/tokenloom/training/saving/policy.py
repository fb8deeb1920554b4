"""When a run saves its whole state, and which checkpoints it keeps."""

from __future__ import annotations

import time
from pathlib import Path

from tokenloom.kit.errors import DiskFull
from tokenloom.training.saving.checkpoint import Checkpoint, prune, save_checkpoint, training_tensors
from tokenloom.training.session import Session
from tokenloom.training.steering.standing import insist
from tokenloom.training.watching.rows import Pace


def wants_checkpoint(session: Session, pace: Pace) -> bool:
    policy, step = session.spec.checkpoints, session.state.step
    if step and policy.every_steps is not None and step % policy.every_steps == 0:
        return pace.saved_step != step
    return policy.every_seconds is not None and time.monotonic() - pace.saved_at >= policy.every_seconds


def save(session: Session, pace: Pace, *, reason: str, is_last: bool = False) -> bool:
    """A durable checkpoint; whether there is one. On a full disk the run pauses until someone makes room and resumes it, unless it is ending."""
    state = session.state
    if pace.saved_step == state.step:
        return True
    state.pending = [taken.as_dict() for taken in pace.taken]
    try:
        checkpoint = _publish(session) if is_last else insist(session, lambda: _publish(session))
    except DiskFull as error:
        session.note(f"No checkpoint could be written: {error.message}", level="error")
        return False
    if checkpoint is None:
        return False
    pace.saved_step, pace.saved_at = state.step, time.monotonic()
    session.event("checkpoint", path=checkpoint.folder.name, bytes=checkpoint.num_bytes, reason=reason)
    policy = session.spec.checkpoints
    prune(session.folder, keep_last=policy.keep_last, keep={state.best_step} if policy.keep_best else set())
    return True


def _publish(session: Session) -> Checkpoint:
    def write_model(folder: Path) -> None:
        with session.evaluated():
            session.write_model(folder)

    with session.aside("saving"):
        return save_checkpoint(
            session.folder,
            session.state,
            model=session.model,
            tensors=training_tensors(session.optimizer, session.average, session.loss_scale),
            write_model=write_model,
            meta={**session.meta, "compute": session.compute.as_dict(), "run": session.folder.name},
        )
