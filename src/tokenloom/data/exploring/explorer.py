"""Pages of rows. A question is searched once, in the background; every page of it, and the next one asked, is read from what was found."""

from __future__ import annotations

import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson

from tokenloom.data.conditions import Question, condition
from tokenloom.data.dataset import Dataset
from tokenloom.data.exploring.mirror import Mirror, Places, forget_deleted
from tokenloom.data.exploring.search import Search
from tokenloom.kit.registry import unknown_name
from tokenloom.kit.workspace import Workspace

PATIENCE_SECONDS = 0.25
_MIRRORS, _SEARCHES, _AT_ONCE = 4, 32, 2


@dataclass(frozen=True)
class RowPage:
    """``found``: rows that answer, as far as ``scanned`` rows tell; all of them where it is ``complete``."""

    rows: list[dict[str, Any]]
    found: int
    scanned: int
    complete: bool


class Explorer:
    """Answers for one workspace; threads may share it. ``copies``: whether mapped copies of large versions are made."""

    def __init__(self, workspace: Workspace, *, copies: bool = True) -> None:
        self.workspace = workspace
        self._copies = copies
        self._lock = threading.Lock()
        self._mirrors: OrderedDict[str, Mirror] = OrderedDict()
        self._searches: OrderedDict[tuple[str, bytes], Search] = OrderedDict()
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="explorer")
        forget_deleted(workspace)

    def page(
        self,
        dataset: Dataset,
        question: Question,
        *,
        offset: int = 0,
        limit: int = 50,
        seconds: float | None = PATIENCE_SECONDS,
    ) -> RowPage:
        """Rows ``offset`` to ``offset + limit`` of those that answer. After ``seconds`` what is found so far is answered; None waits for the page.

        NotFound where a column or the split is not there.
        """
        if question.split is not None:
            dataset.check_split(question.split)
        mirror = self.mirror(dataset)
        if question.sort is not None and question.sort not in mirror.schema:
            raise unknown_name(f"column of {dataset.name}", question.sort, mirror.schema)
        if question.is_plain:
            return self._plain(mirror, question, offset, limit)
        search = self._search(mirror, question)
        search.wait(mirror.total + 1 if question.sort else offset + limit + 1, seconds)
        scanned, found = search.scanned, search.found
        places = search.places() if question.sort else search.places(offset, offset + limit)
        if question.sort is not None:
            places = _sorted(mirror, places, question)[offset : offset + limit]
        return RowPage(_decoded(mirror, places), found, scanned, scanned >= mirror.total)

    def mirror(self, dataset: Dataset) -> Mirror:
        """The version's rows, kept open while they are asked for."""
        with self._lock:
            known = self._mirrors.get(dataset.id)
        mirror = known or Mirror(self.workspace, dataset)
        with self._lock:
            mirror = self._mirrors.setdefault(dataset.id, mirror)
            self._mirrors.move_to_end(dataset.id)
            while len(self._mirrors) > _MIRRORS:
                self._mirrors.popitem(last=False)
        if self._copies:
            mirror.begin()
        return mirror

    def _plain(self, mirror: Mirror, question: Question, offset: int, limit: int) -> RowPage:
        end = min(offset + limit, mirror.total)
        if question.sort is None:
            places: Places = np.arange(min(offset, end), end, dtype=np.uint32)
        else:
            places = mirror.order(question.sort, descending=question.descending)[offset:end]
        return RowPage(_decoded(mirror, places), mirror.total, mirror.total, True)

    def _search(self, mirror: Mirror, question: Question) -> Search:
        key = (mirror.dataset.id, question.key())
        with self._lock:
            known = self._searches.get(key)
            if known is not None:
                self._searches.move_to_end(key)
                return known
        search = Search(mirror, condition(question, mirror.schema, mirror.dataset.name))
        with self._lock:
            if (other := self._searches.get(key)) is not None:
                return other
            running = [each for each, other in self._searches.items() if not other.is_complete]
            for each in running[: max(0, len(running) + 1 - _AT_ONCE)]:  # of someone who has typed on
                self._searches.pop(each).give_up()
            self._searches[key] = search
            while len(self._searches) > _SEARCHES:
                self._searches.popitem(last=False)[1].give_up()
        self._pool.submit(search.run)
        return search


def _sorted(mirror: Mirror, places: Places, question: Question) -> Places:
    """The found places in the wanted order: the order of all rows, of which only the found ones are kept."""
    is_found = np.zeros(mirror.total, bool)
    is_found[places] = True
    order = mirror.order(str(question.sort), descending=question.descending)
    kept: Places = order[is_found[order]]
    return kept


def _decoded(mirror: Mirror, places: Places) -> list[dict[str, Any]]:
    nested = mirror.dataset.json_columns
    rows = mirror.at(places.tolist()) if len(places) else []
    for row in rows:
        for name in nested:
            if row.get(name) is not None:
                row[name] = orjson.loads(row[name])
    return rows
