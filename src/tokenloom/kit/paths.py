"""The one way to turn a name from outside into a path inside a folder."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from tokenloom.kit.errors import Denied


def safe_join(root: Path, *names: str) -> Path:
    """``root`` joined with ``names``; :class:`Denied` if the result, links followed, would leave ``root``."""
    base = root.resolve()
    for name in names:
        if not name or "\0" in name or "\\" in name or PurePosixPath(name).is_absolute():
            raise _outside(name)
        if any(part in ("", ".", "..") for part in name.split("/")):
            raise _outside(name)
    joined = base.joinpath(*names)
    resolved = joined.resolve()
    if resolved != base and base not in resolved.parents:
        raise _outside("/".join(names))
    return joined


def _outside(name: str) -> Denied:
    return Denied(f"The path {name!r} is not inside the folder it belongs to.", hint="Use a plain relative name.")
