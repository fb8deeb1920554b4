"""Metrics that compare an answer with its reference."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tokenloom.evaluation.metrics import AnswerMetric, Row, build_metric
from tokenloom.spec.evaluation import Bleu, ExactMatch, LanguageMetric, RougeL, TokenJaccard

_WORD = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True)
class PerRow:
    """The mean of a number per row, with the half-width of its 95 % interval (normal approximation)."""

    name: str
    measure: Callable[[str, str], float]

    def score(self, rows: Sequence[Row], answers: Sequence[str], references: Sequence[str]) -> dict[str, Any]:
        values = [self.measure(answer, reference) for answer, reference in zip(answers, references, strict=True)]
        mean, margin = mean_and_margin(values)
        return {self.name: mean, f"{self.name}_margin": margin, "per_row": values}


@dataclass(frozen=True)
class CorpusBleu:
    """BLEU over all answers at once, 0 … 100."""

    name: str = "bleu"

    def score(self, rows: Sequence[Row], answers: Sequence[str], references: Sequence[str]) -> dict[str, Any]:
        import sacrebleu

        return {"bleu": float(sacrebleu.corpus_bleu(list(answers), [list(references)]).score)}


def mean_and_margin(values: Sequence[float]) -> tuple[float, float]:
    """Mean and 1.96 standard errors; (nan, nan) without values."""
    count = len(values)
    if count == 0:
        return math.nan, math.nan
    mean = math.fsum(values) / count
    if count == 1:
        return mean, math.nan
    variance = math.fsum((value - mean) ** 2 for value in values) / (count - 1)
    return mean, 1.96 * math.sqrt(variance / count)


def exact_match(answer: str, reference: str, *, ignore_case: bool = False) -> float:
    """1.0 where both are equal, outer white space aside."""
    a, b = answer.strip(), reference.strip()
    return float(a.casefold() == b.casefold() if ignore_case else a == b)


def token_jaccard(answer: str, reference: str) -> float:
    """Size of the intersection over size of the union of the sets of words and marks; two empty texts are equal."""
    a, b = set(_WORD.findall(answer.casefold())), set(_WORD.findall(reference.casefold()))
    return len(a & b) / len(a | b) if a | b else 1.0


def rouge_l() -> Callable[[str, str], float]:
    """F-measure of the longest common subsequence of words (Lin 2004; rouge-score)."""
    from rouge_score.rouge_scorer import RougeScorer

    scorer = RougeScorer(["rougeL"])
    return lambda answer, reference: float(scorer.score(reference, answer)["rougeL"].fmeasure)


@build_metric.register
def _(spec: LanguageMetric) -> None:
    return None


@build_metric.register
def _(spec: ExactMatch) -> AnswerMetric:
    return PerRow("exact_match", lambda a, b: exact_match(a, b, ignore_case=spec.ignore_case))


@build_metric.register
def _(spec: TokenJaccard) -> AnswerMetric:
    return PerRow("token_jaccard", token_jaccard)


@build_metric.register
def _(spec: Bleu) -> AnswerMetric:
    return CorpusBleu()


@build_metric.register
def _(spec: RougeL) -> AnswerMetric:
    return PerRow("rouge_l", rouge_l())
