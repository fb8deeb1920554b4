"""A certificate of a pause: hashes of everything that decides the next step, taken when the run stands still and again when it goes on.

Equal hashes mean that it goes on with the very bits with which it stopped, whether its process stayed in memory or was ended meanwhile.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import torch
from torch.distributed.tensor import DTensor

from tokenloom.training.saving.checkpoint import Tensors, training_tensors
from tokenloom.training.session import Session

MAY_CHANGE = ("knobs", "mix", "pending")
"""Of the state: settings that people may change during a pause, and rows that are only waiting to be written."""
Digests = dict[str, str]


def digests(session: Session) -> Digests:
    """SHA-256 of the weights, the optimizer's memory, the random generators and the place in the run; of several ranks, of this one's part."""
    tensors = training_tensors(None if session.team.is_sharded else session.optimizer, None, session.loss_scale)
    random = {"cpu": torch.get_rng_state()}
    if torch.cuda.is_available():
        random["cuda"] = torch.cuda.get_rng_state()
    place = {name: value for name, value in session.state.as_dict().items() if name not in MAY_CHANGE}
    return {
        "weights": _weights(session),
        "optimizer": _hash({f"{file}|{name}": each for file, found in tensors.items() for name, each in found.items()}),
        "random": _hash(random),
        "place": hashlib.sha256(json.dumps(place, sort_keys=True).encode()).hexdigest(),
    }


def certify_pause(session: Session) -> Digests:
    """Write down what the run is as it stops; the hashes."""
    found = digests(session)
    session.event("certificate", moment="paused", hashes=found)
    session.paused_as = found
    return found


def certify_resume(session: Session) -> None:
    """Compare with what it was when it stopped; nothing where it was not paused, or did not stop at this step."""
    before, session.paused_as = session.paused_as, {}
    if not before:
        return
    found = digests(session)
    unequal = sorted(name for name in before if found.get(name) != before[name])
    session.event("certificate", moment="resumed", hashes=found, unequal=unequal)
    if unequal:
        session.note(f"The run does not go on with the bits it stopped with: {', '.join(unequal)}.", level="error")


def paused_as(events: list[dict[str, Any]], step: int) -> Digests:
    """The hashes of a pause at this step after which nothing has gone on yet."""
    told = [event for event in events if event.get("type") == "certificate"]
    if not told or told[-1]["moment"] != "paused" or told[-1]["step"] != step:
        return {}
    return dict(told[-1]["hashes"])


def _weights(session: Session) -> str:
    """Of those that take the steps, and of their average where one is kept."""
    stepping = _hash(session.model.state_dict())
    if session.average is None:
        return stepping
    with session.evaluated():
        return hashlib.sha256((stepping + _hash(session.model.state_dict())).encode()).hexdigest()


def _hash(tensors: Tensors) -> str:
    whole = hashlib.sha256()
    for name in sorted(tensors):
        tensor = tensors[name]
        local = tensor.to_local() if isinstance(tensor, DTensor) else tensor
        whole.update(f"{name}|{local.dtype}|{tuple(local.shape)}|".encode())
        whole.update(local.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy())
    return whole.hexdigest()
