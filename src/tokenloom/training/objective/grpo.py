"""Learning from rewards: answers that earn more than their siblings become likelier (GRPO).

Each window of prompts becomes a window of drawn answers before it goes through the model. One update is made of each draw, so answers are always the
current model's own: the ratio of probabilities is 1 and its clipping never acts, while its gradient is that of the log-probability. The loss is a mean
over the drawn tokens of the whole window. Units are tokens in training, prompts in validation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import torch

from tokenloom.modeling.adapter import is_adapted, without_adapter
from tokenloom.spec.training.objective import GrpoObjective
from tokenloom.training.batches import Counted, FlatBatch, FlatTokens, Window, flat_batch
from tokenloom.training.objective.base import Objective, Part, Path, Supplies, build_objective
from tokenloom.training.objective.rollout import Drawn, Rollout

ADVANTAGE, REWARD = "advantage", "reward"
EPSILON = 1e-4  # beside the deviation of a group's rewards


class Grpo(Objective):
    """``before``: opens the model as it was before training, where the distance to it is part of the loss."""

    adds_up = False

    def __init__(self, spec: GrpoObjective, path: Path, rollout: Rollout, before: Callable[[], Path] | None) -> None:
        super().__init__(path)
        self.spec, self.rollout = spec, rollout
        needs_copy = spec.kl_weight and not is_adapted(path.model)
        self.reference = before() if before is not None and needs_copy else None
        if self.reference is not None:
            self.reference.model.eval().requires_grad_(False)

    def prepared(self, window: Window, step: int) -> Window:
        batches = []
        for place, batch in enumerate(window.batches):
            drawn = self.rollout.tried(batch, self.spec.group_size, draw=step * 4096 + place)
            batches.append(_batch_of(drawn, self.spec))
        return Window(tuple(batches), window.end)

    def units(self, batch: Counted) -> int:
        return batch.num_labels if ADVANTAGE in batch.columns else batch.num_sequences

    def part(self, batch: FlatBatch) -> Part:
        logps_R = self.path.predictions(batch).logps(batch.targets_R)
        advantage_R = batch.columns[ADVANTAGE][batch.owner_R]
        counted_R = _counted(batch)
        ratio_R = torch.exp(logps_R - logps_R.detach())
        loss = -(ratio_R * advantage_R * counted_R).sum()
        labels, sequences = batch.num_labels, batch.num_sequences
        sums = {  # means over tokens are what the step makes of them, so a mean over answers is weighed to come out as one
            "reward": batch.columns[REWARD].mean() * labels,
            "answer_tokens": torch.tensor(labels * labels / sequences, device=logps_R.device),
        }
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
        if self.reference is not None:
            return self.reference.predictions(batch).logps(batch.targets_R)
        with without_adapter(self.path.model):
            return self.path.predictions(batch).logps(batch.targets_R)


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


def _batch_of(drawn: Drawn, spec: GrpoObjective) -> FlatBatch:
    ids = [
        [*prompt, *answer.ids, *([] if answer.end_id is None else [answer.end_id])]
        for prompt, answer in zip(drawn.prompts, drawn.answers, strict=True)
    ]
    learned = [np.arange(len(each)) >= len(prompt) for each, prompt in zip(ids, drawn.prompts, strict=True)]
    store = FlatTokens(
        tokens=np.concatenate(ids).astype(np.int64),
        learned=np.concatenate(learned).astype(np.uint8),
        offsets=np.concatenate([[0], np.cumsum([len(each) for each in ids])]),
        rows=drawn.rows,
        columns={
            ADVANTAGE: advantages(drawn.rewards, spec.group_size, scale=spec.scale_by_deviation),
            REWARD: drawn.rewards.astype(np.float32),
        },
        width=spec.group_size,
    )
    return flat_batch(store, list(range(len(store))))


@build_objective.register
def _(spec: GrpoObjective, supplies: Supplies) -> Grpo:
    if supplies.rollout is None:
        raise TypeError("grpo needs something to draw answers with")
    return Grpo(spec, supplies.path, supplies.rollout(), supplies.before)
