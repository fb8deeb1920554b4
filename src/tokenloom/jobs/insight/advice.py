"""What would make a run faster, and by how much: each gain is reckoned from times that this very run measured.

A threshold says from when on a thing is worth a sentence; no figure of a gain is fixed. What is suggested is one field with its new value.
"""

from __future__ import annotations

import math
from typing import Any

from tokenloom.jobs.insight.profile import Profile, Suggestion
from tokenloom.kit.errors import TokenloomError
from tokenloom.kit.workspace import Workspace

LEAST_GAIN = 0.02  # of the time; less is not worth a change
SMALL_SHARE = 0.05  # to which evaluation, samples and saving are brought
LOG_STRIDE = 10
FLOW_SHARE = 0.01
NOISE = 1.1  # a rate must be better by this much: short measurements differ by a few percent


def suggestions(workspace: Workspace, spec: Any, training: dict[str, Any], profile: Profile) -> list[Suggestion]:
    """The largest gain first."""
    told = _Told(spec, training, profile)
    found = [
        told.padding(),
        told.threads(),
        told.precision(),
        told.rarer("evaluation", "evaluation.every_steps", spec.evaluation.every_steps),
        told.rarer("samples", "evaluation.sample_tokens", None),
        told.rarer("saving", "checkpoints.every_steps", spec.checkpoints.every_steps),
        told.logging(),
        told.flow(),
        told.accumulation(),
        told.recomputing(workspace),
    ]
    return sorted((each for each in found if each and each.gain >= LEAST_GAIN), key=lambda each: -each.gain)


class _Told:
    """Numbers of one run."""

    def __init__(self, spec: Any, training: dict[str, Any], profile: Profile) -> None:
        self.spec, self.training, self.profile = spec, training, profile
        self.seconds = {part.name: part.seconds for part in profile.parts}
        self.counts = {part.name: part.count for part in profile.parts}
        self.whole = profile.seconds or 1.0
        self.ceiling: dict[str, Any] = training.get("ceiling") or {}

    def share(self, *parts: str) -> float:
        return sum(self.seconds.get(part, 0.0) for part in parts) / self.whole

    def padding(self) -> Suggestion | None:
        """Places that are no tokens cost as much as those that are."""
        useful = self.profile.useful_share
        if useful is None or useful >= 1:
            return None
        gain = self.share("forward", "backward") * (1 - useful)
        because = {"padding": 1 - useful}
        if self.profile.path == "padded":
            if self.spec.batch.order != "bucketed" and self.spec.objective.kind != "kto":
                return self._told("padding", "batch.order", "bucketed", gain, because)
            if not self.spec.tuning.has_virtual_tokens:
                return None  # the model's family has no other way: no field would change it
            return self._told("padding", "tuning.kind", "lora", gain, because)
        piece = self.training.get("piece_tokens")  # a processor takes larger micro-batches in pieces of so many tokens
        if self.spec.batch.kind != "tokens" or (piece and self.spec.batch.micro_batch_tokens >= piece):
            return None
        return self._told(
            "rounding", "batch.micro_batch_tokens", str(2 * self.spec.batch.micro_batch_tokens), gain / 2, because
        )

    def threads(self) -> Suggestion | None:
        rate, best, cores = (self.ceiling.get(name) for name in ("rate", "all_cores_rate", "cores"))
        if not rate or not best or not cores or best < NOISE * rate:
            return None
        gain = self.share("forward", "backward") * (1 - rate / best)
        return self._told("threads", "compute.threads", str(cores), gain, {"ratio": best / rate})

    def precision(self) -> Suggestion | None:
        rate, bf16 = self.ceiling.get("rate"), self.ceiling.get("bf16_rate")
        if not rate or not bf16 or bf16 < NOISE * rate:
            return None
        gain = self.share("forward", "backward") * (1 - rate / bf16)
        return self._told("precision", "compute.precision", "bf16", gain, {"ratio": bf16 / rate})

    def rarer(self, part: str, field: str, every: int | None) -> Suggestion | None:
        """What happens every so many steps, so rarely that it takes a small share. Samples can only be left out."""
        share, count = self.share(part), self.counts.get(part, 0)
        if share <= 2 * SMALL_SHARE or count < 2:
            return None
        because = {"share": share, "times": float(count)}
        if every is None:
            return self._told(part, field, "0", share, because) if part == "samples" else None
        factor = math.ceil(share * (1 - SMALL_SHARE) / (SMALL_SHARE * (1 - share))) if share < 1 else count
        return self._told(part, field, str(every * factor), share * (1 - 1 / factor), because)

    def logging(self) -> Suggestion | None:
        every, share = self.spec.loop.log_every, self.share("logging")
        if every >= LOG_STRIDE:
            return None
        gain = share * (1 - every / LOG_STRIDE)
        return self._told("logging", "loop.log_every", str(LOG_STRIDE), gain, {"share": share})

    def flow(self) -> Suggestion | None:
        every, share = self.spec.loop.flow_every, self.share("flow")
        if every is None or share <= FLOW_SHARE:
            return None
        factor = math.ceil(share / FLOW_SHARE)
        return self._told("flow", "loop.flow_every", str(every * factor), share * (1 - 1 / factor), {"share": share})

    def accumulation(self) -> Suggestion | None:
        """Twice the window for each update: half of the updates for the same tokens."""
        share = self.share("optimizer")
        if share <= 4 * SMALL_SHARE:
            return None
        steps = 2 * self.spec.batch.gradient_accumulation_steps
        return self._told("accumulation", "batch.gradient_accumulation_steps", str(steps), share / 2, {"share": share})

    def recomputing(self, workspace: Workspace) -> Suggestion | None:
        """Blocks are computed twice although there is memory to keep them: what forward takes is spent a second time."""
        from tokenloom.jobs.foresight.estimating import estimate_recipe

        if not self.spec.loop.gradient_checkpointing:
            return None
        loop = self.spec.loop.model_copy(update={"gradient_checkpointing": False})
        try:
            estimate = estimate_recipe(workspace, self.spec.model_copy(update={"loop": loop}))
        except TokenloomError:
            return None
        if not estimate["fits"]:
            return None
        because = {"needs_bytes": float(estimate["total_bytes"]), "has_bytes": float(estimate["available_bytes"])}
        return self._told("recomputing", "loop.gradient_checkpointing", "false", self.share("forward"), because)

    def _told(self, kind: str, field: str, value: str, gain: float, because: dict[str, float]) -> Suggestion:
        return Suggestion(kind, field, value, gain, gain * self.whole, because)
