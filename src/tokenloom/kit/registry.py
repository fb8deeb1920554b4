"""Named choices: a table that answers a wrong name with the nearest right ones."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

from tokenloom.kit.errors import Conflict, NotFound

T = TypeVar("T")


class Registry(Generic[T]):
    """Maps names to things of one ``noun``; unknown names raise :class:`NotFound` with suggestions."""

    def __init__(self, noun: str) -> None:
        self.noun = noun
        self._items: dict[str, T] = {}

    def register(self, name: str) -> Callable[[T], T]:
        """Decorator that stores the thing under ``name``; a second one under that name is a Conflict."""

        def store(item: T) -> T:
            if name in self._items and self._items[name] is not item:
                raise Conflict(f"The {self.noun} “{name}” is registered twice.", hint="Rename one of the plugins.")
            self._items[name] = item
            return item

        return store

    def __getitem__(self, name: str) -> T:
        try:
            return self._items[name]
        except KeyError:
            raise unknown_name(self.noun, name, self._items) from None

    def __contains__(self, name: object) -> bool:
        return name in self._items

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._items))

    def __len__(self) -> int:
        return len(self._items)


def nearest(name: str, names: Iterable[str], *, count: int = 3) -> list[str]:
    """The known names most like ``name``, best first, at most ``count``; those that it begins come before those that it resembles."""
    known = [str(each) for each in names]
    begun = sorted((each for each in known if len(name) > 1 and each.startswith(name)), key=len)
    alike = difflib.get_close_matches(name, known, n=count, cutoff=0.55)
    return [*begun, *(each for each in alike if each not in begun)][:count]


def unknown_name(noun: str, name: str, names: Iterable[str]) -> NotFound:
    """A :class:`NotFound` whose hint offers near matches, else what there is."""
    known = sorted(names)
    near = nearest(name, known)
    if near:
        hint = "Did you mean " + " or ".join(f"“{each}”" for each in near) + "?"
    elif known:
        hint = f"There is: {', '.join(known[:12])}{' …' if len(known) > 12 else ''}."
    else:
        hint = f"There is no {noun} yet."
    return NotFound(f"There is no {noun} “{name}”.", hint=hint, name=name, noun=noun)
