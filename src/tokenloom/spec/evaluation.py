"""What is measured about a model."""

from __future__ import annotations

from typing import Literal

from tokenloom.spec.base import Spec, choice, setting


class LanguageMetric(Spec):
    """Loss, perplexity, bits per byte and token accuracy on the tokens that are learned."""

    kind: Literal["language"] = "language"


class ExactMatch(Spec):
    """Share of answers equal to the reference, outer white space aside."""

    kind: Literal["exact_match"] = "exact_match"
    ignore_case: bool = False
    """Whether capitals count as their small letters."""


class TokenJaccard(Spec):
    """Shared words over all words of answer and reference."""

    kind: Literal["token_jaccard"] = "token_jaccard"


class Bleu(Spec):
    """Corpus BLEU (sacreBLEU, 13a tokens)."""

    kind: Literal["bleu"] = "bleu"


class RougeL(Spec):
    """ROUGE-L F-measure: longest common subsequence of words."""

    kind: Literal["rouge_l"] = "rouge_l"


Metric = choice("metric", LanguageMetric, ExactMatch, TokenJaccard, Bleu, RougeL)


def default_metrics() -> list[Spec]:
    return [LanguageMetric(), ExactMatch(), TokenJaccard(), Bleu(), RougeL()]


class EvaluationData(Spec):
    """The rows a model is measured on."""

    dataset: str = setting(simple=True, group="data")
    """Dataset by name, `name@version` or id."""
    split: str = setting("test", simple=True, group="data")
    """Which split."""
    max_rows: int | None = setting(None, ge=1, unit="rows", group="data")
    """Most rows that are used (a fixed, evenly spread choice); empty = all."""
