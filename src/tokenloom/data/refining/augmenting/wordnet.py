"""WordNet's own files, read as they lie: which words stand in one set of synonyms (format: wndb(5WN))."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from pathlib import Path

from tokenloom.kit.errors import NotFound

DEFAULT = Path("/usr/share/wordnet")
_PARTS = ("noun", "verb", "adj", "adv")


@cache
def synonyms(folder: Path = DEFAULT) -> dict[str, tuple[str, ...]]:
    """For each single word the other single words of the sets that it stands in, the commonest sense of each part of speech first.

    :class:`NotFound` where the dictionary is not there, with how to get it.
    """
    missing = [
        part for part in _PARTS if not (folder / f"data.{part}").is_file() or not (folder / f"index.{part}").is_file()
    ]
    if missing:
        raise NotFound(
            f"There is no WordNet in {folder} ({', '.join(f'data.{part}' for part in missing)}).",
            hint="On Debian and Ubuntu: apt-get install wordnet-base. Elsewhere unpack WordNet 3.0 and name its folder in `dictionary`.",
        )
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for part in _PARTS:
        sets = _sets(folder / f"data.{part}")
        for word, offset in _first_senses(folder / f"index.{part}"):
            for other in sets.get(offset, ()):
                if other != word:
                    found[word][other] = None
    return {word: tuple(others) for word, others in found.items() if others}


def _sets(path: Path) -> dict[str, tuple[str, ...]]:
    """Words of each set by its offset; phrases and names are left out."""
    sets: dict[str, tuple[str, ...]] = {}
    with path.open(encoding="latin-1") as file:
        for line in file:
            if line.startswith("  "):  # the licence
                continue
            offset, _, _, count, *rest = line.split(" ")
            words = [rest[2 * place].partition("(")[0] for place in range(int(count, 16))]
            plain = tuple(word for word in words if word.isalpha() and word.islower())
            if len(plain) > 1:
                sets[offset] = plain
    return sets


def _first_senses(path: Path) -> list[tuple[str, str]]:
    """Each single word with the offset of its commonest sense."""
    senses = []
    with path.open(encoding="latin-1") as file:
        for line in file:
            if line.startswith("  "):
                continue
            word, _, count, pointers, *rest = line.split()
            offsets = rest[int(pointers) + 2 :]
            if word.isalpha() and int(count) and offsets:
                senses.append((word, offsets[0]))
    return senses
