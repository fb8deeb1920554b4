"""New words for a trained model: old ids and logits stay, texts get shorter, and the grown model trains on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from pydantic import ValidationError

from tokenloom.data.importing import import_dataset
from tokenloom.kit.errors import DataError, SpecError
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.data import FileSource
from tokenloom.spec.model import PretrainedModel
from tokenloom.spec.override import parse_run_spec
from tokenloom.spec.recipe import VocabularySpec
from tokenloom.tasks.context import Context
from tokenloom.tasks.models import open_model
from tokenloom.tasks.run import run_task
from tokenloom.tracking import query
from tokenloom.tracking.log import LogWriter, log_path
from worlds import furnished, new_run, tiny_recipe, train_here

QUIET = {"every_steps": None, "sample_tokens": 0}
DOMAIN = [f"patient {n} has tachycardia and an arrhythmia" for n in range(40)]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    root = tmp_path_factory.mktemp("vocabulary")
    workspace = furnished(root / "workspace", count=120)
    source = root / "clinic.jsonl"
    source.write_text("".join(json.dumps({"text": text}) + "\n" for text in DOMAIN))
    import_dataset(workspace, name="clinic", source=FileSource(path=str(source)))
    return workspace


@pytest.fixture(scope="module")
def base(workspace: Workspace) -> str:
    return train_here(workspace, tiny_recipe(loop={"max_steps": 4}, evaluation=QUIET))


def grown(workspace: Workspace, **settings: Any) -> tuple[str, dict[str, Any]]:
    recipe = {"task": "vocabulary", **settings}
    run_id = new_run(workspace, recipe)
    with LogWriter(log_path(workspace.run(run_id))) as log:
        run_task(parse_run_spec(recipe), Context(workspace, run_id, workspace.run(run_id), log))
    return run_id, dict(query.events(workspace.run(run_id), ["result"])[-1]["result"])


def test_words_become_tokens_and_nothing_else_changes(workspace: Workspace, base: str) -> None:
    run_id, told = grown(workspace, model={"source": base}, datasets=["clinic"], count=3, words=["Arrhythmia"])
    assert told["num_words"] == 4 and told["words"][0] == "Arrhythmia" and " tachycardia" in told["words"]
    assert told["tokens_after"] < 0.5 * told["tokens_before"] and told["logit_difference"] <= 1e-5
    old, new = (open_model(workspace, PretrainedModel(source=source)) for source in (base, f"{run_id}@0"))
    size = old.tokenizer.vocab_size
    assert new.tokenizer.vocab_size == size + told["new_tokens"] == told["vocab_size"]
    before, after = (each.model.get_input_embeddings().weight for each in (old, new))
    assert torch.equal(after[:size], before[:size])
    assert len(new.tokenizer.encode(" tachycardia")) == 1
    number = int(new.tokenizer.encode(" tachycardia")[0])
    pieces = [int(each) for each in old.tokenizer.encode(" tachycardia")]
    assert torch.allclose(after[number], before[pieces].mean(dim=0), atol=1e-6)
    text = "Describe 3 animals: red, cat."
    assert new.tokenizer.encode(text).tolist() == old.tokenizer.encode(text).tolist()


def test_the_grown_model_trains_on_and_is_found_by_its_name(workspace: Workspace, base: str) -> None:
    run_id, _ = grown(workspace, name="clinical", model={"source": base}, datasets=["clinic"], count=2)
    recipe = tiny_recipe(data={"dataset": "clinic"}, loop={"max_steps": 2}, evaluation=QUIET)
    trained = train_here(workspace, recipe | {"model": {"kind": "pretrained", "source": f"{run_id}@0"}})
    model = open_model(workspace, PretrainedModel(source=trained))
    assert len(model.tokenizer.encode(" tachycardia")) == 1
    assert model.model.config.vocab_size == model.tokenizer.vocab_size


def test_what_cannot_grow_is_refused(workspace: Workspace, base: str, tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="nothing to take words from"):
        VocabularySpec(model=PretrainedModel(source=base))
    with pytest.raises(DataError, match="the tokenizer fits these texts"):
        grown(workspace, model={"source": base}, datasets=["clinic"], min_frequency=10_000)
    adapter = train_here(
        workspace,
        tiny_recipe(task="finetune", tuning={"kind": "lora", "rank": 2}, loop={"max_steps": 2}, evaluation=QUIET)
        | {"model": {"kind": "pretrained", "source": base}},
    )
    with pytest.raises(SpecError, match="whole model"):
        grown(workspace, model={"source": adapter}, words=[" tachycardia"])
