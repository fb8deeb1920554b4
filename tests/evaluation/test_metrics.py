"""Metrics against values worked out by hand or by the libraries' own definitions."""

from __future__ import annotations

import math

import pytest

from tokenloom.data.dataset import DatasetStore
from tokenloom.data.mapping import Example
from tokenloom.data.template.renderer import Renderer
from tokenloom.data.tokenizer.store import TokenizerStore
from tokenloom.data.tokens import prepare_tokens
from tokenloom.evaluation import text  # noqa: F401  registers the built-in metrics
from tokenloom.evaluation.answers import PROMPT_TOO_LONG, answer_all, cut_at_stop
from tokenloom.evaluation.language import language_metrics
from tokenloom.evaluation.metrics import build_metric
from tokenloom.evaluation.text import exact_match, mean_and_margin, token_jaccard
from tokenloom.kit.workspace import Workspace
from tokenloom.modeling.config import config_from_spec
from tokenloom.modeling.transformer import Transformer
from tokenloom.spec.evaluation import Bleu, ExactMatch, LanguageMetric, RougeL, TokenJaccard
from tokenloom.spec.generation import GenerationSpec
from tokenloom.spec.model import TransformerModel
from tokenloom.training.paths import path_for
from tokenloom.training.precision import Compute
from worlds import furnished


def test_exact_match_and_jaccard_by_hand() -> None:
    assert exact_match(" a b\n", "a b") == 1.0
    assert exact_match("A b", "a b") == 0.0
    assert exact_match("A b", "a b", ignore_case=True) == 1.0
    assert token_jaccard("the red fox", "The fox!") == pytest.approx(2 / 4)
    assert token_jaccard("", "") == 1.0
    assert token_jaccard("a", "") == 0.0


def test_mean_and_margin_by_hand() -> None:
    mean, margin = mean_and_margin([0.0, 1.0, 1.0, 0.0])
    assert mean == 0.5
    assert margin == pytest.approx(1.96 * math.sqrt((1 / 3) / 4))
    assert all(math.isnan(value) for value in mean_and_margin([]))


@pytest.mark.parametrize(
    ("spec", "key", "same", "other"),
    [
        (ExactMatch(), "exact_match", 1.0, 0.0),
        (TokenJaccard(), "token_jaccard", 1.0, 1 / 7),
        (RougeL(), "rouge_l", 1.0, 0.25),
        (Bleu(), "bleu", 100.0, None),
    ],
)
def test_metrics_are_whole_for_equal_and_small_for_other_answers(
    spec, key: str, same: float, other: float | None
) -> None:
    metric = build_metric(spec)
    assert metric is not None
    references = ["the quick brown fox"] * 3
    assert metric.score([{}] * 3, references, references)[key] == pytest.approx(same)
    found = metric.score([{}] * 3, ["a lazy dog fox"] * 3, references)[key]
    assert found == pytest.approx(other) if other is not None else found < 20


def test_likelihood_needs_no_answers() -> None:
    assert build_metric(LanguageMetric()) is None


def test_stop_texts_cut() -> None:
    assert cut_at_stop("one\ntwo###three", ["###", "two"]) == "one\n"
    assert cut_at_stop("one", ["x"]) == "one"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return furnished(tmp_path_factory.mktemp("evaluation") / "workspace", count=60)


def test_bits_per_byte_follow_from_loss_tokens_and_bytes(workspace: Workspace) -> None:
    tokenizer = TokenizerStore(workspace).get("small").load()
    dataset = DatasetStore(workspace).get("animals")
    store = prepare_tokens(workspace, dataset, "train", tokenizer, max_sequence_length=64)
    model = Transformer(
        config_from_spec(TransformerModel(num_layers=1, hidden_size=16, num_heads=2), tokenizer.vocab_size)
    )
    found = language_metrics(store, path_for(model), Compute("cpu", "fp32", 1), tokenizer, max_sequences=None)
    answers = [example.messages[-1]["content"] for example in dataset.examples("train")]
    learned_bytes = sum(len(answer.encode()) for answer in answers)
    assert found["tokens"] == store.num_learned
    assert found["bits_per_byte"] == pytest.approx(
        found["loss"] * found["tokens"] / math.log(2) / learned_bytes, rel=1e-6
    )
    assert found["perplexity"] == pytest.approx(math.exp(found["loss"]))


def test_a_prompt_that_does_not_fit_is_said_so(workspace: Workspace) -> None:
    tokenizer = TokenizerStore(workspace).get("small").load()
    spec = TransformerModel(num_layers=1, hidden_size=16, num_heads=2, max_sequence_length=32)
    model = Transformer(config_from_spec(spec, tokenizer.vocab_size)).eval()
    turns = [{"role": "user", "content": "fox " * 200}, {"role": "assistant", "content": "x"}]
    short = [{"role": "user", "content": "fox"}, {"role": "assistant", "content": "x"}]
    answers = answer_all(
        model,
        Renderer(tokenizer),
        [Example(1, None, turns), Example(2, None, short)],
        GenerationSpec(max_new_tokens=3),
        batch_size=8,
    )
    assert [answer.row for answer in answers] == [1, 2]
    assert (answers[0].answer, answers[0].ended_by) == ("", PROMPT_TOO_LONG)
    assert answers[1].ended_by in ("length", "end")
