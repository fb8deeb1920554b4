"""Writing what people say about a run: in its folder first, so that rebuilding the catalog loses nothing."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

from tokenloom.kit.atomic import atomic_write
from tokenloom.kit.errors import NotFound, SpecError
from tokenloom.tracking.catalog.database import Catalog
from tokenloom.tracking.catalog.facts import ANNOTATIONS, Annotations, clean, read_annotations, read_json
from tokenloom.tracking.catalog.indexer import Indexer

MAX_TAG, MAX_TAGS, MAX_NOTES, MAX_NAME = 128, 100, 100_000, 300


def annotate(
    catalog: Catalog,
    run_id: str,
    *,
    name: str | None = None,
    tags: Iterable[str] | None = None,
    notes: str | None = None,
    starred: bool | None = None,
    archived: bool | None = None,
) -> Annotations:
    """Change what is given, keep the rest; the annotations after it. NotFound without such a run, SpecError when too long."""
    folder = catalog.workspace.run(run_id)
    if not folder.is_dir():
        raise NotFound(f"There is no run “{run_id}”.", hint="`tokenloom runs list` shows the ids.")
    given = {"name": name, "notes": notes, "starred": starred, "archived": archived}
    changes: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
    if tags is not None:
        changes["tags"] = tuple(sorted({clean(tag).strip() for tag in tags} - {""}))
    with (folder / f".{ANNOTATIONS}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        new = replace(read_annotations(folder), **changes)
        _check(new)
        kept = read_json(folder / ANNOTATIONS)  # keys of a later version stay
        atomic_write(folder / ANNOTATIONS, json.dumps(kept | asdict(new), indent=1))
    Indexer(catalog).refresh([run_id])
    return new


def _check(new: Annotations) -> None:
    limits = [
        (len(new.name) > MAX_NAME, f"The name has {len(new.name)} characters; the limit is {MAX_NAME}."),
        (len(new.notes) > MAX_NOTES, f"The notes have {len(new.notes)} characters; the limit is {MAX_NOTES}."),
        (len(new.tags) > MAX_TAGS, f"There are {len(new.tags)} tags; the limit is {MAX_TAGS}."),
        (any(len(tag) > MAX_TAG for tag in new.tags), f"A tag is longer than {MAX_TAG} characters."),
    ]
    for is_over, message in limits:
        if is_over:
            raise SpecError(message, hint="Shorten it.")
