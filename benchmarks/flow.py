"""What looking at the gradient's flow costs: steps that are looked at beside steps that are not, in turn in one run.

Three sizes of our transformer on random tokens, on one thread of the processor, whose time counts (others may be busy). ``--rounds`` times: a block
of plain steps and one whose last step is looked at, in an order that turns. The cost at the default interval is what a look adds to a step, spread
over the interval. Prints one JSON document. It has no peer: the promise is a share of our own step.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from _machine import machine, median

from tokenloom.modeling.config import config_from_spec
from tokenloom.modeling.transformer import Transformer
from tokenloom.spec.model import TransformerModel
from tokenloom.spec.recipe import PretrainSpec
from tokenloom.tracking.log import LogWriter, log_path
from tokenloom.training import loop
from tokenloom.training.batches import CPU_PIECE, BatchStream, FlatTokens
from tokenloom.training.objective import Supplies, build_objective
from tokenloom.training.optim.optimizer import build_optimizer
from tokenloom.training.paths import path_for
from tokenloom.training.precision import choose_compute
from tokenloom.training.session import Session
from tokenloom.training.steering.control import Control
from tokenloom.training.watching.rows import Pace

PROMISE = 0.01
SIZES = {  # layers, width, heads, tokens a step
    "tiny": (4, 128, 4, 1024),
    "small": (6, 256, 4, 1024),
    "w1": (8, 512, 8, 1024),
}
BLOCK = 4  # steps


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--sizes", nargs="*", default=list(SIZES))
    arguments = parser.parse_args()
    interval = PretrainSpec.model_validate({"data": {"dataset": "x"}}).loop.flow_every
    found = {name: measured(name, arguments.rounds, interval) for name in arguments.sizes}
    holds = {name: each["share_at_default"] <= PROMISE for name, each in found.items()}
    document = {"interval": interval, "promise": PROMISE, "holds": holds, "sizes": found, "machine": machine()}
    print(json.dumps(document, indent=1))


def measured(name: str, rounds: int, interval: int) -> dict[str, Any]:
    """Processor seconds of plain and of looked-at steps, in turn, in one session."""
    with tempfile.TemporaryDirectory() as folder:
        session = furnished(Path(folder), *SIZES[name])
        session.model.train()
        pace, plain, looked = Pace(), [], []
        step(session, pace, every=1)  # kernels and caches warm
        for turn in range(rounds):
            for is_looked in (False, True) if turn % 2 else (True, False):
                block = [step(session, pace, every=None) for _ in range(BLOCK - 1)]
                plain += block[1:]  # the first of a block stands behind another kind
                (looked if is_looked else plain).append(step(session, pace, every=1 if is_looked else None))
        event_bytes = session.log.offset
        step(session, pace, every=None)
        row_bytes = session.log.offset - event_bytes
        before = session.log.offset
        step(session, pace, every=1)
        session.log.close()
        extra = statistics.median(looked) - statistics.median(plain)
        return {
            "parameters": sum(each.numel() for each in session.parameters),
            "tensors": len(session.parameters),
            "plain_step_ms": median([1000 * each for each in plain]),
            "looked_step_ms": median([1000 * each for each in looked]),
            "look_costs_steps": round(extra / statistics.median(plain), 3),
            "share_at_default": round(extra / (interval * statistics.median(plain)), 5),
            "event_bytes": session.log.offset - before - row_bytes,
        }


def step(session: Session, pace: Pace, *, every: int | None) -> float:
    """Processor seconds of one step of the real loop, which has one thread."""
    session.spec = session.spec.model_copy(update={"loop": session.spec.loop.model_copy(update={"flow_every": every})})
    started = time.process_time()
    loop.advance(session, pace)
    return time.process_time() - started


def furnished(folder: Path, layers: int, width: int, heads: int, tokens: int) -> Session:
    torch.manual_seed(0)
    shape = TransformerModel(num_layers=layers, hidden_size=width, num_heads=heads, max_sequence_length=256)
    model = Transformer(config_from_spec(shape, 4096))
    spec = PretrainSpec.model_validate(
        {
            "data": {"dataset": "none"},
            "batch": {"kind": "tokens", "micro_batch_tokens": tokens},
            "loop": {"max_steps": 1_000_000},
            "compute": {"device": "cpu", "precision": "fp32", "threads": 1},
        }
    )
    log = LogWriter(log_path(folder))
    stream = BatchStream(random_tokens(), spec.batch, seed=0, piece_tokens=CPU_PIECE)
    return Session(
        spec=spec,
        folder=folder,
        log=log,
        control=Control(folder, log),
        model=model,
        objective=build_objective(spec.objective, Supplies(path_for(model))),
        optimizer=build_optimizer(spec.optimizer, model),
        compute=choose_compute(spec.compute),
        stream=stream,
        validation=None,
        write_model=lambda _: None,
        sample=list,
        total_steps=1_000_000,
    )


def random_tokens(count: int = 256, length: int = 250) -> FlatTokens:
    ids = np.random.default_rng(0).integers(0, 4096, count * length).astype(np.uint16)
    offsets = np.arange(count + 1) * length
    return FlatTokens(ids, np.ones(len(ids), np.uint8), offsets, np.arange(count), {})


if __name__ == "__main__":
    main()
