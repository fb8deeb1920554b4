"""Training through its task: LoRA, foreign models, the guard, what a checkpoint carries, and a workspace that moves."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from tokenloom.data.dataset import DatasetStore
from tokenloom.data.importing import import_dataset
from tokenloom.data.tokenizer.store import TokenizerStore
from tokenloom.front import load
from tokenloom.kit.errors import DataError, Interrupted, NotFinite, SpecError
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.data import FileSource, RatioSplit
from tokenloom.spec.model import PretrainedModel
from tokenloom.tasks.models import open_model
from tokenloom.tracking import query
from tokenloom.tracking.artifacts import checkpoint_steps, resolve_model
from tokenloom.tracking.commands import append_command
from tokenloom.training import loop as loop_module
from tokenloom.training.objective.base import Part
from tokenloom.training.precision import Compute
from worlds import Killed, furnished, new_run, questions, tiny_recipe, train_here

LORA = {"tuning": {"kind": "lora", "rank": 4}, "loop": {"max_steps": 4}, "checkpoints": {"every_steps": 2}}
LIMIT = 40  # tokens: between the short and the long rows of `uneven`
QUIET = {"every_steps": None, "sample_tokens": 0}


def checkpoint(workspace: Workspace, run_id: str, step: int | None = None) -> Path:
    return workspace.run(run_id) / "checkpoints" / f"step-{step or checkpoint_steps(workspace, run_id)[-1]}"


def announced(workspace: Workspace, run_id: str) -> list[dict[str, Any]]:
    return query.events(workspace.run(run_id), ["training"])


def result_of(workspace: Workspace, run_id: str) -> dict[str, Any]:
    return dict(query.events(workspace.run(run_id), ["result"])[-1]["result"])


def ledger_of(workspace: Workspace, run_id: str, split: str = "train") -> dict[str, Any]:
    events = query.events(workspace.run(run_id), ["ledger"])
    return dict(next(event["ledger"] for event in events if event["split"] == split))


def on(source: str, **changes: Any) -> dict[str, Any]:
    """A fine-tuning recipe on a model that exists."""
    recipe = tiny_recipe(task="finetune", evaluation=QUIET, **changes)
    return recipe | {"model": {"kind": "pretrained", "source": source}}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    root = tmp_path_factory.mktemp("tasks")
    workspace = furnished(root / "workspace", count=120)
    rows = [
        row | {"completion": " ".join([row["completion"]] * (1 + 2 * (index % 3)))}
        for index, row in enumerate(questions(60, seed=1))
    ]
    imported(workspace, root, "uneven", rows, RatioSplit(train=0.8, validation=0.1, test=0.1))
    return workspace


def imported(workspace: Workspace, folder: Path, name: str, rows: list[dict[str, str]], split: RatioSplit) -> None:
    source = folder / f"{name}.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    import_dataset(workspace, name=name, source=FileSource(path=str(source)), split=split)


@pytest.fixture(scope="module")
def base(workspace: Workspace) -> str:
    """A pretrained run."""
    return train_here(workspace, tiny_recipe(loop={"max_steps": 8}, evaluation=QUIET))


def test_lora_trains_only_the_adapter_and_keeps_only_it(
    workspace: Workspace, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = "peft.utils.save_and_load.check_file_exists_on_hf_hub"
    monkeypatch.setattr(asked, lambda *_: pytest.fail("a save must not ask the network"))
    before = (checkpoint(workspace, base) / "model.safetensors").read_bytes()
    run_id = train_here(workspace, on(base, **LORA))
    folder = checkpoint(workspace, run_id)
    assert (checkpoint(workspace, base) / "model.safetensors").read_bytes() == before
    assert not (folder / "model.safetensors").exists()
    adapter = load_file(folder / "adapter_model.safetensors")
    assert all("lora_" in name for name in adapter)
    assert any(float(tensor.abs().max()) > 0 for name, tensor in adapter.items() if "lora_B" in name)
    told = announced(workspace, run_id)[0]
    assert told["trained_parameters"] == sum(tensor.numel() for tensor in adapter.values()) < told["all_parameters"] / 2
    optimizer = load_file(folder / "training" / "optimizer.safetensors")
    assert {name.partition("|")[0].replace(".default", "") for name in optimizer} == set(adapter)
    base_model, _ = load(base, workspace=workspace.root)
    model, _ = load(run_id, workspace=workspace.root)
    weights = dict(base_model.named_parameters())
    kept = {name.replace("base_model.model.", "").replace(".base_layer", ""): p for name, p in model.named_parameters()}
    assert all(torch.equal(kept[name], weight) for name, weight in weights.items())


def test_an_adapter_on_a_new_model_is_refused_with_the_way_out(workspace: Workspace) -> None:
    with pytest.raises(SpecError, match="starts from random weights") as refused:
        train_here(workspace, tiny_recipe(tuning={"kind": "lora"}))
    assert "tuning.kind=full" in refused.value.hint


def test_full_tuning_and_a_second_adapter_can_follow_an_adapter(workspace: Workspace, base: str) -> None:
    first = train_here(workspace, on(base, **LORA))
    merged, _ = load(first, workspace=workspace.root)
    ids = torch.tensor([[5, 6, 7, 8]])
    expected = merged(input_ids=ids).logits
    slow = {"optimizer": {"learning_rate": 1e-9}, "loop": {"max_steps": 1}}
    for changes in (slow, {**LORA, **slow}):
        second = train_here(workspace, on(first, **changes))
        model, _ = load(second, workspace=workspace.root)
        assert (model(input_ids=ids).logits - expected).abs().max() < 1e-4, "it begins where the first adapter ended"
    assert json.loads((checkpoint(workspace, second) / "manifest.json").read_text())["meta"]["base"].startswith(first)


def test_a_base_whose_run_goes_on_is_not_pruned_below_an_adapter(workspace: Workspace) -> None:
    recipe = tiny_recipe(
        loop={"max_steps": 12}, evaluation=QUIET, checkpoints={"every_steps": 2, "keep_last": 1, "asynchronous": False}
    )
    parent, adapters = new_run(workspace, recipe), []
    real = loop_module.advance

    def advance(session: Any, pace: Any) -> None:
        if session.folder.name == parent and session.state.step == 4 and not adapters:
            adapters.append("")
            adapters.append(train_here(workspace, on(f"{parent}@4", **LORA)))
        real(session, pace)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop_module, "advance", advance)
        train_here(workspace, recipe, parent)
    assert checkpoint_steps(workspace, parent) == [4, 12]
    assert load(adapters[1], workspace=workspace.root)


def test_a_gpt2_folder_takes_the_padded_path_and_says_why(workspace: Workspace, tmp_path: Path) -> None:
    from transformers import GPT2Config, GPT2LMHeadModel

    tokenizer = TokenizerStore(workspace).get("small")
    torch.manual_seed(0)
    sizes = {"n_embd": 32, "n_layer": 1, "n_head": 2, "n_positions": 64}
    GPT2LMHeadModel(GPT2Config(vocab_size=tokenizer.load().vocab_size, **sizes)).save_pretrained(tmp_path / "gpt2")
    for path in tokenizer.path.glob("tokenizer*.json"):
        shutil.copyfile(path, tmp_path / "gpt2" / path.name)
    run_id = train_here(workspace, on(str(tmp_path / "gpt2"), loop={"max_steps": 12}))
    told = announced(workspace, run_id)[0]
    assert (told["path"], told["path_reason"]) == ("padded", "the flat path is not proven for the family “gpt2”")
    losses = query.metrics_frame(workspace.run(run_id), ["train/loss"])["value"].to_list()
    assert losses[-1] < losses[0]
    assert json.loads((checkpoint(workspace, run_id) / "config.json").read_text())["model_type"] == "gpt2"


def test_what_was_measured_at_the_start_is_used_again_on_resume(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``auto`` must not choose anew in the middle of a run: bits would differ."""
    recipe = tiny_recipe(loop={"max_steps": 4}, evaluation=QUIET, checkpoints={"every_steps": 2})
    recipe["compute"] = {"device": "cpu"}
    monkeypatch.setattr(
        "tokenloom.training.precision.gemm_rate",
        lambda device, dtype, *_, **__: 2.0 if dtype == torch.bfloat16 else 1.0,
    )
    run_id = new_run(workspace, recipe)
    kill_at(monkeypatch, workspace, recipe, run_id, 3)
    monkeypatch.setattr("tokenloom.training.precision.gemm_rate", lambda *_, **__: pytest.fail("measured again"))
    train_here(workspace, recipe, run_id)
    first, second = announced(workspace, run_id)
    assert first["compute"] == second["compute"]
    assert first["compute"]["precision"] == "bf16"
    meta = json.loads((checkpoint(workspace, run_id) / "manifest.json").read_text())["meta"]
    assert Compute(**meta["compute"]).threads == first["compute"]["threads"]


def kill_at(
    monkeypatch: pytest.MonkeyPatch, workspace: Workspace, recipe: dict[str, Any], run_id: str, step: int
) -> None:
    real = loop_module.take_step

    def dying(*arguments: Any, **options: Any) -> Any:
        kill_at.count += 1  # type: ignore[attr-defined]
        if kill_at.count > step:  # type: ignore[attr-defined]
            raise Killed
        return real(*arguments, **options)

    kill_at.count = 0  # type: ignore[attr-defined]
    with monkeypatch.context() as patch:
        patch.setattr(loop_module, "take_step", dying)
        with pytest.raises(Killed):
            train_here(workspace, recipe, run_id)


def test_a_checkpoint_carries_template_tokenizer_and_origin(workspace: Workspace, base: str) -> None:
    run_id = train_here(workspace, on(base, loop={"max_steps": 1}))
    folder = checkpoint(workspace, run_id)
    meta = json.loads((folder / "manifest.json").read_text())["meta"]
    template = (folder / "chat_template.jinja").read_text()
    assert "messages" in template and meta["template"] == template
    dataset = DatasetStore(workspace).get("animals")
    assert (meta["dataset"], meta["task"], meta["base"], meta["run"]) == (dataset.id, "finetune", "", run_id)
    opened = open_model(workspace, PretrainedModel(source=run_id))
    assert opened.renderer().template == template


def test_the_ledger_is_told_and_adds_up(workspace: Workspace, base: str) -> None:
    answers = ledger_of(workspace, train_here(workspace, on(base, loop={"max_steps": 1})))
    data = {"dataset": "animals", "render": {"learn": "all"}}
    everything = ledger_of(workspace, train_here(workspace, on(base, loop={"max_steps": 1}, data=data)))
    trained = []
    for ledger in (answers, everything):
        stages = {stage["name"]: stage for stage in ledger["stages"]}
        lost = sum(loss["tokens"] for loss in stages["trained"]["losses"].values())
        assert stages["kept"]["tokens"] - lost == stages["trained"]["tokens"]
        trained.append(stages["trained"]["tokens"])
    assert trained[1] > trained[0] > 0, "learn: all also learns the prompts"
    assert (
        "prompt and marks, not learned" not in stages["trained"]["losses"]
        or not stages["trained"]["losses"]["prompt and marks, not learned"]["tokens"]
    )


@pytest.mark.parametrize("policy", ["drop", "truncate", "split"])
def test_rows_that_are_too_long_are_counted_by_their_policy(workspace: Workspace, policy: str) -> None:
    data = {"dataset": "uneven", "render": {"max_sequence_length": LIMIT, "overlong": policy, "learn": "all"}}
    run_id = train_here(workspace, tiny_recipe(loop={"max_steps": 1}, evaluation=QUIET, data=data))
    stages = {stage["name"]: stage for stage in ledger_of(workspace, run_id)["stages"]}
    lost = {reason: loss for reason, loss in stages["kept"]["losses"].items() if loss["rows"] or loss["tokens"]}
    if policy == "drop":
        assert lost["longer than max_sequence_length"]["rows"] > 0
    elif policy == "truncate":
        assert lost["cut at max_sequence_length"]["tokens"] > 0
        assert stages["kept"]["rows"] == stages["rendered"]["rows"]
    else:
        assert announced(workspace, run_id)[0]["sequences"] > stages["rendered"]["rows"]


def test_a_row_that_is_too_long_can_forbid_the_start(workspace: Workspace) -> None:
    data = {"dataset": "uneven", "render": {"max_sequence_length": LIMIT, "overlong": "raise"}}
    with pytest.raises(DataError, match=r"Row \d+ has \d+ tokens; the limit is 40") as refused:
        train_here(workspace, tiny_recipe(data=data))
    assert "overlong" in refused.value.hint


def test_without_a_validation_split_there_is_no_best_and_no_gap(workspace: Workspace, tmp_path: Path) -> None:
    imported(workspace, tmp_path, "whole", questions(40), RatioSplit(train=1, validation=0, test=0))
    recipe = tiny_recipe(
        loop={"max_steps": 4}, evaluation={"every_steps": 2, "sample_tokens": 4}, data={"dataset": "whole"}
    )
    run_id = train_here(workspace, recipe)
    result = result_of(workspace, run_id)
    assert (result["best_loss"], result["best_step"], result["steps"]) == (None, -1, 4)
    assert "val/loss" not in query.summary(workspace.run(run_id))
    assert len(query.events(workspace.run(run_id), ["sample"])) == 3
    assert resolve_model(workspace, f"{run_id}@best").step == 4


@pytest.mark.parametrize("damage", ["flipped", "truncated", "missing"])
def test_a_damaged_checkpoint_is_found_and_the_one_before_is_used(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    recipe = tiny_recipe(loop={"max_steps": 8}, evaluation=QUIET, checkpoints={"every_steps": 2})
    run_id = new_run(workspace, recipe)
    kill_at(monkeypatch, workspace, recipe, run_id, 7)
    weights = checkpoint(workspace, run_id, 6) / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-5] ^= 1
    if damage == "missing":
        weights.unlink()
    else:
        weights.write_bytes(content if damage == "flipped" else content[:100])
    train_here(workspace, recipe, run_id)
    notes = [event["message"] for event in query.events(workspace.run(run_id), ["note"])]
    assert any("step-6 is damaged (model.safetensors " in note for note in notes)
    assert "Resumed at step 4." in notes
    assert (workspace.run(run_id) / "checkpoints" / "damaged-6").is_dir(), "it is no longer what RUN means"
    assert query.metrics_frame(workspace.run(run_id), ["train/loss"])["step"].to_list() == list(range(1, 9))


# --- the guard through the task ---------------------------------------------------------------------------------


def poison(monkeypatch: pytest.MonkeyPatch, rows: set[int] | None) -> list[list[int]]:
    """Losses of windows that hold one of ``rows`` (all windows for ``None``) are NaN; the windows' rows as they come."""
    real, seen = loop_module.take_step, []

    def stepping(window: Any, objective: Any, *arguments: Any, **options: Any) -> Any:
        seen.append(window.sample_rows.tolist())
        if rows is not None and not rows & set(seen[-1]):
            return real(window, objective, *arguments, **options)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(objective, "part", lambda batch, part=objective.part: Part(part(batch).loss * math.nan))
            return real(window, objective, *arguments, **options)

    monkeypatch.setattr(loop_module, "take_step", stepping)
    return seen


GUARDED = {"guard": {"max_skipped_steps": 2, "max_rewinds": 2}, "evaluation": QUIET, "checkpoints": {"every_steps": 2}}


def test_a_run_that_is_all_nan_gives_up_after_the_rewinds_it_may_make(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = poison(monkeypatch, None)
    run_id = new_run(workspace, tiny_recipe(**GUARDED))
    with pytest.raises(NotFinite, match=r"each of the steps 1 to 2 had to be skipped .*going back 2 times"):
        train_here(workspace, tiny_recipe(**GUARDED), run_id)
    assert len(seen) == 2 * 3, "two rewinds, then the end"


def test_going_back_leaves_the_rows_out_and_keeps_settings_that_were_changed(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = tiny_recipe(loop={"max_steps": 10}, **{**GUARDED, "checkpoints": {"every_steps": 4}})
    seen = poison(monkeypatch, set())
    train_here(workspace, recipe)
    bad = set(seen[5]) | set(seen[6])
    run_id = new_run(workspace, recipe)
    seen = poison(monkeypatch, bad - {row for window in [*seen[:5], *seen[7:]] for row in window})
    real = loop_module.advance

    def advance(session: Any, pace: Any) -> None:
        if session.state.step == 4 and not query.events(session.folder, ["command"]):
            append_command(session.folder, "set", {"key": "optimizer.learning_rate", "value": 0.005})
        real(session, pace)

    monkeypatch.setattr(loop_module, "advance", advance)
    train_here(workspace, recipe, run_id)
    rates = dict(
        query.metrics_frame(workspace.run(run_id), ["train/learning_rate"]).select("step", "value").iter_rows()
    )
    assert sorted(rates) == list(range(1, 11)), "no step is missing or doubled"
    assert rates[6] < 0.005, "the change at step 5 was made again behind the rewind to 4"
    assert seen[7] != seen[4], "the data went on behind the bad rows"


def test_where_the_guard_went_survives_a_crash_before_the_next_checkpoint(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def recipe(steps: int) -> dict[str, Any]:
        return tiny_recipe(loop={"max_steps": steps}, **{**GUARDED, "checkpoints": {"every_steps": 3}})

    order = poison(monkeypatch, set())
    train_here(workspace, recipe(10))  # less than an epoch: no row comes twice
    monkeypatch.undo()
    bad = set(order[3]) | set(order[4])
    run_id = new_run(workspace, recipe(8))
    with pytest.MonkeyPatch.context() as patch:
        first = poison(patch, bad)
        kill_at(patch, workspace, recipe(8), run_id, 7)  # three good, two bad, back to three, two good
    assert first[:7] == order[:7]
    with pytest.MonkeyPatch.context() as patch:
        second = poison(patch, bad)
        train_here(workspace, recipe(8), run_id)
    assert second == order[5:10], "the resumed run begins where the guard had sent it"


# --- places ------------------------------------------------------------------------------------------------------


def test_commands_that_come_while_tokens_are_prepared_wait_for_the_loop(workspace: Workspace) -> None:
    recipe = tiny_recipe(loop={"max_steps": 2}, evaluation=QUIET)
    recipe["data"] = {"dataset": "animals", "render": {"max_sequence_length": 37}}  # not in the cache yet
    run_id = new_run(workspace, recipe)
    append_command(workspace.run(run_id), "set", {"key": "optimizer.learning_rate", "value": 0.001})
    append_command(workspace.run(run_id), "checkpoint")
    train_here(workspace, recipe, run_id)
    answers = query.events(workspace.run(run_id), ["command"])
    assert [(event["number"], event["accepted"]) for event in answers] == [(1, True), (2, True)]


def test_a_stop_while_tokens_are_prepared_leaves_no_command_without_an_answer(workspace: Workspace) -> None:
    recipe = tiny_recipe(evaluation=QUIET)
    recipe["data"] = {"dataset": "animals", "render": {"max_sequence_length": 39}}  # not in the cache yet
    run_id = new_run(workspace, recipe)
    for command in ("checkpoint", "stop", "pause"):
        append_command(workspace.run(run_id), command)
    with pytest.raises(Interrupted) as stopped:
        train_here(workspace, recipe, run_id)
    assert stopped.value.details["state"] == "stopped"
    answers = query.events(workspace.run(run_id), ["command"])
    assert {event["number"]: event["accepted"] for event in answers} == {1: False, 2: True, 3: False}


def test_a_workspace_that_was_moved_still_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A LoRA run on a copy of a model inside the workspace, broken here and resumed there; nothing stored names the old place."""
    here = furnished(tmp_path / "here", count=60)
    parent = train_here(here, tiny_recipe(loop={"max_steps": 2}, evaluation=QUIET))
    inside = here.exports / "mine"
    shutil.copytree(checkpoint(here, parent), inside)
    recipe = on(str(inside), **LORA)
    run_id = new_run(here, recipe)
    kill_at(monkeypatch, here, recipe, run_id, 3)
    for path in checkpoint(here, run_id).rglob("*.json"):
        assert str(here.root) not in path.read_text(), path.name
    (tmp_path / "here").rename(tmp_path / "there")
    there = Workspace.open(tmp_path / "there")
    train_here(there, recipe, run_id)
    assert result_of(there, run_id)["steps"] == 4
    assert load(run_id, workspace=there.root)


def test_rows_of_a_second_dataset_are_replayed(workspace: Workspace, base: str, tmp_path: Path) -> None:
    imported(workspace, tmp_path, "old-rows", questions(30, seed=7), RatioSplit(train=1.0, validation=0.0, test=0.0))
    data = tiny_recipe()["data"] | {"mix": [{"dataset": "old-rows", "share": 0.5}]}
    run_id = train_here(workspace, on(base, data=data, loop={"max_steps": 6}))
    assert ledger_of(workspace, run_id, "old-rows · train")["stages"]
    shares = query.metrics_frame(workspace.run(run_id), ["train/mixed_share"])["value"].to_list()
    assert len(shares) == 6
    assert 0 < sum(shares) < 6
    with pytest.raises(DataError, match="no rows in a split nowhere"):
        nowhere = data | {"mix": [{"dataset": "old-rows", "share": 0.5, "split": "nowhere"}]}
        train_here(workspace, on(base, data=nowhere))
