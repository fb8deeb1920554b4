"""What every setting has in common: frozen, no unknown keys, help from the docstring under the field.

``setting()`` is pydantic's ``Field`` plus the few words that a form or a table needs and a type cannot say: the unit, whether a
slider should be logarithmic, the group it stands in, and whether a beginner should see it.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Group = Literal["basics", "model", "data", "training", "saving", "machine", "sampling"]


class Spec(BaseModel):
    """Base of all settings. Instances are immutable; unknown keys are errors."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, protected_namespaces=(), validate_default=True
    )


def setting(
    default: Any = ...,
    *,
    unit: str | None = None,
    scale: Literal["log"] | None = None,
    group: Group | None = None,
    simple: bool = False,
    default_factory: Any = None,
    **limits: Any,
) -> Any:
    """A field with limits (``ge``, ``gt``, ``le``, ``lt`` …) and its ``ui`` words for form, table and ``--explain``."""
    words = {"unit": unit, "scale": scale, "group": group, "simple": simple or None}
    extra: Any = {"ui": {key: value for key, value in words.items() if value is not None}}
    if default_factory is not None:
        return Field(default_factory=default_factory, json_schema_extra=extra, **limits)
    return Field(default, json_schema_extra=extra, **limits)
