"""What a method asks of a model is looked up in the headers of its files: the same names and the same counts as in the run itself."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from transformers import LlamaConfig, LlamaForCausalLM

from tokenloom.jobs.foresight.methods import method_mistakes, trained_count
from tokenloom.jobs.foresight.shapes import shape_of
from tokenloom.kit.workspace import Workspace
from tokenloom.modeling.tuning import tune
from tokenloom.spec.override import parse_run_spec

SMALL = {"vocab_size": 64, "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 3, "num_attention_heads": 4}


@pytest.fixture(scope="module", params=[True, False], ids=["tied", "untied"])
def base(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("base")
    shape = LlamaConfig(**SMALL, num_key_value_heads=2, max_position_embeddings=64, tie_word_embeddings=request.param)
    LlamaForCausalLM(shape).save_pretrained(folder)
    return folder


def recipe(base: Path, **tuning: Any) -> Any:
    model = {"kind": "pretrained", "source": str(base)}
    return parse_run_spec({"task": "finetune", "data": {"dataset": "d"}, "model": model, "tuning": tuning})


def trained_by(spec: Any, base: Path) -> int:
    """Weights that the run itself would train."""
    model = tune(spec.tuning, LlamaForCausalLM.from_pretrained(base))
    return sum(each.numel() for each in model.parameters() if each.requires_grad)


@pytest.mark.parametrize(
    "tuning",
    [
        {"kind": "lora", "rank": 4, "target_modules": ["q_proj", "v_proj"]},
        {"kind": "lora", "rank": 2, "use_dora": True, "target_modules": ["down_proj", "layers.1.self_attn.k_proj"]},
        {"kind": "freeze", "train": ["*norm*"]},
        {"kind": "freeze", "freeze": ["*embed*", "*.mlp.*"]},
        {"kind": "freeze", "last_layers": 1, "train": ["model.layers.0.*"], "freeze": ["*q_proj*"]},
    ],
    ids=str,
)
def test_the_count_is_that_of_the_run(base: Path, tmp_path: Path, tuning: dict[str, Any]) -> None:
    workspace, spec = Workspace.open(tmp_path), recipe(base, **tuning)
    assert method_mistakes(workspace, spec) == []
    assert trained_count(workspace, spec, shape_of(workspace, spec)[0]) == trained_by(spec, base)


@pytest.mark.parametrize(
    ("tuning", "field", "message", "fix"),
    [
        ({"kind": "lora", "target_modules": ["q_prj"]}, "target_modules", "no linear layer “q_prj”", "q_proj?"),
        (
            {"kind": "ia3", "target_modules": ["keys"]},
            "target_modules",
            "no linear layer “keys”",
            "There is: down_proj",
        ),
        ({"kind": "lora", "rank": 17}, "rank", "more than the model's width of 16", "at most 8"),
        ({"kind": "freeze", "last_layers": 4}, "last_layers", "the model has 3 blocks", "at most 3"),
        ({"kind": "freeze", "freeze": ["*"]}, "freeze", "nothing is left to train", "Freeze less"),
        ({"kind": "freeze", "train": ["*norm*", "head.*"]}, "train.1", "no parameter fits “head.*”", "for example"),
        ({"kind": "prompt", "num_virtual_tokens": 40}, "num_virtual_tokens", "64 places", "at most 8"),
    ],
    ids=str,
)
def test_what_the_model_does_not_have_is_told_before_the_run(
    base: Path, tmp_path: Path, tuning: dict[str, Any], field: str, message: str, fix: str
) -> None:
    (mistake,) = method_mistakes(Workspace.open(tmp_path), recipe(base, **tuning))
    assert mistake["field"] == f"tuning.{field}"
    assert message in mistake["message"] and fix in mistake["fix"]


def test_files_that_do_not_tell_are_left_to_the_run(base: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(base, tmp_path / "model")
    (folder / "model.safetensors").write_bytes(b"\xff" * 64)
    workspace, spec = Workspace.open(tmp_path / "w"), recipe(folder, kind="lora", target_modules=["q_prj"])
    assert method_mistakes(workspace, spec) == []
    assert trained_count(workspace, spec, shape_of(workspace, spec)[0]) is None
