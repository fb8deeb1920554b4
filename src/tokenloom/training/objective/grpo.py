"""Learning from rewards: answers that earn more than their siblings become likelier (GRPO).

Each window of prompts becomes a window of drawn answers before it goes through the model. One update is made of each draw, so answers are always the
current model's own: the ratio of probabilities is 1 and its clipping never acts, while its gradient is that of the log-probability, taken at the
temperature that the answers were drawn with. The loss is a mean over the drawn tokens of the whole window. Answers to a prompt that all earned the same have
no advantage: they count in that mean, but need not go through the model. Units are tokens in training, prompts in validation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import torch

from tokenloom.modeling.adapter import is_adapted, without_adapter
from tokenloom.modeling.generate import Answer
from tokenloom.spec.training.objective import GrpoObjective
from tokenloom.training.batches import Counted, FlatBatch, FlatTokens, Outline, Window, flat_batch
from tokenloom.training.objective.base import Objective, Part, Path, Supplies, build_objective
from tokenloom.training.objective.rollout import Drawn, Rollout

ADVANTAGE, REWARD = "advantage", "reward"
TOLD = "told."  # before the name of a number of the whole window, in columns of its first batch
EPSILON = 1e-4  # beside the deviation of a group's rewards


class Grpo(Objective):
    """``before``: opens the model as it was before training, where the distance to it is part of the loss."""

    adds_up = False
    loss_may_spike = False  # it lies around 0 whether answers get better or not

    def __init__(self, spec: GrpoObjective, path: Path, rollout: Rollout, before: Callable[[], Path] | None) -> None:
        super().__init__(path)
        self.spec, self.rollout = spec, rollout
        needs_copy = spec.kl_weight and not is_adapted(path.model)
        self.reference = before() if before is not None and needs_copy else None
        if self.reference is not None:
            self.reference.model.eval().requires_grad_(False)

    def prepared(self, window: Window, step: int) -> Window:
        size = self.spec.group_size
        drawn = [
            self.rollout.tried(batch, size, draw=step * 4096 + place) for place, batch in enumerate(window.batches)
        ]
        return _window_of(drawn, window.end, self.spec)

    def units(self, batch: Counted) -> int:
        return batch.num_labels if ADVANTAGE in batch.columns else batch.num_sequences

    def part(self, batch: FlatBatch) -> Part:
        logps_R = self.path.predictions(batch).logps(batch.targets_R, temperature=self.spec.temperature)
        advantage_R = batch.columns[ADVANTAGE][batch.owner_R]
        counted_R = _counted(batch)
        ratio_R = torch.exp(logps_R - logps_R.detach())
        loss = -(ratio_R * advantage_R * counted_R).sum()
        sums = {name.removeprefix(TOLD): column[0] for name, column in batch.columns.items() if name.startswith(TOLD)}
        if self.spec.kl_weight:
            kl_R = _distance(logps_R, self._before(batch)) * counted_R
            loss = loss + self.spec.kl_weight * kl_R.sum()
            sums["kl"] = kl_R.detach().sum()
        return Part(loss, sums)

    def measured(self, batch: FlatBatch) -> Part:
        earned = torch.tensor(float(self.rollout.best(batch).rewards.sum()))
        return Part(-earned, {"reward": earned})

    def as_metrics(self, loss: float, means: Mapping[str, float]) -> dict[str, float]:
        return {"val/loss": loss, "val/reward": means["reward"]}

    @torch.no_grad()
    def _before(self, batch: FlatBatch) -> torch.Tensor:
        """(R,) log-probabilities under the model before training: without its adapter, or of the frozen copy."""
        heat = self.spec.temperature
        if self.reference is not None:
            return self.reference.predictions(batch).logps(batch.targets_R, temperature=heat)
        with without_adapter(self.path.model):
            return self.path.predictions(batch).logps(batch.targets_R, temperature=heat)


def _distance(logps_R: torch.Tensor, before_R: torch.Tensor) -> torch.Tensor:
    """An unbiased, never negative estimate of the KL divergence (Schulman's k3)."""
    gap = before_R - logps_R
    return torch.exp(gap) - gap - 1


def _counted(batch: FlatBatch) -> torch.Tensor:
    places = torch.arange(len(batch.targets_R), device=batch.targets_R.device)
    return (places < batch.num_labels).float()


def advantages(rewards: np.ndarray, group_size: int, *, scale: bool) -> np.ndarray:
    """What each answer earned beyond its group's mean, in the group's standard deviations where ``scale``; fp32."""
    grouped = rewards.reshape(-1, group_size).astype(np.float64)
    centred = grouped - grouped.mean(1, keepdims=True)
    if scale:
        centred /= grouped.std(1, ddof=1, keepdims=True) + EPSILON
    return centred.ravel().astype(np.float32)


def _window_of(drawn: list[Drawn], end: int, spec: GrpoObjective) -> Window:
    """What goes through the model: all answers where their distance to the model before counts, else those of which something is learned."""
    gained = [advantages(each.rewards, spec.group_size, scale=spec.scale_by_deviation) for each in drawn]
    mixed = [np.abs(each).reshape(-1, spec.group_size).max(1) > 0 for each in gained]
    whole = _outline(drawn, gained, spec.group_size)
    taken = [groups | (spec.kl_weight > 0) for groups in mixed]
    if not any(groups.any() for groups in taken):
        taken[0][0] = True  # a step needs something, and its gradient is 0
    told = {
        "reward": np.concatenate([each.rewards for each in drawn]).mean(),
        "answer_tokens": whole.num_labels / whole.num_sequences,
        "mixed_groups": np.concatenate(mixed).mean(),
    }
    batches: list[FlatBatch] = []
    for each, advantage, groups in zip(drawn, gained, taken, strict=True):
        if groups.any():
            first = {name: value * whole.num_labels for name, value in told.items()} if not batches else {}
            batches.append(_batch_of(each, advantage, groups, spec.group_size, first))
    return Window(tuple(batches), end, whole)


def _outline(drawn: list[Drawn], gained: list[np.ndarray], group_size: int) -> Outline:
    """Everything that was drawn, whether it goes through the model or not."""
    ids = [
        (prompt, learned_ids(answer))
        for each in drawn
        for prompt, answer in zip(each.prompts, each.answers, strict=True)
    ]
    return Outline(
        num_labels=sum(len(answer) for _, answer in ids),
        num_sequences=len(ids),
        num_tokens=sum(len(prompt) + len(answer) - 1 for prompt, answer in ids),
        sample_rows=np.concatenate([each.rows[::group_size] for each in drawn]),
        columns={ADVANTAGE: torch.from_numpy(np.concatenate(gained))},
    )


def learned_ids(answer: Answer) -> list[int]:
    """An answer with the token that ended it."""
    return [*answer.ids, *([] if answer.end_id is None else [answer.end_id])]


def _batch_of(
    drawn: Drawn, advantage: np.ndarray, groups: np.ndarray, group_size: int, told: Mapping[str, float]
) -> FlatBatch:
    """The answers of these ``groups``; ``told`` are the numbers of the window's sum that this batch brings."""
    taken = np.flatnonzero(np.repeat(groups, group_size))
    prompts = [drawn.prompts[place] for place in taken]
    ids = [[*prompt, *learned_ids(drawn.answers[place])] for prompt, place in zip(prompts, taken.tolist(), strict=True)]
    learned = [np.arange(len(each)) >= len(prompt) for each, prompt in zip(ids, prompts, strict=True)]
    numbers = {TOLD + name: np.full(len(taken), value, dtype=np.float32) for name, value in told.items()}
    store = FlatTokens(
        tokens=np.concatenate(ids).astype(np.int64),
        learned=np.concatenate(learned).astype(np.uint8),
        offsets=np.concatenate([[0], np.cumsum([len(each) for each in ids])]),
        rows=drawn.rows[taken],
        columns={ADVANTAGE: advantage[taken], REWARD: drawn.rewards[taken].astype(np.float32), **numbers},
        width=group_size,
    )
    return flat_batch(store, list(range(len(store))))


@build_objective.register
def _(spec: GrpoObjective, supplies: Supplies) -> Grpo:
    if supplies.rollout is None:
        raise TypeError("grpo needs something to draw answers with")
    return Grpo(spec, supplies.path, supplies.rollout(), supplies.before)
