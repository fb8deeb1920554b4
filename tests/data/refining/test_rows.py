"""Steps that keep or drop rows: length, pattern, language, number, quality."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from tokenloom.data.refining.building import Tools, build_step
from tokenloom.data.refining.item import Item
from tokenloom.data.refining.step import Step
from tokenloom.data.refining.steps import filters
from tokenloom.data.refining.steps.signals import score, signals
from tokenloom.kit.errors import DataError, SpecError
from tokenloom.spec.data import ChatMapping, TextMapping
from tokenloom.spec.steps import LanguageStep, LengthStep, PatternStep, QualityStep, RowsStep

GOOD = (
    "The garden behind the old house was full of roses, and every morning my grandmother would walk along the narrow path "
    "with a cup of tea in her hand, looking at each of them as if they were her children."
)
GERMAN = "Der Garten hinter dem alten Haus war voller Rosen, und jeden Morgen ging meine Großmutter den schmalen Weg entlang."
CHINESE = "老房子后面的花园里开满了玫瑰，每天早晨我的祖母都会端着一杯茶沿着狭窄的小路散步，看着每一朵花。"
CODE = "def add(a, b):\n    return a + b\n\n\nprint(add(2, 3))"
POOR = [
    "buy buy buy buy buy buy buy buy buy buy buy buy",
    "#### $$$$ %%%% @@@@ !!!! ^^^^ &&&&",
    "x" * 400,
    "menu\n" * 50,
    "",
    "7 1 9 3 5 2 8 1 0 4 4 9 2 1 8 8",
]


def fates(step: Step, *texts: str) -> list[str]:
    """The reason for each text; empty where it stays."""
    items = [Item(number, "train", {"text": text}) for number, text in enumerate(texts, start=1)]
    return [fate.reason for fate in step.apply(items)]


def step(spec: Any, **tools: Any) -> Step:
    return build_step(spec, Tools(TextMapping(), **tools))


def test_length_counts_characters_and_words_of_all_texts() -> None:
    assert fates(step(LengthStep(min_characters=3, max_characters=5)), "ab", "abc", "abcde", "abcdef") == [
        "shorter than 3 characters (2)",
        "",
        "",
        "longer than 5 characters (6)",
    ]
    assert fates(step(LengthStep(min_words=2, max_words=3)), "a", "a b", "a b c d") == [
        "fewer than 2 words (1)",
        "",
        "more than 3 words (4)",
    ]
    chat = build_step(LengthStep(min_characters=4, where="answers"), Tools(ChatMapping()))
    talk = [{"role": "user", "content": "a long question"}, {"role": "assistant", "content": "no"}]
    assert chat.apply([Item(1, "train", {"messages": talk})])[0].reason == "shorter than 4 characters (2)"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "no limit is set"),
        ({"min_words": 5, "max_words": 4}, "more than the largest"),
        ({"min_characters": 0}, "greater"),
    ],
)
def test_lengths_that_make_no_sense_are_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        LengthStep(**settings)


def test_patterns_drop_keep_and_replace() -> None:
    assert fates(step(PatternStep(pattern="lorem", ignore_case=True)), "LOREM ipsum", "else") == [
        "the pattern is found in it",
        "",
    ]
    assert fates(step(PatternStep(pattern=r"^\d+$", action="keep")), "12", "a") == [
        "",
        "the pattern is not found in it",
    ]
    made = step(PatternStep(pattern=r"\[(\d+)\]", action="replace", replacement=r"(\1)")).apply(
        [Item(1, "train", {"text": "a [1] b"})]
    )
    assert made[0].item is not None and made[0].item.row == {"text": "a (1) b"}


@pytest.mark.parametrize(
    "settings",
    [
        {"pattern": "(a"},
        {"pattern": "a{99999999999}"},
        {"pattern": ""},
        {"pattern": "a", "action": "replace", "replacement": r"\3"},
    ],
)
def test_patterns_that_do_not_compile_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="pattern"):
        PatternStep(**settings)


def test_a_pattern_that_runs_too_long_drops_the_row_and_then_ends_the_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filters, "PATTERN_SECONDS", 0.01)
    slow = step(PatternStep(pattern=r"(x+x+)+y"))
    assert fates(slow, "fine", "x" * 5000)[1].startswith("the pattern ran longer than")
    assert slow.facts() == {"too_slow": 1}
    with pytest.raises(DataError, match=r"ran longer than .* on 20 rows"):
        fates(slow, *["x" * 5000] * 30)


def test_languages_are_kept_by_name() -> None:
    keeping = step(LanguageStep(keep=["EN", "zh"]))
    reasons = fates(keeping, GOOD, GERMAN, CHINESE, "ok", "")
    assert [bool(reason) for reason in reasons] == [False, True, False, False, False]
    assert reasons[1].startswith("another language (de,")
    assert keeping.facts()["languages"] == {"en": 1, "de": 1, "zh": 1, "too short to tell": 2}
    assert fates(step(LanguageStep(keep=["en"], min_confidence=1.0)), "Hello there my dear friend")[0].startswith(
        "the language is not sure"
    )


def test_an_unknown_language_is_named_with_the_nearest() -> None:
    with pytest.raises(SpecError, match="“xq” cannot be recognised"):
        step(LanguageStep(keep=["xq"]))
    with pytest.raises(ValidationError, match="not a language code"):
        LanguageStep(keep=["english"])


def test_rows_are_dropped_by_number() -> None:
    dropping = step(RowsStep(drop=[2, 9]))
    assert fates(dropping, "a", "b", "c") == ["", "chosen by its number", ""]
    assert dropping.facts() == {"not_found": 1}


def test_signals_of_good_and_poor_texts() -> None:
    good = [score(signals(text)) for text in (GOOD, GERMAN, CHINESE)]
    poor = [score(signals(text)) for text in POOR]
    assert min(good) > 0.8, good
    assert max(poor) < 0.5, poor
    assert 0.3 < score(signals(CODE)) <= 1
    assert score(signals("Four.")) < score(signals("The answer to this is four.")) < score(signals(GOOD))


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ("menu\n" * 50, "repeated_lines"),
        ("buy it now " * 40, "repeated_words"),
        ("#### $$$$ %%%% @@@@ !!!! ^^^^ &&&&", "symbols"),
        ("7 1 9 3 5 2 8 1 0 4 4 9 2 1 8 8", "digits"),
        ("Supercalifragilisticexpialidocious " * 3, "word_length"),
        ("roses tulips lilies daisies violets orchids poppies irises asters crocuses peonies dahlias", "stop_words"),
    ],
)
def test_each_signal_sees_its_fault(text: str, signal: str) -> None:
    found, fine = signals(text)[signal], signals(GOOD)[signal]
    assert (found is not None and found < 0.5 and fine is None) or (fine or 0) > 0.9


def test_languages_that_are_not_wanted_lower_the_score() -> None:
    assert signals(GERMAN, ["en"])["language"] == 0.0
    assert (signals(GERMAN, ["de"])["language"] or 0) > 0.9
    assert score(signals(GERMAN, ["en"])) == 0.0


def test_quality_is_stored_counted_and_drops_below_its_threshold() -> None:
    judging = step(QualityStep(threshold=0.5))
    items = [Item(number, "train", {"text": text}) for number, text in enumerate([GOOD, *POOR], start=1)]
    kept, *lost = judging.apply(items)
    assert kept.item is not None and 0.8 < kept.item.row["quality"] <= 1
    assert all(fate.item is None and fate.reason.startswith("quality below 0.5 (") for fate in lost)
    facts = judging.facts()
    assert (
        sum(facts["histogram"]) == len(items)
        and len(facts["histogram"]) == 20
        and facts["signals"].keys() >= {"length", "symbols"}
    )


def test_a_column_of_the_users_own_is_not_overwritten() -> None:
    made = step(QualityStep(), columns=["text", "quality"])
    [fate] = made.apply([Item(1, "train", {"text": GOOD, "quality": "high"})])
    assert fate.item is not None and fate.item.row["quality"] == "high" and fate.item.row["quality_score"] > 0.8
    again = step(QualityStep(), columns=["text", "quality"], earlier=["quality"])
    [fate] = again.apply([Item(1, "train", {"text": GOOD, "quality": 0.1})])
    assert fate.item is not None and fate.item.row["quality"] > 0.8


def test_perplexity_is_judged_against_all_rows() -> None:
    texts = [GOOD, f"{GOOD} Again.", f"{GOOD} And more.", f"{GOOD} Once more.", "x"]
    known = dict(zip(texts, [5.0, 6.0, 7.0, 900.0, float("nan")], strict=True))
    judging = step(QualityStep(perplexity_model="m"), judge_of=lambda name: lambda some: [known[text] for text in some])
    items = [Item(number, "train", {"text": text}) for number, text in enumerate(texts)]
    assert judging.looks_first
    judging.learn(items)
    judging.settle()
    scores = [fate.item.row["quality"] for fate in judging.apply(items) if fate.item is not None]
    assert scores[0] > 0.8 and scores[3] == 0.0 and scores[1] >= scores[2] > scores[3]


def test_perplexity_without_a_model_is_told_in_a_preview_and_refused_in_earnest() -> None:
    assert "preview is without it" in step(QualityStep(perplexity_model="m"), is_preview=True).facts()["note"]
    with pytest.raises(DataError, match="No model can be loaded"):
        step(QualityStep(perplexity_model="m"))


def test_a_step_that_nobody_can_do_is_named() -> None:
    from tokenloom.spec.steps import StepSpec

    class Strange(StepSpec):
        kind: str = "strange"

    with pytest.raises(SpecError, match="strange"):
        step(Strange())
