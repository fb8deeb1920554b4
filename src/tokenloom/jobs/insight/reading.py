"""What the time of a run goes into, read from its log: parts of the steps, what happens beside them, use of the machine, traces."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tokenloom.jobs.insight.advice import suggestions
from tokenloom.jobs.insight.profile import Profile, TimePart, TraceFile
from tokenloom.jobs.runs import read_spec
from tokenloom.kit.errors import NotFound, TokenloomError
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.event import TRACE_FOLDER
from tokenloom.tracking import query

STEP_PARTS = ("data", "forward", "backward", "communication", "optimizer", "flow", "logging", "other")
BESIDE = ("evaluation", "samples", "saving")
POINTS = 4096


@dataclass(frozen=True)
class _Column:
    """A metric over a run: sum and mean with each row counted as often as it has steps, and the points themselves."""

    total: float
    count: int
    steps: int
    peak: float
    peak_step: int

    @property
    def mean(self) -> float:
        return self.total / max(self.steps, 1)


def profile_of(workspace: Workspace, run_id: str) -> Profile:
    """Everything that the run's own numbers say about its time; parts are empty before the first row."""
    folder = workspace.run(run_id)
    spec = _spec(folder)
    every = int(getattr(getattr(spec, "loop", None), "log_every", 1))
    columns = _columns(folder, every)
    parts = _parts(columns)
    training = _last(query.events(folder, ["training"]))
    ledger: dict[str, Any] = next(
        (e["ledger"] for e in query.events(folder, ["ledger"]) if e.get("split") == _split(spec)), {}
    )
    rate = (training.get("ceiling") or {}).get("rate")
    peak, tokens = columns.get("memory/peak_bytes"), columns.get("train/tokens")
    steps = columns["train/tokens_per_second"].steps if "train/tokens_per_second" in columns else 0
    profile = Profile(
        steps=steps,
        seconds=sum(part.seconds for part in parts),
        parts=parts,
        tokens_per_second=_speed(columns, tokens, parts),
        mfu=_mean(columns, "train/mfu"),
        ceiling=rate,
        useful_share=_mean(columns, "train/useful_share"),
        learned_share=_learned(columns),
        truncated_tokens=_truncated(ledger),
        path=str(training.get("path", "")),
        path_reason=str(training.get("path_reason", "")),
        peak_bytes=None if peak is None else int(peak.peak),
        peak_step=None if peak is None else peak.peak_step,
        traces=traces_of(folder),
    )
    found = suggestions(workspace, spec, training, profile) if spec is not None else []
    return Profile(**{**profile.__dict__, "suggestions": found})


def traces_of(folder: Path) -> list[TraceFile]:
    """Traces that are there, newest first."""
    found = []
    for event in query.events(folder, ["profile"]):
        path = folder / str(event.get("file", ""))
        if path.parent == folder / TRACE_FOLDER and path.is_file():
            facts = {name: event[name] for name in ("bytes", "first_step", "steps", "seconds", "time", "operators")}
            found.append(TraceFile(name=path.name, on_device=bool(event.get("on_device")), **facts))
    return sorted({each.name: each for each in found}.values(), key=lambda each: -each.time)


def trace_path(folder: Path, name: str) -> Path:
    """The file of a trace that the run tells of; :class:`NotFound` for any other name."""
    if name not in {each.name for each in traces_of(folder)}:
        raise NotFound(
            f"The run has no trace “{name[:200]}”.", hint="`tokenloom runs profile RUN --steps 3` makes one."
        )
    return folder / TRACE_FOLDER / name


def _columns(folder: Path, every: int) -> dict[str, _Column]:
    keys = [*(f"time/{part}" for part in (*STEP_PARTS, *BESIDE)), "train/mfu", "train/useful_share"]
    keys += ["train/tokens_per_second", "train/tokens", "train/labels", "memory/peak_bytes"]
    result = query.series({folder.name: folder}, [folder.name], keys, px=POINTS)
    return {curve.key: _column(curve, every) for curve in result.curves if len(curve)}


def _column(curve: Any, every: int) -> _Column:
    """A row stands for the steps since the row before; a bucket of many for ``log_every`` each."""
    buckets = curve.buckets
    if curve.is_exact:
        weights = np.diff(buckets.x, prepend=max(0.0, buckets.x[0] - every)).clip(0, every)
    else:
        weights = buckets.count * float(every)
    sound = np.isfinite(buckets.mean) & (buckets.count > 0)
    peak = int(np.nanargmax(np.where(sound, buckets.high, -np.inf)))
    is_beside = curve.key.removeprefix("time/") in BESIDE
    counted = buckets.count if is_beside else weights
    total = float((np.where(sound, buckets.mean, 0.0) * counted).sum())
    return _Column(total, int(buckets.count.sum()), int(weights.sum()), float(buckets.high[peak]), int(buckets.x[peak]))


def _parts(columns: dict[str, _Column]) -> list[TimePart]:
    seconds = {name: columns[f"time/{name}"] for name in (*STEP_PARTS, *BESIDE) if f"time/{name}" in columns}
    whole = sum(each.total for each in seconds.values()) or 1.0
    return [
        TimePart(
            name=name,
            seconds=each.total,
            share=each.total / whole,
            each=each.total / max(each.count if name in (*BESIDE, "flow") else each.steps, 1),
            count=each.count if name in (*BESIDE, "flow") else each.steps,
            beside=name in BESIDE,
        )
        for name, each in seconds.items()
    ]


def _mean(columns: dict[str, _Column], key: str) -> float | None:
    return columns[key].mean if key in columns else None


def _speed(columns: dict[str, _Column], tokens: _Column | None, parts: list[TimePart]) -> float | None:
    """Tokens a second of all steps, each with its own weight."""
    seconds = sum(part.seconds for part in parts if not part.beside)
    return None if tokens is None or not seconds else tokens.peak / seconds


def _learned(columns: dict[str, _Column]) -> float | None:
    if "train/labels" not in columns or "train/tokens" not in columns:
        return None
    return columns["train/labels"].peak / max(columns["train/tokens"].peak, 1.0)


def _truncated(ledger: dict[str, Any]) -> int | None:
    """Tokens that were cut off at the longest length; ``None`` where no ledger was written."""
    from tokenloom.data.ledger import Ledger
    from tokenloom.data.tokens.preparing import CUT

    if not ledger:
        return None
    losses = [stage.losses.get(CUT) for stage in Ledger.from_dict(ledger).stages]
    return sum(loss.tokens for loss in losses if loss)


def _split(spec: Any) -> str:
    return str(getattr(getattr(spec, "data", None), "train_split", "train"))


def _last(events: list[dict[str, Any]]) -> dict[str, Any]:
    return events[-1] if events else {}


def _spec(folder: Path) -> Any:
    try:
        spec = read_spec(folder)
    except (TokenloomError, OSError, ValueError):
        return None
    return spec if spec.task in ("pretrain", "finetune") else None
