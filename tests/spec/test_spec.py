"""The tree of settings: what is accepted, how mistakes are answered, and that nothing stands twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tokenloom.kit.errors import NotFound, SpecError
from tokenloom.spec.base import Spec, field_docs
from tokenloom.spec.model import TransformerModel
from tokenloom.spec.override import apply_overrides, flatten, leaves, load_yaml, parse_run_spec, to_yaml
from tokenloom.spec.presets import load_recipe, preset_names, preset_title
from tokenloom.spec.problems import models_in
from tokenloom.spec.recipe import RUN_SPEC, TASKS

PRETRAIN: dict[str, Any] = {"task": "pretrain", "data": {"dataset": "d"}}


def problem(data: dict[str, Any], overrides: list[str] | None = None) -> dict[str, str]:
    with pytest.raises(SpecError) as error:
        parse_run_spec(apply_overrides(data, overrides or []))
    first: dict[str, str] = error.value.details["errors"][0]
    return first


@pytest.mark.parametrize(
    ("override", "field", "message", "fix"),
    [
        (
            "optimizer.lerning_rate=1",
            "optimizer.lerning_rate",
            "no such setting",
            "Did you mean optimizer.learning_rate?",
        ),
        ("optimiser.learning_rate=1", "optimiser", "no such setting", "Did you mean optimizer?"),
        ("optimizer.learning_rate=-1", "optimizer.learning_rate", "greater than 0", "more than 0"),
        ("optimizer.learning_rate=fast", "optimizer.learning_rate", "valid number", "optimizer.learning_rate"),
        ("model.kind=transfomer", "model.kind", "no kind “transfomer”", "Did you mean kind: transformer?"),
        ("schedule.kind=step", "schedule.kind", "no kind “step”", "cosine"),
        ("model.num_heads=3", "model", "does not divide", "Set num_heads to"),
        ("model.num_kv_heads=3", "model", "not a multiple", "Set num_kv_heads to"),
        (
            "model.sliding_window=256",
            "model",
            "hides nothing of sequences of up to 256",
            "Leave it empty, or set at most 255",
        ),
        (
            "model={kind: transformer, position: sinusoidal, hidden_size: 33, num_heads: 3}",
            "model",
            "pairs of sine and cosine",
            "Set hidden_size to 34",
        ),
        ("model.rope_factor=2", "model", "does nothing without scaling", "Set rope_scaling to linear"),
        ("model.rope_scaling=linear", "model", "stretches nothing", "Set rope_factor to 2"),
        (
            "model={kind: transformer, rope_scaling: linear, rope_factor: 2, position: alibi}",
            "model",
            "needs RoPE",
            "Set position to rope",
        ),
        (
            "model={kind: transformer, rope_scaling: llama3, rope_factor: 4}",
            "model",
            "rope_original_length is empty",
            "Set rope_original_length to 64",
        ),
        ("model.rope_original_length=64", "model", "llama3 and yarn scaling alone", "Leave it empty"),
        (
            "model={kind: transformer, rope_scaling: yarn, rope_factor: 8}",
            "model",
            "rope_scaling yarn needs the context before it",
            "Set rope_original_length to 32",
        ),
        (
            "model={kind: transformer, rope_scaling: yarn, rope_factor: 8, rope_original_length: 32, rope_theta: 1}",
            "model",
            "turns of different lengths",
            "Set rope_theta to 10000",
        ),
        (
            "model={kind: transformer, rope_scaling: ntk, rope_factor: 8, head_size: 2}",
            "model",
            "a head of 2 has no other",
            "Set rope_scaling to linear",
        ),
        (
            "model={kind: transformer, rope_scaling: ntk, rope_factor: 8, rope_original_length: 32}",
            "model",
            "llama3 and yarn scaling alone",
            "Leave it empty",
        ),
        (
            "model={kind: transformer, init: xavier, init_std: 0.1}",
            "model",
            "does not read init_std",
            "Set init to scaled",
        ),
        (
            "model={kind: transformer, init: small, init_std: 0.1}",
            "model",
            "does not read init_std",
            "Set init to scaled",
        ),
        ("model.norm_position=before", "model.norm_position", "'pre', 'post' or 'sandwich'", "pre"),
        ("model.num_experts=1", "model.num_experts", "greater than or equal to 2", "at least 2"),
        ("model.experts_per_token=1", "model", "does nothing without experts", "Set num_experts to 8"),
        ("model.router_balance=0.1", "model", "does nothing without experts", "Set num_experts to 8"),
        (
            "model={kind: transformer, num_experts: 4, experts_per_token: 5}",
            "model",
            "more than there are (num_experts 4)",
            "Set experts_per_token to 2",
        ),
        (
            "model.attention=bidirectional",
            "",
            "lets each token see those behind it, which language asks",
            "Set model.attention to causal",
        ),
        ("model.sliding_window=1", "model.sliding_window", "greater than or equal to 2", "at least 2"),
        (
            "schedule={kind: cosine, warmup_steps: 50, final_ratio: 2}",
            "schedule.final_ratio",
            "less than or equal to 1",
            "at most 1",
        ),
        ("tuning={kind: lora, rank: 0}", "tuning.rank", "greater than or equal to 1", "at least 1"),
        ("compute.device=gpu", "compute.device", "pattern", "compute.device"),
        ("data.dataset=", "data.dataset", "valid string", "data.dataset"),
    ],
)
def test_mistakes_are_answered_at_their_field(override: str, field: str, message: str, fix: str) -> None:
    found = problem(PRETRAIN, [override])
    assert found["field"] == field
    assert message in found["message"]
    assert fix in found["fix"]


def test_a_missing_value_and_a_wrong_task() -> None:
    assert problem({"task": "pretrain"})["field"] == "data"
    assert problem({"task": "pretrian"})["fix"] == "Did you mean task: pretrain?"
    assert "Set task to one of" in problem({})["fix"]
    with pytest.raises(SpecError, match="table of settings"):
        parse_run_spec(["a"])


def test_an_encoder_learns_classes_and_scores_alone() -> None:
    recipe: dict[str, Any] = {"task": "finetune", "model": {"kind": "transformer", "attention": "bidirectional"}}
    recipe["data"] = {"dataset": "d"}
    for kind in ("classification", "reward"):
        assert parse_run_spec(recipe | {"objective": {"kind": kind}}).model.attention == "bidirectional"
    for kind in ("language", "dpo", "orpo", "kto", "grpo"):
        found = problem(recipe | {"objective": {"kind": kind}})
        assert f"which {kind} asks the model to foretell" in found["message"]
        assert "objective.kind=classification" in found["fix"]


def test_ntk_scaling_stretches_the_longest_turn_whole_and_the_shortest_not_at_all() -> None:
    model = TransformerModel(rope_scaling="ntk", rope_factor=4.0, rope_theta=500.0, head_size=16)
    longest = [theta ** (14 / 16) for theta in (500.0, model.scaled_rope_theta)]
    assert longest[1] / longest[0] == pytest.approx(4.0)
    assert TransformerModel(rope_theta=500.0).scaled_rope_theta == 500.0


def test_warmup_longer_than_the_run_is_refused_with_a_fix() -> None:
    found = problem(PRETRAIN, ["loop.max_steps=10", "schedule.warmup_steps=20"])
    assert "more than loop.max_steps 10" in found["message"]
    assert found["fix"] == "Set schedule.warmup_steps to 1"


def test_split_shares_must_add_up() -> None:
    data = {"task": "import", "dataset": "d", "source": {"kind": "file", "path": "x"}, "split": {"train": 0.5}}
    assert "add up to" in problem(data)["message"]


def test_overrides_are_laid_on_the_chosen_branch_and_restart_with_the_kind() -> None:
    data = {**PRETRAIN, "schedule": {"kind": "wsd", "decay_ratio": 0.5}}
    assert apply_overrides(data, ["schedule.warmup_steps=3"])["schedule"] == {
        "kind": "wsd",
        "decay_ratio": 0.5,
        "warmup_steps": 3,
    }
    changed = apply_overrides(data, ["schedule.kind=linear"])
    assert changed["schedule"] == {"kind": "linear"}
    assert data["schedule"]["kind"] == "wsd", "the input stays as it is"
    with pytest.raises(SpecError, match="not an override"):
        apply_overrides(data, ["learning_rate"])


def test_numbers_in_yaml_spelling_are_numbers() -> None:
    """YAML 1.1 reads 1e-3 as text; it must still become a number."""
    spec = parse_run_spec(apply_overrides(PRETRAIN, ["optimizer.learning_rate=1e-3"]))
    assert spec.optimizer.learning_rate == 0.001


def test_a_kind_may_be_left_out_where_the_default_says_it() -> None:
    spec = parse_run_spec({**PRETRAIN, "model": {"num_layers": 2}, "batch": {"micro_batch_size": 3}})
    assert (spec.model.kind, spec.batch.micro_batch_size) == ("transformer", 3)


def test_yaml_round_trip_of_every_task() -> None:
    samples = {
        "import": {"dataset": "d", "source": {"kind": "file", "path": "p"}},
        "inspect": {"dataset": "d", "near": False},
        "map": {"dataset": "d", "model": {"kind": "pretrained", "source": "m"}, "rows": 100},
        "refine": {"dataset": "d", "steps": [{"kind": "html"}, {"kind": "length", "min_characters": 2}]},
        "tokenizer": {"tokenizer": "t", "datasets": ["d"]},
        "pretrain": {"data": {"dataset": "d"}},
        "finetune": {"model": {"kind": "pretrained", "source": "m"}, "data": {"dataset": "d"}},
        "evaluate": {"model": {"kind": "pretrained", "source": "m"}, "data": {"dataset": "d"}},
        "export": {"model": {"kind": "pretrained", "source": "m"}},
        "generate": {"model": {"kind": "pretrained", "source": "m"}, "prompt": "p"},
        "vocabulary": {"model": {"kind": "pretrained", "source": "m"}, "words": [" x"]},
        "rehearse": {"recipe": {"task": "pretrain", "data": {"dataset": "d"}}},
        "probe": {"recipe": {"task": "pretrain", "data": {"dataset": "d"}}, "memory_share": 0.5},
    }
    assert set(samples) == set(TASKS)
    for task, data in samples.items():
        spec = parse_run_spec({"task": task, **data})
        assert parse_run_spec(yaml.safe_load(to_yaml(spec))) == spec


@pytest.mark.parametrize("task", sorted(TASKS))
def test_every_setting_has_help(task: str) -> None:
    rows = list(leaves(TASKS[task]))
    silent = [row["name"] for row in rows if not row["help"] and row["name"] != "task"]
    assert silent == []
    assert len({row["name"] for row in rows}) == len(rows)


def test_the_schema_tells_what_lists_hold_where_nothing_is_said() -> None:
    """A form shows them, and what equals them is left out of the recipe."""
    definitions = RUN_SPEC.json_schema()["$defs"]
    assert definitions["RedactStep"]["properties"]["what"]["default"][:2] == ["email", "phone"]
    rewards = definitions["GrpoObjective"]["properties"]["rewards"]["default"]
    assert [each["kind"] for each in rewards] == ["exact_match"]
    assert definitions["PretrainSpec"]["properties"]["tags"]["default"] == []


def test_the_schema_is_whole_json_with_words_for_the_form() -> None:
    schema = RUN_SPEC.json_schema()
    text = json.dumps(schema)
    assert schema["discriminator"]["propertyName"] == "task"
    learning_rate = schema["$defs"]["AdamW"]["properties"]["learning_rate"]
    assert learning_rate["ui"] == {"scale": "log", "group": "training", "simple": True}
    assert "Peak learning rate" in learning_rate["description"]
    assert "FlowrollSource" in text, "a plugin's kinds are part of the tree"


def test_flatten_gives_dotted_names() -> None:
    assert flatten({"a": {"b": 1, "c": [1]}, "d": None}) == {"a.b": 1, "a.c": [1], "d": None}


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_is_valid_and_says_what_it_is_for(name: str) -> None:
    assert len(preset_title(name)) > 20
    parse_run_spec(load_recipe(name))


def test_unknown_recipes_and_unreadable_files(tmp_path: Path) -> None:
    assert preset_names()
    with pytest.raises(NotFound, match="no recipe"):
        load_recipe("cpu/tiny-pretrian")
    with pytest.raises(NotFound, match="no file"):
        load_recipe(str(tmp_path / "x.yaml"))
    for content in (b"a: [", b"\xff\xfe\x00", b"- a", b"x" * (2 << 20), b"a: !!python/object/apply:os.system [ls]"):
        path = tmp_path / "bad.yaml"
        path.write_bytes(content)
        with pytest.raises(SpecError):
            load_yaml(path)


def test_every_setting_of_every_step_has_help() -> None:
    """Steps stand in a list, which the table of settings does not open."""
    for step in models_in(TASKS["refine"].model_fields["steps"].annotation):
        assert step.model_fields.keys() - field_docs(step).keys() <= {"kind"} and step.__doc__


def test_the_help_of_a_setting_is_the_docstring_under_it_and_that_of_its_base() -> None:
    class Base(Spec):
        of_base: int = 1
        """Of the base."""
        changed: int = 1
        """As it was."""

    class Inner(Base):
        changed: int = 2
        """As it is."""
        silent: int = 3
        last: int = 4
        """Two

            lines."""

    assert field_docs(Inner) == {"of_base": "Of the base.", "changed": "As it is.", "last": "Two\n\nlines."}
    told = Inner.model_json_schema()["properties"]
    assert {name: each.get("description") for name, each in told.items()} == {
        "of_base": "Of the base.",
        "changed": "As it is.",
        "silent": None,
        "last": "Two\n\nlines.",
    }
    assert field_docs(type("Made", (Base,), {}))["of_base"] == "Of the base."


@pytest.mark.parametrize(
    ("step", "field", "fix"),
    [
        ({"kind": "length", "min": 20}, "steps.1.min", "Did you mean steps.1.min_words?"),
        ({"kind": "lenght"}, "steps.1.kind", "Did you mean kind: length?"),
        ({"min_words": 3}, "steps.1.kind", "Set kind to one of: html, unicode, "),
        ({"kind": "length", "min_words": -3}, "steps.1.min_words", "Set steps.1.min_words to at least 1."),
    ],
)
def test_a_mistake_within_a_list_is_told_as_anywhere_else(step: dict[str, Any], field: str, fix: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse_run_spec({"task": "refine", "dataset": "faq", "steps": [{"kind": "whitespace"}, step]})
    (problem,) = caught.value.details["errors"]
    assert problem["field"] == field
    assert problem["fix"].startswith(fix)


@pytest.mark.parametrize(
    ("value", "message", "fix"),
    [
        ("q_proj", "it is neither all-linear nor a list", "Set it to all-linear, or a list of names: [q_proj]."),
        ([], "it is an empty list", "Name at least 1, or leave tuning.target_modules out."),
        (3, "it is neither all-linear nor a list", "Set it to all-linear, or a list of names."),
    ],
)
def test_a_setting_that_is_a_word_or_a_list_complains_once(value: Any, message: str, fix: str) -> None:
    tuning = {"kind": "lora", "target_modules": value}
    with pytest.raises(SpecError) as caught:
        parse_run_spec(
            {
                "task": "finetune",
                "data": {"dataset": "d"},
                "model": {"kind": "pretrained", "source": "m"},
                "tuning": tuning,
            }
        )
    assert caught.value.details["errors"] == [{"field": "tuning.target_modules", "message": message, "fix": fix}]


def test_one_wrong_name_in_a_list_is_named_by_its_place() -> None:
    tuning = {"kind": "lora", "target_modules": ["q_proj", 7]}
    with pytest.raises(SpecError) as caught:
        parse_run_spec(
            {
                "task": "finetune",
                "data": {"dataset": "d"},
                "model": {"kind": "pretrained", "source": "m"},
                "tuning": tuning,
            }
        )
    assert [each["field"] for each in caught.value.details["errors"]] == ["tuning.target_modules.1"]
