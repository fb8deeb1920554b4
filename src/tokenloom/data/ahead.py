"""Reading ahead: the next item is made in a thread while the present one is worked on."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
_END = object()


def one_ahead(items: Iterator[T]) -> Generator[T]:
    """The same items in the same order; one more of them is in memory than without. An error of ``items`` is raised at its place.

    Whoever stops early closes what is returned: the thread ends with the item that it is at, and ``items`` is let go of.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="ahead") as thread:
        coming = thread.submit(next, items, _END)
        while (item := coming.result()) is not _END:
            coming = thread.submit(next, items, _END)
            yield item  # type: ignore[misc]
