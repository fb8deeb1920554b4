"""What the log of a run says about its gradient flow and its time: flags by rule, sums that hold, suggestions from its own numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tokenloom.cli import main
from tokenloom.cli.told.insight import FLAGS, REASONS
from tokenloom.jobs.insight.flow import flags_of, flow_of
from tokenloom.jobs.insight.profile import Profile
from tokenloom.jobs.insight.reading import profile_of, trace_path
from tokenloom.kit.errors import NotFound
from tokenloom.kit.workspace import Workspace
from tokenloom.tracking.log import LogWriter, log_path
from worlds import furnished, new_run, tiny_recipe

LAYERS = ["embedding", "layer 0", "layer 1", "layer 2", "head"]


def record(step: int, norms: list[float | None] | None = None, **changes: Any) -> dict[str, Any]:
    return {
        "type": "flow",
        "step": step,
        "layers": LAYERS,
        "paths": ["model.embed", "model.layers.0", "model.layers.1", "model.layers.2", "lm_head"],
        "sizes": [100, 400, 400, 400, 100],
        "grad_norm": norms or [1.0, 0.5, 0.5, 0.5, 2.0],
        "weight_norm": [10.0] * 5,
        "update_ratio": [0.001] * 5,
        "zero_share": [0.0] * 5,
        "weights": [[20, 10_000]] * 5,
        "gradients": [[18, 2_000, 0, 6_000, 0, 2_000]] * 5,
        "activations": [None, [21, 10_000], [21, 10_000], [21, 10_000], None],
        **changes,
    }


@pytest.fixture
def run(workspace: Workspace) -> str:
    return new_run(workspace, tiny_recipe())


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.open(tmp_path)


def write(
    workspace: Workspace, run: str, events: list[dict[str, Any]], rows: dict[int, dict[str, float]] | None = None
) -> None:
    with LogWriter(log_path(workspace.run(run))) as log:
        for event in events:
            log.event(event)
        for step, values in (rows or {}).items():
            log.row(step, values)


# --- flow -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, []),
        ({"zero_share": [0.99, 1.0, 0.0, 0.0, 0.0], "norms": [1.0, 0.0, 0.5, 0.5, 2.0]}, [("layer 0", "dead")]),
        ({"norms": [1e-9, 4e-4, 0.5, 0.5, 2.0]}, [("layer 0", "vanishing")]),
        ({"norms": [1.0, 0.5, 0.5, 0.5, 41.0]}, [("head", "exploding")]),
        ({"norms": [1.0, 0.5, 0.5, 0.5, 39.0]}, []),
        ({"norms": [1.0, None, 0.5, 0.5, 2.0]}, [("layer 0", "exploding")]),
        ({"update_ratio": [0.001, 0.001, 0.2, 0.001, 0.001]}, [("layer 1", "large_update")]),
    ],
)
def test_flags_follow_the_rules(change: dict[str, Any], told: list[tuple[str, str]]) -> None:
    records = [record(step) for step in (1, 100, 200)] + [record(300, **change)]
    found = flags_of(records)
    assert [(flag.layer, flag.kind) for flag in found] == told
    assert all(flag.is_now and flag.records == 1 and flag.first_step == flag.last_step == 300 for flag in found)
    assert all(flag.kind in FLAGS for flag in found)


def test_what_was_so_stays_told_behind_what_is_so() -> None:
    large = {"update_ratio": [0.3, 0.001, 0.001, 0.001, 0.001]}
    records = [record(1, **large), record(2, **large), record(3), record(4, update_ratio=[0.001] * 4 + [0.2])]
    now, before = flags_of(records)
    assert (now.layer, now.is_now, now.value, now.limit) == ("head", True, 0.2, 0.1)
    assert (before.layer, before.is_now, before.first_step, before.last_step, before.records) == (
        "embedding",
        False,
        1,
        2,
        2,
    )


def test_matrices_histograms_and_what_a_rewind_made_void(workspace: Workspace, run: str) -> None:
    late = record(3, layers=["layer 9"], paths=["x"], sizes=[4], grad_norm=[1.0], weight_norm=[2.0], update_ratio=[0.1])
    late |= {"weights": [[]], "gradients": [[99, 3]], "activations": [], "zero_share": [0.5]}
    void = record(4, [9.0] * 5)
    write(workspace, run, [record(1), record(2), late, void, {"type": "rewind", "step": 3}, record(5, applied=False)])
    flow = flow_of(workspace.run(run), layer="layer 9")
    assert (flow.steps, flow.total) == ([1, 2, 3, 5], 4)
    assert flow.layers == ["embedding", "layer 0", "layer 1", "layer 2", "layer 9", "head"]
    assert flow.values["grad_norm"][4] == [None, None, 1.0, None]
    assert flow.values["grad_norm"][0] == [1.0, 1.0, None, 1.0]
    assert flow.applied == [True, True, True, False]
    assert flow.histograms["activations"] == [None] * 4
    assert flow.histograms["gradients"][2] == [0.0] * flow.bins  # a damaged one is empty, not an error
    shares = flow_of(workspace.run(run), layer="head").histograms["gradients"][0]
    assert shares is not None
    assert (len(shares), shares[18], shares[20], sum(shares)) == (41, 0.2, 0.6, pytest.approx(1.0))
    assert flow_of(workspace.run(run), most=2).steps == [1, 5]
    assert flow_of(workspace.run(run), most=2).total == 4
    with pytest.raises(NotFound, match="layer 3"):
        flow_of(workspace.run(run), layer="layer 3")


def test_a_run_that_was_not_looked_at(workspace: Workspace, run: str) -> None:
    flow = flow_of(workspace.run(run))
    assert (flow.steps, flow.layers, flow.flags, flow.values) == ([], [], [], {})
    assert profile_of(workspace, run) == Profile(steps=0, seconds=0.0, parts=[])


# --- profile ----------------------------------------------------------------------------------------------------

STEP = {"data": 0.01, "forward": 0.2, "backward": 0.4, "optimizer": 0.03, "logging": 0.001, "other": 0.0}


def rows(steps: int, every: int = 1, **changes: float) -> dict[int, dict[str, float]]:
    found = {}
    for step in sorted({*range(every, steps + 1, every), steps}):
        times = {f"time/{part}": seconds for part, seconds in (STEP | changes).items()}
        facts = {
            "train/mfu": 0.4,
            "train/useful_share": 1.0,
            "memory/peak_bytes": 1e9 + step,
            "train/tokens": 100.0 * step,
        }
        found[step] = times | facts | {"train/labels": 50.0 * step, "train/tokens_per_second": 150.0}
    return found


TRAINING = {"type": "training", "total_steps": 10, "path": "flat", "ceiling": {"rate": 5e10, "cores": 2}}


def told(
    workspace: Workspace, recipe: dict[str, Any], logged: Any, *beside: tuple[int, dict[str, float]], **training: Any
) -> Profile:
    run = new_run(workspace, recipe)
    write(workspace, run, [TRAINING | training], logged)
    for step, values in beside:
        write(workspace, run, [], {step: values})
    return profile_of(workspace, run)


@pytest.mark.parametrize(("steps", "every"), [(10, 1), (25, 10), (9000, 1)])
def test_sums_count_each_row_with_its_steps(workspace: Workspace, steps: int, every: int) -> None:
    beside = [(5, {"time/evaluation": 2.0}), (10, {"time/evaluation": 4.0}), (10, {"time/saving": 1.0})]
    profile = told(workspace, tiny_recipe(loop={"log_every": every}), rows(steps, every), *beside)
    parts = {part.name: part for part in profile.parts}
    for name, seconds in STEP.items():
        assert parts[name].seconds == pytest.approx(seconds * steps)
        assert parts[name].each == pytest.approx(seconds)
    assert (parts["evaluation"].seconds, parts["evaluation"].each, parts["evaluation"].count) == (6.0, 3.0, 2)
    assert profile.seconds == pytest.approx(sum(STEP.values()) * steps + 7)
    assert sum(part.share for part in profile.parts) == pytest.approx(1)
    assert profile.steps == steps
    assert (profile.mfu, profile.learned_share, profile.ceiling) == (pytest.approx(0.4), pytest.approx(0.5), 5e10)
    assert (profile.peak_bytes, profile.peak_step) == (
        1_000_000_000 + steps,
        pytest.approx(steps, abs=3),
    )  # of the bucket


def test_a_calm_run_has_nothing_to_save(workspace: Workspace) -> None:
    assert told(workspace, tiny_recipe(loop={"log_every": 10}), rows(20, 10)).suggestions == []


@pytest.mark.parametrize(
    ("recipe", "times", "training", "beside", "kind", "change", "gain"),
    [
        (
            {},
            {},
            {"path": "flat"},
            {"train/useful_share": 0.8},
            "rounding",
            "batch.micro_batch_tokens=512",
            0.6 * 0.2 / 2 / 0.641,
        ),
        (
            {},
            {},
            {"ceiling": {"rate": 1e9, "cores": 8, "all_cores_rate": 4e9}},
            {},
            "threads",
            "compute.threads=8",
            0.6 * 0.75 / 0.641,
        ),
        (
            {},
            {},
            {"ceiling": {"rate": 1e9, "cores": 2, "bf16_rate": 2e9}},
            {},
            "precision",
            "compute.precision=bf16",
            0.3 / 0.641,
        ),
        ({}, {"logging": 0.06}, {}, {}, "logging", "loop.log_every=10", 0.9 * 0.06 / 0.7),
        ({}, {"flow": 0.16}, {}, {}, "flow", "loop.flow_every=2000", 0.95 * 0.16 / 0.801),
        ({}, {"optimizer": 0.4}, {}, {}, "accumulation", "batch.gradient_accumulation_steps=2", 0.2 / 1.011),
    ],
)
def test_gains_are_reckoned_from_the_run(
    workspace: Workspace,
    recipe: dict[str, Any],
    times: dict[str, float],
    training: dict[str, Any],
    beside: dict[str, float],
    kind: str,
    change: str,
    gain: float,
) -> None:
    logged = {step: values | beside for step, values in rows(20, **times).items()}
    profile = told(workspace, tiny_recipe(**recipe), logged, **training)
    (found,) = [each for each in profile.suggestions if each.kind == kind]
    assert f"{found.field}={found.value}" == change
    assert found.gain == pytest.approx(gain, rel=1e-6)
    assert found.seconds == pytest.approx(gain * profile.seconds)
    assert REASONS[kind].format(**found.because)


@pytest.mark.parametrize(
    ("part", "field", "every"), [("evaluation", "evaluation.every_steps", 20), ("saving", "checkpoints.every_steps", 5)]
)
def test_what_happens_too_often_may_happen_less(workspace: Workspace, part: str, field: str, every: int) -> None:
    beside = [(step, {f"time/{part}": 2.0}) for step in (5, 10, 15)]
    profile = told(workspace, tiny_recipe(), rows(20), *beside)
    (found,) = profile.suggestions
    share = 6 / (6 + 20 * sum(STEP.values()))
    assert (found.field, int(found.value) % every) == (field, 0)
    factor = int(found.value) // every
    assert found.gain == pytest.approx(share * (1 - 1 / factor))
    left = 6 / factor
    assert (
        left / (left + 20 * sum(STEP.values()))
        <= 0.05
        < left * factor / (factor - 1) / (left + 20 * sum(STEP.values()))
    )


def test_blocks_are_not_computed_twice_where_memory_would_do(tmp_path: Path) -> None:
    workspace = furnished(tmp_path, count=60)
    profile = told(workspace, tiny_recipe(loop={"gradient_checkpointing": True}), rows(20))
    (found,) = profile.suggestions
    assert (found.kind, found.field, found.value) == ("recomputing", "loop.gradient_checkpointing", "false")
    assert found.gain == pytest.approx(STEP["forward"] / sum(STEP.values()))
    assert found.because["needs_bytes"] < found.because["has_bytes"]


@pytest.mark.parametrize(
    ("order", "tuning", "change"),
    [
        ("shuffled", {"kind": "full"}, "batch.order=bucketed"),
        ("bucketed", {"kind": "full"}, ""),
        ("bucketed", {"kind": "prompt"}, "tuning.kind=lora"),
    ],
)
def test_padding_is_saved_by_the_order_or_by_another_method_if_any(
    workspace: Workspace, order: str, tuning: dict[str, str], change: str
) -> None:
    logged = {step: values | {"train/useful_share": 0.5} for step, values in rows(20).items()}
    recipe = tiny_recipe(batch={"order": order}, tuning=tuning)
    found = told(workspace, recipe, logged, path="padded").suggestions
    assert [f"{each.field}={each.value}" for each in found] == [change] * bool(change)
    assert all(each.gain == pytest.approx(0.6 * 0.5 / 0.641) for each in found)


def test_only_traces_that_the_run_tells_of_are_given(workspace: Workspace, run: str) -> None:
    folder = workspace.run(run)
    event = {
        "type": "profile",
        "time": 1.0,
        "step": 4,
        "first_step": 3,
        "steps": 2,
        "bytes": 2,
        "seconds": 0.5,
        "operators": [],
    }
    events = [
        event | {"file": "artifacts/traces/a.json.gz"},
        event | {"file": "artifacts/traces/gone.json.gz"},
        event | {"file": "spec.yaml"},
    ]
    write(workspace, run, events)
    (folder / "artifacts" / "traces").mkdir(parents=True)
    (folder / "artifacts" / "traces" / "a.json.gz").write_bytes(b"{}")
    (folder / "artifacts" / "traces" / "other.json.gz").write_bytes(b"{}")
    assert [each.name for each in profile_of(workspace, run).traces] == ["a.json.gz"]
    assert trace_path(folder, "a.json.gz").read_bytes() == b"{}"
    for name in ("other.json.gz", "gone.json.gz", "../../spec.yaml", "spec.yaml", ""):
        with pytest.raises(NotFound):
            trace_path(folder, name)


# --- command line -----------------------------------------------------------------------------------------------


def call(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    monkeypatch.setattr("sys.argv", ["tokenloom", *arguments])
    with pytest.raises(SystemExit) as ended:
        main.main()
    return int(ended.value.code or 0), *capfd.readouterr()


def test_flow_and_profile_in_a_terminal(
    workspace: Workspace, run: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    at = ("--workspace", str(workspace.root))
    code, out, _ = call(monkeypatch, capfd, *at, "runs", "flow", run)
    assert (code, "loop.flow_every" in out) == (0, True)
    code, out, _ = call(monkeypatch, capfd, *at, "runs", "profile", run)
    assert (code, out.strip()) == (0, "No step is logged yet.")
    write(workspace, run, [TRAINING, record(1), record(100, update_ratio=[0.5] * 5)], rows(20, logging=0.06))
    code, out, _ = call(monkeypatch, capfd, *at, "runs", "flow", run)
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()[1:5]] == ["embedding", "layer", "layer", "layer"]
    assert (
        "head: large update, a step changes more than a tenth of it (0.5, limit 0.1); now, in 1 records since step 100"
        in out
    )
    code, out, _ = call(monkeypatch, capfd, "--json", *at, "runs", "flow", run, "--step", "1")
    assert [row["update"] for row in json.loads(out)] == [0.001] * 5
    code, _, err = call(monkeypatch, capfd, *at, "runs", "flow", run, "--step", "60")
    assert (code != 0, "The nearest is 100" in err) == (True, True)
    code, out, _ = call(monkeypatch, capfd, *at, "runs", "profile", run)
    assert "→ loop.log_every=10 would save 8% of the time" in out
    code, out, _ = call(monkeypatch, capfd, "--json", *at, "runs", "profile", run)
    assert json.loads(out)["suggestions"][0]["field"] == "loop.log_every"
    code, _, err = call(monkeypatch, capfd, *at, "runs", "profile", run, "--steps", "2")
    assert (code != 0, "cannot profile now" in err) == (True, True)


def test_every_kind_of_advice_has_its_words() -> None:
    source = Path(main.__file__).parent.parent / "jobs" / "insight" / "advice.py"
    assert {kind for kind in REASONS if f'"{kind}"' in source.read_text()} == set(REASONS)
