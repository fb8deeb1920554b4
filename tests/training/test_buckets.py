"""Length bucketing: like lengths go together, each row still comes once an epoch, and the order is a pure function of seed and place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from engine_kit import make_tokens
from pydantic import ValidationError

from tokenloom.spec.recipe import FinetuneSpec
from tokenloom.spec.training.batch import Batch, SequenceBatch, TokenBatch
from tokenloom.training.batches import BatchStream, FlatTokens, Share
from tokenloom.training.joining import continued, join
from tokenloom.training.order.buckets import FEWEST
from tokenloom.training.order.mixture import PART, Mixture

SEQUENCES = SequenceBatch(micro_batch_size=8, order="bucketed")
TOKENS = TokenBatch(micro_batch_tokens=200, order="bucketed")
BATCHES = pytest.mark.parametrize("spec", [SEQUENCES, TOKENS], ids=lambda spec: spec.kind)
STORE = make_tokens(1003, longest=90)


def streamed(spec: Batch, store: FlatTokens = STORE, *, seed: int = 3, mixture: Mixture | None = None) -> BatchStream:
    return BatchStream(store, spec, seed=seed, mixture=mixture)


def mixed(spec: Batch, share: float = 0.3) -> BatchStream:
    """Two datasets of other lengths."""
    mixture = Mixture([300, 80], seed=3, changes=[[0, [share]]])
    store = join([make_tokens(300, longest=40), make_tokens(80, seed=5, shortest=30, longest=60)])
    return streamed(spec, store, mixture=mixture)


def micro_batches(stream: BatchStream, end: int, position: int = 0) -> Iterator[np.ndarray]:
    """Rows of each micro-batch up to the place ``end``."""
    while position < end:
        window = stream.window(position, accumulation=1)
        yield window.sample_rows
        position = window.end
    assert position == end, "no micro-batch reaches into the next epoch"


def lengths_of(stream: BatchStream, rows: np.ndarray) -> np.ndarray:
    return stream.lengths[rows - 100]


@BATCHES
def test_each_row_comes_once_an_epoch_in_another_order_each_time(spec: Batch) -> None:
    stream = streamed(spec)
    epochs = [np.concatenate(list(micro_batches(stream, n * 1003, (n - 1) * 1003))) for n in (1, 2, 3)]
    for rows in epochs:
        assert sorted(rows.tolist()) == sorted(STORE.rows.tolist())
    assert not np.array_equal(epochs[0], epochs[1])
    assert stream.epoch(2006) == 2.0


@BATCHES
def test_those_of_a_stretch_are_sorted_into_micro_batches_that_are_shuffled(spec: Batch) -> None:
    stream = streamed(spec)
    runs = list(micro_batches(stream, stream.buckets.size))
    spans = [(min(found), max(found)) for found in (lengths_of(stream, rows) for rows in runs)]
    assert spans != sorted(spans)
    for (_, before), (after, _) in zip(sorted(spans)[:-1], sorted(spans)[1:], strict=True):
        assert before <= after, "no two micro-batches of a stretch overlap"
    plain = streamed(spec.model_copy(update={"order": "shuffled"}))
    spread = [np.ptp(lengths_of(stream, rows)) for rows in runs]
    usual = [np.ptp(lengths_of(plain, plain.window(p).sample_rows)) for p in range(0, 200, 8)]
    assert np.mean(spread) < np.mean(usual) / 5


@BATCHES
def test_the_order_is_a_function_of_seed_and_place(spec: Batch) -> None:
    stream, again = streamed(spec), streamed(spec)
    places = [0]
    while places[-1] < 1500:
        places.append(stream.window(places[-1]).end)
    found = {place: stream.window(place).sample_rows.tolist() for place in places}
    for place in reversed(places):
        assert again.window(place).sample_rows.tolist() == found[place]
    other = streamed(spec, seed=4)
    assert other.window(0).sample_rows.tolist() != found[0]


@BATCHES
def test_from_inside_a_micro_batch_its_rest_comes(spec: Batch) -> None:
    stream = streamed(spec)
    whole = stream.window(0)
    rest = stream.window(1)
    assert len(whole.sample_rows) > 1
    assert rest.sample_rows.tolist() == whole.sample_rows.tolist()[1:]
    assert rest.end == whole.end


def test_micro_batches_are_as_few_and_as_even_as_can_be() -> None:
    stream = streamed(SEQUENCES)
    sizes = [len(rows) for rows in micro_batches(stream, 1003)]
    assert sorted(set(sizes)) == [7, 8] and sizes.count(7) == 5, "1003 in 126"
    stream = streamed(TOKENS)
    filled = [int(lengths_of(stream, rows).sum()) for rows in micro_batches(stream, 1003)]
    assert max(filled) <= 200
    assert np.mean(filled) > 0.8 * 200, "rows of up to 90 do not fill it better"
    assert min(filled) > 100, "no leftovers of a row or two"


def test_a_row_that_is_longer_than_the_budget_goes_alone() -> None:
    stream = streamed(TokenBatch(micro_batch_tokens=40, order="bucketed"))
    for rows in micro_batches(stream, 1003):
        assert len(rows) == 1 or lengths_of(stream, rows).sum() <= 40


def test_few_rows_are_one_stretch() -> None:
    stream = streamed(SEQUENCES, make_tokens(FEWEST * 8 - 1))
    assert stream.window(0, accumulation=FEWEST).end == FEWEST * 8 - 1
    lonely = streamed(SEQUENCES, make_tokens(1))
    assert lonely.window(4, accumulation=3).sample_rows.tolist() == [100, 100, 100]


@BATCHES
def test_sequences_that_belong_together_stay_together(spec: Batch) -> None:
    pairs = replace(STORE, width=2, rows=np.repeat(np.arange(501) + 100, 2), offsets=STORE.offsets[:1003])
    stream = streamed(spec, pairs)
    window = stream.window(0, accumulation=40)
    seen = np.concatenate([batch.lengths for batch in window.batches])
    wanted = (np.diff(pairs.offsets) - 1).reshape(-1, 2)[window.sample_rows - 100]
    assert np.array_equal(seen.reshape(-1, 2), wanted)
    assert len(set(window.sample_rows.tolist())) == len(window.sample_rows)


@BATCHES
def test_ranks_share_a_window_of_like_lengths(spec: Batch) -> None:
    whole = streamed(spec).window(16, accumulation=4)
    parts = []
    for rank in range(2):
        stream = streamed(spec)
        stream.share = Share(rank, 2)
        window = stream.window(16, accumulation=4)
        assert (window.end, window.sample_rows.tolist()) == (whole.end, whole.sample_rows.tolist())
        own = window.batches[: len(window.batches) - window.num_idle]
        parts += [row for batch in own for row in batch.sample_rows.tolist()]
    assert parts == whole.sample_rows.tolist()


@BATCHES
def test_shares_of_a_mixture_are_kept_and_its_epochs_hold_each_row_once(spec: Batch) -> None:
    stream = mixed(spec)
    steps, position, rows = stream.num_steps(2.0), 0, []
    for _ in range(steps):
        window = stream.window(position)
        position = window.end
        rows += window.sample_rows.tolist()
    own = [row for row in rows if row < PART]
    assert sorted(own) == sorted([*range(100, 400), *range(100, 400)])
    assert len(set(own[:300])) == 300
    assert 1 - len(own) / len(rows) == pytest.approx(0.3, abs=0.05)


@BATCHES
def test_other_shares_hold_from_the_next_stretch_on(spec: Batch) -> None:
    stream = mixed(spec)
    before = list(micro_batches(stream, stream.next_turn(1)))
    place = stream.window(
        stream.window(0).end
    ).end  # two micro-batches are over, and the rest of the stretch is still to come
    turn = stream.next_turn(place)
    assert place < turn == stream.buckets.size
    stream.mixture.changes.append([turn, [0.9]])
    after = list(micro_batches(stream, turn))
    assert [each.tolist() for each in after] == [each.tolist() for each in before]
    later = np.concatenate(list(micro_batches(stream, turn + stream.buckets.size, turn)))
    assert (later >= PART).mean() == pytest.approx(0.9, abs=0.1)
    assert stream.next_turn(turn) == turn


@BATCHES
def test_a_fork_finishes_the_stretch_in_which_it_begins(spec: Batch) -> None:
    earlier, fork = mixed(spec, 0.3), mixed(spec, 0.6)
    fork.num_steps(1.0)  # as at every start: what it found with its own shares alone must not stay
    place = earlier.window(earlier.window(0).end).end
    turn = earlier.next_turn(place)
    fork.mixture.changes = continued(earlier.mixture.changes, fork, place)
    assert fork.mixture.changes == [[0, [0.3]], [turn, [0.6]]]
    rows = [list(map(np.ndarray.tolist, micro_batches(each, turn, place))) for each in (earlier, fork)]
    assert rows[0] == rows[1]


def test_shuffled_ones_turn_at_once() -> None:
    stream = mixed(SequenceBatch(micro_batch_size=4))
    assert stream.next_turn(17) == 17


def test_an_objective_that_needs_a_fair_sample_refuses_it() -> None:
    recipe: dict[str, Any] = {
        "model": {"kind": "pretrained", "source": "x"},
        "data": {"dataset": "d"},
        "objective": {"kind": "kto"},
        "batch": {"order": "bucketed", "kind": "sequences"},
    }
    with pytest.raises(ValidationError, match=r"set batch\.order to shuffled"):
        FinetuneSpec.model_validate(recipe)
    FinetuneSpec.model_validate(recipe | {"objective": {"kind": "dpo"}})
