"""Datasets mixed into one stream: shares are kept, each part is read once before it is read again, and a change moves nothing that was drawn."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from engine_kit import make_session, make_spec, make_stream, make_tokens
from pydantic import ValidationError

from tokenloom.spec.recipe import FinetuneSpec
from tokenloom.tracking import query
from tokenloom.tracking.commands import append_command
from tokenloom.training.joining import join
from tokenloom.training.loop import train
from tokenloom.training.order.mixture import BLOCK, PART, Mixture, place_of
from tokenloom.training.watching.xray import window_of


def mixed_spec(**changes: Any) -> Any:
    return make_spec(data={"dataset": "none", "mix": [{"dataset": "other", "share": 0.3}]}, **changes)


def parts(mixture: Mixture, count: int) -> np.ndarray:
    return np.array([mixture.at(position)[0] for position in range(count)])


def test_parts_come_with_their_shares_and_numbers_without_a_gap() -> None:
    mixture = Mixture([100, 20, 10], seed=3, changes=[[0, [0.25, 0.1]]])
    places = [mixture.at(position) for position in range(3 * BLOCK)]
    drawn = np.array([part for part, _ in places])
    assert np.allclose(np.bincount(drawn) / len(drawn), [0.65, 0.25, 0.1], atol=0.02)
    for part in range(3):
        assert [number for each, number in places if each == part] == list(range(np.count_nonzero(drawn == part)))
        assert mixture.drawn(3 * BLOCK, part) == np.count_nonzero(drawn == part)


def test_a_change_of_shares_moves_nothing_before_it() -> None:
    changes: list[Any] = [[0, [0.3]]]
    mixture = Mixture([50, 50], seed=1, changes=changes)
    before = parts(mixture, BLOCK + 500)
    changes.append([BLOCK - 100, [0.9]])
    after = parts(mixture, BLOCK + 500)
    assert np.array_equal(before[: BLOCK - 100], after[: BLOCK - 100])
    assert after[BLOCK - 100 :].mean() == pytest.approx(0.9, abs=0.05)
    again = Mixture([50, 50], seed=1, changes=[list(each) for each in changes])
    assert np.array_equal(parts(again, BLOCK + 500), after), "it depends on seed and changes alone"


def test_joined_stores_hold_the_tokens_of_each() -> None:
    one, other = make_tokens(5), make_tokens(4, seed=2)
    joined = join([one, other])
    assert len(joined) == 9
    for number in range(4):
        start, end = joined.offsets[5 + number], joined.offsets[6 + number]
        own = other.tokens[other.offsets[number] : other.offsets[number + 1]]
        assert np.array_equal(joined.tokens[int(start) : int(end)], own)
    assert place_of(int(joined.rows[5])) == (1, int(other.rows[0]))
    assert place_of(int(joined.rows[0])) == (0, int(one.rows[0]))


def test_an_epoch_is_a_pass_over_the_dataset_of_the_run() -> None:
    spec = mixed_spec(batch={"kind": "sequences", "micro_batch_size": 4, "gradient_accumulation_steps": 1})
    stream = make_stream(spec)
    steps = stream.num_steps(1.0)
    rows = np.concatenate([stream.window(4 * step).sample_rows for step in range(steps)])
    own = rows[rows < PART]
    assert set(own.tolist()) == set(make_tokens().rows.tolist()), "each row of it was seen"
    assert stream.epoch(4 * steps) >= 1 > stream.epoch(4 * (steps - 1))


def test_without_others_the_order_is_what_it_was() -> None:
    spec = make_spec()
    alone, unmixed = make_stream(spec), make_stream(mixed_spec())
    unmixed.mixture.changes[:] = [[0, [0.0]]]
    for position in (0, 11, 57):
        assert np.array_equal(alone.window(position).sample_rows, unmixed.window(position).sample_rows)


def test_the_share_is_turned_while_the_run_trains(tmp_path: Path) -> None:
    spec = mixed_spec(loop={"max_steps": 40}, checkpoints={"every_steps": None, "keep_best": False})
    session = make_session(tmp_path / "run", spec)
    for value in (0.0, 1.5, 0.8):
        append_command(tmp_path / "run", "set", {"key": "data.mix.0.share", "value": value})
    append_command(tmp_path / "run", "set", {"key": "data.mix.1.share", "value": 0.1})
    train(session)
    answers = query.events(tmp_path / "run", ["command"])
    assert [event["accepted"] for event in answers] == [True, False, True, False]
    assert "data.mix.0.share" in answers[3]["message"]
    shares = query.metrics_frame(tmp_path / "run", ["train/mixed_share"])["value"].to_numpy()
    assert shares.mean() == pytest.approx(0.8, abs=0.1)
    assert window_of(session, 20).end > 0, "its rows are found again and agree with the digest in the log"


def test_a_note_names_rows_by_their_dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = make_session(tmp_path / "run", mixed_spec(loop={"max_steps": 4}))
    real = session.path.loss

    def spoiled(batch: Any, **how: Any) -> Any:
        return real(batch, **how) * (math.nan if session.state.step == 2 else 1.0)

    monkeypatch.setattr(session.path, "loss", spoiled)
    train(session)
    [note] = [event["details"] for event in query.events(tmp_path / "run", ["note"]) if "skipped" in event["details"]]
    assert note["rows"] and set(note["rows"]) <= set(make_tokens().rows.tolist())
    name, _, rows = note["rows_of_other_datasets"].partition(" ")
    assert name == "other" and set(map(int, rows.split(", "))) <= set(make_tokens(12, seed=50).rows.tolist())


@pytest.mark.parametrize(
    ("mix", "objective", "word"),
    [
        ([{"dataset": "a", "share": 0.6}, {"dataset": "b", "share": 0.5}], {"kind": "language"}, "leave nothing"),
        ([{"dataset": "a", "share": 0.6}], {"kind": "dpo"}, "cannot be mixed in"),
    ],
)
def test_a_mix_that_cannot_be_is_refused(mix: list[Any], objective: Any, word: str) -> None:
    with pytest.raises(ValidationError, match=word):
        FinetuneSpec.model_validate(
            {
                "model": {"kind": "pretrained", "source": "x"},
                "data": {"dataset": "d", "mix": mix},
                "objective": objective,
            }
        )
