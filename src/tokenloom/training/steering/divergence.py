"""Whether a run learns backwards: what is usual now lies well above what it had reached, and not by one bad step."""

from __future__ import annotations

import math
import statistics

from tokenloom.training.state import TrainState

WINDOW = 20  # losses of applied steps that say what is usual
ALMOST_ALL = 0.9  # of a window lies above the limit of a run that diverges: noise between batches does not
RISE = 0.25  # of the lowest usual loss; smaller rises are not worth a word


def learn_usual(state: TrainState) -> None:
    """Take the newest losses into what the run has reached; called once for each applied step."""
    if len(state.recent_losses) < WINDOW:
        return
    usual = statistics.median(state.recent_losses[-WINDOW:])
    state.first_usual = usual if math.isinf(state.first_usual) else state.first_usual
    state.lowest_usual = min(state.lowest_usual, usual)


def divergence_limit(state: TrainState) -> float:
    """The loss above which a run has diverged: half of the way back to where it began, and at least ``RISE`` of its lowest usual loss above
    that; infinite while too few are known.
    """
    if math.isinf(state.lowest_usual):
        return math.inf
    way = state.first_usual - state.lowest_usual
    return state.lowest_usual + max(way / 2, RISE * abs(state.lowest_usual))


def has_diverged(state: TrainState) -> bool:
    """Whether almost all of the newest losses lie above the limit; what has diverged comes back when most of them lie below it."""
    if len(state.recent_losses) < WINDOW:
        return False
    limit = divergence_limit(state)
    above = sum(loss > limit for loss in state.recent_losses[-WINDOW:]) / WINDOW
    return above >= (0.5 if state.has_diverged else ALMOST_ALL)


def is_worse_than_before(state: TrainState, loss: float) -> bool:
    """Whether this validation loss lies well above the one before the first step."""
    return loss > state.untrained_loss + RISE * abs(state.untrained_loss)
