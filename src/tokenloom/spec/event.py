"""What a run reports: one tagged union on ``type``, stored as JSON in the run log and sent to every reader.

Metrics are not events; they are rows of numbers in the log. Everything else a run has to say is one of these.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from tokenloom.spec.base import DeferredModel

RunState = Literal[
    "queued", "starting", "running", "pausing", "paused", "stopping", "completed", "failed", "stopped", "interrupted"
]
TERMINAL: frozenset[str] = frozenset({"completed", "failed", "stopped"})
ALREADY_RUNNING = 75
"""Exit status of a worker that found another one at work (EX_TEMPFAIL)."""
LOST_RANK = 71
"""Exit status of a worker one of whose processes is gone (EX_OSERR); its log says which, and the run goes on from its last checkpoint."""
CommandName = Literal[
    "pause", "resume", "stop", "stop_now", "checkpoint", "evaluate", "sample", "xray", "profile", "set"
]

# Bins of the histograms in a flow event: the middle one holds |x| < 10^FLOW_LEAST_EXPONENT, on both sides of it two a decade follow; the last have no end.
FLOW_LEAST_EXPONENT, FLOW_PER_DECADE, FLOW_BINS = -8, 2, 41


TRACE_FOLDER = "artifacts/traces"  # in a run's folder


class _Event(DeferredModel):
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
    asked: bool = False
    """Whether somebody asked with a prompt of their own; else these are the run's fixed prompts."""


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


class FlowEvent(_Event):
    """How the gradient went through the model at this step; lists are by layer, in the order of ``layers``. What is no number is empty."""

    type: Literal["flow"] = "flow"
    layers: list[str]
    """``embedding``, ``layer 0`` …, ``norm``, ``head``: those with trained weights."""
    paths: list[str] = []
    """Module of each."""
    sizes: list[int]
    """Trained weights of each."""
    applied: bool = True
    """Whether the step changed the weights."""
    grad_norm: list[float | None]
    """L2 norm of the gradient, before clipping."""
    weight_norm: list[float | None]
    """L2 norm of the trained weights, before the step."""
    update_ratio: list[float | None]
    """L2 norm of what the step changed, divided by ``weight_norm``."""
    zero_share: list[float | None]
    """Share of gradients that are exactly 0."""
    weights: list[list[int]] = []
    """Histogram of each: number of the first bin that is not empty, then shares in ten-thousandths."""
    gradients: list[list[int]] = []
    """Histogram of each, before clipping."""
    activations: list[list[int] | None] = []
    """Histogram of what each block gave in the first micro-batch, beside ``activation_mean``, ``activation_std`` and ``activation_zero_share``."""


class ProfileEvent(_Event):
    """A trace of ``steps`` steps up to this one lies in the run's folder."""

    type: Literal["profile"] = "profile"
    first_step: int
    steps: int
    file: str
    """Chrome trace, gzipped JSON, in the run's folder."""
    bytes: int
    seconds: float
    """Traced time, with what tracing costs."""
    on_device: bool = False
    """Whether ``self_seconds`` are the accelerator's; else the processor's."""
    operators: list[dict[str, Any]]
    """``name``, ``calls``, ``self_seconds`` and ``share``, the longest first."""


class CheckpointEvent(_Event):
    """A checkpoint is durable on disk."""

    type: Literal["checkpoint"] = "checkpoint"
    path: str
    bytes: int
    reason: str = ""


class DrillEvent(_Event):
    """The trainer was killed on purpose at ``step`` and came back; ``passed`` where all it did again gave the same numbers."""

    type: Literal["drill"] = "drill"
    passed: bool
    killed_at_step: int
    checkpoint_step: int
    """Step of the newest checkpoint when it was killed."""
    resumed_from: int
    steps_again: int
    """Rows of metrics that were made twice and compared, bit for bit."""
    unequal_steps: list[int] = []
    seconds_away: float


class ReproductionEvent(_Event):
    """The run repeated the run ``of`` and compared itself with it: all numbers but those that tell how fast it went, and the weights' hashes."""

    type: Literal["reproduction"] = "reproduction"
    of: str
    verdict: Literal["identical", "within tolerance", "different"]
    """``within tolerance``: no training loss differs by more than a thousandth of it."""
    steps: int
    """Rows of metrics that both have."""
    unequal_steps: list[int] = []
    largest_difference: float = 0.0
    """Of a training loss, as a share of it."""
    same_weights: bool | None = None
    """Whether the files of the weights have the same hashes; empty where no checkpoint of the same step was kept."""


class CertificateEvent(_Event):
    """What the run was when it was paused, or as it went on: SHA-256 of ``weights``, ``optimizer``, ``random`` generators and ``place``."""

    type: Literal["certificate"] = "certificate"
    moment: Literal["paused", "resumed"]
    hashes: dict[str, str]
    unequal: list[str] = []
    """Which of them differ from the pause; none: it goes on with the very bits with which it stopped."""


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
    | FlowEvent
    | ProfileEvent
    | CheckpointEvent
    | RewindEvent
    | NoteEvent
    | LogEvent
    | ResultEvent
    | DrillEvent
    | ReproductionEvent
    | CertificateEvent
    | SystemEvent
    | LedgerEvent
    | TrainingEvent
    | MemoryEvent
    | RehearsalEvent
    | ProbeEvent
    | TextEvent,
    Field(discriminator="type"),
]
