"""Generators for trying things out. Every row follows from the seed and its number, and all of them are made up."""

from __future__ import annotations

import operator
import random
from collections.abc import Callable, Iterator
from typing import Any

from tokenloom.data.source.opening import Rows, open_source
from tokenloom.spec.sources import ArithmeticSource, RecallSource, StoriesSource

_OPERATIONS: dict[str, Callable[[int, int], int]] = {"+": operator.add, "-": operator.sub, "*": operator.mul}
_ASKED = {"add": "+", "add_subtract": "+-", "add_subtract_multiply": "+-*"}
_MOST_MISSES = 50  # draws in a row that were there before: the questions run out
_KEYS = (
    "apple", "barn", "candle", "door", "engine", "feather", "garden", "hammer", "island", "jacket", "kettle", "lantern", "mirror", "needle",
    "orange", "pencil", "quilt", "river", "saddle", "table", "umbrella", "violin", "window", "yarn", "zebra", "anchor", "basket", "drum",
)  # fmt: skip
_NAMES = (
    "Ada",
    "Ben",
    "Cleo",
    "Dan",
    "Ella",
    "Finn",
    "Gus",
    "Hana",
    "Ivo",
    "June",
    "Kai",
    "Lena",
    "Milo",
    "Nora",
    "Otto",
    "Pia",
)
_BEASTS = ("a dog", "a cat", "a small bird", "an old horse", "a fox", "a frog", "a mouse", "a hen")
_PLACES = ("the garden", "the forest", "the river", "the market", "the hill", "the beach", "the barn", "the old bridge")
_THINGS = (
    "a red ball", "a shiny key", "a warm scarf", "a paper boat", "a round stone", "a wooden box", "a blue feather", "a ripe apple",
)  # fmt: skip
_MOODS = ("happy", "sad", "curious", "tired", "proud", "afraid", "hungry", "surprised")
_MIDDLES = (
    "{name} saw {thing} near {place}.",
    "“Look what I found,” said {name}.",
    "{beast_the} wanted {thing}, too.",
    "{name} was {mood}, but {beast_the} was {other}.",
    "So they walked to {place} together.",
    "On the way they met {second}, who carried {gift}.",
    "{second} gave {name} {gift}.",
    "It began to rain, and they ran to {place}.",
    "{beast_the} hid behind a tree and waited.",
)


@open_source.register
def _open_arithmetic(spec: ArithmeticSource) -> Rows:
    return Rows(_arithmetic(spec), f"made-up sums (seed {spec.seed})")


@open_source.register
def _open_recall(spec: RecallSource) -> Rows:
    return Rows((_note(spec, number) for number in range(spec.rows)), f"made-up notes (seed {spec.seed})")


@open_source.register
def _open_stories(spec: StoriesSource) -> Rows:
    rows = ({"text": _story(spec, number)} for number in range(spec.rows))
    return Rows(rows, f"made-up stories (seed {spec.seed})")


def _arithmetic(spec: ArithmeticSource) -> Iterator[dict[str, Any]]:
    """Different questions; numbers of few digits come as often as those of many."""
    draw = random.Random(f"arithmetic {spec.seed} {spec.digits} {spec.operations}")
    seen: set[tuple[int, str, int]] = set()
    misses = 0
    while len(seen) < spec.rows and misses < _MOST_MISSES:
        left, right = (draw.randrange(10 ** draw.randint(1, spec.digits)) for _ in range(2))
        sign = draw.choice(_ASKED[spec.operations])
        if (left, sign, right) in seen:
            misses += 1
            continue
        misses = 0
        seen.add((left, sign, right))
        answer = _OPERATIONS[sign](left, right)
        yield {"prompt": f"{left} {sign} {right} =", "completion": str(answer), "operation": sign}


def _note(spec: RecallSource, number: int) -> dict[str, Any]:
    draw = random.Random(f"recall {spec.seed} {spec.pairs} {number}")
    keys = draw.sample(_KEYS, min(spec.pairs, len(_KEYS)))
    keys += [f"{draw.choice(_KEYS)}-{place}" for place in range(spec.pairs - len(keys))]
    values = [draw.randrange(100, 1000) for _ in keys]
    place = draw.randrange(len(keys))
    note = "\n".join(f"{key}: {value}" for key, value in zip(keys, values, strict=True))
    return {"prompt": f"{note}\n\nWhat is {keys[place]}?", "completion": str(values[place]), "place": place + 1}


def _story(spec: StoriesSource, number: int) -> str:
    draw = random.Random(f"stories {spec.seed} {spec.sentences} {number}")
    name, second = draw.sample(_NAMES, 2)
    beast = draw.choice(_BEASTS)
    thing, gift = draw.sample(_THINGS, 2)
    mood, other = draw.sample(_MOODS, 2)
    told = {
        "name": name, "second": second, "thing": thing, "gift": gift, "mood": mood, "other": other,
        "beast_the": "the " + beast.partition(" ")[2],
    }  # fmt: skip
    count = max(1, spec.sentences - 2)
    middles = [draw.choice(_MIDDLES).format(place=draw.choice(_PLACES), **told) for _ in range(count)]
    middles = [first for first, after in zip(middles, [*middles[1:], ""], strict=True) if first != after]
    first = f"One day {name} and {beast} went to {draw.choice(_PLACES)}."
    last = f"In the evening {name} was {mood} and went home."
    return " ".join([first, *(line[0].upper() + line[1:] for line in middles), last])
