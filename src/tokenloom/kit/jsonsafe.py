"""JSON at the border: what floats, text and nesting must look like before they leave or after they enter."""

from __future__ import annotations

import json
import math
from typing import Any

from tokenloom.kit.errors import SpecError

MAX_DEPTH = 64
MAX_BYTES = 1 << 20


def to_json_safe(value: Any) -> Any:
    """A copy with NaN/Inf as ``None``, lone surrogates replaced and keys as text."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {to_json_safe(str(key)): to_json_safe(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [to_json_safe(item) for item in value]
    return value


def parse_json(data: bytes, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> Any:
    """Parse untrusted JSON; :class:`SpecError` when too large, too deep, not UTF-8 or not JSON."""
    if len(data) > max_bytes:
        raise SpecError(
            f"The body has {len(data)} bytes; the limit is {max_bytes}.", hint="Send large content as an upload."
        )
    if _depth(data) > max_depth:
        raise SpecError(f"The JSON is nested deeper than {max_depth} levels.", hint="Flatten it.")
    try:
        return json.loads(data.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise SpecError(
            f"The body is not valid JSON: {error}.", hint="Check quotes, commas and the encoding."
        ) from None


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _depth(data: bytes) -> int:
    """Deepest nesting of brackets outside strings, counted without building anything."""
    depth = deepest = 0
    in_string = escaped = False
    for byte in data:
        if in_string:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                in_string = False
        elif byte == 0x22:
            in_string = True
        elif byte in (0x5B, 0x7B):
            depth += 1
            deepest = max(deepest, depth)
        elif byte in (0x5D, 0x7D):
            depth -= 1
    return deepest
