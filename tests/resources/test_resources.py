"""The machine, its use, and what a recipe will need."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tokenloom.jobs.foresight.estimating import estimate_recipe
from tokenloom.kit.errors import SpecError
from tokenloom.kit.workspace import Workspace
from tokenloom.modeling.attention import Rule, SegmentPlan, flat_attention
from tokenloom.modeling.config import config_from_spec
from tokenloom.modeling.transformer import Transformer
from tokenloom.resources import doctor, monitor
from tokenloom.resources.machine import free_disk, this_machine
from tokenloom.resources.memory import Work, estimate_training
from tokenloom.resources.monitor import Monitor, Traffic, machine_use
from tokenloom.resources.shape import Shape
from tokenloom.spec.model import TransformerModel
from tokenloom.spec.override import parse_run_spec
from tokenloom.spec.training.loop import LoopSpec
from tokenloom.spec.training.optimizer import Lion
from tokenloom.spec.training.tuning import (
    BottleneckTuning,
    FreezeTuning,
    Ia3Tuning,
    LoraTuning,
    PrefixTuning,
    PromptTuning,
)

SHAPES = [
    {},
    {"num_kv_heads": 2, "tie_embeddings": False},
    {"activation": "gelu", "position": "learned"},
    {"activation": "geglu"},
    {"activation": "relu2"},
    {"num_layers": 5, "intermediate_size": 96, "head_size": 16},
]


@pytest.mark.parametrize("changes", SHAPES)
def test_counted_parameters_equal_those_of_the_real_model(changes: dict[str, object]) -> None:
    spec = TransformerModel(
        **({"num_layers": 3, "hidden_size": 64, "num_heads": 4, "max_sequence_length": 64} | changes)
    )
    real = sum(parameter.numel() for parameter in Transformer(config_from_spec(spec, 300)).parameters())
    shape = Shape(
        num_layers=spec.num_layers,
        hidden_size=spec.hidden_size,
        num_heads=spec.num_heads,
        num_kv_heads=spec.num_kv_heads or spec.num_heads,
        head_size=spec.width_of_head,
        intermediate_size=spec.width_of_feed_forward,
        vocab_size=300,
        is_gated=spec.is_gated,
        is_tied=spec.tie_embeddings,
        positions=64 if spec.position == "learned" else 0,
    )
    assert shape.parameters == real


def test_the_mask_of_a_sliding_window_is_counted_as_attention_really_keeps_it() -> None:
    length = 256
    shape = Shape(1, 32, 4, 4, 8, 96, 300)
    windowed = replace(shape, window=100)
    plan = SegmentPlan.from_lengths(np.array([length]))
    kept = []
    for window in (None, 100, length):
        q, k, v = (torch.randn(length, 4, 8, requires_grad=True) for _ in range(3))
        storages: dict[int, int] = {}

        def note(tensor: torch.Tensor, storages: dict[int, int] = storages) -> torch.Tensor:
            storages[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
            return tensor

        with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
            flat_attention(q, k, v, plan, Rule(window=window)).sum().backward()
        kept.append(sum(storages.values()))
    told = [each.kept_bytes(4, longest=length) * length for each in (shape, windowed, replace(shape, window=length))]
    assert kept[1] - kept[0] == told[1] - told[0] == 4 * length**2
    assert kept[2] == kept[0] and told[2] == told[0], "a window as long as the sequence needs no mask"


@pytest.mark.parametrize(
    "tuning",
    [
        LoraTuning(rank=8),
        LoraTuning(rank=8, use_dora=True),
        Ia3Tuning(),
        BottleneckTuning(size=8),
        BottleneckTuning(size=8, placement="houlsby"),
        PromptTuning(num_virtual_tokens=5),
        PrefixTuning(num_virtual_tokens=5),
        FreezeTuning(last_layers=1),
    ],
    ids=str,
)
@pytest.mark.parametrize("is_tied", [True, False])
def test_what_is_trained_is_counted_as_it_really_is(tuning: Any, is_tied: bool) -> None:
    from tokenloom.modeling.adapter import trained_parameters
    from tokenloom.modeling.tuning import tune

    spec = TransformerModel(num_layers=2, hidden_size=64, num_heads=4, num_kv_heads=2, tie_embeddings=is_tied)
    model = tune(tuning, Transformer(config_from_spec(spec, 300)))
    shape = Shape(2, 64, 4, 2, 16, spec.width_of_feed_forward, 300, is_tied=is_tied)
    real = sum(p.numel() for p in trained_parameters(model).values())
    assert estimate_training(shape, Work(tokens=8), tuning=tuning).trained_parameters == real


def test_optimizers_averages_and_recomputation_show_in_an_estimate() -> None:
    shape = Shape(12, 768, 12, 12, 64, 2048, 50_000)
    plain = estimate_training(shape, Work(tokens=8192))
    lion = estimate_training(shape, Work(tokens=8192), optimizer=Lion())
    averaged = estimate_training(shape, Work(tokens=8192), loop=LoopSpec(ema_decay=0.99))
    recomputed = estimate_training(shape, Work(tokens=8192), loop=LoopSpec(gradient_checkpointing=True))
    small = estimate_training(shape, Work(tokens=8192), tuning=LoraTuning(base_bits=4))
    whole = estimate_training(shape, Work(tokens=8192), tuning=LoraTuning())
    assert lion.optimizer == plain.optimizer / 2
    assert averaged.optimizer - plain.optimizer == 4 * shape.parameters
    assert recomputed.activations < plain.activations / 3
    alone = Work(tokens=8192, passes=1)
    kept, again = (
        estimate_training(shape, alone, loop=LoopSpec(gradient_checkpointing=is_on)) for is_on in (False, True)
    )
    assert kept.gradients < again.gradients < 4 * shape.parameters, (
        "what is computed again leaves less room to gradients"
    )
    assert small.weights < whole.weights / 2


def test_an_estimate_adds_up_and_lora_needs_less() -> None:
    shape = Shape(12, 768, 12, 12, 64, 2048, 50_000)
    full = estimate_training(shape, Work(tokens=8192))
    lora = estimate_training(shape, Work(tokens=8192), tuning=LoraTuning(rank=16))
    document = full.as_dict(available_bytes=8 << 30)
    assert sum(document["parts_bytes"].values()) == document["total_bytes"] == full.total
    assert full.optimizer == 8 * shape.parameters
    assert lora.total < full.total
    assert document["low_bytes"] < document["total_bytes"] < document["high_bytes"]
    assert not full.as_dict(available_bytes=1 << 30)["fits"]


def test_the_estimate_of_a_recipe_names_levers(workspace: Workspace) -> None:
    recipe = {
        "task": "pretrain",
        "data": {"dataset": "YOUR-DATASET"},
        "model": {"num_layers": 12, "hidden_size": 768, "num_heads": 12},
    }
    found = estimate_recipe(workspace, parse_run_spec(recipe))
    assert found["tokens_at_once"] == 16 * 255 // 4 + 255  # on a CPU: a piece, and the sequence that straddles its end
    assert {"tuning.kind=lora tuning.rank=16"} <= {lever["change"] for lever in found["levers"]}
    assert all(lever["saves_bytes"] > 0 for lever in found["levers"])
    with pytest.raises(SpecError, match="no estimate"):
        estimate_recipe(workspace, parse_run_spec({"task": "tokenizer", "tokenizer": "t", "datasets": ["d"]}))


def test_the_machine_and_its_disk(tmp_path: Path) -> None:
    machine = this_machine()
    assert machine.cores >= 1 and machine.memory_bytes > 1 << 28
    assert free_disk(tmp_path / "not" / "there" / "yet") > 0


def test_the_monitor_samples_until_it_is_stopped(tmp_path: Path) -> None:
    samples: list[dict] = []
    watch = Monitor(tmp_path, samples.append, every_seconds=0.02).start()
    deadline = time.monotonic() + 60
    while len(samples) < 3:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    watch.stop()
    count = len(samples)
    assert samples[0]["memory_bytes"] > 1 << 20
    assert samples[0]["disk_free_bytes"] > 0
    assert all(rate >= 0 for name, rate in samples[1].items() if name.endswith("_per_second"))
    time.sleep(0.1)
    assert len(samples) == count


def test_traffic_is_what_the_counters_grew_by_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = iter([{"network_sent_bytes_per_second": 1000}, {"network_sent_bytes_per_second": 5000}, {}, {}])
    clock = iter([10.0, 12.0, 13.0, 14.0])
    monkeypatch.setattr(monitor, "_counters", lambda: next(counted))
    monkeypatch.setattr(monitor.time, "monotonic", lambda: next(clock))
    traffic = Traffic()
    assert traffic.rates() == {"network_sent_bytes_per_second": 2000.0}
    assert traffic.rates() == {}


def test_the_use_of_the_machine_is_within_what_it_has(tmp_path: Path) -> None:
    told = machine_use(tmp_path)
    assert 0 <= told["cpu_percent"] <= 100
    assert 0 < told["memory_bytes"] <= told["memory_total_bytes"]
    assert 0 < told["disk_bytes"] <= told["disk_total_bytes"]


def test_the_doctor_names_every_gap_with_its_cure(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    found = {finding.what: finding for finding in doctor.examine(workspace)}
    assert found["torch"].status == "ok"
    assert found["workspace"].status == "ok"
    monkeypatch.setattr(doctor, "_version", lambda name: {"torch": "2.9.1", "torchvision": "0.20+cu124"}.get(name))
    monkeypatch.setattr(doctor, "free_disk", lambda folder: 1 << 20)
    sick = {finding.what: finding for finding in doctor.examine(workspace)}
    assert (sick["torch"].status, sick["torch"].fix) == ("problem", 'pip install --upgrade "torch>=2.10"')
    assert sick["transformers"].found == "not installed"
    assert sick["workspace"].status == "problem" and "Free some space" in sick["workspace"].fix
    assert all(finding.fix for finding in sick.values() if finding.status == "problem")


def test_the_doctor_looks_for_wordnet_by_its_files(tmp_path: Path) -> None:
    none = doctor._wordnet(tmp_path)
    assert none.status == "missing" and "augment_synonyms" in none.found and "apt-get install wordnet-base" in none.fix
    (tmp_path / "data.noun").touch()
    assert doctor._wordnet(tmp_path).status == "ok"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"tuning": {"kind": "lora", "base_bits": 4}}, "tuning.base_bits"),
        ({"optimizer": {"kind": "adamw_8bit"}}, "optimizer.kind"),
    ],
)
def test_quantised_numbers_without_their_library_are_refused_before_the_run(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], field: str
) -> None:
    from tokenloom.jobs.foresight import checking

    spec = parse_run_spec(
        {"task": "finetune", "model": {"kind": "pretrained", "source": "x"}, "data": {"dataset": "d"}} | change
    )
    monkeypatch.setattr(checking, "find_spec", lambda _: None)
    with pytest.raises(SpecError) as error:
        checking.check_recipe(workspace, spec)
    found = {each["field"]: each["fix"] for each in error.value.details["errors"]}
    assert "tokenloom[quantized]" in found[field]
