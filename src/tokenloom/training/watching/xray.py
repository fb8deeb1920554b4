"""An X-ray of one step: which rows its loss came from, how each of their tokens was told, and where in the model the gradient is large.

The window of the step is put through the model as it stands now, once, without touching weights or random numbers. Of several ranks each does all of it
(where weights are spread, none could alone), and the leader writes. Shapes: R labelled rows of a batch.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import torch

from tokenloom.kit.errors import DataError, NotFound
from tokenloom.kit.ids import digest_of_ids
from tokenloom.modeling.adapter import base_of
from tokenloom.modeling.loss import IGNORE
from tokenloom.modeling.scoring import is_scorer
from tokenloom.tracking import query
from tokenloom.training.batches import FlatBatch, Share, Window
from tokenloom.training.order.mixture import place_of
from tokenloom.training.session import Session
from tokenloom.training.watching.layers import layer_name

MOST_ROWS, READ_ROWS, MOST_TOKENS = 32, 4, 400  # rows that are named; worst rows whose tokens are told; tokens of each


@dataclass
class _Sequence:
    """A sequence of the window: its dataset row, its tokens, and the loss of those that were learned, by place."""

    row: int
    ids: list[int]
    losses: dict[int, float] = field(default_factory=dict)

    def learn(self, place: int, target: int, loss: float) -> None:
        """The input at ``place`` was to tell ``target``, which stands one place behind it."""
        self.losses[place + 1] = loss
        if place + 1 == len(self.ids):
            self.ids.append(target)

    @property
    def loss(self) -> float:
        """Mean over the learned tokens, in nats."""
        return sum(self.losses.values()) / max(len(self.losses), 1)


def write_xray(session: Session, step: int) -> None:
    """An ``xray`` event for ``step``. :class:`DataError` where its rows cannot be told any more."""
    window = window_of(session, step)
    session.event("xray", of_step=step, **xray(session, window))


def xray(session: Session, window: Window) -> dict[str, Any]:
    """``loss`` (mean over the window), ``rows`` (worst first), ``texts`` (tokens of the worst with the loss of each), ``layers`` (gradient norms)."""
    model, was_training = session.model, session.model.training
    if is_scorer(base_of(model)):
        raise DataError(
            "An X-ray looks at tokens, and this model tells classes.", hint="Look at the rows of its evaluation."
        )
    model.eval()
    try:
        loss, layers = _gradients(session, window)
        with torch.no_grad():
            told = [each for batch in window.batches for each in _told(session, batch)]
    finally:
        session.optimizer.zero_grad(set_to_none=True)
        model.train(was_training)
    told.sort(key=lambda each: -each.loss if math.isfinite(each.loss) else -math.inf)  # what is no number comes first
    return {
        "loss": loss,
        "num_rows": len(told),
        "rows": [{**_place(session, each), "loss": each.loss, "units": len(each.losses)} for each in told[:MOST_ROWS]],
        "texts": [
            {**_place(session, each), "loss": each.loss, "tokens": _tokens(session, each)} for each in told[:READ_ROWS]
        ],
        "layers": layers,
    }


def _place(session: Session, sequence: _Sequence) -> dict[str, Any]:
    """The row's number, and the dataset it is of where that is one that is mixed in."""
    part, row = place_of(sequence.row)
    return {"row": row, **({"dataset": session.spec.data.mix[part - 1].dataset} if part else {})}


def window_of(session: Session, step: int) -> Window:
    """The window of a step that was taken, found again from its place in the data; held to the digest of rows in the log."""
    if not 1 <= step <= session.state.step:
        raise DataError(
            f"Step {step} was not taken yet; the run is at step {session.state.step}.", hint="Name an earlier step."
        )
    rows = _logged(session)
    share, session.stream.share = session.stream.share, Share()  # all of the window, whoever took what of it
    try:
        window = _found(session, rows, step)
    finally:
        session.stream.share = share
    wanted = rows["train/sample_digest"].get(step)
    if wanted is not None and digest_of_ids(window.sample_rows.tolist()) != wanted:
        raise DataError(
            f"The rows of step {step} cannot be told any more: the data or the accumulation was changed since.",
            hint="Choose a later step.",
        )
    return session.objective.prepared(window, step - 1)


def _found(session: Session, rows: dict[str, dict[int, float]], step: int) -> Window:
    """The window of ``step``: walked to from the nearest step before it whose place was logged."""
    is_mixed = session.stream.mixture is not None
    places, groups = (rows["train/position"], 1) if is_mixed else (rows["train/epoch"], session.stream.num_groups)
    known = [each for each in places if each < step]
    at = max(known, default=0)
    position = round(places[at] * groups) if known else 0
    window = session.stream.window(position, accumulation=session.accumulation)
    for _ in range(step - at - 1):
        window = session.stream.window(window.end, accumulation=session.accumulation)
    return window


def _logged(session: Session) -> dict[str, dict[int, float]]:
    """Step → value, of what tells places in the data; empty before the first row of metrics. The leader has the log."""
    found = session.ranks.share(_read(session) if session.ranks.is_leader else None)
    return {name: {int(step): value for step, value in rows} for name, rows in found.items()}


def _read(session: Session) -> dict[str, list[list[float]]]:
    names = ["train/epoch", "train/sample_digest"] + ["train/position"] * (session.stream.mixture is not None)
    try:
        frame = query.metrics_frame(session.folder, names)
    except NotFound:
        return {name: [] for name in names}
    return {
        name: [list(row) for row in frame.filter(frame["key"] == name).select("step", "value").iter_rows()]
        for name in names
    }


def _gradients(session: Session, window: Window) -> tuple[float, dict[str, float]]:
    """Mean loss of the window, and the norm of its gradient by layer."""
    units = max(sum(session.objective.units(each) for each in window.counted), 1)
    total = 0.0
    for batch in window.batches:
        with session.compute.autocast():
            placed = batch.to(session.compute.torch_device)
            loss = session.team.compute_same(lambda each: session.objective.part(each).loss, placed) / units
        loss.backward()  # type: ignore[no-untyped-call]
        total += float(loss.detach())
    squares: dict[str, float] = defaultdict(float)
    for name, parameter in session.model.named_parameters():
        if parameter.grad is not None:
            squares[layer_name(name)] += float(session.team.whole(parameter.grad.float().square().sum()))
    return total, {name: square**0.5 for name, square in squares.items()}


def _told(session: Session, batch: FlatBatch) -> list[_Sequence]:
    """Each sequence of a batch with the loss of its learned tokens."""
    with session.compute.autocast():
        placed = batch.to(session.compute.torch_device)
        told_R = session.team.compute_same(lambda each: session.path.predictions(each).logps(each.targets_R), placed)
    logps_R = told_R.float().tolist()
    width = batch.num_sequences // len(batch.sample_rows)
    ends = batch.lengths.cumsum()
    starts = ends - batch.lengths
    inputs = batch.inputs_T.tolist()
    found = [
        _Sequence(int(batch.sample_rows[number // width]), inputs[start:end])
        for number, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True))
    ]
    labelled = zip(batch.owner_R.tolist(), batch.label_rows_R.tolist(), batch.targets_R.tolist(), logps_R, strict=True)
    for owner, place, target, logp in labelled:
        if target != IGNORE:
            found[owner].learn(place - int(starts[owner]), target, -logp)
    return found


def _tokens(session: Session, sequence: _Sequence) -> list[dict[str, Any]]:
    """The tokens of one sequence as text; ``loss`` only where one was learned."""
    return [
        {"text": session.token_text(number), **({"loss": sequence.losses[place]} if place in sequence.losses else {})}
        for place, number in enumerate(sequence.ids[:MOST_TOKENS])
    ]
