"""Each objective through its task: it visibly learns, resumes exactly, and says what it cannot learn from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file

from tokenloom.data.importing import import_dataset
from tokenloom.kit.errors import DataError, SpecError
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.data import FileSource, RatioSplit
from tokenloom.tracking import query
from tokenloom.training import loop as loop_module
from worlds import Killed, curve, furnished, new_run, questions, tiny_recipe, train_here, work

QUIET = {"every_steps": None, "sample_tokens": 0}
ROWS = 80


def preferences() -> list[dict[str, Any]]:
    """The right answer against one that names another colour."""
    right = questions(ROWS, seed=5)
    return [
        {"prompt": row["prompt"], "chosen": row["completion"], "rejected": f"many {row['completion'].split()[2]}"}
        for row in right
    ]


def feedback() -> list[dict[str, Any]]:
    return [
        {"prompt": row["prompt"], "completion": row[side], "verdict": side == "chosen"}
        for number, row in enumerate(preferences())
        for side in [("chosen", "rejected")[number % 2]]
    ]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    root = tmp_path_factory.mktemp("objectives")
    workspace = furnished(root / "workspace", count=160)
    favourites = [row | {"completion": "3 black owls"} for row in questions(ROWS, seed=6)]
    for name, rows in (("preferences", preferences()), ("feedback", feedback()), ("favourites", favourites)):
        source = root / f"{name}.jsonl"
        source.write_text("".join(json.dumps(row) + "\n" for row in rows))
        split = RatioSplit(train=0.8, validation=0.2, test=0)
        import_dataset(workspace, name=name, source=FileSource(path=str(source)), split=split)
    return workspace


@pytest.fixture(scope="module")
def base(workspace: Workspace) -> str:
    """A model that has begun to answer."""
    recipe = tiny_recipe(task="finetune", loop={"max_steps": 60}, evaluation=QUIET, checkpoints={"every_steps": None})
    return train_here(workspace, recipe)


def learning(base: str, dataset: str, objective: dict[str, Any], **changes: Any) -> dict[str, Any]:
    recipe = tiny_recipe(
        task="finetune",
        objective=objective,
        data={"dataset": dataset},
        optimizer={"learning_rate": 0.002},
        batch={"micro_batch_tokens": 512},
        loop={"max_steps": 24},
        evaluation={"every_steps": 24, "sample_tokens": 0},
        checkpoints={"every_steps": 8},
    )
    for key, value in changes.items():
        recipe[key] = {**recipe.get(key, {}), **value}
    return recipe | {"model": {"kind": "pretrained", "source": base}}


@pytest.mark.parametrize(
    ("dataset", "objective", "rises"),
    [
        ("preferences", {"kind": "dpo"}, "preference_accuracy"),
        ("preferences", {"kind": "orpo", "odds_weight": 0.5}, "log_odds"),
        ("feedback", {"kind": "kto"}, "verdict_margin"),
    ],
    ids=["dpo", "orpo", "kto"],
)
def test_preferences_are_learned(
    workspace: Workspace, base: str, dataset: str, objective: dict[str, Any], rises: str
) -> None:
    run_id = train_here(workspace, learning(base, dataset, objective))
    losses = curve(workspace, run_id, "val/loss")
    assert losses[-1][1] < losses[0][1]
    watched = curve(workspace, run_id, f"val/{rises}")
    assert watched[-1][1] > max(watched[0][1], 0.6 if rises == "preference_accuracy" else 0.0)
    assert len(curve(workspace, run_id, f"train/{rises}")) == 24


def killed_at(step: int, workspace: Workspace, recipe: dict[str, Any], run_id: str) -> None:
    """Train until a kill in the middle of ``step``."""
    real = loop_module.take_step
    taken = []

    def dying(*arguments: Any, **options: Any) -> Any:
        taken.append(1)
        if len(taken) == step:
            raise Killed
        return real(*arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop_module, "take_step", dying)
        with pytest.raises(Killed):
            train_here(workspace, recipe, run_id)


@pytest.mark.parametrize("tuning", [{"kind": "full"}, {"kind": "lora", "rank": 4}], ids=["full", "lora"])
def test_a_resumed_preference_run_goes_on_as_if_never_broken(
    workspace: Workspace, base: str, tuning: dict[str, Any]
) -> None:
    """The reference is of the model before training, also where the file with it is lost together with the process."""
    recipe = learning(base, "preferences", {"kind": "dpo"}, tuning=tuning, loop={"max_steps": 12})
    whole = curve(workspace, train_here(workspace, recipe), "train/loss")
    run_id = new_run(workspace, recipe)
    killed_at(10, workspace, recipe, run_id)
    file = workspace.run(run_id) / "artifacts" / "reference.train.safetensors"
    before = load_file(file)["reference"]
    file.unlink()
    train_here(workspace, recipe, run_id)
    assert curve(workspace, run_id, "train/loss") == whole
    assert (load_file(file)["reference"] == before).all()


def test_a_student_comes_nearer_to_its_teacher(workspace: Workspace, base: str) -> None:
    student = tiny_recipe(
        task="finetune",
        model={"hidden_size": 16, "num_heads": 2},
        objective={
            "kind": "distillation",
            "teacher": {"kind": "pretrained", "source": base},
            "teacher_weight": 0.9,
            "hidden_weight": 0.1,
        },
        loop={"max_steps": 30},
        evaluation={"every_steps": 30, "sample_tokens": 0},
    )
    run_id = train_here(workspace, student)
    distance = curve(workspace, run_id, "val/teacher_distance")
    assert distance[-1][1] < 0.6 * distance[0][1]
    assert len(curve(workspace, run_id, "train/hidden_distance")) == 30


def rewarded(base: str, **changes: Any) -> dict[str, Any]:
    objective = {
        "kind": "grpo",
        "rewards": [{"kind": "token_jaccard"}],
        "group_size": 6,
        "max_new_tokens": 12,
        **changes,
    }
    recipe = learning(
        base,
        "favourites",
        objective,
        optimizer={"learning_rate": 0.01},
        loop={"max_steps": 18},
        evaluation={"every_steps": 18, "sample_tokens": 0, "max_sequences": 16},
    )
    return recipe | {"batch": {"kind": "sequences", "micro_batch_size": 8}}


def test_rewards_rise_and_a_resumed_run_draws_the_same_answers(workspace: Workspace, base: str) -> None:
    recipe = rewarded(base, kl_weight=0.02)
    run_id = train_here(workspace, recipe)
    rewards = curve(workspace, run_id, "train/reward")
    assert sum(value for _, value in rewards[-3:]) > 1.5 * sum(value for _, value in rewards[:3])
    assert curve(workspace, run_id, "train/kl")[0][1] == pytest.approx(0, abs=1e-6)
    assert curve(workspace, run_id, "val/reward")[-1][1] == pytest.approx(-curve(workspace, run_id, "val/loss")[-1][1])
    again = new_run(workspace, recipe)
    killed_at(10, workspace, recipe, again)
    train_here(workspace, recipe, again)
    assert curve(workspace, again, "train/reward") == rewards


def test_answers_without_a_lesson_are_no_places_and_no_spikes(workspace: Workspace, base: str) -> None:
    run_id = train_here(workspace, rewarded(base, kl_weight=0.0) | {"loop": {"max_steps": 14}})
    assert all(0 < share <= 1 for _, share in curve(workspace, run_id, "train/useful_share"))
    notes = query.events(workspace.run(run_id), ["note"])
    assert not [note for note in notes if "spike" in note.get("details", {})], "this loss lies around 0"


def test_an_adapter_is_held_to_the_model_without_it(workspace: Workspace, base: str) -> None:
    recipe = rewarded(base, kl_weight=0.02)
    recipe |= {"tuning": {"kind": "lora", "rank": 4}, "loop": {"max_steps": 3}}
    distances = curve(workspace, train_here(workspace, recipe), "train/kl")
    assert distances[0][1] == pytest.approx(0, abs=1e-6)
    assert distances[-1][1] > 0


def test_what_an_objective_cannot_learn_from_is_refused_with_the_way_out(workspace: Workspace, base: str) -> None:
    with pytest.raises(DataError, match="learns from rows of the shape preference") as refused:
        train_here(workspace, learning(base, "animals", {"kind": "dpo"}))
    assert "preference mapping" in refused.value.hint
    with pytest.raises(SpecError, match="judges no answers"):
        train_here(workspace, rewarded(base, rewards=[{"kind": "language"}]))
    with pytest.raises(SpecError, match="no number for each answer"):
        train_here(workspace, rewarded(base, rewards=[{"kind": "bleu"}]))


def test_the_better_answer_of_a_preference_can_be_learned_as_language(workspace: Workspace, base: str) -> None:
    recipe = learning(base, "preferences", {"kind": "language"}, loop={"max_steps": 2})
    assert len(curve(workspace, train_here(workspace, recipe), "train/loss")) == 2


def test_a_teacher_with_another_tokenizer_is_refused(workspace: Workspace, base: str, tmp_path: Path) -> None:
    from tokenloom.data.tokenizer.training import train_tokenizer
    from tokenloom.spec.tokenizer import BpeTokenizer

    train_tokenizer(workspace, name="other", spec=BpeTokenizer(vocab_size=300), datasets=["animals"])
    recipe = tiny_recipe(
        task="finetune",
        model={"tokenizer": "other"},
        objective={"kind": "distillation", "teacher": {"kind": "pretrained", "source": base}},
    )
    with pytest.raises(DataError, match="another tokenizer"):
        train_here(workspace, recipe)


# --- heads over classes and scores ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def colours(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> str:
    rows = [{"text": row["prompt"], "label": row["completion"].split()[1]} for row in questions(160, seed=7)]
    source = tmp_path_factory.mktemp("colours") / "colours.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    split = RatioSplit(train=0.7, validation=0.15, test=0.15)
    import_dataset(workspace, name="colours", source=FileSource(path=str(source)), split=split)
    return "colours"


@pytest.mark.parametrize("tuning", [{"kind": "full"}, {"kind": "lora", "rank": 8}], ids=["full", "lora"])
def test_classes_are_learned_measured_and_exported(
    workspace: Workspace, base: str, colours: str, tuning: dict[str, Any], tmp_path: Path
) -> None:
    recipe = learning(
        base,
        colours,
        {"kind": "classification"},
        tuning=tuning,
        optimizer={"learning_rate": 0.01 if tuning["kind"] == "lora" else 0.003},
        loop={"max_steps": 80},
        evaluation={"every_steps": 80, "sample_tokens": 8},
    )
    run_id = train_here(workspace, recipe)
    assert curve(workspace, run_id, "val/accuracy")[-1][1] > 0.8
    _, found = work(
        workspace,
        {"task": "evaluate", "model": {"kind": "pretrained", "source": run_id}, "data": {"dataset": colours}},
    )
    assert found["metrics"]["accuracy"] > 0.8
    assert set(found["tables"]["classification"]["classes"]) == {"red", "green", "blue", "black", "white"}
    export = {"task": "export", "model": {"kind": "pretrained", "source": run_id}, "out": str(tmp_path / "out")}
    _, exported = work(workspace, export)
    assert exported["proof"]["passed"]
    config = json.loads((tmp_path / "out" / "config.json").read_text())
    assert config["architectures"] == ["LlamaForSequenceClassification"]
    assert set(config["id2label"].values()) == {"red", "green", "blue", "black", "white"}


@pytest.mark.parametrize("changes", [{}, {"norm_position": "post", "position": "learned"}], ids=["pre", "post"])
def test_an_encoder_learns_classes_from_scratch(
    workspace: Workspace, base: str, colours: str, changes: dict[str, Any]
) -> None:
    recipe = learning(
        base,
        colours,
        {"kind": "classification"},
        optimizer={"learning_rate": 0.005},
        schedule={"warmup_steps": 10},
        loop={"max_steps": 80},
        evaluation={"every_steps": 80},
    )
    recipe["model"] = tiny_recipe()["model"] | {"kind": "transformer", "attention": "bidirectional"} | changes
    run_id = train_here(workspace, recipe)
    assert curve(workspace, run_id, "val/accuracy")[-1][1] > 0.8
    model = {"kind": "pretrained", "source": run_id}
    _, found = work(workspace, {"task": "evaluate", "model": model, "data": {"dataset": colours}})
    assert found["metrics"]["accuracy"] > 0.8
    with pytest.raises(AssertionError, match="writes no text"):
        work(workspace, {"task": "generate", "model": model, "prompt": "a"})
    with pytest.raises(AssertionError, match="attention=bidirectional"):
        work(workspace, {"task": "export", "model": model})
    lora = learning(
        run_id, colours, {"kind": "classification"}, tuning={"kind": "lora", "rank": 4}, loop={"max_steps": 4}
    )
    adapter = train_here(workspace, lora)
    assert curve(workspace, adapter, "train/accuracy")[-1][1] > 0.8


def test_a_reward_model_scores_the_better_answer_higher(workspace: Workspace, base: str) -> None:
    run_id = train_here(workspace, learning(base, "preferences", {"kind": "reward", "centre_weight": 0.01}))
    assert curve(workspace, run_id, "val/preference_accuracy")[-1][1] > 0.8
    data = {"dataset": "preferences", "split": "validation"}
    recipe = {"task": "evaluate", "model": {"kind": "pretrained", "source": run_id}, "data": data}
    _, found = work(workspace, recipe)
    assert found["metrics"]["preference_accuracy"] > 0.8


def test_a_model_of_classes_writes_nothing_and_says_so(workspace: Workspace, base: str, colours: str) -> None:
    run_id = train_here(workspace, learning(base, colours, {"kind": "classification"}, loop={"max_steps": 1}))
    with pytest.raises(SpecError, match="writes no text"):
        train_here(workspace, learning(run_id, "animals", {"kind": "language"}))
    with pytest.raises(AssertionError, match="writes no text"):
        work(workspace, {"task": "generate", "model": {"kind": "pretrained", "source": run_id}, "prompt": "a"})
    with pytest.raises(AssertionError, match="rows of the shape “label”"):
        data = {"dataset": "animals"}
        work(workspace, {"task": "evaluate", "model": {"kind": "pretrained", "source": run_id}, "data": data})
