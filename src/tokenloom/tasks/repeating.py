"""A run that repeats another: what it must do again, and at its end whether it computed the same."""

from __future__ import annotations

from typing import Any

from tokenloom.kit.atomic import read_manifest
from tokenloom.tasks.context import Context
from tokenloom.tracking.series.repetition import compared, read_original, rows_of
from tokenloom.training.session import Session

TOLERANCE = 1e-3
"""Largest difference of a training loss, as a share of it, that still counts as the same course: sums in another order."""


def commands_again(original: dict[str, Any]) -> list[dict[str, Any]]:
    """Accepted commands of the run that is repeated, marked with its id."""
    return [{**event, "of": original["run"]} for event in original.get("commands", [])]


def tell_repetition(session: Session, context: Context) -> None:
    """Compare with the run that is repeated, and write down what was found; nothing for a run that repeats none."""
    original = read_original(context.folder)
    if not original or not context.ranks.is_leader:
        return
    folder = context.workspace.run(original["run"])
    if not folder.is_dir():
        context.note("The run that was repeated is gone: there is nothing to compare with.", level="warning")
        return
    context.log.sync()
    found = compared(rows_of(folder), rows_of(context.folder))
    weights = _same_weights(session, original["weights"])
    is_same = found["steps"] > 0 and not found["unequal_steps"] and weights is not False
    is_near = found["steps"] > 0 and found["largest_difference"] <= TOLERANCE
    verdict = "identical" if is_same else "within tolerance" if is_near else "different"
    context.event(
        "reproduction", step=session.state.step, of=original["run"], verdict=verdict, same_weights=weights, **found
    )


def _same_weights(session: Session, saved: dict[str, Any]) -> bool | None:
    """Whether the files of the weights have the same hashes; ``None`` where this run kept no checkpoint of that step."""
    folder = session.folder / "checkpoints" / f"step-{saved['step']}"
    if not folder.is_dir():
        return None
    files = read_manifest(folder)["files"]
    return all(files.get(name, {}).get("sha256") == digest for name, digest in saved["files"].items())
