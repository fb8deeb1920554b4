"""How text is drawn from a model."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tokenloom.spec.base import Spec, setting


class GreedySampling(Spec):
    """Always the most likely token."""

    kind: Literal["greedy"] = "greedy"


class RandomSampling(Spec):
    """Draw from the distribution, after temperature, top-k and top-p."""

    kind: Literal["random"] = "random"
    temperature: float = setting(0.8, gt=0, le=5, simple=True, group="sampling")
    """Below 1 sharpens, above 1 flattens the distribution."""
    top_k: int | None = setting(None, ge=1, group="sampling")
    """Keep only the k most likely tokens."""
    top_p: float = setting(1.0, gt=0, le=1, group="sampling")
    """Keep the most likely tokens that together reach this probability (nucleus, Holtzman et al. 2020)."""
    min_p: float = setting(0.0, ge=0, le=1, group="sampling")
    """Keep tokens at least this share as likely as the most likely one."""
    seed: int = setting(0, group="sampling")
    """Same seed, same text."""


class BeamSampling(Spec):
    """Keep the best few continuations (beam search)."""

    kind: Literal["beam"] = "beam"
    num_beams: int = setting(4, ge=2, le=64, group="sampling")
    """Continuations kept at each step."""
    length_penalty: float = setting(1.0, ge=-5, le=5, group="sampling")
    """Scores are divided by length to this power: above 0 favours longer text."""


Sampling = Annotated[GreedySampling | RandomSampling | BeamSampling, Field(discriminator="kind")]


class GenerationSpec(Spec):
    """One way of generating."""

    max_new_tokens: int = setting(128, ge=1, le=65536, unit="tokens", simple=True, group="sampling")
    """Longest answer."""
    sampling: Sampling = GreedySampling()
    """How the next token is chosen."""
    repetition_penalty: float = setting(1.0, gt=0, le=10, group="sampling")
    """Above 1 makes tokens that already stand in the text less likely (Keskar et al. 2019)."""
    stop: list[str] = setting(default_factory=list, group="sampling")
    """Texts that end the answer; they are not part of it."""
