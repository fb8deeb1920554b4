"""What a run takes of memory beside what was predicted: written at steps 1, 2, 4, 8 … and at the end, so that a long run hardly pays for it."""

from __future__ import annotations

import torch

from tokenloom.resources.peak import peak_bytes
from tokenloom.training.session import Session

WORTH = 1.01  # a peak that is so much higher is written again


def watch_memory(session: Session, *, is_last: bool = False) -> None:
    """Write the peak so far where it is due; nothing for a session of which nothing was predicted."""
    step = session.state.step
    if not session.memory or (step & (step - 1) and not is_last):
        return
    most = measured_peak(session)
    if most >= session.memory.get("measured_bytes", 0) * WORTH:
        session.memory["measured_bytes"] = most
        session.event("memory", **session.memory)


def measured_peak(session: Session) -> int:
    """Bytes: of the process, or on a GPU of what its allocator took, with the CUDA context."""
    device = session.compute.torch_device
    if device.type != "cuda":
        return peak_bytes()
    return int(torch.cuda.max_memory_reserved(device)) + int(session.memory.get("formula_base_bytes", 0))
