"""Methods through the task: every kind of adapter on a model of the workspace, resumed, opened again, left off, side by side."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from test_train_task import announced, checkpoint, kill_at, on, result_of, train_here

from tokenloom.front import load
from tokenloom.kit.errors import DataError, RunError, SpecError
from tokenloom.kit.workspace import Workspace
from tokenloom.modeling import adapter
from tokenloom.spec.model import PretrainedModel
from tokenloom.spec.recipe import ExportSpec
from tokenloom.tasks.context import Context
from tokenloom.tasks.export import export_model
from tokenloom.tasks.models import open_model
from tokenloom.tracking import query
from tokenloom.tracking.log import LogWriter, log_path
from tokenloom.training.optim import averaging
from worlds import furnished, new_run, tiny_recipe

SHORT = {"loop": {"max_steps": 4}, "checkpoints": {"every_steps": 2}}
QUIET = {"every_steps": None, "sample_tokens": 0}
KINDS: dict[str, dict[str, Any]] = {
    "lora": {"kind": "lora", "rank": 4},
    "qlora": {"kind": "lora", "rank": 4, "base_bits": 4},
    "ia3": {"kind": "ia3"},
    "bottleneck": {"kind": "bottleneck", "size": 4},
    "prompt": {"kind": "prompt", "num_virtual_tokens": 4},
    "prefix": {"kind": "prefix", "num_virtual_tokens": 4},
    "freeze": {"kind": "freeze", "last_layers": 1},
}
IDS = torch.tensor([[5, 6, 7, 8]])


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return furnished(tmp_path_factory.mktemp("methods") / "workspace", count=80)


@pytest.fixture(scope="module")
def base(workspace: Workspace) -> str:
    return train_here(workspace, tiny_recipe(loop={"max_steps": 8}, evaluation=QUIET))


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_that_was_killed_ends_as_the_unbroken_one_and_opens_again(
    workspace: Workspace, base: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind == "qlora":
        pytest.importorskip("bitsandbytes")
    recipe = on(base, tuning=KINDS[kind], **SHORT)
    whole = train_here(workspace, recipe)
    broken = new_run(workspace, recipe)
    kill_at(monkeypatch, workspace, recipe, broken, 3)
    train_here(workspace, recipe, broken)
    models = [load(run, workspace=workspace.root)[0] for run in (whole, broken)]
    logits = [model(input_ids=IDS).logits for model in models]
    assert torch.equal(*logits)
    told = announced(workspace, whole)[0]
    is_virtual = kind in ("prompt", "prefix")
    assert (told["path"], "virtual tokens" in told["path_reason"]) == (
        ("padded", True) if is_virtual else ("flat", False)
    )
    assert (checkpoint(workspace, whole) / "model.safetensors").exists() == (kind == "freeze")
    plain = open_model(workspace, PretrainedModel(source=whole, without_adapter=True)).model.eval()
    expected = load(whole if kind == "freeze" else base, workspace=workspace.root)[0]
    assert torch.equal(plain(input_ids=IDS).logits, expected(input_ids=IDS).logits)


def test_samples_and_validation_work_with_virtual_tokens_and_an_average(workspace: Workspace, base: str) -> None:
    recipe = on(base, tuning=KINDS["prompt"]) | {
        "loop": {"max_steps": 4, "ema_decay": 0.9},
        "evaluation": {"every_steps": 2, "sample_tokens": 4},
    }
    run_id = train_here(workspace, recipe)
    assert len(query.events(workspace.run(run_id), ["sample"])) == 3
    assert "val/loss" in query.summary(workspace.run(run_id))


def test_an_adapter_that_changed_nothing_is_an_error(
    workspace: Workspace, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = on(base, tuning=KINDS["lora"], **SHORT)
    monkeypatch.setattr(torch.optim.AdamW, "step", lambda self, closure=None: None)
    run_id = new_run(workspace, recipe)
    with pytest.raises(RunError, match="The adapter changed nothing") as error:
        train_here(workspace, recipe, run_id)
    assert "train/grad_norm" in error.value.hint
    assert checkpoint(workspace, run_id).is_dir(), "what was made is kept to look at"
    assert not query.events(workspace.run(run_id), ["result"])


def test_an_adapter_whose_outer_half_stays_zero_changed_nothing_either(
    workspace: Workspace, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weight decay moves A; without a gradient B stays zero, and so does the product."""
    real = averaging.build_average

    def build(model: Any, optimizer: Any, loop: Any) -> Any:
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                parameter.register_hook(lambda gradient: gradient * 0)
        return real(model, optimizer, loop)

    monkeypatch.setattr("tokenloom.training.session.build_average", build)
    with pytest.raises(RunError, match="has no effect"):
        train_here(workspace, on(base, tuning=KINDS["lora"], **SHORT))


@pytest.mark.parametrize("kind", ["ia3", "prompt", "bottleneck"])
def test_every_adapter_needs_a_model_that_knows_something(workspace: Workspace, kind: str) -> None:
    with pytest.raises(SpecError, match="starts from random weights"):
        train_here(workspace, tiny_recipe(tuning=KINDS[kind]))


def test_adapters_of_one_base_stand_side_by_side(workspace: Workspace, base: str) -> None:
    runs = [train_here(workspace, on(base, tuning={"kind": "lora", "rank": rank}, **SHORT)) for rank in (2, 4)]
    model, _ = load(runs[0], workspace=workspace.root, adapters={"second": runs[1]})
    for name, run in zip(("default", "second"), runs, strict=True):
        adapter.choose_adapter(model, name)
        alone, _ = load(run, workspace=workspace.root)
        assert torch.equal(model(input_ids=IDS).logits, alone(input_ids=IDS).logits)
    with pytest.raises(DataError, match="whole model, not an adapter"):
        load(runs[0], workspace=workspace.root, adapters={"second": base})
    other = train_here(workspace, tiny_recipe(loop={"max_steps": 1}, evaluation=QUIET))
    stranger = train_here(workspace, on(other, tuning=KINDS["lora"], **SHORT))
    with pytest.raises(DataError, match="stands on"):
        load(runs[0], workspace=workspace.root, adapters={"second": stranger})


def export(workspace: Workspace, run: str, out: Path, *, merge: bool) -> dict[str, Any]:
    spec = ExportSpec(model=PretrainedModel(source=run), out=str(out), merge_adapter=merge)
    folder = workspace.root / f"log-{out.name}"
    folder.mkdir()
    with LogWriter(log_path(folder)) as log:
        export_model(spec, Context(workspace, out.name, folder, log))
    return dict(query.events(folder, ["result"])[-1]["result"])


def test_ia3_is_exported_merged_and_virtual_tokens_alone(workspace: Workspace, base: str, tmp_path: Path) -> None:
    merged = export(
        workspace, train_here(workspace, on(base, tuning=KINDS["ia3"], **SHORT)), tmp_path / "a", merge=True
    )
    assert merged["proof"]["passed"]
    assert json.loads((tmp_path / "a" / "config.json").read_text())["model_type"] == "llama"
    prompted = train_here(workspace, on(base, tuning=KINDS["prompt"], **SHORT))
    with pytest.raises(Exception, match="cannot be merged"):
        export(workspace, prompted, tmp_path / "b", merge=True)
    assert not (tmp_path / "b").exists()
    alone = export(workspace, prompted, tmp_path / "c", merge=False)
    assert alone["proof"]["passed"] and "adapter_model.safetensors" in alone["files"]
    bottled = train_here(workspace, on(base, tuning=KINDS["bottleneck"], **SHORT))
    with pytest.raises(Exception, match="cannot open bottleneck adapters"):
        export(workspace, bottled, tmp_path / "d", merge=False)


def test_an_averaged_run_can_be_opened_and_trained_further(workspace: Workspace, base: str) -> None:
    recipe = on(base) | {"loop": {"max_steps": 4, "ema_decay": 0.9}}
    run_id = train_here(workspace, recipe)
    assert result_of(workspace, run_id)["steps"] == 4
    assert (checkpoint(workspace, run_id) / "training" / "weights.safetensors").is_file()
    assert train_here(workspace, on(run_id, loop={"max_steps": 1}))
