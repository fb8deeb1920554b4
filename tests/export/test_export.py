"""An export proves itself, and one that is not the same model is never published."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from tokenloom.export import huggingface
from tokenloom.kit.atomic import verify_dir
from tokenloom.kit.errors import DataError, ExportError
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.override import parse_run_spec
from tokenloom.tasks.context import Context
from tokenloom.tasks.export import export_model
from tokenloom.tracking import query
from tokenloom.tracking.log import LogWriter, log_path
from worlds import furnished, tiny_recipe, work


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, str, str]:
    """A workspace, a pretrained model and a LoRA fine-tune of it."""
    workspace = furnished(tmp_path_factory.mktemp("export") / "workspace", count=120)
    _, base = work(workspace, tiny_recipe(loop={"max_steps": 20}, evaluation={"every_steps": 20}))
    recipe = tiny_recipe(task="finetune", loop={"max_steps": 20}, tuning={"kind": "lora", "rank": 4})
    recipe["model"] = {"kind": "pretrained", "source": base["model"]}
    _, lora = work(workspace, recipe)
    return workspace, base["model"], lora["model"]


def export(workspace: Workspace, model: str, name: str, **settings: object) -> dict:
    data = {
        "task": "export",
        "model": {"kind": "pretrained", "source": model},
        "out": str(workspace.root / name),
        **settings,
    }
    folder = workspace.runs / name
    folder.mkdir()
    with LogWriter(log_path(folder)) as log:
        export_model(parse_run_spec(data), Context(workspace, name, folder, log))
    return query.events(folder, ["result"])[-1]["result"]


def test_a_merged_export_opens_anywhere_with_card_hashes_and_template(world: tuple[Workspace, str, str]) -> None:
    workspace, _, lora = world
    result = export(workspace, lora, "merged")
    folder = Path(result["folder"])
    assert result["proof"]["passed"] is True
    assert result["proof"]["max_logit_difference"] <= 1e-4
    assert verify_dir(folder) == []
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert "## Proof" in card and "task: finetune" in card
    code = (
        "import sys; from transformers import AutoModelForCausalLM, AutoTokenizer;"
        "m = AutoModelForCausalLM.from_pretrained(sys.argv[1]); t = AutoTokenizer.from_pretrained(sys.argv[1]);"
        "i = t.apply_chat_template([{'role': 'user', 'content': 'hi'}], add_generation_prompt=True, return_dict=True,"
        " return_tensors='pt'); m.generate(**i, max_new_tokens=3);"
        "assert 'tokenloom' not in sys.modules; print(type(m).__name__, m.generation_config.eos_token_id)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-800:]
    assert done.stdout.startswith("LlamaForCausalLM")


def test_an_adapter_alone_is_small_and_proved_on_its_base(world: tuple[Workspace, str, str]) -> None:
    workspace, _, lora = world
    result = export(workspace, lora, "adapter", merge_adapter=False)
    assert result["proof"]["passed"] is True
    assert "adapter_model.safetensors" in result["files"] and "model.safetensors" not in result["files"]


def test_a_model_without_an_adapter_has_none_to_write_alone(world: tuple[Workspace, str, str]) -> None:
    workspace, base, _ = world
    with pytest.raises(ExportError, match="has no adapter") as caught:
        export(workspace, base, "none", merge_adapter=False)
    assert "merge_adapter=true" in caught.value.hint
    assert not (workspace.root / "none").exists()


def test_a_changed_weight_breaks_the_seal_and_nothing_is_published(
    world: tuple[Workspace, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, base, _ = world
    real = huggingface.save_model

    def tampering(model: torch.nn.Module, folder: Path) -> None:
        weight = model.model.layers[0].mlp.down_proj.weight
        kept = weight.detach().clone()
        with torch.no_grad():
            weight.mul_(3.0)
        real(model, folder)
        with torch.no_grad():
            weight.copy_(kept)

    monkeypatch.setattr(huggingface, "save_model", tampering)
    with pytest.raises(ExportError, match="not the same as its source: logits differ"):
        export(workspace, base, "tampered")
    assert not (workspace.root / "tampered").exists()
    assert not list(workspace.root.glob(".tmp-*"))


def test_a_folder_that_holds_other_things_is_left_alone(world: tuple[Workspace, str, str]) -> None:
    workspace, base, _ = world
    (workspace.root / "mine").mkdir()
    (workspace.root / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(Exception, match="was not made by an export"):
        export(workspace, base, "mine")
    assert (workspace.root / "mine" / "thesis.txt").read_text() == "years of work"


def test_a_flipped_bit_in_a_checkpoint_is_found_before_it_is_used(world: tuple[Workspace, str, str]) -> None:
    workspace, base, _ = world
    run_id, _, step = base.partition("@")
    weights = workspace.run(run_id) / "checkpoints" / f"step-{step}" / "model.safetensors"
    sound = weights.read_bytes()
    weights.write_bytes(sound[:-9] + bytes([sound[-9] ^ 1]) + sound[-8:])
    try:
        with pytest.raises(DataError, match=r"is damaged: model.safetensors does not match its SHA-256"):
            export(workspace, base, "damaged")
    finally:
        weights.write_bytes(sound)
