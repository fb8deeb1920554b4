"""Curves, summaries and frames against the plainest possible reading of the same log."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tokenloom.kit.errors import DataError, NotFound, SpecError
from tokenloom.kit.workspace import Workspace
from tokenloom.tracking import query
from tokenloom.tracking.log import LogWriter, log_path
from tokenloom.tracking.reader import Row, read_log, run_logs
from tokenloom.tracking.series import bucket, chunks, columns, frames, lines, segment
from tokenloom.tracking.series.curves import Curve, SeriesResult

Point = tuple[float, float]


def plain_points(folder: Path, key: str) -> list[tuple[int, float, float]]:
    """(step, time, value) of one metric, record by record, rewinds applied: no numpy, no cleverness."""
    found: list[tuple[int, float, float]] = []
    for path in run_logs(folder).values():
        own: list[tuple[int, float, float]] = []
        for record in read_log(path)[0]:
            if isinstance(record, Row):
                if key in record.values:
                    own.append((record.step, record.time, record.values[key]))
            elif record.data["type"] == "rewind":
                own = [point for point in own if point[0] <= record.data["step"]]
        found += own
    return sorted(found, key=lambda point: point[0])


def assert_curve(curve: Curve, points: list[Point], result: SeriesResult, px: int) -> None:
    """``curve`` is exactly ``points``, or their buckets on the result's grid."""
    columns_ = curve.buckets
    assert curve.is_exact == (len(points) <= px)
    if curve.is_exact:
        assert columns_.x.tolist() == [x for x, _ in points]
        np.testing.assert_array_equal(columns_.last, [value for _, value in points])
        return
    assert len(curve) <= px + 1
    edges = result.start + result.width * np.arange(result.count)
    buckets: dict[int, list[Point]] = {}
    for x, value in points:
        buckets.setdefault(int(np.searchsorted(edges, x, side="right")) - 1, []).append((x, value))
    assert min(buckets) >= 0
    assert columns_.x.tolist() == [members[0][0] for members in buckets.values()]
    for index, members in enumerate(buckets.values()):
        numbers = [value for _, value in members if not math.isnan(value)]
        assert columns_.count[index] == len(numbers)
        assert columns_.nan[index] == len(members) - len(numbers)
        assert same(columns_.last[index], members[-1][1])
        assert same(columns_.low[index], min(numbers, default=math.nan))
        assert same(columns_.high[index], max(numbers, default=math.nan))
        with np.errstate(invalid="ignore", over="ignore"):
            mean = sum(np.array(numbers)) / len(numbers) if numbers else math.nan
        np.testing.assert_allclose(columns_.mean[index], mean, rtol=1e-9, atol=1e-9)


def same(left: float, right: float) -> bool:
    return left == right or (math.isnan(left) and math.isnan(right))


def within(points: list[Point], start: float | None, stop: float | None) -> list[Point]:
    return [p for p in points if (start is None or p[0] >= start) and (stop is None or p[0] <= stop)]


@pytest.fixture(params=["raw", "sealed"])
def sealing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Either nothing is sealed, or everything is, in tiny pieces, so that small logs meet every edge."""
    if request.param == "raw":
        monkeypatch.setattr(chunks, "SEAL_ROWS", 1 << 60)
    else:
        for module in (bucket, segment, lines):
            monkeypatch.setattr(module, "LEVELS", (4, 8, 32))
        monkeypatch.setattr(chunks, "SEAL_ROWS", 16)
        monkeypatch.setattr(chunks, "FULL_ROWS", 64)
        monkeypatch.setattr(chunks, "JOIN_COUNT", 3)
        monkeypatch.setattr(columns, "_MAX_SMALL", 0)
    yield request.param
    segment.forget_decoded()


VALUES = st.floats(-100, 100) | st.sampled_from([math.nan, math.inf, -math.inf, 0.0, -0.0])


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[str, int, int]]:
    """Stretches of a run: rows in even steps, rows in odd order, a rewind, a reader that looks."""
    stretch = st.tuples(
        st.sampled_from(["even", "even", "even", "odd", "rewind", "look"]), st.integers(1, 70), st.integers(1, 5)
    )
    return draw(st.lists(stretch, min_size=1, max_size=6))


def write_history(folder: Path, history: list[tuple[str, int, int]], values: list[float]) -> None:
    step = 0
    with LogWriter(log_path(folder)) as writer:
        for kind, count, stride in history:
            if kind == "rewind":
                step = max(0, step - count)
                writer.event({"type": "rewind", "step": step})
            elif kind == "look":
                columns.run_table(folder)
            for number in range(count if kind in ("even", "odd") else 0):
                step += stride
                value = values[(step * 7 + number) % len(values)]
                at = step - (number % 3) * stride if kind == "odd" else step
                row = {"a": value, "b": float(step)} if kind == "even" or number % 11 else {"a": value}
                writer.row(at, row)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    history=histories(),
    values=st.lists(VALUES, min_size=1, max_size=30),
    px=st.integers(1, 40),
    bounds=st.tuples(st.none() | st.integers(-5, 300), st.none() | st.integers(-5, 300)),
    axis=st.sampled_from(["step", "time"]),
)
def test_every_bucket_has_its_true_extremes_at_any_zoom(sealing, tmp_path_factory, history, values, px, bounds, axis):
    folder = tmp_path_factory.mktemp("run")
    write_history(folder, history, values)
    expected = [(float(p[0]) if axis == "step" else p[1], p[2]) for p in plain_points(folder, "a")]
    expected.sort(key=lambda point: point[0])
    start, stop = (None if bound is None else float(bound) for bound in bounds)
    if start is not None and stop is not None and start > stop:
        start, stop = stop, start
    if axis == "time" and expected:
        first = expected[0][0]
        start, stop = (None if bound is None else first + bound / 1e5 for bound in (start, stop))
    for _ in range(5):  # each look may seal a little more
        result = query.series({"r": folder}, ["r"], ["a"], x=axis, start=start, stop=stop, px=px)
        assert_curve(result.curves[0], within(expected, start, stop), result, px)
    columns.forget_table(folder)  # as another process would find it
    segment.forget_decoded()
    result = query.series({"r": folder}, ["r"], ["a"], x=axis, start=start, stop=stop, px=px)
    assert_curve(result.curves[0], within(expected, start, stop), result, px)
    np.testing.assert_array_equal(
        columns.run_table(folder).points("a").values, [p[2] for p in plain_points(folder, "a")]
    )
    if sealing == "sealed" and len(expected) > 60 and not any(kind == "rewind" for kind, _, _ in history):
        assert list(folder.glob("chunks/0/*.seg"))


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """1,000 rows with tokens and a NaN in the middle of the loss; a slower validation loss; another process."""
    folder = tmp_path / "runs" / "r1"
    folder.mkdir(parents=True)
    with LogWriter(log_path(folder)) as writer, LogWriter(log_path(folder, 1)) as other:
        for step in range(1000):
            writer.row(step, {"train/loss": math.nan if step == 500 else 1000.0 - step, "train/tokens": step * 64.0})
            if step % 100 == 99:
                writer.row(step, {"val/loss": step / 10})
                other.row(step, {"rank1/memory": 5.0})
    return folder


def test_curves_of_different_density_share_one_grid(run):
    result = query.series({"r1": run}, ["r1"], ["train/loss", "val/loss", "rank1/memory", "nothing"], px=50)
    loss, slow, other, nothing = result.curves
    assert (loss.is_exact, slow.is_exact, other.is_exact, nothing.is_exact) == (False, True, True, True)
    assert (len(loss), len(slow), len(nothing)) == (50, 10, 0)
    assert (result.start, result.width) == (0.0, 20.0)
    assert loss.buckets.low[25] == 1000.0 - 519
    assert (loss.buckets.count[25], loss.buckets.nan[25]) == (19, 1)
    assert loss.buckets.mean[25] == pytest.approx(1000 - np.mean(range(501, 520)))
    assert slow.buckets.last.tolist() == [9.9, 19.9, 29.9, 39.9, 49.9, 59.9, 69.9, 79.9, 89.9, 99.9]


def test_the_token_axis_carries_the_count_forward(run):
    result = query.series({"r1": run}, ["r1"], ["val/loss", "train/loss"], x="tokens", px=800)
    assert result.curves[0].buckets.x.tolist() == [64.0 * step for step in range(99, 1000, 100)]
    assert result.curves[1].buckets.x[-1] >= 64.0 * 990
    empty = lines.carried(columns.joined([]), np.array([1, 2]))
    assert empty.tolist() == [0.0, 0.0]


def test_elapsed_starts_at_zero_and_time_is_wall_time(run):
    elapsed = query.series({"r1": run}, ["r1"], ["train/loss"], x="elapsed", px=2000).curves[0].buckets.x
    time = query.series({"r1": run}, ["r1"], ["train/loss"], x="time", px=2000).curves[0].buckets.x
    assert elapsed[0] == 0.0
    assert np.all(np.diff(elapsed) >= 0)
    np.testing.assert_allclose(time - time[0], elapsed, atol=1e-6)


def test_several_runs_come_from_a_workspace_in_the_order_asked(run, tmp_path):
    workspace = Workspace.open(tmp_path)
    other = workspace.run("r2")
    other.mkdir()
    with LogWriter(log_path(other)) as writer:
        for step in range(2000, 5000):
            writer.row(step, {"train/loss": float(step)})
    result = query.series(workspace, ["r2", "r1"], ["train/loss"], px=100)
    assert [curve.run_id for curve in result.curves] == ["r2", "r1"]
    assert (result.start, result.count) == (0.0, 100)
    assert result.curves[0].buckets.high.max() == 4999.0
    assert result.curves[1].buckets.x.max() < 1000
    for bad in ("r3", "../r1", "R"):
        with pytest.raises(NotFound):
            query.series(workspace, [bad], ["train/loss"])


@pytest.mark.parametrize("wrong", [{"px": 0}, {"px": 10**6}, {"start": 5.0, "stop": 1.0}, {"x": "epoch"}])
def test_impossible_questions_are_refused(run, wrong):
    with pytest.raises((SpecError, NotFound)):
        query.series({"r1": run}, ["r1"], ["train/loss"], **wrong)


def test_the_binary_answer_is_read_back_and_strangers_are_refused(run):
    result = query.series({"r1": run}, ["r1"], ["train/loss", "val/loss", "nothing"], px=50)
    data = result.to_bytes()
    back = SeriesResult.from_bytes(data)
    assert (back.x, back.start, back.width, back.count) == (result.x, result.start, result.width, result.count)
    for one, two in zip(result.curves, back.curves, strict=True):
        assert (one.run_id, one.key, one.is_exact) == (two.run_id, two.key, two.is_exact)
        for name in ("x", "low", "high", "mean", "last", "count", "nan"):
            np.testing.assert_array_equal(getattr(one.buckets, name), getattr(two.buckets, name))
    header = int.from_bytes(data[8:12], "little")
    assert (16 + header) % 8 == 0
    entry = json.loads(data[16 : 16 + header])["curves"][0]
    x = np.frombuffer(data, "<f8", entry["length"], 16 + header + entry["offset"])
    np.testing.assert_array_equal(x, result.curves[0].buckets.x)
    for bad in (b"", data[:10], b"x" + data[1:], data[:40], data[: len(data) - 1]):
        with pytest.raises(DataError):
            SeriesResult.from_bytes(bad)


def test_the_json_answer_has_null_for_nan(run):
    text = json.dumps(query.series({"r1": run}, ["r1"], ["train/loss"], start=499, stop=501).to_json(), allow_nan=False)
    assert json.loads(text)["curves"][0]["value"] == [501.0, None, 499.0]


def test_summary_and_events(run):
    with LogWriter(log_path(run, "jobs")) as writer:
        writer.event({"type": "state", "state": "running", "time": 2.0})
        writer.event({"type": "state", "state": "queued", "time": 1.0})
        writer.event({"type": "note", "message": "x", "time": 3.0})
    loss = query.summary(run)["train/loss"]
    assert (loss.last, loss.last_step, loss.min, loss.min_step, loss.max, loss.count, loss.nan_count) == (
        (1.0, 999, 1.0, 999, 1000.0, 1000, 1)
    )
    assert [event["state"] for event in query.events(run, ["state"])] == ["queued", "running"]
    assert len(query.events(run)) == 3


def test_a_resume_neither_loses_nor_doubles_a_metric(tmp_path):
    """Crash after step 57, resume at 50: the curve is that of a run that never crashed."""
    with LogWriter(log_path(tmp_path)) as writer:
        for step in range(58):
            writer.row(step, {"loss": float(step)})
    with LogWriter(log_path(tmp_path)) as writer:
        writer.event({"type": "rewind", "step": 50})
        for step in range(51, 80):
            writer.row(step, {"loss": float(step)})
    points = columns.run_table(tmp_path).points("loss")
    assert points.steps.tolist() == list(range(80))
    assert points.values.tolist() == [float(step) for step in range(80)]


def test_frames_are_written_in_three_formats(run, tmp_path):
    frame = query.metrics_frame(run, ["val/loss"])
    assert frame.schema == {"key": pl.String, "step": pl.Int64, "time": pl.Float64, "value": pl.Float64}
    for name in frames.FORMATS:
        query.write_frame(frame, tmp_path / f"out.{name}", name)
    assert pl.read_parquet(tmp_path / "out.parquet").equals(frame)
    assert [row["value"] for row in json.loads((tmp_path / "out.json").read_text())] == frame["value"].to_list()
    rows = list(csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text())))
    assert [float(row["value"]) for row in rows] == frame["value"].to_list()
    assert query.metrics_frame(tmp_path).height == 0
    with pytest.raises(NotFound):
        query.write_frame(frame, tmp_path / "out.xls", "xls")


@pytest.mark.parametrize("name", ["=1+1", "+x", "-x", "@cmd", "  =x", "＝x"])
def test_formulas_are_neutralised_in_csv(tmp_path, name):
    with LogWriter(log_path(tmp_path)) as writer:
        writer.row(1, {name: -1.0})
    (row,) = csv.DictReader(io.StringIO(frames.csv_text(query.metrics_frame(tmp_path))))
    assert row["key"] == f"'{name}"
    assert float(row["value"]) == -1.0
