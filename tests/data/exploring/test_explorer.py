"""Pages of many rows: what is found is what is there, from Parquet and from the mapped copy, in order, while it is still searched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from big import big_dataset

from tokenloom.data.dataset import Dataset
from tokenloom.data.exploring import Explorer, Question, RowPage, parse_filters
from tokenloom.data.exploring.mirror import Mirror, forget_deleted
from tokenloom.data.exploring.summary import column_summary
from tokenloom.kit.errors import DataError, NotFound, SpecError
from tokenloom.kit.workspace import Workspace

ROWS = 60_000


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return Workspace.open(tmp_path_factory.mktemp("exploring"))


@pytest.fixture(scope="module")
def dataset(shelf: Workspace) -> Dataset:
    return big_dataset(shelf, ROWS)


@pytest.fixture(params=["parquet", "copy"], scope="module")
def explorer(request: pytest.FixtureRequest, shelf: Workspace, dataset: Dataset) -> Explorer:
    explorer = Explorer(shelf, copies=False)
    if request.param == "copy":
        explorer.mirror(dataset).make()
    assert explorer.mirror(dataset).is_ready == (request.param == "copy")
    return explorer


def asked(explorer: Explorer, dataset: Dataset, offset: int = 0, limit: int = 50, **question: Any) -> RowPage:
    return explorer.page(dataset, Question(**question), offset=offset, limit=limit, seconds=None)


def numbers(page: RowPage) -> list[int]:
    return [row["_row"] for row in page.rows]


def test_any_place_is_a_page(explorer: Explorer, dataset: Dataset) -> None:
    page = asked(explorer, dataset, offset=ROWS - 3)
    assert numbers(page) == [ROWS - 2, ROWS - 1, ROWS] and page.found == ROWS and page.complete
    assert asked(explorer, dataset, offset=ROWS + 5).rows == []
    assert page.rows[0]["prompt"].startswith(f"What does entry {ROWS - 3} of book")


def test_a_rare_and_a_common_text_are_found_in_either_case(explorer: Explorer, dataset: Dataset) -> None:
    rare = asked(explorer, dataset, search="ENTRY 54321 OF")
    assert numbers(rare) == [54322] and rare.complete and rare.found == 1
    common = asked(explorer, dataset, search="entry", offset=40_000, limit=10)
    assert numbers(common) == list(range(40_001, 40_011))
    assert asked(explorer, dataset, search="(entry|book)").found == 0, "a text is no expression"


@pytest.mark.parametrize(
    ("filters", "holds"),
    [
        (["topic=topic 3"], lambda row: row["topic"] == "topic 3"),
        (["topic!=topic 3"], lambda row: row["topic"] != "topic 3"),
        (["topic="], lambda row: row["topic"] is None),
        (["_row=[7,3,50000]"], lambda row: row["_row"] in (3, 7, 50_000)),
        (["topic!="], lambda row: row["topic"] is not None),
        (["level>=99.5", "level<=99.7"], lambda row: 99.5 <= row["level"] <= 99.7),
        (["completion~CAF\u00c3"], lambda row: "caf\u00c3" in row["completion"]),
        (["prompt!~about", "level>=0"], lambda row: "about" not in row["prompt"]),
        (["topic~topic 1", "topic!=topic 1"], lambda row: (row["topic"] or "")[:7] == "topic 1" and row["topic"] != "topic 1"),
    ],
)  # fmt: skip
def test_typed_filters_find_exactly_those_rows(
    explorer: Explorer, dataset: Dataset, filters: list[str], holds: Any
) -> None:
    every = asked(explorer, dataset, limit=ROWS).rows
    found = asked(explorer, dataset, limit=ROWS, filter=parse_filters(filters), split="train")
    wanted = [row["_row"] for row in every if holds(row) and row["_split"] == "train"]
    assert numbers(found) == wanted and found.found == len(wanted)


@pytest.mark.parametrize("descending", [False, True])
def test_rows_are_sorted_by_any_column_with_gaps_last(explorer: Explorer, dataset: Dataset, descending: bool) -> None:
    by_level = asked(explorer, dataset, sort="level", descending=descending, limit=ROWS)
    levels = [row["level"] for row in by_level.rows]
    assert levels == sorted(levels, reverse=descending) and len(set(numbers(by_level))) == ROWS
    found = asked(explorer, dataset, sort="topic", descending=descending, limit=ROWS, filter={"level": {"max": 5}})
    topics = [row["topic"] for row in found.rows]
    filled = [topic for topic in topics if topic is not None]
    assert filled == sorted(filled, reverse=descending) and topics[len(filled) :] == [None] * (
        len(topics) - len(filled)
    )


def test_a_page_of_an_unfinished_search_says_so(
    shelf: Workspace, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    explorer = Explorer(shelf, copies=False)
    monkeypatch.setattr(explorer._pool, "submit", lambda run: None)
    question = Question(search="entry")
    first = explorer.page(dataset, question, seconds=0)
    assert first == RowPage([], 0, 0, False)
    next(iter(explorer._searches.values())).run()
    last = explorer.page(dataset, question, seconds=0)
    assert last.complete and last.found == ROWS and len(last.rows) == 50


def test_who_types_on_ends_the_searches_before(
    shelf: Workspace, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    explorer = Explorer(shelf, copies=False)
    monkeypatch.setattr(explorer._pool, "submit", lambda run: None)
    for text in ("e", "en", "ent", "entr"):
        explorer.page(dataset, Question(search=text), seconds=0)
    assert [key[1] for key in explorer._searches] == [Question(search=text).key() for text in ("ent", "entr")]


def test_wrong_columns_filters_and_splits_are_named(explorer: Explorer, dataset: Dataset) -> None:
    with pytest.raises(NotFound, match="topc"):
        asked(explorer, dataset, filter={"topc": "x"})
    with pytest.raises(NotFound, match="levl"):
        asked(explorer, dataset, sort="levl")
    with pytest.raises(NotFound, match="tran"):
        asked(explorer, dataset, split="tran")
    for text in ("topic", "level>=many", "=x"):
        with pytest.raises(SpecError):
            parse_filters([text])


def test_damaged_data_is_told_to_who_waits(workspace: Workspace) -> None:
    dataset = big_dataset(workspace, 100)
    explorer = Explorer(workspace)
    mirror = explorer.mirror(dataset)
    path = Path(dataset.path / "data.parquet")
    content = bytearray(path.read_bytes())
    content[10:2000] = bytes(1990)
    path.write_bytes(content)
    with pytest.raises(DataError, match="damaged"):
        asked(explorer, dataset, search="entry")
    assert not mirror.is_ready


def test_a_copy_of_a_deleted_version_is_forgotten(workspace: Workspace) -> None:
    dataset = big_dataset(workspace, 500)
    mirror = Mirror(workspace, dataset)
    mirror.make()
    assert mirror.is_ready and forget_deleted(workspace) == 0
    dataset.path.rename(workspace.root / "elsewhere")
    assert forget_deleted(workspace) == 1 and not list((workspace.cache / "exploring").iterdir())


def test_columns_say_what_they_hold(dataset: Dataset) -> None:
    told = {each["name"]: each for each in column_summary(dataset)}
    assert told["topic"]["missing"] == ROWS // 10 and len(told["topic"]["values"]) == 20
    assert (told["level"]["kind"], told["level"]["min"]) == ("number", 0.0)
    assert told["prompt"]["values"] == [] and told["prompt"]["distinct"] > ROWS * 0.9
    assert {each["value"] for each in told["_split"]["values"]} == {"train", "validation", "test"}
