"""The parts of one training run, put together by a task and handed to the loop."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from tokenloom.kit.errors import DiskFull
from tokenloom.spec.recipe import FinetuneSpec, PretrainSpec
from tokenloom.tracking.log import LogWriter
from tokenloom.training.batches import BatchStream, Tokens
from tokenloom.training.distributed.ranks import Ranks
from tokenloom.training.distributed.team import Team
from tokenloom.training.noise import EmbeddingNoise
from tokenloom.training.objective.base import Objective
from tokenloom.training.optim.averaging import Average, build_average
from tokenloom.training.paths import FlatPath, PaddedPath
from tokenloom.training.precision import Compute
from tokenloom.training.recompute import recompute_blocks
from tokenloom.training.scaling import LossScale
from tokenloom.training.state import TrainState
from tokenloom.training.steering.control import Control, Journal
from tokenloom.training.watching.clock import StepClock
from tokenloom.training.watching.meter import Meter
from tokenloom.training.watching.trace import Trace

if TYPE_CHECKING:
    from tokenloom.training.saving.beside import Beside

Samples = list[dict[str, Any]]


@dataclass
class Session:
    """``write_model(folder)`` writes the model's own files; ``sample()`` lets the model write on fixed prompts, ``sample(text)`` on this one."""

    spec: PretrainSpec | FinetuneSpec
    folder: Path
    log: LogWriter
    control: Control
    model: nn.Module
    objective: Objective
    optimizer: torch.optim.Optimizer
    compute: Compute
    stream: BatchStream
    validation: Tokens | None
    write_model: Callable[[Path], None]
    sample: Callable[..., Samples]
    total_steps: int
    team: Team
    """How the step is shared with other processes."""
    kernels: Path | None = None
    """Where compiled parts are kept; ``None`` where none are wanted."""
    token_text: Callable[[int], str] = str
    """A token as people read it."""
    state: TrainState = field(default_factory=TrainState)
    journal: Journal = field(default_factory=lambda: Journal([], after_step=0))
    meta: dict[str, Any] = field(default_factory=dict)
    memory: dict[str, Any] = field(default_factory=dict)
    """What was predicted of its memory, and the most it took so far; empty where nothing was."""
    is_resumed: bool = False
    is_paused: bool = False
    paused_as: dict[str, str] = field(default_factory=dict)
    """Hashes of what it was when it was paused; empty where it was not."""
    last_step: int | None = None
    """Where a run ends that repeats one which was stopped there."""
    forked_from: str = ""
    """The run whose checkpoint this one begins with; empty where it begins by itself or goes on."""
    average: Average | None = field(init=False)
    noise: EmbeddingNoise | None = field(init=False)
    loss_scale: LossScale | None = field(init=False)
    beside: Beside | None = None
    """The checkpoint that is being made durable while the loop goes on."""
    clock: StepClock = field(init=False)
    meter: Meter = field(init=False)
    trace: Trace | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        loop = self.spec.loop
        self.average = build_average(self.model, self.optimizer, loop)
        alpha = loop.neftune_alpha
        self.noise = None if alpha is None else EmbeddingNoise(self.model, alpha=alpha, seed=self.spec.seed)
        self.loss_scale = LossScale(self.compute.torch_device) if self.compute.precision == "fp16" else None
        self.clock = StepClock(self.compute.torch_device)
        self.meter = Meter(self.model, self.path, self.compute, self.spec.tuning)
        if loop.gradient_checkpointing:
            recompute_blocks(self.model)

    def evaluated(self) -> AbstractContextManager[None]:
        """Inside, the model is what is measured and saved: the average of its weights, where one is kept."""
        return nullcontext() if self.average is None else self.average.stands_in()

    @property
    def is_exhausted(self) -> bool:
        """Whether validation has not become better for as long as the recipe waits (early stopping)."""
        patience = self.knob("evaluation.patience", self.spec.evaluation.patience)
        return patience is not None and self.state.stale >= patience

    @property
    def parameters(self) -> list[nn.Parameter]:
        return [parameter for parameter in self.model.parameters() if parameter.requires_grad]

    @property
    def ranks(self) -> Ranks:
        return self.team.ranks

    @property
    def path(self) -> FlatPath | PaddedPath:
        return self.objective.path

    def knob(self, name: str, default: Any) -> Any:
        """A setting that may have been changed while training."""
        return self.state.knobs.get(name, default)

    @property
    def accumulation(self) -> int:
        return int(self.knob("batch.gradient_accumulation_steps", self.spec.batch.gradient_accumulation_steps))

    def follow_mix(self) -> None:
        """Let the data's mixture and the saved state tell of the same shares."""
        mixture = self.stream.mixture
        if mixture is not None:
            self.state.mix = self.state.mix or mixture.changes
            mixture.changes = self.state.mix

    def set_rates(self) -> float:
        """Give each group of the optimizer what holds for the step that comes next; the learning rate before a group's own scale."""
        rate = self.learning_rate()
        decay = self.state.knobs.get("optimizer.weight_decay")
        for group in self.optimizer.param_groups:
            group["lr"] = rate * group["lr_scale"]
            if decay is not None and group["follows_recipe"]:
                group["weight_decay"] = decay
        return rate

    def learning_rate(self) -> float:
        """For the step that comes next."""
        peak = float(self.knob("optimizer.learning_rate", self.spec.optimizer.learning_rate))
        return peak * float(self.spec.schedule.share_at(self.state.step, self.total_steps))

    @property
    def origin(self) -> int:
        """Step of the checkpoint from which the run goes on; −1 where there is none."""
        return self.state.step if self.is_resumed else -1

    def rewind(self, **details: Any) -> None:
        """Make void what was logged after the state from which the run goes on (all of it where there is no checkpoint)."""
        self.log.event({"type": "rewind", "time": time.time(), **details, "step": self.origin})

    def event(self, kind: str, **data: Any) -> None:
        """Write an event down; its step is the present one, where ``data`` names no other."""
        self.log.event({"type": kind, "time": time.time(), "step": self.state.step, **data})

    @contextmanager
    def aside(self, what: str) -> Iterator[None]:
        """What takes time beside the steps; how long it took is a row of its own, which a full disk may lose."""
        started = time.monotonic()
        yield
        with suppress(DiskFull):
            self.log.row(self.state.step, {f"time/{what}": time.monotonic() - started})

    def note(self, message: str, *, level: str = "info", **details: Any) -> None:
        self.event("note", level=level, message=message, details=details)
