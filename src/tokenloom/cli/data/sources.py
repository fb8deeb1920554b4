"""Sources in few words: a path, several, an address, a bucket, a dataset of the Hub, an earlier dataset, a generator."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

_OVERRIDE = re.compile(r"[a-z_]+(\.[a-z_0-9]+)*=")
_SCHEMES = {"http://": ("url", "url"), "https://": ("url", "url"), "s3://": ("s3", "uri"), "gs://": ("gcs", "uri")}
_WITH_PATTERN = ("file", "url", "s3", "gcs")


def separated(arguments: list[str]) -> tuple[list[str], list[str]]:
    """(sources, overrides): what looks like ``key=value`` and is no file of that name is a setting."""
    sources = [
        each for each in arguments if not _OVERRIDE.match(each) or each.startswith("kind=") or Path(each).exists()
    ]
    return sources, [each for each in arguments if each not in sources]


def source_of(texts: list[str], pattern: str = "") -> dict[str, Any]:
    """The source that ``texts`` name, as plain data: one thing, or several paths as one dataset."""
    from tokenloom.kit.errors import SpecError

    found = [_one(text) for text in texts]
    if any(each["kind"] != "file" for each in found[1:]) or (len(found) > 1 and found[0]["kind"] != "file"):
        raise SpecError(
            "Several sources can only be files and folders of this machine.",
            hint="Import the others one by one; `dataset:NAME` takes rows of an earlier one.",
        )
    if pattern:
        found = [each | {"pattern": pattern} if each["kind"] in _WITH_PATTERN else each for each in found]
    if len(found) == 1:
        return found[0]
    return {"kind": "files", "files": [{key: value for key, value in each.items() if key != "kind"} for each in found]}


def _one(text: str) -> dict[str, Any]:
    for scheme, (kind, field) in _SCHEMES.items():
        if text.startswith(scheme):
            return {"kind": kind, field: text}
    if text.startswith("hf:"):
        name, _, revision = text.removeprefix("hf:").partition("@")
        return {"kind": "huggingface", "id": name} | ({"revision": revision} if revision else {})
    if text.startswith("dataset:"):
        return {"kind": "dataset", "dataset": text.removeprefix("dataset:")}
    if text.startswith("kind=") and not Path(text).exists():
        return {"kind": text.removeprefix("kind=")}
    return {"kind": "file", "path": str(Path(text).expanduser().absolute())}
