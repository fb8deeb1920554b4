"""Fixed seed, fixed losses: a refactor that changes a number shows here. Values from this code on x86-64 in fp32 on one thread."""

from __future__ import annotations

from pathlib import Path

import pytest
from engine_kit import make_session, make_spec, tiny_model

from tokenloom.tracking import query
from tokenloom.training.loop import train

LOSSES = {
    "normal": [4.1037283, 3.9743741, 3.7857184, 3.5444765, 3.4193482, 3.3262863, 3.1972117, 3.1940527],
    "scaled": [4.1079416, 3.9687386, 3.7706954, 3.5277152, 3.4175773, 3.3141413, 3.1767066, 3.1758232],
}


@pytest.mark.parametrize("init", LOSSES)
def test_the_first_losses_are_what_they_were(init: str, tmp_path: Path) -> None:
    train(make_session(tmp_path / "run", make_spec(loop={"max_steps": 8}), model=tiny_model(init=init)))
    frame = query.metrics_frame(tmp_path / "run", ["train/loss"])
    assert frame["value"].to_list() == pytest.approx(LOSSES[init], rel=2e-5)
