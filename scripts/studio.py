"""Build the studio's pages where their sources changed since the last build: packages, then ``web/dist``.

Needs npm; ``python scripts/studio.py``. Quick where nothing changed.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

WEB = Path(__file__).parents[1] / "web"
SOURCES = (
    "src",
    "public",
    "scripts",
    "index.html",
    "package.json",
    "package-lock.json",
    "vite.config.ts",
    "tsconfig.json",
)
IGNORED = (".stories.tsx", ".mdx", ".test.ts", ".test.tsx")


def main() -> int:
    """Build if need be; 1 with a word where npm is missing and there is no build."""
    if is_current(WEB):
        return 0
    npm = shutil.which("npm")
    if npm is None:
        print("Node 20.19 or newer with npm is not here, so the studio's pages cannot be built.", file=sys.stderr)
        print("The command line and the HTTP API work without them.", file=sys.stderr)
        return 1
    if not (WEB / "node_modules" / ".package-lock.json").is_file():
        print("Installing the studio's packages (the first time takes a minute) …", flush=True)
        subprocess.run([npm, "ci", "--no-audit", "--no-fund", "--silent"], cwd=WEB, check=True)
    print("Building the studio …", flush=True)
    subprocess.run([npm, "run", "--silent", "build", "--", "--logLevel", "warn"], cwd=WEB, check=True)
    (WEB / "dist" / ".digest").write_text(digest(WEB))
    return 0


def is_current(web: Path) -> bool:
    """Whether ``web/dist`` was built from these sources, or there are none (a source archive brings the build along)."""
    stamp = web / "dist" / ".digest"
    if not stamp.is_file() or not (web / "dist" / "index.html").is_file():
        return False
    return not (web / "src").is_dir() or stamp.read_text() == digest(web)


def digest(web: Path) -> str:
    """SHA-256 over names and contents of all that goes into the build."""
    found = hashlib.sha256()
    for name in SOURCES:
        path = web / name
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and not file.name.endswith(IGNORED):
                found.update(file.relative_to(web).as_posix().encode() + b"\0" + file.read_bytes())
    return found.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
