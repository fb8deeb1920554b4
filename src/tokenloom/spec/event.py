"""What a run reports: one tagged union on ``type``, stored as JSON in the run log and sent to every reader.

Metrics are not events; they are rows of numbers in the log. Everything else a run has to say is one of these.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

RunState = Literal[
    "queued", "starting", "running", "pausing", "paused", "stopping", "completed", "failed", "stopped", "interrupted"
]
TERMINAL: frozenset[str] = frozenset({"completed", "failed", "stopped"})
CommandName = Literal["pause", "resume", "stop", "stop_now", "checkpoint", "evaluate", "sample", "xray", "set"]


class _Event(BaseModel):
    model_config = ConfigDict(extra="allow")
    time: float = 0.0
    """Unix seconds."""
    step: int | None = None
    """Optimizer step at which it happened."""


class StateEvent(_Event):
    """The run is now in this state."""

    type: Literal["state"] = "state"
    state: RunState
    reason: str = ""
    error: dict[str, Any] | None = None


class CommandEvent(_Event):
    """The trainer acted on command ``number``, or says why it did not."""

    type: Literal["command"] = "command"
    number: int
    command: str
    accepted: bool
    message: str = ""
    arguments: dict[str, Any] = {}


class ProgressEvent(_Event):
    """How far a phase is; ``total`` is unknown where it is ``None``."""

    type: Literal["progress"] = "progress"
    phase: str
    done: float
    total: float | None = None
    unit: str = ""


class SampleEvent(_Event):
    """Texts that the model wrote at this step."""

    type: Literal["sample"] = "sample"
    samples: list[dict[str, Any]]


class XrayEvent(_Event):
    """Where the loss of step ``of_step`` came from, seen by the model at ``step``: rows, tokens of the worst, gradients by layer."""

    type: Literal["xray"] = "xray"
    of_step: int
    loss: float | None
    """Mean over the step's units, in nats; empty where it is no number, as with rows and tokens."""
    num_rows: int
    rows: list[dict[str, Any]]
    """``row``, ``loss`` (mean over its units) and ``units``, worst first."""
    texts: list[dict[str, Any]]
    """Of the worst rows, ``tokens``: ``text``, and ``loss`` where it was learned."""
    layers: dict[str, float]
    """Gradient norm by layer."""


class CheckpointEvent(_Event):
    """A checkpoint is durable on disk."""

    type: Literal["checkpoint"] = "checkpoint"
    path: str
    bytes: int
    reason: str = ""


class RewindEvent(_Event):
    """Rows after ``step`` are void: the run continues from there."""

    type: Literal["rewind"] = "rewind"


class NoteEvent(_Event):
    """Something worth a mark on the timeline: an anomaly, a change, a choice that was made."""

    type: Literal["note"] = "note"
    level: Literal["info", "warning", "error"] = "info"
    message: str
    details: dict[str, Any] = {}


class LogEvent(_Event):
    """A line of structured log."""

    type: Literal["log"] = "log"
    level: str = "info"
    message: str


class ResultEvent(_Event):
    """What the task produced: ids, tables, paths."""

    type: Literal["result"] = "result"
    result: dict[str, Any]


class SystemEvent(_Event):
    """Use of the machine, sampled every few seconds (`resources.monitor`)."""

    type: Literal["system"] = "system"
    cpu_percent: float
    memory_bytes: int
    gpus: list[dict[str, float]] = []


class LedgerEvent(_Event):
    """The token ledger of a split: where every row and token went."""

    type: Literal["ledger"] = "ledger"
    split: str
    ledger: dict[str, Any]


class TrainingEvent(_Event):
    """What the loop is about to do: steps, parameters, path, number format, threads."""

    type: Literal["training"] = "training"
    total_steps: int


class MemoryEvent(_Event):
    """The most memory that a training run took so far, beside what was predicted of it. Bytes."""

    type: Literal["memory"] = "memory"
    predicted_bytes: int
    """What earlier runs made of the formula, with its bounds `low_bytes` and `high_bytes`; `runs` of them stood behind it."""
    low_bytes: int
    high_bytes: int
    measured_bytes: int
    base_bytes: int
    """Of it, what the process had beside model and optimizer before the first step."""
    tokens_at_once: int
    device: str


class RehearsalEvent(_Event):
    """Everything that the run will do was done once before its first step, and undone."""

    type: Literal["rehearsal"] = "rehearsal"
    stages: list[dict[str, Any]]
    """``stage``, ``seconds`` and ``measured_bytes`` of each that went well."""
    seconds: float
    measured_bytes: int
    predicted_bytes: int
    failed: str = ""
    """The stage that failed; empty where none did."""


class ProbeEvent(_Event):
    """One try of a probe for the largest batch."""

    type: Literal["probe"] = "probe"
    size: int
    fits: bool
    unit: str
    peak_bytes: int
    limit_bytes: int


class TextEvent(_Event):
    """A piece of generated text, as it comes."""

    type: Literal["text"] = "text"
    text: str


Event = Annotated[
    StateEvent
    | CommandEvent
    | ProgressEvent
    | SampleEvent
    | XrayEvent
    | CheckpointEvent
    | RewindEvent
    | NoteEvent
    | LogEvent
    | ResultEvent
    | SystemEvent
    | LedgerEvent
    | TrainingEvent
    | MemoryEvent
    | RehearsalEvent
    | ProbeEvent
    | TextEvent,
    Field(discriminator="type"),
]
