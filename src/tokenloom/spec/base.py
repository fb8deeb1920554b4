"""What every setting has in common: frozen, no unknown keys, help from the docstring under the field.

``DeferredModel`` is what settings and the server's answers stand on: a validator is built when it is first used, since building all of them takes
longer than most programs that import them run.
``setting()`` is pydantic's ``Field`` plus the few words that a form or a table needs and a type cannot say: the unit, whether a
slider should be logarithmic, the group it stands in, and whether a beginner should see it.
``choice()`` is a union on ``kind`` that plugins may widen under the entry point ``tokenloom.specs``.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Union

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, to_jsonable_python

from tokenloom.kit.docstrings import attribute_docs
from tokenloom.kit.plugins import SPECS, load_plugins

Group = Literal["basics", "model", "data", "training", "saving", "machine", "sampling"]


DEFERRED = ConfigDict(defer_build=True)
OWN_PACKAGE = __name__.partition(".")[0]


class DeferredModel(BaseModel):
    """A model whose validator is built when it is first used; Pydantic lets one thread build at a time.

    Not for what FastAPI reads from a request: it gives such a model an alias, and keeps Pydantic from warning of that only while the route is made.
    """

    model_config = DEFERRED


class Spec(DeferredModel):
    """Base of all settings. Instances are immutable; unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=(), validate_default=True)

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        """A plugin's settings are built at once: what is wrong with them stops the plugin, not the first recipe that is read."""
        if cls.__module__.partition(".")[0] != OWN_PACKAGE:
            cls.model_rebuild(raise_errors=False)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        told = handler(schema)
        properties = handler.resolve_ref_schema(told).get("properties", {})
        for name, words in field_docs(cls).items():
            if name in properties:
                properties[name].setdefault("description", words)
        for name, field in cls.model_fields.items():
            if name in properties and field.default_factory is not None:  # which pydantic leaves out
                default = field.get_default(call_default_factory=True, validated_data={})
                properties[name].setdefault("default", to_jsonable_python(default))
        return told


def field_docs(model: type[BaseModel]) -> dict[str, str]:
    """The help of each field: the docstring under it."""
    docs = attribute_docs(model)
    return {name: docs[name] for name in model.model_fields if name in docs}


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
