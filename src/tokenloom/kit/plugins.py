"""Finding plugins by entry point; a broken one is named and skipped, never fatal."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from typing import Any

SPECS = "tokenloom.specs"  # torch-free: classes of settings
BUILDERS = "tokenloom.builders"  # engine side: functions registered for those classes


@dataclass(frozen=True)
class Plugin:
    """One entry point after loading: ``value`` on success, ``error`` otherwise."""

    group: str
    name: str
    module: str
    value: Any = None
    error: str = ""


@cache
def load_plugins(group: str) -> tuple[Plugin, ...]:
    """Load each entry point of ``group`` once per process, sorted by name."""
    points = sorted(entry_points(group=group), key=lambda point: point.name)
    return tuple(_load(group, point) for point in points)


def _load(group: str, point: Any) -> Plugin:
    try:
        return Plugin(group, point.name, point.value, value=point.load())
    except Exception as error:  # noqa: BLE001  a stranger's import may raise anything
        return Plugin(group, point.name, point.value, error=f"{type(error).__name__}: {error}")
