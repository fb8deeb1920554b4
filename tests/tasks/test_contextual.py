"""New rows by models of this machine: tiny real ones, built on the spot."""

from __future__ import annotations

import json
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import BertConfig, BertForMaskedLM, T5Config, T5ForConditionalGeneration

from tokenloom.data.dataset import Dataset
from tokenloom.data.importing import import_dataset
from tokenloom.data.refining import Tools, preview_steps, refine_dataset
from tokenloom.jobs.foresight import refining as foresight
from tokenloom.jobs.foresight.refining import preview_refining
from tokenloom.kit.errors import DataError, Denied, NotFound, SpecError
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.data import FileSource
from tokenloom.spec.split import ColumnSplit
from tokenloom.spec.steps import AugmentContextualStep
from tokenloom.tasks.data import previewing
from tokenloom.tasks.data.writers import writer_of
from worlds import furnished, tiny_recipe, train_here, word_tokenizer

WORDS = ["please", "count", "the", "quick", "slow", "boxes", "rooms", "in", "number", "room", "box", "three", "four"]


SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "bert"
    size = word_tokenizer(folder, SPECIALS, [*WORDS, "##s"], "[CLS] $A [SEP]")
    torch.manual_seed(1)
    shape = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    BertForMaskedLM(BertConfig(vocab_size=size, max_position_embeddings=24, **shape)).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def t5(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "t5"
    size = word_tokenizer(folder, SPECIALS, [*WORDS, "##s"], "$A [SEP]")
    torch.manual_seed(2)
    shape = {"d_model": 16, "d_kv": 8, "d_ff": 16, "num_layers": 1, "num_heads": 2}
    marks = {"pad_token_id": 0, "eos_token_id": 3, "decoder_start_token_id": 0}
    T5ForConditionalGeneration(T5Config(vocab_size=size, **shape, **marks)).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return furnished(tmp_path_factory.mktemp("contextual") / "workspace", count=60)


@pytest.fixture(scope="module")
def dataset(world: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    parts = ["train", "train", "train", "validation", "test"]
    rows = [
        {"prompt": "Please count the quick boxes in room three", "completion": f"there are {n}", "split": parts[n % 5]}
        for n in range(20)
    ]
    path = tmp_path_factory.mktemp("rows") / "rooms.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    return import_dataset(world, name="rooms", source=FileSource(path=str(path)), split=ColumnSplit())


def tools(world: Workspace, dataset: Dataset) -> Tools:
    return Tools(dataset.mapping, writer_of=lambda reference: writer_of(world, reference))


@pytest.fixture(scope="module")
def opened(world: Workspace, dataset: Dataset) -> Tools:
    """Tools that open a model once; opening has tests of its own."""
    return Tools(dataset.mapping, writer_of=cache(partial(writer_of, world)))


def prompts(made: Dataset) -> list[tuple[str, str]]:
    return [(row["_split"], row["prompt"]) for row in made.rows(limit=200) if row.get("source_row")]


def test_a_masked_model_replaces_words_in_training_alone_and_the_same_every_time(
    world: Workspace, dataset: Dataset, bert: Path
) -> None:
    step = AugmentContextualStep(model=str(bert), rate=1, strength=0.3, seed=3)
    made = refine_dataset(world, dataset, [step], tools=tools(world, dataset))
    new = prompts(made)
    assert len(new) == 12 and {split for split, _ in new} == {"train"}
    assert made.splits["validation"] == 4 == made.splits["test"]
    before = ["Please", "count", "the", "quick", "boxes", "in", "room", "three"]
    for _, text in new:
        words = text.split()
        changed = [(old, now) for old, now in zip(before, words, strict=True) if old != now]
        assert 1 <= len(changed) <= 2 and all(now.lower() in WORDS for _, now in changed)
        assert words[0][0].isupper()
    again = refine_dataset(world, dataset, [step], into="again", tools=tools(world, dataset))
    assert prompts(again) == new
    other = refine_dataset(
        world, dataset, [step.model_copy(update={"seed": 4})], into="other", tools=tools(world, dataset)
    )
    assert prompts(other) != new


def test_a_masked_model_inserts_words_and_reads_no_further_than_it_can(
    world: Workspace, dataset: Dataset, bert: Path
) -> None:
    step = AugmentContextualStep(model=str(bert), way="insert", rate=1, strength=0.1)
    for row in preview_steps(dataset, [step], tools=tools(world, dataset))["rows"]:
        words = row["after"][0].split()
        assert len(words) == 9 and [
            each for each in words if each in ["Please", "count", "the", "quick", "boxes", "in", "room", "three"]
        ]
    writer = writer_of(world, str(bert))
    proposals = writer.fill([("count " * 400, "boxes " * 400), ("", "")], 5)
    assert [len(each) for each in proposals] == [5, 5]
    assert all(word in WORDS and 0 < share < 1 for each in proposals for word, share in each)
    assert proposals[0] == sorted(proposals[0], key=lambda each: -each[1])


def test_an_encoder_decoder_model_says_the_text_anew_and_goes_there_and_back(
    world: Workspace, dataset: Dataset, t5: Path, opened: Tools
) -> None:
    step = AugmentContextualStep(model=str(t5), back=str(t5), prefix="count ", rate=0.4, seed=1)
    made = refine_dataset(world, dataset, [step], into="told", tools=opened)
    new = prompts(made)
    assert new and all(split == "train" and text.strip() and "[" not in text for split, text in new)
    again = refine_dataset(world, dataset, [step], into="told-again", tools=opened)
    assert prompts(again) == new
    one_way = step.model_copy(update={"back": ""})
    assert prompts(refine_dataset(world, dataset, [one_way], into="one", tools=opened)) != new


def test_a_run_of_the_workspace_goes_on_with_texts_or_inserts_words(world: Workspace, dataset: Dataset) -> None:
    run = train_here(world, tiny_recipe(loop={"max_steps": 4}, checkpoints={"every_steps": None}))
    before = "Please count the quick boxes in room three"
    step = AugmentContextualStep(model=run, rate=1, words=3, temperature=2.0, top_k=50)
    rows = preview_steps(dataset, [step], tools=tools(world, dataset))["rows"]
    assert rows and all(row["after"][0].startswith(before) and row["after"][0] != before for row in rows)
    assert all(len(row["after"][0].split()) <= len(before.split()) + 4 for row in rows)
    inserted = preview_steps(dataset, [step.model_copy(update={"way": "insert"})], tools=tools(world, dataset))["rows"]
    assert inserted and any(not row["after"][0].startswith(before) for row in inserted)


def test_a_preview_without_models_says_so_and_asks_the_engine_where_it_can(
    world: Workspace, dataset: Dataset, bert: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = AugmentContextualStep(model=str(bert), rate=1)
    light = preview_steps(dataset, [step])
    assert light["steps"][0]["added"] == 0 and "when the version is made" in light["steps"][0]["facts"]["note"]
    told = preview_refining(world, dataset, [step], sample=20)
    assert told["steps"][0]["added"] == 12 and told["rows"][0]["after"][0] != told["rows"][0]["before"]
    bad = AugmentContextualStep(model=str(_broken(tmp_path, bert))).model_dump(mode="json")
    refused = previewing.preview(str(world.root), dataset.id, [bad], rows=None, sample=20)["refused"]
    assert "config.json" in refused["message"] and refused["errors"][0]["field"] == "steps.0"
    monkeypatch.setattr(foresight, "sandbox_child", lambda *_, **__: {"refused": refused})
    with pytest.raises(SpecError, match=r"Step 1 .*config\.json"):
        preview_refining(world, dataset, [step])
    with pytest.raises(SpecError, match="No model can be loaded"):
        refine_dataset(world, dataset, [step], into="never")


def _broken(tmp_path: Path, folder: Path) -> Path:
    copy = tmp_path / "broken"
    copy.mkdir()
    for file in folder.iterdir():
        (copy / file.name).write_bytes(b"{" if file.name == "config.json" else file.read_bytes())
    return copy


@pytest.mark.parametrize(
    ("kind", "settings", "words"),
    [
        ("bert", {"way": "continue"}, "masked model, which cannot continue"),
        ("bert", {"way": "rewrite"}, "cannot rewrite"),
        ("t5", {"way": "replace"}, "seq2seq model, which cannot replace"),
        ("bert", {"back": "t5"}, "way back needs two"),
        ("t5", {"back": "bert"}, "way back needs two"),
    ],
)
def test_what_a_model_cannot_do_is_said_with_what_it_can(
    dataset: Dataset, bert: Path, t5: Path, opened: Tools, kind: str, settings: dict[str, Any], words: str
) -> None:
    folders = {"bert": str(bert), "t5": str(t5)}
    settings = {name: folders.get(value, value) for name, value in settings.items()}
    step = AugmentContextualStep(model=folders[kind], **settings)
    with pytest.raises(SpecError, match=words):
        preview_steps(dataset, [step], tools=opened)


def test_models_are_opened_from_safetensors_alone(world: Workspace, bert: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        writer_of(world, str(tmp_path / "none"))
    pickled = tmp_path / "pickled"
    pickled.mkdir()
    for file in bert.iterdir():
        name = "pytorch_model.bin" if file.suffix == ".safetensors" else file.name
        (pickled / name).write_bytes(file.read_bytes())
    with pytest.raises(Denied, match="pickle"):
        writer_of(world, str(pickled))
    coded = tmp_path / "coded"
    coded.mkdir()
    for file in bert.iterdir():
        (coded / file.name).write_bytes(file.read_bytes())
    config = json.loads((coded / "config.json").read_text()) | {"auto_map": {"AutoModelForMaskedLM": "own.Model"}}
    (coded / "config.json").write_text(json.dumps(config))
    with pytest.raises(Denied, match="own Python code"):
        writer_of(world, str(coded))
    (coded / "config.json").write_bytes((bert / "config.json").read_bytes())
    weights = next(coded.glob("*.safetensors"))
    weights.write_bytes(weights.read_bytes()[:-200])
    with pytest.raises(DataError):
        writer_of(world, str(coded))
