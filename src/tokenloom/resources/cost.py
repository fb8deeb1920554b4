"""What an hour of this machine costs, as its user said: one small file of the workspace, and the arithmetic on it."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from typing import Any

from tokenloom.kit.atomic import atomic_write
from tokenloom.kit.errors import SpecError
from tokenloom.kit.workspace import Workspace

FILE = "prices.json"


@dataclass(frozen=True)
class Prices:
    """``per_hour`` in ``currency``; ``None`` where nobody has said."""

    per_hour: float | None = None
    currency: str = "EUR"

    def cost_of(self, seconds: float | None) -> dict[str, Any]:
        """Cost of so many seconds of the machine."""
        known = None if self.per_hour is None or seconds is None else seconds / 3600 * self.per_hour
        return {"cost": known, "currency": self.currency}


def prices(workspace: Workspace) -> Prices:
    """What is known; an unreadable file counts as nothing said."""
    try:
        data = json.loads((workspace.root / FILE).read_text(encoding="utf-8"))
        return Prices(None if data["per_hour"] is None else float(data["per_hour"]), str(data["currency"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Prices()


def set_prices(workspace: Workspace, *, per_hour: float | None, currency: str) -> Prices:
    """Remember a price. :class:`SpecError` for one that is negative or no number."""
    if per_hour is not None and not (math.isfinite(per_hour) and per_hour >= 0):
        raise SpecError(f"{per_hour} is not a price.", hint="Give the price of an hour, 0 or more.")
    found = Prices(per_hour, currency)
    atomic_write(workspace.root / FILE, json.dumps(asdict(found)))
    return found
