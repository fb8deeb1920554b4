"""Rows laid out by a model: tiny real ones, built on the spot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from transformers import AutoModel, BertConfig, BertForMaskedLM, T5Config, T5ForConditionalGeneration

from tokenloom.data.corpus import MapAsked, known_map, map_by_model
from tokenloom.data.dataset import Dataset, DatasetStore
from tokenloom.data.importing import import_dataset
from tokenloom.data.progress import UNWATCHED
from tokenloom.jobs.runs import create_run
from tokenloom.kit.errors import DataError, Denied, Interrupted, NotFound, SpecError
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.data import FileSource
from tokenloom.spec.model import PretrainedModel
from tokenloom.spec.override import parse_run_spec
from tokenloom.tasks.context import Context
from tokenloom.tasks.data.embedding import Embedder, embedder_of
from tokenloom.tasks.run import run_task
from tokenloom.tracking import query
from tokenloom.tracking.commands import append_command
from tokenloom.tracking.log import LogWriter, log_path
from worlds import furnished, tiny_recipe, train_here, word_tokenizer

TOPICS = [["ship", "sail", "wave", "fish", "harbour"], ["bread", "oven", "flour", "dough", "salt"]]
MARKS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
PLACES = 24
SHAPE = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}


@pytest.fixture
def bert(tmp_path: Path) -> Path:
    folder = tmp_path / "bert"
    size = word_tokenizer(folder, MARKS, [*TOPICS[0], *TOPICS[1]], "[CLS] $A [SEP]")
    torch.manual_seed(1)
    BertForMaskedLM(BertConfig(vocab_size=size, max_position_embeddings=PLACES, **SHAPE)).save_pretrained(folder)
    return folder


@pytest.fixture
def t5(tmp_path: Path) -> Path:
    folder = tmp_path / "t5"
    size = word_tokenizer(folder, MARKS, [*TOPICS[0], *TOPICS[1]], "$A [SEP]")
    torch.manual_seed(2)
    shape = {"d_model": 16, "d_kv": 8, "d_ff": 16, "num_layers": 1, "num_heads": 2}
    marks = {"pad_token_id": 0, "eos_token_id": 3, "decoder_start_token_id": 0}
    T5ForConditionalGeneration(T5Config(vocab_size=size, **shape, **marks)).save_pretrained(folder)
    return folder


@pytest.fixture
def dataset(workspace: Workspace, tmp_path: Path) -> Dataset:
    draw = np.random.default_rng(0)
    rows = [{"text": " ".join(draw.choice(TOPICS[n % 2], 3 + n % 5))} for n in range(80)]
    path = tmp_path / "topics.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return import_dataset(workspace, name="topics", source=FileSource(path=str(path)))


def embedder(workspace: Workspace, source: Path | str, most: int = 256, **settings: Any) -> Embedder:
    return embedder_of(workspace, PretrainedModel(source=str(source), **settings), most)


def states(made: Embedder, texts: list[str]) -> np.ndarray:
    return made.embed(texts, UNWATCHED).vectors


def run(workspace: Workspace, data: dict[str, Any], *commands: str) -> list[dict[str, Any]]:
    spec = parse_run_spec({"task": "map", "dataset": "topics", **data})
    run_id = create_run(workspace, spec)
    for command in commands:
        append_command(workspace.run(run_id), command)
    with LogWriter(log_path(workspace.run(run_id))) as log:
        run_task(spec, Context(workspace, run_id, workspace.run(run_id), log))
    return query.events(workspace.run(run_id), ["result", "progress", "note"])


def test_vectors_are_means_over_the_tokens_of_the_text_whatever_stands_beside_it(
    workspace: Workspace, bert: Path
) -> None:
    texts = ["ship sail", "bread oven flour dough salt bread", "wave", ""]
    made = embedder(workspace, bert)
    found = states(made, texts)
    body = AutoModel.from_pretrained(bert, add_pooling_layer=False).eval()
    tokenizer = Tokenizer.from_file(str(bert / "tokenizer.json"))
    for text, vector in zip(texts[:3], found, strict=False):
        ids = torch.tensor([tokenizer.encode(text).ids])
        with torch.inference_mode():
            expected = body(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state[0, 1:-1].mean(0)
        np.testing.assert_allclose(vector, expected.numpy(), atol=2e-5)
    assert not found[3].any()
    np.testing.assert_allclose(states(made, texts[1:2])[0], found[1], atol=2e-5)


def test_a_run_lays_out_rows_by_an_encoder_and_leaves_the_map(
    workspace: Workspace, dataset: Dataset, bert: Path
) -> None:
    model = {"kind": "pretrained", "source": str(bert)}
    asked = map_by_model(workspace, parse_run_spec({"task": "map", "dataset": "topics", "model": model}))
    assert known_map(workspace, dataset, asked) is None
    events = run(workspace, {"model": model})
    result = events[-1]["result"]
    assert result["kind"] == "map" and result["rows"] == 80 and result["cut_rows"] == 0
    assert sum(group["rows"] for group in result["groups"]) == 80
    assert any(event.get("phase") == "map" and event["done"] == 80 for event in events)
    told = known_map(workspace, dataset, asked)
    assert told is not None and told["model"] == str(bert) and told["max_tokens"] == 256
    points = np.column_stack([told["x"], told["y"]])
    topics = np.array([row % 2 for row in told["rows"]])
    centres = [points[topics == each].mean(axis=0) for each in (0, 1)]
    spread = np.mean([np.linalg.norm(points[topics == each] - centres[each], axis=1).mean() for each in (0, 1)])
    assert np.linalg.norm(centres[0] - centres[1]) > spread and np.abs(points).max() <= 1
    assert {told["group"][place] for place in np.flatnonzero(topics == 0)}.isdisjoint(
        told["group"][place] for place in np.flatnonzero(topics == 1)
    )
    assert known_map(workspace, dataset, MapAsked()) is None  # the map by words is another one


def test_rows_that_are_longer_than_the_model_reads_are_cut_and_told(
    workspace: Workspace, dataset: Dataset, bert: Path
) -> None:
    texts = ["ship " * 10, "ship " * 10 + "bread oven", "ship"]
    made = embedder(workspace, bert, 10)
    found = made.embed(texts, UNWATCHED)
    assert made.limit == 10 and found.cut == 1
    np.testing.assert_allclose(found.vectors[0], found.vectors[1], atol=2e-5)
    whole = embedder(workspace, bert, 1000)
    assert whole.limit == PLACES - 4  # the model's places, its marks and two that some families never use
    assert whole.embed(["ship " * 500], UNWATCHED).cut == 1
    events = run(workspace, {"model": {"kind": "pretrained", "source": str(bert)}, "max_tokens": 4})
    longer = sum(3 + n % 5 > 4 for n in range(80))
    assert events[-1]["result"]["cut_rows"] == longer and events[-1]["result"]["read_tokens"] == 4
    assert any(f"Of {longer} of 80 rows the first 4 tokens" in event.get("message", "") for event in events)


def test_encoder_decoders_runs_and_adapters_are_read_too(tmp_path: Path, t5: Path) -> None:
    world = furnished(tmp_path / "world", count=60)
    assert states(embedder(world, t5), ["ship sail", "bread"]).shape == (2, 16)
    base = train_here(world, tiny_recipe(loop={"max_steps": 4}, checkpoints={"every_steps": None}))
    texts = ["Describe 3 animals: red, fox.", "4 blue owls"]
    plain = states(embedder(world, base), texts)
    assert plain.shape == (2, 32) and np.isfinite(plain).all()
    tuned = train_here(
        world,
        tiny_recipe(
            task="finetune",
            model=None,
            tuning={"kind": "lora", "rank": 2},
            loop={"max_steps": 4},
            checkpoints={"every_steps": None},
        )
        | {"model": {"kind": "pretrained", "source": base}},
    )
    assert not np.allclose(states(embedder(world, tuned), texts), plain)
    np.testing.assert_allclose(states(embedder(world, tuned, without_adapter=True), texts), plain, atol=1e-5)
    virtual = train_here(
        world,
        tiny_recipe(
            task="finetune",
            model=None,
            tuning={"kind": "prompt", "num_virtual_tokens": 4},
            loop={"max_steps": 2},
            checkpoints={"every_steps": None},
        )
        | {"model": {"kind": "pretrained", "source": base}},
    )
    with pytest.raises(SpecError, match="virtual tokens"):
        embedder(world, virtual)


def test_a_changed_model_gets_a_map_of_its_own(workspace: Workspace, dataset: Dataset, bert: Path) -> None:
    data = {"task": "map", "dataset": "topics", "model": {"kind": "pretrained", "source": str(bert)}}
    before = map_by_model(workspace, parse_run_spec(data))
    assert map_by_model(workspace, parse_run_spec(data)) == before
    weights = load_file(bert / "model.safetensors")
    save_file({**weights, "extra": torch.zeros(1)}, bert / "model.safetensors", metadata={"format": "pt"})
    assert map_by_model(workspace, parse_run_spec(data)).key != before.key


def test_a_map_can_be_stopped_and_leaves_nothing(workspace: Workspace, dataset: Dataset, bert: Path) -> None:
    data = {"model": {"kind": "pretrained", "source": str(bert)}}
    with pytest.raises(Interrupted):
        run(workspace, data, "stop")
    asked = map_by_model(workspace, parse_run_spec({"task": "map", "dataset": "topics", **data}))
    assert known_map(workspace, dataset, asked) is None


def test_models_that_cannot_be_read_are_refused_with_the_reason(
    workspace: Workspace, dataset: Dataset, bert: Path, tmp_path: Path
) -> None:
    def copy(name: str, *without: str, **changed: bytes) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        for file in bert.iterdir():
            if file.name not in without:
                (folder / file.name).write_bytes(changed.get(file.suffix[1:], file.read_bytes()))
        return folder

    with pytest.raises(NotFound, match="no model"):
        embedder(workspace, tmp_path / "none")
    with pytest.raises(NotFound, match="neither a folder nor a model on this machine"):
        embedder(workspace, "nobody/has-this")
    with pytest.raises(NotFound, match=r"no tokenizer\.json"):
        embedder(workspace, copy("mute", "tokenizer.json"))
    with pytest.raises(DataError, match="cannot be opened"):
        embedder(workspace, copy("cut", safetensors=(bert / "model.safetensors").read_bytes()[:-200]))
    coded = copy("coded")
    config = json.loads((coded / "config.json").read_text())
    (coded / "config.json").write_text(json.dumps(config | {"auto_map": {"AutoModel": "own.Model"}}))
    with pytest.raises(Denied, match="own Python code"):
        embedder(workspace, coded)
    lacking = copy("lacking")
    weights = load_file(lacking / "model.safetensors")
    kept = {name: each for name, each in weights.items() if "layer.1.attention.self.query" not in name}
    save_file(kept, lacking / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(DataError, match="lacks 2 of its weights"):
        embedder(workspace, lacking)
    broken = copy("broken")
    name = next(name for name in weights if "layer.1.output.dense.weight" in name)
    save_file(weights | {name: weights[name] * float("nan")}, broken / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(DataError, match=r"gives no numbers .* for 80 of 80 rows"):
        run(workspace, {"model": {"kind": "pretrained", "source": str(broken)}})
    strange = copy("strange")
    words = json.loads((strange / "tokenizer.json").read_text())
    words["model"]["vocab"] |= {"rudder": 14, "yeast": 15}
    (strange / "tokenizer.json").write_text(json.dumps(words))
    with pytest.raises(DataError, match="has 16 tokens, its model 14"):
        embedder(workspace, strange)
    assert DatasetStore(workspace).get("topics").count() == 80
