"""What a recipe will need, part by part, from shapes alone.

Weights, gradients and optimizer state are exact sums. Activations count what autograd keeps for each token of the flat row (see
``Shape.kept_bytes``); the logits part is one chunk of the fused loss and the gradient of the head, not the whole table. Gradients appear
while the backward pass gives activations up: with one pass a step, what adds to the peak is what finds no room there; with several, those of
earlier passes stand beside all activations. The base is the process with its libraries. An estimate says what it is made of, so that a reader can
check it; `calibration` moves it to where earlier runs ended.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tokenloom.resources.shape import MASTER_BYTES, SHORT, Shape
from tokenloom.spec.training.loop import LoopSpec
from tokenloom.spec.training.optimizer import AdamW
from tokenloom.spec.training.tuning import FullTuning

LOGIT_CHUNK_BYTES, LOGIT_CHUNK_ROWS = (
    16 << 20,
    256,
)  # modeling.loss computes the head in chunks of this size, but never of fewer rows
LOGP_CHUNK_BYTES = 64 << 20  # modeling.logps does the same in larger chunks
MEASURED_AT_ONCE = 4096  # tokens of a batch of validation
BASE_BYTES = 480 << 20  # a worker with torch, transformers and the data libraries loaded, measured on Linux
CUDA_BYTES = 520 << 20  # a CUDA context with its kernels, on the device
NO_HOLE = 0.3  # of the gradients on a CPU: what fits into no hole that activations left in the C allocator's heap; 0.1 to 0.6 in five measured runs
PIECE_TOKENS = 1024  # on a CPU a micro-batch goes through the model in pieces of about this size (training.batches)
WHOLE = ("grpo", "kto")  # objectives whose micro-batch cannot be cut
BY_LOGPS = ("dpo", "orpo", "kto", "grpo", "distillation")  # objectives over log-probabilities of single tokens
SCORED = ("classification", "reward")  # objectives whose head tells a few numbers
TAIL = 3.0  # standard deviations above the mean that the fullest of many micro-batches lies
PARTS = ("weights", "gradients", "optimizer", "activations", "logits", "beside", "base")


@dataclass(frozen=True)
class Work:
    """What goes through the model at once, and how it is computed."""

    tokens: int
    """Of the largest piece of a micro-batch."""
    longest: int = SHORT + 1
    """Tokens of the longest sequence."""
    objective: str = "language"
    """Its kind."""
    compute_bytes: int = 2
    """Of a number in matrix products: 2 for bf16 and fp16, 4 for fp32."""
    device: str = "cpu"
    passes: int = 2
    """Forward and backward passes of a step; from 2 on gradients stand beside all activations."""
    validation_tokens: int = 0
    """Of a batch of validation; 0 = there is none."""
    is_padded: bool = False
    """Whether the model takes the padded way, which makes all logits at once."""
    beside: int = 0
    """Weights of other models that are kept: a teacher, the model as it was."""


@dataclass(frozen=True)
class Estimate:
    """Bytes by part, and how sure: ``as_dict`` sets bounds around the sum."""

    weights: int
    gradients: int
    optimizer: int
    activations: int
    logits: int
    base: int
    parameters: int
    trained_parameters: int
    beside: int = 0

    @property
    def total(self) -> int:
        return sum(self.parts.values())

    @property
    def parts(self) -> dict[str, int]:
        return {name: int(getattr(self, name)) for name in PARTS}

    def as_dict(self, available_bytes: int, *, low: float = 0.8, high: float = 1.3) -> dict[str, Any]:
        """JSON form with the verdict for a machine that has ``available_bytes``; the bounds are shares of the sum."""
        return {
            "total_bytes": self.total,
            "low_bytes": int(self.total * low),
            "high_bytes": int(self.total * high),
            "parts_bytes": self.parts,
            "parameters": self.parameters,
            "trained_parameters": self.trained_parameters,
            "available_bytes": available_bytes,
            "fits": self.total * high <= available_bytes,
        }


def estimate_training(
    shape: Shape, work: Work, *, tuning: Any = None, optimizer: Any = None, loop: Any = None, trained: int | None = None
) -> Estimate:
    """Memory of training ``shape``. Without their specs: all weights, by AdamW, with nothing kept besides.

    ``trained``: how many weights the tuning trains, where its names have been looked up.
    """
    tuning, optimizer, loop = tuning or FullTuning(), optimizer or AdamW(), loop or LoopSpec()
    added = shape.added_parameters(tuning)
    own = shape.parameters
    if trained is None:
        trained = added if added is not None else trained_share(shape, tuning)
    elif added is not None:
        added = trained
    averages = trained * MASTER_BYTES if loop.ema_decay is not None else 0
    activations = _activations(shape, work, tuning, loop)
    return Estimate(
        weights=_weights(shape, work, tuning, own, added or 0, trained),
        gradients=_gradients(trained * MASTER_BYTES, work, _given_up(shape, work, tuning, loop, activations)),
        optimizer=int(trained * optimizer.state_bytes) + averages,
        activations=activations,
        logits=_logits(shape, work, is_head_trained=added is None),
        base=CUDA_BYTES if work.device == "cuda" else BASE_BYTES,
        parameters=own + (added or 0),
        trained_parameters=trained,
        beside=work.beside * MASTER_BYTES,
    )


def _given_up(shape: Shape, work: Work, tuning: Any, loop: Any, activations: int) -> int:
    """Of the activations, those whose room the backward pass gives to gradients: recomputed ones of a block come again with each block."""
    return _block_inputs(shape, work, tuning) if loop.gradient_checkpointing else activations


def _block_inputs(shape: Shape, work: Work, tuning: Any) -> int:
    return work.tokens * shape.hidden_size * MASTER_BYTES * _kept_layers(shape, tuning)


def _kept_layers(shape: Shape, tuning: Any) -> int:
    """Nothing is kept below the first layer that is trained."""
    last = getattr(tuning, "last_layers", None)
    if last is None or tuning.unfreeze_every_steps is not None:
        return shape.num_layers
    return min(int(last), shape.num_layers)


def _gradients(whole: int, work: Work, given_up: int) -> int:
    """What gradients of ``whole`` bytes add to the peak. One pass on a CPU: the peak lies where all activations are, or at the end of the backward pass.

    A GPU's allocator has not been measured, so there they count whole.
    """
    if work.device != "cpu" or work.passes > 1:
        return whole
    return max(int(NO_HOLE * whole), whole - given_up)


def _weights(shape: Shape, work: Work, tuning: Any, own: int, added: int, trained: int) -> int:
    """fp32 weights; frozen ones of the linear layers are kept a second time in the format of the products, or are quantised."""
    weights = (own + added) * MASTER_BYTES
    linear = shape.num_layers * shape.block_parameters
    bits = getattr(tuning, "base_bits", None)
    if bits is not None:
        return weights - int(linear * (MASTER_BYTES - bits / 8))
    if work.compute_bytes != MASTER_BYTES and shape.is_fused:
        head = shape.vocab_size * shape.hidden_size if work.objective not in SCORED else 0
        weights += max(linear + head - (trained - added), 0) * work.compute_bytes
    return weights


def _activations(shape: Shape, work: Work, tuning: Any, loop: Any) -> int:
    kept = work.tokens * shape.kept_bytes(
        work.compute_bytes, longest=work.longest if work.device == "cpu" else SHORT + 1
    )
    working = shape.working_bytes(work.compute_bytes)
    if loop.gradient_checkpointing:  # one block at a time, and the input of each
        training = kept + _block_inputs(shape, work, tuning)
    else:
        training = kept * _kept_layers(shape, tuning)
    return max(training + work.tokens * working, work.validation_tokens * working)


def _logits(shape: Shape, work: Work, *, is_head_trained: bool) -> int:
    if work.objective in SCORED:
        return 0
    row = shape.vocab_size * (MASTER_BYTES + 2 * work.compute_bytes)
    if work.is_padded:
        return work.tokens * (row + shape.vocab_size * MASTER_BYTES)
    if work.objective in BY_LOGPS:
        rows = max(LOGP_CHUNK_BYTES // (4 * shape.vocab_size), LOGIT_CHUNK_ROWS)
        return min(work.tokens, rows) * (row + shape.vocab_size * MASTER_BYTES)
    rows = max(LOGIT_CHUNK_BYTES // (4 * shape.vocab_size), LOGIT_CHUNK_ROWS)
    head = shape.vocab_size * shape.hidden_size * (2 * MASTER_BYTES + work.compute_bytes) if is_head_trained else 0
    return min(work.tokens, rows) * row + head


def trained_share(shape: Shape, tuning: Any) -> int:
    """Own weights that are trained at any time; patterns of names are not counted, so this is the most."""
    last = getattr(tuning, "last_layers", None)
    if last is None or tuning.unfreeze_every_steps is not None:
        return shape.parameters
    head = 0 if shape.is_tied else shape.vocab_size * shape.hidden_size
    return min(int(last), shape.num_layers) * shape.block_parameters + head + shape.hidden_size


def micro_tokens(batch: Any, lengths: Sequence[int]) -> tuple[float, float]:
    """Tokens of a micro-batch, as a mean and as the most that a run will meet, from the lengths of a sample of its groups."""
    if batch.kind == "tokens":
        return float(batch.micro_batch_tokens), float(max(batch.micro_batch_tokens, *lengths))
    count, mean = batch.micro_batch_size, statistics.fmean(lengths)
    if batch.order == "bucketed":  # the longest meet each other
        return mean * count, float(count * max(lengths))
    most = mean * count + TAIL * statistics.pstdev(lengths) * math.sqrt(count)
    return mean * count, min(most, float(count * max(lengths)))


def pieces_of(micro: float, *, device: str, objective: str) -> int:
    """In how many pieces a micro-batch of ``micro`` tokens goes through the model."""
    return 1 if device != "cpu" or objective in WHOLE else max(1, round(micro / PIECE_TOKENS))


def tokens_at_once(micro: float, lengths: Sequence[int], *, device: str, objective: str) -> int:
    """Tokens of the largest piece of a micro-batch of ``micro`` tokens, whose groups have these lengths (a sample, never empty)."""
    if device != "cpu" or objective in WHOLE:
        return int(micro)
    count = pieces_of(micro, device=device, objective=objective)
    slack = sum(lengths) / len(lengths) if count > 1 else 0.0
    return int(max(min(micro, micro / count + slack), *lengths))
