"""Unions that plugins may widen: built-in kinds plus those offered under the entry point ``tokenloom.specs``."""

from __future__ import annotations

from typing import Annotated, Any, Union

from pydantic import Field

from tokenloom.kit.plugins import SPECS, load_plugins
from tokenloom.spec.base import Spec


def choice(family: str, *builtin: type[Spec]) -> Any:
    """The discriminated union (on ``kind``) of the built-in classes and the plugins' classes of one ``family``."""
    classes = [*builtin, *plugin_specs(family)]
    if len(classes) == 1:
        return classes[0]
    return Annotated[Union[tuple(classes)], Field(discriminator="kind")]  # noqa: UP007  built from a list


def plugin_specs(family: str) -> list[type[Spec]]:
    """Classes that plugins add to ``family``; each has ``kind: Literal["…"]``."""
    found: list[type[Spec]] = []
    for plugin in load_plugins(SPECS):
        offered = getattr(plugin.value, "SPECS", {}) if plugin.value is not None else {}
        found += [each for each in offered.get(family, []) if isinstance(each, type) and issubclass(each, Spec)]
    return found
