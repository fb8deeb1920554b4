"""A ledger that does not add up never passes."""

from __future__ import annotations

import pytest

from tokenloom.data.ledger import Ledger
from tokenloom.kit.errors import DataError


def _ledger() -> Ledger:
    ledger = Ledger()
    ledger.add("raw", 10)
    ledger.add("mapped", 8).lose("empty", rows=2)
    ledger.add("rendered", 8, 100)
    kept = ledger.add("kept", 7, 80)
    kept.lose("too long", rows=1, tokens=15)
    kept.lose("cut", tokens=5)
    return ledger


def test_numbers_that_add_up_pass_and_survive_json() -> None:
    ledger = _ledger()
    ledger.check()
    again = Ledger.from_dict(ledger.as_dict())
    assert again.as_dict() == ledger.as_dict()
    assert again["kept"].losses["cut"].tokens == 5


@pytest.mark.parametrize(("unit", "told"), [("rows", "mapped had 8|raw had 10"), ("tokens", "rendered had 100")])
def test_a_lost_row_or_token_without_a_reason_is_found(unit: str, told: str) -> None:
    ledger = _ledger()
    stage = ledger["mapped" if unit == "rows" else "kept"]
    setattr(stage, unit, getattr(stage, unit) - 1)
    with pytest.raises(DataError, match=told):
        ledger.check()


def test_the_table_shows_stages_and_reasons() -> None:
    lines = _ledger().table().splitlines()
    assert lines[0].split() == ["stage", "rows", "tokens"]
    assert any("too long" in line and "-1" in line and "-15" in line for line in lines)
    assert lines[-1].split() == ["kept", "7", "80"]
