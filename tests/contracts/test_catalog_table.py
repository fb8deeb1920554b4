"""The runs table on both databases: filters, order, pages, columns."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pytest

from tokenloom.kit.errors import NotFound, SpecError
from tokenloom.tracking.catalog import Catalog, Indexer
from tokenloom.tracking.catalog.annotations import annotate
from tokenloom.tracking.catalog.runs import known_names, list_runs


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def catalog(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    """One catalog of six runs for all tests of this module: they only read."""
    url = ""
    if request.param == "postgresql":
        import psycopg

        url = str(request.getfixturevalue("postgres_url"))
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE of_the_table")
        url = url.replace("/postgres?", "/of_the_table?")
    with Catalog.open(tmp_path_factory.mktemp("workspace"), url or None) as opened:
        _fill(opened, request.getfixturevalue("make_run"))
        yield opened


def _fill(catalog: Catalog, make_run: Any) -> None:
    losses = {"a": 3.0, "b": 1.0, "c": None, "d": 2.0, "e": math.nan, "f": 1.0}
    ids = {}
    for number, (name, loss) in enumerate(losses.items()):
        rows = [] if loss is None else [(0, {"val/loss": 9.0}), (1, {"val/loss": loss})]
        ids[name] = make_run(
            catalog,
            id=f"r-{name}",
            name=f"run {name}",
            project="left" if number % 2 else "right",
            rows=rows,
            spec=f"optimizer: {{kind: {'adamw' if number < 3 else 'sgd'}, lr: {number / 10}}}\nnote: 100%_sure",
            state="completed" if number < 4 else "failed",
        )
    Indexer(catalog).refresh()
    annotate(catalog, ids["b"], tags=["best", "two words"], starred=True, notes="Warm RESTART")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "abcdef"),
        ("state=failed", "ef"),
        ("state!=failed project=left", "bd"),
        ("!state=failed", "abcd"),
        ("metrics.val/loss<2", "bf"),
        ("val/loss <= 2", "bdf"),
        ("metrics.val/loss.max>=9", "abdef"),
        ("metrics.val/loss.min<1.5", "bf"),
        ("params.optimizer.kind=sgd", "def"),
        ("optimizer.lr>0.25 optimizer.lr<0.45", "de"),
        ("optimizer.lr=0.3", "d"),
        ("tag=best", "b"),
        ("tag!=best", "acdef"),
        ('tag="two words"', "b"),
        ("tags~two", "b"),
        ("starred=true", "b"),
        ("starred=false", "acdef"),
        ("restart", "b"),
        ('"run d"', "d"),
        ("name~D", "d"),
        ("params.note~100%_", "abcdef"),
        ("params.note~100_", ""),
        ("step>=1", "abdef"),
        ("step<0.5", ""),
        ('name="x\' OR 1=1 --"', ""),
        ("metrics.nothing<5", ""),
    ],
)
def test_filters(catalog, text, expected):
    page = list_runs(catalog, text, sort="created")
    assert "".join(run.name[-1] for run in page.items) == expected
    assert page.total == len(expected)


@pytest.mark.parametrize(
    "text", ["state=", "=x", "a<b<c", 'name="open', "val/loss<abc", "starred=5", "x" * 1001, "a " * 21]
)
def test_an_unclear_filter_is_refused(catalog, text):
    with pytest.raises(SpecError):
        list_runs(catalog, text)


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("created", "abcdef"),
        ("-created", "fedcba"),
        ("metrics.val/loss", "bfdace"),
        ("-metrics.val/loss", "adfbec"),
        ("-params.optimizer.lr", "fedcba"),
        ("-starred", "bfedca"),
        ("name", "abcdef"),
    ],
)
@pytest.mark.parametrize("limit", [1, 2, 4, 6])
def test_pages_neither_skip_nor_repeat(catalog, sort, expected, limit):
    found, cursor = "", ""
    for _ in range(10):
        page = list_runs(catalog, sort=sort, cursor=cursor, limit=limit)
        assert page.total == 6
        found += "".join(run.name[-1] for run in page.items)
        cursor = page.next_cursor
        if not cursor:
            break
    assert found == expected


def test_a_cursor_of_another_order_and_an_odd_sort_are_refused(catalog):
    cursor = list_runs(catalog, sort="name", limit=2).next_cursor
    for other in ("created", "-name"):
        with pytest.raises(SpecError, match="cursor"):
            list_runs(catalog, sort=other, cursor=cursor)
    for text in ("x", "e30", "WyJuYW1lIiwxLCJhIl0", "é"):
        with pytest.raises(SpecError, match="cursor"):
            list_runs(catalog, sort="name", cursor=text)
    with pytest.raises(NotFound, match="created"):
        list_runs(catalog, sort="creatd")
    with pytest.raises(SpecError):
        list_runs(catalog, limit=0)


def test_columns_are_chosen(catalog):
    (run,) = list_runs(catalog, "tag=best", metrics=["val/loss"], params=["note"]).items
    assert list(run.metrics) == ["val/loss"]
    assert run.params == {"note": "100%_sure"}
    (run,) = list_runs(catalog, "tag=best", metrics=[], params=[]).items
    assert (run.metrics, run.params, run.tags) == ({}, {}, ["best", "two words"])
    names = known_names(catalog)
    assert names["metrics"] == ["val/loss"]
    assert names["tags"] == ["best", "two words"]
    assert names["params"] == ["note", "optimizer.kind", "optimizer.lr"]
