"""Every method, optimizer and extra of the loop: it learns, changes only what it should, and resumes to the bit."""

from __future__ import annotations

import copy
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from engine_kit import VOCAB, make_session, make_spec, make_tokens, tiny_model
from pydantic import ValidationError
from safetensors.torch import load_file, save_file
from test_resume_matrix import die_at, spec_of, story

from tokenloom.kit.errors import MissingExtra, ResourceError, SpecError
from tokenloom.modeling import adapter
from tokenloom.modeling.transformer import Transformer
from tokenloom.modeling.tuning import quantized, tune
from tokenloom.spec.training.optimizer import AdamW, Lion, Muon
from tokenloom.spec.training.tuning import FullTuning, Ia3Tuning, LoraTuning
from tokenloom.tracking import query
from tokenloom.training import loop as loop_module
from tokenloom.training.batches import BatchStream, FlatTokens, flat_batch
from tokenloom.training.loop import train
from tokenloom.training.noise import EmbeddingNoise
from tokenloom.training.objective import Supplies, build_objective
from tokenloom.training.optim.averaging import Ema
from tokenloom.training.optim.optimizer import build_optimizer
from tokenloom.training.optim.schedule_free import ScheduleFreeAdamW as ScheduleFree
from tokenloom.training.optim.state import optimizer_tensors, restore_optimizer
from tokenloom.training.paths import FlatPath, PaddedPath
from tokenloom.training.precision import Compute, choose_compute
from tokenloom.training.recompute import recompute_blocks
from tokenloom.training.saving.checkpoint import list_checkpoints
from tokenloom.training.scaling import LossScale
from tokenloom.training.step import Extras, take_step

TUNINGS: dict[str, dict[str, Any]] = {
    "freeze": {"kind": "freeze", "last_layers": 1},
    "gradual": {"kind": "freeze", "last_layers": 1, "unfreeze_every_steps": 4},
    "rslora": {"kind": "lora", "rank": 4, "use_rslora": True, "dropout": 0.1},
    "dora": {"kind": "lora", "rank": 4, "use_dora": True},
    "ia3": {"kind": "ia3"},
    "bottleneck": {"kind": "bottleneck", "size": 8, "placement": "houlsby", "dropout": 0.1},
    "prompt": {"kind": "prompt", "num_virtual_tokens": 4},
    "prefix": {"kind": "prefix", "num_virtual_tokens": 4},
}
STATEFUL = {
    "adamw": {"kind": "adamw", "learning_rate": 0.01},
    "adafactor": {"kind": "adafactor", "learning_rate": 0.05},
    "lion": {"kind": "lion", "learning_rate": 0.002},
    "muon": {"kind": "muon", "learning_rate": 0.01},
    "sgd": {"kind": "sgd", "learning_rate": 0.5},
    "schedule_free": {"kind": "schedule_free", "learning_rate": 0.01},
    "adamw_8bit": {"kind": "adamw_8bit", "learning_rate": 0.01},
}


def optimizer_settings(kind: str) -> dict[str, Any]:
    if kind == "adamw_8bit":
        pytest.importorskip("bitsandbytes")
    schedule = {"kind": "constant"} if kind == "schedule_free" else {"kind": "cosine"}
    return {"optimizer": STATEFUL[kind], "schedule": schedule}


def losses_of(folder: Path) -> list[float]:
    return query.metrics_frame(folder, ["train/loss"])["value"].to_list()


def resumes_exactly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spec: Any, step: int = 7, batch: int = 1) -> None:
    """A run that dies inside a window and goes on ends as the unbroken one does."""
    whole = make_session(tmp_path / "whole", spec)
    train(whole)
    die_at(monkeypatch, tmp_path / "broken", spec, None, step, batch)
    resumed = make_session(tmp_path / "broken", spec)
    assert 0 < resumed.state.step <= step
    train(resumed)
    assert story(resumed) == story(whole)
    ends = [list_checkpoints(tmp_path / name)[-1].folder for name in ("whole", "broken")]
    for file in sorted(ends[0].rglob("*.safetensors")):
        mine, theirs = load_file(file), load_file(ends[1] / file.relative_to(ends[0]))
        assert mine.keys() == theirs.keys()
        assert all(torch.equal(mine[name], theirs[name]) for name in mine), file.name


# --- methods -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Transformer:
    """A model that counts on by 1, 2 or 3, as it sees the sequence begin: one of random weights has nothing that an adapter could steer."""
    quiet = {"every_steps": None, "sample_tokens": 0}
    session = make_session(
        tmp_path_factory.mktemp("base") / "run", make_spec(loop={"max_steps": 120}, evaluation=quiet)
    )
    train(session)
    return session.model


def by_ones(count: int = 24) -> FlatTokens:
    """Short sequences that all count on by 1, learned from their second token: what a tuned model can know and its base cannot."""
    tokens = np.concatenate([(np.arange(5) + 5 * number) % VOCAB for number in range(count)]).astype(np.uint16)
    return FlatTokens(tokens, np.ones(len(tokens), np.uint8), np.arange(0, len(tokens) + 1, 5), np.arange(count), {})


@pytest.mark.parametrize("kind", TUNINGS)
def test_a_method_learns_and_changes_only_what_it_trains(kind: str, folder: Path, base: Transformer) -> None:
    rate = {"prompt": 0.1, "prefix": 0.1, "ia3": 0.1}.get(kind, 0.01)
    session = make_session(
        folder,
        make_spec(
            tuning=TUNINGS[kind],
            optimizer={"learning_rate": rate},
            loop={"max_steps": 30},
            evaluation={"every_steps": None, "sample_tokens": 0},
        ),
        model=copy.deepcopy(base),
    )
    trained = set(adapter.trained_parameters(session.model))
    before = {name: parameter.detach().clone() for name, parameter in session.model.named_parameters()}
    session.stream = BatchStream(by_ones(), session.spec.batch, seed=1)
    batch = flat_batch(by_ones(), list(range(24)))
    losses = [loss_of(session, batch)]
    train(session)
    losses.append(loss_of(session, batch))
    changed = {name for name, parameter in session.model.named_parameters() if not torch.equal(parameter, before[name])}
    assert changed == trained
    assert losses[1] < losses[0] * 0.6


def loss_of(session: Any, batch: Any) -> float:
    """Mean loss over the batch, without dropout."""
    session.model.eval()
    with torch.no_grad():
        return float(session.path.scores(batch).loss) / batch.num_labels


@pytest.mark.parametrize("kind", TUNINGS)
def test_a_method_resumes_to_the_bit(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    resumes_exactly(tmp_path, monkeypatch, spec_of(tuning=TUNINGS[kind]))


def test_gradual_thawing_is_a_function_of_the_step(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session, seen = make_session(folder, make_spec(tuning=TUNINGS["gradual"])), []
    real = loop_module.take_step

    def stepping(*arguments: Any, **options: Any) -> Any:
        seen.append(len(options["parameters"]))
        return real(*arguments, **options)

    monkeypatch.setattr(loop_module, "take_step", stepping)
    train(session)
    assert seen == [10] * 4 + [19] * 4 + [20] * 4


# --- optimizers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", STATEFUL)
def test_an_optimizer_learns(kind: str, folder: Path) -> None:
    quiet = {"every_steps": None, "sample_tokens": 0}
    session = make_session(folder, make_spec(**optimizer_settings(kind), loop={"max_steps": 40}, evaluation=quiet))
    train(session)
    losses = losses_of(folder)
    assert losses[0] == pytest.approx(math.log(VOCAB), abs=0.3)
    assert np.mean(losses[-5:]) < losses[0] * 0.85


@pytest.mark.parametrize("tuning", [{"kind": "full"}, {"kind": "lora", "rank": 4}], ids=["full", "lora"])
@pytest.mark.parametrize("kind", STATEFUL)
def test_an_optimizer_resumes_to_the_bit(
    kind: str, tuning: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    resumes_exactly(tmp_path, monkeypatch, spec_of(**optimizer_settings(kind), tuning=tuning))


@pytest.mark.parametrize("kind", STATEFUL)
def test_an_optimizer_survives_skipped_steps_untouched(
    kind: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make_session(folder, make_spec(**optimizer_settings(kind), guard={"max_skipped_steps": 3}))
    before = {name: each.detach().clone() for name, each in session.model.named_parameters()}
    real, seen = session.path.loss, []

    def poisoned(batch: Any, **how: float) -> torch.Tensor:
        if session.state.step < 2:
            seen.append(session.state.step)
            return real(batch) * math.nan
        assert session.state.step > 2 or all(torch.equal(p, before[n]) for n, p in session.model.named_parameters())
        return real(batch)

    monkeypatch.setattr(session.path, "loss", poisoned)
    assert train(session).state == "completed"
    assert set(seen) == {0, 1}
    assert all(bool(torch.isfinite(parameter).all()) for parameter in session.model.parameters())


def test_the_8_bit_optimizer_is_refused_by_name_without_its_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quantized, "find_spec", lambda _: None)
    spec = make_spec(optimizer={"kind": "adamw_8bit"}).optimizer
    with pytest.raises(MissingExtra, match="adamw_8bit needs the optional extra"):
        build_optimizer(spec, tiny_model())


def test_what_an_8_bit_optimizer_remembers_comes_back_from_disk_to_the_bit(tmp_path: Path) -> None:
    """On matrices large enough to be kept in 8 bits, whose tables all parameters share."""
    pytest.importorskip("bitsandbytes")
    torch.manual_seed(0)
    gradients = [torch.randn(96, 64) for _ in range(6)]
    ends, spec = [], make_spec(optimizer={"kind": "adamw_8bit", "learning_rate": 0.01}).optimizer
    for is_broken in (False, True):
        torch.manual_seed(1)
        model = torch.nn.Sequential(torch.nn.Linear(64, 96, bias=False), torch.nn.Linear(64, 96, bias=False))
        optimizer = build_optimizer(spec, model)
        for step, gradient in enumerate(gradients):
            if is_broken and step == 3:
                save_file(optimizer_tensors(optimizer), tmp_path / "state.safetensors")
                optimizer = build_optimizer(spec, model)
                restore_optimizer(optimizer, load_file(tmp_path / "state.safetensors"))
            for parameter in model.parameters():
                parameter.grad = gradient.clone()
            optimizer.step()
        assert optimizer.state[model[0].weight]["state1"].dtype == torch.uint8
        ends.append([parameter.detach() for parameter in model.parameters()])
    assert all(torch.equal(*pair) for pair in zip(*ends, strict=True))


def test_lion_is_its_formula() -> None:
    torch.manual_seed(0)
    model = torch.nn.Linear(4, 3, bias=False)
    spec = Lion(learning_rate=0.01, weight_decay=0.2, beta1=0.8, beta2=0.9)
    optimizer = build_optimizer(spec, model)
    weight, mean = model.weight.detach().clone(), torch.zeros(3, 4)
    for _ in range(5):
        model.weight.grad = torch.randn(3, 4)
        weight = weight - 0.01 * (torch.sign(0.8 * mean + 0.2 * model.weight.grad) + 0.2 * weight)
        mean = 0.9 * mean + 0.1 * model.weight.grad
        optimizer.step()
    assert torch.allclose(model.weight, weight, atol=1e-6)


def test_schedule_free_is_its_algorithm_with_all_three_points_kept() -> None:
    """Algorithm 1 of the paper with x, y and z written out, and a warmup of the rate."""
    torch.manual_seed(0)
    parameter = torch.nn.Parameter(torch.randn(3, 4, dtype=torch.float64))
    beta1, beta2, eps, decay = 0.9, 0.95, 1e-8, 0.1
    groups = [{"params": [parameter], "weight_decay": decay}]
    optimizer = ScheduleFree(groups, lr=0.02, betas=(beta1, beta2), eps=eps)
    x = z = parameter.detach().clone()
    square, total = torch.zeros_like(x), 0.0
    for step in range(1, 9):
        rate = 0.02 * min(step / 4, 1.0)
        optimizer.param_groups[0]["lr"] = rate
        y = (1 - beta1) * z + beta1 * x
        assert torch.allclose(parameter, y, atol=1e-12)
        gradient = torch.randn(3, 4, dtype=torch.float64)
        square = beta2 * square + (1 - beta2) * gradient**2
        z = z - rate * (gradient / ((square / (1 - beta2**step)).sqrt() + eps) + decay * y)
        total += rate**2
        x = x + (rate**2 / total) * (z - x)
        parameter.grad = gradient.clone()
        optimizer.step()
        assert torch.allclose(optimizer.mean_of(parameter), x, atol=1e-12)


def test_muon_takes_the_matrices_of_the_blocks_and_adamw_the_rest() -> None:
    model = tiny_model(tie_embeddings=False)
    matrices, rest = build_optimizer(Muon(), model).parts
    names = [name for group in matrices.param_groups for name in group["names"]]
    assert names and all(".layers." in name and "proj" in name for name in names)
    others = {name for group in rest.param_groups for name in group["names"]}
    assert {"model.embed_tokens.weight", "lm_head.weight", "model.norm.weight"} <= others
    assert len(names) + len(others) == len(list(model.parameters()))


def test_rules_for_groups_scale_rates_and_decays_and_the_first_that_fits_counts(folder: Path) -> None:
    rules = [
        {"pattern": "*embed_tokens*", "learning_rate_scale": 0.0},
        {"pattern": "*.layers.0.*", "learning_rate_scale": 0.5, "weight_decay": 0.0},
        {"pattern": "*.mlp.*", "learning_rate_scale": 2.0},
    ]
    session = make_session(folder, make_spec(optimizer={"learning_rate": 0.01, "groups": rules}, loop={"max_steps": 2}))
    before = session.model.model.embed_tokens.weight.detach().clone()
    train(session)
    assert torch.equal(session.model.model.embed_tokens.weight, before), "a rate of nothing changes nothing"
    found = {name: group for group in session.optimizer.param_groups for name in group["names"]}
    assert found["model.layers.0.mlp.up_proj.weight"]["lr_scale"] == 0.5, "the first rule that fits"
    assert found["model.layers.0.mlp.up_proj.weight"]["weight_decay"] == 0.0
    assert found["model.layers.1.mlp.up_proj.weight"]["weight_decay"] == 0.1
    rate = query.metrics_frame(folder, ["train/learning_rate"])["value"].to_list()[-1]
    assert found["model.layers.1.mlp.up_proj.weight"]["lr"] == pytest.approx(2 * rate)
    assert found["model.norm.weight"]["weight_decay"] == 0.0


def test_a_rule_that_fits_nothing_is_refused_at_its_field() -> None:
    spec = AdamW.model_validate({"groups": [{"pattern": "*mlp*"}, {"pattern": "*embed_tokn*"}]})
    with pytest.raises(SpecError, match="no parameter fits “\\*embed_tokn\\*”") as error:
        build_optimizer(spec, tiny_model())
    assert error.value.details["errors"][0]["field"] == "optimizer.groups.1.pattern"
    assert "model.embed_tokens.weight" in error.value.hint


def test_scales_of_ia3_are_not_pulled_to_zero() -> None:
    groups = build_optimizer(AdamW(), tune(Ia3Tuning(), tiny_model())).param_groups
    assert [group["weight_decay"] for group in groups] == [0.0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"optimizer": {"kind": "schedule_free"}}, "set schedule.kind=constant"),
        (
            {"optimizer": {"kind": "schedule_free"}, "schedule": {"kind": "constant"}, "loop": {"ema_decay": 0.9}},
            "leave loop.ema_decay empty",
        ),
        ({"tuning": {"kind": "prefix"}, "loop": {"gradient_checkpointing": True}}, "cannot be computed twice"),
        ({"tuning": {"kind": "freeze"}}, "does not say what is frozen"),
        ({"tuning": {"kind": "freeze", "train": ["*"], "unfreeze_every_steps": 2}}, "set last_layers"),
        ({"schedule": {"kind": "linear", "warmup_steps": 3, "warmup_ratio": 0.1}}, "leave one of them out"),
        ({"loop": {"ema_decay": 1.0}}, "less than 1"),
        ({"tuning": {"kind": "lora", "base_bits": 2}}, "4 or 8"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        make_spec(**changes)


# --- averages of the weights -------------------------------------------------------------------------------------


def test_an_ema_is_its_formula_and_is_what_is_measured_and_saved(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = make_spec(loop={"max_steps": 8, "ema_decay": 0.8}, checkpoints={"every_steps": 4})
    session = make_session(folder, spec)
    name, parameter = next(iter(session.model.named_parameters()))
    mean, steps = parameter.detach().clone(), []
    real_update = Ema.update

    def update(self: Ema, step: int) -> None:
        nonlocal mean
        keep = min(0.8, (1 + step) / (10 + step))
        mean = keep * mean + (1 - keep) * parameter.detach()
        steps.append(step)
        real_update(self, step)

    monkeypatch.setattr(Ema, "update", update)
    seen = []
    real_scores = session.path.scores
    monkeypatch.setattr(
        session.path, "scores", lambda batch: (seen.append(parameter.detach().clone()), real_scores(batch))[1]
    )
    train(session)
    assert steps == list(range(1, 9))
    end = list_checkpoints(folder)[-1].folder
    saved, stepping = (
        load_file(end / "model.safetensors")[name],
        load_file(end / "training" / "weights.safetensors")[name],
    )
    assert torch.allclose(saved, mean, atol=1e-6)
    assert torch.equal(stepping, parameter) and not torch.equal(saved, stepping)
    assert torch.equal(seen[-1], saved), "validation saw the average"


def test_an_ema_resumes_to_the_bit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    resumes_exactly(tmp_path, monkeypatch, spec_of(loop={"max_steps": 14, "log_every": 3, "ema_decay": 0.9}))


def test_validating_and_saving_leave_a_schedule_free_run_as_it_was(tmp_path: Path) -> None:
    """However often it stands aside for its average, the path is the same to the bit."""
    ends = []
    for number, every in enumerate((None, 1)):
        spec = make_spec(
            **optimizer_settings("schedule_free"),
            evaluation={"every_steps": every, "sample_tokens": 0},
            checkpoints={"every_steps": every},
        )
        session = make_session(tmp_path / str(number), spec)
        train(session)
        ends.append(torch.cat([p.detach().flatten() for p in session.parameters]))
    assert torch.equal(*ends)


# --- noise, recomputation, scaling, stopping ---------------------------------------------------------------------


def test_noise_is_seeded_by_step_and_no_larger_than_it_should_be() -> None:
    model, store = tiny_model(), make_tokens(6)
    noise = EmbeddingNoise(model, alpha=5.0, seed=1)
    batch = flat_batch(store, [0, 1, 2])
    embed = model.get_input_embeddings()
    clean = embed.weight[batch.inputs_T[None]]

    def drawn(step: int, number: int, seed: int = 1) -> torch.Tensor:
        noise.seed = seed
        noise.begin(step, number, batch.lengths)
        return embed(batch.inputs_T[None]) - clean

    model.eval()
    assert not drawn(0, 0).any(), "nothing is added where the model is measured"
    model.train()
    first = drawn(3, 0)
    assert torch.equal(first, drawn(3, 0))
    assert not any(torch.equal(first, other) for other in (drawn(4, 0), drawn(3, 1), drawn(3, 0, seed=2)))
    ends = np.cumsum(batch.lengths)
    for length, end in zip(batch.lengths, ends, strict=True):
        part, most = first[0, end - length : end].abs(), 5.0 / math.sqrt(length * 32)
        assert most * 0.9 < part.max() <= most * (1 + 1e-5)


@pytest.mark.parametrize("path", [FlatPath, lambda model: PaddedPath(model, "")], ids=["flat", "padded"])
def test_noise_reaches_both_paths(path: Any) -> None:
    model, store = tiny_model().train(), make_tokens(6)
    batch = flat_batch(store, [0, 1, 2])
    plain = float(path(model).loss(batch).detach())
    noise = EmbeddingNoise(model, alpha=5.0, seed=1)
    noise.begin(0, 0, batch.lengths)
    assert float(path(model).loss(batch).detach()) != pytest.approx(plain, rel=1e-4)


def test_noise_resumes_to_the_bit_inside_a_window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = spec_of(loop={"max_steps": 14, "log_every": 3, "neftune_alpha": 5.0, "gradient_checkpointing": True})
    resumes_exactly(tmp_path, monkeypatch, spec)


@pytest.mark.parametrize("tuning", [FullTuning(), LoraTuning(rank=4, dropout=0.3)], ids=["full", "lora"])
def test_recomputed_blocks_give_the_same_gradients_and_keep_less(tuning: Any) -> None:
    batch, found, kept = flat_batch(make_tokens(8), list(range(8))), [], []
    for recompute in (False, True):
        model = tune(tuning, tiny_model()).train()
        if recompute:
            recompute_blocks(model)
        total = 0

        def pack(tensor: torch.Tensor) -> torch.Tensor:
            nonlocal total
            total += tensor.numel() * tensor.element_size()
            return tensor

        torch.manual_seed(5)
        with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
            loss = FlatPath(model).loss(batch)
            kept.append(total)
        loss.backward()
        found.append([loss.detach(), *(p.grad for p in adapter.trained_parameters(model).values())])
    assert all(torch.equal(*pair) for pair in zip(*found, strict=True))
    assert kept[1] < kept[0] / 2


def test_fp16_is_refused_where_it_makes_no_sense() -> None:
    spec = make_spec(compute={"device": "cpu", "precision": "fp16"}).compute
    with pytest.raises(ResourceError, match="fp16 needs an NVIDIA GPU") as error:
        choose_compute(spec)
    assert "precision=auto" in error.value.hint


def test_a_scaled_loss_changes_no_step_and_an_overflow_halves_the_scale() -> None:
    """On the CPU in fp32, where the scale itself can be watched: the numbers are those without it."""
    ends, store = [], make_tokens(8)
    window_of = BatchStream(store, make_spec().batch, seed=1).window
    compute = Compute("cpu", "fp32", 1)
    for scaled in (False, True):
        model = tiny_model()
        optimizer = build_optimizer(AdamW(learning_rate=0.01), model)
        scale = LossScale(torch.device("cpu")) if scaled else None
        objective = build_objective(make_spec().objective, Supplies(FlatPath(model)))
        options = {"parameters": list(model.parameters()), "max_grad_norm": 1.0}
        result = take_step(window_of(0), objective, optimizer, compute, **options, extras=Extras(0, scale=scale))
        ends.append((float(result.grad_norm), model.model.norm.weight.detach().clone()))
        if scale is None:
            continue
        before = model.model.norm.weight.detach().clone()
        finite = objective.path.loss
        objective.path.loss = lambda batch, finite=finite, **_: finite(batch) * math.inf
        result = take_step(window_of(0), objective, optimizer, compute, **options, extras=Extras(1, scale=scale))
        assert torch.equal(model.model.norm.weight, before), "an overflow is never applied"
        assert (float(result.applied), float(scale.scale)) == (1.0, 2.0**15), "and is no fault of the numbers"
        scale.scale.fill_(1.0)
        result = take_step(window_of(0), objective, optimizer, compute, **options, extras=Extras(2, scale=scale))
        assert (float(result.applied), float(scale.scale)) == (0.0, 1.0), "at the least scale it is"
        again = LossScale(torch.device("cpu"))
        again.restore(scale.tensors())
        assert again.tensors() == scale.tensors()
    assert ends[0][0] == pytest.approx(ends[1][0], rel=1e-5)
    assert torch.allclose(ends[0][1], ends[1][1], atol=1e-6)


def stopping_spec(**evaluation: Any) -> Any:
    return spec_of(
        optimizer={"learning_rate": 1e-9},
        evaluation={"every_steps": 2, "sample_tokens": 0, **evaluation},
        checkpoints={"every_steps": 3, "keep_last": 9},
    )


def test_a_run_that_does_not_become_better_ends_early_as_completed(folder: Path) -> None:
    session = make_session(folder, stopping_spec(patience=2, min_delta=0.01))
    ending = train(session)
    assert (ending.state, session.state.step) == ("completed", 4), "measured at 0, 2 and 4"
    assert ending.reason == "the validation loss was no better 2 times in a row"
    assert list_checkpoints(folder)[-1].step == 4
    session.log.close()
    again = make_session(folder, stopping_spec(patience=2, min_delta=0.01))
    assert (train(again).state, again.state.step) == ("completed", 4), "and it stays ended"


def test_early_stopping_counts_on_after_a_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = stopping_spec(patience=3, min_delta=0.01)
    whole = make_session(tmp_path / "whole", spec)
    train(whole)
    die_at(monkeypatch, tmp_path / "broken", spec, None, 5)
    resumed = make_session(tmp_path / "broken", spec)
    train(resumed)
    assert story(resumed) == story(whole)
    assert resumed.state.step == 6


def test_without_patience_a_run_goes_to_its_end(folder: Path) -> None:
    session = make_session(folder, stopping_spec())
    assert train(session).reason == ""
    assert session.state.step == 14 and session.state.stale > 0
