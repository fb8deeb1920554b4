"""Names of a table's columns, as its first row gives them."""

from __future__ import annotations

from tokenloom.kit.errors import DataError

MAX_COLUMNS = 2_000


def names_of(first: list[str], name: str, place: str, *, has_header: bool) -> tuple[list[str], tuple[str, ...]]:
    """Column names from the first row's fields, and what a user should know about them.

    Blank names become ``column_3``. A name that stands there twice gets a number, so that no value is lost.
    Raises :class:`DataError` for more than 2,000.
    """
    if len(first) > MAX_COLUMNS:
        raise DataError(
            f"{name} has {len(first)} columns in {place}; the limit is {MAX_COLUMNS}.",
            hint="Check the delimiter; if there really are so many, leave out those that a model does not read, or put them into one.",
        )
    if not has_header:
        return [f"column_{number}" for number in range(1, len(first) + 1)], ()
    wanted = [field.strip() or f"column_{number}" for number, field in enumerate(first, start=1)]
    names: list[str] = []
    notes = []
    places: dict[str, int] = {}
    taken = set(wanted)
    for number, column in enumerate(wanted, start=1):
        kept = column
        if column in places:
            kept = _free(column, taken)
            notes.append(
                f"The header of {name} ({place}) names the column “{column}” twice: as number {places[column]} and {number}. "
                f"The latter is kept as “{kept}”. Rename one of them in the file; if {place} is no header, set format.header=false."
            )
        places.setdefault(column, number)
        taken.add(kept)
        names.append(kept)
    return names, tuple(notes)


def _free(column: str, taken: set[str]) -> str:
    number = 2
    while f"{column}_{number}" in taken:
        number += 1
    return f"{column}_{number}"
