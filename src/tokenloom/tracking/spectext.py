"""The client's configuration as YAML text without loading a YAML library (opening a run must stay cheap).

The subset is block mappings with JSON scalars and JSON flow lists, which every YAML reader understands.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

_MAX_DEPTH = 32
_UNPRINTABLE = re.compile(r"[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def to_yaml(values: Mapping[Any, Any]) -> str:
    """``values`` as a YAML document; anything that is no number, text, list or mapping becomes its ``str()``."""
    return "".join(_lines(values, 0)) or "{}\n"


def _lines(values: Mapping[Any, Any], depth: int) -> list[str]:
    lines = []
    for key, value in values.items():
        name = "  " * depth + _text(key)
        if isinstance(value, Mapping) and value and depth < _MAX_DEPTH:
            lines.append(f"{name}:\n")
            lines.extend(_lines(value, depth + 1))
        else:
            lines.append(f"{name}: {_flow(value, depth)}\n")
    return lines


def _flow(value: Any, depth: int) -> str:
    if isinstance(value, Mapping) and depth < _MAX_DEPTH:
        return "{" + ", ".join(f"{_text(key)}: {_flow(item, depth + 1)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple) and depth < _MAX_DEPTH:
        return "[" + ", ".join(_flow(item, depth + 1) for item in value) + "]"
    if isinstance(value, float):
        return _number(value)
    if value is None or isinstance(value, bool | int):
        return json.dumps(value)
    return _text(value)


def _text(value: Any) -> str:
    # Lone surrogates cannot be stored as UTF-8, and YAML's \u escapes know no surrogate pairs: keep the characters.
    text = str(value).encode("utf-8", "replace").decode()
    return _UNPRINTABLE.sub(_escape, json.dumps(text, ensure_ascii=False))


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def _number(value: float) -> str:
    if math.isnan(value):
        return ".nan"
    if math.isinf(value):
        return ".inf" if value > 0 else "-.inf"
    text = repr(float(value))
    return re.sub(r"^(-?\d+)e", r"\1.0e", text)  # YAML 1.1 reads 1e-05 as text and 1.0e-05 as a number
