"""A tiny model and tokens to train it on, without any file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from tokenloom.modeling.adapter import load_adapter, save_adapter
from tokenloom.modeling.config import config_from_spec
from tokenloom.modeling.pretrained import load_model, save_model
from tokenloom.modeling.transformer import Transformer
from tokenloom.modeling.tuning import tune
from tokenloom.spec.model import TransformerModel
from tokenloom.spec.recipe import PretrainSpec
from tokenloom.spec.training.tuning import LoraTuning
from tokenloom.tracking import query
from tokenloom.tracking.log import LogWriter, log_path
from tokenloom.training.batches import BatchStream, FlatTokens, Share
from tokenloom.training.distributed.control import control_for
from tokenloom.training.distributed.quiet import NoLog
from tokenloom.training.distributed.ranks import ALONE, Ranks
from tokenloom.training.distributed.team import build_team
from tokenloom.training.joining import join
from tokenloom.training.objective import Supplies, build_objective
from tokenloom.training.optim.optimizer import build_optimizer
from tokenloom.training.order.mixture import Mixture
from tokenloom.training.paths import path_for
from tokenloom.training.precision import choose_compute
from tokenloom.training.saving.checkpoint import load_training_state, newest_sound
from tokenloom.training.session import Session
from tokenloom.training.steering.control import Journal, was_paused

VOCAB = 61


def make_tokens(count: int = 40, *, seed: int = 0, shortest: int = 4, longest: int = 24) -> FlatTokens:
    """Sequences of repeating patterns, so that there is something to learn."""
    random = np.random.default_rng(seed)
    lengths = random.integers(shortest, longest + 1, count)
    parts = [(np.arange(length) * (1 + number % 3) + number) % VOCAB for number, length in enumerate(lengths)]
    tokens = np.concatenate(parts).astype(np.uint16)
    learned = np.concatenate([np.arange(length) >= length // 3 for length in lengths]).astype(np.uint8)
    return FlatTokens(tokens, learned, np.concatenate([[0], np.cumsum(lengths)]), np.arange(count) + 100, {})


def tiny_model(seed: int = 0, **changes: object) -> Transformer:
    torch.manual_seed(seed)
    spec = TransformerModel(num_layers=2, hidden_size=32, num_heads=4, max_sequence_length=64, **changes)
    return Transformer(config_from_spec(spec, VOCAB))


def make_spec(**changes: object) -> PretrainSpec:
    settings = {
        "data": {"dataset": "none"},
        "seed": 1,
        "batch": {"kind": "tokens", "micro_batch_tokens": 96, "gradient_accumulation_steps": 2},
        "optimizer": {"learning_rate": 0.01},
        "loop": {"max_steps": 12},
        "evaluation": {"every_steps": 5, "sample_tokens": 0},
        "checkpoints": {"every_steps": 4, "keep_last": 3},
        "compute": {"device": "cpu", "precision": "fp32", "threads": 1},
    }
    return PretrainSpec.model_validate(settings | changes)


def make_stream(spec: PretrainSpec) -> BatchStream:
    """Over the tokens of this kit; other ones are mixed in where the spec says so."""
    parts = [make_tokens(), *(make_tokens(12 + number, seed=50 + number) for number in range(len(spec.data.mix)))]
    if len(parts) == 1:
        return BatchStream(parts[0], spec.batch, seed=spec.seed)
    shares = [part.share for part in spec.data.mix]
    mixture = Mixture([len(part) for part in parts], seed=spec.seed, changes=[[0, shares]])
    return BatchStream(join(parts), spec.batch, seed=spec.seed, mixture=mixture)


def make_session(
    folder: Path,
    spec: PretrainSpec | None = None,
    *,
    model: torch.nn.Module | None = None,
    lora: LoraTuning | None = None,
    ranks: Ranks = ALONE,
) -> Session:
    """A session in ``folder``, resumed from its newest checkpoint as the task does it; ``lora`` is laid over the spec's tuning. ``ranks`` share it."""
    spec = spec or make_spec()
    spec = spec if lora is None else spec.model_copy(update={"tuning": lora})
    folder.mkdir(exist_ok=True)
    events = query.events(folder)
    events = ranks.share(events)
    log = LogWriter(log_path(folder)) if ranks.is_leader else NoLog(log_path(folder))
    checkpoint = newest_sound(folder, lambda *_: None)
    torch.manual_seed(spec.seed)
    model = model or tiny_model()
    is_adapter = spec.tuning.is_adapter
    if checkpoint is None:
        model = tune(spec.tuning, model)
    elif is_adapter:
        model = load_adapter(model, checkpoint.folder, trainable=True)
    else:
        model = tune(spec.tuning, load_model(checkpoint.folder))
    stream = make_stream(spec)
    stream.share = Share(ranks.rank, ranks.world)
    objective = build_objective(spec.objective, Supplies(path_for(model)))
    compute = choose_compute(spec.compute, saved=checkpoint.meta["compute"] if checkpoint else None)
    team = build_team(spec.distributed, model, ranks, compute.torch_device)
    answered = {event["number"] for event in events if event["type"] == "command"}
    session = Session(
        spec=spec,
        folder=folder,
        log=log,
        control=control_for(folder, log, answered=answered, ranks=ranks),
        model=model,
        objective=objective,
        optimizer=build_optimizer(spec.optimizer, model),
        compute=compute,
        team=team,
        stream=stream,
        validation=make_tokens(8, seed=9),
        write_model=lambda target: (
            save_adapter(model, target, base="", weights=team.weights)
            if is_adapter
            else save_model(model, target, weights=team.weights)
        ),
        sample=lambda *_: [],
        total_steps=spec.loop.max_steps or stream.num_steps(spec.loop.num_epochs),
    )
    if checkpoint is not None:
        session.state = load_training_state(
            checkpoint, optimizer=session.optimizer, average=session.average, scale=session.loss_scale
        )
        session.is_resumed = True
    if ranks.share(log.offset > 8):  # something was written before
        session.rewind()
    session.journal = Journal(events, after_step=session.state.step)
    session.is_paused = was_paused(events)
    return session
