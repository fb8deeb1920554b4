"""Reading ahead: order, errors, and never more than one item in advance."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from tokenloom.data.ahead import one_ahead


def test_items_come_in_their_order_and_an_error_at_its_place() -> None:
    def broken() -> Iterator[int]:
        yield from range(3)
        raise ValueError("the fourth")

    assert list(one_ahead(iter(range(100)))) == list(range(100))
    assert list(one_ahead(iter([]))) == []
    seen = []
    with pytest.raises(ValueError, match="the fourth"):
        for item in one_ahead(broken()):
            seen.append(item)
    assert seen == [0, 1, 2]


def test_the_next_item_is_made_while_the_present_one_is_worked_on_and_no_more() -> None:
    made: list[int] = []
    is_made = [threading.Event() for _ in range(6)]

    def items() -> Iterator[int]:
        for number in range(6):
            made.append(number)
            is_made[number].set()
            yield number

    for item in one_ahead(items()):
        if item < 5:
            assert is_made[item + 1].wait(30)  # nobody has asked for it yet
        assert len(made) <= item + 2


def test_closing_early_ends_the_thread_and_lets_the_source_go() -> None:
    is_closed = threading.Event()

    def items() -> Iterator[int]:
        try:
            yield from range(1000)
        finally:
            is_closed.set()

    read = one_ahead(items())
    assert next(read) == 0
    read.close()
    assert is_closed.wait(30)
    assert not [each for each in threading.enumerate() if each.name.startswith("ahead")]
