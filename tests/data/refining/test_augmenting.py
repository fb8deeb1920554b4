"""Rows made from others: only from training and into training, the same every time, each naming its source."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tokenloom.data.dataset import Dataset
from tokenloom.data.refining.augmenting.wordnet import synonyms
from tokenloom.data.refining.building import Tools, build_step
from tokenloom.data.refining.preview import preview_steps
from tokenloom.data.refining.refining import refine_dataset
from tokenloom.kit.errors import DataError, Denied, NotFound, ResourceError, SpecError
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.recipe import RefineSpec
from tokenloom.spec.split import ColumnSplit
from tokenloom.spec.steps import (
    AugmentEditsStep,
    AugmentParaphraseStep,
    AugmentSynonymsStep,
    AugmentTemplateStep,
    AugmentTranslateStep,
    ResplitStep,
)

Import = Callable[..., Dataset]


@pytest.fixture
def dataset(do_import: Import) -> Dataset:
    parts = ["train", "train", "train", "validation", "test"]
    rows = [
        {
            "prompt": f"please count the quick boxes in room number {n}",
            "completion": f"there are {n}",
            "split": parts[n % 5],
        }
        for n in range(100)
    ]
    return do_import("\n".join(map(json.dumps, rows)), split=ColumnSplit())


def test_only_training_rows_are_used_and_only_training_grows(workspace: Workspace, dataset: Dataset) -> None:
    steps = [AugmentEditsStep(rate=0.5, copies=2, seed=4)]
    made = refine_dataset(workspace, dataset, steps)
    old = {row["_row"]: row for row in dataset.rows(limit=200)}
    new = [row for row in made.rows(limit=500) if row["_row"] not in old]
    assert made.splits["validation"] == 20 == made.splits["test"] and made.splits["train"] == 60 + len(new)
    assert 40 <= len(new) <= 80 and min(row["_row"] for row in new) == 101
    for row in new:
        source = old[row["source_row"]]
        assert row["_split"] == "train" == source["_split"] and row["completion"] == source["completion"]
        assert row["prompt"] != source["prompt"]
    kept = {row["_row"]: row for row in made.rows(limit=500) if row["_row"] in old}
    assert {number: row["prompt"] for number, row in kept.items()} == {n: row["prompt"] for n, row in old.items()}
    assert refine_dataset(workspace, dataset, steps).id == made.id
    other = refine_dataset(workspace, dataset, [AugmentEditsStep(rate=0.5, copies=2, seed=5)], into="other")
    assert [row["prompt"] for row in other.rows(limit=500)] != [row["prompt"] for row in made.rows(limit=500)]
    made.ledger.check()


@pytest.mark.parametrize(
    ("edits", "check"),
    [
        (("delete",), lambda old, new: len(new) < len(old) and set(new) <= set(old)),
        (("swap",), lambda old, new: sorted(new) == sorted(old)),
        (("insert",), lambda old, new: len(new) > len(old) and set(new) == set(old)),
    ],
)
def test_edits_do_what_they_say(edits: Any, check: Callable[[list[str], list[str]], bool], dataset: Dataset) -> None:
    told = preview_steps(dataset, [AugmentEditsStep(rate=1, strength=0.2, edits=edits)])
    old = {row["_row"]: row["prompt"] for row in dataset.rows(limit=200)}
    assert len(told["rows"]) == 60 and told["steps"][0]["added"] == 60
    for row in told["rows"]:
        assert check(old[row["extra"]["source_row"]].split(), row["after"][0].split()), row


def test_templates_put_the_text_into_other_words(dataset: Dataset) -> None:
    told = preview_steps(dataset, [AugmentTemplateStep(rate=1, templates=("Dear desk, {text}?",))])
    assert all(row["after"][0].startswith("Dear desk, please count") for row in told["rows"])
    with pytest.raises(ValidationError, match="must hold"):
        AugmentTemplateStep(templates=("no place",))
    with pytest.raises(ValidationError, match="nothing may happen"):
        AugmentEditsStep(edits=())


@pytest.fixture
def wordnet(tmp_path: Path) -> Path:
    """A dictionary of three sets in WordNet's own format."""
    folder = tmp_path / "wordnet"
    folder.mkdir()
    files = {
        "data.adj": "  1 licence\n00000010 00 s 03 quick 0 fast 0 Paris 0 000 | at speed\n",
        "index.adj": "  1 licence\nquick a 1 0 1 1 00000010\nfast a 1 1 & 1 0 00000010\n",
        "data.verb": "00000020 30 v 02 count 0 number 1 000 01 + 08 00 | say numbers\n",
        "index.verb": "count v 1 1 @ 1 1 00000020\n",
        "data.noun": "00000030 06 n 02 box_seat 0 box 0 000 | a seat\n",
        "index.noun": "box n 1 0 1 1 00000030\n",
        "data.adv": "",
        "index.adv": "",
    }
    for name, content in files.items():
        (folder / name).write_text(content)
    return folder


def test_synonyms_come_from_wordnets_own_files(wordnet: Path, dataset: Dataset, tmp_path: Path) -> None:
    assert synonyms(wordnet) == {"quick": ("fast",), "fast": ("quick",), "count": ("number",)}
    told = preview_steps(dataset, [AugmentSynonymsStep(rate=1, strength=1, dictionary=str(wordnet))])
    assert told["rows"][0]["after"][0].startswith("please number the fast boxes")
    with pytest.raises(SpecError, match="There is no WordNet") as caught:
        preview_steps(dataset, [AugmentSynonymsStep(dictionary=str(tmp_path / "none"))])
    assert "wordnet-base" in caught.value.hint
    with pytest.raises(NotFound):
        synonyms(tmp_path / "none")


class _Model(BaseHTTPRequestHandler):
    asked: list[dict[str, Any]] = []
    keys: list[str | None] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.asked.append(body)
        self.keys.append(self.headers.get("authorization"))
        said = body["messages"][0]["content"].partition("\n\n")[2]
        text = said.removeprefix("[de] ") + " (again)" if said.startswith("[de]") else f"[de] {said}"
        answer = json.dumps({"choices": [{"message": {"content": text}}]}).encode()
        self.send_response(200 if body["model"] == "small" else 404)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A model behind an OpenAI-compatible API on this machine."""
    _Model.asked, _Model.keys = [], []
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Model)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("TOKENLOOM_ALLOWED_HOSTS", f"127.0.0.1:{server.server_port}")
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()


def test_a_model_is_asked_and_its_words_become_rows(
    endpoint: str, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_KEY", "secret-key")
    spec = AugmentParaphraseStep(rate=1, endpoint=endpoint, model="small", key_variable="MY_KEY")
    told = preview_steps(dataset, [spec])
    assert len(_Model.asked) == 6 == told["steps"][0]["added"], "a preview asks about a few rows alone"
    assert told["rows"][0]["after"][0].startswith("[de] please count") and set(_Model.keys) == {"Bearer secret-key"}
    assert "secret-key" not in json.dumps(told)
    _Model.asked = []
    there_and_back = AugmentTranslateStep(rate=1, endpoint=endpoint, model="small", language="German")
    told = preview_steps(dataset, [there_and_back])
    assert (
        told["rows"][0]["after"][0].endswith("(again)") and "into German" in _Model.asked[0]["messages"][0]["content"]
    )


def test_a_model_that_may_not_or_does_not_answer_is_said(
    endpoint: str, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DataError, match="status 404"):
        preview_steps(dataset, [AugmentParaphraseStep(endpoint=endpoint, model="none")])
    with pytest.raises(SpecError, match="MY_KEY is empty"):
        preview_steps(dataset, [AugmentParaphraseStep(endpoint=endpoint, model="small", key_variable="MY_KEY")])
    gone = AugmentParaphraseStep(endpoint="http://127.0.0.1:9/v1", model="small", rate=1)
    monkeypatch.setenv("TOKENLOOM_ALLOWED_HOSTS", "127.0.0.1:9")
    with pytest.raises(ResourceError, match="does not answer"):
        preview_steps(dataset, [gone])
    monkeypatch.delenv("TOKENLOOM_ALLOWED_HOSTS")
    with pytest.raises(SpecError, match=r"127\.0\.0\.1"):
        preview_steps(dataset, [gone])
    with pytest.raises(Denied):
        build_step(
            AugmentParaphraseStep(endpoint="https://1.1.1.1/v1", model="m", key_variable="NO_KEY"),
            Tools(dataset.mapping),
        )


def test_rows_made_from_others_are_never_split_anew(workspace: Workspace, dataset: Dataset) -> None:
    with pytest.raises(ValidationError, match="put resplit before"):
        RefineSpec(dataset="d", steps=[AugmentEditsStep(), ResplitStep()])
    made = refine_dataset(workspace, dataset, [ResplitStep(), AugmentEditsStep(rate=0.1)])
    with pytest.raises(SpecError, match="made from others"):
        refine_dataset(workspace, made, [ResplitStep()])
    again = refine_dataset(workspace, made, [AugmentTemplateStep(rate=1, templates=("> {text}",))])
    numbers = {row["_row"] for row in dataset.rows(limit=200)}
    assert {row["source_row"] for row in again.rows(limit=900) if row["_row"] not in numbers} <= numbers
