"""An X-ray of one step: which rows its loss came from, how each of their tokens was told, and where in the model the gradient is large.

The window of the step is put through the model as it stands now, once, without touching weights or random numbers. Shapes: R labelled rows of a batch.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

import torch

from tokenloom.kit.errors import DataError, NotFound
from tokenloom.kit.ids import digest_of_ids
from tokenloom.modeling.adapter import base_of
from tokenloom.modeling.loss import IGNORE
from tokenloom.modeling.scoring import is_scorer
from tokenloom.tracking import query
from tokenloom.training.batches import FlatBatch, Window
from tokenloom.training.session import Session

MOST_ROWS, READ_ROWS, MOST_TOKENS = 32, 4, 400  # rows that are named; worst rows whose tokens are told; tokens of each
_LAYER = re.compile(r"\.(?:layers|h|blocks|layer)\.(\d+)\.")


def write_xray(session: Session, step: int) -> None:
    """An ``xray`` event for ``step``. :class:`DataError` where its rows cannot be told any more."""
    window = window_of(session, step)
    session.event("xray", of_step=step, **xray(session, window))


def xray(session: Session, window: Window) -> dict[str, Any]:
    """``loss`` (mean over the window), ``rows`` (worst first), ``texts`` (tokens of the worst with the loss of each), ``layers`` (gradient norms)."""
    model, was_training = session.model, session.model.training
    model.eval()
    try:
        loss, layers = _gradients(session, window)
        with torch.no_grad():
            told = [each for batch in window.batches for each in _told(session, batch)]
    finally:
        session.optimizer.zero_grad(set_to_none=True)
        model.train(was_training)
    told.sort(key=lambda each: -each["loss"])
    texts = [
        {"row": each["row"], "loss": each["loss"], "tokens": each["tokens"]}
        for each in told[:READ_ROWS]
        if each["tokens"]
    ]
    rows = [{"row": each["row"], "loss": each["loss"], "units": each["units"]} for each in told[:MOST_ROWS]]
    return {"loss": loss, "num_rows": len(told), "rows": rows, "texts": texts, "layers": layers}


def window_of(session: Session, step: int) -> Window:
    """The window of a step that was taken, found again from its place in the data; held to the digest of rows in the log."""
    if not 1 <= step <= session.state.step:
        raise DataError(
            f"Step {step} was not taken yet; the run is at step {session.state.step}.", hint="Name an earlier step."
        )
    rows = _logged(session)
    known = [each for each in rows["train/epoch"] if each < step]
    at = max(known, default=0)
    position = round(rows["train/epoch"][at] * session.stream.num_groups) if known else 0
    window = session.stream.window(position, accumulation=session.accumulation)
    for _ in range(step - at - 1):
        window = session.stream.window(window.end, accumulation=session.accumulation)
    wanted = rows["train/sample_digest"].get(step)
    if wanted is not None and digest_of_ids(window.sample_rows.tolist()) != wanted:
        raise DataError(
            f"The rows of step {step} cannot be told any more: the data or the accumulation was changed since.",
            hint="Choose a later step.",
        )
    return session.objective.prepared(window, step - 1)


def _logged(session: Session) -> dict[str, dict[int, float]]:
    """Step → value, of what tells places in the data; empty before the first row of metrics."""
    names = ("train/epoch", "train/sample_digest")
    try:
        frame = query.metrics_frame(session.folder, list(names))
    except NotFound:
        return {name: {} for name in names}
    return {name: dict(frame.filter(frame["key"] == name).select("step", "value").iter_rows()) for name in names}


def _gradients(session: Session, window: Window) -> tuple[float, dict[str, float]]:
    """Mean loss of the window, and the norm of its gradient by layer."""
    units = max(sum(session.objective.units(batch) for batch in window.batches), 1)
    total = 0.0
    for batch in window.batches:
        with session.compute.autocast():
            loss = session.objective.part(batch.to(session.compute.torch_device)).loss / units
        loss.backward()  # type: ignore[no-untyped-call]
        total += float(loss.detach())
    squares: dict[str, float] = defaultdict(float)
    for name, parameter in session.model.named_parameters():
        if parameter.grad is not None:
            squares[layer_name(name)] += float(parameter.grad.float().square().sum())
    return total, {name: square**0.5 for name, square in squares.items()}


def layer_name(parameter: str) -> str:
    """``layer 3`` for what belongs to a block, else ``embedding``, ``head`` or ``norm``."""
    found = _LAYER.search(parameter)
    if found:
        return f"layer {found.group(1)}"
    if "embed" in parameter or "wte" in parameter or "wpe" in parameter:
        return "embedding"
    return "norm" if "norm" in parameter or "ln_f" in parameter else "head"


def _told(session: Session, batch: FlatBatch) -> list[dict[str, Any]]:
    """Of each sequence: its row, its loss per unit, how many units, and its tokens."""
    placed = batch.to(session.compute.torch_device)
    width = batch.num_sequences // len(batch.sample_rows)
    if is_scorer(base_of(session.model)):
        raise DataError(
            "An X-ray looks at tokens, and this model tells classes.", hint="Look at the rows of its evaluation."
        )
    with session.compute.autocast():
        logps_R = session.path.predictions(placed).logps(placed.targets_R)
    labels_B = placed.labels_B.clamp_min(1)
    losses_B = (placed.per_sequence(-logps_R.float()) / labels_B).tolist()
    ends = batch.lengths.cumsum()
    found = []
    for number, loss in enumerate(losses_B):
        start, end = int(ends[number] - batch.lengths[number]), int(ends[number])
        tokens = _tokens(session, batch, logps_R, start, min(end, start + MOST_TOKENS))
        found.append(
            {
                "row": int(batch.sample_rows[number // width]),
                "loss": loss,
                "units": int(labels_B[number]),
                "tokens": tokens,
            }
        )
    return found


def _tokens(session: Session, batch: FlatBatch, logps_R: torch.Tensor, start: int, end: int) -> list[dict[str, Any]]:
    """The tokens of one sequence; ``loss`` only where one was learned. A target stands one place behind its input."""
    losses = {
        int(place) + 1: -float(logp)
        for place, target, logp in zip(
            batch.label_rows_R.tolist(), batch.targets_R.tolist(), logps_R.tolist(), strict=True
        )
        if target != IGNORE and start <= place < end
    }
    targets = {
        int(place) + 1: target
        for place, target in zip(batch.label_rows_R.tolist(), batch.targets_R.tolist(), strict=True)
        if target != IGNORE
    }
    ids = [int(number) for number in batch.inputs_T[start:end]]
    if end in losses:
        ids.append(int(targets[end]))
    return [
        {"text": session.token_text(number), **({"loss": losses[start + place]} if start + place in losses else {})}
        for place, number in enumerate(ids)
    ]
